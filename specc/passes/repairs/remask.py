"""Repairs of lost masks: by `mask`, which gives a value the mask of another, or by what a signature says."""

from collections.abc import Mapping, Sequence

from specc.diagnostics.model import Edit, Fix
from specc.ir.graph import Layer
from specc.ops.declare import Op
from specc.shapes.shape import Shape
from specc.shapes.tensor import Tensor
from specc.syntax import edits
from specc.syntax.tree import Mapping as MappingNode
from specc.syntax.tree import Node, Scalar
from specc.syntax.tree import Sequence as SequenceNode


def masked_again(
    layer: Layer, mask: Shape, types: Sequence[Tensor], names: Mapping[int, str]
) -> tuple[Fix, ...]:
    """Masks for what is merged with masked values, or for the result of `layer`, where it has the same steps."""
    masked = next((v for v in layer.inputs if v is not None and types[v].mask == mask), None)
    if masked is None or masked not in names:
        return ()
    name = _called(masked, layer, names)
    if layer.cls.takes_list and isinstance(layer.item.field("from"), SequenceNode):
        return _in_front(layer, name, types, names)
    result = types[layer.outputs[0]].shape
    if layer.cls.name.startswith("ops.") or result.part(0, mask.rank) != mask:
        return ()
    behind = edits.insert_item_after(layer.item.node, f"mask:\nfrom: [_, {name}]")
    title = f"give what it makes the mask of `{name}`"
    return () if behind is None else (Fix(title, "unsafe", (behind,)),)


def copied(layer: Layer, mask: Shape, types: Sequence[Tensor], names: Mapping[int, str]) -> tuple[Fix, ...]:
    """For a layer that takes masks off: copies of the values with `mask` that its `from` names, for it to read."""
    lines: dict[str, Edit] = {}
    changed: list[Edit] = []
    for node, value in _references(layer):
        if value not in names:
            continue
        name = _called(value, layer, names)
        copy = f"{name.replace('.', '_')}_copy"
        if types[value].mask == mask:
            text = f"Rescaling: 1.0\nname: {copy}\nfrom: {name}"
            inserted = edits.insert_item_before(layer.item.node, text)
            if inserted is None:
                return ()
            lines[name] = inserted
            changed.append(edits.replace(node, copy))
        elif _is_before(node):
            changed.append(edits.replace(node, name))
    if not lines:
        return ()
    first = next(iter(lines.values()))
    title = f"give it a copy of {' and '.join(f'`{name}`' for name in lines)}: it takes the masks off what it reads"
    return (Fix(title, "unsafe", (first._replace(text="".join(e.text for e in lines.values())), *changed)),)


def _references(layer: Layer) -> list[tuple[Scalar, int]]:
    """The references in a layer's `from`, where there are several, with the values that they are to."""
    origin = layer.item.field("from")
    nodes: list[Node] = []
    if isinstance(origin, SequenceNode):
        nodes = [*origin.items]
    elif isinstance(origin, MappingNode) and isinstance(layer.op, Op):
        given = {key.value: value for key, value in origin.entries}
        nodes = [
            given[entry.name] for entry in (*layer.op.reads, *layer.cls.call_masks) if entry.name in given
        ]
    values = [v for v in layer.inputs if v is not None]
    if len(nodes) != len(values):
        return []
    return [(node, v) for node, v in zip(nodes, values, strict=True) if isinstance(node, Scalar)]


def says_mask(layer: Layer) -> tuple[Fix, ...]:
    """For a layer of one's own: the word for a class that hands masks on, in its signature."""
    node = layer.item.field("signature")
    if layer.cls.signature is None or not isinstance(node, Scalar):
        return ()
    text = node.span.text
    end = len(text) - (text[-1:] in ("'", '"'))
    edit = edits.replace(node, f"{text[:end]}{',' if ';' in text else ';'} mask{text[end:]}")
    return (Fix("say so in its signature, if its class hands masks on", "unsafe", (edit,)),)


def _in_front(layer: Layer, name: str, types: Sequence[Tensor], names: Mapping[int, str]) -> tuple[Fix, ...]:
    """Each of the merged values that has no mask, masked as the value called `name`."""
    nodes, values = [node for node, _ in _references(layer)], [v for _, v in _references(layer)]
    bare = [i for i, v in enumerate(values) if types[v].mask is None]
    if not bare or any(values[i] not in names for i in bare) or len({values[i] for i in bare}) < len(bare):
        return ()
    short = [_called(v, layer, names) if v in names else "" for v in values]
    title = f"give {' and '.join(f'`{short[i]}`' for i in bare)} the mask of `{name}`"
    if len(bare) == 1 and _is_before(nodes[bare[0]]):
        inserted = edits.insert_item_before(layer.item.node, f"mask:\nfrom: [_, {name}]")
        return () if inserted is None else (Fix(title, "unsafe", (inserted,)),)
    lines: list[Edit] = []
    changed: list[Edit] = []
    for i, node in enumerate(nodes):
        if i in bare:
            made = f"{short[i].replace('.', '_')}_masked"
            text = f"mask:\nname: {made}\nfrom: [{short[i]}, {name}]"
            inserted = edits.insert_item_before(layer.item.node, text)
            if inserted is None:
                return ()
            lines.append(inserted)
            changed.append(edits.replace(node, made))
        elif _is_before(node):
            changed.append(edits.replace(node, short[i]))
    first = lines[0]._replace(text="".join(line.text for line in lines))
    return (Fix(title, "unsafe", (first, *changed)),)


def _is_before(node: Scalar) -> bool:
    """Whether a reference is to the value before."""
    return node.value == "_"


def _called(value: int, layer: Layer, names: Mapping[int, str]) -> str:
    """What a value is called where `layer` stands."""
    scope, dot, _ = layer.name.rpartition(".")
    return names[value].removeprefix(scope + dot)
