"""What Keras 3.15 makes of masks where that is more than to hand them on, and where its layers fail because of one.

A mask is a truth value for each step, false where the step is padding. Its shape is that of the axes that it is over:
the leading ones of the value, unless a wrapper has handed it on to a value of other axes.
"""

from specc.ops.declare import Inputs, Masks, Op, op
from specc.ops.misfit import Misfit, Repair
from specc.shapes.demand import agree
from specc.shapes.shape import Shape


def unfit(mask: Shape, wanted: Shape, fact: str, *repairs: Repair, operand: int = 0) -> Misfit:
    """E205: a mask that does not spread over the axes that the layer lays it over."""
    message = f"lays a mask over {mask} on {wanted}"
    return Misfit("E205", message, operand=operand, facts=(f"Keras: {fact}",), repairs=repairs)


def over_steps(mask: Shape | None, x: Shape) -> Shape | None:
    """The mask; E205 unless it is over the first axis of `x` and no other."""
    if mask is not None and (mask.rank != 1 or not agree(mask.sizes[0], x.sizes[0])):
        raise unfit(mask, x.part(0, 1), "condition, then and else must be broadcastable")
    return mask


def either(inputs: Inputs) -> Shape | None:
    """The mask of merged values, which holds where any of theirs does; None unless each has one.

    E205 where they do not broadcast to each other.
    """
    masks = [x.mask for x in inputs if x.mask is not None]
    if len(masks) < len(inputs):
        return None
    found = masks[0]
    for operand, mask in enumerate(masks):
        if found.rank != mask.rank:
            raise unfit(mask, found, "Incompatible shapes: [Op:LogicalOr]", operand=operand)
        sizes = tuple([b if a == 1 else a for a, b in zip(found.sizes, mask.sizes, strict=True)])
        if any(b != 1 and not agree(a, b) for a, b in zip(sizes, mask.sizes, strict=True)):
            raise unfit(mask, found, "Incompatible shapes: [Op:LogicalOr]", operand=operand)
        found = Shape(sizes, found.axes)
    return found


def joined_masks(inputs: Inputs, result: Shape) -> Shape | None:
    """The mask of joined values, over all axes but the last; the steps of a value without one all count."""
    masked = [(operand, x.mask) for operand, x in enumerate(inputs) if x.mask is not None]
    for operand, mask in masked:
        x = inputs[operand].shape
        if mask.rank < x.rank - 1:
            raise unfit(mask, x.part(0, -1), "Incompatible shapes: [Op:LogicalOr]", operand=operand)
    return result.part(0, -1) if masked else None


@op(name="mask", inputs="inputs mask")
class Mask(Op):
    """The first value with the mask of the second, or with the second for its mask: truth values, false at padding."""

    spreads = False
    takes_text = True
    makes_mask = True
    carries_mask = True

    def results(self, inputs: Inputs) -> Inputs:
        """The first value; E205 where the second has other steps."""
        x, (other, dtype, _) = inputs[0], inputs[1]
        lies_over(other if dtype == "bool" else other.part(0, 1), x.shape)
        return (x._replace(mask=None),)

    def masks(self, inputs: Inputs, results: Inputs) -> Masks:
        """The second value's, or that itself; E210 where it is neither masked nor truth values."""
        x, (other, dtype, found) = inputs[0], inputs[1]
        if dtype == "bool":
            return (other,)
        if found is None:
            message = f"takes a mask from a value that has one, or truth values, and is given {dtype} without a mask"
            raise Misfit("E210", message, operand=1)
        lies_over(found, x.shape)
        return (found,)


def lies_over(mask: Shape, x: Shape, operand: int = 1) -> None:
    """Raises E205 unless an author's mask, this one of the inputs, is over the leading axes of `x`."""
    if mask.rank > x.rank or not all(map(agree, mask.sizes, x.sizes)):
        raise Misfit("E205", f"is given a mask over {mask} for {x}", operand=operand)


def check_given(op: Op, inputs: Inputs, results: Inputs) -> None:
    """Holds the masks that the call of `op` is given against its values, and these with them against each other.

    E210 for one that is no truth values, E205 for one over other axes than the op lays it over.
    """
    values, masks = op.parted(inputs)
    for operand, (name, mask) in enumerate(zip(op.masked_by, masks, strict=True), start=len(values)):
        if mask.dtype != "bool":
            raise Misfit(
                "E210", f"takes truth values for `{name}` and is given {mask.dtype}", operand=operand
            )
        op.check_mask(name, mask.shape, op.laid(inputs), operand)
    given = {place: len(values) + i for i, place in enumerate(op.masks_given(inputs))}
    try:
        op.masks(op.laid(inputs), results)
    except Misfit as misfit:
        misfit.operand = given.get(misfit.operand, misfit.operand)
        raise
