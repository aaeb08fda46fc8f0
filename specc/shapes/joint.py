"""Demands on several symbols that are demands on one expression of them.

`S*T == 3*(S*T // 3)` speaks of `S*T` alone: with a symbol in its place it is solved exactly.
"""

from math import gcd
from typing import NamedTuple

from specc.shapes.demand import AtLeast, Demand, Divides, Same
from specc.shapes.dim import atoms_of
from specc.shapes.meaning import simplified
from specc.shapes.symbolic import Floor, Monomial, Size, Symbol, Symbolic, single

_PLACE = single(Symbol(""))
"""What stands for the expression."""


class OfOne(NamedTuple):
    """A demand, as it is of the expression `core` alone."""

    core: Symbolic
    demand: Demand


def of_one(demand: Demand) -> OfOne | None:
    """The expression of several symbols that a demand speaks of, if it is only one."""
    size = demand.size if isinstance(demand, AtLeast | Divides) else demand.left
    if isinstance(size, int) or (isinstance(demand, Divides) and not isinstance(demand.by, int)):
        return None
    core = _core(size)
    if core is None:
        return None
    inside = _over(size, core)
    match demand:
        case AtLeast():
            form = simplified(AtLeast(inside, 0))
        case Same():
            form = simplified(Same(inside, 0))
        case Divides(by):
            form = simplified(Divides(by, inside))
    return None if isinstance(form, bool) else OfOne(core, form)


def _core(size: Symbolic) -> Symbolic | None:
    """The only sum of several symbols, numbers aside, that `size` is made of by numbers and quotients."""
    rest: Size = 0
    found: list[Symbolic | None] = []
    for monomial, coefficient in size.terms:
        floor = _joint_floor(monomial)
        if floor is None:
            rest = rest + Symbolic(((monomial, coefficient),), 0, size.weight)
        else:
            found.append(_core(floor.of))
    if isinstance(rest, Symbolic):
        factor = gcd(*[c for _, c in rest.terms]) * (1 if rest.terms[0][1] > 0 else -1)
        lone = rest // factor
        assert isinstance(lone, Symbolic)
        found.append(lone if len(atoms_of(lone)) > 1 else None)
    first = found[0]
    return first if all(core == first for core in found) else None


def _joint_floor(monomial: Monomial) -> Floor | None:
    """The quotient of a sum of several symbols that a term is."""
    atom = monomial[0]
    is_joint = len(monomial) == 1 and isinstance(atom, Floor) and len(atoms_of(atom.of)) > 1
    return atom if is_joint and isinstance(atom, Floor) else None


def _over(size: Symbolic, core: Symbolic) -> Size:
    """The size with a symbol in the place of `core`."""
    total: Size = size.constant
    for monomial, coefficient in size.terms:
        floor = _joint_floor(monomial)
        if floor is not None:
            total = total + coefficient * (_over(floor.of, core) // floor.by)
        elif monomial == core.terms[0][0]:
            total = total + coefficient // core.terms[0][1] * _PLACE
    return total
