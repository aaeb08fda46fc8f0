"""Layers that give images another size, and the one that bounds the number of boxes around things in them."""

from typing import Literal

from specc.ops.declare import Example, op
from specc.ops.flops import interpolation_flops
from specc.ops.images import ONE_DRAW, Image
from specc.ops.kinds import Flag, Integer, Number, Positive
from specc.ops.misfit import SetArgument, bad_argument
from specc.ops.resize import Resampling
from specc.ops.windows import DataFormat
from specc.shapes.dim import Size, unknown
from specc.shapes.shape import Shape


@op(
    Example({"height": 4, "width": 6}, ((7, 5, 3),)),
    Example(
        {"height": 4, "width": 6, "interpolation": "nearest", "data_format": "channels_first"}, ((3, 7, 5),)
    ),
    Example({"height": 4, "width": 6, "pad_to_aspect_ratio": True}, ((7, 5, 3),)),
)
class Resizing(Image):
    """Interpolates images to `height` and `width`, whatever their sizes were."""

    height: Positive
    width: Positive
    interpolation: Resampling = "bilinear"
    crop_to_aspect_ratio: Flag = False
    pad_to_aspect_ratio: Flag = False
    fill_mode: Literal["constant"] = "constant"
    fill_value: Number = 0.0
    antialias: Flag = False
    data_format: DataFormat | None = None

    def output(self, x: Shape) -> Shape:
        """`height` and `width` in space; E107 where images are to be cropped and padded."""
        if self.crop_to_aspect_ratio and self.pad_to_aspect_ratio:
            raise bad_argument(
                "pad_to_aspect_ratio",
                "images are cropped to the aspect ratio or padded to it, not both",
                SetArgument("crop_to_aspect_ratio", "false", "pad them", "unsafe"),
            )
        return self.with_space(x, (self.height, self.width))

    def flops(self, x: Shape, y: Shape) -> Size:
        """2 for each element that is interpolated from."""
        return y.elements * interpolation_flops(self.interpolation)


@op(
    Example({"height": 4, "width": 3}, ((7, 5, 3),)),
    Example({"height": 9, "width": 3, "data_format": "channels_first"}, ((3, 7, 5),)),
)
class CenterCrop(Image):
    """Cuts `height` and `width` out of the middle of images; smaller ones are first enlarged."""

    height: Positive
    width: Positive
    data_format: DataFormat | None = None

    def output(self, x: Shape) -> Shape:
        """`height` and `width` in space, also of images of unknown sizes."""
        return self.with_space(x, (self.height, self.width))

    def flops(self, x: Shape, y: Shape) -> Size:
        """None where images are cropped, 2 for each element interpolated from where they are too small."""
        sides = zip(self.space(x), (self.height, self.width), strict=True)
        smaller = any(isinstance(n, int) and n < m for n, m in sides)
        return y.elements * interpolation_flops("bilinear") if smaller else 0


@op(
    Example({"height": 4, "width": 3, "seed": 1}, ((7, 5, 3),)),
    Example({"height": 7, "width": 5, "data_format": "channels_first"}, ((3, 7, 5),)),
)
class RandomCrop(Image):
    """Cuts `height` and `width` out of images while training, at one place for all images of a batch.

    Otherwise Keras passes images on as they are. So a size that it changes is a number neither here nor there: a
    `CenterCrop` behind it makes it one.
    """

    fold_differs = ONE_DRAW
    measured = "a crop at random"
    height: Positive
    width: Positive
    seed: Integer | None = None
    data_format: DataFormat | None = None

    def output(self, x: Shape) -> Shape:
        """The same axes; sizes in space that are not those asked for become unknown."""
        self.check(x)
        asked = zip(self.space(x), (self.height, self.width), strict=True)
        return self.with_space(x, [n if n == m else unknown() for n, m in asked])


@op(Example({"max_number": 3}, ((7, 5, 3),)))
class MaxNumBoundingBoxes(Image):
    """Cuts or fills up the list of boxes around things in an image; the images themselves stay as they are."""

    max_number: Positive
    fill_value: Integer = -1
    data_format: DataFormat | None = None
