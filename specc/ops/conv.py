"""Convolutions, plain and transposed."""

from math import prod

from specc.ops.axis import known_size
from specc.ops.declare import Example, Shape, Weights, op
from specc.ops.flops import afterwards
from specc.ops.kinds import Flag, One, OneFromZero, Pair, PairFromZero, Positive, Triple, TripleFromZero
from specc.ops.misfit import Misfit, SetArgument, bad_argument
from specc.ops.objects import Activation, Constraint, Initializer, Regularizer
from specc.ops.windows import (
    INTEGERS,
    CausalPadding,
    DataFormat,
    Padding,
    Sizes,
    Spatial,
    dilated,
    transposed_slide,
)
from specc.shapes.dim import Size


def _refuse_dilated_strides(strides: Sizes, dilation_rate: Sizes) -> None:
    if max(dilation_rate) > 1 and max(strides) > 1:
        raise bad_argument(
            "dilation_rate",
            "a dilation above 1 does not go with strides above 1",
            SetArgument("strides", None, "keep the dilation, with strides of 1", "unsafe"),
            SetArgument("dilation_rate", None, "keep the strides, without dilation", "unsafe"),
        )


class _Conv(Spatial):
    refused_dtypes = INTEGERS
    filters: Positive
    kernel_size: Sizes
    strides: Sizes
    padding: Padding = "valid"
    data_format: DataFormat | None = None
    dilation_rate: Sizes
    groups: Positive = 1
    activation: Activation | None = None
    use_bias: Flag = True
    kernel_initializer: Initializer | None = "glorot_uniform"
    bias_initializer: Initializer | None = "zeros"
    kernel_regularizer: Regularizer | None = None
    bias_regularizer: Regularizer | None = None
    activity_regularizer: Regularizer | None = None
    kernel_constraint: Constraint | None = None
    bias_constraint: Constraint | None = None

    def output(self, x: Shape) -> Shape:
        """One element and `filters` channels for each place of the kernel."""
        _refuse_dilated_strides(self.strides, self.dilation_rate)
        if self.groups > 1:
            self._check_groups(x)
        space = self.slid(x, "kernel_size", self.kernel_size, self.strides, self.padding, self.dilation_rate)
        return self.with_space(x, space, self.filters)

    def _check_groups(self, x: Shape) -> None:
        if self.filters % self.groups:
            raise bad_argument("groups", f"{self.filters} filters do not divide into {self.groups} groups")
        channels = x.sizes[self.channel_axis]
        if isinstance(channels, int) and channels % self.groups:
            raise Misfit(
                "E208",
                f"{channels} channels do not divide into {self.groups} groups",
                parameter="groups",
                axis=self.channel_axis % x.rank,
                facts=(
                    "Keras: The number of input channels must be evenly divisible by the number of groups",
                ),
            )

    def weights(self, x: Shape) -> Weights:
        """`kernel` (window, channels of a group, filters) and `bias` (filters)."""
        channels = known_size(x, self.channel_axis, "the kernel")
        weights: Weights = {"kernel": (*self.kernel_size, channels // self.groups, self.filters)}
        return weights | {"bias": (self.filters,)} if self.use_bias else weights

    def flops(self, x: Shape, y: Shape) -> Size:
        """2 for each multiply-add, 1 for each bias and activation."""
        channels = x.sizes[self.channel_axis] // self.groups
        sums = channels * (2 * prod(self.kernel_size))
        return y.elements * (sums + afterwards(self.use_bias, self.activation))


class _ConvTranspose(Spatial):
    refused_dtypes = INTEGERS
    filters: Positive
    kernel_size: Sizes
    strides: Sizes
    padding: Padding = "valid"
    output_padding: Sizes | None = None
    data_format: DataFormat | None = None
    dilation_rate: Sizes
    activation: Activation | None = None
    use_bias: Flag = True
    kernel_initializer: Initializer | None = "glorot_uniform"
    bias_initializer: Initializer | None = "zeros"
    kernel_regularizer: Regularizer | None = None
    bias_regularizer: Regularizer | None = None
    activity_regularizer: Regularizer | None = None
    kernel_constraint: Constraint | None = None
    bias_constraint: Constraint | None = None

    def output(self, x: Shape) -> Shape:
        """What the kernels cover that are put down one per element, with `filters` channels."""
        _refuse_dilated_strides(self.strides, self.dilation_rate)
        spans = dilated(self.kernel_size, self.dilation_rate)
        if self.output_padding is not None:
            self._check_output_padding(spans, self.output_padding)
        space = transposed_slide(self.space(x), spans, self.strides, self.padding, self.output_padding)
        return self.with_space(x, space, self.filters)

    def _check_output_padding(self, spans: Sizes, output_padding: Sizes) -> None:
        for span, stride, more in zip(spans, self.strides, output_padding, strict=True):
            if more >= stride:
                raise bad_argument(
                    "output_padding",
                    f"an output padding of {more} is not less than the stride, {stride}",
                    SetArgument("output_padding", None, "let Keras work it out", "unsafe"),
                )
            if self.padding == "same" and span % 2 == 0 and more == 0:
                # Keras builds this; TensorFlow finds the output one stride too short on the first batch.
                raise bad_argument(
                    "output_padding",
                    f"an output padding of 0 does not go with `same` padding and an even kernel of {span}",
                    SetArgument("output_padding", None, "let Keras work it out", "unsafe"),
                )

    def weights(self, x: Shape) -> Weights:
        """`kernel` (window, filters, channels) and `bias` (filters)."""
        channels = known_size(x, self.channel_axis, "the kernel")
        weights: Weights = {"kernel": (*self.kernel_size, self.filters, channels)}
        return weights | {"bias": (self.filters,)} if self.use_bias else weights

    def flops(self, x: Shape, y: Shape) -> Size:
        """2 for each element of the input and of a kernel, 1 for each bias and activation of the result."""
        sums = x.elements * (2 * prod(self.kernel_size) * self.filters)
        return sums + y.elements * afterwards(self.use_bias, self.activation)


@op(
    Example({"filters": 6, "kernel_size": 3, "activation": "relu"}, ((8, 4),)),
    Example({"filters": 6, "kernel_size": 2, "strides": 2, "padding": "same", "groups": 2}, ((8, 4),)),
    Example({"filters": 6, "kernel_size": 3, "padding": "causal", "dilation_rate": 2}, ((8, 4),)),
    Example(
        {"filters": 5, "kernel_size": [3], "dilation_rate": 2, "data_format": "channels_first"},
        ((4, 8),),
    ),
)
class Conv1D(_Conv):
    """Slides `filters` kernels over the steps; with `causal` padding, no result depends on later steps."""

    spatial_rank = 1
    kernel_size: One
    strides: One = (1,)
    padding: CausalPadding = "valid"
    dilation_rate: One = (1,)


@op(
    Example({"filters": 6, "kernel_size": 3, "activation": "relu"}, ((8, 9, 4),)),
    Example({"filters": 6, "kernel_size": 2, "strides": 2, "padding": "same", "groups": 2}, ((8, 9, 4),)),
    Example(
        {"filters": 5, "kernel_size": [3, 2], "dilation_rate": 2, "data_format": "channels_first"},
        ((4, 8, 9),),
    ),
)
class Conv2D(_Conv):
    """Slides `filters` kernels over height and width."""

    spatial_rank = 2
    kernel_size: Pair
    strides: Pair = (1, 1)
    dilation_rate: Pair = (1, 1)


@op(
    Example({"filters": 6, "kernel_size": 3, "activation": "relu"}, ((6, 6, 7, 4),)),
    Example({"filters": 6, "kernel_size": 2, "strides": 2, "padding": "same", "groups": 2}, ((6, 6, 7, 4),)),
    Example(
        {"filters": 5, "kernel_size": [3, 2, 2], "dilation_rate": 2, "data_format": "channels_first"},
        ((4, 6, 6, 7),),
    ),
)
class Conv3D(_Conv):
    """Slides `filters` kernels over depth, height and width."""

    spatial_rank = 3
    kernel_size: Triple
    strides: Triple = (1, 1, 1)
    dilation_rate: Triple = (1, 1, 1)


@op(
    Example({"filters": 6, "kernel_size": 3, "strides": 2}, ((8, 4),)),
    Example(
        {"filters": 6, "kernel_size": 3, "strides": 2, "padding": "same", "output_padding": 1}, ((8, 4),)
    ),
)
class Conv1DTranspose(_ConvTranspose):
    """Puts down `filters` kernels over the steps, one for each element."""

    spatial_rank = 1
    kernel_size: One
    strides: One = (1,)
    output_padding: OneFromZero | None = None
    dilation_rate: One = (1,)


@op(
    Example({"filters": 6, "kernel_size": 3, "strides": 2}, ((8, 9, 4),)),
    Example(
        {"filters": 6, "kernel_size": 3, "strides": 2, "padding": "same", "output_padding": 1}, ((8, 9, 4),)
    ),
)
class Conv2DTranspose(_ConvTranspose):
    """Puts down `filters` kernels over height and width, one for each element."""

    spatial_rank = 2
    kernel_size: Pair
    strides: Pair = (1, 1)
    output_padding: PairFromZero | None = None
    dilation_rate: Pair = (1, 1)


@op(
    Example({"filters": 6, "kernel_size": 3, "strides": 2}, ((6, 6, 7, 4),)),
    Example(
        {"filters": 6, "kernel_size": 3, "strides": 2, "padding": "same", "output_padding": 1},
        ((6, 6, 7, 4),),
    ),
)
class Conv3DTranspose(_ConvTranspose):
    """Puts down `filters` kernels over depth, height and width, one for each element."""

    spatial_rank = 3
    kernel_size: Triple
    strides: Triple = (1, 1, 1)
    output_padding: TripleFromZero | None = None
    dilation_rate: Triple = (1, 1, 1)
