"""Functions that turn axes around, move elements along them, and make them longer."""

from typing import Any, Literal

from specc.ops.arrays import MaybeOperand, Value
from specc.ops.axis import axis_numbers
from specc.ops.declare import Example, Inputs, Shape, Shapes
from specc.ops.function import ANY_DTYPE, Function, behind_batch, function
from specc.ops.kinds import AxisRef, AxisRefs, Integer
from specc.ops.misfit import Misfit, bad_argument, wrong_rank
from specc.ops.tensor.axes import Moving
from specc.ops.tensor.rules import Elementwise
from specc.ops.tensor.sizes import Counts, Integers, Widths
from specc.shapes.demand import agree, at_least
from specc.shapes.dim import Size
from specc.shapes.shape import sizes_text
from specc.shapes.tensor import Tensor


class _Turning(Elementwise):
    dtypes = ANY_DTYPE

    @property
    def ignores_leading(self) -> bool:
        return False

    def cost(self, inputs: Shapes, outputs: Shapes) -> int:
        """Moving elements is nothing."""
        return 0


@function(Example({"axis": 1}, ((3, 4),)), Example({"axis": [1, 2]}, ((3, 4),)))
class Flip(_Turning):
    """Turns the elements along axes around."""

    axis: AxisRefs | None = None

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The same axes; E203 for all of them."""
        behind_batch(self.axis, inputs[0].shape)
        return super().results(inputs)


@function(Example({}, ((3, 4),)))
class FlipLR(_Turning):
    """Turns the elements along the first axis behind the batch around."""

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The same axes; E200 where there is none."""
        _need_axes(1, inputs[0].shape)
        return super().results(inputs)


@function(Example({"shift": 1, "axis": 1}, ((3, 4),)), Example({"shift": [1, -2], "axis": [1, 2]}, ((3, 4),)))
class Roll(_Turning):
    """Moves the elements along axes on, those at the end to the front."""

    shift: Integers
    axis: AxisRefs | None = None

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The same axes; E203 for all of them, E107 where there is not one shift for each."""
        axes = behind_batch(self.axis, inputs[0].shape)
        shifts = (self.shift,) if isinstance(self.shift, int) else self.shift
        if len(shifts) != len(axes):
            raise bad_argument("shift", f"needs a shift for each axis: {len(axes)}, not {len(shifts)}")
        return super().results(inputs)


@function(Example({"axes": [1, 2]}, ((3, 4),)), Example({"k": 3, "axes": [2, 1]}, ((3, 4, 2),)), name="rot90")
class Rotate(Function):
    """Turns the plane of two axes by `k` quarters, an odd number."""

    dtypes = ANY_DTYPE

    array: Value
    k: Integer = 1
    axes: AxisRefs = (0, 1)

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The two axes in each other's place; E203 where one is the batch."""
        x = inputs[0]
        axes = (self.axes,) if isinstance(self.axes, int | str) else self.axes
        if len(axes) != 2:
            raise bad_argument("axes", "needs two axes")
        if self.k % 2 == 0:
            # Keras announces the axes in each other's place, whatever it makes.
            raise bad_argument(
                "k", "turns by an odd number of quarters: half a turn is `ops.flip` over both axes"
            )
        a, b = axis_numbers(axes, x.shape, "axes")
        order = list(range(x.shape.rank))
        order[a], order[b] = b, a
        return (Tensor(x.shape.ordered(order), self.checked_dtype(x.dtype)),)


@function(
    Example({"repeats": 2, "axis": 1}, ((3, 4),)), Example({"repeats": [1, 0, 2], "axis": 1}, ((3, 4),))
)
class Repeat(Moving):
    """Repeats each element along an axis: all of them as often, or each by its own number."""

    repeats: Integers
    axis: AxisRef | None = None

    def output(self, x: Shape) -> Shape:
        """The axis as long as all repeats; E203 without an axis, E107 for a list that is not as long as it."""
        (at,) = behind_batch(self.axis, x)
        size = x.sizes[at]
        several = (self.repeats,) if isinstance(self.repeats, int) else self.repeats
        if min(several) < 0 or not any(several):
            raise bad_argument("repeats", "an element is repeated a positive number of times")
        if len(several) == 1:
            return x.resized(at, size * several[0])
        if not agree(size, len(several)):
            raise bad_argument(
                "repeats", f"{len(several)} numbers do not go with the {size} elements of the axis"
            )
        return x.resized(at, sum(several))


@function(Example({"repeats": [1, 2, 3]}, ((3, 4),)), Example({"repeats": 2}, ((3, 4),)))
class Tile(Moving):
    """Repeats the whole value along its last axes, as often as `repeats` says of each."""

    repeats: Counts

    def output(self, x: Shape) -> Shape:
        """The axes so many times as long; E203 where the batch would be repeated."""
        several = (self.repeats,) if isinstance(self.repeats, int) else self.repeats
        beyond = len(several) - x.rank
        if beyond > 1 or (beyond == 1 and several[0] != 1):
            message = f"`repeats` reaches beyond the axes of {x} to the batch, which is 1 time there"
            raise Misfit("E203", message, parameter="repeats")
        counts = (*[1] * -beyond, *several[max(beyond, 0) :])
        return Shape(tuple([size * n for size, n in zip(x.sizes, counts, strict=True)]), x.axes)


@function(
    Example({"pad_width": [[0, 0], [1, 2], [0, 0]]}, ((3, 4),)),
    Example({"pad_width": [[0, 0], [1, 2], [0, 1]], "mode": "reflect"}, ((3, 4),)),
    Example({"pad_width": [[0, 0], [1, 2]], "constant_values": 2}, ((4,),)),
)
class Pad(Moving):
    """Adds elements in front of and behind those of each axis; the batch, which counts, gets none."""

    pad_width: Widths
    mode: Literal["constant", "reflect", "symmetric"] = "constant"
    constant_values: MaybeOperand = None

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The axes made longer; E210 for text that numbers would stand beside."""
        self.operand_dtypes(self.operands(inputs))
        return super().results(inputs)

    def output(self, x: Shape) -> Shape:
        """Each axis as much longer; E203 where the batch would be, E206 where a mirror has too little to show."""
        sizes: list[Size] = []
        for i, (before, behind) in enumerate(self._pairs(x)):
            self._need(x, i, max(before, behind))
            sizes.append(x.sizes[i] + (before + behind))
        if self.mode != "constant" and "constant_values" in vars(self):
            raise bad_argument("constant_values", "goes with the mode `constant` alone")
        if isinstance(vars(self).get("constant_values"), tuple):
            raise bad_argument("constant_values", "is one number: TensorFlow pads with no others")
        return Shape(tuple(sizes), x.axes)

    def _pairs(self, x: Shape) -> list[tuple[int, int]]:
        """The widths for each axis of a sample."""
        given: Any = self.pad_width
        if isinstance(given, int) or isinstance(given[0], int) or len(given) == 1 or any(given[0]):
            shown = ", ".join(["[0, 0]", *["[1, 1]"] * x.rank])
            message = (
                f"`pad_width` counts the batch, which gets nothing: a pair for each axis, as `[{shown}]`"
            )
            raise Misfit("E203", message, parameter="pad_width")
        if len(given) != x.rank + 1:
            message = f"needs a pair for the batch and each axis of {x}, {x.rank + 1} in all"
            raise bad_argument("pad_width", message)
        return list(given[1:])

    def _need(self, x: Shape, axis: int, width: int) -> None:
        """E206 where a mirror is to show more elements than there are."""
        shows = {"reflect": 1, "symmetric": 0}.get(self.mode)
        size = x.sizes[axis]
        if shows is not None and not at_least(size, width + shows):
            raise Misfit(
                "E206",
                f"mirrors {width} elements of an axis of {sizes_text(x)} that has {size}",
                parameter="pad_width",
                axis=axis,
            )


def _need_axes(count: int, x: Shape) -> None:
    if x.rank < count:
        raise wrong_rank(f"at least {count} {'axis' if count == 1 else 'axes'}", x)
