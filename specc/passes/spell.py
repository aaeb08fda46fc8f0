"""Ops as plain data: the text that an author would have written for them."""

from functools import lru_cache
from typing import Any, cast

from specc.ops import registry
from specc.ops.declare import Op, Parameter, parameters_of
from specc.ops.entries import Entry
from specc.ops.families import Object
from specc.ops.kinds import Kind
from specc.shapes.pattern import Pattern


def spelled(op: Op, policy: str | None = None) -> tuple[str, Any]:
    """The key of an op and the value beside it: its arguments but for the defaults, a lone first one bare.

    `policy` is the dtype of the whole spec, which a layer need not repeat.
    """
    known = parameters_of(type(op))
    arguments: dict[str, Any] = {}
    for name, value in op.arguments.items():
        parameter = known[name]
        is_default = value == parameter.default and type(value) is type(parameter.default)
        if not is_default and not (name == "dtype" and value == policy):
            arguments[name] = _argument(parameter, value)
    ordered = {name: arguments[name] for name in known if name in arguments}
    if len(ordered) == 1:
        ((name, value),) = ordered.items()
        if name == registry.first_parameter(type(op)) and value is not None and not isinstance(value, dict):
            return op.name, value
    return op.name, ordered


def _argument(parameter: Parameter, value: Any) -> Any:
    """The value of an argument; one number stands for several that are equal, where the op reads it so."""
    if isinstance(value, tuple) and not isinstance(value, Entry | Object | Pattern):
        items = cast("tuple[Any, ...]", value)
        if all(isinstance(i, int) and i == items[0] for i in items) and _is_spread(parameter.kind, items):
            return items[0]
    return plain(value)


@lru_cache(maxsize=1000)
def _is_spread(kind: Kind, items: tuple[int, ...]) -> bool:
    """Whether the first of `items` alone would be read as all of them."""
    from specc.ops.validation import SchemaValidator

    if not items or not registry.fits(kind, items[0]):
        return False
    return SchemaValidator(kind.core).validate_python(items[0]) == items  # pyright: ignore[reportArgumentType]


def plain(value: Any) -> Any:
    """A checked argument as plain data."""
    if isinstance(value, Op):
        name, arguments = spelled(value)
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


def escaped(value: Any) -> Any:
    """Plain data with every dollar doubled, so that it is read as it stands."""
    if isinstance(value, str):
        return value.replace("$", "$$")
    if isinstance(value, dict):
        return {escaped(key): escaped(item) for key, item in cast("dict[Any, Any]", value).items()}
    if isinstance(value, list):
        return [escaped(item) for item in cast("list[Any]", value)]
    return value
