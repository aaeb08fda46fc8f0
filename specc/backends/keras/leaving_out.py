# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportMissingImports=false
"""`reduce` where a mask says what to leave out; of what is left out altogether it makes 0."""

from typing import Any

import numpy as np

from specc.backends.keras.call import Call, KerasTensor
from specc.shapes.tensor import is_float


def reduce_masked(call: Call, axes: list[int]) -> KerasTensor:
    """The first input over `axes` (the batch counted), without the elements where the second is false."""
    op, ops, x = call.op, call.ops, call.x
    counts = call.inputs[1]
    for _ in range(len(x.shape) - len(counts.shape)):
        counts = call.do(ops.expand_dims, counts, -1)
    options: dict[str, Any] = {"axis": axes, "keepdims": op.keepdims}
    if op.how in ("first", "last"):
        counts = _at_end(call, counts, axes[0])
    if op.how not in ("mean", "sum"):
        how = "min" if op.how == "min" else "max"
        dtype = call.results[0].dtype
        best = call.do(getattr(ops, how), call.do(ops.where, counts, x, _outmost(dtype, how)), **options)
        return call.do(ops.where, call.do(ops.any, counts, **options), best, _number(0, dtype))
    nothing = _number(0, x.dtype)
    total = call.do(ops.sum, call.do(ops.where, counts, x, nothing), **options)
    if op.how != "mean":
        return total
    ones = call.do(ops.where, counts, call.do(ops.ones_like, x), nothing)
    number = call.do(ops.sum, ones, **options)
    return call.do(ops.divide, total, call.do(ops.maximum, number, 1))


def _at_end(call: Call, counts: KerasTensor, axis: int) -> KerasTensor:
    """True at the first element along `axis` that counts, or at the last."""
    ops = call.ops
    number = call.do(ops.cast, counts, "int32")
    if call.op.how == "last":
        number = call.do(
            ops.flip, call.do(ops.cumsum, call.do(ops.flip, number, axis=axis), axis=axis), axis=axis
        )
    else:
        number = call.do(ops.cumsum, number, axis=axis)
    return call.do(ops.logical_and, counts, call.do(ops.equal, number, 1))


def _outmost(dtype: str, how: str) -> Any:
    """What no element is beyond."""
    if dtype == "bool":
        return np.array(how == "min")
    if is_float(dtype):
        low = -65504.0 if dtype == "float16" else -3e38
        return _number(low if how == "max" else -low, dtype)
    bounds = np.iinfo(dtype)
    return _number(bounds.min if how == "max" else bounds.max, dtype)


def _number(value: float, dtype: str) -> Any:
    """A number that gives way to values of `dtype`: NumPy has no bfloat16, and Keras casts a bare number to it."""
    return value if dtype == "bfloat16" else np.asarray(value, dtype)
