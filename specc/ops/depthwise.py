"""Convolutions with kernels of their own for each channel: depthwise and separable."""

from math import prod

from specc.ops.axis import known_size
from specc.ops.declare import Example, Shape, Weights, op
from specc.ops.flops import afterwards
from specc.ops.kinds import Flag, One, Pair, Positive
from specc.ops.misfit import bad_argument
from specc.ops.objects import Activation, Constraint, Initializer, Regularizer
from specc.ops.windows import INTEGERS, DataFormat, Padding, Sizes, Spatial
from specc.shapes.dim import Size, product


def _refuse_uneven_strides(strides: Sizes, dilation_rate: Sizes) -> None:
    # Keras builds this; on many processors TensorFlow refuses it on the first batch, unless Keras works around a
    # dilation.
    if min(strides) != max(strides) and max(dilation_rate) == 1:
        raise bad_argument("strides", "a depthwise convolution takes the same stride along every axis")


class _DepthwiseConv(Spatial):
    refused_dtypes = INTEGERS
    kernel_size: Sizes
    strides: Sizes
    padding: Padding = "valid"
    depth_multiplier: Positive = 1
    data_format: DataFormat | None = None
    dilation_rate: Sizes
    activation: Activation | None = None
    use_bias: Flag = True
    depthwise_initializer: Initializer | None = "glorot_uniform"
    bias_initializer: Initializer | None = "zeros"
    depthwise_regularizer: Regularizer | None = None
    bias_regularizer: Regularizer | None = None
    activity_regularizer: Regularizer | None = None
    depthwise_constraint: Constraint | None = None
    bias_constraint: Constraint | None = None

    def output(self, x: Shape) -> Shape:
        """One element for each place of the kernels, and `depth_multiplier` channels for each."""
        _refuse_uneven_strides(self.strides, self.dilation_rate)
        space = self.slid(x, "kernel_size", self.kernel_size, self.strides, self.padding, self.dilation_rate)
        return self.with_space(x, space, x.sizes[self.channel_axis] * self.depth_multiplier)

    def weights(self, x: Shape) -> Weights:
        """`kernel` (window, channels, multiplier) and `bias` (channels times multiplier)."""
        channels = known_size(x, self.channel_axis, "the kernel")
        weights: Weights = {"kernel": (*self.kernel_size, channels, self.depth_multiplier)}
        return weights | {"bias": (channels * self.depth_multiplier,)} if self.use_bias else weights

    def flops(self, x: Shape, y: Shape) -> Size:
        """2 for each multiply-add, 1 for each bias and activation."""
        return y.elements * (2 * prod(self.kernel_size) + afterwards(self.use_bias, self.activation))


class _SeparableConv(Spatial):
    refused_dtypes = INTEGERS
    filters: Positive
    kernel_size: Sizes
    strides: Sizes
    padding: Padding = "valid"
    data_format: DataFormat | None = None
    dilation_rate: Sizes
    depth_multiplier: Positive = 1
    activation: Activation | None = None
    use_bias: Flag = True
    depthwise_initializer: Initializer | None = "glorot_uniform"
    pointwise_initializer: Initializer | None = "glorot_uniform"
    bias_initializer: Initializer | None = "zeros"
    depthwise_regularizer: Regularizer | None = None
    pointwise_regularizer: Regularizer | None = None
    bias_regularizer: Regularizer | None = None
    activity_regularizer: Regularizer | None = None
    depthwise_constraint: Constraint | None = None
    pointwise_constraint: Constraint | None = None
    bias_constraint: Constraint | None = None

    def output(self, x: Shape) -> Shape:
        """One element and `filters` channels for each place of the kernels."""
        _refuse_uneven_strides(self.strides, self.dilation_rate)
        space = self.slid(x, "kernel_size", self.kernel_size, self.strides, self.padding, self.dilation_rate)
        return self.with_space(x, space, self.filters)

    def weights(self, x: Shape) -> Weights:
        """A kernel for each channel, one that mixes what they give, and `bias` (filters)."""
        channels = known_size(x, self.channel_axis, "the kernels")
        weights: Weights = {
            "depthwise_kernel": (*self.kernel_size, channels, self.depth_multiplier),
            "pointwise_kernel": (
                *((1,) * self.spatial_rank),
                channels * self.depth_multiplier,
                self.filters,
            ),
        }
        return weights | {"bias": (self.filters,)} if self.use_bias else weights

    def flops(self, x: Shape, y: Shape) -> Size:
        """2 for each multiply-add of both kernels, 1 for each bias and activation."""
        between = product(self.space(y)) * (x.sizes[self.channel_axis] * self.depth_multiplier)
        sums = between * (2 * prod(self.kernel_size) + 2 * self.filters)
        return sums + y.elements * afterwards(self.use_bias, self.activation)


@op(
    Example({"filters": 6, "kernel_size": 3, "depth_multiplier": 2}, ((8, 4),)),
    Example({"filters": 6, "kernel_size": 3, "data_format": "channels_first", "use_bias": False}, ((4, 8),)),
)
class SeparableConv1D(_SeparableConv):
    """Slides a kernel of its own for each channel over the steps, then mixes the channels."""

    spatial_rank = 1
    kernel_size: One
    strides: One = (1,)
    dilation_rate: One = (1,)


@op(
    Example({"filters": 6, "kernel_size": 3, "depth_multiplier": 2}, ((8, 9, 4),)),
    Example(
        {"filters": 6, "kernel_size": 3, "data_format": "channels_first", "use_bias": False}, ((4, 8, 9),)
    ),
)
class SeparableConv2D(_SeparableConv):
    """Slides a kernel of its own for each channel over height and width, then mixes the channels."""

    spatial_rank = 2
    kernel_size: Pair
    strides: Pair = (1, 1)
    dilation_rate: Pair = (1, 1)


@op(
    Example({"kernel_size": 3, "depth_multiplier": 2}, ((8, 4),)),
    Example({"kernel_size": 3, "strides": 2, "padding": "same", "data_format": "channels_first"}, ((4, 8),)),
)
class DepthwiseConv1D(_DepthwiseConv):
    """Slides kernels over the steps, `depth_multiplier` of its own for each channel."""

    spatial_rank = 1
    kernel_size: One
    strides: One = (1,)
    dilation_rate: One = (1,)


@op(
    Example({"kernel_size": 3, "depth_multiplier": 2}, ((8, 9, 4),)),
    Example(
        {"kernel_size": 3, "strides": 2, "padding": "same", "data_format": "channels_first"}, ((4, 8, 9),)
    ),
)
class DepthwiseConv2D(_DepthwiseConv):
    """Slides kernels over height and width, `depth_multiplier` of its own for each channel."""

    spatial_rank = 2
    kernel_size: Pair
    strides: Pair = (1, 1)
    dilation_rate: Pair = (1, 1)
