"""Normalization of each sample by its own statistics."""

from typing import Annotated, Any

from specc.ops.axis import axis_number, axis_numbers, known_size
from specc.ops.declare import Example, Shape, Weights, op
from specc.ops.kinds import AxisRef, AxisRefs, Flag, Kind, Number, checked
from specc.ops.misfit import Misfit, SetArgument
from specc.ops.norm import Affine, Along
from specc.ops.objects import Constraint, Initializer, Regularizer
from specc.ops.pointwise import NO_FLOATS, Pointwise
from specc.ops.wants import shown
from specc.shapes.dim import Size


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


@op(
    Example({}, ((4, 6),)),
    Example({"axis": [1, 2]}, ((4, 6),)),
    Example({"axis": -2, "center": False}, ((4, 6),)),
)
class LayerNormalization(Affine):
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
        if not self.after:
            return {}
        return self.affine(tuple(known_size(x, axis, "the normalization") for axis in axes))

    def flops(self, x: Shape, y: Shape) -> Size:
        """Per element 4 for mean and variance, 2 to normalize, and 1 each for `scale` and `center`."""
        return x.elements * (6 + self.after)


@op(
    Example({"groups": 2}, ((4, 6),)),
    Example({"groups": -1, "axis": 1}, ((4, 6),)),
    Example({"groups": 3, "scale": False, "center": False}, ((6,),)),
)
class GroupNormalization(Affine):
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
        return self.affine((known_size(x, axis_number(self.axis, x), "the normalization"),))

    def flops(self, x: Shape, y: Shape) -> Size:
        """Per element 4 for mean and variance, 2 to normalize, and 1 each for `scale` and `center`."""
        return x.elements * (6 + self.after)


@op(Example({}, ((4, 6),)), Example({"axis": [1, 2]}, ((4, 6),)))
class RMSNormalization(Along):
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
