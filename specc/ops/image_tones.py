"""Layers that spread the tones of images over the range of values."""

from typing import Annotated

from specc.ops.axis import known_size
from specc.ops.declare import Example, op
from specc.ops.image_colors import channels_last_only
from specc.ops.images import Image
from specc.ops.kinds import Kind, Number, Positive, checked
from specc.ops.misfit import Misfit, SetArgument
from specc.ops.ranges import ValueRange, number, several, several_json
from specc.ops.windows import DataFormat
from specc.shapes.dim import Size
from specc.shapes.shape import Shape

_TILES = "a list of two positive integers"
Tiles = Annotated[
    tuple[int, int],
    Kind(
        _TILES,
        checked(several(2, number(_TILES, 1, integers=True), _TILES)),
        several_json(2, {"type": "integer", "minimum": 1}),
    ),
]
"""The numbers of tiles in height and in width."""


@op(Example({}, ((6, 5, 3),)), Example({"value_range": [0, 1]}, ((6, 5, 1),), "uint8"))
class AutoContrast(Image):
    """Stretches each channel of an image over the range of values."""

    value_range: ValueRange = (0, 255)
    data_format: DataFormat | None = None

    def output(self, x: Shape) -> Shape:
        """The same axes; E107 where Keras stretches along others than those of space."""
        channels_last_only(self, "Keras stretches contrast along the first two axes")
        return super().output(x)

    def flops(self, x: Shape, y: Shape) -> Size:
        """6 for each element: two extremes, a multiplication, an addition and two bounds."""
        return x.elements * 6


@op(Example({}, ((6, 5, 3),), "float16"), Example({"bins": 8, "dtype": "bfloat16"}, ((6, 5, 1),)))
class Equalization(Image):
    """Spreads the pixels of each channel evenly over `bins` tones while training, all images of a batch together.

    Keras's layer hands its input on for its own result, which no functional model can hold: it is built in a
    `Pipeline` of one.
    """

    fold_differs = "tones are counted over all steps at once", "tones are counted at each step by itself"

    value_range: ValueRange = (0, 255)
    bins: Positive = 256
    data_format: DataFormat | None = None

    def check(self, x: Shape) -> None:
        """E207 where the number of channels, which are equalized one by one, is unknown."""
        known_size(x, self.channel_axis, "the equalization of each channel")


@op(
    Example({}, ((6, 5, 3),)),
    Example({"tile_grid_size": [2, 3], "clip_limit": 2, "data_format": "channels_first"}, ((1, 6, 5),)),
)
class ContrastLimitedAdaptiveHistogramEqualization(Image):
    """Spreads the tones of an image tile by tile, no tone by more than `clip_limit` allows."""

    measured = "the size of a tile"

    value_range: ValueRange = (0, 255)
    clip_limit: Number = 4.0
    tile_grid_size: Tiles = (8, 8)
    data_format: DataFormat | None = None

    def check(self, x: Shape) -> None:
        """E206 where there is too little of an image to be mirrored into the tiles that it does not fill."""
        super().check(x)
        sizes = [size for size in self.space(x) if isinstance(size, int)]
        for i, (size, tiles) in enumerate(zip(sizes, self.tile_grid_size, strict=True)):
            if -size % tiles > size:
                fewer = [min(pair) for pair in zip(sizes, self.tile_grid_size, strict=True)]
                raise Misfit(
                    "E206",
                    f"{tiles} tiles along {size} elements: more would be mirrored than there are",
                    parameter="tile_grid_size",
                    axis=i + self.channels_first,
                    repairs=(
                        SetArgument("tile_grid_size", str(fewer), "make a tile of each pixel", "unsafe"),
                    ),
                )

    def flops(self, x: Shape, y: Shape) -> Size:
        """12 for each element: it is counted, and a mix of what four tiles make of it."""
        return x.elements * 12
