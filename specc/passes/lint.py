"""What is legal and yet seldom meant: values that nothing uses (W604), a batch axis in a shape (W606)."""

from specc.diagnostics.model import Diagnostic, Fix, Note
from specc.ir.graph import Input, Layer, Typed, chain_of
from specc.ops.declare import Op
from specc.ops.misfit import Remove
from specc.passes.activations import activation_behind, maker_positions
from specc.passes.values import Findings
from specc.shapes.axis import NAMELESS, TIME

BATCH_LIKE = 1000
"""An axis longer than this, without a name and in front, looks like the number of samples."""


def lint(typed: Typed, found: Findings) -> None:
    """Record the warnings that need the whole network."""
    _unused(typed, found)
    _softmaxes(typed, found)
    for entry in typed.graph.inputs:
        _batch(entry, typed, found)


def _unused(typed: Typed, found: Findings) -> None:
    """W604; a layer that is written out several times is useless only if none of them is used."""
    graph, used = typed.graph, typed.graph.used
    for entry in graph.inputs:
        if entry.value not in used:
            found.append(Diagnostic("W604", f"nothing uses the input `{entry.name}`", entry.node.span))
    for name, value, node, link in graph.named:
        if value not in used:
            found.append(Diagnostic("W604", f"nothing uses `{name}`", node.span, chain=chain_of(link)))
    named = {value for _, value, _, _ in graph.named}
    useless: dict[int, Layer] = {}
    useful: set[int] = set()
    for layer in graph.layers:
        if any(value in used or value in named for value in layer.outputs):
            useful.add(id(layer.item))
        elif not layer.inserted:
            useless.setdefault(id(layer.item), layer)
    for item, layer in useless.items():
        if item not in useful:
            message = f"nothing uses the value of `{layer.name}`"
            found.append(
                Diagnostic("W604", message, layer.item.key.span, layer.name, chain=chain_of(layer.link))
            )


def _softmaxes(typed: Typed, found: Findings) -> None:
    """W603: a softmax of a softmax, or one over a single element."""
    makers: dict[int, int] = {}
    for number, layer in enumerate(typed.graph.layers):
        op = typed.ops[number]
        if op is None or "softmax" not in (getattr(op, "activation", None), op.name.lower()):
            continue
        value, result = layer.inputs[0], typed.types[layer.outputs[0]]
        is_first = op.name in ("Activation", "Softmax")
        if is_first:
            makers = makers or maker_positions(typed)
        if is_first and value is not None and activation_behind(value, typed, makers) == "softmax":
            message = f"`{layer.name}`: a softmax of what is a softmax already"
        elif not is_first and result is not None and result.shape.sizes[-1:] == (1,):
            message = f"`{layer.name}`: a softmax over one element is always 1"
        else:
            continue
        fixes = _without_second(layer, op) if is_first else ()
        found.append(
            Diagnostic(
                "W603", message, layer.item.key.span, layer.name, fixes=fixes, chain=chain_of(layer.link)
            )
        )


def _batch(entry: Input, typed: Typed, found: Findings) -> None:
    if entry.tensor is None or not entry.tensor.shape.rank:
        return
    for axis in entry.tensor.shape.axes:
        if axis.name in ("batch", "sample", "batches", "samples"):
            message = f"input `{entry.name}` has an axis `{axis.name}`: the batch is never written"
            found.append(Diagnostic("W606", message, entry.node.span))
            return
    size = entry.tensor.shape.sizes[0]
    if entry.tensor.shape.axes[0] is not NAMELESS or not _is_distributed(entry, typed):
        return
    if size == 1 or (isinstance(size, int) and size > BATCH_LIKE):
        why = f"its size is {size}"
    elif _reaches_all(entry, typed):
        why = "nothing ever looks along it"
    else:
        return
    message = f"the first axis of input `{entry.name}` seems to be the batch, which is never written: {why}"
    note = Note("every layer runs once for each of its steps; if it is time, name it: `time: …`")
    found.append(Diagnostic("W606", message, entry.node.span, notes=(note,)))


def _is_distributed(entry: Input, typed: Typed) -> bool:
    """Whether the first axis of an input is distributed over, by the name of time."""
    return any(
        reading.over is not None
        and reading.over.axes[:1] == (TIME,)
        and typed.graph.layers[i].inputs[0] == entry.value
        for i, reading in typed.readings.items()
    )


def _reaches_all(entry: Input, typed: Typed) -> bool:
    """Whether the first axis is only ever distributed over, and leads every output."""
    assert entry.tensor is not None
    size = entry.tensor.shape.sizes[0]
    for output in typed.graph.outputs:
        tensor = typed.types[output.value]
        if (
            tensor is None
            or not tensor.shape.rank
            or tensor.shape.sizes[0] != size
            or tensor.shape.axes[0] is not TIME
        ):
            return False
    return not any(isinstance(op, Op) and "time" in (op.places or ()) for op in typed.ops)


def _without_second(layer: Layer, op: Op) -> tuple[Fix, ...]:
    from specc.passes.repairs import described_edits

    return described_edits((Remove("drop the second softmax", "unsafe"),), layer.item, type(op))
