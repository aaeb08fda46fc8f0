"""The functions that Keras has in `keras.ops` alone."""

from specc.ops.arrays import Value
from specc.ops.axis import axis_number
from specc.ops.declare import Example, Inputs, Shapes
from specc.ops.function import ANY_DTYPE, NO_FLOATS, TRUTHS, DTypes, Function, function, rows, same
from specc.ops.kinds import AxisRef, DType, Flag, Integer, Positive
from specc.ops.misfit import Misfit, SetArgument, bad_argument, wrong_dtype, wrong_rank
from specc.ops.parameters import REQUIRED
from specc.ops.tensor.rules import Elementwise, Pointwise, Reducing
from specc.shapes.demand import agree, at_least
from specc.shapes.dim import Size
from specc.shapes.tensor import Tensor

rows(
    Elementwise,
    {
        "erf": "The error function.",
        "erfc": "1 less the error function.",
        "erfinv": "The inverse of the error function.",
        "rsqrt": "1 divided by the square root.",
    },
    dtypes=DTypes(same, NO_FLOATS),
)
rows(
    Reducing,
    {"logsumexp": "The logarithm of the sum of the exponentials along axes."},
    dtypes=DTypes(same, NO_FLOATS),
    announces_dtype=False,
)


class Casting(Elementwise):
    """The same in another dtype."""

    examples = (Example({"dtype": "float16"}, ((4, 3),)),)
    lacks = ("trainable",)

    dtype: DType = REQUIRED  # pyright: ignore[reportIncompatibleVariableOverride]

    def checked_dtype(self, dtype: str, operand: int = 0) -> str:
        super().checked_dtype(dtype, operand)
        return self.dtype


class Cast(Casting):
    """The same in another dtype; in its own the value itself."""

    def gives_back(self, dtype: str) -> bool:
        return dtype == self.dtype


rows(Cast, {"cast": "The same in another dtype."})
rows(Casting, {"saturate_cast": "The same in another dtype, cut to what that can hold."})


@function(Example({"num": 4, "axis": 1}, ((4, 3),)))
class Unstack(Function):
    """Takes a value apart into its elements along an axis."""

    dtypes = ANY_DTYPE

    x: Value
    num: Positive | None = None
    axis: AxisRef = 0

    def result_count(self) -> int:
        return self.num or 1

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """`num` values without the axis; E107 where that is not its size, which a spec has to say."""
        x = inputs[0]
        at = axis_number(self.axis, x.shape)
        size = x.shape.sizes[at]
        if self.num is None or not agree(self.num, size):
            repairs = (SetArgument("num", str(size), f"{size} elements"),) if isinstance(size, int) else ()
            message = f"`num` is the number of results, as many as axis {at + 1} of {x.shape} has elements"
            raise bad_argument("num", message, *repairs)
        shape = x.shape.without((at,))
        return (Tensor(shape, self.checked_dtype(x.dtype)),) * self.num


@function(Example({"k": 2}, ((4, 3),)), name="top_k")
class TopK(Function):
    """The largest elements along the last axis, and their numbers."""

    dtypes = DTypes(same, TRUTHS)
    least_results = 2

    x: Value
    k: Positive
    sorted: Flag = True

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The last axis of `k` elements, twice; E206 where there are fewer."""
        x = inputs[0]
        if not x.shape.rank:
            raise wrong_rank("at least one axis", x.shape)
        size = x.shape.sizes[-1]
        if not at_least(size, self.k):
            message = f"wants the largest {self.k} of the {size} elements of the last axis of {x.shape}"
            raise Misfit("E206", message, parameter="k", axis=x.shape.rank - 1)
        shape = x.shape.with_last(self.k, x.shape.axes[-1])
        return Tensor(shape, self.checked_dtype(x.dtype)), Tensor(shape, "int32")


@function(Example({}, ((4, 3),)), name="stop_gradient")
class StopGradient(Pointwise):
    """The same, through which nothing is learned."""

    dtypes = ANY_DTYPE

    variable: Value

    def cost(self, inputs: Shapes, outputs: Shapes) -> Size:
        """Nothing is computed."""
        return 0


@function(name="in_top_k")
class InTopK(Function):
    """Whether the prediction of a target is one of the `k` largest."""

    targets: Value
    predictions: Value
    k: Integer

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """A truth for each sample; E200 for more than a target and a list of predictions, E210 for their dtypes."""
        targets, predictions = inputs
        if targets.shape.rank:
            raise wrong_rank("one target for a sample", targets.shape)
        if predictions.shape.rank != 1:
            raise wrong_rank("one list of predictions for a sample", predictions.shape, operand=1)
        if targets.dtype not in ("int32", "int64"):
            raise wrong_dtype(targets.dtype, "targets of int32 or int64")
        if predictions.dtype != "float32":
            raise wrong_dtype(predictions.dtype, "predictions of float32", operand=1)
        return (Tensor(targets.shape, "bool"),)
