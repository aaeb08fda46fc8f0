"""Activations, and what normalizes along axes."""

from collections.abc import Iterable

from specc.ops.activation import one_element
from specc.ops.arrays import Scalar
from specc.ops.axis import axis_number
from specc.ops.declare import Example, Inputs, Shapes
from specc.ops.function import (
    NO_FLOATS,
    TRUTHS,
    DTypes,
    behind_batch,
    floating,
    function,
    need_held,
    rows,
    same,
)
from specc.ops.kinds import AxisRefs, Flag, Number, Positive
from specc.ops.misfit import Misfit, bad_argument
from specc.ops.tensor.rules import Along, Elementwise
from specc.shapes.demand import divisible
from specc.shapes.tensor import Tensor

FLOATS_ALONE = DTypes(same, NO_FLOATS)

rows(
    Elementwise,
    {
        "hard_sigmoid": "A sigmoid made of straight lines.",
        "hard_silu": "x times `hard_sigmoid(x)`.",
        "hard_tanh": "x, cut to -1 and 1.",
        "log_sigmoid": "The logarithm of the sigmoid.",
        "selu": "A scaled `elu`, for networks that normalize themselves.",
        "sigmoid": "1 / (1 + exp(-x)).",
        "silu": "x times its sigmoid.",
        "softplus": "log(1 + exp(x)).",
        "softsign": "x / (1 + abs(x)).",
        "sparse_plus": "A softplus that is 0 below -1, and x above 1.",
        "sparse_sigmoid": "A sigmoid that is 0 below -1, and 1 above 1.",
        "tanh_shrink": "x less its hyperbolic tangent.",
    },
    dtypes=FLOATS_ALONE,
)
rows(
    Elementwise,
    {"relu": "What is below 0 becomes 0.", "relu6": "The same, and what is above 6 becomes 6."},
    dtypes=DTypes(same, TRUTHS),
)


class Exponential(Elementwise):
    """x above 0, `alpha` times an exponential below."""

    dtypes = FLOATS_ALONE

    alpha: Number = 1.0


rows(
    Exponential,
    {
        "celu": "x above 0, `alpha * (exp(x / alpha) - 1)` below.",
        "elu": "x above 0, `alpha * (exp(x) - 1)` below.",
    },
)


class Shrinking(Elementwise):
    """Makes 0 of what is nearer to 0 than a threshold."""

    dtypes = FLOATS_ALONE

    threshold: Number = 0.5


rows(
    Shrinking,
    {
        "hard_shrink": "0 nearer to 0 than `threshold`, else x.",
        "soft_shrink": "0 nearer to 0 than `threshold`, else x, moved towards 0 by that much.",
    },
)


@function(Example({}, ((4, 3),)))
class Gelu(Elementwise):
    """x times the normal distribution's share below it."""

    dtypes = FLOATS_ALONE

    approximate: Flag = True


@function(Example({}, ((4, 3),)), name="leaky_relu")
class LeakyRelu(Elementwise):
    """Multiplies what is negative by `negative_slope`."""

    dtypes = DTypes(floating, TRUTHS)

    negative_slope: Number = 0.2


@function(Example({}, ((4, 3),)))
class Squareplus(Elementwise):
    """(x + sqrt(x**2 + b)) / 2."""

    dtypes = FLOATS_ALONE

    b: Number = 4


@function(Example({"threshold": 0.5, "default_value": 0}, ((4, 3),)))
class Threshold(Elementwise):
    """x above `threshold`, else `default_value`."""

    threshold: Scalar
    default_value: Scalar

    def checked_dtype(self, dtype: str, operand: int = 0) -> str:
        """The dtype of the input; E107 for numbers that it cannot hold."""
        made = super().checked_dtype(dtype, operand)
        need_held(self.threshold, made, "threshold")
        need_held(self.default_value, made, "default_value")
        return made


class AlongAxis(Along):
    """What works along one axis, of floats alone."""

    examples = (Example({}, ((4, 3),)), Example({"axis": 1}, ((4, 3),)))
    dtypes = FLOATS_ALONE


rows(
    AlongAxis,
    {
        "log_softmax": "The logarithm of the softmax.",
        "sparsemax": "Shares that add up to 1, many of them 0.",
    },
)


@function(Example({}, ((4, 3),)), Example({"axis": 1}, ((4, 3),)))
class Softmax(AlongAxis):
    """Shares that add up to 1, by the exponentials along an axis."""

    def warnings(self, inputs: Shapes, outputs: Shapes) -> Iterable[Misfit]:
        """W603 for a softmax over one element."""
        return one_element(inputs[0], axis_number(self.axis, inputs[0]))


@function(Example({}, ((4, 6),)), Example({"axis": 1}, ((4, 6),)))
class Glu(AlongAxis):
    """The first half along an axis, times the sigmoid of the second."""

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """Half of the axis; E208 where its size is odd."""
        x, dtype = inputs[0].shape, super().results(inputs)[0].dtype
        at = axis_number(self.axis, x)
        size = x.sizes[at]
        if not divisible(size, 2):
            raise Misfit(
                "E208",
                f"takes an axis apart into halves, and axis {at + 1} of {x} has {size} elements",
                axis=at,
                facts=("Keras: axis size must be divisible by 2",),
            )
        return (Tensor(x.resized(at, size // 2), dtype),)


@function(Example({}, ((4, 3),)), Example({"axis": (1, 2), "order": 1}, ((4, 3),)))
class Normalize(Elementwise):
    """Divides by the norm of this order along axes."""

    dtypes = FLOATS_ALONE
    announces_dtype = False

    axis: AxisRefs | None = -1
    order: Positive = 2
    epsilon: Number | None = None

    def checked_dtype(self, dtype: str, operand: int = 0) -> str:
        """Floats as they are; Keras makes floats of numbers for all norms but that of order 2."""
        is_cast = self.order != 2 and dtype != "string"
        return super().checked_dtype(floating(dtype) if is_cast else dtype, operand)

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The same axes; E203 for all of them, the batch included; E107 for a norm that there is not."""
        along = behind_batch(self.axis, inputs[0].shape)
        if self.epsilon == 0 and self.order == 2:
            raise bad_argument("epsilon", "`epsilon` is what Keras divides by, and cannot be 0")
        if self.order > 2 and len(along) == 2:
            raise bad_argument("order", f"a matrix has no norm of order {self.order}, but 1 and 2")
        if self.order != 2 and not along:
            raise bad_argument("axis", f"no axes have no norm of order {self.order}, but 2")
        if self.order != 2 and len(along) > 2:
            raise bad_argument("order", f"more than two axes have no norm of order {self.order}, but 2")
        return super().results(inputs)

    @property
    def ignores_leading(self) -> bool:
        return self.axis == -1
