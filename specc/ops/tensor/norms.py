"""Norms of vectors and matrices."""

from math import inf
from typing import Annotated, Any

from specc.ops.arrays import Value
from specc.ops.declare import Example, Inputs, Shapes
from specc.ops.function import DTypes, Function, behind_batch, floating, function, without
from specc.ops.kinds import AxisRefs, Flag, Kind, checked
from specc.ops.misfit import bad_argument, wrong_dtype
from specc.shapes.dim import Size
from specc.shapes.tensor import Tensor


def _order(value: Any) -> Any:
    if value not in ("fro", "nuc") and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise ValueError("must be a number, `fro` or `nuc`")
    return value


Order = Annotated[
    float | str,
    Kind(
        "a number, `fro` or `nuc`",
        checked(_order),
        {"anyOf": [{"type": "number"}, {"enum": ["fro", "nuc"]}]},
    ),
]
_OF_MATRICES = (None, "fro", "nuc", inf, -inf, 1, -1, 2, -2)
_BY_VALUES = ("nuc", 2, -2)


@function(Example({"axis": 1}, ((4, 3),)), Example({"ord": "fro", "axis": (1, 2)}, ((4, 3),)))
class Norm(Function):
    """The norm of the vectors along an axis, or of the matrices along two."""

    dtypes = DTypes(floating)

    x: Value
    ord: Order | None = None
    axis: AxisRefs | None = None
    keepdims: Flag = False

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The axes gone, or, by `keepdims`, of size 1; E107 for an order that there is not."""
        x = inputs[0]
        gone = behind_batch(self.axis, x.shape)
        count = len(gone)
        if not count:
            raise bad_argument("axis", "there is no norm along no axis")
        if count == 1 and isinstance(self.ord, str):
            raise bad_argument("ord", f"vectors have no norm `{self.ord}`")
        if count == 2 and self.ord not in _OF_MATRICES:
            raise bad_argument("ord", f"matrices have no norm of order {self.ord}")
        if count > 2 and self.ord is not None:
            raise bad_argument("ord", f"there is no norm of order {self.ord} along {count} axes")
        if count == 2 and self.ord in _BY_VALUES and x.dtype in ("float16", "bfloat16"):
            raise wrong_dtype(x.dtype, "floats of 32 bits and more")
        return (Tensor(without(x.shape, gone, self.keepdims), self.checked_dtype(x.dtype)),)

    def cost(self, inputs: Shapes, outputs: Shapes) -> Size:
        """2 for each element: a square and a sum."""
        return 2 * inputs[0].elements
