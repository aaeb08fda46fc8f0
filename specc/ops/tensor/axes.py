"""Functions that put the same elements into other axes, turn axes around, and make them longer."""

from collections.abc import Iterable, Sequence

from specc.ops.arrays import Value
from specc.ops.axis import axis_number, axis_numbers
from specc.ops.declare import Example, Inputs, Shape, Shapes
from specc.ops.entries import Entry
from specc.ops.function import ANY_DTYPE, Function, behind_batch, function
from specc.ops.kinds import AxisRef, AxisRefs
from specc.ops.misfit import Misfit, SetArgument, bad_argument, wrong_rank
from specc.ops.reshape import kept_names, scrambling, solve
from specc.ops.tensor.sizes import NewShape
from specc.shapes.axis import NAMELESS
from specc.shapes.demand import alike
from specc.shapes.shape import MAX_AXES, sizes_text
from specc.shapes.tensor import Tensor


class Moving(Function):
    """A function that moves elements about, and changes none."""

    dtypes = ANY_DTYPE

    x: Value

    def output(self, x: Shape) -> Shape:
        """The shape of the result."""
        raise NotImplementedError

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The shape that the function makes, in the dtype of the input."""
        x = inputs[0]
        return (Tensor(self.output(x.shape), self.checked_dtype(x.dtype)),)


@function(Example({"newshape": [-1, 6, 2]}, ((3, 4),)))
class Reshape(Moving):
    """Puts the elements, in their order, into the sizes of `newshape`, which counts the batch, as -1."""

    newshape: NewShape

    def output(self, x: Shape) -> Shape:
        """The sizes behind the batch's; E203 where that is not left to be the batch, E202 for other elements."""
        first, *rest = self.newshape
        if first != -1 or -1 in rest:
            raise self._not_the_batch(x, rest if first == -1 or len(rest) >= 1 else [])
        try:
            y = solve(x, tuple(Entry(None, size) for size in rest))
            return kept_names(x, y) if x.has_given_names else y
        except Misfit as misfit:
            raise self._told(misfit) from None

    def _not_the_batch(self, x: Shape, rest: Sequence[int]) -> Misfit:
        sizes = [str(size) for size in rest if size != -1] if -1 not in rest else []
        repairs = (
            SetArgument("newshape", f"[{', '.join(['-1', *sizes])}]", "leave the batch to Keras", "unsafe"),
        )
        return Misfit(
            "E203",
            f"`newshape` counts the batch, whose size is -1, in front of the sizes that hold one sample of {x}",
            parameter="newshape",
            repairs=repairs if sizes else (),
        )

    def _told(self, misfit: Misfit) -> Misfit:
        """What a reshape of one sample says, for the parameter that counts the batch."""
        repairs = tuple(
            r._replace(parameter="newshape", text=f"[-1, {r.text[1:]}")
            if isinstance(r, SetArgument) and r.text is not None
            else r
            for r in misfit.repairs
        )
        return Misfit(
            misfit.code,
            misfit.message,
            parameter="newshape",
            axis=misfit.axis,
            facts=misfit.facts,
            repairs=repairs,
        )

    def warnings(self, inputs: Shapes, outputs: Shapes) -> Iterable[Misfit]:
        """W600 where the sizes are the source's in another order."""
        for warning in scrambling(inputs[0], outputs[0]):
            yield self._told(warning)


@function(Example({"axes": [0, 2, 1]}, ((3, 4),)), Example({"axes": [0, -1, 1, 2]}, ((3, 4, 5),)))
class Transpose(Moving):
    """Puts the axes into another order; the batch, 0, stays in front."""

    axes: AxisRefs | None = None

    def output(self, x: Shape) -> Shape:
        """The same axes in another order; E203 where the batch does not stay in front."""
        axes = (self.axes,) if isinstance(self.axes, int | str) else self.axes
        if axes is None or axes[:1] != (0,):
            order = [i + 1 for i in reversed(range(x.rank))] if axes is None else list(axes)
            repairs = ()
            if len(order) == x.rank and 0 not in order:
                text = ", ".join(map(str, [0, *order]))
                repairs = (SetArgument("axes", f"[{text}]", "leave the batch in front", "unsafe"),)
            message = f"`axes` counts the batch of {x}, 0, which stays in front"
            raise Misfit("E203", message, parameter="axes", repairs=repairs)
        order = axis_numbers(axes[1:], x, "axes")
        if len(order) != x.rank:
            raise wrong_rank(f"{len(order)} axes", x)
        return x.ordered(order)


@function(Example({"axis1": 1, "axis2": -1}, ((3, 4, 5),)))
class SwapAxes(Moving):
    """Lets two axes change places."""

    axis1: AxisRef
    axis2: AxisRef

    def output(self, x: Shape) -> Shape:
        """The same axes; E203 where one of the two is none of them."""
        a, b = axis_number(self.axis1, x, "axis1"), axis_number(self.axis2, x, "axis2")
        order = list(range(x.rank))
        order[a], order[b] = order[b], order[a]
        return x.ordered(order)


@function(
    Example({"source": 1, "destination": -1}, ((3, 4, 5),)),
    Example({"source": [1, 2], "destination": [3, 1]}, ((3, 4, 5),)),
)
class MoveAxis(Moving):
    """Puts some axes elsewhere; the others stay in sequence."""

    source: AxisRefs
    destination: AxisRefs

    def output(self, x: Shape) -> Shape:
        """The same axes; E203 where one is none of them, E107 where it is not told where each goes."""
        source = axis_numbers(self.source, x, "source")
        destination = axis_numbers(self.destination, x, "destination")
        if len(source) != len(destination):
            raise bad_argument("destination", "`source` and `destination` need as many axes as each other")
        rest = iter([i for i in range(x.rank) if i not in source])
        moved = dict(zip(destination, source, strict=True))
        return x.ordered([moved[i] if i in moved else next(rest) for i in range(x.rank)])


@function(Example({"axis": 1}, ((3, 4),)), Example({"axis": -1}, ((3, 4),)), name="expand_dims")
class ExpandDims(Moving):
    """Adds axes of size 1 at these places of the result."""

    axis: AxisRefs

    def output(self, x: Shape) -> Shape:
        """The axes with new ones among them; E203 where one is the batch's place or beyond the last."""
        axes = (self.axis,) if isinstance(self.axis, int | str) else self.axis
        rank = x.rank + len(axes)
        if rank > MAX_AXES:
            raise bad_argument("axis", f"no tensor has more than {MAX_AXES} axes")
        places = {axis_number(axis, x, new=len(axes)) for axis in axes}
        if len(places) < len(axes):
            raise Misfit("E203", "two new axes have the same place", parameter="axis")
        rest = iter(zip(*x, strict=True))
        entries = [(1, NAMELESS) if i in places else next(rest) for i in range(rank)]
        return Shape(tuple([size for size, _ in entries]), tuple([axis for _, axis in entries]))


@function(Example({"axis": 1}, ((1, 4),)), Example({"axis": [1, -1]}, ((1, 4, 1),)))
class Squeeze(Moving):
    """Takes axes of size 1 away."""

    axis: AxisRefs | None = None

    def output(self, x: Shape) -> Shape:
        """The other axes; E203 for all of them, E202 where one is longer than 1."""
        gone = behind_batch(self.axis, x)
        if not gone:
            raise bad_argument("axis", "names no axis, which Keras takes for all of them")
        for axis in gone:
            if not alike(x.sizes[axis], 1):
                raise Misfit(
                    "E202",
                    f"takes away an axis of {sizes_text(x)} that has {x.sizes[axis]} elements, not 1",
                    parameter="axis",
                    axis=axis,
                    facts=("Keras: Cannot squeeze axis, because the dimension is not 1",),
                )
        return x.without(gone)
