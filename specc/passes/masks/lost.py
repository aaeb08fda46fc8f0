"""Masks that are lost on the way: who has lost them, and which values lack them behind that."""

from specc.ir.graph import Fold, Layer, Unfold
from specc.ir.masked import (
    Lost,
    Masked,
    first_mask,
    has_axis,
    is_filled,
    lacks,
    op_of,
    replaced_masks,
    values_of,
)
from specc.ops.declare import Inputs
from specc.shapes.tensor import Tensor


def sources_of(layer: Layer, types: list[Tensor]) -> list[int]:
    """The values whose masks make that of the first result: of all that are merged, else of the first, if any."""
    op, values = op_of(layer), values_of(layer)
    if op.name == "mask":
        return [] if types[values[1]].dtype == "bool" else values[1:]
    if op.makes_mask or first_mask(layer) is not None:
        return []
    return values if op.takes_list and not op.uses_mask else values[:1]


def lose(layer: Layer, inputs: Inputs, found: Masked) -> None:
    """Note the masks that the results lack: what this layer has not handed on, or one before it."""
    op = op_of(layer)
    if op.reads_batch_alone:
        return
    given = replaced_masks(layer)
    off = [lost for v, lost in found.stripped.get(layer, {}).items() if v not in given]
    before = [*off, *(found.lost[v] for v in values_of(layer) if v in found.lost and v not in given)]
    before += _taken_away(layer, found)
    if isinstance(op, Fold):
        found.outside.update((op.region, each) for each in before[:1])
    elif isinstance(op, Unfold):
        steps = found.steps.get(op.region)
        if before and steps is not None and found.types[layer.outputs[0]].mask is None:
            before[0] = Lost(before[0].layer, steps.mask.join(before[0].mask))
        if op.region in found.outside:
            before.append(found.outside[op.region])
    here = next((x.mask for x in inputs if x.mask is not None), None)
    lost = (
        [Lost(layer, here), *before] if here is not None and not off and not op.leaves_out(inputs) else before
    )
    if not lost:
        return
    filled = lost if op.fills_mask(inputs) else before if _reads_filled(layer, found) else []
    for value in layer.outputs:
        x = found.types[value]
        lacking = next((each for each in lost if lacks(x, each)), None)
        if lacking is None and x.mask is not None:
            lacking = next((each for each in filled if has_axis(x.shape, each.mask)), None)
            if lacking is not None:
                found.filled.add(value)
        if lacking is not None:
            found.lost[value] = lacking
    if _fills_before(layer, found):
        found.filled_before.update(v for v in layer.outputs if found.mask_carried(v) is not None)


def _taken_away(layer: Layer, found: Masked) -> list[Lost]:
    """The mask of the first value, in the place of which the call is given none."""
    value = layer.inputs[0]
    if value not in replaced_masks(layer) or first_mask(layer) is not None:
        return []
    mask = found.types[value].mask
    return [] if mask is None else [Lost(layer, mask)]


def _reads_filled(layer: Layer, found: Masked) -> bool:
    """Whether the mask of a result is made of one that marks too little, or for want of one that was lost."""
    if isinstance(layer.op, Unfold) and layer.op.region in found.steps:
        return found.steps[layer.op.region].value in found.filled
    seen, off = found.seen.get(layer, {}), found.stripped.get(layer, {})
    return any(
        v in off
        or is_filled(layer, v, found)
        or (v in found.lost and seen.get(v, found.types[v].mask) is None)
        for v in sources_of(layer, found.types)
    )


def _fills_before(layer: Layer, found: Masked) -> bool:
    """Whether the masks of the results mark too little whatever is taken off when the model runs."""
    if isinstance(layer.op, Unfold) and layer.op.region in found.steps:
        return found.steps[layer.op.region].value in found.filled_before
    values = values_of(layer)
    if op_of(layer).fills_mask(tuple([found.types[v]._replace(mask=found.mask_carried(v)) for v in values])):
        return True
    return any(
        v in found.filled_before or (v in found.lost and found.mask_carried(v) is None)
        for v in sources_of(layer, found.types)
    )
