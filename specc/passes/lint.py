"""What is legal and yet seldom meant: values that nothing uses (W604), a batch axis in a shape (W606)."""

from specc.diagnostics.model import Diagnostic, Note
from specc.ir.graph import Input, Typed, chain_of
from specc.ops.declare import Op
from specc.passes.values import Findings
from specc.shapes.axis import NAMELESS, TIME

BATCH_LIKE = 1000
"""An axis longer than this, without a name and in front, looks like the number of samples."""


def lint(typed: Typed, found: Findings) -> None:
    """Record the warnings that need the whole network."""
    _unused(typed, found)
    for entry in typed.graph.inputs:
        _batch(entry, typed, found)


def _unused(typed: Typed, found: Findings) -> None:
    used = typed.graph.used
    seen: set[int] = set()
    for entry in typed.graph.inputs:
        if entry.value not in used:
            found.append(Diagnostic("W604", f"nothing uses the input `{entry.name}`", entry.node.span))
    for layer in typed.graph.layers:
        if layer.inserted or any(value in used for value in layer.outputs) or id(layer.item) in seen:
            continue
        seen.add(id(layer.item))
        message = f"nothing uses the value of `{layer.name}`"
        found.append(Diagnostic("W604", message, layer.item.key.span, layer.name, chain=chain_of(layer.link)))


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
        reading.over is not None and reading.over.axes[:1] == (TIME,) and typed.graph.layers[i].inputs[0] == entry.value
        for i, reading in typed.readings.items()
    )


def _reaches_all(entry: Input, typed: Typed) -> bool:
    """Whether the first axis is only ever distributed over, and leads every output."""
    assert entry.tensor is not None
    size = entry.tensor.shape.sizes[0]
    for output in typed.graph.outputs:
        tensor = typed.types[output.value]
        if tensor is None or not tensor.shape.rank or tensor.shape.sizes[0] != size or tensor.shape.axes[0] is not TIME:
            return False
    return not any(isinstance(op, Op) and "time" in (op.places or ()) for op in typed.ops)
