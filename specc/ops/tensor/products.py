"""Functions that multiply and sum: matrices, einsum equations, attention."""

from collections.abc import Callable
from typing import Annotated, Any, cast

from specc.ops.arrays import Array, Operand, array_shape
from specc.ops.axis import axis_number
from specc.ops.broadcast import broadcast_size
from specc.ops.declare import Example, Inputs, Shape, Shapes
from specc.ops.function import TEXT, DTypes, Function, function, same
from specc.ops.kinds import Kind, checked
from specc.ops.misfit import Misfit, bad_argument, wrong_rank
from specc.ops.wants import shown
from specc.shapes.axis import NAMELESS
from specc.shapes.demand import agree, alike
from specc.shapes.dim import Size, product
from specc.shapes.dtype import result_type
from specc.shapes.shape import nameless, sizes_text
from specc.shapes.tensor import Tensor


def _summed(
    a: Size, b: Size, pair: str, operand: int, are_equal: Callable[[Size, Size], bool] = agree
) -> None:
    if not are_equal(a, b):
        raise Misfit(
            "E205",
            f"sums over {a} elements of one and {b} of the other, of {pair}",
            operand=operand,
            facts=("Keras: Inputs have incompatible shapes",),
        )


def summed_dtype(dtype: str) -> str:
    """The dtype of sums of products: TensorFlow sums those of integers of 8 bits up in 32."""
    return "int32" if dtype == "int8" else dtype


class _Product(Function):
    dtypes = DTypes(same, TEXT)

    def cost(self, inputs: Shapes, outputs: Shapes) -> Size:
        """2 for each multiply-add."""
        return outputs[0].elements * (2 * inputs[0].sizes[-1])

    def made(self, inputs: Inputs) -> str:
        """The dtype of the result: the operands are brought to one."""
        dtypes = self.operand_dtypes(self.operands(inputs)).values()
        return summed_dtype(self.checked_dtype(result_type(*dtypes)))


def _shape(value: Tensor | Array) -> Shape:
    return value.shape if isinstance(value, Tensor) else nameless(array_shape(value))


@function(
    Example({}, ((4, 3), (3, 5))),
    Example({}, ((2, 4, 3), (2, 3, 5))),
    Example({"x2": [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]}, ((3,),)),
)
class MatMul(_Product):
    """Multiplies the matrices of the last two axes; a constant matrix multiplies the last axis."""

    x1: Operand
    x2: Operand

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The rows of the one and the columns of the other, behind the axes that both have."""
        operands = self.operands(inputs)
        x1, x2 = operands["x1"], operands["x2"]
        dtype = self.made(inputs)
        if isinstance(x1, Tensor) and isinstance(x2, Tensor):
            return (Tensor(_of_two(x1.shape, x2.shape), dtype),)
        a, b = _shape(x1), _shape(x2)
        pair = f"{sizes_text(a)} and {sizes_text(b)}"
        if isinstance(x2, Tensor):
            return (Tensor(_constant_first(a, b, pair), dtype),)
        return (Tensor(_constant_last(a, b, pair), dtype),)


def _of_two(a: Shape, b: Shape) -> Shape:
    """Two values: as many axes each, at least two; else the batch of one would be rows of a matrix."""
    for operand, x in enumerate((a, b)):
        if x.rank < 2:
            raise wrong_rank("values of at least two axes, or a constant matrix,", x, operand=operand)
    if a.rank != b.rank:
        raise wrong_rank(f"a value of as many axes as {a}", b, operand=1)
    pair = f"{sizes_text(a)} and {sizes_text(b)}"
    _summed(a.sizes[-1], b.sizes[-2], pair, 1)
    return Shape(
        (*outer_sizes(a, b, pair), a.sizes[-2], b.sizes[-1]),
        (*a.axes[:-1], b.axes[-1] if b.axes[-1] not in a.axes[:-1] else NAMELESS),
    )


def outer_sizes(a: Shape, b: Shape, pair: str) -> list[Size]:
    """The sizes of the axes in front of matrices, broadcast to each other; E205 where they do not agree."""
    outer: list[Size] = []
    for axis, (n, m) in enumerate(zip(a.sizes[:-2], b.sizes[:-2], strict=True)):
        size = broadcast_size(n, m)
        if size is None:
            raise Misfit("E205", f"takes the matrices of {pair}, which differ in front", operand=1, axis=axis)
        outer.append(size)
    return outer


def _need_an_axis(x: Shape) -> None:
    if not x.rank:
        raise wrong_rank("at least one axis", x)


def _constant_last(a: Shape, b: Shape, pair: str) -> Shape:
    _need_an_axis(a)
    if b.rank not in (1, 2):
        raise bad_argument("x2", "is a list of numbers, or a matrix of them")
    _summed(a.sizes[-1], b.sizes[0], pair, 0)
    return a.part(0, -1).join(nameless(b.sizes[1:]))


def _constant_first(a: Shape, b: Shape, pair: str) -> Shape:
    if b.rank < 2:
        raise wrong_rank("a value of at least two axes behind a constant", b)
    if a.rank not in (1, 2):
        raise bad_argument("x1", "is a list of numbers, or a matrix of them")
    _summed(a.sizes[-1], b.sizes[-2], pair, 0)
    return b.part(0, -2).join(nameless(a.sizes[:-1])).join(b.part(b.rank - 1))


class _WithConstant(_Product):
    """A product that has the batch for an axis of each value: of a value and a constant."""

    x1: Operand
    x2: Operand

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The other axes of the value, then those of the constant; E203 for two values."""
        operands = self.operands(inputs)
        value, constant = operands["x1"], operands["x2"]
        if not isinstance(value, Tensor) or isinstance(constant, Tensor):
            raise Misfit(
                "E203",
                "multiplies each sample with each other one where both are values: give `x2` as a constant",
                operand=len(inputs) - 1,
                facts=("`ops.matmul` and `ops.einsum` multiply sample by sample",),
            )
        b = nameless(array_shape(constant))
        left, right, rest = self.sums(value.shape, b)
        pair = f"{sizes_text(value.shape)} and {sizes_text(b)}"
        for i, j in zip(left, right, strict=True):
            _summed(value.shape.sizes[i], b.sizes[j], pair, 0)
        kept = value.shape.without(left)
        return (Tensor(kept.join(b.ordered(rest)), self.made(inputs)),)

    def sums(self, a: Shape, b: Shape) -> tuple[list[int], list[int], list[int]]:
        """The axes of the value and of the constant that are summed over, and the constant's others."""
        raise NotImplementedError

    def cost(self, inputs: Shapes, outputs: Shapes) -> Size:
        """2 for each multiply-add."""
        b = nameless(array_shape(vars(self)["x2"]))
        _, right, _ = self.sums(inputs[0], b)
        return outputs[0].elements * (2 * product(b.sizes[i] for i in right))


_MATRIX = {"x2": [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]}


@function(Example(_MATRIX, ((4, 3),)), Example({"x2": [1.0, 2.0, 3.0]}, ((4, 3),)))
class Dot(_WithConstant):
    """Sums over the last axis of a value and the last but one of a constant."""

    def sums(self, a: Shape, b: Shape) -> tuple[list[int], list[int], list[int]]:
        if not b.rank:
            return [], [], []
        _need_an_axis(a)
        if b.rank == 1:
            _summed(a.sizes[-1], b.sizes[0], f"{sizes_text(a)} and {sizes_text(b)}", 0, alike)
        at = max(b.rank - 2, 0)
        return [a.rank - 1], [at], [i for i in range(b.rank) if i != at]


@function(Example({"x2": [[1.0, 2.0, 3.0]] * 2}, ((4, 3),)))
class Inner(_WithConstant):
    """Sums over the last axes of a value and of a constant."""

    def sums(self, a: Shape, b: Shape) -> tuple[list[int], list[int], list[int]]:
        if not b.rank:
            return [], [], []
        _need_an_axis(a)
        return [a.rank - 1], [b.rank - 1], list(range(b.rank - 1))


def _pairs(value: Any) -> int | tuple[tuple[int, ...], tuple[int, ...]]:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    items: list[Any] = list(cast("list[Any]", value)) if isinstance(value, list | tuple) else []
    if len(items) != 2:
        raise ValueError(f"must be a number of axes, or two lists of axes, not `{shown(value)}`")
    both: list[tuple[int, ...]] = []
    for item in items:
        axes: list[Any] = list(cast("list[Any]", item)) if isinstance(item, list | tuple) else [item]
        if not all(isinstance(axis, int) and not isinstance(axis, bool) for axis in axes):
            raise ValueError("an axis is a number here")
        both.append(tuple(axes))
    return both[0], both[1]


AxisPairs = Annotated[
    int | tuple[tuple[int, ...], tuple[int, ...]],
    Kind(
        "a number of axes, or two lists of axes",
        checked(_pairs),
        {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "array", "minItems": 2, "maxItems": 2}]},
    ),
]


@function(Example({**_MATRIX, "axes": 1}, ((4, 3),)), Example({**_MATRIX, "axes": [[1], [0]]}, ((3, 4),)))
class TensorDot(_WithConstant):
    """Sums over several axes of a value and of a constant."""

    axes: AxisPairs = 2

    def sums(self, a: Shape, b: Shape) -> tuple[list[int], list[int], list[int]]:
        if isinstance(self.axes, int):
            if self.axes > min(a.rank, b.rank):
                raise bad_argument("axes", f"there are not {self.axes} axes to sum over")
            left, right = list(range(a.rank - self.axes, a.rank)), list(range(self.axes))
        else:
            if len(self.axes[0]) != len(self.axes[1]):
                raise bad_argument("axes", "needs as many axes of the one as of the other")
            left = [axis_number(axis, a, "axes") for axis in self.axes[0]]
            if any(not -b.rank <= axis < b.rank for axis in self.axes[1]):
                raise bad_argument("axes", f"the constant has {b.rank} axes")
            right = [axis % b.rank for axis in self.axes[1]]
        if len(set(left)) < len(left) or len(set(right)) < len(right):
            raise bad_argument("axes", "names an axis twice")
        return left, right, [i for i in range(b.rank) if i not in right]
