"""Functions that join values, and that take one apart into several."""

from collections.abc import Iterable
from itertools import pairwise
from typing import ClassVar

from specc.ops.arrays import Value, Values
from specc.ops.axis import axis_number
from specc.ops.broadcast import check_names, stronger
from specc.ops.declare import Example, Inputs, Shape
from specc.ops.function import ANY_DTYPE, Function, behind_batch, function, rows
from specc.ops.kinds import AxisRef, Positive
from specc.ops.merge import joined
from specc.ops.misfit import Misfit, Replace, SetArgument, bad_argument, wrong_dtype, wrong_rank
from specc.ops.tensor.sizes import Counts
from specc.shapes.axis import NAMELESS
from specc.shapes.demand import agree, at_least, divisible
from specc.shapes.dim import Size
from specc.shapes.dtype import result_type
from specc.shapes.shape import sizes_text
from specc.shapes.tensor import Tensor


def common_dtype(inputs: Inputs) -> str:
    """The dtype that holds all values; E210 for text among numbers."""
    dtypes = {tensor.dtype for tensor in inputs}
    if "string" in dtypes and len(dtypes) > 1:
        operand = next(i for i, tensor in enumerate(inputs) if tensor.dtype == "string")
        raise wrong_dtype("string", "text alone, or numbers alone,", operand=operand)
    return dtypes.pop() if len(dtypes) == 1 else result_type(*dtypes)


class Joining(Function):
    """A function of a list of values, which stand side by side in the result."""

    examples = (Example({"axis": 1}, ((4, 3), (4, 3))), Example({"axis": -1}, ((4, 3), (4, 3), (4, 3))))
    dtypes = ANY_DTYPE


@function(Example({"axis": -1}, ((4, 3), (4, 5))), Example({"axis": 1}, ((2, 3), (1, 3))))
class Concatenate(Joining):
    """Joins values along one axis."""

    xs: Values
    axis: AxisRef = 0

    @property
    def ignores_leading(self) -> bool:
        return self.axis == -1

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The axis as long as all together; E203 where it is the batch, E204 where others differ."""
        return (Tensor(joined(inputs, self.axis), common_dtype(inputs)),)


@function(Example({"axis": 1}, ((4, 3), (4, 3))), Example({"axis": -1}, ((4,), (4,), (4,))))
class Stack(Joining):
    """Joins values along a new axis."""

    x: Values
    axis: AxisRef = 0

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """An axis of as many elements as there are values; E203 where it is the batch, E204 for unlike values."""
        first = inputs[0].shape
        at = axis_number(self.axis, first, new=1)
        axes = first.axes
        for operand in range(1, len(inputs)):
            x = inputs[operand].shape
            unlike = x.rank != first.rank or not all(map(agree, first.sizes, x.sizes))
            if unlike:
                raise Misfit(
                    "E204",
                    f"stacks values alike, and {sizes_text(x)} is not {sizes_text(first)}",
                    operand=operand,
                    facts=("Keras: all values must have the same shape",),
                )
            check_names(first, x, operand)
            axes = tuple(map(stronger, axes, x.axes))
        shape = Shape((*first.sizes[:at], len(inputs), *first.sizes[at:]), (*axes[:at], NAMELESS, *axes[at:]))
        return (Tensor(shape, common_dtype(inputs)),)


@function(Example({"axis": 1}, ((4, 3), (2, 3))), Example({"axis": -1}, ((4, 3), (4, 1))))
class Append(Function):
    """Joins two values along one axis."""

    dtypes = ANY_DTYPE

    x1: Value
    x2: Value
    axis: AxisRef | None = None

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The axis as long as both together; E203 without an axis, E204 where others differ, E207 for no numbers."""
        if self.axis is None:
            behind_batch(None, inputs[0].shape)
        made = joined(inputs, self.axis or 0)
        for operand, tensor in enumerate(inputs):
            axis = axis_number(self.axis or 0, tensor.shape)
            if not isinstance(tensor.shape.sizes[axis], int):
                message = (
                    f"cannot be built where {sizes_text(tensor.shape)} has no number along the joined axis"
                )
                text = f"ops.concatenate: {{axis: {self.axis}}}"
                fix = Replace(text, f"`{text}`")
                raise Misfit("E207", message, parameter="axis", operand=operand, axis=axis, repairs=(fix,))
        return (Tensor(made, common_dtype(inputs)),)


class StackAlong(Joining):
    """Joins values along an axis that always has the same number."""

    along: ClassVar[int] = 1

    xs: Values

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The axis as long as all together; E200 where it would be the batch."""
        least = 1
        for operand, tensor in enumerate(inputs):
            if tensor.shape.rank < least:
                raise wrong_rank("at least 1 axis", tensor.shape, operand=operand)
        padded = tuple(Tensor(_with_axes(t.shape, self.along), t.dtype) for t in inputs)
        return (Tensor(joined(padded, self.along), common_dtype(inputs)),)


def _with_axes(x: Shape, count: int) -> Shape:
    missing = max(0, count - x.rank)
    return x.join(Shape((1,) * missing, (NAMELESS,) * missing))


rows(
    StackAlong,
    {"hstack": "Joins values along the first axis behind the batch."},
    examples=(Example({}, ((4, 3), (2, 3))), Example({}, ((4,), (3,)))),
)
rows(
    StackAlong,
    {"dstack": "Joins values along the second axis behind the batch, which is new where there is one alone."},
    along=2,
    examples=(Example({}, ((4, 3), (4, 2))), Example({}, ((4,), (4,)))),
)


class Splitting(Function):
    """Takes a value apart along an axis: into so many parts, or at these places."""

    dtypes = ANY_DTYPE
    may_be_uneven: ClassVar[bool] = False

    x: Value
    indices_or_sections: Counts

    def position(self, x: Shape) -> int:
        """The axis along which the value is taken apart."""
        raise NotImplementedError

    def result_count(self) -> int:
        parts = vars(self).get("indices_or_sections", 1)
        return parts if isinstance(parts, int) else len(parts) + 1

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The parts, in order; E208 where they would not be alike, E107 for places that are not inside."""
        x = inputs[0]
        at = self.position(x.shape)
        dtype = self.checked_dtype(x.dtype)
        return tuple(Tensor(x.shape.resized(at, size), dtype) for size in self._sizes(x.shape, at))

    def _sizes(self, x: Shape, at: int) -> Iterable[Size]:
        size, parts = x.sizes[at], self.indices_or_sections
        if isinstance(parts, int):
            return self._alike(x, at, parts)
        if list(parts) != sorted(set(parts)) or not at_least(size, parts[-1] + 1):
            message = f"the places to split {sizes_text(x)} at must rise, and stand inside of axis {at + 1}"
            raise bad_argument("indices_or_sections", message)
        ends = [*parts, size]
        return [ends[0], *(b - a for a, b in pairwise(ends))]  # pyright: ignore[reportOperatorIssue]

    def _alike(self, x: Shape, at: int, parts: int) -> Iterable[Size]:
        size = x.sizes[at]
        if not self.may_be_uneven and not divisible(size, parts):
            whole = size if isinstance(size, int) else 1
            divisors = [n for n in range(min(parts, whole), 0, -1) if whole % n == 0]
            repair = SetArgument("indices_or_sections", str(divisors[0]), f"{divisors[0]} parts", "unsafe")
            raise Misfit(
                "E208",
                f"{size} elements of {sizes_text(x)} do not divide into {parts} parts",
                parameter="indices_or_sections",
                axis=at,
                repairs=(repair,),
            )
        if not at_least(size, parts):
            message = f"{size} elements of {sizes_text(x)} are too few for {parts} parts"
            raise Misfit("E208", message, parameter="indices_or_sections", axis=at)
        return [(size + (parts - 1 - i)) // parts for i in range(parts)]


class SplittingAlong(Splitting):
    """Takes a value apart along an axis that it is told."""

    axis: AxisRef = 0

    def position(self, x: Shape) -> int:
        return axis_number(self.axis, x)


_PARTS = (
    Example({"indices_or_sections": 2, "axis": 1}, ((4, 3),)),
    Example({"indices_or_sections": [1, 3], "axis": 1}, ((4, 3),)),
)
rows(
    SplittingAlong,
    {"split": "Takes a value apart along an axis, into parts alike or at places."},
    examples=_PARTS,
)


@function(Example({"indices_or_sections": 3, "axis": 1}, ((4, 3),)), name="array_split")
class ArraySplit(SplittingAlong):
    """Takes a value apart along an axis, into parts of which some may have one element more."""

    may_be_uneven = True

    indices_or_sections: Positive  # pyright: ignore[reportIncompatibleVariableOverride]


class SplittingAt(Splitting):
    """Takes a value apart along an axis that always has the same number."""

    along: ClassVar[int] = 1

    def position(self, x: Shape) -> int:
        if x.rank < self.along:
            raise wrong_rank(f"at least {self.along} {'axis' if self.along == 1 else 'axes'}", x)
        return self.along - 1


rows(
    SplittingAt,
    {"hsplit": "Takes a value apart along the first axis behind the batch."},
    examples=(Example({"indices_or_sections": 2}, ((4, 3),)),),
)
rows(
    SplittingAt,
    {"dsplit": "Takes a value apart along the second axis behind the batch."},
    along=2,
    examples=(Example({"indices_or_sections": [1]}, ((4, 3),)),),
)
