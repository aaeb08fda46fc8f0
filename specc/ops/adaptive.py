"""Adaptive pooling: windows as wide as it takes to make a given number of results."""

from math import prod

from specc.ops.axis import known_size
from specc.ops.declare import Example, op
from specc.ops.kinds import One, Pair, Triple
from specc.ops.misfit import Repair, Replace, too_small
from specc.ops.pool import check_pooled_dtype
from specc.ops.windows import INTEGERS, SPACE, DataFormat, Sizes, Spatial
from specc.shapes.dim import Size
from specc.shapes.shape import Shape


def _widths(size: int, made: int) -> tuple[int, int]:
    """The widths of the windows that make `made` results of `size` elements: Keras pools with both, and picks."""
    width = -(-size // made)
    return width, width + 1


class _Adaptive(Spatial):
    output_size: Sizes
    data_format: DataFormat | None = None

    def known_space(self, x: Shape) -> list[int]:
        """The sizes of space, which the windows are made from; E207 where one is no number."""
        first = int(self.channels_first)
        return [known_size(x, first + i, "the width of the windows") for i in range(self.spatial_rank)]

    def output(self, x: Shape) -> Shape:
        """`output_size` in space; E206 where the wider of Keras's windows does not fit."""
        first = int(self.channels_first)
        for i, (size, made) in enumerate(zip(self.known_space(x), self.output_size, strict=True)):
            width = _widths(size, made)[1]
            if width > size:
                name = x.axes[first + i].name or SPACE[self.spatial_rank][i].name
                position = first + i
                raise too_small("output_size", width, size, name, *self._global(), position=position)
        return self.with_space(x, self.output_size)

    def _global(self) -> tuple[Repair, ...]:
        """The layer that pools all of space into one element."""
        if set(self.output_size) != {1}:
            return ()
        first = ", data_format: channels_first" if self.channels_first else ""
        name = self.name.replace("Adaptive", "Global")
        return (Replace(f"{name}: {{keepdims: true{first}}}", f"pool everything by `{name}`"),)

    def flops(self, x: Shape, y: Shape) -> Size:
        """1 for each element that a window reads: one axis after the other, every place, both widths."""
        space, reads = self.known_space(x), 0
        for axis, made in enumerate(self.output_size):
            size = space[axis]
            others = prod(space) // size
            reads += others * sum(max(size - width + 1, 0) * width for width in _widths(size, made))
            space[axis] = made
        return x.sizes[self.channel_axis] * reads


@op(
    Example({"output_size": 3}, ((8, 3),)),
    Example({"output_size": 9, "data_format": "channels_first"}, ((3, 8),)),
)
class AdaptiveAveragePooling1D(_Adaptive):
    """Takes the means of `output_size` windows that cover the steps."""

    spatial_rank = 1
    refused_dtypes = INTEGERS
    output_size: One


@op(
    Example({"output_size": [3, 2]}, ((8, 9, 3),)),
    Example({"output_size": 2, "data_format": "channels_first"}, ((3, 8, 9),)),
)
class AdaptiveAveragePooling2D(_Adaptive):
    """Takes the means of `output_size` windows that cover height and width."""

    spatial_rank = 2
    refused_dtypes = INTEGERS
    output_size: Pair


@op(
    Example({"output_size": 2}, ((6, 6, 7, 3),)),
    Example({"output_size": [3, 2, 2], "data_format": "channels_first"}, ((3, 6, 6, 7),)),
)
class AdaptiveAveragePooling3D(_Adaptive):
    """Takes the means of `output_size` windows that cover depth, height and width."""

    spatial_rank = 3
    refused_dtypes = INTEGERS
    output_size: Triple


_UNPOOLED = ("bool", "uint32", "uint64")
"""The dtypes that TensorFlow does not pool maxima of."""


@op(
    Example({"output_size": 3}, ((8, 3),)),
    Example({"output_size": 9, "data_format": "channels_first"}, ((3, 8),)),
)
class AdaptiveMaxPooling1D(_Adaptive):
    """Takes the maxima of `output_size` windows that cover the steps."""

    spatial_rank = 1
    keeps_dtype = True
    refused_dtypes = _UNPOOLED
    output_size: One


@op(
    Example({"output_size": [3, 2]}, ((8, 9, 3),)),
    Example({"output_size": 2, "data_format": "channels_first"}, ((3, 8, 9),)),
)
class AdaptiveMaxPooling2D(_Adaptive):
    """Takes the maxima of `output_size` windows that cover height and width."""

    spatial_rank = 2
    keeps_dtype = True
    refused_dtypes = _UNPOOLED
    output_size: Pair


@op(
    Example({"output_size": 2}, ((6, 6, 7, 3),)),
    Example({"output_size": [3, 2, 2], "data_format": "channels_first"}, ((3, 6, 6, 7),)),
)
class AdaptiveMaxPooling3D(_Adaptive):
    """Takes the maxima of `output_size` windows that cover depth, height and width."""

    spatial_rank = 3
    keeps_dtype = True
    refused_dtypes = INTEGERS
    output_size: Triple

    def output(self, x: Shape) -> Shape:
        """As the other poolings; E107 in `float64`, which TensorFlow has no such pooling for."""
        check_pooled_dtype(self.compute_dtype)
        return super().output(x)
