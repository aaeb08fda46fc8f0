"""Putting several values together, axis by axis: their names, and the sizes that they stretch to."""

from specc.ops.advice import evened, permute_text
from specc.ops.misfit import InsertBefore, Misfit
from specc.shapes.axis import NAMELESS, Axis
from specc.shapes.demand import agree
from specc.shapes.dim import Size, is_anonymous
from specc.shapes.shape import Shape, sizes_text


def same_name(a: Axis, b: Axis) -> bool:
    """Whether two axes have the same name; a trailing `s` makes no difference."""
    return a is b or (a.name or "").removesuffix("s") == (b.name or "").removesuffix("s")


def contradict(a: Axis, b: Axis) -> bool:
    """Whether the author gave both axes, and different names."""
    return a.given and b.given and not same_name(a, b)


def stronger(a: Axis, b: Axis) -> Axis:
    """The axis of a merged value: a given name wins over an inferred one, that over none."""
    if a.given or b is NAMELESS:
        return a
    return b if b.given or a is NAMELESS else a


def spreads(size: Size, wanted: Size) -> bool:
    """Whether an axis of `size` may be laid over one of the `wanted` size: of 1, or as long."""
    return size == 1 or agree(size, wanted)


def order_like(wanted: Shape, x: Shape) -> tuple[int, ...] | None:
    """The order in which the given names of `x` stand as in `wanted`, other axes in sequence; or None."""
    if wanted.rank != x.rank:
        return None
    left = list(range(x.rank))
    order: list[int | None] = []
    for axis in wanted.axes:
        found = [i for i in left if axis.given and x.axes[i].given and same_name(axis, x.axes[i])]
        order.append(found[0] if found else None)
        left = [i for i in left if i not in found[:1]]
    full = tuple(left.pop(0) if i is None else i for i in order)
    agrees = not any(map(contradict, wanted.axes, (x.axes[i] for i in full)))
    return full if agrees else None


def _before(merged: Shape, operand: int) -> tuple[str, ...]:
    """What several inputs before this one come to; of a single one it is said where that was made."""
    return (f"the inputs before are {merged}",) if operand > 1 else ()


def names_disagree(wanted: Shape, x: Shape, at: int, operand: int) -> Misfit:
    """E203: a given name of `x` at position `at` (counted from its end) is another than that of `wanted`."""
    here, there = x.axes[at], wanted.axes[at]
    order = order_like(wanted, x)
    repairs: tuple[InsertBefore, ...] = ()
    if order is not None:
        text = permute_text(x, order)
        title = f"put the axes of input {operand + 1} in the same order"
        repairs = (InsertBefore(text, title, operand=operand),)
    return Misfit(
        "E203",
        f"merges axis `{there.name}` of one input with axis `{here.name}` of another",
        operand=operand,
        axis=x.rank + at,
        facts=_before(wanted, operand),
        repairs=repairs,
    )


def check_names(wanted: Shape, x: Shape, operand: int, skip: int | None = None) -> None:
    """Raises E203 where given names differ, axes counted from the end; `skip` is one that need not agree."""
    for at in range(-min(wanted.rank, x.rank), 0):
        if at != skip and contradict(wanted.axes[at], x.axes[at]):
            raise names_disagree(wanted, x, at, operand)


def broadcast_size(a: Size, b: Size) -> Size | None:
    """The size that two make together, a 1 stretched to the other; None where they can never agree."""
    if a is b or a == b or b == 1:
        return a
    if a == 1:
        return b
    return surer(a, b) if agree(a, b) else None


def surer(a: Size, b: Size) -> Size:
    """Which of two sizes that are equal says more: a number, else one without unknown sizes, else the simpler one."""
    if isinstance(a, int) or isinstance(b, int):
        return a if isinstance(a, int) else b
    return min(a, b, key=lambda size: (is_anonymous(size), size.weight, sum([abs(n) for _, n in size.terms])))


def broadcast(a: Shape, b: Shape, operand: int) -> Shape:
    """The shape of both together as Keras broadcasts them, the shorter filled up in front; E203, E205."""
    if a == b:
        return a
    check_names(a, b, operand)
    longer, shorter = (a, b) if a.rank >= b.rank else (b, a)
    lead = longer.rank - shorter.rank
    sizes = list(longer.sizes)
    axes = list(longer.axes)
    for i, (size, axis) in enumerate(zip(shorter.sizes, shorter.axes, strict=True), start=lead):
        merged = broadcast_size(sizes[i], size)
        if merged is None:
            raise Misfit(
                "E205",
                f"the shapes {sizes_text(a)} and {sizes_text(b)} do not agree",
                operand=operand,
                axis=i - longer.rank + b.rank,
                facts=(*_before(a, operand), "Keras: Inputs have incompatible shapes"),
                repairs=evened(a, b, operand) if operand == 1 else (),
            )
        sizes[i] = merged
        axes[i] = stronger(axes[i], axis)
    return Shape(tuple(sizes), tuple(axes))


def distinct(axes: tuple[Axis, ...]) -> tuple[Axis, ...]:
    """The axes, without the names that stand further to the front already."""
    seen: set[str] = set()
    found: list[Axis] = []
    for axis in axes:
        found.append(NAMELESS if axis.name in seen else axis)
        if axis.name is not None:
            seen.add(axis.name)
    return tuple(found)
