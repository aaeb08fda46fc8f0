"""Layers that change each element by itself, and Softmax."""

from collections.abc import Iterable

from specc.ops.axis import axis_number, axis_numbers, known_size
from specc.ops.broadcast import spreads
from specc.ops.declare import Example, Inputs, Masks, Shape, Shapes, Weights, op
from specc.ops.flops import activation_flops
from specc.ops.kinds import AxisRefs, NonNegativeNumber, Number
from specc.ops.misfit import Misfit, Replace, bad_argument
from specc.ops.objects import Activation as ActivationName
from specc.ops.objects import Constraint, Initializer, Object, Regularizer
from specc.ops.pointwise import NO_FLOATS, TEXT, Pointwise
from specc.shapes.dim import Size
from specc.shapes.tensor import is_float

_TAKES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("linear", "exponential", "tanh"), TEXT),
    **dict.fromkeys(("relu", "relu6", "leaky_relu"), ("bool", *TEXT)),
}
"""What the activations refuse that take more than floats."""

_KEEPS = frozenset(("linear", "relu", "relu6"))
"""The activations that make integers of integers."""

ALONG_AXIS = frozenset(("softmax", "log_softmax", "sparsemax"))
"""The activations that work along the last axis."""


class _Elementwise(Pointwise):
    passes_mask = True

    @property
    def ignores_leading(self) -> bool:
        return True

    def flops(self, x: Shape, y: Shape) -> Size:
        """1 for each element."""
        return x.elements


def one_element(x: Shape, axis: int) -> Iterable[Misfit]:
    """W603 for a softmax over one element."""
    if x.sizes[axis] == 1:
        yield Misfit(
            "W603",
            f"a softmax over one element is always 1: {x} has no more",
            axis=axis % x.rank,
            repairs=(Replace("Activation: sigmoid", "a sigmoid, for one probability", "unsafe"),),
        )


@op(Example({"activation": "relu"}, ((4, 6),)), Example({"activation": {"LeakyReLU": 0.1}}, ((6,),)))
class Activation(_Elementwise):
    """Applies an activation by its name."""

    activation: ActivationName | None

    def result_dtype(self, dtype: str) -> str:
        """Integers stay integers under `linear` and the plain ReLUs."""
        if isinstance(self.activation, Object):
            return self._layer(self.activation).result_dtype(dtype)
        if is_float(dtype):
            return self.compute_dtype
        return dtype if (self.activation or "linear") in _KEEPS else "float32"

    def refuses(self, dtype: str) -> bool:
        if isinstance(self.activation, Object):
            return self._layer(self.activation).refuses(dtype)
        return dtype.startswith(_TAKES.get(self.activation or "linear", NO_FLOATS))

    def _layer(self, activation: Object) -> Pointwise:
        """The layer that serves as the activation, in the dtype of this one."""
        cls = {"ELU": ELU, "LeakyReLU": LeakyReLU, "ReLU": ReLU}[activation.name]
        return cls.holding({**dict(activation.arguments), "dtype": self.policy})

    def output(self, x: Shape) -> Shape:
        """The same axes; E203 for a softmax where there is none."""
        if self.activation in ALONG_AXIS:
            axis_number(-1, x, "activation")
        return x

    def warnings(self, inputs: Shapes, outputs: Shapes) -> Iterable[Misfit]:
        """W603 for a softmax over one element."""
        return one_element(inputs[0], -1) if self.activation == "softmax" else ()

    def flops(self, x: Shape, y: Shape) -> Size:
        """1 for each element, 0 where the activation is linear."""
        return x.elements * activation_flops(self.activation)


@op(Example({}, ((4, 6),)), Example({"max_value": 6, "negative_slope": 0.1, "threshold": 0.5}, ((6,),)))
class ReLU(_Elementwise):
    """Sets what is below `threshold` to 0, or to a slope; cuts at `max_value`."""

    refused_dtypes = ("bool", *TEXT)

    max_value: NonNegativeNumber | None = None
    negative_slope: NonNegativeNumber = 0.0
    threshold: NonNegativeNumber = 0.0

    def refuses(self, dtype: str) -> bool:
        sloped = self.negative_slope > 0 and (self.max_value is not None or self.threshold > 0)
        return dtype.startswith(NO_FLOATS if sloped else self.refused_dtypes)

    def result_dtype(self, dtype: str) -> str:
        """Integers stay integers without a slope."""
        if is_float(dtype):
            return self.compute_dtype
        return "float32" if self.negative_slope else dtype


@op(Example({}, ((4, 6),)), Example({"negative_slope": 0.1}, ((6,),)))
class LeakyReLU(_Elementwise):
    """Multiplies what is negative by `negative_slope`."""

    refused_dtypes = ("bool", *TEXT)

    negative_slope: NonNegativeNumber = 0.3

    def result_dtype(self, dtype: str) -> str:
        """`float32` for integers, whatever the policy."""
        return self.compute_dtype if is_float(dtype) else "float32"


@op(
    Example({}, ((4, 6),)),
    Example({"shared_axes": [1, 2], "alpha_initializer": "he_normal"}, ((4, 5, 6),)),
)
class PReLU(Pointwise):
    """Multiplies what is negative by a slope that is learned for each element, or shared along axes."""

    passes_mask = True
    refused_dtypes = NO_FLOATS

    alpha_initializer: Initializer | None = "Zeros"
    alpha_regularizer: Regularizer | None = None
    alpha_constraint: Constraint | None = None
    shared_axes: AxisRefs | None = None

    def _shared(self, x: Shape) -> tuple[int, ...]:
        if self.shared_axes is None:
            return ()
        several = (self.shared_axes,) if isinstance(self.shared_axes, int | str) else self.shared_axes
        if any(isinstance(axis, int) and axis < 0 for axis in several):
            # Keras takes -1 for the last axis but one.
            raise bad_argument("shared_axes", "counts axes from 1, from the first one behind the batch")
        return tuple(axis_number(axis, x, "shared_axes") for axis in several)

    def output(self, x: Shape) -> Shape:
        """The same axes; E203 where one of `shared_axes` is none of them."""
        self._shared(x)
        return x

    def weights(self, x: Shape) -> Weights:
        """`alpha`, with the sizes of the input, 1 along shared axes."""
        shared = self._shared(x)
        return {"alpha": tuple(1 if i in shared else known_size(x, i, "`alpha`") for i in range(x.rank))}

    def flops(self, x: Shape, y: Shape) -> Size:
        """A comparison and a multiplication for each element."""
        return x.elements * 2


@op(Example({}, ((4, 6),)), Example({"alpha": 0.5}, ((6,),)))
class ELU(_Elementwise):
    """Turns what is negative into `alpha * (exp(x) - 1)`."""

    refused_dtypes = NO_FLOATS

    alpha: Number = 1.0


@op(
    Example({}, ((4, 6),)),
    Example({"axis": [1, 2]}, ((4, 6),)),
    Example({"axis": 1}, ((4, 6),)),
    inputs="inputs mask!",
)
class Softmax(_Elementwise):
    """Turns the values along `axis`, one axis or several, into probabilities."""

    refused_dtypes = NO_FLOATS
    takes_mask = True

    axis: AxisRefs = -1

    @property
    def ignores_leading(self) -> bool:
        return self.axis == -1

    def masks(self, inputs: Inputs, results: Inputs) -> Masks:
        """The input's; E205 unless it spreads over it from the last axis on, the batch too."""
        mask, x = inputs[0].mask, inputs[0].shape
        if mask is not None and (mask.rank != x.rank or not all(map(spreads, mask.sizes, x.sizes))):
            from specc.ops.masking import unfit

            same = Replace("Activation: softmax", "the activation of that name, which lays no mask over it")
            repairs = (same,) if self.axis == -1 else ()
            raise unfit(mask, x, "The `mask` must be broadcastable to `inputs`", *repairs)
        return super().masks(inputs, results)

    def check_mask(self, name: str, mask: Shape, values: Inputs, operand: int) -> None:
        """Held with the masks that values bring."""

    def output(self, x: Shape) -> Shape:
        """The same axes; E203 where one of `axis` is none of them, E107 where there is none."""
        if not axis_numbers(self.axis, x):
            raise bad_argument("axis", "needs at least one axis")
        return x

    def warnings(self, inputs: Shapes, outputs: Shapes) -> Iterable[Misfit]:
        """W603 for a softmax over one element."""
        axes = axis_numbers(self.axis, inputs[0])
        return one_element(inputs[0], axes[0]) if len(axes) == 1 else ()
