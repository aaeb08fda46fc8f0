# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportMissingImports=false
"""Vectors of ones that are as long as a symbolic size, made by its recipe in functions of `keras.ops` alone."""

from collections.abc import Callable, Sequence
from functools import reduce

import numpy as np

from specc.backends.keras.call import Call, KerasTensor
from specc.shapes.dim import Size
from specc.shapes.lengths import Along, Count, Joined, Outer, Recipe, Strided, recipe

Axes = Sequence[tuple[Size, Callable[[], KerasTensor]]]
"""Sizes that are there, and for each how to have ones along its axis."""


def ones_of(call: Call, size: Size, axes: Axes) -> KerasTensor:
    """A vector of int32 ones as long as `size`; raises ValueError where it is made of none of those that are there."""
    found = recipe(size, [known for known, _ in axes])
    if found is None:
        raise ValueError("no axis that is there at run time tells how long this is")
    return _made(call, found, axes)


def _made(call: Call, length: Recipe, axes: Axes) -> KerasTensor:
    match length:
        case Along(place):
            return axes[place][1]()
        case Count(number):
            return np.ones(number, "int32")
        case Strided(of, start, step):
            ones = _made(call, of, axes)
            return call.do(lambda: ones[(slice(start, None, step),)])
        case Joined(parts):
            return call.do(call.ops.concatenate, [_made(call, part, axes) for part in parts])
        case Outer(parts):
            return reduce(lambda a, b: _times(call, a, b), [_made(call, part, axes) for part in parts])


def _times(call: Call, a: KerasTensor, b: KerasTensor) -> KerasTensor:
    """A vector as long as two times one another."""
    if isinstance(b, np.ndarray):
        return call.do(call.ops.repeat, a, len(b))
    column = call.do(call.ops.expand_dims, a, 1)
    return call.do(call.ops.reshape, call.do(call.ops.multiply, column, b), (-1,))
