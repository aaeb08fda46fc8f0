# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportMissingImports=false
"""Vectors of ones that are as long as a symbolic size, made of the axes of values that are there at run time.

Keras builds such a model once for all sizes, so a length is no number in it; a vector of that length is. Products
are outer products, quotients are strides, all in functions of `keras.ops` that load anywhere.
"""

from collections.abc import Callable, Sequence
from functools import reduce

import numpy as np

from specc.backends.keras.call import Call, KerasTensor
from specc.shapes.dim import Size
from specc.shapes.symbolic import Atom, Floor, Symbolic, single

Axes = Sequence[tuple[Size, Callable[[], KerasTensor]]]
"""Sizes that are there, and for each how to have ones along its axis."""


class Unmade(ValueError):
    """A size is made of none of those that are there."""


def ones_of(call: Call, size: Size, axes: Axes) -> KerasTensor:
    """A vector of int32 ones as long as `size`; raises `Unmade`."""
    for known, ones in axes:
        if known == size:
            return ones()
    if isinstance(size, int):
        return np.ones(size, "int32")
    divided = _as_one_floor(size)
    if divided is not None:
        of, by = divided
        return _strided(call, ones_of(call, of, axes), by - 1, by)
    parts = [
        _times(call, _product(call, [_atom(call, atom, axes) for atom in atoms]), coefficient)
        for atoms, coefficient in size.terms
    ]
    if size.constant > 0:
        parts.append(np.ones(size.constant, "int32"))
    whole = parts[0] if len(parts) == 1 else call.do(call.ops.concatenate, parts)
    return _strided(call, whole, -size.constant, 1) if size.constant < 0 else whole


def _as_one_floor(size: Symbolic) -> tuple[Size, int] | None:
    """`size` as one quotient, where it is less a quotient: `n - e // b` is `(n*b + b - 1 - e) // b`."""
    for atoms, coefficient in size.terms:
        if coefficient == -1 and len(atoms) == 1 and isinstance(atoms[0], Floor):
            floor = atoms[0]
            rest = size + single(floor)
            return rest * floor.by + (floor.by - 1) - floor.of, floor.by
    return None


def _atom(call: Call, atom: Atom, axes: Axes) -> KerasTensor:
    """Ones as long as an atom, taken off an axis that is `a*atom + b` long."""
    for known, ones in axes:
        if isinstance(known, Symbolic) and len(known.terms) == 1 and known.terms[0][0] == (atom,):
            factor, offset = known.terms[0][1], known.constant
            if factor > 0:
                whole = ones()
                if offset < 0:
                    whole = call.do(call.ops.concatenate, [whole, np.ones(-offset, "int32")])
                return _strided(call, whole, max(offset, 0), factor)
    if isinstance(atom, Floor):
        return _strided(call, ones_of(call, atom.of, axes), atom.by - 1, atom.by)
    raise Unmade("no axis that is there at run time tells how long this is")


def _strided(call: Call, ones: KerasTensor, start: int, step: int) -> KerasTensor:
    """Of a vector, from `start` on, each `step`th element."""
    return ones if (start, step) == (0, 1) else call.do(lambda: ones[(slice(start, None, step),)])


def _product(call: Call, vectors: Sequence[KerasTensor]) -> KerasTensor:
    """A vector as long as all of these times one another."""

    def outer(a: KerasTensor, b: KerasTensor) -> KerasTensor:
        column = call.do(call.ops.expand_dims, a, 1)
        return call.do(call.ops.reshape, call.do(call.ops.multiply, column, b), (-1,))

    return reduce(outer, vectors)


def _times(call: Call, ones: KerasTensor, count: int) -> KerasTensor:
    if count < 1:
        raise Unmade("no axis that is there at run time tells how long this is")
    return ones if count == 1 else call.do(call.ops.repeat, ones, count)
