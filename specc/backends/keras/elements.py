# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportMissingImports=false
"""Giving a Keras tensor other axes, its elements in the same order, whatever sizes are unknown.

`keras.ops.reshape` takes one unknown size. Where there are more, the rows are gathered by an index that is
computed from the sizes at run time, by `keras.ops` alone, so that it saves and loads without specc.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from specc.backends.keras.call import Call, KerasTensor
from specc.backends.keras.lengths import Axes, ones_of
from specc.shapes.dim import Size, product
from specc.shapes.lengths import counted

Sizes = Sequence[int | None]
Ones = Callable[[int], KerasTensor]
"""For each unknown size of a shape, by its place: a vector of int32 ones of that length."""


def ones_along(call: Call, x: KerasTensor, *axes: int) -> KerasTensor:
    """A vector of int32 ones, as long as `axes` of `x` (the batch counted) are together."""
    key = tuple(slice(None) if i in axes else 0 for i in range(len(x.shape)))
    part = x if len(axes) == len(x.shape) else call.do(lambda: x[key])
    if len(axes) > 1:
        part = call.do(call.ops.reshape, part, (-1,))
    return call.do(call.ops.ones_like, part, dtype="int32")


def row_index(call: Call, sizes: Sizes, ones: Ones) -> KerasTensor:
    """The numbers 0, 1, 2, … as an int32 tensor of these sizes, in row-major order."""
    index: Any = None
    for i, size in enumerate(sizes):
        if size is None:
            one = ones(i)
            back = call.do(call.ops.subtract, 1, call.do(call.ops.cumsum, one))
            length = call.do(call.ops.sum, one) if i else 0
        else:
            back, length = -np.arange(size, dtype="int32"), size
        index = _next_axis(call, 0 if index is None else index, length, back)
    return index


def _next_axis(call: Call, index: Any, length: Any, back: Any) -> Any:
    """`index * length - back` for each element of the vector `back`, along a new last axis.

    A difference, since `keras.ops.add` takes a vector that is as long as axis 1 for a channels-first bias
    (Keras 3.15 on TensorFlow), whatever broadcasting says.
    """
    if isinstance(index, int):
        return -back if isinstance(back, np.ndarray) else call.do(call.ops.negative, back)
    known = isinstance(index, np.ndarray)
    rows = index[..., None] if known else call.do(call.ops.expand_dims, index, -1)
    if known and isinstance(back, np.ndarray):
        return rows * length - back
    return call.do(call.ops.subtract, call.do(call.ops.multiply, rows, length), back)


def reshape(
    call: Call, x: KerasTensor, sizes: Sizes, ones: Ones, kept: int = 0, is_held: bool = False
) -> KerasTensor:
    """`x` with these sizes (None: unknown), the batch's first; the last `kept` axes are those of `x`.

    `is_held`: where the elements are as many is seen when the network runs, and it fails where they are not.
    """
    unknown = [i for i, size in enumerate(sizes) if size is None]
    if len(unknown) <= 1 and not is_held:
        return call.do(call.ops.reshape, x, [-1 if size is None else size for size in sizes])
    if len(x.shape) - kept == 1:
        lead = len(sizes) - kept
    else:
        lead = unknown[-1] + 1
        x = call.do(call.ops.reshape, x, [-1, *sizes[lead:]])
    index = row_index(call, sizes[:lead], ones)
    return call.do(call.ops.take, x, _held(call, index, x) if is_held else index, axis=0)


def _held(call: Call, index: KerasTensor, x: KerasTensor) -> KerasTensor:
    """`index`, by way of a product that fails unless it has as many elements as `x` has rows."""
    flat = call.do(call.ops.reshape, index, (-1,))
    return call.do(call.ops.take, call.do(call.ops.multiply, ones_along(call, x, 0), flat), index, axis=0)


def transpose(call: Call, x: KerasTensor, order: Sequence[int]) -> KerasTensor:
    """`x` with its axes (the batch counted) in this order; `x` itself where that is its order."""
    if list(order) == sorted(order):
        return x
    return call.do(call.ops.transpose, x, list(order))


def regrouped(call: Call, x: KerasTensor, source: Sequence[Size], target: Sequence[Size]) -> KerasTensor:
    """`x`, whose sizes are inferred to be `source`, with the sizes `target`, the elements in their order.

    Raises ValueError where a size of the target that is no number is not to be had from the source's.
    """
    if list(source) == list(target):
        return x
    sizes = [x.shape[0], *(size if isinstance(size, int) else None for size in target)]
    is_held = product(source) != product(target)
    if sizes.count(None) <= 1 and not (is_held and sizes[0] is None):
        return reshape(call, x, sizes, _no_ones)
    kept = 0
    for i in range(1, min(len(source), len(target)) + 1):
        if source[-i] is not target[-i] and source[-i] != target[-i]:
            break
        kept = i

    def ones(place: int) -> KerasTensor:
        if place == 0:
            return ones_along(call, x, 0)
        found = counted(source, target, place - 1)
        if found is None:
            return ones_of(call, target[place - 1], _axes(call, x, source))
        axes, step = found
        whole = ones_along(call, x, *[i + 1 for i in axes])
        return whole if step == 1 else call.do(lambda: whole[(slice(None, None, step),)])

    return reshape(call, x, sizes, ones, kept, is_held)


def _axes(call: Call, x: KerasTensor, source: Sequence[Size]) -> Axes:
    """The axes of `x`, and those of all values that are there."""

    def along(value: KerasTensor, place: int) -> Callable[[], KerasTensor]:
        return lambda: ones_along(call, value, place)

    found = [(size, along(x, i + 1)) for i, size in enumerate(source)]
    for number, value in call.scope.values.items():
        sizes = call.scope.types[number].shape.sizes
        found += [(size, along(value, i + 1)) for i, size in enumerate(sizes) if not isinstance(size, int)]
    return found


def _no_ones(place: int) -> KerasTensor:
    raise ValueError(f"the size of axis {place} is not known")
