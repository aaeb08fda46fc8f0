"""Functions that choose elements: by index, by order, along diagonals."""

from specc.ops.arrays import Array, Operand, Value, array_dtype, array_shape, flat
from specc.ops.axis import axis_number, axis_numbers
from specc.ops.declare import Example, Inputs, Shape, Shapes
from specc.ops.function import (
    ANY_DTYPE,
    DTypes,
    Function,
    always,
    behind_batch,
    function,
    is_constant,
    rows,
    same,
)
from specc.ops.kinds import AxisRef, Integer, NonNegative
from specc.ops.misfit import Misfit, bad_argument, wrong_dtype, wrong_rank
from specc.ops.tensor.axes import Moving
from specc.ops.tensor.reduce import summed
from specc.ops.tensor.rules import Along, Elementwise
from specc.shapes.axis import NAMELESS
from specc.shapes.demand import agree, at_least
from specc.shapes.dim import Size, unknown
from specc.shapes.shape import nameless, sizes_text
from specc.shapes.tensor import Tensor


def _check_indices(dtype: str, operand: int = 0) -> None:
    """E210 for text; Keras casts any number to an index."""
    if dtype == "string":
        raise wrong_dtype(dtype, "numbers for the indices", operand=operand)


@function(
    Example({"indices": [0, 2], "axis": 1}, ((4, 3),)),
    Example({"indices": 1, "axis": -1}, ((4, 3),)),
    Example({"x": [[0.5, 1.0], [2.0, 3.0], [4.0, 5.0]], "axis": 0}, ((4,),), "int32"),
)
class Take(Function):
    """Takes the elements of these numbers along an axis: constant numbers of a value, or values' of a constant."""

    dtypes = ANY_DTYPE
    apart = ("x",)

    x: Operand
    indices: Operand
    axis: AxisRef | None = None

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The axis becomes those of the indices; E203 without an axis, E210 for indices that are no integers."""
        operands = self.operands(inputs)
        x, indices = operands["x"], operands["indices"]
        if isinstance(x, Tensor) and isinstance(indices, Tensor):
            message = "takes by numbers that differ from sample to sample, of the whole batch"
            facts = ("`ops.take_along_axis` takes of each sample by its own numbers",)
            raise Misfit("E203", message, parameter="indices", operand=1, facts=facts)
        if isinstance(x, Tensor):
            (at,) = behind_batch(self.axis, x.shape)
            assert is_constant(indices)
            self._check_constant(x.shape, at)
            chosen = nameless(array_shape(indices))  # pyright: ignore[reportArgumentType]
            return (
                Tensor(
                    x.shape.part(0, at).join(chosen).join(x.shape.part(at + 1)), self.checked_dtype(x.dtype)
                ),
            )
        return (self._looked_up(x, indices),)  # pyright: ignore[reportArgumentType]

    def _check_constant(self, x: Shape, at: int) -> None:
        """E107 for indices that are no integers, or beyond the axis."""
        size = x.sizes[at]
        for index in flat(self.indices):  # pyright: ignore[reportArgumentType]
            if isinstance(index, bool) or not isinstance(index, int):
                raise bad_argument("indices", f"an index is an integer, not {index}")
            if not at_least(size, -index if index < 0 else index + 1):
                raise bad_argument(
                    "indices", f"index {index} is beyond the {size} elements of axis {at + 1} of {x}"
                )

    def _looked_up(self, table: object, indices: Tensor) -> Tensor:
        """Elements of a constant, whose axes stand behind those of the indices."""
        sizes = array_shape(table)  # pyright: ignore[reportArgumentType]
        if not isinstance(self.axis, int) or self.axis % max(len(sizes), 1):
            raise Misfit("E203", "looks up along the first axis of a constant: `axis: 0`", parameter="axis")
        _check_indices(indices.dtype)
        return Tensor(indices.shape.join(nameless(sizes[1:])), array_dtype(table))  # pyright: ignore[reportArgumentType]


@function(Example({"axis": 1}, ((4, 3), (2, 3)), "int32"), name="take_along_axis")
class TakeAlongAxis(Function):
    """Takes elements along an axis, by the numbers that a value has in the same places."""

    dtypes = ANY_DTYPE

    x: Value
    indices: Value
    axis: AxisRef | None = None

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The sizes of `x`, but for the axis, which is that of the indices; E204 where others differ."""
        x, indices = inputs[0], inputs[1]
        (at,) = behind_batch(self.axis, x.shape)
        _check_indices(indices.dtype, 1)
        if indices.shape.rank != x.shape.rank:
            raise wrong_rank(f"indices of as many axes as {x.shape}", indices.shape, operand=1)
        sizes: list[Size] = []
        for i, (a, b) in enumerate(zip(x.shape.sizes, indices.shape.sizes, strict=True)):
            if i != at and 1 not in (a, b) and not agree(a, b):
                pair = f"{sizes_text(x.shape)} and {sizes_text(indices.shape)}"
                raise Misfit("E204", f"takes of {pair}, which differ outside the axis", operand=1, axis=i)
            sizes.append(b if i == at or a == 1 else a)
        return (Tensor(Shape(tuple(sizes), x.shape.axes), self.checked_dtype(x.dtype)),)


def _planes(x: Shape, *parameters: tuple[str, int | str]) -> tuple[int, ...]:
    """The positions of two axes; E203 where one is the batch or both are one."""
    found = tuple(axis_number(axis, x, name) for name, axis in parameters)
    if found[0] == found[1]:
        raise Misfit("E203", f"an axis of {x} is named twice", parameter=parameters[1][0])
    return found


def _diagonal_size(x: Shape, rows_at: int, columns_at: int, offset: int) -> Size:
    """How many elements a diagonal has; E206 where it lies beside the matrix."""
    height, width = x.sizes[rows_at] + min(offset, 0), x.sizes[columns_at] - max(offset, 0)
    if not at_least(height, 1) or not at_least(width, 1):
        message = f"diagonal {offset} lies beside the matrices of {sizes_text(x)}"
        raise Misfit("E206", message, parameter="offset")
    if isinstance(height, int) and isinstance(width, int):
        return min(height, width)
    return height if height == width else unknown()


@function(
    Example({"axis1": 1, "axis2": 2}, ((4, 3),)),
    Example({"offset": -1, "axis1": 1, "axis2": -1}, ((4, 5, 3),)),
)
class Diagonal(Moving):
    """The diagonal of the matrices of two axes, in a last axis."""

    dtypes = DTypes(same)

    offset: Integer = 0
    axis1: AxisRef = 0
    axis2: AxisRef = 1

    def output(self, x: Shape) -> Shape:
        """The other axes, then the diagonal; E203 where one axis is the batch."""
        a, b = _planes(x, ("axis1", self.axis1), ("axis2", self.axis2))
        rest = x.without((a, b))
        return rest.join(Shape((_diagonal_size(x, a, b, self.offset),), (NAMELESS,)))


@function(Example({"axis1": 1, "axis2": 2}, ((4, 3),)))
class Trace(Function):
    """The sum of the diagonal of the matrices of two axes."""

    dtypes = DTypes(summed)

    x: Value
    offset: Integer = 0
    axis1: AxisRef = 0
    axis2: AxisRef = 1

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The other axes; E203 where one axis is the batch."""
        x = inputs[0]
        a, b = _planes(x.shape, ("axis1", self.axis1), ("axis2", self.axis2))
        _diagonal_size(x.shape, a, b, self.offset)
        shape = x.shape.without((a, b))
        return (Tensor(shape, self.checked_dtype(x.dtype)),)

    def cost(self, inputs: Shapes, outputs: Shapes) -> Size:
        """1 for each element of the input."""
        return inputs[0].elements


class Triangle(Elementwise):
    """Keeps a triangle of the matrices of the last two axes, and makes the rest 0."""

    examples = (Example({}, ((4, 3),)), Example({"k": 1}, ((2, 4, 3),)))
    dtypes = DTypes(same)
    upper = False

    k: Integer = 0

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The same axes; E200 where the batch would be one of them, E107 for more diagonals than there are."""
        x = inputs[0].shape
        if x.rank < 2:
            raise wrong_rank("at least two axes", x)
        height, width = x.sizes[-2:]
        kept, size = (-self.k, height) if self.upper else (self.k, width)
        if not at_least(size, kept):
            raise bad_argument("k", f"diagonal {self.k} lies beside the matrices of {sizes_text(x)}")
        return super().results(inputs)


rows(Triangle, {"tril": "Makes 0 of what is above the diagonal of the last two axes."})
rows(Triangle, {"triu": "Makes 0 of what is below the diagonal of the last two axes."}, upper=True)


@function(Example({}, ((4, 3),)), Example({"axis": 1}, ((4, 3),)))
class Sort(Along):
    """Puts the elements along an axis in order."""

    dtypes = DTypes(same)


@function(Example({}, ((4, 3),)), Example({"axis": 1}, ((4, 3),)))
class ArgSort(Along):
    """The numbers of the elements along an axis, in order."""

    dtypes = DTypes(always("int32"))


def _check_sorted(name: str, value: Tensor | Array) -> None:
    if isinstance(value, Tensor):
        raise Misfit("E203", "searches one list for all samples: give it as a constant", parameter=name)
    if len(array_shape(value)) != 1:
        raise bad_argument(name, "is a list of numbers")


@function(Example({"bins": [0.0, 1.0, 2.0]}, ((4, 3),)))
class Digitize(Elementwise):
    """The number of the bin that each element is in."""

    dtypes = DTypes(always("int32"))

    bins: Operand

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The same axes; E203 where the bins are no constant."""
        _check_sorted("bins", self.operands(inputs)["bins"])
        return super().results(inputs)


@function(Example({}, ((4, 3),)), Example({"n": 2, "axis": 1}, ((4, 3),)))
class Diff(Function):
    """What each element along an axis is more than the one before, `n` times over."""

    dtypes = DTypes(same)

    a: Value
    n: NonNegative = 1
    axis: AxisRef = -1

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The axis shorter by `n`; E206 where nothing is left."""
        x = inputs[0]
        (at,) = axis_numbers(self.axis, x.shape)
        size = x.shape.sizes[at]
        if not at_least(size, self.n + 1):
            message = f"takes {self.n} elements off axis {at + 1} of {x.shape}, which has {size}"
            raise Misfit("E206", message, parameter="n", axis=at)
        return (Tensor(x.shape.resized(at, size - self.n), self.checked_dtype(x.dtype)),)

    def cost(self, inputs: Shapes, outputs: Shapes) -> Size:
        """1 for each element and round."""
        return outputs[0].elements * self.n
