"""Repairs of an output that is not what was declared: layers that would make it so, behind the last one."""

from specc.diagnostics.model import Applicability, Edit, Fix
from specc.ir.graph import Layer, Makers, Output
from specc.ops.declare import Op
from specc.passes.repairs.candidates import set_argument, upstream
from specc.shapes.shape import Shape
from specc.syntax import edits
from specc.syntax.tree import Mapping as MappingNode
from specc.syntax.tree import Node, Scalar


def ending_fixes(
    output: Output,
    layer: Layer,
    shape: Shape,
    promise: Shape,
    makers: Makers,
    outputs: Node | None,
    is_reshape: bool,
) -> tuple[Fix, ...]:
    """Ways to reach `promise` from `shape`, which `layer` makes; `is_reshape`: one that `adapt: auto` inserts."""
    candidates: list[tuple[str, str, Applicability]] = []
    if is_reshape:
        candidates.append((f"Reshape: {promise}", "write out what would be inserted", "safe"))
    order = _permutation(shape, promise)
    if order is not None:
        candidates.append((f"Permute: {order}", "permute the axes", "safe"))
    axis = _single_step(shape, promise)
    fixes: list[Fix] = []
    if axis is not None:
        name = shape.axes[axis].name or str(axis + 1)
        reduce = f"reduce: {{axis: {name}, how: mean, keepdims: true}}"
        candidates.append((reduce, f"take the mean over `{name}`", "unsafe"))
        pool = _pooling(shape, axis)
        if pool:
            candidates.append((pool, f"pool over `{name}`", "unsafe"))
        drop = _without_sequences(layer, makers)
        if drop is not None:
            fixes.append(drop)
    added = [
        Fix(title, kind, made)
        for text, title, kind in candidates
        if (made := _append(text, output, layer, outputs))
    ]
    units = other_units(layer, shape, promise)
    return (*added, *fixes, *(() if units is None else (units,)))


def _permutation(shape: Shape, promise: Shape) -> str | None:
    """The names of the promise as an order of the value's axes, where they are the same with the same sizes."""
    named = {a.name: s for s, a in zip(*shape, strict=True)}
    wanted = {a.name: s for s, a in zip(*promise, strict=True)}
    if None not in named and named == wanted and len(named) == shape.rank:
        return "[" + ", ".join(str(a.name) for a in promise.axes) + "]"
    sizes, promised = ([str(size) for size in sizes] for sizes in (shape.sizes, promise.sizes))
    if sorted(sizes) == sorted(promised) and len(set(sizes)) == len(sizes):
        return "[" + ", ".join(str(sizes.index(size) + 1) for size in promised) + "]"
    return None


def _single_step(shape: Shape, promise: Shape) -> int | None:
    """The only axis that differs, where the promise has size 1 there."""
    if shape.rank != promise.rank:
        return None
    differs = [i for i in range(shape.rank) if shape.sizes[i] != promise.sizes[i]]
    return differs[0] if len(differs) == 1 and promise.sizes[differs[0]] == 1 else None


def _pooling(shape: Shape, axis: int) -> str | None:
    n = shape.rank - 1
    size = shape.sizes[axis]
    if n not in (1, 2, 3) or axis == n or not isinstance(size, int):
        return None
    window = [size if i == axis else 1 for i in range(n)]
    return f"AveragePooling{n}D: {{pool_size: {window if n > 1 else size}}}"


def _append(text: str, output: Output, layer: Layer, outputs: Node | None) -> tuple[Edit, ...]:
    """Put a layer behind the last one; where the output is that layer by name, the new one takes the name over."""
    node = layer.item.node
    name = layer.item.field("name")
    if isinstance(name, Scalar) and name.value == output.name:
        renamed = edits.replace(name, f"{output.name}_before")
        added = edits.insert_item_after(node, f"{text}\nname: {output.name}")
        return () if added is None else (renamed, added)
    entry = outputs.get(output.name) if isinstance(outputs, MappingNode) else None
    origin = entry.get("from") if isinstance(entry, MappingNode) else None
    if origin is not None:
        called = f"{output.name}_value"
        added = edits.insert_item_after(node, f"{text}\nname: {called}")
        return () if added is None else (added, edits.replace(origin, called))
    added = edits.insert_item_after(node, text)
    return () if added is None else (added,)


def _without_sequences(layer: Layer, makers: Makers) -> Fix | None:
    """A convolution over the frames of a recurrent layer: let that return the last frame, and convolve it alone."""
    op = layer.op
    if not isinstance(op, Op) or op.name != "Conv3D" or layer.inputs[0] is None:
        return None
    before = upstream(layer.inputs[0], makers)
    inner = None if before is None else before.op
    if before is None or not isinstance(inner, Op) or inner.name != "ConvLSTM2D":
        return None
    kernel = list(vars(op)["kernel_size"][1:])
    sequences = set_argument(before, "return_sequences", "false")
    window = set_argument(layer, "kernel_size", str(kernel))
    if sequences is None or window is None or window.span.start <= layer.item.key.end:
        return None
    convolution = Edit(layer.item.key.span, "Conv2D")
    title = f"let `{before.name}` return its last step alone, and use Conv2D on it"
    return Fix(title, "unsafe", (sequences, convolution, window))


def other_units(layer: Layer, shape: Shape, promise: Shape) -> Fix | None:
    """A last layer, which makes `shape`, with as many units as `promise` has features."""
    op = layer.op
    if not isinstance(op, Op) or shape.rank != promise.rank or shape.sizes[:-1] != promise.sizes[:-1]:
        return None
    parameter = next((p for p in ("units", "filters") if p in vars(op)), None)
    if parameter is None or not isinstance(promise.sizes[-1], int):
        return None
    edit = set_argument(layer, parameter, str(promise.sizes[-1]))
    return (
        None
        if edit is None
        else Fix(f"give `{layer.name}` {promise.sizes[-1]} {parameter}", "unsafe", (edit,))
    )
