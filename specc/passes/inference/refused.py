"""What no op reads and no tensor is, whatever the op's own rule says."""

from collections.abc import Iterable, Sequence
from math import prod

from specc.diagnostics.model import Fix
from specc.ops.declare import Inputs, Op, Weights
from specc.ops.misfit import Misfit, for_no_size, wrong_dtype
from specc.shapes.demand import AtLeast, Demand, Divides, at_least
from specc.shapes.dim import Size, atoms_of, product
from specc.shapes.shape import MAX_ELEMENTS, Shape, excess, nameless, sizes_text
from specc.shapes.tensor import Tensor


def refuse_text(op: Op, inputs: Inputs) -> None:
    """E210 for text where an op computes."""
    for operand, tensor in enumerate(inputs):
        if tensor is not None and tensor.dtype == "string" and not op.takes_text:  # pyright: ignore[reportUnnecessaryComparison]
            raise wrong_dtype("string", "numbers", operand=operand)


def refuse_excess(results: Inputs) -> None:
    """E110 for a value that no tensor can hold."""
    for tensor in results:
        why = excess(tensor.shape)
        if why is not None:
            raise Misfit("E110", f"makes a value that {why}")


def are_known(tensors: Iterable[Tensor | None]) -> bool:
    """Whether all sizes are numbers; written as loops, for every layer asks it."""
    for tensor in tensors:
        if tensor is not None:
            for size in tensor.shape.sizes:
                if not isinstance(size, int):
                    return False
    return True


def refuse_empty(results: Inputs, inputs: Inputs, demands: list[Demand]) -> None:
    """E206 for an axis that no size of a symbol gives an element; that it has one is demanded, unless it is already."""
    held = {id(size) for tensor in inputs if tensor is not None for size in tensor.shape.sizes}  # pyright: ignore[reportUnnecessaryComparison]
    held.update([id(demand.size) for demand in demands if isinstance(demand, AtLeast) and demand.least > 0])
    for tensor in results:
        for size in tensor.shape.sizes:
            if isinstance(size, int) or id(size) in held:
                continue
            if len(atoms_of(size)) > 1 and _has_elements(size, inputs, demands):
                continue
            if not at_least(size, 1):
                raise Misfit("E206", f"makes an axis of {size} elements, at least 1{for_no_size(size)}")


def _has_elements(size: Size, inputs: Inputs, demands: list[Demand]) -> bool:
    """Whether a size is that of neighbouring axes together, which have elements, or is what it must come to divided."""
    whole: list[Size] = []
    for tensor in inputs:
        sizes = () if tensor is None else tensor.shape.sizes  # pyright: ignore[reportUnnecessaryComparison]
        for first in range(len(sizes)):
            whole += [product(sizes[first:last]) for last in range(first + 1, len(sizes) + 1)]
    divided = [d for d in demands if isinstance(d, Divides) and isinstance(d.by, int) and d.by > 0]
    return size in whole or any(d.size in whole and d.size // d.by == size for d in divided)


def refuse_untold(x: Shape, target: Sequence[Size], others: Iterable[Shape]) -> None:
    """E207 for a size of a reshape that neither the axes of `x` nor those of other values tell."""
    from specc.shapes.lengths import untold

    found = untold(x.sizes, target, [size for shape in others for size in shape.sizes])
    if found:
        made, of = sizes_text(nameless(target)), sizes_text(x)
        misfit = Misfit("E207", f"makes {made} of {of}, and no axis tells how long `{found[0]}` is")
        text = "write a number in the place of one size, or let an axis of an input have it alone"
        misfit.fixes = (Fix(text, "display"),)
        raise misfit


def refuse_heavy(weights: Weights) -> None:
    """E110 for weights that no tensor can hold."""
    for name, shape in weights.items():
        if prod(shape) > MAX_ELEMENTS:
            raise Misfit("E110", f"needs a `{name}` of more elements than a tensor can have, 2**63 or more")
