"""What disturbs values while training, and passes them on unchanged else: dropout and noise."""

from typing import Annotated, Any, cast

from specc.ops.declare import MASKS_DIFFER, Example, Shape, op
from specc.ops.kinds import TRAINING, Integer, Kind, NonNegativeNumber, Rate, checked
from specc.ops.misfit import Misfit, bad_argument
from specc.ops.pointwise import NO_FLOATS, TEXT, Pointwise
from specc.ops.wants import integer, optional, shown
from specc.ops.windows import DataFormat, Spatial
from specc.shapes.demand import agree
from specc.shapes.dim import Size, unknown

_NOISE_SIZE = optional(integer("a positive integer or null", at_least=1))


def _noise_shape(value: Any) -> tuple[int | None, ...]:
    if not isinstance(value, list | tuple):
        raise ValueError(f"must be a list of sizes, the batch's first, not `{shown(value)}`")
    return tuple(map(_NOISE_SIZE.accept, cast(list[Any], value)))


NoiseShape = Annotated[
    tuple[int | None, ...],
    Kind(
        "a list of sizes, the batch's first; null: that of the input",
        checked(_noise_shape),
        {"type": "array", "items": _NOISE_SIZE.json},
    ),
]

_NOISE_DIFFERS = "noise is drawn for all steps at once", "noise is drawn for each step by itself"


@op(
    Example({"rate": 0.25}, ((4, 6),)),
    Example({"rate": 0.5, "noise_shape": [None, 1, 6], "seed": 1}, ((4, 6),)),
)
class Dropout(Pointwise):
    """Sets a fraction `rate` of the elements to 0 while training, and scales up the others."""

    passes_mask = True
    fold_differs = MASKS_DIFFER
    call_options = TRAINING
    keeps_dtype = True

    rate: Rate
    noise_shape: NoiseShape | None = None
    seed: Integer | None = None

    @property
    def ignores_leading(self) -> bool:
        return self.noise_shape is None

    def refuses(self, dtype: str) -> bool:
        return dtype.startswith(NO_FLOATS if 0 < self.rate < 1 else TEXT)

    def output(self, x: Shape) -> Shape:
        """The same axes; E205 where `noise_shape` does not broadcast to them."""
        if self.noise_shape and 0 < self.rate < 1 and not _spreads(self.noise_shape, x):
            sizes = ", ".join(map(shown, self.noise_shape))
            raise Misfit(
                "E205",
                f"noise of sizes ({sizes}) does not spread over a batch of {x}",
                parameter="noise_shape",
            )
        return x


@op(
    Example({"rate": 0.25}, ((4, 6),)),
    Example({"rate": 0.5, "noise_shape": [None, 1, 6], "seed": 1}, ((4, 6),)),
)
class AlphaDropout(Dropout):
    """Sets a fraction `rate` of the elements to what SELU saturates at while training; keeps mean and variance."""

    def refuses(self, dtype: str) -> bool:
        return dtype.startswith(NO_FLOATS if self.rate else TEXT)

    def output(self, x: Shape) -> Shape:
        """The same axes; E107 for a rate of 1, E205 where `noise_shape` does not broadcast to them."""
        check_rate(self.rate)
        return super().output(x)


def check_rate(rate: float) -> None:
    """Raises E107 for a rate of 1, at which the noise has no bounds."""
    if rate == 1:
        raise bad_argument("rate", "a rate of 1 divides by zero: it must be less than 1")


def _spreads(noise: tuple[int | None, ...], x: Shape) -> bool:
    """Whether noise of these sizes broadcasts to a batch of any size; null: the input's size."""
    batch = unknown()
    whole: tuple[Size, ...] = (batch, *x.sizes)
    if len(noise) > len(whole):
        return False
    concrete = [whole[i] if n is None else n for i, n in enumerate(noise)]
    behind = whole[len(whole) - len(noise) :]
    return all(
        n == 1 or n is size or (batch not in (n, size) and agree(n, size))
        for n, size in zip(concrete, behind, strict=True)
    )


class _SpatialDropout(Spatial):
    passes_mask = True
    lacks = ("trainable",)
    fold_differs = MASKS_DIFFER
    call_options = TRAINING
    keeps_dtype = True
    rate: Rate

    def refuses(self, dtype: str) -> bool:
        return dtype.startswith(NO_FLOATS if 0 < self.rate < 1 else TEXT)

    def output(self, x: Shape) -> Shape:
        """The same axes."""
        return x


@op(Example({"rate": 0.25}, ((4, 6),)))
class SpatialDropout1D(_SpatialDropout):
    """Sets a fraction `rate` of the channels to 0 while training, in all steps alike."""

    spatial_rank = 1
    seed: Integer | None = None


@op(
    Example({"rate": 0.25}, ((4, 5, 6),)),
    Example({"rate": 0.25, "data_format": "channels_first"}, ((6, 4, 5),)),
)
class SpatialDropout2D(_SpatialDropout):
    """Sets a fraction `rate` of the channels to 0 while training, over height and width alike."""

    spatial_rank = 2
    data_format: DataFormat | None = None
    seed: Integer | None = None


@op(
    Example({"rate": 0.25}, ((3, 4, 5, 6),)),
    Example({"rate": 0.25, "data_format": "channels_first"}, ((6, 3, 4, 5),)),
)
class SpatialDropout3D(_SpatialDropout):
    """Sets a fraction `rate` of the channels to 0 while training, over depth, height and width alike."""

    spatial_rank = 3
    data_format: DataFormat | None = None
    seed: Integer | None = None


@op(Example({"stddev": 0.1}, ((4, 6),)))
class GaussianNoise(Pointwise):
    """Adds noise of standard deviation `stddev` while training."""

    passes_mask = True
    fold_differs = _NOISE_DIFFERS
    call_options = TRAINING
    keeps_dtype = True

    stddev: Rate
    seed: Integer | None = None

    @property
    def ignores_leading(self) -> bool:
        return True

    def refuses(self, dtype: str) -> bool:
        return dtype.startswith(NO_FLOATS if self.stddev else TEXT)


@op(Example({"rate": 0.1}, ((4, 6),)))
class GaussianDropout(Pointwise):
    """Multiplies by noise around 1 of variance `rate / (1 - rate)` while training."""

    passes_mask = True
    fold_differs = _NOISE_DIFFERS
    call_options = TRAINING
    keeps_dtype = True

    rate: Rate
    seed: Integer | None = None

    @property
    def ignores_leading(self) -> bool:
        return True

    def refuses(self, dtype: str) -> bool:
        return dtype.startswith(("int", "uint", *TEXT) if self.rate else TEXT)

    def output(self, x: Shape) -> Shape:
        """The same axes; E107 for a rate of 1, whose noise has no bounds."""
        check_rate(self.rate)
        return x


_UNSUMMED = ("bool", "int8", "int16", "uint8", "uint16")
"""The dtypes whose sums TensorFlow gives another dtype than theirs, or none."""


@op(Example({"l1": 0.01, "l2": 0.01}, ((4, 6),)))
class ActivityRegularization(Pointwise):
    """Adds to the loss what the values cost: `l1` times the sum of their sizes, `l2` times that of their squares."""

    passes_mask = True
    fold_differs = (
        "the penalty is summed over all steps at once",
        "the penalty is summed at each step by itself",
    )
    keeps_dtype = True

    l1: NonNegativeNumber | None = 0.0
    l2: NonNegativeNumber | None = 0.0

    def refuses(self, dtype: str) -> bool:
        return dtype.startswith((*_UNSUMMED, *TEXT) if self.l1 or self.l2 else TEXT)

    def flops(self, x: Shape, y: Shape) -> Size:
        """2 for each element and penalty."""
        return x.elements * 2 * (bool(self.l1) + bool(self.l2))
