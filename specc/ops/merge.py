"""The layers that make one value of several."""

from specc.ops.advice import evened
from specc.ops.axis import axis_number
from specc.ops.broadcast import broadcast, check_names, distinct, same_name, stronger, surer
from specc.ops.declare import Example, Inputs, Masks, Op, Shape, Shapes, op
from specc.ops.kinds import AxisRef, AxisRefs, Flag
from specc.ops.misfit import Misfit, bad_argument, wrong_dtype, wrong_rank
from specc.shapes.axis import FEATURE, NAMELESS, Axis, inferred
from specc.shapes.demand import agree, alike
from specc.shapes.dim import Size
from specc.shapes.dtype import result_type
from specc.shapes.shape import sizes_text
from specc.shapes.tensor import Tensor, is_float


def together(inputs: Inputs, compute: str) -> str:
    """The dtype of a merged value: floats are cast to the compute dtype, and win over integers; E210 with text."""
    dtypes = {compute if is_float(tensor.dtype) else tensor.dtype for tensor in inputs}
    if len(dtypes) == 1:
        return dtypes.pop()
    if "string" in dtypes:
        operand = next(i for i, tensor in enumerate(inputs) if tensor.dtype == "string")
        raise wrong_dtype("string", "text alone, or numbers alone,", operand=operand)
    return compute if compute in dtypes else result_type(*dtypes)


def need_two(inputs: Inputs, name: str) -> None:
    """Raises E303 unless there are exactly two inputs."""
    if len(inputs) != 2:
        raise Misfit("E303", f"`{name}` takes exactly 2 inputs and is given {len(inputs)}")


class Merge(Op):
    """An operation on elements of several values, broadcast to each other."""

    flops_last = 0
    """FLOPs for each element of the result once the inputs are joined, 1 for each input behind the first."""

    @property
    def ignores_leading(self) -> bool:
        return True

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The shape that all inputs broadcast to; E210 where the first two hold truth values."""
        shape = inputs[0].shape
        if len(inputs) > 1 and inputs[0].dtype == inputs[1].dtype == "bool":
            raise wrong_dtype("bool", "numbers")
        for operand in range(1, len(inputs)):
            shape = broadcast(shape, inputs[operand].shape, operand)
        return (Tensor(shape, self.merged_dtype(inputs)),)

    def masks(self, inputs: Inputs, results: Inputs) -> Masks:
        """One that holds where any of the inputs' does; none unless each of them has one."""
        from specc.ops.masking import either

        return (either(inputs),)

    def merged_dtype(self, inputs: Inputs) -> str:
        """The dtype of the result: integers stay integers where all inputs are."""
        return together(inputs, self.compute_dtype)

    def cost(self, inputs: Shapes, outputs: Shapes) -> Size:
        """1 for each element of the result and each input behind the first, and `flops_last`."""
        return outputs[0].elements * (len(inputs) - 1 + self.flops_last)


_ALIKE = (Example({}, ((4, 3), (4, 3))), Example({}, ((4, 3), (1, 3), (3,))))


@op(*_ALIKE, inputs="inputs+", takes_list=True)
class Add(Merge):
    """The sum, element by element."""


@op(_ALIKE[0], inputs="inputs+", takes_list=True)
class Subtract(Merge):
    """The first input less the second."""

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        need_two(inputs, self.name)
        return super().results(inputs)


@op(*_ALIKE, inputs="inputs+", takes_list=True)
class Multiply(Merge):
    """The product, element by element."""


@op(*_ALIKE, inputs="inputs+", takes_list=True)
class Average(Merge):
    """The mean, element by element: sums, and a division for each element."""

    flops_last = 1

    def merged_dtype(self, inputs: Inputs) -> str:
        """Floats, for integers as well: of 64 bits for those of 32 and more; E210 for truth values."""
        dtype = super().merged_dtype(inputs)
        if dtype == "bool":
            raise wrong_dtype(dtype, "numbers")
        if is_float(dtype):
            return dtype
        return "float64" if dtype.endswith(("32", "64")) else "float32"


@op(*_ALIKE, inputs="inputs+", takes_list=True)
class Maximum(Merge):
    """The largest, element by element."""


@op(*_ALIKE, inputs="inputs+", takes_list=True)
class Minimum(Merge):
    """The smallest, element by element."""


@op(
    Example({}, ((4, 3), (4, 5))),
    Example({"axis": 1}, ((4, 3), (2, 3), (1, 3))),
    inputs="inputs+",
    takes_list=True,
)
class Concatenate(Op):
    """Joins values along one axis."""

    takes_text = True

    axis: AxisRef = -1

    @property
    def ignores_leading(self) -> bool:
        return self.axis == -1

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The sizes of the first input, those of the joined axis summed up."""
        return (Tensor(joined(inputs, self.axis), together(inputs, self.compute_dtype)),)

    def masks(self, inputs: Inputs, results: Inputs) -> Masks:
        """Those of the inputs, joined; one that has none counts with all its steps."""
        from specc.ops.masking import joined_masks

        return (joined_masks(inputs, results[0].shape),)

    def fills_mask(self, inputs: Inputs) -> bool:
        """Whether features are joined with those of an input without a mask: a step counts where any of them does."""
        features = inputs[0].shape.rank - 1
        is_partly = any(x.mask is None for x in inputs) and any(x.mask is not None for x in inputs)
        return is_partly and axis_number(self.axis, inputs[0].shape) == features


def joined(inputs: Inputs, axis: int | str) -> Shape:
    """The shape of values joined along one axis; E204 where they differ along another."""
    first = inputs[0].shape
    at = axis_number(axis, first)
    sizes, axes = list(first.sizes), list(first.axes)
    for operand in range(1, len(inputs)):
        x = inputs[operand].shape
        if x.rank != first.rank:
            raise _unlike(first, x, operand, None)
        # a joined axis that was chosen by name is that axis in every input
        check_names(first, x, operand, skip=None if isinstance(axis, str) else at - first.rank)
        for i, size in enumerate(x.sizes):
            if i == at:
                sizes[i] = sizes[i] + size
                axes[i] = _joined(axes[i], x.axes[i])
                continue
            if sizes[i] != size:
                if not agree(first.sizes[i], size):
                    raise _unlike(first, x, operand, i, at)
                sizes[i] = surer(sizes[i], size)
            axes[i] = stronger(axes[i], x.axes[i])
    return Shape(tuple(sizes), tuple(axes))


def _joined(a: Axis, b: Axis) -> Axis:
    """The name of a joined axis: given where both are given so, else the op's own, after the first."""
    if a.given and b.given and same_name(a, b):
        return a
    return NAMELESS if a.name is None and b.name is None else inferred(a.name or b.name or "")


def _unlike(first: Shape, x: Shape, operand: int, axis: int | None, joined: int | None = None) -> Misfit:
    what = "sizes" if axis is not None else "ranks"
    return Misfit(
        "E204",
        f"joins {sizes_text(first)} and {sizes_text(x)}, of different {what} outside the joined axis",
        operand=operand,
        axis=axis,
        facts=("Keras: A `Concatenate` layer requires inputs with matching shapes",),
        repairs=evened(first, x, operand, joined),
    )


@op(
    Example({"axes": 1}, ((5,), (5,))),
    Example({"axes": (2, 1)}, ((4, 5), (5, 6, 7))),
    Example({"axes": -1, "normalize": True}, ((4, 5), (3, 5))),
    inputs="inputs+",
    takes_list=True,
)
class Dot(Op):
    """Multiplies two values and sums over one axis of each."""

    axes: AxisRefs
    normalize: Flag = False

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The other axes of the first input, then those of the second; one of size 1 if none are left."""
        need_two(inputs, self.name)
        for operand, tensor in enumerate(inputs):
            if self.normalize and not is_float(tensor.dtype):
                raise wrong_dtype(tensor.dtype, operand=operand)
        a, b = inputs[0].shape, inputs[1].shape
        i, j = self._summed(a, b)
        rest = a.part(0, i).join(a.part(i + 1)).join(b.part(0, j)).join(b.part(j + 1))
        shape = Shape(rest.sizes, distinct(rest.axes)) if rest.rank else Shape((1,), (FEATURE,))
        return (Tensor(shape, together(inputs, self.compute_dtype)),)

    def _summed(self, a: Shape, b: Shape) -> tuple[int, int]:
        """The positions of the axes that are summed over; E205 where their sizes differ."""
        axes = self.axes if isinstance(self.axes, tuple) else (self.axes, self.axes)
        if len(axes) != 2:
            raise bad_argument("axes", f"`axes` names one axis of each of the two inputs, not {len(axes)}")
        for operand, shape in enumerate((a, b)):
            if shape.rank == 0:
                raise wrong_rank("at least one axis", shape, operand=operand)
        i, j = axis_number(axes[0], a, "axes"), axis_number(axes[1], b, "axes")
        m, n = a.sizes[i], b.sizes[j]
        if not alike(m, n):
            raise Misfit(
                "E205",
                f"sums over axes of different sizes, {m} and {n}",
                parameter="axes",
                operand=1,
                axis=j,
                facts=("Keras: Incompatible input shapes: axis values",),
            )
        return i, j

    def cost(self, inputs: Shapes, outputs: Shapes) -> Size:
        """2 for each multiply-add; normalizing adds 3 for each element of the inputs: square, sum, divide."""
        a, b = inputs
        i, _ = self._summed(a, b)
        normalizing = 3 * (a.elements + b.elements) if self.normalize else 0
        return 2 * a.sizes[i] * outputs[0].elements + normalizing
