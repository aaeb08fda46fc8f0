"""Layers that change the colours of images, most of them at random while training."""

from typing import Annotated, Any

from specc.ops.declare import Example, op
from specc.ops.images import ONE_DRAW, Image
from specc.ops.kinds import Integer, Kind, Rate, Schema, checked
from specc.ops.misfit import SetArgument, bad_argument
from specc.ops.ranges import Factor, SignedFactor, ValueRange, factor, number, one_or, several_json
from specc.ops.windows import DataFormat
from specc.shapes.shape import Shape

_IMAGE = ((6, 5, 3),)
_TURNED = ((3, 6, 5),)


_ODD = "an odd positive integer or a list of 2"
_ODD_JSON: Schema = {"type": "integer", "minimum": 1, "not": {"multipleOf": 2}}


def _odd(value: Any) -> Any:
    size = number(_ODD, 1, integers=True)(value)
    if size % 2 == 0:
        raise ValueError(f"must be {_ODD}, not `{value}`")
    return size


OddPair = Annotated[
    int | tuple[int, int],
    Kind(_ODD, checked(one_or(2, _odd, _ODD)), {"anyOf": [_ODD_JSON, several_json(2, _ODD_JSON)]}),
]
Bits = Annotated[int | tuple[int, int], factor(1, 8, integers=True)]


def channels_last_only(layer: Image, why: str) -> None:
    """E107 under `channels_first` where Keras's layer takes other axes for space than it is told."""
    if layer.channels_first:
        raise bad_argument(
            "data_format",
            f"{why}, also under `channels_first`",
            SetArgument("data_format", "channels_last", "read the channels last", "unsafe"),
        )


@op(Example({"factor": 0.2}, _IMAGE), Example({"factor": [-0.1, 0.3], "value_range": [0, 1]}, _IMAGE))
class RandomBrightness(Image):
    """Adds to all pixels of an image while training: a fraction of the value range that is drawn for each image."""

    factor: SignedFactor
    value_range: ValueRange = (0, 255)
    seed: Integer | None = None
    data_format: DataFormat | None = None


@op(Example({"factor": 0.5}, _IMAGE), Example({"factor": 0.5, "data_format": "channels_first"}, _TURNED))
class RandomColorDegeneration(Image):
    """Mixes images with their grey versions while training."""

    colors = (3,)

    factor: SignedFactor
    value_range: ValueRange = (0, 255)
    data_format: DataFormat | None = None
    seed: Integer | None = None


@op(
    Example({"brightness_factor": 0.2, "contrast_factor": 0.5}, ((6, 5, 1),)),
    Example({"saturation_factor": 0.4, "hue_factor": [0.1, 0.2], "value_range": [0, 1]}, _IMAGE),
)
class RandomColorJitter(Image):
    """Changes brightness, contrast, saturation and hue while training, each as far as its factor is given."""

    value_range: ValueRange = (0, 255)
    brightness_factor: SignedFactor | None = None
    contrast_factor: Factor | None = None
    saturation_factor: SignedFactor | None = None
    hue_factor: Factor | None = None
    seed: Integer | None = None
    data_format: DataFormat | None = None

    def reads_colors(self) -> tuple[int, ...]:
        return () if self.saturation_factor is None and self.hue_factor is None else (3,)

    def output(self, x: Shape) -> Shape:
        """The same axes; E107 for what Keras does over other axes than those of space."""
        if any(f is not None for f in (self.contrast_factor, self.saturation_factor, self.hue_factor)):
            channels_last_only(self, "Keras changes contrast, saturation and hue with the channels last")
        return super().output(x)


@op(Example({"factor": 0.2}, _IMAGE), Example({"factor": 0.2, "data_format": "channels_first"}, _TURNED))
class RandomContrast(Image):
    """Moves the pixels of each channel away from their mean, or towards it, while training."""

    factor: Factor
    value_range: ValueRange = (0, 255)
    seed: Integer | None = None
    data_format: DataFormat | None = None


@op(Example({}, _IMAGE), Example({"factor": [0.5, 1], "kernel_size": [3, 5], "sigma": 0.5}, ((6, 5, 1),)))
class RandomGaussianBlur(Image):
    """Blurs some of the images while training, all that it blurs in a batch alike."""

    fold_differs = ONE_DRAW
    undrawn = ("float16",)

    factor: Factor = 1.0
    kernel_size: OddPair = 3
    sigma: Factor = 1.0
    value_range: ValueRange = (0, 255)
    data_format: DataFormat | None = None
    seed: Integer | None = None


@op(Example({}, _IMAGE), Example({"factor": 0.3, "data_format": "channels_first"}, ((1, 6, 5),)))
class RandomGrayscale(Image):
    """Makes some of the images grey while training, in as many channels as before."""

    colors = (1, 3)

    factor: Rate = 0.5
    data_format: DataFormat | None = None
    seed: Integer | None = None


@op(Example({"factor": 0.2}, _IMAGE), Example({"factor": 0.2, "data_format": "channels_first"}, _TURNED))
class RandomHue(Image):
    """Turns the hue of images while training."""

    colors = (3,)

    factor: Factor
    value_range: ValueRange = (0, 255)
    data_format: DataFormat | None = None
    seed: Integer | None = None


@op(Example({}, _IMAGE), Example({"factor": 0.5, "value_range": [0, 1]}, ((6, 5, 2),)))
class RandomInvert(Image):
    """Inverts the colours of some of the images while training."""

    factor: Factor = 1.0
    value_range: ValueRange = (0, 255)
    seed: Integer | None = None
    data_format: DataFormat | None = None


@op(Example({"factor": 3}, _IMAGE), Example({"factor": [2, 5], "value_range": [0, 1]}, ((6, 5, 1),)))
class RandomPosterization(Image):
    """Keeps `factor` bits of each colour while training, or a number of bits between two."""

    factor: Bits
    value_range: ValueRange = (0, 255)
    data_format: DataFormat | None = None
    seed: Integer | None = None


@op(Example({"factor": 0.4}, _IMAGE), Example({"factor": 0.4, "data_format": "channels_first"}, _TURNED))
class RandomSaturation(Image):
    """Makes colours paler or stronger while training."""

    colors = (3,)

    factor: SignedFactor
    value_range: ValueRange = (0, 255)
    data_format: DataFormat | None = None
    seed: Integer | None = None


@op(Example({"factor": 0.5}, _IMAGE), Example({"factor": 0.5, "data_format": "channels_first"}, _TURNED))
class RandomSharpness(Image):
    """Blurs images or sharpens them while training."""

    factor: Factor
    value_range: ValueRange = (0, 255)
    data_format: DataFormat | None = None
    seed: Integer | None = None


@op(Example({}, _IMAGE), Example({"addition_factor": 0.2, "threshold_factor": [0.1, 0.5]}, ((6, 5, 1),)))
class Solarization(Image):
    """Inverts the pixels above a threshold while training; both, and what is added before, are drawn for each image."""

    addition_factor: Factor = 0.0
    threshold_factor: Factor = 0.0
    value_range: ValueRange = (0, 255)
    seed: Integer | None = None
    data_format: DataFormat | None = None
