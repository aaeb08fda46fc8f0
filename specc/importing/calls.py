"""What a layer is called with: values for its op's inputs, and options."""

from typing import Any, NamedTuple, cast

from specc.importing.objects import Unsayable
from specc.importing.records import Application, Value, leaves
from specc.ops.catalog import FAMILIES
from specc.ops.declare import Op
from specc.ops.parameters import CallInput

_NOT_IN_TRAINING = frozenset(
    (
        *("Dropout", "AlphaDropout", "GaussianDropout", "GaussianNoise", "SpectralNormalization"),
        *(f"SpatialDropout{n}D" for n in (1, 2, 3)),
        *("LSTM", "GRU", "SimpleRNN", "RNN", *(f"ConvLSTM{n}D" for n in (1, 2, 3))),
    )
)
"""The layers whose call has `training: false` for its default, and Keras writes it down."""

_IN_TRAINING = frozenset(
    ("Pipeline", *(name for family in FAMILIES if family.startswith("image_") for name in FAMILIES[family]))
)
"""The layers whose call has `training: true` for its default."""


class Wired(NamedTuple):
    """What a call is given: values, in the order of the op's inputs, then masks; its options, and which masks."""

    reads: list[Value | None]
    options: dict[str, Any]
    masked_by: tuple[str, ...]


def wired(op: Op, application: Application) -> Wired:
    """A call as the op takes it; raises `Unsayable`."""
    inputs = op.reads
    arguments, named = list(application.arguments), dict(application.named)
    if op.takes_list:
        reads: list[Value | None] = [*leaves(arguments[:1])]
        rest = dict(enumerate(arguments[1:], 1))
    else:
        slots = [_slot(each, i, arguments, named) for i, each in enumerate(inputs)]
        while slots and not any(slots[-1]):
            slots.pop()
        reads = [value for slot in slots for value in slot]
        rest = dict(enumerate(arguments[len(inputs) :], len(inputs)))
    masks = _masks(op, named, rest)
    for number, value in rest.items():
        if value is not None and value is not False:
            raise Unsayable(
                f"is called with argument number {number + 1}, of which only Keras knows the name"
            )
    return Wired([*reads, *masks.values()], _options(op, named), tuple(masks))


def _masks(op: Op, named: dict[str, Any], rest: dict[int, Any]) -> dict[str, Value]:
    """The masks that a call is given as values, by the op's names for them; they are taken out of the arguments."""
    found: dict[str, Value] = {}
    first = 1 if op.takes_list else len(op.call_inputs)
    for place, each in enumerate(op.call_masks, first):
        given = named.get(each.name, rest.get(place))
        if not leaves(given):
            continue
        named.pop(each.name, None)
        rest.pop(place, None)
        if not each.many:
            found[each.name] = leaves(given)[0]
            continue
        for value, mask in zip(op.call_inputs[:2], cast("list[Any]", given), strict=False):
            found |= {f"{value.name}_mask": leaf for leaf in leaves(mask)}
    return found


def _slot(each: CallInput, i: int, arguments: list[Any], named: dict[str, Any]) -> list[Value | None]:
    """The value, or values, for one input; a None that keeps the place where it is not given."""
    given = arguments[i] if i < len(arguments) else named.pop(each.name, None)
    values = leaves(given)
    if given is not None and not values:
        raise Unsayable(f"is given a constant for `{each.name}`, not a value")
    if len(values) > 1 and not each.many:
        raise Unsayable(f"is given {len(values)} values for `{each.name}`, which is one")
    return [*values] or [None]


def _options(op: Op, named: dict[str, Any]) -> dict[str, Any]:
    """The options that are no defaults."""
    found: dict[str, Any] = {}
    for name, value in named.items():
        if leaves(value):
            raise Unsayable(f"is given a value for `{name}`, which a spec cannot say")
        if _is_nothing(value) or (value is False and (name != "training" or op.name in _NOT_IN_TRAINING)):
            continue
        if value is True and name == "training" and op.name in _IN_TRAINING:
            continue
        if name not in op.call_options:
            raise Unsayable(f"is called with `{name}`, which a spec cannot say")
        found[name] = value
    return found


def _is_nothing(value: Any) -> bool:
    """Whether a value is null, or holds nothing else: a mask that is not given."""
    if isinstance(value, dict):
        return all(map(_is_nothing, cast("dict[str, Any]", value).values()))
    return all(map(_is_nothing, cast("list[Any]", value))) if isinstance(value, list) else value is None
