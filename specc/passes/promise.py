"""Whether the outputs are what was declared; a shape of the same elements is reached by a reshape."""

from math import prod

from specc.diagnostics.model import Diagnostic, Fix, Note
from specc.ir.graph import Makers, Output, Typed, makers_of
from specc.passes.values import Findings
from specc.shapes.axis import Axis
from specc.shapes.dim import Size, is_anonymous, surely_differ
from specc.shapes.regroup import regroup
from specc.shapes.shape import Shape, sizes_text
from specc.shapes.tensor import Tensor


def keep_promises(typed: Typed, found: Findings) -> Typed:
    """Hold every output against its declaration (E209); the types and reshapes are those that the promises give."""
    makers: Makers | None = None
    reshapes: dict[int, Shape] = {}
    outputs: list[Output] = []
    for output in typed.graph.outputs:
        tensor = typed.types[output.value]
        promise = output.promise
        if tensor is None or promise is None:
            outputs.append(output)
            continue
        if _agree(tensor.shape, promise):
            outputs.append(output._replace(promise=_promised(tensor.shape, promise)))
            continue
        outputs.append(output)
        fault = _reshape_fault(tensor.shape, promise)
        if fault is None and not typed.graph.strict:
            reshapes[output.value] = promise
            text = f"output `{output.name}` is reshaped from {sizes_text(tensor.shape)} to {promise}"
            found.append(Diagnostic("N704", text, output.node.span))
            continue
        if makers is None:
            makers = makers_of(typed.graph.layers)
        found.append(_broken(output, tensor, fault, makers, typed))
    return typed._replace(graph=typed.graph._replace(outputs=tuple(outputs)), output_reshapes=reshapes)


def _promised(shape: Shape, promise: Shape) -> Shape:
    """The promise that `shape` keeps, with what it leaves open filled in from there."""
    axes = tuple(p if p.name is not None else a for p, a in zip(promise.axes, shape.axes, strict=True))
    sizes = tuple(s if is_anonymous(p) else p for p, s in zip(promise.sizes, shape.sizes, strict=True))
    return Shape(sizes, axes)


def _agree(shape: Shape, promise: Shape) -> bool:
    return shape.rank == promise.rank and all(
        _keeps(s, p) and not _misnamed(a, b)
        for s, p, a, b in zip(shape.sizes, promise.sizes, shape.axes, promise.axes, strict=True)
    )


def _keeps(size: Size, promised: Size) -> bool:
    """Whether a size keeps what was promised, as far as anything is known."""
    if not isinstance(promised, int) and not is_anonymous(promised):
        return size == promised or is_anonymous(size)
    return not surely_differ(size, promised) and not (
        isinstance(promised, int) and not isinstance(size, int) and not is_anonymous(size)
    )


def _misnamed(axis: Axis, promised: Axis) -> bool:
    return axis.given and promised.given and axis is not promised


def _reshape_fault(shape: Shape, promise: Shape) -> str | None:
    """Why no reshape reaches the promise; None where one does, each axis from whole neighbours or as part of one."""
    if surely_differ(shape.elements, promise.elements) or not _same_elements(shape, promise):
        return ""
    for block in regroup(shape.sizes, promise.sizes):
        if block.kind == "cut":
            return "; to reshape it would reorder its elements"
        if block.kind == "kept" and _misnamed(shape.axes[block.source[0]], promise.axes[block.target[0]]):
            return f"; its axes {_confusion(shape, promise)}"
    return None


def _confusion(shape: Shape, promise: Shape) -> str:
    same = {axis.name for axis in shape.axes} == {axis.name for axis in promise.axes}
    return "stand in another order" if same else "have other names"


def _same_elements(shape: Shape, promise: Shape) -> bool:
    left = sorted(map(str, (s for s in shape.sizes if not isinstance(s, int))))
    right = sorted(map(str, (s for s in promise.sizes if not isinstance(s, int))))
    known, wanted = (prod(s for s in sizes if isinstance(s, int)) for sizes in (shape.sizes, promise.sizes))
    return left == right and "null" not in left and known == wanted


def _broken(output: Output, tensor: Tensor, fault: str | None, makers: Makers, typed: Typed) -> Diagnostic:
    shape, promise = tensor.shape, output.promise
    assert promise is not None
    message = f"output `{output.name}` is {shape}, not {promise} as declared{fault or ''}"
    layer = makers.get(output.value)
    notes: tuple[Note, ...] = ()
    fixes: tuple[Fix, ...] = ()
    if layer is not None:
        from specc.passes.endings import ending_fixes

        notes = (Note(f"`{layer.name}` makes {shape}", layer.item.key.span),)
        fixes = ending_fixes(
            output, layer, shape, promise, makers, typed.graph.document.sections.get("outputs"), fault is None
        )
    return Diagnostic("E209", message, output.node.span, layer.name if layer else None, notes, fixes)
