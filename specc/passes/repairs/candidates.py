"""Repairs as edits of the text. A fix made here is a candidate: the pipeline applies and re-checks it first."""

from collections.abc import Iterable

from specc.diagnostics.model import Applicability, Edit, Fix
from specc.ir.graph import Layer, Makers, Reading
from specc.ops.advice import permute_text
from specc.ops.declare import Op, Place
from specc.ops.making import first_parameter
from specc.ops.misfit import InsertBefore, Misfit, Remove, Repair, Replace, SetArgument
from specc.ops.registry import find
from specc.shapes.axis import CHANNEL, FEATURE, TIME
from specc.shapes.dim import is_known
from specc.shapes.shape import Shape
from specc.shapes.tensor import Tensor
from specc.source import Span
from specc.syntax import edits
from specc.syntax.document import Item
from specc.syntax.tree import Mapping as MappingNode
from specc.syntax.tree import Node, Scalar, Sequence

CARRIERS = (
    "Dropout",
    "Activation",
    "ReLU",
    "LeakyReLU",
    "BatchNormalization",
    "LayerNormalization",
    "Identity",
)
"""Ops that pass on the axes that they are given."""


def described_edits(repairs: Iterable[Repair], item: Item, cls: type[Op]) -> tuple[Fix, ...]:
    """The fixes that an op's rule asks for."""
    fixes: list[Fix] = []
    for repair in repairs:
        made = _edits(repair, item, cls)
        if made:
            fixes.append(Fix(repair.title, repair.applicability, made))
    return tuple(fixes)


def _edits(repair: Repair, item: Item, cls: type[Op]) -> tuple[Edit, ...]:
    match repair:
        case SetArgument():
            edit = (
                _set_within(repair, item) if repair.within else _set(item, cls, repair.parameter, repair.text)
            )
        case Remove():
            edit = edits.remove_item(item.node)
        case Replace():
            edit = Edit(op_span(item), repair.text)
        case InsertBefore():
            if repair.operand:
                return _insert_on_branch(repair, item)
            edit = edits.insert_item_before(item.node, repair.text)
    return () if edit is None else (edit,)


def set_argument(layer: Layer, parameter: str, text: str) -> Edit | None:
    """Give one argument of a layer another value."""
    return _set(layer.item, layer.cls, parameter, text)


def _set(item: Item, cls: type[Op], parameter: str, text: str | None) -> Edit | None:
    value = item.value if item.value is not None else item.key
    if text is None:
        return edits.drop_argument(item.key, value, parameter, first_parameter(cls))
    return edits.set_argument(item.node, item.key, value, parameter, text, first_parameter(cls))


def _set_within(repair: SetArgument, item: Item) -> Edit | None:
    nested = _nested(item.value, repair.within)
    if nested is None:
        return None
    key, arguments = nested.entries[0]
    cls = find(str(key.value))
    first = None if cls is None else first_parameter(cls)
    if repair.text is None:
        return edits.drop_argument(key, arguments, repair.parameter, first)
    return edits.set_argument(nested, key, arguments, repair.parameter, repair.text, first)


def _nested(arguments: Node | None, within: tuple[str, ...]) -> MappingNode | None:
    """The op with arguments in an argument, or deeper, as its mapping of one entry; a bare value is the first."""
    nested = None
    for word in within:
        nested = arguments
        if isinstance(arguments, MappingNode) and arguments.key(word):
            nested = arguments.get(word)
        if not isinstance(nested, MappingNode) or len(nested.entries) != 1:
            return None
        arguments = nested.entries[0][1]
    return nested if isinstance(nested, MappingNode) else None


def op_span(item: Item) -> Span:
    """An op with its arguments."""
    end = item.key.end if item.value is None else item.value.end
    return Span(item.key.source, item.key.start, end)


def _insert_on_branch(repair: InsertBefore, item: Item) -> tuple[Edit, ...]:
    """Put a layer in front of one input of several: it gets a name, and `from` reads that."""
    origin = item.field("from")
    if not isinstance(origin, Sequence) or repair.operand >= len(origin.items):
        return ()
    node = origin.items[repair.operand]
    if not isinstance(node, Scalar) or any(isinstance(n, Scalar) and n.value == "_" for n in origin.items):
        return ()
    op = repair.text.partition(":")[0].strip().lower()
    name = f"{str(node.value).replace('.', '_')}_{op}"
    text = f"{repair.text}\nname: {name}\nfrom: {node.span.text}"
    inserted = edits.insert_item_before(item.node, text)
    return () if inserted is None else (inserted, edits.replace(node, name))


def upstream_fixes(
    misfit: Misfit, layer: Layer, makers: Makers, types: list[Tensor | None]
) -> tuple[Fix, ...]:
    """Repairs of a wrong rank at the layer that lost the axis, or by adding the only axis that can be missing."""
    value = layer.inputs[0] if layer.inputs else None
    tensor = None if value is None else types[value]
    op = layer.op
    places = op.places if isinstance(op, Op) else None
    if value is None or tensor is None or places is None:
        return ()
    if tensor.shape.rank >= len(places):
        return _channels_first(layer, places, tensor.shape)
    maker = upstream(value, makers)
    if maker is not None:
        found = _lost_axis(maker, layer)
        if found is not None:
            return (found,)
    return _missing_axis(op, tensor.shape, layer) if isinstance(op, Op) else ()


def upstream(value: int, makers: Makers) -> Layer | None:
    """The layer that gave a value its axes, those that only carry them along left out."""
    layer = makers.get(value)
    while (
        layer is not None
        and isinstance(layer.op, Op)
        and layer.op.name in CARRIERS
        and layer.inputs[0] is not None
    ):
        before = makers.get(layer.inputs[0])
        if before is None:
            break
        layer = before
    return layer


def _channels_first(layer: Layer, places: tuple[Place, ...], x: Shape) -> tuple[Fix, ...]:
    """Steps of images whose channels lead, all without names: read them so, and once per step."""
    item = layer.item
    if x.rank != len(places) + 1 or x.has_given_names or places[-1] != "feature" or "space" not in places:
        return ()
    edit = set_argument(layer, "data_format", "channels_first")
    if edit is None:
        return ()
    fixes = [Fix("read the channels in front, once per step", "safe", (edit,))]
    if isinstance(item.value, MappingNode) and edit.span.start == edit.span.end:
        text = item.value.span.text
        at = edit.span.start - item.value.start
        inner = f"{{{item.word}: {text[:at]}{edit.text}{text[at:]}}}"
        wrapped = Edit(op_span(item), f"TimeDistributed: {{layer: {inner}}}")
        fixes.append(
            Fix("run it once per step by `TimeDistributed`, the channels in front", "safe", (wrapped,))
        )
    return tuple(fixes)


def _lost_axis(maker: Layer, layer: Layer) -> Fix | None:
    op = maker.op
    if not isinstance(op, Op):
        return None
    if op.name == "Flatten":
        edit = edits.remove_item(maker.item.node)
        return None if edit is None else Fix(f"drop `{maker.name}`, which merges all axes", "safe", (edit,))
    inner: Op = getattr(op, "layer", op)
    if hasattr(inner, "return_sequences") and not getattr(inner, "return_sequences"):  # noqa: B009
        title = f"let `{maker.name}` return sequences, one result per step"
        edit = _return_sequences(maker, None if op is inner else inner)
        return None if edit is None else Fix(title, "safe", (edit,))
    return None


def _return_sequences(maker: Layer, wrapped: Op | None) -> Edit | None:
    if wrapped is None:
        return set_argument(maker, "return_sequences", "true")
    nested = _nested(maker.item.value, ("layer",))
    if nested is None:
        return None
    key, arguments = nested.entries[0]
    return edits.set_argument(
        nested, key, arguments, "return_sequences", "true", first_parameter(type(wrapped))
    )


def _missing_axis(op: Op, x: Shape, layer: Layer) -> tuple[Fix, ...]:
    """What is missing, added. A window op that lacks one axis lacks its channel: one reading is left."""
    places = op.places or ()
    if x.rank != len(places) - 1 or not is_known(x.sizes):
        return ()
    if places == ("time", "feature"):
        return _step_or_feature(x, layer)
    if "space" not in places:
        return ()
    at = places.index("feature")
    extended = x.part(0, at).join(Shape((1,), (CHANNEL,))).join(x.part(at))
    return _reshaped(layer, extended, "add the missing `channel` axis", "safe")


def _step_or_feature(x: Shape, layer: Layer) -> tuple[Fix, ...]:
    """One axis for a sequence op: the features of one step if that is its name, else perhaps steps of one feature."""
    axis = x.axes[0]
    if axis.role not in ("feature", None):
        return ()
    named = Shape(x.sizes, (axis if axis.name else FEATURE,))
    one_step = Shape((1,), (TIME,)).join(named)
    sure: Applicability = "safe" if axis.given else "unsafe"
    found = _reshaped(layer, one_step, "read it as the features of one step", sure)
    if axis.name is None:
        steps = Shape((*x.sizes, 1), (TIME, FEATURE))
        found = (*_reshaped(layer, steps, "read it as steps of one feature each", "unsafe"), *found)
    return found


def _reshaped(layer: Layer, shape: Shape, title: str, applicability: Applicability) -> tuple[Fix, ...]:
    edit = edits.insert_item_before(layer.item.node, f"Reshape: {shape}")
    return () if edit is None else (Fix(title, applicability, (edit,)),)


def insertion_fix(op: Op, layer: Layer, reading: Reading, x: Shape) -> Fix | None:
    """What `adapt: auto` would insert, written into the spec."""
    item = layer.item
    lines: list[str] = []
    if reading.order is not None:
        lines.append(permute_text(x, reading.order))
    if reading.core is not None:
        lines.append(f"Reshape: {reading.received(x)}")
    made = [edits.insert_item_before(item.node, line) for line in lines]
    if reading.outer:
        made.append(_distributed(item, reading, x if reading.order is None else x.ordered(reading.order)))
    if not made or any(edit is None for edit in made):
        return None
    title = "write out what would be inserted"
    if reading.outer and len(made) == 1 and made[0] is not None:
        wrapper = made[0].text.partition(":")[0]
        title = f"run it once per step, by `{wrapper}`"
    return Fix(title, "safe", _joined([edit for edit in made if edit is not None]))


def _joined(made: list[Edit]) -> tuple[Edit, ...]:
    """Insertions at one place as one edit."""
    joined: list[Edit] = []
    for edit in made:
        if joined and joined[-1].span == edit.span:
            joined[-1] = Edit(edit.span, joined[-1].text + edit.text)
        else:
            joined.append(edit)
    return tuple(joined)


def _distributed(item: Item, reading: Reading, x: Shape) -> Edit | None:
    """The op inside `TimeDistributed` (one axis of known size), or inside a `map`."""
    span = op_span(item)
    if "\n" in span.text:
        return None
    inner = span.text if item.value is None else f"{{{span.text}}}"
    value = item.value
    if reading.unwrapped and value is not None:
        inner = ((isinstance(value, MappingNode) and value.get("layer")) or value).span.text
    elif reading.outer == 1 and isinstance(x.sizes[0], int):
        return Edit(span, f"TimeDistributed: {{layer: {inner}}}")
    over = [str(axis.name or i + 1) for i, axis in enumerate(x.axes[: reading.outer])]
    return Edit(span, f"map: {{over: [{', '.join(over)}], layers: [{inner}]}}")
