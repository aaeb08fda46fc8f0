"""specc's own ops over axes: slice, reduce, rearrange.

They are explicit, so nothing that they are built of counts as inserted. They find axes by their names, and
keep those.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Annotated

from specc.ops.axis import axis_number, axis_numbers
from specc.ops.declare import Example, Inputs, Masks, Shape, Unary, op
from specc.ops.entries import Factors, PatternText
from specc.ops.kinds import AxisRef, AxisRefs, Flag, Integer, words
from specc.ops.misfit import Misfit, bad_argument, wrong_dtype
from specc.ops.rearranging import Plan, plan
from specc.shapes.demand import at_least
from specc.shapes.dim import Size, symbols_of, unknown
from specc.shapes.tensor import Tensor, is_float


class Rearranging(Unary):
    """The base of constructs that only move elements: no layer of Keras casts them, or hands their masks on."""

    carries_mask = True

    def result_dtype(self, dtype: str) -> str:
        """The dtype of the input, whatever the policy."""
        return dtype


def _shown(x: Shape, axis: int) -> str:
    name = x.axes[axis].name
    return f"`{name}`" if name else f"axis {axis + 1}"


def _sliced(start: int | None, stop: int | None, step: int, size: Size) -> tuple[Size, Size]:
    """How many elements `start:stop:step` takes of `size`, and a number that is above 0 where these are any.

    For a symbol the count is exact, but where an end of the slice lies beyond the axis for some sizes and not for
    others: then nobody knows it.
    """
    if isinstance(size, int):
        count = len(range(size)[start:stop:step])
        return count, count
    first, last = (start, stop) if step > 0 else (_mirrored(start), _mirrored(stop))
    first = first or 0
    if last == 0 or (last is not None and (first < 0) == (last < 0) and last <= first):
        return 0, 0
    span: Size
    if first >= 0 and (last is None or last < 0):
        room = span = size - first + (last or 0)
    elif last is None:
        room, span = 1, 1 if first == -1 else _clipped(size, first, last)
    elif (first < 0) == (last < 0):
        room, span = (
            size + (last if last < 0 else -first),
            1 if last - first == 1 else _clipped(size, first, last),
        )
    else:
        room, span = last - first - size, _clipped(size, first, last)
    return (span + (abs(step) - 1)) // abs(step), room


@lru_cache(maxsize=4096)
def _clipped(size: Size, first: int, last: int | None) -> Size:
    """The size of what `first:last` leaves of an axis, which nobody knows: the same of axes of one size."""
    return unknown()


def _mirrored(index: int | None) -> int | None:
    """The same place, counted from the other end."""
    return None if index is None else -1 - index


@op(
    Example({"axis": 1, "start": 1}, ((5, 3),)),
    Example({"axis": 2, "index": -1}, ((5, 3),)),
    Example({"axis": 1, "start": -1, "stop": 0, "step": -2}, ((5, 3),)),
    name="slice",
)
class Slice(Rearranging):
    """Takes the part `start:stop:step` of an axis, or, by `index`, one element of it."""

    axis: AxisRef
    start: Integer | None = None
    stop: Integer | None = None
    step: Integer = 1
    index: Integer | None = None

    def output(self, x: Shape) -> Shape:
        """The axis shorter, or, by `index`, gone."""
        axis = axis_number(self.axis, x)
        if self.index is not None:
            return self._element(x, axis, self.index)
        if self.step == 0:
            raise bad_argument("step", "`step` cannot be 0")
        sizes = list(x.sizes)
        sizes[axis] = self._size(x, axis)
        return Shape(tuple(sizes), x.axes)

    def masks(self, inputs: Inputs, results: Inputs) -> Masks:
        """The input's, cut like it; none is left of one whose only axis goes."""
        mask, axis = inputs[0].mask, axis_number(self.axis, inputs[0].shape)
        if mask is None or axis >= mask.rank:
            return (mask,)
        rank = mask.rank if self.index is None else mask.rank - 1
        return (results[0].shape.part(0, rank),) if rank else ()

    def _element(self, x: Shape, axis: int, index: int) -> Shape:
        if self.start is not None or self.stop is not None or self.step != 1:
            raise bad_argument("index", "`index` does not go with `start`, `stop` and `step`")
        size = x.sizes[axis]
        if not at_least(size, -index if index < 0 else index + 1):
            raise Misfit(
                "E206",
                f"{_shown(x, axis)} has {size} elements, and none of number {index}",
                parameter="index",
                axis=axis,
            )
        return x.part(0, axis).join(x.part(axis + 1))

    def _size(self, x: Shape, axis: int) -> Size:
        size = x.sizes[axis]
        count, room = _sliced(self.start, self.stop, self.step, size)
        if not at_least(room, 1):
            part = ":".join("" if i is None else str(i) for i in (self.start, self.stop, self.step))
            message = f"nothing of {_shown(x, axis)}, which has {size} elements, is left by `{part}`"
            parameter = "start" if self.start is not None else "stop"
            raise Misfit("E206", message, parameter=parameter, axis=axis)
        return count


@op(
    Example({"axis": 1}, ((5, 3),)),
    Example({"axis": [1, -1], "how": "max"}, ((5, 2, 3),)),
    Example({"axis": 1, "how": "last", "keepdims": True}, ((5, 3),)),
    name="reduce",
    inputs="inputs mask?",
)
class Reduce(Unary):
    """Takes the mean, sum, largest, smallest, first or last over axes; masked steps are left out."""

    axis: AxisRefs
    how: Annotated[str, words("mean", "sum", "max", "min", "last", "first")] = "mean"
    keepdims: Flag = False

    carries_mask = True
    spreads = False

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """What is left of the axes; E205 and E210 for a mask that is not over the leading ones, or no truth values."""
        if len(inputs) > 1:
            from specc.ops.masking import lies_over

            mask, dtype, _ = inputs[1]
            if dtype != "bool":
                raise wrong_dtype(dtype, "truth values", operand=1)
            lies_over(mask, inputs[0].shape)
        return super().results(inputs)

    def leaves_out(self, inputs: Inputs) -> bool:
        """Whether the mask is over an axis that goes; of several, no first or last step is looked for."""
        x, mask = inputs[0].shape, inputs[0].mask
        gone = axis_numbers(self.axis, x)
        if mask is None or len(inputs) > 1 or (self.how in ("first", "last") and len(gone) > 1):
            return False
        return any(axis < mask.rank for axis in gone)

    def masks(self, inputs: Inputs, results: Inputs) -> Masks:
        """The input's; over fewer axes, one that holds where it does for any of what is put together."""
        x, mask = inputs[0].shape, inputs[0].mask
        if mask is None:
            return ()
        gone = axis_numbers(self.axis, x)
        left = [i for i in range(mask.rank) if i not in gone]
        return (results[0].shape.part(0, mask.rank if self.keepdims else len(left)),) if left else ()

    def output(self, x: Shape) -> Shape:
        """The axes gone, or, by `keepdims`, of size 1."""
        gone = axis_numbers(self.axis, x)
        if self.keepdims:
            return Shape(tuple(1 if i in gone else size for i, size in enumerate(x.sizes)), x.axes)
        return x.without(gone)

    def result_dtype(self, dtype: str) -> str:
        """That of `keras.ops`: a mean is a float, a sum no narrower than 32 bits, the others keep theirs."""
        if is_float(dtype):
            return dtype
        if self.how == "mean":
            return "float32"
        if self.how == "sum" and dtype in ("bool", "int8", "int16"):
            return "int32"
        return "uint32" if self.how == "sum" and dtype in ("uint8", "uint16") else dtype

    def flops(self, x: Shape, y: Shape) -> Size:
        """1 for each element of the input, and for a mean one division for each of the result."""
        if self.how in ("first", "last"):
            return 0
        return x.elements + (y.elements if self.how == "mean" else 0)


@op(
    Example({"pattern": "a b c -> a (b c)"}, ((4, 5, 3),)),
    Example({"pattern": "(a b) ... -> a ... b", "sizes": {"b": 2}}, ((4, 5, 3),)),
    name="rearrange",
)
class Rearrange(Rearranging):
    """Splits, reorders and merges axes as a pattern in einops notation says."""

    pattern: PatternText
    sizes: Factors = {}

    def asked_symbols(self) -> Iterable[tuple[str, str]]:
        return [("sizes", name) for size in self.sizes.values() for name in symbols_of(size)]

    def regrouped(self, x: Shape, y: Shape) -> tuple[Size, ...]:
        return self.plan(x).split

    def plan(self, x: Shape) -> Plan:
        """The rearrangement in steps."""
        return plan(self.pattern, self.sizes, x)

    def output(self, x: Shape) -> Shape:
        """The axes on the right of the pattern, names given."""
        return self.plan(x).result

    def masks(self, inputs: Inputs, results: Inputs) -> Masks:
        """The input's, if its axes stay in front and whole."""
        x, mask = inputs[0].shape, inputs[0].mask
        if mask is None:
            return ()
        plan, count = self.plan(x), mask.rank
        stay = plan.order[:count] == tuple(range(count))
        whole = x.sizes[:count] == plan.split[:count] == plan.result.sizes[:count]
        return (plan.result.part(0, count),) if stay and whole else ()
