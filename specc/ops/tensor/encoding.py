"""Normalizations with given scales, moments, encodings and losses."""

from collections.abc import Mapping
from typing import ClassVar

from specc.ops.arrays import Array, MaybeOperand, Operand, Value, array_shape
from specc.ops.axis import axis_number
from specc.ops.declare import Example, Inputs, Shapes
from specc.ops.function import (
    NO_FLOATS,
    SMALL,
    TRUTHS,
    DTypes,
    Function,
    behind_batch,
    function,
    same,
    without,
)
from specc.ops.kinds import AxisRef, AxisRefs, DType, Flag, Number, Positive
from specc.ops.misfit import Misfit, bad_argument, wrong_dtype, wrong_rank
from specc.ops.tensor.rules import Elementwise
from specc.shapes.axis import inferred
from specc.shapes.demand import alike
from specc.shapes.dim import Size
from specc.shapes.shape import Shape, nameless, sizes_text
from specc.shapes.tensor import Tensor

CLASS = inferred("class")


class Scaled(Elementwise):
    """A normalization whose scales are constants, one for each place along its axes."""

    scales: ClassVar[tuple[str, ...]]

    @property
    def ignores_leading(self) -> bool:
        return False

    def operand_dtypes(self, operands: Mapping[str, Tensor | Array]) -> dict[str, str]:
        """Scales are floats, whatever they scale."""
        return super().operand_dtypes(operands) | {n: "float32" for n in self.scales if n in operands}

    def check_scales(self, inputs: Inputs, sizes: tuple[Size, ...], numbers: bool = False) -> bool:
        """Whether there are scales, which are of these sizes, or `numbers` for all places.

        E203 for scales that are values, E205 for constants of other sizes.
        """
        operands = self.operands(inputs)
        for name in self.scales:
            scale = operands.get(name)
            if scale is None:
                continue
            if isinstance(scale, Tensor):
                message = f"scales all samples alike: give `{name}` as a constant"
                raise Misfit("E203", message, parameter=name)
            given = array_shape(scale)
            fits = len(given) == len(sizes) or (numbers and not given)
            if not fits or not all(map(alike, given, sizes)):
                wanted, shown = (sizes_text(nameless(s)) for s in (sizes, given))
                raise Misfit("E205", f"`{name}` has the sizes {shown}, and not {wanted}", parameter=name)
        return any(name in operands for name in self.scales)


@function(
    Example({"mean": [0.0, 1.0, 2.0], "variance": [1.0, 1.0, 2.0], "axis": -1}, ((4, 3),)),
    name="batch_normalization",
)
class BatchNormalization(Scaled):
    """Subtracts a mean and divides by the root of a variance, given for each place along an axis."""

    dtypes = DTypes(same, TRUTHS)
    scales = ("mean", "variance", "offset", "scale")

    x: Value
    mean: Operand
    variance: Operand
    axis: AxisRef
    offset: MaybeOperand = None
    scale: MaybeOperand = None
    epsilon: Number = 1e-3

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The same axes."""
        x = inputs[0].shape
        if self.offset is not None and self.scale is None:
            raise bad_argument("offset", "Keras takes `offset` beside a `scale` alone")
        self.check_scales(inputs, (x.sizes[axis_number(self.axis, x)],))
        return super().results(inputs)


@function(Example({}, ((4, 3),)), Example({"gamma": [1.0, 2.0, 3.0]}, ((4, 3),)), name="layer_normalization")
class LayerNormalization(Scaled):
    """Makes the mean of each sample along axes 0 and its variance 1."""

    scales = ("gamma", "beta")

    x: Value
    gamma: MaybeOperand = None
    beta: MaybeOperand = None
    axis: AxisRefs = -1
    epsilon: Number | None = None

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The same axes."""
        x = inputs[0].shape
        self.check_scales(inputs, tuple([x.sizes[i] for i in sorted(behind_batch(self.axis, x))]))
        return super().results(inputs)


@function(Example({}, ((4, 3),)), Example({"scale": [1.0, 2.0, 3.0]}, ((4, 3),)), name="rms_normalization")
class RmsNormalization(Scaled):
    """Divides by the root of the mean square along axes."""

    scales = ("scale",)

    x: Value
    scale: MaybeOperand = None
    axis: AxisRefs = -1
    epsilon: Number | None = None

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The same axes; E107 for a scale along other axes than the last ones."""
        x = inputs[0].shape
        along = sorted(behind_batch(self.axis, x))
        scaled = self.check_scales(inputs, tuple([x.sizes[i] for i in along]), numbers=True)
        if scaled and isinstance(self.scale, tuple) and along != [*range(x.rank - len(along), x.rank)]:
            raise bad_argument("scale", "Keras lays `scale` over the last axes, whatever `axis` says")
        return super().results(inputs)


@function(Example({"axes": (1,)}, ((4, 3),)))
class Moments(Function):
    """The mean and the variance along axes."""

    dtypes = DTypes(same, SMALL)
    least_results = 2

    x: Value
    axes: AxisRefs
    keepdims: Flag = False
    synchronized: Flag = False

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The axes gone, or, by `keepdims`, of size 1."""
        x = inputs[0]
        gone = behind_batch(self.axes, x.shape, "axes")
        made = Tensor(without(x.shape, gone, self.keepdims), self.checked_dtype(x.dtype))
        return (made, made)

    def cost(self, inputs: Shapes, outputs: Shapes) -> Size:
        """4 for each element: two sums, a difference and a square."""
        return 4 * inputs[0].elements


class Encoding(Function):
    """Integers as places among `num_classes`."""

    lacks = ("trainable",)

    def marked(self, x: Shape, axis: int | str, parameter: str) -> Shape:
        """`x` with an axis of classes at `axis`, as Keras counts it: behind all, or from the front."""
        at = x.rank if axis == -1 else axis_number(axis, x, parameter)
        if isinstance(axis, int) and axis < -1:
            raise bad_argument(parameter, f"`{parameter}` is -1 or counts from the front")
        size: int = self.num_classes  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]
        classes = Shape((size,), (CLASS,))  # pyright: ignore[reportUnknownArgumentType]
        return x.part(0, at).join(classes).join(x.part(at))


@function(Example({"num_classes": 3}, ((4,),), "int32"), name="one_hot")
class OneHot(Encoding):
    """1 at the place of each integer among `num_classes`, else 0."""

    x: Value
    num_classes: Positive
    axis: AxisRef = -1
    dtype: DType | None = None  # pyright: ignore[reportIncompatibleVariableOverride]
    sparse: Flag = False

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The axes, and one of classes."""
        x = inputs[0]
        if self.sparse:
            raise bad_argument("sparse", "values between layers are never sparse")
        self.checked_dtype(x.dtype)
        return (Tensor(self.marked(x.shape, self.axis, "axis"), self.dtype or "float32"),)


@function(Example({"num_classes": 3}, ((4,),), "int32"), name="multi_hot")
class MultiHot(Encoding):
    """1 at the places of all integers of the first axis among `num_classes`, else 0."""

    announces_dtype = False

    inputs: Value
    num_classes: Positive
    axis: AxisRef = -1
    dtype: DType | None = None  # pyright: ignore[reportIncompatibleVariableOverride]
    sparse: Flag = False

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """An axis of classes, and the first one gone; E200 where there is none."""
        x = inputs[0]
        if self.sparse:
            raise bad_argument("sparse", "values between layers are never sparse")
        if not x.shape.rank:
            raise wrong_rank("at least one axis", x.shape)
        self.checked_dtype(x.dtype)
        return (Tensor(self.marked(x.shape, self.axis, "axis").part(1), self.dtype or "float32"),)


class Loss(Function):
    """How far an output is from its target."""

    examples = (Example({}, ((4, 3), (4, 3))),)
    dtypes = DTypes(same, NO_FLOATS)

    target: Value
    output: Value
    from_logits: Flag = False

    def alike(self, inputs: Inputs) -> Shape:
        """The shape of both; E205 where they differ."""
        target, output = (tensor.shape for tensor in inputs)
        if target.rank != output.rank or not all(map(alike, target.sizes, output.sizes)):
            shown = f"{sizes_text(target)} and {sizes_text(output)}"
            fact = "Keras: Arguments `target` and `output` must have the same shape"
            raise Misfit("E205", f"takes a target and an output alike, not {shown}", operand=1, facts=(fact,))
        return output

    def cost(self, inputs: Shapes, outputs: Shapes) -> Size:
        """4 for each element: two logarithms, products and a sum."""
        return 4 * inputs[1].elements


def _same_dtype(inputs: Inputs) -> None:
    """Raises E210 where target and output are not of one dtype."""
    target, output = inputs
    if target.dtype != output.dtype:
        raise wrong_dtype(target.dtype, f"a target of {output.dtype}")


@function(*Loss.examples, name="binary_crossentropy")
class BinaryCrossentropy(Loss):
    """The crossentropy of each probability by itself."""

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The same axes."""
        shape = self.alike(inputs)
        dtype = self.checked_dtype(inputs[1].dtype, 1)
        _same_dtype(inputs)
        return (Tensor(shape, dtype),)


@function(*Loss.examples, name="categorical_crossentropy")
class CategoricalCrossentropy(Loss):
    """The crossentropy of probabilities along the last axis."""

    axis: AxisRef = -1

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The last axis gone."""
        shape = self.alike(inputs)
        at = axis_number(self.axis, shape)
        if at != shape.rank - 1:
            raise bad_argument("axis", "Keras announces the last axis as gone, whatever `axis` says")
        dtype = self.checked_dtype(inputs[1].dtype, 1)
        if not self.from_logits:
            _same_dtype(inputs)
        return (Tensor(shape.part(0, -1), dtype),)


@function(Example({}, ((4,), (4, 3))), name="sparse_categorical_crossentropy")
class SparseCategoricalCrossentropy(Loss):
    """The crossentropy of probabilities along the last axis; the target says which class."""

    axis: AxisRef = -1

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The axes of the target; E205 where they are not those of the output but the last."""
        target, output = (tensor.shape for tensor in inputs)
        at = axis_number(self.axis, output)
        left = without(output, (at,), False)
        if target.rank == output.rank and target.sizes[-1] == 1:
            target = target.part(0, -1)
        if target.rank != left.rank or not all(map(alike, target.sizes, left.sizes)):
            message = f"takes a target of {sizes_text(left)}, not {sizes_text(inputs[0].shape)}"
            fact = (
                "Keras: Arguments `target` and `output` must have the same shape up until the last dimension"
            )
            raise Misfit("E205", message, facts=(fact,))
        if at != output.rank - 1:
            raise bad_argument("axis", "Keras computes along the last axis alone, whatever `axis` says")
        return (Tensor(left, self.checked_dtype(inputs[1].dtype, 1)),)
