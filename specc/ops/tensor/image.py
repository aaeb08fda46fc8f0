"""Functions of images: colours, sizes, borders."""

from typing import Annotated, ClassVar

from specc.ops.arrays import Scalar, Value
from specc.ops.declare import Example, Inputs
from specc.ops.function import NO_FLOATS, TEXT, DTypes, Function, function, rows, same
from specc.ops.kinds import Flag, NonNegative, Pair, words
from specc.ops.misfit import Misfit, SetArgument, bad_argument, undefined_size, wrong_rank
from specc.ops.windows import DataFormat
from specc.shapes.demand import at_least
from specc.shapes.dim import Size
from specc.shapes.shape import Shape
from specc.shapes.tensor import Tensor

Interpolation = Annotated[str, words("bilinear", "nearest", "bicubic", "lanczos3", "lanczos5")]


class Imaging(Function):
    """A function of images, one for each sample: height, width and channels, or the channels first."""

    channels: ClassVar[tuple[int, ...] | None] = None
    """The numbers of channels that it takes, if not any."""

    @property
    def channel_axis(self) -> int:
        """Where the channels are."""
        return 0 if getattr(self, "data_format", None) == "channels_first" else 2

    @property
    def space(self) -> tuple[int, int]:
        """Where height and width are."""
        return (0, 1) if self.channel_axis else (1, 2)

    def image(self, inputs: Inputs) -> Shape:
        """The shape of an image; E200 where a sample is none, E206 for other channels."""
        x = inputs[0].shape
        if x.rank != 3:
            raise wrong_rank("images of three axes, one for each sample,", x)
        channels = x.sizes[self.channel_axis]
        if self.channels is not None and isinstance(channels, int) and channels not in self.channels:
            wanted = " or ".join(map(str, self.channels))
            message = f"takes {wanted} channels and is given {channels}"
            fact = "Keras: Invalid channel size: expected 3 (RGB)"
            raise Misfit("E206", message, axis=self.channel_axis, facts=(fact,))
        return x

    def resized(self, x: Shape, size: tuple[Size, Size]) -> Shape:
        """The same with another height and width."""
        sizes = list(x.sizes)
        for at, new in zip(self.space, size, strict=True):
            sizes[at] = new
        return Shape(tuple(sizes), x.axes)

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The same axes."""
        return (Tensor(self.image(inputs), self.checked_dtype(inputs[0].dtype)),)


class Colouring(Imaging):
    """A function of the channels of each place."""

    examples = (Example({}, ((4, 5, 3),)), Example({"data_format": "channels_first"}, ((3, 4, 5),)))

    images: Value
    data_format: DataFormat | None = None


rows(
    Colouring,
    {
        "image.hsv_to_rgb": "Hue, saturation and value as red, green and blue.",
        "image.rgb_to_hsv": "Red, green and blue as hue, saturation and value.",
    },
    channels=(3,),
    dtypes=DTypes(same, NO_FLOATS),
)


@function(*Colouring.examples, name="image.rgb_to_grayscale")
class Grayscale(Colouring):
    """Red, green and blue as one channel of brightness."""

    channels = (1, 3)

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """One channel."""
        x, at = self.image(inputs), self.channel_axis
        return (Tensor(x.resized(at, 1), self.checked_dtype(inputs[0].dtype)),)


@function(
    Example({"size": [6, 7]}, ((4, 5, 3),)),
    Example({"size": [2, 2], "interpolation": "nearest", "data_format": "channels_first"}, ((3, 4, 5),)),
    name="image.resize",
)
class Resize(Imaging):
    """Images of another height and width."""

    dtypes = DTypes(same, ("bool", "uint32", "uint64", "string"))

    images: Value
    size: Pair
    interpolation: Interpolation = "bilinear"
    antialias: Flag = False
    crop_to_aspect_ratio: Flag = False
    pad_to_aspect_ratio: Flag = False
    fill_mode: Annotated[str, words("constant")] = "constant"
    fill_value: Scalar = 0.0
    data_format: DataFormat | None = None

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The new height and width."""
        x = self.image(inputs)
        if self.crop_to_aspect_ratio and self.pad_to_aspect_ratio:
            told = SetArgument("pad_to_aspect_ratio", None, "crop alone", "unsafe")
            raise bad_argument("pad_to_aspect_ratio", "images are cropped or padded, not both", told)
        height, width = self.size
        return (Tensor(self.resized(x, (height, width)), self.checked_dtype(inputs[0].dtype)),)


class Bordering(Imaging):
    """Images with other borders: two of the borders at either end and the new size say the third."""

    word: ClassVar[str]
    sign: ClassVar[int]

    def border(self, x: Shape, at: int, ends: tuple[str, str], target: str) -> Size:
        """The new size of an axis; E107 where not two of three are given, or a border would be negative."""
        values: list[int | None] = [getattr(self, name) for name in (*ends, target)]
        if values.count(None) != 1:
            message = f"two of `{ends[0]}`, `{ends[1]}` and `{target}` say the third"
            raise bad_argument(target, message)
        first, last, wanted = values
        size = x.sizes[at]
        if wanted is None:
            if not isinstance(size, int) and self.sign < 0:
                raise undefined_size(x, at, f"without `{target}`, cropping")
            made = size + self.sign * ((first or 0) + (last or 0))
            if not at_least(made, 1):
                raise Misfit("E206", f"nothing is left of {size} elements", parameter=ends[0], axis=at)
            return made
        rest = self.sign * (wanted - size) - (first or last or 0)
        if not at_least(rest, 0):
            message = f"`{target}` of {wanted} leaves a border of {rest} beside {size} elements"
            raise bad_argument(target, message)
        return wanted

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The new height and width."""
        x = self.image(inputs)
        vertical, horizontal = self.space
        word = self.word
        height = self.border(x, vertical, (f"top_{word}", f"bottom_{word}"), "target_height")
        width = self.border(x, horizontal, (f"left_{word}", f"right_{word}"), "target_width")
        return (Tensor(self.resized(x, (height, width)), self.checked_dtype(inputs[0].dtype)),)


@function(
    Example(
        {"top_padding": 1, "bottom_padding": 2, "left_padding": 0, "target_width": 9},
        ((4, 5, 3),),
    ),
    name="image.pad_images",
)
class PadImages(Bordering):
    """Images with zeros around them."""

    dtypes = DTypes(same, TEXT)
    word = "padding"
    sign = 1

    images: Value
    top_padding: NonNegative | None = None
    left_padding: NonNegative | None = None
    bottom_padding: NonNegative | None = None
    right_padding: NonNegative | None = None
    target_height: NonNegative | None = None
    target_width: NonNegative | None = None
    data_format: DataFormat | None = None


@function(
    Example(
        {"top_cropping": 1, "bottom_cropping": 2, "left_cropping": 0, "target_width": 2},
        ((4, 5, 3),),
    ),
    name="image.crop_images",
)
class CropImages(Bordering):
    """Images without their borders."""

    dtypes = DTypes(same, ())
    word = "cropping"
    sign = -1

    images: Value
    top_cropping: NonNegative | None = None
    left_cropping: NonNegative | None = None
    bottom_cropping: NonNegative | None = None
    right_cropping: NonNegative | None = None
    target_height: NonNegative | None = None
    target_width: NonNegative | None = None
    data_format: DataFormat | None = None
