# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""Where the arguments of a layer come from: what the author wrote for them, and what Keras has by default."""

from typing import Any, Protocol

from specc.backends.emit.code import Expr, Listing, Literal
from specc.ir.graph import Explicit
from specc.ops import registry
from specc.ops.declare import Op, Parameter, parameters_of
from specc.passes.spell import shortest

_BY_NAME = ("axis", "axes", "max_value", "value_range", "center")
"""First arguments that Keras's users give by name."""


class Made(Protocol):
    """A layer that is being recorded."""

    path: str
    arguments: tuple[Any, ...]
    keywords: dict[str, Any]


class Writer(Protocol):
    """Writes values as expressions."""

    def expr(self, value: Any) -> Expr:
        """Any value."""
        ...


class Origins:
    """Writes the arguments of layers, those left out that are Keras's defaults."""

    def __init__(self, explicit: Explicit) -> None:
        self.explicit = explicit

    def arguments(self, layer: Made, writer: Writer) -> tuple[tuple[Expr, ...], tuple[tuple[str, Expr], ...]]:
        """The positional arguments and those by name, in the order of Keras's signature."""
        cls = registry.find(layer.path.removeprefix("layers.")) if layer.path.startswith("layers.") else None
        known = {} if cls is None else parameters_of(cls)
        written = {
            name: self._argument(known.get(name), value, writer)
            for name, value in layer.keywords.items()
            if not _is_default(name, value, known.get(name))
        }
        names = [name for name in (*known, *written) if name in written]
        leading = [] if cls is None else _leading(cls)
        positional = [writer.expr(value) for value in layer.arguments]
        for name in leading:
            if name not in written or layer.arguments:
                break
            positional.append(written.pop(name))
        return tuple(positional), tuple((n, written[n]) for n in dict.fromkeys(names) if n in written)

    def _argument(self, parameter: Parameter | None, value: Any, writer: Writer) -> Expr:
        if parameter is not None and isinstance(value, list | tuple):
            short = shortest(parameter.kind, _tuples(value))
            if not isinstance(short, tuple):
                return Literal(short)
            return _listing(short, writer)
        return writer.expr(value)


def _listing(value: Any, writer: Writer) -> Expr:
    if isinstance(value, tuple):
        return Listing(tuple(_listing(item, writer) for item in value), is_tuple=True)
    return writer.expr(value)


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list | tuple) else value


def _is_default(name: str, value: Any, parameter: Parameter | None) -> bool:
    if name == "dtype":
        return value == "float32"
    if parameter is None:
        return False
    if name == "data_format" and value == "channels_last":
        return True
    default = parameter.default
    value, default = _tuples(value), _tuples(default)
    return value == default and type(value) is type(default)


def _leading(cls: type[Op]) -> list[str]:
    """The parameters that are given by position: the first one, and those behind it that must be given."""
    first = registry.first_parameter(cls)
    if first is None or first in _BY_NAME:
        return []
    required = [name for name, p in parameters_of(cls).items() if p.required]
    return (
        [first, *(name for name in required[:2] if name != first)]
        if first in required or not required
        else []
    )
