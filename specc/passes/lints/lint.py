"""What is legal and yet seldom meant, where that takes a look at the whole network.

Values, parameters and blocks that nothing uses (W604), an activation behind itself (W603), dense layers over the places
of an image (W601), a `crf` that never trains (W609), a batch axis in a shape (W606).
"""

from specc.diagnostics.model import Diagnostic, Edit, Fix, Note
from specc.ir.graph import Crossing, Input, Layer, Typed
from specc.ir.link import chain_of
from specc.ops.advice import is_features, places_of, spatial_warning
from specc.ops.declare import Op
from specc.ops.misfit import Remove, Repair, Replace, SetArgument
from specc.passes.lints.unused import edited, report_unused
from specc.passes.resolution.values import Findings
from specc.passes.training.activations import activation_behind, maker_positions
from specc.shapes.axis import NAMELESS, TIME
from specc.shapes.dim import Size, is_anonymous
from specc.syntax.tree import Mapping, Node, Scalar, Sequence

BATCH_LIKE = 1000
"""An axis longer than this, without a name and in front, looks like the number of samples."""

BATCHES = ("batch", "sample", "batches", "samples")

_ALONE = {
    "Softmax": "softmax",
    **{f"ops.{name}": name for name in ("softmax", "log_softmax", "sigmoid", "log_sigmoid")},
}
"""Ops that are an activation and nothing else."""
_SAME = {"softmax": "softmax", "log_softmax": "softmax", "sigmoid": "sigmoid", "log_sigmoid": "sigmoid"}
"""Activations, and those that they seldom stand behind."""

_OF_CLASSES = (
    *("categorical_crossentropy", "sparse_categorical_crossentropy"),
    *("CategoricalCrossentropy", "SparseCategoricalCrossentropy"),
)
"""Losses that `binary_crossentropy` stands for where there is one probability."""


def lint(typed: Typed, found: Findings) -> None:
    """Record the warnings that need the whole network."""
    report_unused(typed, found)
    _doubled(typed, found)
    _over_places(typed, found)
    _untrained(typed, found)
    document = typed.graph.document
    if document.blocks or "params" in document.sections or any(item.chains for item in document.layers):
        from specc.passes.lints.unread import report_unread

        report_unread(document, found)
    for entry in typed.graph.inputs:
        _batch(entry, typed, found)


def _doubled(typed: Typed, found: Findings) -> None:
    """W603: a softmax of a softmax, a sigmoid of a sigmoid, or a softmax over a single element; once in a repeat."""
    makers: dict[int, int] = {}
    told: set[int] = set()
    for layer, op in zip(typed.graph.layers, typed.ops, strict=True):
        if op is None:
            continue
        activation = _ALONE.get(op.name) or getattr(op, "activation", None)
        if not isinstance(activation, str) or activation not in _SAME or id(layer.item) in told:
            continue
        value, result = layer.inputs[0], typed.types[layer.outputs[0]]
        repairs: tuple[Repair, ...] = ()
        if op.name in _ALONE or op.name == "Activation":
            makers = makers or maker_positions(typed)
            before = None if value is None else activation_behind(value, typed, makers)
            if before != _SAME[activation]:
                continue
            message = f"`{layer.name}`: a {activation} of what is a {before} already"
            repairs = (Remove(f"drop the second {activation}", "unsafe"),)
            if activation != before:
                repairs = (Replace("ops.log", "take the logarithm alone", "unsafe"),)
        elif activation == "softmax" and result is not None and result.shape.sizes[-1:] == (1,):
            told.add(id(layer.item))
            found.append(_always_one(layer, typed))
            continue
        else:
            continue
        told.add(id(layer.item))
        found.append(_about(layer, "W603", message, *repairs))


def _always_one(layer: Layer, typed: Typed) -> Diagnostic:
    """W603 for a softmax over one element; its repair takes along a loss that is for several classes."""
    message = f"`{layer.name}`: a softmax over one element is always 1"
    sigmoid = SetArgument("activation", "sigmoid", "a sigmoid, for one probability", "unsafe")
    warning = _about(layer, "W603", message, sigmoid)
    compiled = typed.graph.document.sections.get("compile")
    loss = compiled.get("loss") if isinstance(compiled, Mapping) else None
    if not isinstance(loss, Scalar) or loss.value not in _OF_CLASSES:
        return warning
    from specc.syntax.edits import replace

    edit = replace(loss, "binary_crossentropy")
    fixes = tuple([fix._replace(edits=(*fix.edits, edit)) for fix in warning.fixes])
    return warning._replace(fixes=fixes)


def _over_places(typed: Typed, found: Findings) -> None:
    """W601 for a dense layer over height and width, where nothing behind it looks at places before they are flattened.

    In front of a convolution or a pooling it is a convolution of size 1, as in a ConvNeXt; and who promises an output
    with a height or a width, or has labels for each place, means it.
    """
    layers, types = typed.graph.layers, typed.types
    dense = [
        layer for layer, op in zip(layers, typed.ops, strict=True) if op is not None and op.name == "Dense"
    ]
    if not any(_has_places(layer.inputs[0], typed) for layer in dense):
        return
    from specc.passes.inference.blame import Blame

    labelled = {target.name for target in typed.graph.targets if target.tensor.shape.rank > 1}
    seen = {
        output.value
        for output in typed.graph.outputs
        if output.name in labelled
        or (output.promise is not None and any(axis.role == "spatial" for axis in output.promise.axes))
    }
    for layer, op in zip(reversed(layers), reversed(typed.ops), strict=True):
        if (op is not None and _looks_at_places(op, layer, typed)) or any(
            value in seen and _has_places(value, typed) for value in layer.outputs
        ):
            seen.update(value for value in layer.inputs if value is not None)
    blame = Blame(typed.graph, found, types)
    for layer in dense:
        x = types[layer.inputs[0] or 0]
        if x is not None and is_features(x.shape.axes[-1]) and seen.isdisjoint(layer.outputs):
            for warning in spatial_warning(x.shape):
                blame.report(warning, layer)


def _has_places(value: int | None, typed: Typed) -> bool:
    """Whether a value has two or more of height, width and depth in front of its last axis."""
    x = None if value is None else typed.types[value]
    return x is not None and bool(places_of(x.shape))


def _looks_at_places(op: Op, layer: Layer, typed: Typed) -> bool:
    """Whether an op does something with the axes in front of the last one, other than to flatten them."""
    if isinstance(op, Crossing) or op.ignores_leading or op.name == "Flatten":
        return False
    x = None if layer.inputs[0] is None else typed.types[layer.inputs[0]]
    y = typed.types[layer.outputs[0]]
    return x is None or y is None or y.shape.rank > 1 or x.shape.elements != y.shape.elements


def _untrained(typed: Typed, found: Findings) -> None:
    """W609 for a `crf` that is no output wherever it is used: its loss, which is all that trains it, is for outputs."""
    outputs = {output.value for output in typed.graph.outputs}
    crfs: dict[Layer, list[Layer]] = {}
    for layer, op in zip(typed.graph.layers, typed.ops, strict=True):
        if op is not None and op.name == "crf" and op.trainable:
            original = layer
            while original.shares is not None:
                original = original.shares
            crfs.setdefault(original, []).append(layer)
    if not crfs:
        return
    for layer, op in zip(reversed(typed.graph.layers), reversed(typed.ops), strict=True):
        if isinstance(op, Crossing) and layer.outputs[0] in outputs:  # into a block, and out of it
            outputs.update(value for value in layer.inputs if value is not None)
    for layer, uses in crfs.items():
        if not any(use.outputs[0] in outputs for use in uses):
            message = f"`{layer.name}` never trains: its loss is for outputs, and it is none"
            fix = Fix(f"name `{layer.name}` among the `outputs`", "display")
            found.append(_about(layer, "W609", message)._replace(fixes=(fix,)))


def _batch(entry: Input, typed: Typed, found: Findings) -> None:
    """W606 for an axis that is called so, or that nobody named and nothing looks along."""
    if entry.tensor is None or not entry.tensor.shape.rank:
        return
    named = _names_batch(entry)
    if named:
        message = f"input `{entry.name}` has an axis `{named}`: the batch is never written"
        fixes = edited("leave it out", "unsafe", _without_axis(entry, entry.tensor.shape.position(named)))
        found.append(Diagnostic("W606", message, entry.node.span, fixes=fixes))
        return
    size = entry.tensor.shape.sizes[0]
    if entry.tensor.shape.axes[0] is not NAMELESS:
        return
    if _is_distributed(entry, typed):
        if _is_batch_like(size):
            why = f"its size is {size}"
        elif _reaches_all(entry, typed):
            why = "nothing ever looks along it"
        else:
            return
    elif entry.batch is None and _is_left_alone(entry, typed):
        why = "nothing ever looks along it" if is_anonymous(size) else f"its size is {size}"
    else:
        return
    message = f"the first axis of input `{entry.name}` seems to be the batch, which is never written: {why}"
    note = Note("every layer runs once for each of its steps; if it is time, name it: `time: …`")
    fixes = edited("leave it out", "unsafe", _without_axis(entry, 0))
    found.append(Diagnostic("W606", message, entry.node.span, notes=(note,), fixes=fixes))


def _names_batch(entry: Input) -> str | None:
    """The first axis of an input that is called as the batch is."""
    axes = entry.tensor.shape.axes if entry.tensor is not None else ()
    return next((axis.name for axis in axes if axis.name in BATCHES), None)


def _is_batch_like(size: Size) -> bool:
    return size == 1 or (isinstance(size, int) and size > BATCH_LIKE)


def _is_distributed(entry: Input, typed: Typed) -> bool:
    """Whether the first axis of an input is distributed over by itself, by the name of time."""
    return any(
        reading.over is not None
        and not reading.unwrapped
        and reading.over.axes[:1] == (TIME,)
        and typed.graph.layers[i].inputs[0] == entry.value
        for i, reading in typed.readings.items()
    )


def _reaches_all(entry: Input, typed: Typed) -> bool:
    """Whether the first axis is only ever distributed over, and leads every output."""
    return _leads(entry, typed, TIME) and not any(
        isinstance(op, Op) and "time" in (op.places or ()) for op in typed.ops
    )


def _is_left_alone(entry: Input, typed: Typed) -> bool:
    """Whether the first of several axes is of a size as batches have, and every layer works on those behind it."""
    assert entry.tensor is not None
    shape = entry.tensor.shape
    return (
        shape.rank > 1
        and (_is_batch_like(shape.sizes[0]) or is_anonymous(shape.sizes[0]))
        and all(op is not None and op.ignores_leading for op in typed.ops)
        and _leads(entry, typed, NAMELESS)
    )


def _leads(entry: Input, typed: Typed, axis: object) -> bool:
    """Whether the first axis leads every output, there called `axis`."""
    assert entry.tensor is not None
    made = [typed.types[output.value] for output in typed.graph.outputs]
    return all(
        y is not None and y.shape.sizes[:1] == entry.tensor.shape.sizes[:1] and y.shape.axes[0] is axis
        for y in made
    )


def _without_axis(entry: Input, at: int | None) -> Edit | None:
    """The shape of an input without an axis, where each stands for itself."""
    from specc.syntax.edits import remove_item

    node: Node | None = entry.node.get("shape") if isinstance(entry.node, Mapping) else entry.node
    if at is None or not isinstance(node, Sequence) or entry.tensor is None:
        return None
    return remove_item(node.items[at]) if len(node.items) == entry.tensor.shape.rank else None


def _about(layer: Layer, code: str, message: str, *repairs: Repair) -> Diagnostic:
    """A warning at the op of a layer, with its repairs."""
    from specc.passes.repairs.candidates import described_edits

    fixes = described_edits(repairs, layer.item, layer.cls)
    return Diagnostic(code, message, layer.item.key.span, layer.name, (), fixes, chain_of(layer.link))
