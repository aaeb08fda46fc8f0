"""Normalization by the statistics of a batch, and what all normalizations with weights share."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, cast

from specc.ops.advice import is_features, last_axis_warning
from specc.ops.axis import axis_number, known_size
from specc.ops.declare import Example, Inputs, Masks, Shape, Shapes, Weights, op
from specc.ops.kinds import TRAINING, AxisRef, Flag, Kind, Number, checked
from specc.ops.misfit import InsertBefore, Misfit, Repair, SetArgument, bad_argument
from specc.ops.objects import Constraint, Initializer, Regularizer
from specc.ops.pointwise import Pointwise
from specc.ops.wants import number
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


class Along(Pointwise):
    """A normalization along `axis`, the last one by default."""

    def warnings(self: Any, inputs: Shapes, outputs: Shapes) -> Iterable[Misfit]:
        """W601 where an axis that the author did not name is given as no features."""
        if isinstance(self.axis, int):
            x = inputs[0]
            for warning in last_axis_warning(x, axis_number(self.axis, x), "axis"):
                if not any(map(is_features, x.axes)):
                    warning.repairs = (self.over_places(x),)
                yield warning

    def over_places(self, x: Shape) -> Repair:
        """What to do with an axis of steps or places where all are such."""
        names = ", ".join(str(axis.name) for axis in x.axes)
        return SetArgument("axis", f"[{names}]", "work along all axes", "unsafe")


class Affine(Along):
    """A normalization that learns a scale (`gamma`) and an offset (`beta`)."""

    passes_mask = True

    @property
    def after(self: Any) -> int:
        """The FLOPs for each element once it is normalized."""
        return int(self.scale) + int(self.center)

    def affine(self: Any, sizes: tuple[int, ...]) -> Weights:
        """The scale and the offset, of these sizes, as far as they are asked for."""
        weights: Weights = {"gamma": sizes} if self.scale else {}
        return weights | {"beta": sizes} if self.center else weights


@op(
    Example({}, ((4, 6),)),
    Example({"axis": 1, "scale": False}, ((4, 6),)),
    Example({"renorm": True, "renorm_clipping": {"rmax": 3, "dmax": 5}}, ((6,),)),
    inputs="inputs mask!",
)
class BatchNormalization(Affine):
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

    def over_places(self, x: Shape) -> Repair:
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
        return {**self.affine(size), **dict.fromkeys(moving, size)}

    def flops(self, x: Shape, y: Shape) -> Size:
        """2 for each element: when not training, all that is known of a feature is one factor and one offset."""
        return x.elements * 2
