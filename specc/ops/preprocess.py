"""Layers that prepare values for a network by numbers that are given or measured beforehand."""

from specc.ops.arrays import Numbers, array_shape, spreads
from specc.ops.axis import axis_numbers, known_size
from specc.ops.declare import Example, Shape, Weights, op
from specc.ops.kinds import AxisRefs, Flag
from specc.ops.misfit import Misfit, bad_argument
from specc.ops.pointwise import Pointwise
from specc.shapes.dim import Size


@op(
    Example({}, ((4, 6),)),
    Example({"axis": None, "mean": 3.0, "variance": 2.0}, ((4, 6),)),
    Example({"axis": [1, 2], "invert": True}, ((4, 6),)),
    Example({"mean": [1, 2, 3], "variance": [4, 5, 6]}, ((2, 3),)),
)
class Normalization(Pointwise):
    """Subtracts a mean and divides by a standard deviation: given ones, or those that `adapt` measures."""

    passes_mask = True
    non_trainable = frozenset(("mean", "variance", "count"))

    axis: AxisRefs | None = -1
    mean: Numbers | None = None
    variance: Numbers | None = None
    invert: Flag = False

    def _axes(self, x: Shape) -> list[int]:
        return [] if self.axis is None else sorted(axis_numbers(self.axis, x))

    def output(self, x: Shape) -> Shape:
        """The same axes; E107 where `mean` and `variance` do not go together, or with the kept axes."""
        kept = [known_size(x, axis, "the normalization") for axis in self._axes(x)]
        if self.mean is None or self.variance is None:
            for name, other in (("mean", "variance"), ("variance", "mean")):
                if getattr(self, name) is not None:
                    raise bad_argument(name, f"`{name}` goes with `{other}`, which is not given")
            return x
        sizes = array_shape(self.mean)
        if sizes != array_shape(self.variance):
            raise bad_argument("variance", "`mean` and `variance` must be equally long")
        behind = kept[len(kept) - len(sizes) :]
        if len(sizes) > len(kept) or any(n not in (1, size) for n, size in zip(sizes, behind, strict=True)):
            raise bad_argument(
                "mean", f"a mean of sizes {sizes} does not fit the axes that it is for, {kept}"
            )
        return x

    def weights(self, x: Shape) -> Weights:
        """`mean` and `variance` over the kept axes and `count`, unless they are given."""
        if self.mean is not None:
            return {}
        sizes = tuple(known_size(x, axis, "the normalization") for axis in self._axes(x))
        return {"mean": sizes, "variance": sizes, "count": ()}

    def flops(self, x: Shape, y: Shape) -> Size:
        """A subtraction and a division for each element."""
        return x.elements * 2


@op(
    Example({"scale": 0.5}, ((4, 6),)),
    Example({"scale": [1, 2, 3], "offset": [0.5, 0.5, 0.5]}, ((4, 3),), "int32"),
)
class Rescaling(Pointwise):
    """Computes `x * scale + offset`, and casts to floats."""

    passes_mask = True

    scale: Numbers
    offset: Numbers = 0.0

    def output(self, x: Shape) -> Shape:
        """The same axes; E205 where `scale` or `offset` does not broadcast to them."""
        for name in ("scale", "offset"):
            sizes = array_shape(getattr(self, name))
            if sizes and not spreads(sizes, x):
                raise Misfit(
                    "E205", f"`{name}` has sizes {sizes}, which do not spread over {x}", parameter=name
                )
        return x

    def flops(self, x: Shape, y: Shape) -> Size:
        """A multiplication and an addition for each element."""
        return x.elements * 2
