"""Averages, quantiles and norms along axes, and what is in a list."""

from typing import Annotated

from specc.ops.arrays import Array, MaybeOperand, Operand, Scalar, Value, array_shape
from specc.ops.declare import Example, Inputs, Shapes
from specc.ops.function import (
    NO_FLOATS,
    DTypes,
    Function,
    always,
    behind_batch,
    floating,
    function,
    is_constant,
    rows,
    same,
    without,
)
from specc.ops.kinds import AxisRef, AxisRefs, Flag, Number, NumberList, words
from specc.ops.misfit import Misfit, SetArgument, bad_argument
from specc.ops.tensor.rules import Pointwise
from specc.shapes.demand import agree
from specc.shapes.dim import Size
from specc.shapes.dtype import result_type
from specc.shapes.shape import Shape
from specc.shapes.tensor import Tensor

Method = Annotated[str, words("linear", "lower", "higher", "midpoint", "nearest")]


@function(Example({"axis": 1}, ((4, 3),)), Example({"axis": -1, "weights": [1.0, 2.0, 3.0]}, ((4, 3),)))
class Average(Function):
    """The mean along an axis, each element counted by its weight."""

    dtypes = DTypes(floating)

    x: Value
    axis: AxisRef | None = None
    weights: MaybeOperand = None

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The axis gone; E205 for weights that are neither one for each element nor for each step."""
        x = inputs[0].shape
        gone = behind_batch(self.axis, x)
        operands = self.operands(inputs)
        if "weights" in operands:
            self._check(x, gone[0], operands["weights"])
        dtype = self.checked_dtype(result_type(*self.operand_dtypes(operands).values()))
        return (Tensor(without(x, gone, False), dtype),)

    def _check(self, x: Shape, axis: int, weights: Tensor | Array) -> None:
        if isinstance(weights, Tensor):
            sizes = weights.shape.sizes
            fits = len(sizes) == x.rank and all(map(agree, sizes, x.sizes))
        else:
            sizes = array_shape(weights)
            fits = len(sizes) == 1 and agree(sizes[0], x.sizes[axis])
        if not fits:
            raise Misfit(
                "E205",
                f"the weights {_listed(sizes)} are neither those of {x} nor of its axis {axis + 1} alone",
                parameter=None if isinstance(weights, Tensor) else "weights",
                operand=int(isinstance(weights, Tensor)),
                facts=("Keras: `weights` must have the same size as `x`",),
            )

    def cost(self, inputs: Shapes, outputs: Shapes) -> Size:
        """2 for each element of the input."""
        return 2 * inputs[0].elements


def _listed(sizes: tuple[Size, ...]) -> str:
    return f"({', '.join(map(str, sizes))})"


class Quantile(Function):
    """The number below which a share of those along axes lies."""

    dtypes = DTypes(floating)

    x: Value
    q: Scalar
    axis: AxisRefs | None = None
    method: Method = "linear"
    keepdims: Flag = False

    highest = 1

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The axes gone, or, by `keepdims`, of size 1."""
        x = inputs[0]
        if not 0 <= self.q <= self.highest:
            raise bad_argument("q", f"`q` is from 0 to {self.highest}, and not {self.q}")
        if self.name == "ops.quantile" and self.method != "linear":
            told = SetArgument("method", None, "leave it at `linear`", "unsafe")
            raise bad_argument(
                "method", "in a model Keras does not heed `method`: it is always `linear`", told
            )
        gone = behind_batch(self.axis, x.shape)
        return (Tensor(without(x.shape, gone, self.keepdims), self.checked_dtype(x.dtype)),)


_SHARE = (Example({"q": 0.5, "axis": 1}, ((4, 3),)),)
_PERCENT = (Example({"q": 50, "axis": (1, 2), "keepdims": True}, ((4, 3),)),)

rows(Quantile, {"quantile": "The number below which the share `q` lies."}, examples=_SHARE)
rows(Quantile, {"percentile": "The number below which `q` percent lie."}, examples=_PERCENT, highest=100)
rows(
    Quantile,
    {"nanquantile": "The number below which the share `q` of those that are numbers lies."},
    examples=_SHARE,
    dtypes=DTypes(same, NO_FLOATS),
)
rows(
    Quantile,
    {"nanpercentile": "The number below which `q` percent of those that are numbers lie."},
    examples=_PERCENT,
    dtypes=DTypes(same, NO_FLOATS),
    highest=100,
)


@function(Example({"dx": 0.5, "axis": 1}, ((4, 3),)), Example({"x": [0.0, 1.0, 3.0]}, ((4, 3),)))
class Trapezoid(Function):
    """The area under points that are joined by straight lines, along an axis."""

    dtypes = DTypes(floating)

    y: Value
    x: NumberList | None = None
    dx: Number = 1.0
    axis: AxisRef = -1

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The axis gone; E205 for another number of places `x` than there are points."""
        y = inputs[0]
        gone = behind_batch(self.axis, y.shape)
        size = y.shape.sizes[gone[0]]
        if isinstance(self.axis, int) and self.axis < -1:
            told = SetArgument("axis", str(gone[0] + 1), "count from the front")
            raise bad_argument("axis", "Keras counts this axis from the front, or takes -1", told)
        if self.x is not None and self.axis != -1:
            raise bad_argument("axis", "Keras takes places `x` along axis -1 alone")
        if self.x is not None and not agree(len(self.x), size):
            raise Misfit("E205", f"`x` has {len(self.x)} places, for {size} points", parameter="x")
        return (Tensor(without(y.shape, gone, False), self.checked_dtype(y.dtype)),)

    def cost(self, inputs: Shapes, outputs: Shapes) -> Size:
        """3 for each element: two sums and a product."""
        return 3 * inputs[0].elements


@function(Example({"x2": [1.0, 2.0]}, ((4, 3),)))
class IsIn(Pointwise):
    """Whether each element is one of a list."""

    dtypes = DTypes(always("bool"), ())

    x1: Value
    x2: Operand
    assume_unique: Flag = False
    invert: Flag = False

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The same axes; E203 where the list is a value, whose samples would all count for each."""
        operands = self.operands(inputs)
        if not is_constant(operands["x2"]):
            raise Misfit("E203", "looks through the whole batch: give `x2` as a constant", parameter="x2")
        self.operand_dtypes(operands)
        return super().results(inputs)
