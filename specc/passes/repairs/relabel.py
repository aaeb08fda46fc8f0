"""Repairs of a network whose output is not what its labels are for: other units, or another number of steps."""

from collections.abc import Iterator

from specc.diagnostics.model import Fix
from specc.ir.graph import Layer, Typed, makers_of
from specc.ops.declare import Op
from specc.passes.repairs.candidates import CARRIERS, set_argument, upstream
from specc.passes.repairs.endings import other_units
from specc.shapes.shape import Shape

_STEPWISE = ("Dense", "TimeDistributed", *CARRIERS)
"""Ops that keep steps, and do without: a recurrent layer before them decides whether there are any."""


def network_fixes(name: str, labels: Shape, typed: Typed) -> Iterator[Fix]:
    """Candidates for making output `name` one for labels of this shape."""
    output = next(output for output in typed.graph.outputs if output.name == name)
    tensor, makers = typed.types[output.value], makers_of(typed.graph.layers)
    last = upstream(output.value, makers)
    if tensor is None or last is None:
        return
    units = other_units(last, tensor.shape, labels)
    if units is not None:
        yield units
    lost = tensor.shape.rank - labels.rank
    layer: Layer | None = last
    while layer is not None and lost in (1, 2, -1) and isinstance(layer.op, Op):
        if getattr(layer.op, "return_sequences", None) is (lost > 0):
            edit = set_argument(layer, "return_sequences", "false" if lost > 0 else "true")
            if edit is not None:
                what = "its last step alone" if lost > 0 else "all its steps"
                yield Fix(f"let `{layer.name}` return {what}", "unsafe", (edit,))
            return
        before = layer.inputs[0] if layer.op.name in _STEPWISE else None
        layer = None if before is None else makers.get(before)
