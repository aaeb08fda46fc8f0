"""specc's own ops that bring something along: positions, weight, embed, and lrn, which Keras has no layer for."""

from collections.abc import Iterable
from typing import Any, ClassVar

from specc.ops.advice import last_axis_warning
from specc.ops.axis import axis_number
from specc.ops.core import embedded
from specc.ops.declare import Example, Inputs, Masks, Op, Shape, Shapes, Unary, Weights, op
from specc.ops.entries import Sizes, shape_of
from specc.ops.files import found_in
from specc.ops.kinds import AxisRef, Flag, NonNegative, Number, Positive, Text
from specc.ops.misfit import Misfit, SetArgument, wrong_rank
from specc.ops.objects import Constraint, Initializer, Regularizer
from specc.ops.vectors import Vectors, read_vectors
from specc.shapes.axis import FEATURE
from specc.shapes.dim import Size
from specc.shapes.tensor import Tensor, is_float


@op(Example({"axis": 1}, ((5, 3),)), Example({"axis": 2}, ((5, 3),)), name="positions")
class Positions(Unary):
    """The indices 0, 1, … of an axis."""

    axis: AxisRef

    carries_mask = True

    def masks(self, inputs: Inputs, results: Inputs) -> Masks:
        """The input's, if it is over that axis alone."""
        mask, axis = inputs[0].mask, axis_number(self.axis, inputs[0].shape)
        return (mask,) if mask is not None and mask.rank == 1 and axis == 0 else ()

    def output(self, x: Shape) -> Shape:
        """That axis alone."""
        axis = axis_number(self.axis, x)
        return x.part(axis, axis + 1)

    def result_dtype(self, dtype: str) -> str:
        """Always int32."""
        return "int32"


@op(
    Example({"shape": [1, 3]}, ((5, 3),)),
    Example({"shape": [{"token": 1}, {"feature": 3}], "initializer": "ones"}, ((5, 3),)),
    name="weight",
)
class Weight(Op):
    """A learned array, the same for every sample; of the value that it reads it takes only the batch."""

    shape: Sizes
    initializer: Initializer | None = "zeros"
    regularizer: Regularizer | None = None
    constraint: Constraint | None = None

    reads_batch_alone = True

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The array for each sample, names given, in the compute dtype."""
        return (Tensor(shape_of(self.shape), self.compute_dtype),)

    def weights_for(self, shapes: Shapes) -> Weights:
        """The array."""
        return {"weight": tuple(entry.size for entry in self.shape if isinstance(entry.size, int))}


@op(
    Example({}, ((6, 5, 8),)), Example({"depth_radius": 2, "alpha": 1, "beta": 0.5}, ((6, 5, 4),)), name="lrn"
)
class LocalResponseNormalization(Unary):
    """Divides by `(bias + alpha * s) ** beta`, `s` the squares of `depth_radius` channels on either side."""

    passes_mask = True
    carries_mask = True

    depth_radius: NonNegative = 5
    bias: Number = 1.0
    alpha: Number = 1e-4
    beta: Number = 0.75

    def output(self, x: Shape) -> Shape:
        """The same axes; the last is the channel."""
        if x.rank == 0:
            raise wrong_rank("at least `(channel)`", x)
        return x

    def result_dtype(self, dtype: str) -> str:
        """Floats keep theirs; integers become floats."""
        return dtype if is_float(dtype) else self.compute_dtype

    def flops(self, x: Shape, y: Shape) -> Size:
        """7 for each element: square, running sum, its difference, scale, bias, power, division."""
        return x.elements * 7

    def warnings(self, inputs: Shapes, outputs: Shapes) -> Iterable[Misfit]:
        """W601 where the last axis is given as no channel."""
        return last_axis_warning(inputs[0])


@op(name="embed")
class Embed(Unary):
    """An `Embedding` that takes its sizes and weights from an .npy file of vectors.

    Unless the author says otherwise, row 0 is the padding (`mask_zero`) and the vectors stay as they are
    (`trainable: false`). `output_dim`, if given, is a promise that the file must keep.
    """

    vectors: Text
    output_dim: Positive | None = None
    mask_zero: Flag = True
    trainable: Flag = False

    file: ClassVar[Vectors | None] = None
    """What the header says; known once the op is `located`."""

    @property
    def arguments(self) -> dict[str, Any]:
        return {k: v for k, v in super().arguments.items() if k != "file"}

    def located(self, folder: str | None) -> Op:
        """The op with the sizes of its file in `folder`; E111, and E202 where `output_dim` is another."""
        found = found_in(folder, self.vectors, "vectors", read_vectors)
        if self.output_dim not in (None, found.width):
            raise Misfit(
                "E202",
                f"the vectors of `{self.vectors}` have {found.width} elements, not {self.output_dim}",
                parameter="output_dim",
                repairs=(SetArgument("output_dim", str(found.width), "as many as the file has"),),
            )
        made = object.__new__(type(self))
        made.__dict__.update(vars(self), file=found)
        return made

    @property
    def _found(self) -> Vectors:
        if self.file is None:
            raise RuntimeError("an `embed` is asked for its sizes before it is located")
        return self.file

    @property
    def makes_mask(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        return self.mask_zero

    def masks(self, inputs: Inputs, results: Inputs) -> Masks:
        """With `mask_zero`, one over the axes of the indices."""
        return (inputs[0].shape,) if self.mask_zero else ()

    def output(self, x: Shape) -> Shape:
        """An axis of features behind all others, as wide as the file's vectors."""
        return x.join(Shape((self._found.width,), (FEATURE,)))

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """Vectors in the compute dtype; E210 for text."""
        return embedded(self, inputs[0])

    def weights(self, x: Shape) -> Weights:
        """The file's matrix."""
        return {"embeddings": (self._found.rows, self._found.width)}
