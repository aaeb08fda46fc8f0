"""How an op reads a value: as written, or after a permute, a merge or an extension, over some axes or none.

The rules of insertion, one function each. `fit` asks them in order; each looks only at the places that the op reads and
at the value's axes. Whatever fits in no way, or in more than one, is a `Misfit`.
"""

from itertools import product

from specc.ir.graph import AS_WRITTEN, Reading
from specc.ops.declare import Op, Place
from specc.ops.misfit import Misfit, wrong_rank
from specc.shapes.axis import CHANNEL, FEATURE, NAMELESS, Axis
from specc.shapes.shape import Shape, as_time

Places = tuple[Place, ...]
Order = tuple[int, ...]

_WORDS: dict[Place, str] = {"space": "space", "feature": "feature", "time": "time", "any": "…"}
_SPACES = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}


def fit(op: Op, places: Places, x: Shape) -> Reading:
    """How `op`, which reads `places`, reads `x`; raises `Misfit` (E200, E201) where it does not."""
    extra = x.rank - len(places)
    if extra == 0:
        return _same_rank(op, places, x)
    if extra < 0:
        return _too_few(op, places, x)
    if "any" in places:
        return _fixed(op, places, x)
    if "space" in places:
        core = _window_core(op, places, x)
    elif "time" in places and "feature" in places:
        core = _sequence_core(op, places, x)
    else:
        return _fixed(op, places, x)
    return _distribute(op, places, x, core)


def described(places: Places) -> str:
    """What an op reads, as a message shows it: `(height, width, channel)`."""
    spaces = iter(_SPACES.get(places.count("space"), ()))
    last = "channel" if "space" in places else "feature"
    words = [next(spaces) if p == "space" else last if p == "feature" else _WORDS[p] for p in places]
    return f"`({', '.join(words)})`"


def rank_misfit(op: Op, places: Places, x: Shape) -> Misfit:
    """E200, with Keras's own wording, or with the signature of a layer of one's own."""
    if op.signature is not None:
        return wrong_rank(f"`{op.signature.inputs[0].text}`", x, facts=(op.signature.fact,))
    keras = f"Keras: expected ndim={len(places) + 1}, found ndim={x.rank + 1}"
    return wrong_rank(described(places), x, facts=(keras,))


def unwrappable() -> Misfit:
    """E200 for what would be unrolled without its number of steps being known."""
    facts = ("Keras runs such a wrapper over the batch size",)
    return Misfit("E200", "cannot run in `TimeDistributed` over an axis of unknown size", facts=facts)


def forbidden(op: Op, x: Shape, reading: Reading) -> Misfit:
    """Why `adapt: strict` refuses `reading`, for which something would have to be inserted."""
    if reading.unwrapped:
        return unwrappable()
    places = op.places or ()
    if x.rank != len(places):
        return rank_misfit(op, places, x)
    named = next((a.name for i, a in enumerate(x.axes) if contradicts(places, i, a)), None)
    return Misfit("E203", f"reads {described(places)}, and `{named}` of {x} is not where it reads it")


def _ambiguous(places: Places, x: Shape, why: str) -> Misfit:
    return Misfit("E201", f"reads {described(places)}, and {x} can be read in more than one way: {why}")


def contradicts(places: Places, position: int, axis: Axis) -> bool:
    """Whether a given name says that an axis is not what the op reads at this place."""
    if not axis.given:
        return False
    place, role = places[position], axis.role
    if place == "space":
        return role == "feature" or (role == "sequence" and "time" in places)
    if place == "time":
        return role == "feature"
    return place == "feature" and len(places) > 1 and role == "sequence"


def _lacks_channel(places: Places, axes: tuple[Axis, ...]) -> bool:
    """A given spatial axis stands where a window op over two or more axes reads the features, and none are given."""
    if places.count("space") < 2:
        return False
    last = axes[places.index("feature")]
    return last.given and last.role == "spatial" and not any(a.given and a.role == "feature" for a in axes)


def _satisfies(places: Places, axes: tuple[Axis, ...]) -> bool:
    if any(contradicts(places, i, axis) for i, axis in enumerate(axes)):
        return False
    last = axes[places.index("feature")] if "feature" in places else NAMELESS
    return not (places.count("space") > 1 and last.given and last.role == "spatial")


def _same_rank(op: Op, places: Places, x: Shape) -> Reading:
    """Rules 1 and 2: as written, or after the only permutation that puts every axis where the op reads it."""
    axes = x.axes
    i = next((i for i, axis in enumerate(axes) if contradicts(places, i, axis)), None)
    if _lacks_channel(places, axes):
        name = axes[places.index("feature")].name
        raise _ambiguous(places, x, f"`{name}` stands where it reads features; write the `channel` axis")
    if i is None:
        return AS_WRITTEN
    orders = _orders(places, x)
    if len(orders) != 1:
        named = f"`{axes[i].name}` is not where it reads it"
        raise _ambiguous(
            places, x, f"{named}, and {'no' if not orders else 'more than one'} other order would do"
        )
    order = orders.pop()
    why = f"{op.name} reads {described(places)}"
    return Reading(order=order, notes=(("N701", f"{x} is permuted to {x.ordered(order)}, because {why}"),))


def _orders(places: Places, x: Shape) -> set[Order]:
    """The orders in which every axis stands where the op reads it, the others kept in sequence."""
    roles = {"feature": "feature", "time": "sequence"}
    special = [p for p in places if p in roles]
    choices: list[list[int]] = []
    for place in special:
        named = [i for i, a in enumerate(x.axes) if a.given and a.role == roles[place]]
        choices.append(named or list(range(x.rank)))
    orders: set[Order] = set()
    for chosen in product(*choices):
        if len(set(chosen)) == len(chosen):
            rest = iter(i for i in range(x.rank) if i not in chosen)
            picked = iter(chosen)
            order = tuple(next(picked) if p in roles else next(rest) for p in places)
            if _satisfies(places, x.ordered(order).axes):
                orders.add(order)
    return orders


def _too_few(op: Op, places: Places, x: Shape) -> Reading:
    """Rule 5: only the feature axis is missing, and every other axis is named."""
    extended = _with_feature(op, places, x)
    if extended is None:
        raise rank_misfit(op, places, x)
    core, note = extended
    return Reading(core=core, notes=(note,))


def _with_feature(op: Op, places: Places, x: Shape) -> tuple[Shape, tuple[str, str]] | None:
    if x.rank != len(places) - 1 or not all(a.given for a in x.axes):
        return None
    if "space" in places:
        if any(a.role == "feature" for a in x.axes):
            return None
        axis = CHANNEL
    elif places == ("time", "feature") and x.axes[0].role == "sequence":
        axis = FEATURE
    else:
        return None
    at = places.index("feature")
    core = x.part(0, at).join(Shape((1,), (axis,))).join(x.part(at))
    return core, ("N703", f"{x} has no features: {op.name} reads it as {core}")


def _of_role(x: Shape, role: str) -> list[int]:
    return [i for i, axis in enumerate(x.axes) if axis.role == role]


def _window_core(op: Op, places: Places, x: Shape) -> list[int]:
    """Rule 3: which axes a window op reads."""
    k = len(places)
    trailing = list(range(x.rank - k, x.rank))
    if not x.has_given_names or _trailing_is_nameless(places, x):
        return trailing
    n = places.count("space")
    features, spatial, sequence = (_of_role(x, r) for r in ("feature", "spatial", "sequence"))
    if len(features) > 1:
        raise _ambiguous(places, x, "more than one axis names features")
    if "time" in places:
        if not sequence or len(spatial) != n:
            raise _ambiguous(places, x, f"it needs one time axis and {n} spatial ones")
        return sorted([sequence[-1], *spatial, *features])
    if n == 1 and spatial and sequence:
        raise _ambiguous(
            places, x, f"it may slide over `{x.axes[spatial[0]].name}` or `{x.axes[sequence[-1]].name}`"
        )
    if len(spatial) == n:
        core = spatial
    elif not spatial and len(sequence) > n:
        core = sequence[-n:]
    elif len(spatial) + len(sequence) == n:
        core = spatial + sequence
    else:
        raise _ambiguous(places, x, f"it slides over {n} axes, and {len(spatial)} are spatial")
    return sorted([*core, *features])


def _trailing_is_nameless(places: Places, x: Shape) -> bool:
    """The axes that the op would read have no names at all, and those before them are for others to read."""
    cut = x.rank - len(places)
    return all(a is NAMELESS for a in x.axes[cut:]) and all(
        a.role in ("sequence", "outer", None) for a in x.axes[:cut]
    )


def _sequence_core(op: Op, places: Places, x: Shape) -> list[int]:
    """Rule 4: the time axis of a recurrent op, and the axes that merge into its features."""
    sequence = _of_role(x, "sequence")
    if not sequence:
        raise _ambiguous(places, x, "no axis is named as time")
    time = sequence[-1]
    if any(axis is NAMELESS for axis in x.axes[:time]):
        raise _ambiguous(places, x, f"an axis without a name stands before `{x.axes[time].name}`")
    merged = [
        i for i, a in enumerate(x.axes) if a.role in ("spatial", "feature") or (a is NAMELESS and i > time)
    ]
    return [time, *merged]


def _fixed(op: Op, places: Places, x: Shape) -> Reading:
    """Other ops are distributed over the outer axes that the author named."""
    extra = x.rank - len(places)
    if not all(a.given and a.role == "outer" for a in x.axes[:extra]):
        raise rank_misfit(op, places, x)
    return Reading(outer=extra, notes=(_distribution_note(op, x.part(0, extra)),))


def _distribute(op: Op, places: Places, x: Shape, core: list[int]) -> Reading:
    """Distribute over the axes that are not in the core; merge, extend or permute the core where it needs that."""
    rest = [i for i in range(x.rank) if i not in core]
    first = min(core)
    for i in rest:
        axis = x.axes[i]
        if i > first and axis.role != "sequence":
            name = f"`{axis.name}`" if axis.name else "an axis without a name"
            raise _ambiguous(places, x, f"{name} does not lead; write a `map` or a `Permute`")
    notes: list[tuple[str, str]] = []
    outer, inner = x.ordered(rest), x.ordered(core)
    order = (*rest, *core)
    shape: Shape | None = None
    if places == ("time", "feature"):
        shape = _merged(op, inner, notes)
    elif inner.rank > len(places):
        raise rank_misfit(op, places, x)
    if (shape or inner).rank < len(places):
        extended = _with_feature(op, places, inner)
        if extended is None:
            raise rank_misfit(op, places, x)
        shape = extended[0]
        notes.append(extended[1])
    elif shape is None:
        reading = _same_rank(op, places, inner)
        if reading.order is not None:
            order = (*rest, *(core[i] for i in reading.order))
    if rest:
        outer = as_time(outer, inner)
        notes.append(_distribution_note(op, outer))
    permuted = None if order == tuple(range(x.rank)) else order
    if permuted is not None:
        why = f"{op.name} reads {described(places)}"
        notes.insert(0, ("N701", f"{x} is permuted to {x.ordered(order)}, because {why}"))
    return Reading(permuted, len(rest), shape, outer if rest else None, tuple(notes))


def _merged(op: Op, inner: Shape, notes: list[tuple[str, str]]) -> Shape | None:
    """Time and everything behind it as one axis of features; None where there is nothing to merge."""
    if inner.rank <= 2:
        return None
    merged = inner.part(1)
    shape = Shape((inner.sizes[0], merged.elements), (inner.axes[0], FEATURE))
    parts = "*".join(str(size) for size in merged.sizes)
    listed = ", ".join(str(a.name) if a.name else "…" for a in merged.axes)
    notes.append(
        ("N702", f"{listed} are merged for {op.name}: {parts} = {merged.elements} features per step")
    )
    return shape


def _distribution_note(op: Op, outer: Shape) -> tuple[str, str]:
    listed = " and ".join(f"`{a.name}`" if a.name else str(s) for s, a in zip(*outer, strict=True))
    return ("N700", f"{op.name} runs once for each step of {listed}")
