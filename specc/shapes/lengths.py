"""How the length of an axis is made, while a network runs, of the axes that are there by then.

Keras builds a network once for all sizes, so a length is no number in it; a vector of that length is. Products are
outer products, quotients are strides. What has no such recipe, no network can make.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias

from specc.shapes.dim import quotient
from specc.shapes.regroup import regroup
from specc.shapes.symbolic import Atom, Floor, Size, Symbolic, single


class Along(NamedTuple):
    """As long as the axis `place` of those that are there."""

    place: int


class Count(NamedTuple):
    """As long as a number says."""

    length: int


class Strided(NamedTuple):
    """Of a vector, from `start` on, each `step`th element."""

    of: "Recipe"
    start: int
    step: int


class Joined(NamedTuple):
    """As long as all of these one after the other."""

    parts: "tuple[Recipe, ...]"


class Outer(NamedTuple):
    """As long as these times one another."""

    parts: "tuple[Recipe, ...]"


Recipe: TypeAlias = Along | Count | Strided | Joined | Outer


class _Unmade(Exception):
    """No axis that is there tells how long another one is."""


def recipe(size: Size, there: Sequence[Size]) -> Recipe | None:
    """How to make a vector as long as `size`, of axes of the sizes `there`; None: there is no way."""
    try:
        return _made(size, there)
    except _Unmade:
        return None


def untold(source: Sequence[Size], target: Sequence[Size], others: Iterable[Size]) -> list[Size]:
    """The sizes of `target` that nothing tells where a value of sizes `source` is reshaped to them.

    `others`: the sizes of axes beside the source's. One size is what the other ones leave.
    """
    unknown = [i for i, size in enumerate(target) if not isinstance(size, int) and size not in source]
    if not unknown or sum([not isinstance(size, int) for size in target]) < 2:
        return []
    there = [*source, *others]
    return [
        target[i] for i in unknown if counted(source, target, i) is None and recipe(target[i], there) is None
    ]


def counted(source: Sequence[Size], target: Sequence[Size], place: int) -> tuple[tuple[int, ...], int] | None:
    """The axes of the source that hold the elements of one of the target, and at what step they are counted off.

    None: no whole axes do, or another axis among those that they become is unknown too.
    """
    block = next((block for block in regroup(source, target) if place in block.target), None)
    if block is None or block.kind == "cut":
        return None
    step = 1
    for i in block.target:
        if i != place:
            size = target[i]
            if not isinstance(size, int):
                return None
            step *= size
    return block.source, step


def _made(size: Size, there: Sequence[Size]) -> Recipe:
    if isinstance(size, int):
        if size < 1:
            raise _Unmade
        return Count(size)
    for place, known in enumerate(there):
        if known == size:
            return Along(place)
    divided = _as_one_floor(size)
    if divided is not None:
        of, by = divided
        return _strided(_made(of, there), by - 1, by)
    for place, known in enumerate(there):
        times = quotient(size, known) if isinstance(known, Symbolic) else None
        if times is not None:
            return _outer([Along(place), _made(times, there)])
    parts = [_outer([*[_atom(atom, there) for atom in atoms], _made(c, there)]) for atoms, c in size.terms]
    if size.constant > 0:
        parts.append(Count(size.constant))
    whole = parts[0] if len(parts) == 1 else Joined(tuple(parts))
    return _strided(whole, -size.constant, 1) if size.constant < 0 else whole


def _as_one_floor(size: Symbolic) -> tuple[Size, int] | None:
    """`size` as one quotient, where it is less a quotient: `n - e // b` is `(n*b + b - 1 - e) // b`."""
    for atoms, coefficient in size.terms:
        if coefficient == -1 and len(atoms) == 1 and isinstance(atoms[0], Floor):
            floor = atoms[0]
            rest = size + single(floor)
            return rest * floor.by + (floor.by - 1) - floor.of, floor.by
    return None


def _atom(atom: Atom, there: Sequence[Size]) -> Recipe:
    """As long as an atom, taken off an axis that is `a*atom + b` long."""
    for place, known in enumerate(there):
        if isinstance(known, Symbolic) and len(known.terms) == 1 and known.terms[0][0] == (atom,):
            factor, offset = known.terms[0][1], known.constant
            if factor > 0:
                whole = Along(place) if offset >= 0 else Joined((Along(place), Count(-offset)))
                return _strided(whole, max(offset, 0), factor)
    if isinstance(atom, Floor):
        return _strided(_made(atom.of, there), atom.by - 1, atom.by)
    raise _Unmade


def _strided(of: Recipe, start: int, step: int) -> Recipe:
    return of if (start, step) == (0, 1) else Strided(of, start, step)


def _outer(parts: list[Recipe]) -> Recipe:
    several = [part for part in parts if not (isinstance(part, Count) and part.length == 1)]
    return several[0] if len(several) == 1 else Outer(tuple(several))
