"""Matrices along the last two axes of a sample: what of them only `keras.ops` itself has."""

from specc.ops.arrays import Value
from specc.ops.declare import Example, Inputs, Shapes
from specc.ops.function import NARROW, SMALL, DTypes, Function, floating, function, same
from specc.ops.misfit import Misfit, wrong_dtype, wrong_rank
from specc.ops.tensor.products import outer_sizes
from specc.shapes.axis import NAMELESS
from specc.shapes.demand import agree, alike
from specc.shapes.dim import Size
from specc.shapes.shape import Shape, sizes_text
from specc.shapes.tensor import Tensor


class Matrices(Function):
    """A function of the matrices along the last two axes."""

    dtypes = DTypes(same, NARROW)

    def cost(self, inputs: Shapes, outputs: Shapes) -> Size:
        """2 for each element and column, as an elimination has it."""
        return inputs[0].elements * (2 * inputs[0].sizes[-1])


def matrix(x: Shape, operand: int = 0) -> Shape:
    """`x`, which holds matrices; E200 where a sample has fewer than two axes."""
    if x.rank < 2:
        raise wrong_rank("a matrix for each sample, or several along its last two axes,", x, operand=operand)
    return x


def square(x: Shape, operand: int = 0) -> Shape:
    """`x`, which holds square matrices; E205 where they are not, or it cannot be known."""
    rows, columns = matrix(x, operand).sizes[-2:]
    if not alike(rows, columns):
        raise Misfit(
            "E205",
            f"takes square matrices, and those of {x} have {rows} rows and {columns} columns",
            operand=operand,
            facts=("Keras: Expected a square matrix.",),
        )
    return x


@function(Example({}, ((3, 3),)), Example({}, ((2, 3, 3),)))
class LogDet(Matrices):
    """The logarithm of the determinant of matrices that are positive definite."""

    x: Value

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """One number for each matrix."""
        x = inputs[0]
        return (Tensor(square(x.shape).part(0, -2), self.checked_dtype(x.dtype)),)


@function(Example({}, ((4, 3), (5, 3))), Example({}, ((2, 4, 3), (1, 5, 3))))
class CDist(Function):
    """The distance of each point of one list from each of another, in each sample."""

    dtypes = DTypes(floating, SMALL)

    x: Value
    y: Value

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The points of `x` by those of `y`; E205 where they do not lie in one space."""
        x, y = inputs
        a, b = matrix(x.shape), matrix(y.shape, 1)
        if a.rank != b.rank:
            raise wrong_rank(f"a value of as many axes as {a}", b, operand=1)
        pair = f"{sizes_text(a)} and {sizes_text(b)}"
        if not agree(a.sizes[-1], b.sizes[-1]):
            raise Misfit(
                "E205", f"measures from points of one space to those of another, of {pair}", operand=1
            )
        self.checked_dtype(y.dtype, 1)
        if x.dtype != y.dtype:
            raise wrong_dtype(y.dtype, f"two values of {x.dtype}", operand=1)
        points = b.axes[-2] if b.axes[-2] not in a.axes[:-1] else NAMELESS
        made = Shape((*outer_sizes(a, b, pair), a.sizes[-2], b.sizes[-2]), (*a.axes[:-1], points))
        return (Tensor(made, self.checked_dtype(x.dtype)),)

    def cost(self, inputs: Shapes, outputs: Shapes) -> Size:
        """3 for each pair of coordinates: a difference, a square and a sum."""
        return outputs[0].elements * (3 * inputs[0].sizes[-1])
