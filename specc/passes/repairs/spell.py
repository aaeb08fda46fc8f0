"""Ops as plain data: the text that an author would have written for them."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Self, TypeVar, cast

from specc.ops import making
from specc.ops.declare import Op, parameters_of
from specc.ops.entries import Entry
from specc.ops.families import Object
from specc.ops.kinds import Kind
from specc.ops.parameters import CallInput, Parameter
from specc.shapes.pattern import Pattern

V = TypeVar("V")


class Expression(str):  # noqa: SLOT000
    """A parameter as a spec reads it, of which the dollar is kept; `kind` is its type, where that is known."""

    kind: str | None

    def __new__(cls, text: str, kind: str | None = None) -> Self:
        """An expression as it stands in a spec."""
        made = super().__new__(cls, text)
        made.kind = kind
        return made


def spelled(op: Op, policy: str | None = None) -> tuple[str, Any]:
    """The key of an op and the value beside it: its arguments but for the defaults, a lone first one bare.

    `policy` is the dtype of the whole spec, which a layer need not repeat.
    """
    known = parameters_of(type(op))
    arguments: dict[str, Any] = {}
    for name, value in op.arguments.items():
        parameter = known.get(name)
        if parameter is None:
            arguments[name] = plain(value)
            continue
        is_default = value == parameter.default and type(value) is type(parameter.default)
        if not is_default and not (name == "dtype" and value == policy):
            arguments[name] = argument(parameter, value)
    ordered = {name: arguments[name] for name in (*known, *arguments) if name in arguments}
    if len(ordered) == 1:
        ((name, value),) = ordered.items()
        if name == making.first_parameter(type(op)) and value is not None and not isinstance(value, dict):
            return op.name, value
    return op.name, ordered


def argument(parameter: Parameter, value: Any) -> Any:
    """The value of an argument; one number stands for several that are equal, where the op reads it so."""
    if isinstance(value, tuple) and not isinstance(value, Entry | Object | Pattern):
        return plain(shortest(parameter.kind, cast("tuple[Any, ...]", value)))
    return plain(value)


def shortest(kind: Kind, value: tuple[Any, ...]) -> Any:
    """`value`, or what of it alone is read as all of it: 3 for (3, 3), and for ((3, 3), (3, 3))."""
    if not all(isinstance(i, int) or _is_pair(i) for i in value):
        return value
    short: Any = tuple([i[0] if _is_pair(i) and i[0] == i[1] else i for i in value])
    for candidate in (*short[:1], short) if len({*short}) == 1 else (short,):
        if candidate != value and _is_read_as(kind, candidate, value):
            return candidate
    return value


def _is_pair(item: Any) -> bool:
    return isinstance(item, tuple) and len(item) == 2 and all(isinstance(i, int) for i in item)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]


@lru_cache(maxsize=1000)
def _is_read_as(kind: Kind, candidate: Any, value: tuple[Any, ...]) -> bool:
    """Whether `candidate` would be read as `value`."""
    from specc.ops.validation import SchemaValidator

    if not making.fits(kind, candidate):
        return False
    return SchemaValidator(kind.core).validate_python(candidate) == value  # pyright: ignore[reportArgumentType]


def plain(value: Any) -> Any:
    """A checked argument as plain data."""
    if isinstance(value, Op):
        name, arguments = spelled(value)
        if value.signature is not None:
            return {name: arguments, "signature": str(value.signature)}
        return name if arguments == {} else {name: arguments}
    if isinstance(value, Entry | Object):
        return value.plain
    if isinstance(value, Pattern):
        return str(value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in cast("dict[Any, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in cast("list[Any]", value)]
    return value


def wiring(
    inputs: Sequence[CallInput],
    spreads: bool,
    reads: Sequence[V | None],
    current: V | None,
    names: Callable[[V], str],
    op: Op | None = None,
) -> Any:
    """The `from` of an item that reads these values as its `inputs`; None where it reads the `current` one alone.

    `spreads`: one value serves every input that is required. `names` says what a value is called. The call of `op`
    may be given masks, which stand behind the values.
    """
    if op is not None and op.masked_by:
        values, masks = op.parted(reads)
        called = [None if v is None else "_" if v == current else names(v) for v in (*values, *masks)]
        return _named(inputs, called[: len(values)]) | op.masks_as_called(called[len(values) :])
    required = max(1, sum(each.required for each in inputs))
    is_one = len(reads) == required and len({*reads}) == 1 and (spreads or required == 1)
    only = reads[0] if is_one else None
    if only is not None:
        return None if only == current else names(only)
    called = [None if v is None else "_" if v == current else names(v) for v in reads]
    return called if None not in called else _named(inputs, called)


def _named(inputs: Sequence[CallInput], called: Sequence[str | None]) -> dict[str, Any]:
    """What stands for each of the `inputs`, by its name."""
    by_name: dict[str, Any] = {}
    for i, each in enumerate(inputs):
        given = called[i:] if each.many else called[i] if i < len(called) else None
        if given:
            by_name[each.name] = given
    return by_name


def escaped(value: Any) -> Any:
    """Plain data with every dollar doubled, so that it is read as it stands, but for those of an `Expression`."""
    if isinstance(value, str):
        return value if isinstance(value, Expression) else value.replace("$", "$$")
    if isinstance(value, dict):
        return {escaped(key): escaped(item) for key, item in cast("dict[Any, Any]", value).items()}
    if isinstance(value, list):
        return [escaped(item) for item in cast("list[Any]", value)]
    return value
