"""Recurrent layers whose cells convolve: every step is an image, and so is the state."""

from math import prod

from specc.ops.axis import known_size
from specc.ops.declare import Example, Inputs, Masks, Place, Shape, Shapes, Weights, op
from specc.ops.gates import check_forget_bias, lstm_mixing
from specc.ops.kinds import Flag, Integer, One, Pair, Positive, Rate, Triple
from specc.ops.misfit import Misfit, bad_argument
from specc.ops.objects import Activation, Constraint, Initializer, Regularizer
from specc.ops.recurrent import Recurrent
from specc.ops.windows import DataFormat, Padding, Sizes, Spatial
from specc.shapes.demand import agree
from specc.shapes.dim import Size


class _ConvLSTM(Recurrent, Spatial):
    filters: Positive
    kernel_size: Sizes
    strides: Sizes
    padding: Padding = "valid"
    data_format: DataFormat | None = None
    dilation_rate: Sizes
    activation: Activation | None = "tanh"
    recurrent_activation: Activation | None = "sigmoid"
    use_bias: Flag = True
    kernel_initializer: Initializer | None = "glorot_uniform"
    recurrent_initializer: Initializer | None = "orthogonal"
    bias_initializer: Initializer | None = "zeros"
    unit_forget_bias: Flag = True
    kernel_regularizer: Regularizer | None = None
    recurrent_regularizer: Regularizer | None = None
    bias_regularizer: Regularizer | None = None
    activity_regularizer: Regularizer | None = None
    kernel_constraint: Constraint | None = None
    recurrent_constraint: Constraint | None = None
    bias_constraint: Constraint | None = None
    dropout: Rate = 0.0
    recurrent_dropout: Rate = 0.0
    seed: Integer | None = None
    return_sequences: Flag = False
    return_state: Flag = False
    go_backwards: Flag = False
    stateful: Flag = False

    state_count = 2

    @property
    def needs_floats(self) -> bool:
        """A convolution does."""
        return True

    @property
    def places(self) -> tuple[Place, ...]:
        """The steps, and behind them the axes of each image."""
        return ("time", *super().places)

    def step_result(self, x: Shape) -> Shape:
        """The image that a convolution makes of one step; the state has the same shape."""
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise bad_argument("dilation_rate", "`dilation_rate` above 1 does not go with `strides` above 1")
        check_forget_bias(self)
        image = x.part(1)
        channel = self.channel_axis % image.rank
        for axis in range(image.rank):
            known_size(x, 1 + axis, "the kernel" if axis == channel else "the state")
        try:
            sizes = self.slid(
                image, "kernel_size", self.kernel_size, self.strides, self.padding, self.dilation_rate
            )
        except Misfit as fault:
            fault.axis = None if fault.axis is None else 1 + fault.axis
            raise
        return self.with_space(image, sizes, self.filters)

    def masks(self, inputs: Inputs, results: Inputs) -> Masks:
        """As of other recurrent layers; E205 for one over the image too, unless steps are made as large as it is."""
        mask, x = inputs[0].mask, inputs[0].shape
        if mask is not None and mask.rank > 1 and self.leaves_out(inputs):
            from specc.ops.masking import unfit

            made = self.step_result(x).sizes[:-1]
            if self.channels_first or mask.rank != x.rank - 1 or not all(map(agree, mask.sizes[1:], made)):
                raise unfit(mask, x.part(0, 1), "condition, then and else must be broadcastable")
            return (mask,) if self.return_sequences else ()
        return super().masks(inputs, results)

    def weights_for(self, shapes: Shapes) -> Weights:
        """`kernel` (window, channels, 4 filters), `recurrent_kernel` (window, filters, 4 filters), `bias`."""
        x = shapes[0]
        channels = known_size(x, 1 if self.channels_first else -1, "the kernel")
        wide = 4 * self.filters
        found: Weights = {
            "kernel": (*self.kernel_size, channels, wide),
            "recurrent_kernel": (*self.kernel_size, self.filters, wide),
        }
        if self.use_bias:
            found["bias"] = (wide,)
        return found

    def step_flops(self, x: Shape, y: Shape) -> Size:
        """Per element: 2 for each multiply-add, each gate 1 to join both and its bias; mixing."""
        channels = x.sizes[1 if self.channels_first else -1]
        each = 2 * prod(self.kernel_size) * (channels + self.filters) + 1 + int(self.use_bias)
        return y.elements * (4 * each + lstm_mixing(self.activation, self.recurrent_activation))


@op(
    Example({"filters": 4, "kernel_size": 3}, ((5, 8, 2),)),
    Example({"filters": 3, "kernel_size": 3, "padding": "same", "return_state": True}, ((5, 8, 2),)),
    inputs="sequences initial_state* mask!",
)
class ConvLSTM1D(_ConvLSTM):
    """An LSTM whose projections are convolutions over one axis of space."""

    spatial_rank = 1
    kernel_size: One
    strides: One = (1,)
    dilation_rate: One = (1,)


@op(
    Example({"filters": 4, "kernel_size": 3}, ((5, 8, 9, 2),)),
    Example({"filters": 3, "kernel_size": [2, 3], "strides": 2, "return_sequences": True}, ((5, 8, 9, 2),)),
    inputs="sequences initial_state* mask!",
)
class ConvLSTM2D(_ConvLSTM):
    """An LSTM whose projections are convolutions over height and width."""

    spatial_rank = 2
    kernel_size: Pair
    strides: Pair = (1, 1)
    dilation_rate: Pair = (1, 1)


@op(
    Example({"filters": 2, "kernel_size": 2}, ((3, 4, 5, 6, 2),)),
    Example({"filters": 2, "kernel_size": 2, "padding": "same", "use_bias": False}, ((3, 4, 5, 6, 2),)),
    inputs="sequences initial_state* mask!",
)
class ConvLSTM3D(_ConvLSTM):
    """An LSTM whose projections are convolutions over depth, height and width."""

    spatial_rank = 3
    kernel_size: Triple
    strides: Triple = (1, 1, 1)
    dilation_rate: Triple = (1, 1, 1)
