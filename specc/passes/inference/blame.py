"""From a misfit to a diagnostic: where it stands in the text, where the offending size was made, how to repair it."""

from functools import cached_property

from specc.diagnostics.model import Diagnostic, Fix, Note
from specc.ir.graph import Fold, Graph, Layer, Makers, Reading, makers_of
from specc.ir.link import chain_of
from specc.ops.declare import Op
from specc.ops.misfit import InsertBefore, Misfit
from specc.passes.inference.fit import forbidden
from specc.passes.repairs.candidates import described_edits, insertion_fix, upstream_fixes
from specc.passes.resolution.instances import argument_node
from specc.passes.resolution.values import Findings
from specc.shapes.shape import Shape
from specc.shapes.tensor import Tensor
from specc.syntax.tree import Mapping, Node, Sequence

_FOR_EACH_USE = Fix(
    "what stands here is used more than once: pad the input to sizes that come back whole at each use",
    "display",
)
MAX_APART = 1000
"""How many warnings are kept apart by their layers; beyond that, one use of a block stands for the others."""

MOVERS = ("Permute", "rearrange", "ops.transpose", "ops.swapaxes", "ops.moveaxis")
"""Ops that put axes into another order."""


class Blame:
    """Reports what does not fit in a graph."""

    def __init__(self, graph: Graph, found: Findings, types: list[Tensor | None]) -> None:
        self.graph = graph
        self.found = found
        self.types = types
        self._seen: set[tuple[str | int, ...]] = set()
        self._sized: dict[tuple[int, int], int] = {}
        """Where the size of an axis of a value comes from, as far as that was asked."""

    @cached_property
    def makers(self) -> Makers:
        """The layer that makes each value, for looking back from a fault."""
        return makers_of(self.graph.layers)

    def warn(self, warning: Misfit, layer: Layer) -> None:
        """Record what a rule warns of, but no unusual axes (W601) where the author has just put them in this order."""
        maker = self.makers.get(layer.inputs[0]) if layer.inputs[0] is not None else None
        if warning.code != "W601" or maker is None or maker.cls.name not in MOVERS:
            self.report(warning, layer)

    def report(self, misfit: Misfit, layer: Layer) -> None:
        """Record a misfit; one mistake in a block that is used often, or repeated, is reported once."""
        node = _place(misfit, layer)
        name = self.graph.called(layer)
        message = f"`{name}`: {misfit.message}"
        key = (misfit.code, node.start, node.source.path)
        if misfit.code[0] == "W" and self.graph.document.ignores and len(self._seen) < MAX_APART:
            key = (*key, layer.name)  # a warning may be silenced in one use of a block and not in the next
        if key in self._seen:
            return
        self._seen.add(key)
        notes = (*self._origins(misfit, layer), *(Note(fact) for fact in misfit.facts))
        fixes = (*misfit.fixes, *described_edits(misfit.repairs, layer.item, layer.cls))
        is_evened = any(isinstance(repair, InsertBefore) for repair in misfit.repairs)
        if misfit.code in ("E204", "E205") and is_evened and layer.link is not None:
            fixes = (*fixes, _FOR_EACH_USE)
        if misfit.code == "E200" and not fixes:
            fixes = upstream_fixes(misfit, layer, self.makers, self.types)
        if misfit.code == "E207" and not fixes:
            from specc.passes.repairs.undefined import undefined_fixes

            fixes = undefined_fixes(misfit, layer, self.makers, self.types)
        self.found.append(
            Diagnostic(misfit.code, message, node.span, name, notes, fixes, chain_of(layer.link))
        )

    def _origins(self, misfit: Misfit, layer: Layer) -> list[Note]:
        """Where the value, and where its offending size, was made."""
        values = [v for v in layer.inputs if v is not None]
        if misfit.operand >= len(values):
            return []
        value = values[misfit.operand]
        tensor = self.types[value]
        if tensor is None:
            return []
        notes = self._origin(value, tensor.shape, misfit.axis)
        first = self.types[values[0]]
        if misfit.operand and misfit.code in ("E203", "E204", "E205") and first is not None:
            rank = tensor.shape.rank
            from_end = None if misfit.axis is None or not rank else misfit.axis % rank - rank
            notes = [*self._origin(values[0], first.shape, from_end), *notes]
        return notes

    def _origin(self, value: int, shape: Shape, axis: int | None) -> list[Note]:
        notes = [self._made(value, f"makes {shape}")]
        if axis is not None and -shape.rank <= axis < shape.rank:
            axis %= shape.rank
            origin = self._size_origin(value, axis)
            if origin != value:
                notes.append(self._made(origin, f"is where the size {shape.sizes[axis]} comes from"))
        return notes

    def _made(self, value: int, what: str) -> Note:
        layer = self.makers.get(value)
        if layer is not None and not isinstance(layer.op, Fold):
            return Note(f"`{self.graph.called(layer)}` {what}", layer.item.key.span)
        is_what = what.replace("makes", "is", 1)
        if layer is not None:
            return Note(f"what enters `{self.graph.called(layer)}` {is_what}", layer.item.key.span)
        entry = next((i for i in self.graph.inputs if i.value == value), None)
        if entry is None:
            return Note(f"a value {what}")
        return Note(f"input `{entry.name}` {is_what}", entry.node.span)

    def _size_origin(self, value: int, axis: int) -> int:
        """The earliest value that has this size at this axis, each made from the one before."""
        passed: list[int] = []
        at: int | None = value
        while at is not None and (at, axis) not in self._sized:
            passed.append(at)
            at = self._carried_from(at, axis)
        origin = passed[-1] if at is None else self._sized[at, axis]
        for at in passed:
            self._sized[at, axis] = origin
        return origin

    def _carried_from(self, value: int, axis: int) -> int | None:
        """The value whose axis this one is: what its layer reads first, if that has such an axis."""
        layer = self.makers.get(value)
        before = None if layer is None or not layer.inputs else layer.inputs[0]
        here, there = self.types[value], None if before is None else self.types[before]
        if before is None or here is None or there is None or there.shape.rank <= axis:
            return None
        is_same_size = there.shape.sizes[axis] == here.shape.sizes[axis]
        return before if is_same_size and there.shape.axes[axis].name == here.shape.axes[axis].name else None

    def forbidden(self, op: Op, layer: Layer, reading: Reading, x: Shape) -> Misfit:
        """What `adapt: strict` says of a reading that is not as written; the insertion, written out, is its repair."""
        misfit = forbidden(op, x, reading)
        fix = insertion_fix(op, layer, reading, x)
        misfit.fixes = () if fix is None else (fix,)
        return misfit


def _place(misfit: Misfit, layer: Layer) -> Node:
    """Where a misfit stands: at the argument, or at the input in `from`, or at the op."""
    if misfit.parameter is None and misfit.operand:
        read = _read(layer)
        if misfit.operand < len(read) == sum(value is not None for value in layer.inputs):
            return read[misfit.operand]
    return argument_node(layer.item, misfit.parameter)


def _read(layer: Layer) -> list[Node]:
    """The values that a layer's `from` names, each for itself, in the order in which the call takes them."""
    origin = layer.item.field("from")
    if isinstance(origin, Sequence):
        return list(origin.items)
    found: list[Node] = []
    if not isinstance(origin, Mapping):
        return found
    for entry in (*layer.op.reads, *layer.cls.call_masks):
        node = origin.get(entry.name)
        if node is not None:
            found += node.items if isinstance(node, Sequence) else [node]
    return found
