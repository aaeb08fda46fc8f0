"""Layers that move the pixels of images about at random while training."""

from typing import Annotated, Literal

from specc.ops.axis import known_size
from specc.ops.declare import Example, op
from specc.ops.images import ONE_DRAW, FillMode, Image, Interpolation
from specc.ops.kinds import Integer, Kind, Number, Rate, checked
from specc.ops.misfit import Misfit, SetArgument, bad_argument
from specc.ops.ranges import Factor, SignedFactor, ValueRange, factor, number, one_or, several_json
from specc.ops.windows import DataFormat
from specc.shapes.demand import agree
from specc.shapes.shape import Shape

_IMAGE = ((6, 5, 3),)
_TURNED = ((3, 6, 5),)
_FILL = "a number, or a list of three"
Fill = Annotated[
    float | tuple[float, ...],
    Kind(
        _FILL,
        checked(one_or(3, number(_FILL), _FILL)),
        {"anyOf": [{"type": "number"}, several_json(3, {"type": "number"})]},
    ),
]
Zoom = Annotated[float | tuple[float, float], factor(-1, 1, is_open=True)]


@op(Example({}, _IMAGE), Example({"mode": "vertical", "data_format": "channels_first"}, _TURNED))
class RandomFlip(Image):
    """Mirrors some of the images while training."""

    mode: Literal["horizontal", "vertical", "horizontal_and_vertical"] = "horizontal_and_vertical"
    seed: Integer | None = None
    data_format: DataFormat | None = None


@op(Example({}, _IMAGE), Example({"factor": [0.5, 1], "scale": 0.5, "fill_mode": "wrap"}, ((6, 5, 1),)))
class RandomElasticTransform(Image):
    """Bends some of the images while training, all that it bends in a batch as much."""

    fold_differs = ONE_DRAW
    measured = "an elastic transformation"
    undrawn = ("float16",)

    factor: Factor = 1.0
    scale: Factor = 1.0
    interpolation: Interpolation = "bilinear"
    fill_mode: FillMode = "reflect"
    fill_value: Number = 0.0
    value_range: ValueRange = (0, 255)
    seed: Integer | None = None
    data_format: DataFormat | None = None

    def check(self, x: Shape) -> None:
        """E207 where the channels are unknown, too."""
        super().check(x)
        known_size(x, self.channel_axis, "an elastic transformation")


@op(Example({}, _IMAGE), Example({"scale": [0.1, 0.5], "fill_value": [1, 2, 3]}, _IMAGE))
class RandomErasing(Image):
    """Fills a box in some of the images while training, with noise where there is no `fill_value`."""

    measured = "a box to erase"
    undrawn = ("float16",)

    factor: Factor = 1.0
    scale: Factor = (0.02, 0.33)
    fill_value: Fill | None = None
    value_range: ValueRange = (0, 255)
    seed: Integer | None = None
    data_format: DataFormat | None = None

    def check(self, x: Shape) -> None:
        """E107 for a colour to fill with where the channels do not come last, E205 where there are not three."""
        super().check(x)
        if not isinstance(self.fill_value, tuple):
            return
        if self.channels_first:
            raise bad_argument(
                "fill_value",
                "Keras fills along the last axis, which is no colour under `channels_first`",
                SetArgument("fill_value", str(self.fill_value[0]), "fill with one number", "unsafe"),
            )
        if not agree(x.sizes[-1], 3):
            raise Misfit(
                "E205",
                f"`fill_value` has 3 numbers, which do not spread over the channels of {x}",
                parameter="fill_value",
                axis=-1,
            )


@op(Example({}, _IMAGE), Example({"scale": 0.3, "data_format": "channels_first"}, _TURNED))
class RandomPerspective(Image):
    """Looks at some of the images from aside while training."""

    measured = "a perspective"

    factor: Factor = 1.0
    scale: Rate = 1.0
    interpolation: Interpolation = "bilinear"
    fill_value: Number = 0.0
    seed: Integer | None = None
    data_format: DataFormat | None = None

    def check(self, x: Shape) -> None:
        """E206 for images of a single row or column, whose corners are not four."""
        super().check(x)
        if 1 in self.space(x):
            at = self.space(x).index(1) + self.channels_first
            raise Misfit(
                "E206",
                f"a perspective needs at least two rows and two columns, and {x} has one",
                axis=at,
                facts=("Keras: Input matrix is not invertible",),
            )


@op(Example({"factor": 0.2}, _IMAGE), Example({"factor": [0, 0.5], "data_format": "channels_first"}, _TURNED))
class RandomRotation(Image):
    """Turns images while training, by fractions of a full turn."""

    factor: SignedFactor
    fill_mode: FillMode = "reflect"
    interpolation: Interpolation = "bilinear"
    seed: Integer | None = None
    fill_value: Number = 0.0
    data_format: DataFormat | None = None


@op(Example({"x_factor": [0, 0.2]}, _IMAGE), Example({"y_factor": [0.1, 0.3]}, ((6, 5, 1),)))
class RandomShear(Image):
    """Slants images while training."""

    x_factor: Factor = 0.0
    y_factor: Factor = 0.0
    interpolation: Interpolation = "bilinear"
    fill_mode: FillMode = "reflect"
    fill_value: Number = 0.0
    data_format: DataFormat | None = None
    seed: Integer | None = None

    def check(self, x: Shape) -> None:
        """E107 for a single number, which Keras saves as a range that it does not load."""
        super().check(x)
        for name, value in (("x_factor", self.x_factor), ("y_factor", self.y_factor)):
            if value and not isinstance(value, tuple):
                raise bad_argument(
                    name,
                    f"Keras saves the single number {value} as a range from -{value}, which it cannot load",
                    SetArgument(name, f"[0, {value}]", "write the range: the sign is drawn for it", "unsafe"),
                )


@op(
    Example({"height_factor": 0.2, "width_factor": [-0.1, 0.3]}, _IMAGE),
    Example({"height_factor": 0, "width_factor": 1, "data_format": "channels_first"}, _TURNED),
)
class RandomTranslation(Image):
    """Shifts images while training, by fractions of their height and width."""

    height_factor: SignedFactor
    width_factor: SignedFactor
    fill_mode: FillMode = "reflect"
    interpolation: Interpolation = "bilinear"
    seed: Integer | None = None
    fill_value: Number = 0.0
    data_format: DataFormat | None = None


@op(
    Example({"height_factor": 0.2}, _IMAGE),
    Example({"height_factor": [-0.5, 0], "width_factor": 0.1, "data_format": "channels_first"}, _TURNED),
)
class RandomZoom(Image):
    """Enlarges images while training, or makes them smaller; without `width_factor`, their aspect stays."""

    height_factor: Zoom
    width_factor: Zoom | None = None
    fill_mode: FillMode = "reflect"
    interpolation: Interpolation = "bilinear"
    seed: Integer | None = None
    fill_value: Number = 0.0
    data_format: DataFormat | None = None
