"""Repairs where weights need a size that is no number: what to write instead."""

from collections.abc import Iterable

from specc.diagnostics.model import Fix
from specc.ir.graph import Layer, Makers
from specc.ops.declare import Op
from specc.ops.misfit import InsertBefore, Misfit, Replace
from specc.passes.repairs.candidates import described_edits, upstream
from specc.shapes.dim import Size, symbols_of
from specc.shapes.shape import Shape
from specc.shapes.tensor import Tensor

MERGING = ("Flatten", "Reshape", "rearrange")
"""Ops that may merge places, or steps, into features."""

Types = list[Tensor | None]


def undefined_fixes(misfit: Misfit, layer: Layer, makers: Makers, types: Types) -> tuple[Fix, ...]:
    """Pool over what is merged into the features, or give the symbols numbers."""
    values = [value for value in layer.inputs if value is not None]
    value = values[misfit.operand] if misfit.operand < len(values) else None
    tensor = None if value is None else types[value]
    if value is None or tensor is None:
        return ()
    wanted = tensor.shape.sizes if misfit.wanted is None else (misfit.wanted,)
    return (*_pooled(value, layer, makers, types), _fixed(_known_of(wanted, value, makers, types)))


def _pooled(value: int, layer: Layer, makers: Makers, types: Types) -> tuple[Fix, ...]:
    """A global pooling in the place of what merges an image or a sequence, or in front of a layer that would."""
    maker = upstream(value, makers)
    if maker is not None and maker.cls.name in MERGING:
        x, y = _shape(maker.inputs[0], types), _shape(maker.outputs[0], types)
        text = None if x is None or y is None else _pooling(x, x.rank - y.rank)
        repair = None if text is None else Replace(text, f"pool over all places: `{text}`", "unsafe")
        return () if repair is None else described_edits((repair,), maker.item, maker.cls)
    x = _shape(value, types)
    if x is None or not isinstance(layer.op, Op) or layer.op.places != ("time", "feature"):
        return ()
    text = _pooling(x, x.rank - 2)
    repair = None if text is None else InsertBefore(text, f"pool over all places first: `{text}`", "unsafe")
    return () if repair is None else described_edits((repair,), layer.item, layer.cls)


def _shape(value: int | None, types: Types) -> Shape | None:
    tensor = None if value is None else types[value]
    return None if tensor is None else tensor.shape


def _pooling(x: Shape, places: int) -> str | None:
    """The layer that pools over so many axes in front of the last one, whose size is known."""
    return f"GlobalAveragePooling{places}D" if 1 <= places <= 3 and isinstance(x.sizes[-1], int) else None


def _known_of(sizes: Iterable[Size], value: int, makers: Makers, types: Types) -> list[str]:
    """The symbols that sizes hang on; of sizes that some layer lost, those of what it lost them of."""
    names = {name for size in sizes for name in symbols_of(size)}
    maker = makers.get(value)
    while not names and maker is not None and (x := _shape(maker.inputs[0], types)) is not None:
        names = {name for size in x.sizes for name in symbols_of(size)}
        maker = makers.get(maker.inputs[0] or 0)
    return sorted(names)


def _fixed(names: list[str]) -> Fix:
    """Display only: which number it is to be is for the author to say."""
    what = " and ".join(f"`{name}`" for name in names) or "the axis that is `null`"
    return Fix(f"give {what} a number where the inputs are declared", "display")
