"""Linear algebra, of the matrices along the last two axes of each sample."""

from typing import Annotated, ClassVar

from specc.ops.arrays import Value
from specc.ops.axis import known_size
from specc.ops.declare import Example, Inputs
from specc.ops.function import NARROW, NO_BFLOATS, DTypes, always, function, rows, same
from specc.ops.kinds import Flag, Number, words
from specc.ops.misfit import Misfit, wrong_dtype, wrong_rank
from specc.ops.tensor.matrices import Matrices, matrix, square
from specc.shapes.demand import agree, alike
from specc.shapes.shape import Shape, nameless, sizes_text
from specc.shapes.tensor import Tensor

_SQUARE = (Example({}, ((3, 3),)), Example({}, ((2, 3, 3),)))
_HALF_TOO = DTypes(same, NO_BFLOATS)


class Square(Matrices):
    """A function of square matrices that makes a matrix of each."""

    examples = _SQUARE

    x: Value

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The same axes; E205 for matrices that are not square."""
        x = inputs[0]
        return (Tensor(square(x.shape), self.checked_dtype(x.dtype)),)


rows(Square, {"inv": "The inverse of each matrix."}, dtypes=_HALF_TOO)


@function(*_SQUARE)
class Det(Square):
    """The determinant of each matrix."""

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """One number for each matrix."""
        (made,) = super().results(inputs)
        return (Tensor(made.shape.part(0, -2), made.dtype),)


class Factor(Square):
    """A function of square matrices, or of one triangle of each."""

    examples = (Example({}, ((1, 1),)), Example({"upper": True}, ((2, 1, 1),)))

    upper: Flag = False


rows(
    Factor,
    {
        "cholesky": "The triangle that, times its own transpose, is the matrix, which is positive definite.",
        "cholesky_inverse": "The inverse of the matrix that a triangle makes, times its own transpose.",
    },
)


@function(*_SQUARE)
class EigH(Square):
    """The eigenvalues and eigenvectors of each matrix, of which the lower triangle alone is read."""

    least_results: ClassVar[int] = 2

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The values, and the vectors as columns."""
        (x,) = super().results(inputs)
        outer, n = x.shape.part(0, -2), x.shape.sizes[-1]
        values, vectors = outer.join(nameless((n,))), outer.join(nameless((n, n)))
        return (Tensor(values, x.dtype), Tensor(vectors, x.dtype))


def _counted(x: Shape) -> tuple[Shape, int, int]:
    """What is in front of matrices, their rows and columns; E207 where these are no numbers."""
    m, n = (known_size(matrix(x), axis, "the decomposition") for axis in (-2, -1))
    return x.part(0, -2), m, n


@function(Example({}, ((4, 3),)), Example({"mode": "complete"}, ((2, 3, 4),)))
class QR(Matrices):
    """Each matrix as the product of one whose columns are orthonormal and of a triangle."""

    dtypes = _HALF_TOO
    least_results: ClassVar[int] = 2

    x: Value
    mode: Annotated[str, words("reduced", "complete")] = "reduced"

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """Its rows by the rank that it may have (or by its rows), and that by its columns."""
        x = inputs[0]
        outer, m, n = _counted(x.shape)
        k = m if self.mode == "complete" else min(m, n)
        dtype = self.checked_dtype(x.dtype)
        return tuple([Tensor(outer.join(nameless(sizes)), dtype) for sizes in ((m, k), (k, n))])


@function(Example({}, ((4, 3),)), Example({"compute_uv": False}, ((2, 3, 4),)))
class SVD(Matrices):
    """Each matrix as a turn, a stretch along each axis, and another turn."""

    x: Value
    full_matrices: Flag = True
    compute_uv: Flag = True

    def result_count(self) -> int:
        return 3 if self.compute_uv else 1

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The left vectors as columns, the singular values, the right vectors as rows; or the values alone."""
        x = inputs[0]
        outer, m, n = _counted(x.shape)
        dtype, k = self.checked_dtype(x.dtype), min(m, n)
        left, right = (m, n) if self.full_matrices else (k, k)
        sizes = ((m, left), (k,), (right, n)) if self.compute_uv else ((k,),)
        return tuple([Tensor(outer.join(nameless(each)), dtype) for each in sizes])


@function(Example({}, ((4, 3),)), Example({"rcond": 0.1}, ((2, 3, 4),)))
class PInv(Matrices):
    """The pseudoinverse of each matrix."""

    x: Value
    rcond: Number | None = None

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """Rows and columns change places."""
        x = inputs[0]
        rank = matrix(x.shape).rank
        turned = x.shape.ordered([*range(rank - 2), rank - 1, rank - 2])
        return (Tensor(turned, self.checked_dtype(x.dtype)),)


@function(Example({}, ((4, 3),)), Example({"tol": 0.1}, ((2, 3, 4),)), name="matrix_rank")
class MatrixRank(Matrices):
    """The number of singular values of each matrix that are not nearly 0."""

    dtypes = DTypes(always("int32"), NARROW)

    x: Value
    tol: Number | None = None

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """One number for each matrix."""
        x = inputs[0]
        return (Tensor(matrix(x.shape).part(0, -2), self.checked_dtype(x.dtype)),)


@function(Example({}, ((3, 3), (3,))), Example({}, ((2, 3, 3), (2, 3, 4))))
class Solve(Matrices):
    """What each matrix `a` must be multiplied with to make `b`."""

    a: Value
    b: Value

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The axes of `b`; E200 for another rank than `a` asks for, E205 for other sizes, E210 for another dtype."""
        a, b = inputs
        n = square(a.shape).rank
        if b.shape.rank not in (n - 1, n):
            wanted = f"a list of numbers, or a matrix, for each matrix of {a.shape}"
            raise wrong_rank(wanted, b.shape, operand=1)
        *outer, rows = zip(a.shape.sizes[:-1], b.shape.sizes, strict=False)
        if not all(agree(*pair) for pair in outer) or not alike(*rows):
            shown = f"{sizes_text(a.shape)} and {sizes_text(b.shape)}"
            fact = "Keras: Incompatible shapes between `a` and `b`."
            raise Misfit(
                "E205", f"solves for a `b` of as many rows as `a`, not {shown}", operand=1, facts=(fact,)
            )
        dtype = self.checked_dtype(a.dtype)
        if a.dtype != b.dtype:
            raise wrong_dtype(b.dtype, f"a `b` of {a.dtype}", operand=1)
        return (Tensor(b.shape, dtype),)


@function(
    Example({}, ((3, 3), (3,))), Example({"lower": True}, ((2, 3, 3), (2, 3, 4))), name="solve_triangular"
)
class SolveTriangular(Solve):
    """What the triangle of each matrix `a` must be multiplied with to make `b`."""

    lower: Flag = False
