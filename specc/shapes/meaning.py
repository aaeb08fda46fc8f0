"""What a demand says: of which symbols, whether numbers meet it, and in its simplest form."""

from collections.abc import Callable
from functools import lru_cache
from math import gcd

from specc.shapes.demand import AtLeast, Demand, Divides, Same
from specc.shapes.dim import Variable, atoms_of, quotient, remainder
from specc.shapes.quasi import value_at
from specc.shapes.symbolic import Floor, Size, Symbol, Symbolic, single


def sizes_in(demand: Demand) -> tuple[Size, ...]:
    """The sizes that a demand is about."""
    return (demand.size,) if isinstance(demand, AtLeast) else tuple(demand)


@lru_cache(maxsize=4096)
def variables_of(demand: Demand) -> frozenset[Variable]:
    """The symbols that a demand is about."""
    return frozenset[Variable]().union(*map(atoms_of, sizes_in(demand)))


def is_met(demand: Demand, values: Callable[[Variable], int]) -> bool:
    """Whether a demand is met where its symbols have these values."""
    match demand:
        case AtLeast(size, least):
            return value_at(size, values) >= least
        case Same(left, right):
            return value_at(left, values) == value_at(right, values)
        case Divides(by, size):
            divisor = value_at(by, values)
            dividend = value_at(size, values)
            return dividend % divisor == 0 if divisor else dividend == 0


def simplified(demand: Demand) -> Demand | bool:
    """A demand in one form: against 0, common factors cancelled; whether it is met, where that is certain."""
    match demand:
        case AtLeast(size, least):
            rest = _without_common(size - least)
            if isinstance(rest, int):
                return rest >= 0
            factor = gcd(*[c for _, c in rest.terms])
            return AtLeast(rest // factor, 0)
        case Same(left, right):
            rest = _without_common(left - right)
            if isinstance(rest, int):
                return rest == 0
            factor = gcd(*[c for _, c in rest.terms])
            if rest.constant % factor:
                return False
            return Same(rest // factor * (1 if rest.terms[0][1] > 0 else -1), 0)
        case Divides(by, size):
            if not isinstance(by, int):
                return _divided_by_size(by, size)
            if by == 0:
                return simplified(Same(size, 0))
            by = abs(by)
            rest = size % by
            if isinstance(rest, int):
                return rest == 0
            whole = remainder(size, by)
            assert isinstance(whole, Symbolic)
            factor = gcd(by, *[c for _, c in whole.terms])
            return False if whole.constant % factor else Divides(by // factor, whole // factor)


def _without_common(size: Size) -> Size:
    """The size without the axes that all of its terms have as factors: those are at least 1."""
    if isinstance(size, int) or size.constant or len(size.terms[0][0]) < 2:
        return size
    first, *others = [monomial for monomial, _ in size.terms]
    common = [
        a for a in first if not isinstance(a, Floor) and is_axis(a) and all(a in other for other in others)
    ]
    found = quotient(size, single(common[0])) if common else None
    return size if found is None else _without_common(found)


def _divided_by_size(by: Symbolic, size: Size) -> Demand | bool:
    """Multiples of `by` taken out of `size`, as far as its terms are some."""
    rest = size
    if isinstance(size, Symbolic):
        for monomial, coefficient in size.terms:
            part = Symbolic(((monomial, coefficient),), 0, size.weight)
            times = quotient(part, Symbolic((by.terms[0],), 0, by.weight))
            if times is not None:
                left = rest - times * by
                if isinstance(left, int) or isinstance(rest, int) or len(left.terms) < len(rest.terms):
                    rest = left
    return True if rest == 0 else Divides(by, rest)


def is_axis(variable: Variable) -> bool:
    """Whether a symbol stands for an axis, and so is at least 1."""
    return isinstance(variable, Symbol) or variable.is_size
