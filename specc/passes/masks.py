"""Which values are masked: the masks that Keras hands on, and those that specc carries around what it inserts.

Keras knows of a mask only while layers hand it on, and no function of `keras.ops` does. So a mask of a value that a
construct, a fold or an inserted reshape makes is carried beside it (`specc.passes.carry`), to what needs it.
"""

from collections.abc import Callable
from typing import NamedTuple

from specc.ir.graph import Crossing, Explicit, Fold, Layer, Unfold
from specc.ops.declare import Inputs, Masks, Op
from specc.ops.misfit import Misfit
from specc.shapes.shape import Shape
from specc.shapes.tensor import Tensor

Report = Callable[[Misfit, Layer], None]


class Lost(NamedTuple):
    """The mask that `layer` has not handed on to its result, or has taken off what it reads; over these axes."""

    layer: Layer
    mask: Shape


class Steps(NamedTuple):
    """The mask over the axes of a region: `value`, which enters, has one over these axes and perhaps over more."""

    value: int
    mask: Shape


class Masked(NamedTuple):
    """What is known of masks: the types of all values, with theirs; what masks were lost, by value; by region, `Steps`.

    `stripped[layer]`: the values that this layer reads when a layer before it has taken their mask off.
    """

    types: list[Tensor]
    lost: dict[int, Lost]
    steps: dict[int, Steps]
    stripped: dict[Layer, dict[int, Lost]]

    def read(self, layer: Layer) -> Inputs:
        """What a layer reads, each with the mask that it sees of it."""
        off = self.stripped.get(layer, {})
        values = [v for v in layer.inputs if v is not None]
        return tuple([self.types[v]._replace(mask=None) if v in off else self.types[v] for v in values])


def masked(explicit: Explicit, report: Report | None = None) -> Masked:
    """The masks of all values; `report` is told of layers that Keras would run into an error with theirs."""
    found = Masked([t._replace(mask=None) for t in explicit.types], {}, {}, {})
    taken: dict[int, Lost] = {}
    for layer in explicit.layers:
        values = [v for v in layer.inputs if v is not None]
        off = {v: taken[v] for v in values if v in taken and not _keeps(layer, v, found.types)}
        if off:
            found.stripped[layer] = off
        inputs = found.read(layer)
        if any(x.mask is not None for x in inputs) or _op(layer).makes_mask or isinstance(layer.op, Unfold):
            try:
                made = masks_of(layer, inputs, found)
            except Misfit as misfit:
                if report is not None:
                    report(misfit, layer)
                continue
            for value, mask in zip(layer.outputs, made, strict=False):
                if mask is not None:
                    found.types[value] = found.types[value]._replace(mask=mask)
        if _op(layer).strips_masks:
            for value, x in zip(values, inputs, strict=True):
                if x.mask is not None:
                    taken[value] = Lost(layer, x.mask)
        _lose(layer, inputs, found)
    return found


def _op(layer: Layer) -> Op:
    assert isinstance(layer.op, Op)
    return layer.op


def _keeps(layer: Layer, value: int, types: list[Tensor]) -> bool:
    """Whether a call has the mask of `value` in the model itself: Keras writes it down where it reads nothing else."""
    op = _op(layer)
    return op.uses_mask and len(layer.inputs) == 1 and op.compute_dtype == types[value].dtype


def masks_of(layer: Layer, inputs: Inputs, found: Masked) -> Masks:
    """The masks of the results of a layer, in order; raises `Misfit`."""
    op = _op(layer)
    results = tuple([found.types[v] for v in layer.outputs])
    if isinstance(op, Crossing):
        return (_crossed(op, layer, inputs[0], results[0].shape, found),)
    if layer.inserted and op.name == "Reshape":
        return (_in_front(inputs[0], results[0].shape),)
    return op.masks(inputs, results)


def carries(layer: Layer) -> bool:
    """Whether Keras knows nothing of the masks that the layer's results have."""
    op = _op(layer)
    return isinstance(op, Crossing) or op.carries_mask or (layer.inserted and op.name == "Reshape")


def _in_front(x: Tensor, result: Shape) -> Shape | None:
    """The mask of a value that is reshaped, where its axes stay in front as they are."""
    if x.mask is None or x.shape.sizes[: x.mask.rank] != result.sizes[: x.mask.rank]:
        return None
    return result.part(0, x.mask.rank)


def _crossed(op: Crossing, layer: Layer, x: Tensor, result: Shape, found: Masked) -> Shape | None:
    """The mask inside is over the axes of it that stay; over those that leave, and outside, it is the region's."""
    mask, count = x.mask, len(op.positions)
    if isinstance(op, Fold):
        if mask is None or any(i >= mask.rank for i in op.positions):
            return None
        value = layer.inputs[0]
        assert value is not None
        if count:
            found.steps.setdefault(op.region, Steps(value, mask.ordered(op.positions)))
        return result.part(0, mask.rank - count) if mask.rank > count else None
    if mask is not None and all(i < mask.rank + count for i in op.positions):
        return result.part(0, mask.rank + count)
    leads = op.positions == tuple(range(count))
    return result.part(0, count) if leads and op.region in found.steps else None


def _lose(layer: Layer, inputs: Inputs, found: Masked) -> None:
    """Note the mask that the results lack: what this layer has not handed on, or one before it."""
    op = _op(layer)
    if any(found.types[v].mask is not None for v in layer.outputs) or op.signature is not None:
        return
    lost = next(iter(found.stripped.get(layer, {}).values()), None)
    here = next((x.mask for x in inputs if x.mask is not None), None)
    if lost is None and here is not None:
        lost = None if op.leaves_out(inputs) else Lost(layer, here)
    elif lost is None:
        lost = next((found.lost[v] for v in layer.inputs if v in found.lost), None)
    if lost is None:
        return
    for value in layer.outputs:
        if has_axis(found.types[value].shape, lost.mask):
            found.lost[value] = lost


def has_axis(x: Shape, mask: Shape) -> bool:
    """Whether one of the axes that a mask was over is among those of `x`: by its name, or else where it stands."""
    for i, axis in enumerate(mask.axes):
        if axis.name is not None:
            if any(a.name == axis.name for a in x.axes):
                return True
        elif i < x.rank and x.axes[i].name is None:
            return True
    return False
