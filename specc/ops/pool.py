"""Pooling: local, with windows that slide over space, and global."""

from math import prod

from specc.ops.declare import Example, Inputs, Masks, op
from specc.ops.kinds import Flag, One, Pair, Triple
from specc.ops.misfit import bad_argument, wrong_dtype
from specc.ops.windows import INTEGERS, DataFormat, Padding, Sizes, Spatial
from specc.shapes.dim import Size
from specc.shapes.shape import Shape
from specc.shapes.tensor import is_float


def check_pooled_dtype(dtype: str) -> None:
    """Raises E107 for a dtype whose 3-D maxima TensorFlow does not pool."""
    if dtype == "float64":
        raise bad_argument("dtype", "TensorFlow does not pool 3-D maxima of `float64`")


class _Pooling(Spatial):
    pool_size: Sizes
    strides: Sizes | None = None
    padding: Padding = "valid"
    data_format: DataFormat | None = None

    def output(self, x: Shape) -> Shape:
        """One element for each place of the window; without `strides`, the windows touch."""
        strides = self.strides or self.pool_size
        return self.with_space(x, self.slid(x, "pool_size", self.pool_size, strides, self.padding))

    def flops(self, x: Shape, y: Shape) -> Size:
        """1 for each element that a window reads."""
        return y.elements * prod(self.pool_size)


class _GlobalPooling(Spatial):
    data_format: DataFormat | None = None
    keepdims: Flag = False

    def result_dtype(self, dtype: str) -> str:
        """Integers stay integers where nothing is averaged; their means are `float32` whatever the policy."""
        if is_float(dtype) or self.keeps_dtype:
            return super().result_dtype(dtype)
        return "float32"

    def output(self, x: Shape) -> Shape:
        """The channels; with `keepdims`, the axes of space as well, of size 1."""
        pooled = self.with_space(x, (1,) * self.spatial_rank)
        if self.keepdims:
            return pooled
        return pooled.part(0, 1) if self.channels_first else pooled.part(-1)

    def flops(self, x: Shape, y: Shape) -> Size:
        """1 for each element of the input."""
        return x.elements


@op(
    Example({}, ((8, 3),)),
    Example({"pool_size": 3, "strides": 1, "padding": "same", "data_format": "channels_first"}, ((3, 8),)),
)
class MaxPooling1D(_Pooling):
    """Takes the maximum of windows over the steps."""

    spatial_rank = 1
    keeps_dtype = True
    refused_dtypes = ("bool",)
    pool_size: One = (2,)
    strides: One | None = None


@op(
    Example({}, ((8, 9, 3),)),
    Example(
        {"pool_size": 3, "strides": [1, 2], "padding": "same", "data_format": "channels_first"}, ((3, 8, 9),)
    ),
)
class MaxPooling2D(_Pooling):
    """Takes the maximum of windows over height and width."""

    spatial_rank = 2
    keeps_dtype = True
    refused_dtypes = ("bool",)
    pool_size: Pair = (2, 2)
    strides: Pair | None = None


@op(
    Example({}, ((6, 6, 7, 3),)),
    Example(
        {"pool_size": 3, "strides": [1, 2, 2], "padding": "same", "data_format": "channels_first"},
        ((3, 6, 6, 7),),
    ),
)
class MaxPooling3D(_Pooling):
    """Takes the maximum of windows over depth, height and width."""

    spatial_rank = 3
    keeps_dtype = True
    refused_dtypes = INTEGERS
    pool_size: Triple = (2, 2, 2)
    strides: Triple | None = None

    def output(self, x: Shape) -> Shape:
        """As the other poolings; E107 in `float64`, which TensorFlow has no such pooling for."""
        check_pooled_dtype(self.compute_dtype)
        return super().output(x)


@op(
    Example({"pool_size": 2}, ((8, 3),)),
    Example({"pool_size": 3, "strides": 2, "padding": "same"}, ((8, 3),)),
)
class AveragePooling1D(_Pooling):
    """Takes the mean of windows over the steps."""

    spatial_rank = 1
    refused_dtypes = INTEGERS
    pool_size: One
    strides: One | None = None


@op(
    Example({"pool_size": 2}, ((8, 9, 3),)),
    Example({"pool_size": 3, "strides": 2, "padding": "same"}, ((8, 9, 3),)),
)
class AveragePooling2D(_Pooling):
    """Takes the mean of windows over height and width."""

    spatial_rank = 2
    refused_dtypes = INTEGERS
    pool_size: Pair
    strides: Pair | None = None


@op(
    Example({"pool_size": 2}, ((6, 6, 7, 3),)),
    Example({"pool_size": 3, "strides": 2, "padding": "same"}, ((6, 6, 7, 3),)),
)
class AveragePooling3D(_Pooling):
    """Takes the mean of windows over depth, height and width."""

    spatial_rank = 3
    refused_dtypes = INTEGERS
    pool_size: Triple
    strides: Triple | None = None


@op(Example({}, ((8, 3),)), Example({"data_format": "channels_first", "keepdims": True}, ((3, 8),)))
class GlobalMaxPooling1D(_GlobalPooling):
    """Takes the maximum over the steps."""

    spatial_rank = 1
    keeps_dtype = True


@op(Example({}, ((8, 9, 3),)), Example({"data_format": "channels_first", "keepdims": True}, ((3, 8, 9),)))
class GlobalMaxPooling2D(_GlobalPooling):
    """Takes the maximum over height and width."""

    spatial_rank = 2
    keeps_dtype = True


@op(
    Example({}, ((6, 6, 7, 3),)),
    Example({"data_format": "channels_first", "keepdims": True}, ((3, 6, 6, 7),)),
)
class GlobalMaxPooling3D(_GlobalPooling):
    """Takes the maximum over depth, height and width."""

    spatial_rank = 3
    keeps_dtype = True


@op(
    Example({}, ((8, 3),)),
    Example({"data_format": "channels_first", "keepdims": True}, ((3, 8),)),
    inputs="inputs mask!",
)
class GlobalAveragePooling1D(_GlobalPooling):
    """Takes the mean over the steps."""

    spatial_rank = 1
    uses_mask = True
    takes_mask = True

    def check_mask(self, name: str, mask: Shape, values: Inputs, operand: int) -> None:
        """Held with the masks that values bring; E210 for integers, of which Keras would make 64 bits."""
        if not is_float(values[0].dtype):
            raise wrong_dtype(values[0].dtype)

    def masks(self, inputs: Inputs, results: Inputs) -> Masks:
        """None is left; E205 for one that is not over the steps."""
        from specc.ops.masking import over_steps

        x = inputs[0].shape
        over_steps(inputs[0].mask, x.part(1) if self.channels_first else x)
        return ()


@op(Example({}, ((8, 9, 3),)), Example({"data_format": "channels_first", "keepdims": True}, ((3, 8, 9),)))
class GlobalAveragePooling2D(_GlobalPooling):
    """Takes the mean over height and width."""

    spatial_rank = 2


@op(
    Example({}, ((6, 6, 7, 3),)),
    Example({"data_format": "channels_first", "keepdims": True}, ((3, 6, 6, 7),)),
)
class GlobalAveragePooling3D(_GlobalPooling):
    """Takes the mean over depth, height and width."""

    spatial_rank = 3
