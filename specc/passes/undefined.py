"""Repairs where weights need a size that is no number: what to write instead."""

from specc.diagnostics.model import Edit, Fix
from specc.ir.graph import Layer, Makers
from specc.ops.misfit import Misfit
from specc.passes.repairs import op_span, upstream
from specc.shapes.dim import symbols_of
from specc.shapes.shape import Shape
from specc.shapes.tensor import Tensor


def undefined_fixes(
    misfit: Misfit, layer: Layer, makers: Makers, types: list[Tensor | None]
) -> tuple[Fix, ...]:
    """Pool in the place of a `Flatten`, or give the symbols numbers."""
    values = [value for value in layer.inputs if value is not None]
    tensor = types[values[misfit.operand]] if misfit.operand < len(values) else None
    if tensor is None:
        return ()
    maker = upstream(values[misfit.operand], makers)
    pooled = None if maker is None else _pooled(maker, types)
    return (*((pooled,) if pooled is not None else ()), _fixed(tensor.shape))


def _pooled(maker: Layer, types: list[Tensor | None]) -> Fix | None:
    """A global pooling where a `Flatten` merges an image or a sequence whose number of channels is known."""
    value = maker.inputs[0] if maker.inputs else None
    tensor = None if value is None else types[value]
    if maker.cls.name != "Flatten" or maker.item.value is not None or tensor is None:
        return None
    x = tensor.shape
    if not 2 <= x.rank <= 4 or not isinstance(x.sizes[-1], int):
        return None
    text = f"GlobalAveragePooling{x.rank - 1}D"
    return Fix(f"pool over all places: `{text}`", "unsafe", (Edit(op_span(maker.item), text),))


def _fixed(x: Shape) -> Fix:
    names = sorted({name for size in x.sizes for name in symbols_of(size)})
    what = " and ".join(f"`{name}`" for name in names) or "the axis that is `null`"
    return Fix(f"give {what} a number where the inputs are declared", "display")
