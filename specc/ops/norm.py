"""Normalization by the statistics of a batch or a sample."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, cast

from specc.ops.advice import is_features, last_axis_warning
from specc.ops.axis import axis_number, axis_numbers, known_size
from specc.ops.declare import Example, Inputs, Masks, Shape, Shapes, Weights, op
from specc.ops.kinds import TRAINING, AxisRef, AxisRefs, Flag, Kind, Number, checked
from specc.ops.misfit import InsertBefore, Misfit, Repair, SetArgument, bad_argument
from specc.ops.objects import Constraint, Initializer, Regularizer
from specc.ops.pointwise import NO_FLOATS, Pointwise
from specc.ops.wants import number, shown
from specc.shapes.axis import CHANNEL
from specc.shapes.dim import Size

_BOUND = number("a number of at least 0", at_least=0)


def _clipping(value: Any) -> dict[str, float]:
    if not isinstance(value, dict):
        raise ValueError("must be a mapping, as `{rmax: 3, rmin: 0.3, dmax: 5}`")
    found: dict[str, float] = {}
    for name, bound in cast(dict[Any, Any], value).items():
        if name not in ("rmax", "rmin", "dmax"):
            raise ValueError(f"has `rmax`, `rmin` and `dmax`, and no `{name}`")
        found[name] = _BOUND.accept(bound)
    if found.get("rmax", 0) < found.get("rmin", 0) and "rmax" in found:
        raise ValueError("`rmax` must not be less than `rmin`")
    return found


Clipping = Annotated[
    Mapping[str, float],
    Kind(
        "a mapping of `rmax`, `rmin` and `dmax` to numbers",
        checked(_clipping),
        {
            "type": "object",
            "additionalProperties": False,
            "properties": dict.fromkeys(("rmax", "rmin", "dmax"), _BOUND.json),
        },
    ),
]


def _groups(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or (value < 1 and value != -1):
        raise ValueError(f"must be a positive integer, or -1 for one group per channel, not `{shown(value)}`")
    return value


Groups = Annotated[
    int,
    Kind(
        "a positive integer, or -1",
        checked(_groups),
        {"anyOf": [{"type": "integer", "minimum": 1}, {"const": -1}]},
    ),
]


class _Along(Pointwise):
    """A normalization along `axis`, the last one by default."""

    def warnings(self: Any, inputs: Shapes, outputs: Shapes) -> Iterable[Misfit]:
        """W601 where an axis that the author did not name is given as no features."""
        if isinstance(self.axis, int):
            x = inputs[0]
            for warning in last_axis_warning(x, axis_number(self.axis, x), "axis"):
                if not any(map(is_features, x.axes)):
                    warning.repairs = (self._over_places(x),)
                yield warning

    def _over_places(self, x: Shape) -> Repair:
        """What to do with an axis of steps or places where all are such."""
        names = ", ".join(str(axis.name) for axis in x.axes)
        return SetArgument("axis", f"[{names}]", "work along all axes", "unsafe")


class _Affine(_Along):
    """A normalization that learns a scale (`gamma`) and an offset (`beta`)."""

    passes_mask = True

    @property
    def _after(self: Any) -> int:
        """The FLOPs for each element once it is normalized."""
        return int(self.scale) + int(self.center)

    def _affine(self: Any, sizes: tuple[int, ...]) -> Weights:
        weights: Weights = {"gamma": sizes} if self.scale else {}
        return weights | {"beta": sizes} if self.center else weights


@op(
    Example({}, ((4, 6),)),
    Example({"axis": 1, "scale": False}, ((4, 6),)),
    Example({"renorm": True, "renorm_clipping": {"rmax": 3, "dmax": 5}}, ((6,),)),
)
class BatchNormalization(_Affine):
    """Centres and scales each feature by the statistics of the batch, or by moving ones when not training."""

    fold_differs = (
        "batch statistics are taken over all steps together, and updated once",
        "batch statistics are taken at each step by itself, and updated at each",
    )
    call_options = TRAINING
    takes_mask = True
    non_trainable = frozenset(
        ("moving_mean", "moving_variance", "moving_stddev", "renorm_mean", "renorm_stddev")
    )

    def masks(self, inputs: Inputs, results: Inputs) -> Masks:
        """The input's, by which padding is left out of the statistics; E205 unless over all axes but the last."""
        mask, x = inputs[0].mask, inputs[0].shape
        if mask is not None and mask.rank != x.rank - 1:
            from specc.ops.masking import unfit

            raise unfit(mask, x, "The mask provided should be one dimension less than the inputs")
        return super().masks(inputs, results)

    axis: AxisRef = -1
    momentum: Number = 0.99
    epsilon: Number = 0.001
    center: Flag = True
    scale: Flag = True
    beta_initializer: Initializer | None = "zeros"
    gamma_initializer: Initializer | None = "ones"
    moving_mean_initializer: Initializer | None = "zeros"
    moving_variance_initializer: Initializer | None = "ones"
    beta_regularizer: Regularizer | None = None
    gamma_regularizer: Regularizer | None = None
    beta_constraint: Constraint | None = None
    gamma_constraint: Constraint | None = None
    renorm: Flag = False
    renorm_clipping: Clipping | None = None
    renorm_momentum: Number = 0.99
    synchronized: Flag = False

    @property
    def ignores_leading(self) -> bool:
        return self.axis == -1

    def _over_places(self, x: Shape) -> Repair:
        return InsertBefore(f"Reshape: {x.join(Shape((1,), (CHANNEL,)))}", "add a channel", "unsafe")

    def output(self, x: Shape) -> Shape:
        """The same axes; E203 where `axis` is none of them."""
        axis_number(self.axis, x)
        return x

    def weights(self, x: Shape) -> Weights:
        """`gamma`, `beta` and the moving statistics, all (features)."""
        size = (known_size(x, axis_number(self.axis, x), "the normalization"),)
        moving = ["moving_mean", "moving_variance"]
        if self.renorm:
            if self.moving_variance_initializer is None:
                raise bad_argument("moving_variance_initializer", "`renorm` starts from an initializer")
            moving += ["moving_stddev", "renorm_mean", "renorm_stddev"]
        return {**self._affine(size), **dict.fromkeys(moving, size)}

    def flops(self, x: Shape, y: Shape) -> Size:
        """2 for each element: when not training, all that is known of a feature is one factor and one offset."""
        return x.elements * 2


@op(
    Example({}, ((4, 6),)),
    Example({"axis": [1, 2]}, ((4, 6),)),
    Example({"axis": -2, "center": False}, ((4, 6),)),
)
class LayerNormalization(_Affine):
    """Centres and scales each sample along `axis`, one axis or several."""

    axis: AxisRefs = -1
    epsilon: Number = 0.001
    center: Flag = True
    scale: Flag = True
    beta_initializer: Initializer | None = "zeros"
    gamma_initializer: Initializer | None = "ones"
    beta_regularizer: Regularizer | None = None
    gamma_regularizer: Regularizer | None = None
    beta_constraint: Constraint | None = None
    gamma_constraint: Constraint | None = None

    @property
    def ignores_leading(self) -> bool:
        return self.axis == -1

    def output(self, x: Shape) -> Shape:
        """The same axes; E203 where one of `axis` is none of them."""
        axis_numbers(self.axis, x)
        return x

    def weights(self, x: Shape) -> Weights:
        """`gamma` and `beta`, with the sizes of the axes."""
        axes = sorted(axis_numbers(self.axis, x))
        if not self._after:
            return {}
        return self._affine(tuple(known_size(x, axis, "the normalization") for axis in axes))

    def flops(self, x: Shape, y: Shape) -> Size:
        """Per element 4 for mean and variance, 2 to normalize, and 1 each for `scale` and `center`."""
        return x.elements * (6 + self._after)


@op(
    Example({"groups": 2}, ((4, 6),)),
    Example({"groups": -1, "axis": 1}, ((4, 6),)),
    Example({"groups": 3, "scale": False, "center": False}, ((6,),)),
)
class GroupNormalization(_Affine):
    """Centres and scales each sample over each of `groups` groups of channels; -1: each channel is one."""

    groups: Groups = 32
    axis: AxisRef = -1
    epsilon: Number = 0.001
    center: Flag = True
    scale: Flag = True
    beta_initializer: Initializer | None = "zeros"
    gamma_initializer: Initializer | None = "ones"
    beta_regularizer: Regularizer | None = None
    gamma_regularizer: Regularizer | None = None
    beta_constraint: Constraint | None = None
    gamma_constraint: Constraint | None = None

    def output(self, x: Shape) -> Shape:
        """The same axes; E208 where the channels do not divide into the groups."""
        axis = axis_number(self.axis, x)
        channels = known_size(x, axis, "the division into groups")
        if self.groups > 0 and channels % self.groups:
            divisors = [n for n in range(min(channels, self.groups), 0, -1) if channels % n == 0]
            raise Misfit(
                "E208",
                f"{channels} channels do not divide into {self.groups} groups",
                parameter="groups",
                axis=axis,
                facts=(
                    "Keras: Number of groups must be a multiple of the number of channels"
                    if channels > self.groups
                    else "Keras: Number of groups cannot be more than the number of channels",
                ),
                repairs=(SetArgument("groups", str(divisors[0]), f"{divisors[0]} groups", "unsafe"),),
            )
        return x

    def weights(self, x: Shape) -> Weights:
        """`gamma` and `beta` (channels)."""
        return self._affine((known_size(x, axis_number(self.axis, x), "the normalization"),))

    def flops(self, x: Shape, y: Shape) -> Size:
        """Per element 4 for mean and variance, 2 to normalize, and 1 each for `scale` and `center`."""
        return x.elements * (6 + self._after)


@op(Example({}, ((4, 6),)), Example({"axis": [1, 2]}, ((4, 6),)))
class RMSNormalization(_Along):
    """Divides each sample by its root mean square along `axis`, one axis or several, and learns a scale."""

    keeps_dtype = True

    axis: AxisRefs = -1
    epsilon: Number = 1e-6

    @property
    def ignores_leading(self) -> bool:
        return self.axis == -1

    def _last(self, x: Shape) -> tuple[int, ...]:
        """The axes in the order in which Keras sorts their numbers; E203 unless they are the last ones."""
        several = (self.axis,) if isinstance(self.axis, int | str) else self.axis
        axis_numbers(several, x)
        order = sorted(axis if isinstance(axis, int) else axis_number(axis, x) + 1 for axis in several)
        axes = tuple(axis_number(axis, x) for axis in order)
        if axes != tuple(range(x.rank - len(axes), x.rank)):
            raise Misfit(
                "E203",
                f"Keras lays the scale over the last axes of {x}, whatever `axis` says",
                parameter="axis",
                repairs=(SetArgument("axis", "-1", "normalize along the last axis", "unsafe"),),
            )
        return axes

    def output(self, x: Shape) -> Shape:
        """The same axes; E203 where `axis` is none of them, or not the last."""
        self._last(x)
        return x

    def weights(self, x: Shape) -> Weights:
        """`scale`, with the sizes of the axes."""
        return {"scale": tuple(known_size(x, axis, "the scale") for axis in self._last(x))}

    def flops(self, x: Shape, y: Shape) -> Size:
        """Per element 2 for the mean of the squares, 1 to normalize and 1 to scale."""
        return x.elements * 4


@op(Example({}, ((4, 6),)), Example({"axis": [1, 2]}, ((4, 6),)))
class UnitNormalization(Pointwise):
    """Scales to length 1 (L2) along `axis`, one axis or several."""

    passes_mask = True
    refused_dtypes = NO_FLOATS

    axis: AxisRefs = -1

    def output(self, x: Shape) -> Shape:
        """The same axes; E203 where one of `axis` is none of them."""
        axis_numbers(self.axis, x)
        return x

    def flops(self, x: Shape, y: Shape) -> Size:
        """A square, a sum and a division for each element."""
        return x.elements * 3
