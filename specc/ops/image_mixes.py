"""Layers that mix images with others of the batch, or with other versions of themselves, while training."""

from specc.ops.declare import Example, op
from specc.ops.images import ONE_DRAW, Image, Interpolation
from specc.ops.kinds import Flag, Integer, NonNegative, PositiveNumber
from specc.ops.ranges import Factor, ValueRange
from specc.ops.windows import DataFormat

_IMAGE = ((6, 5, 3),)
_MIXED = "images are mixed with those of all steps", "images are mixed with those of the same step"


@op(
    Example({}, _IMAGE),
    Example({"num_chains": 1, "all_ops": False, "data_format": "channels_first"}, ((2, 6, 5),)),
)
class AugMix(Image):
    """Mixes images with what chains of augmentations make of them while training, the same chains for a batch."""

    colors = (1, 3)
    fold_differs = ONE_DRAW

    value_range: ValueRange = (0, 255)
    num_chains: NonNegative = 3
    chain_depth: NonNegative = 3
    factor: Factor = 0.3
    alpha: PositiveNumber = 1.0
    all_ops: Flag = True
    interpolation: Interpolation = "bilinear"
    seed: Integer | None = None
    data_format: DataFormat | None = None

    def reads_colors(self) -> tuple[int, ...]:
        return self.colors if self.all_ops else ()


@op(Example({}, _IMAGE), Example({"num_ops": 1, "factor": 0.2, "value_range": [0, 1]}, ((6, 5, 1),)))
class RandAugment(Image):
    """Puts `num_ops` augmentations after each other while training, the same ones for a batch."""

    colors = (1, 3)
    fold_differs = ONE_DRAW

    value_range: ValueRange = (0, 255)
    num_ops: NonNegative = 2
    factor: Factor = 0.5
    interpolation: Interpolation = "bilinear"
    seed: Integer | None = None
    data_format: DataFormat | None = None


@op(Example({}, _IMAGE), Example({"factor": [0.2, 0.8], "data_format": "channels_first"}, ((3, 6, 5),)))
class CutMix(Image):
    """Pastes boxes out of other images of the batch while training; of the labels, nothing is known here."""

    fold_differs = _MIXED
    measured = "a box to paste"
    undrawn = ("float16", "bfloat16")

    factor: Factor = 1.0
    seed: Integer | None = None
    data_format: DataFormat | None = None


@op(Example({}, _IMAGE), Example({"alpha": 1, "data_format": "channels_first"}, ((1, 6, 5),)))
class MixUp(Image):
    """Blends images with others of the batch while training; of the labels, nothing is known here."""

    fold_differs = _MIXED

    alpha: PositiveNumber = 0.2
    data_format: DataFormat | None = None
    seed: Integer | None = None
