"""Whether outputs, and inputs of blocks, are what was declared; an output of the same elements is reshaped."""

from typing import Literal

from specc.diagnostics.model import Diagnostic, Fix, Note
from specc.ir.graph import Fold, Layer, Makers, Output, Typed, makers_of
from specc.ir.link import chain_of
from specc.passes.resolution.values import Findings
from specc.shapes.axis import Axis
from specc.shapes.demand import Demand, Same, Verdict, verdict
from specc.shapes.dim import Size, bind, is_anonymous
from specc.shapes.regroup import regroup
from specc.shapes.shape import Shape, sizes_text
from specc.shapes.tensor import Tensor
from specc.syntax.tree import Mapping

Held = Literal["kept", "unproven", "broken"]


def keep_promises(typed: Typed, found: Findings) -> Typed:
    """Hold every output against its declaration; the types and reshapes are those that the promises give.

    E209 for one that is not kept, or not for all sizes that the network takes; W605 for one about a size nobody knows.
    """
    broken: set[int] = set()
    for each in typed.demands:
        if each.is_promise and each.layer not in broken:
            fault = _block_fault(typed, each.demand, typed.graph.layers[each.layer])
            if fault is not None:
                broken.add(each.layer)
                found.append(fault)
    makers: Makers | None = None
    reshapes: dict[int, Shape] = {}
    outputs: list[Output] = []
    for output in typed.graph.outputs:
        tensor = typed.types[output.value]
        promise = output.promise
        if tensor is None or promise is None:
            outputs.append(output)
            continue
        held, witness = _held(typed, tensor.shape, promise)
        if held != "broken":
            outputs.append(output._replace(promise=_promised(tensor.shape, promise)))
            if held == "unproven":
                found.append(_unproven(output, tensor.shape))
            continue
        outputs.append(output)
        fault = _reshape_fault(typed, tensor.shape, promise) if witness is None else witness
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
    sizes = tuple(s if is_anonymous(p) else p for p, s in zip(promise.sizes, shape.sizes, strict=True))
    return _called(Shape(sizes, shape.axes), promise)


def _called(shape: Shape, promise: Shape) -> Shape:
    """A shape under the names that the promise gives."""
    axes = zip(promise.axes, shape.axes, strict=True)
    return Shape(shape.sizes, tuple(p if p.name is not None else a for p, a in axes))


def _held(typed: Typed, shape: Shape, promise: Shape) -> tuple[Held, str | None]:
    """Whether a shape keeps a promise, and, where it does for some sizes only, for which it does not."""
    if shape.rank != promise.rank or any(map(_misnamed, shape.axes, promise.axes)):
        return "broken", None
    unproven = False
    witness: str | None = None
    for size, promised in zip(shape.sizes, promise.sizes, strict=True):
        if size == promised or is_anonymous(promised):
            continue
        verdict = _holds(typed, Same(size, promised))
        if verdict.kind == "never":
            return "broken", None
        if verdict.kind != "always":
            if is_anonymous(size):
                unproven = True
            else:
                witness = witness or _counterexample(size, promised, verdict)
    if witness is not None:
        return "broken", witness
    return "unproven" if unproven else "kept", None


def _block_fault(typed: Typed, demand: Demand, layer: Layer) -> Diagnostic | None:
    """E209 where the input of a block is what is promised for some sizes only."""
    verdict = _holds(typed, demand)
    given = None if layer.inputs[0] is None else typed.types[layer.inputs[0]]
    if verdict.kind == "always" or any(map(is_anonymous, demand)) or given is None:
        return None
    op = layer.op
    assert isinstance(op, Fold)
    assert op.promise is not None
    name = typed.graph.called(layer)
    why = (
        _counterexample(demand[1], demand[0], verdict)
        if isinstance(demand, Same)
        else _too_small(demand, verdict)
    )
    text = f"`{name}`: promises an input {op.promise} and is given {given.shape.part(-op.promise.rank)}{why}"
    maker = makers_of(typed.graph.layers).get(layer.inputs[0] or 0)
    notes = (
        (Note(f"`{typed.graph.called(maker)}` makes {given.shape}", maker.item.key.span),) if maker else ()
    )
    fix = Fix("promise a symbol that is no input's there: it is any size, in each use", "display")
    return Diagnostic("E209", text, layer.item.key.span, name, notes, (fix,), chain_of(layer.link))


def _holds(typed: Typed, demand: Demand) -> Verdict:
    """Whether a demand is met for the sizes that the network takes."""
    return verdict(demand) if typed.solution is None else typed.solution.holds(demand)


def apart(typed: Typed, size: Size, declared: Size) -> str | None:
    """For which sizes that the network takes two are not the same, in words; None: for none that is known of."""
    if size == declared or is_anonymous(size) or is_anonymous(declared):
        return None
    verdict = _holds(typed, Same(size, declared))
    return None if verdict.kind in ("always", "undecided") else _counterexample(size, declared, verdict)


def _counterexample(size: Size, promised: Size, verdict: Verdict, unit: str = "") -> str:
    if verdict.witness is None:
        return f"; nothing proves that {size} is always {promised}"
    values = " and ".join(f"`{name}` = {value}" for name, value in verdict.witness.items())
    made, said = bind(size, verdict.witness), bind(promised, verdict.witness)
    return f": with {values} it has {made}{unit} where {said} {'are' if unit else 'is'} declared"


def _too_small(demand: Demand, verdict: Verdict) -> str:
    """For which sizes a symbol of a block's own is no size."""
    if verdict.witness is None:
        return f"; nothing proves that {demand}"
    values = " and ".join(f"`{name}` = {value}" for name, value in verdict.witness.items())
    return f": with {values} a size of {bind(demand[0], verdict.witness)} is left"


def _unproven(output: Output, shape: Shape) -> Diagnostic:
    message = (
        f"output `{output.name}` is {shape}, and nothing proves that it is {output.promise} when it runs"
    )
    assert output.promise is not None
    fixes = _declared_anew(output, _called(shape, output.promise), "leave the size open")
    return Diagnostic("W605", message, output.node.span, fixes=fixes)


def _misnamed(axis: Axis, promised: Axis) -> bool:
    return axis.given and promised.given and axis is not promised


def _miscounted(shape: Shape, promise: Shape, count: Verdict) -> str:
    """The smallest sizes for which a shape has other elements than the promise; nothing where it has no symbols."""
    if not count.witness or any(map(is_anonymous, (*shape.sizes, *promise.sizes))):
        return ""
    if shape.rank == promise.rank:
        pairs = zip(shape.sizes, promise.sizes, strict=True)
        apart = [pair for pair in pairs if bind(pair[0], count.witness) != bind(pair[1], count.witness)]
        is_plain = any(isinstance(a, int) and isinstance(b, int) for a, b in apart)
        return "" if is_plain else _counterexample(*apart[0], count)
    return _counterexample(shape.elements, promise.elements, count, " elements")


def _reshape_fault(typed: Typed, shape: Shape, promise: Shape) -> str | None:
    """Why no reshape reaches the promise; None where one does, each axis from whole neighbours or as part of one."""
    count = _holds(typed, Same(shape.elements, promise.elements))
    if count.kind != "always":
        return _miscounted(shape, promise, count)
    for block in regroup(shape.sizes, promise.sizes):
        if block.kind == "cut":
            return "; to reshape it would reorder its elements"
        if block.kind == "kept" and _misnamed(shape.axes[block.source[0]], promise.axes[block.target[0]]):
            return f"; its axes {_confusion(shape, promise)}"
    return None


def _confusion(shape: Shape, promise: Shape) -> str:
    same = {axis.name for axis in shape.axes} == {axis.name for axis in promise.axes}
    return "stand in another order" if same else "have other names"


def _broken(output: Output, tensor: Tensor, fault: str | None, makers: Makers, typed: Typed) -> Diagnostic:
    shape, promise = tensor.shape, output.promise
    assert promise is not None
    message = f"output `{output.name}` is {shape}, not {promise} as declared{fault or ''}"
    layer = makers.get(output.value)
    notes: tuple[Note, ...] = ()
    fixes: tuple[Fix, ...] = ()
    if layer is not None:
        from specc.passes.repairs.endings import ending_fixes

        notes = (Note(f"`{layer.name}` makes {shape}", layer.item.key.span),)
        fixes = ending_fixes(
            output, layer, shape, promise, makers, typed.graph.document.sections.get("outputs"), fault is None
        )
    is_misnamed = shape.rank == promise.rank and any(map(_misnamed, shape.axes, promise.axes))
    if not fixes or is_misnamed:
        keeps_names = shape.rank == promise.rank and not is_misnamed
        made = _called(shape, promise) if keeps_names else shape
        fixes += _declared_anew(output, made, "declare what is made")
    return Diagnostic("E209", message, output.node.span, layer.name if layer else None, notes, fixes)


def _declared_anew(output: Output, shape: Shape, title: str) -> tuple[Fix, ...]:
    """Declare another shape, where that of the output is written out."""
    node = output.node.get("shape") if isinstance(output.node, Mapping) else output.node
    if node is None or "$" in node.span.text:
        return ()
    from specc.syntax.edits import replace

    return (Fix(title, "unsafe", (replace(node, str(shape)),)),)
