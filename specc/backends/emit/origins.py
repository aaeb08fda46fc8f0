# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""Where the arguments of a layer come from: what the author wrote for them, and what Keras has by default."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from specc.backends.emit.code import Bound, Expr, Listing, Literal, Param
from specc.ir.graph import Explicit, Layer
from specc.ir.link import Link
from specc.ops import making, registry
from specc.ops.axis import axis_number
from specc.ops.declare import Op, parameters_of
from specc.ops.misfit import Misfit
from specc.ops.parameters import Parameter
from specc.passes.repairs.spell import shortest
from specc.passes.resolution.values import Failed
from specc.shapes.shape import Shape
from specc.syntax.expression_tree import ExpressionError, Form, Size
from specc.syntax.expressions import forms_in, parse_template
from specc.syntax.tree import Mapping as MappingNode
from specc.syntax.tree import Node, Scalar

_BY_NAME = ("axis", "axes", "max_value", "value_range", "center")
"""First arguments that Keras's users give by name."""


class Place(NamedTuple):
    """Where a layer is made: for which layer of the spec, and the value that it receives."""

    layer: Layer
    received: int
    shape: Shape


class Origins:
    """Writes the arguments of layers, those left out that are Keras's defaults."""

    def __init__(self, explicit: Explicit) -> None:
        self.evaluate = explicit.graph.evaluate

    def arguments(
        self,
        path: str,
        given: tuple[Any, ...],
        keywords: Mapping[str, Any],
        place: Place | None,
        expr: Callable[[Any], Expr],
    ) -> tuple[tuple[Expr, ...], tuple[tuple[str, Expr], ...]]:
        """The positional arguments and those by name, in the order of Keras's signature."""
        cls = _op_of(path)
        known = {} if cls is None else parameters_of(cls)
        nodes = {} if cls is None or place is None else _nodes(place.layer, cls)
        written: dict[str, Expr] = {}
        for name, value in keywords.items():
            is_default = _is_default(name, value, known.get(name))
            made = _argument(known.get(name), value, expr)
            node = nodes.get(name)
            if node is not None and place is not None and isinstance(made, Literal):
                made = self.param(node, made.value, place.layer.link, place) or made
            if isinstance(made, Param) or not is_default:
                written[name] = made._replace(is_default=is_default) if isinstance(made, Param) else made
        positional = [expr(value) for value in given]
        for name in [] if cls is None or given else _leading(cls):
            made = written.get(name)
            if made is None or (isinstance(made, Param) and made.is_default):
                break
            positional.append(written.pop(name))
        names = dict.fromkeys((*known, *written))
        return tuple(positional), tuple((name, written[name]) for name in names if name in written)

    def param(
        self, node: Node | None, value: Any, link: Link | None, place: Place | None = None
    ) -> Param | None:
        """The expression that the author wrote for a value; None where it is none, or is not what came of it."""
        text = node.value if isinstance(node, Scalar) else None
        if not isinstance(text, str) or "$" not in text:
            return None
        try:
            template = parse_template(text)
            form = template.form
            if form is None:
                return None
            names = {name: self._bound(name, link) for name in template.names}
            sizes = _sizes(form, place)
            found = template.evaluate({n: b.value for n, b in names.items()}, lambda axis: sizes[axis][2])
        except (ExpressionError, Failed, Misfit, KeyError):
            return None
        if found != value or type(found) is not type(value):
            return None
        return Param(value, form, names, {axis: (v, number) for axis, (v, number, _) in sizes.items()})

    def _bound(self, name: str, link: Link | None) -> Bound:
        """What a parameter stands for where a layer stands."""
        while link is not None:
            frame = link.frame
            if frame is not None and name in frame.values:
                return Bound(frame, frame.values[name])
            if frame is not None and frame.block is not None:
                break
            link = link.outer
        return Bound(None, self.evaluate(_reference(name)))


def _op_of(path: str) -> type[Op] | None:
    """The op that says what a class of layers takes; None for what is none of Keras's and specc's."""
    if path.startswith("layers."):
        return registry.find(path.removeprefix("layers."))
    return registry.find("crf") if path == "CRF" else None


def _reference(name: str) -> Scalar:
    from specc.source import Source

    return Scalar(Source("", f"${name}"), 0, len(name) + 1, f"${name}")


def _sizes(form: Form, place: Place | None) -> dict[str | int, tuple[int, int, int]]:
    """For each axis that an expression asks for the size of: the value, the number of the axis, the size."""
    found: dict[str | int, tuple[int, int, int]] = {}
    for each in forms_in([form]):
        if isinstance(each, Size):
            if place is None:
                raise KeyError(each.axis)
            axis = axis_number(each.axis, place.shape)
            size = place.shape.sizes[axis]
            if not isinstance(size, int):
                raise KeyError(each.axis)
            found[each.axis] = (place.received, axis + 1, size)
    return found


def _nodes(layer: Layer, cls: type[Op]) -> dict[str, Node]:
    """What stands in the text for the arguments of a layer, or of the layer that it wraps."""
    if layer.inserted or layer.shares is not None:
        return {}
    outer, node = layer.cls, layer.item.value
    while outer is not cls:
        inner = _by_name(outer, node).get("layer")
        if not isinstance(inner, MappingNode) or len(inner.entries) != 1:
            return {}
        key, node = inner.entries[0]
        found = registry.find(str(key.value))
        if found is None:
            return {}
        outer = found
    return _by_name(cls, node)


def _by_name(cls: type[Op], node: Node | None) -> dict[str, Node]:
    if isinstance(node, MappingNode):
        return {str(key.value): value for key, value in node.entries}
    first = making.first_parameter(cls)
    return {} if node is None or first is None else {first: node}


def _argument(parameter: Parameter | None, value: Any, expr: Callable[[Any], Expr]) -> Expr:
    """The value of an argument; one number stands for several that are equal, where the op reads it so."""
    if parameter is None or not isinstance(value, list | tuple):
        return expr(value)
    return _listing(shortest(parameter.kind, _tuples(value)), expr)


def _listing(value: Any, expr: Callable[[Any], Expr]) -> Expr:
    if isinstance(value, tuple):
        return Listing(tuple(_listing(item, expr) for item in value), is_tuple=True)
    return expr(value)


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list | tuple) else value


def _is_default(name: str, value: Any, parameter: Parameter | None) -> bool:
    if parameter is None:
        return False
    if name == "dtype":
        return value == "float32"
    if name == "data_format" and value == "channels_last":
        return True
    value, default = _tuples(value), _tuples(parameter.default)
    return value == default and type(value) is type(default)


def _leading(cls: type[Op]) -> list[str]:
    """The parameters that are given by position: the first one, and those behind it that must be given."""
    first = making.first_parameter(cls)
    required = [name for name, p in parameters_of(cls).items() if p.required]
    if first is None or first in _BY_NAME or (required and first not in required):
        return []
    return [first, *(name for name in required[:2] if name != first)]
