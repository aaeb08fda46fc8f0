"""The rules that many functions share: element by element, of several values, along axes."""

from collections.abc import Mapping
from typing import ClassVar

from specc.ops.arrays import Array, Operand, Value, array_shape
from specc.ops.axis import axis_number
from specc.ops.broadcast import broadcast
from specc.ops.declare import Example, Inputs, Masks, Shape, Shapes
from specc.ops.function import Function, behind_batch, without
from specc.ops.kinds import AxisRef, AxisRefs, Flag
from specc.ops.misfit import InsertBefore, Misfit
from specc.shapes.dim import Size
from specc.shapes.dtype import is_float, result_type
from specc.shapes.shape import nameless, sizes_text
from specc.shapes.tensor import Tensor


class Pointwise(Function):
    """A function of each element of its first value by itself."""

    examples = (Example({}, ((4, 3),)),)
    announces_mask = False
    unchanged: ClassVar[tuple[str, ...]] = ()
    """How the names of dtypes begin of which Keras gives back the very value: with its mask, once the model runs."""

    @property
    def ignores_leading(self) -> bool:
        return True

    def gives_back(self, dtype: str) -> bool:
        """Whether Keras's result is the very value that is given."""
        return dtype.startswith(self.unchanged)

    def masks(self, inputs: Inputs, results: Inputs) -> Masks:
        """The input's, if Keras gives that back."""
        return (inputs[0].mask,) if self.gives_back(inputs[0].dtype) else ()

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The same axes."""
        x = inputs[0]
        return (Tensor(x.shape, self.checked_dtype(x.dtype)),)

    def cost(self, inputs: Shapes, outputs: Shapes) -> Size:
        """1 for each element."""
        return outputs[0].elements


class Elementwise(Pointwise):
    """A function of each element of `x` by itself."""

    x: Value


class Broadcasting(Function):
    """A function of the elements of several values, which are broadcast to each other."""

    takes_numbers = True

    @property
    def ignores_leading(self) -> bool:
        return not any(isinstance(value, tuple) for value in vars(self).values())

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The shape that all come to; E205 where they do not agree, E210 where Keras takes no such dtype."""
        operands = self.operands(inputs)
        dtypes = self.operand_dtypes(operands)
        return (Tensor(merged_shape(operands, inputs), self.merged_dtype(dtypes)),)

    def merged_dtype(self, dtypes: Mapping[str, str]) -> str:
        """The dtype of the result: the operands are brought to one."""
        meeting = [dtype for name, dtype in dtypes.items() if name not in self.apart]
        return self.checked_dtype("string" if "string" in meeting else result_type(*meeting))

    def cost(self, inputs: Shapes, outputs: Shapes) -> Size:
        """1 for each element."""
        return outputs[0].elements


def merged_shape(operands: dict[str, Tensor | Array], inputs: Inputs) -> Shape:
    """The shape that operands are broadcast to: values have the same number of axes, constants no more."""
    shape = inputs[0].shape
    for number in range(1, len(inputs)):
        other = inputs[number].shape
        if other.rank != shape.rank:
            raise _unlike_ranks(shape, other, number)
        shape = broadcast(shape, other, number)
    for name, value in operands.items():
        if isinstance(value, tuple) and not isinstance(value, Tensor):
            shape = _with_constant(shape, array_shape(value), name)
    return shape


def _unlike_ranks(shape: Shape, other: Shape, number: int) -> Misfit:
    """E205: counted from the last axis, as Keras does, a batch would meet an axis of a sample."""
    shorter, longer = (shape, other) if shape.rank < other.rank else (other, shape)
    ones = longer.rank - shorter.rank
    sizes = ", ".join(["1"] * ones + [str(s) if isinstance(s, int) else "-1" for s in shorter.sizes])
    operand = number if shorter is other else 0
    repair = InsertBefore(f"Reshape: [{sizes}]", "add axes of size 1 in front", "unsafe", operand)
    return Misfit(
        "E205",
        f"the values {sizes_text(shape)} and {sizes_text(other)} have different numbers of axes, "
        "so that the batch of one would meet an axis of the other",
        operand=number,
        repairs=(repair,),
    )


def _with_constant(x: Shape, sizes: tuple[int, ...], name: str) -> Shape:
    """What `x` and a constant of these sizes come to, which may count the batch as an axis of 1."""
    if len(sizes) > x.rank + 1 or (len(sizes) == x.rank + 1 and sizes[0] != 1):
        shown = sizes_text(nameless(sizes))
        raise Misfit("E205", f"the constant {shown} reaches beyond {x} into the batch", parameter=name)
    sizes = sizes[len(sizes) - x.rank :] if len(sizes) > x.rank else sizes
    try:
        return broadcast(x, nameless(sizes), 0)
    except Misfit as misfit:
        misfit.parameter, misfit.axis = name, None
        raise


class Binary(Broadcasting):
    """A function of the elements of two values."""

    examples = (Example({}, ((4, 3), (4, 3))), Example({"x2": 2.0}, ((4, 3),)))

    x1: Operand
    x2: Operand


class Reducing(Function):
    """Makes one element of all those along axes."""

    examples = (Example({"axis": 1}, ((4, 3),)), Example({"axis": (1, -1), "keepdims": True}, ((4, 3),)))

    x: Value
    axis: AxisRefs | None = None
    keepdims: Flag = False

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The axes gone, or, by `keepdims`, of size 1."""
        x = inputs[0]
        gone = behind_batch(self.axis, x.shape)
        return (Tensor(without(x.shape, gone, self.keepdims), self.checked_dtype(x.dtype)),)

    def cost(self, inputs: Shapes, outputs: Shapes) -> Size:
        """1 for each element of the input."""
        return inputs[0].elements


class Along(Elementwise):
    """A function that keeps the shape and works along one axis."""

    axis: AxisRef = -1

    @property
    def ignores_leading(self) -> bool:
        return self.axis == -1

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The same axes; E203 where there is none of that number."""
        axis_number(self.axis, inputs[0].shape)
        return super().results(inputs)


def wide_float(dtype: str) -> str:
    """Floats as they are, 64 bits for integers of 64 bits, else 32."""
    return dtype if is_float(dtype) else "float64" if dtype == "int64" else "float32"
