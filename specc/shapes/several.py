"""Demands on several symbols: bounds, whole periods, and samples."""

from collections.abc import Callable, Collection, Mapping
from itertools import product as combinations
from itertools import takewhile
from math import gcd, lcm
from typing import TypeAlias

from specc.shapes.demand import AtLeast, Demand, Divides, Same, Verdict, Witness
from specc.shapes.dim import Variable, atoms_of
from specc.shapes.meaning import is_axis, is_met, sizes_in, variables_of
from specc.shapes.quasi import Budget
from specc.shapes.sizeset import ALL, SizeSet
from specc.shapes.symbolic import Floor, Size, Symbol, Symbolic

Range: TypeAlias = tuple[int | None, int | None]
"""The least and the greatest of some numbers; None: there is none, or it is not known."""

_GRID = 4_096


def bounds(size: Size, ranges: Callable[[Variable], Range]) -> Range:
    """Bounds of a size, those of its symbols given; each symbol is taken to vary on its own at each place."""
    if isinstance(size, int):
        return size, size
    low: int | None = size.constant
    high: int | None = size.constant
    for monomial, coefficient in size.terms:
        least, most = _product_bounds([_atom_bounds(atom, ranges) for atom in monomial])
        if coefficient < 0:
            least, most = most, least
        low = None if low is None or least is None else low + coefficient * least
        high = None if high is None or most is None else high + coefficient * most
    return low, high


def _atom_bounds(atom: Floor | Variable, ranges: Callable[[Variable], Range]) -> Range:
    if not isinstance(atom, Floor):
        return ranges(atom)
    low, high = bounds(atom.of, ranges)
    return None if low is None else low // atom.by, None if high is None else high // atom.by


def _product_bounds(factors: list[Range]) -> Range:
    if len(factors) == 1:
        return factors[0]
    low, high = 1, 1
    for least, most in factors:
        if least is None or least < 0:
            return None, None
        low *= least
        high = None if high is None or most is None else high * most
    return low, high


def any_size(variable: Variable) -> Range:
    """The bounds of a symbol of which nothing is demanded."""
    return (1 if is_axis(variable) else None), None


def bounded(demand: Demand, ranges: Callable[[Variable], Range] = any_size) -> bool | None:
    """Whether the bounds of its sizes alone say that a simplified demand is met, or is not."""
    if isinstance(demand, Divides):
        return None
    low, high = bounds(sizes_in(demand)[0], ranges)
    if isinstance(demand, AtLeast):
        return True if low is not None and low >= 0 else False if high is not None and high < 0 else None
    return False if (low is not None and low > 0) or (high is not None and high < 0) else None


def whole_period(demand: Demand, budget: Budget, allowed: Mapping[Variable, SizeSet] = {}) -> bool | None:
    """Whether a demand is met at all allowed points of its period, or, if it is of divisibility, at none."""
    variables = sorted(variables_of(demand), key=lambda v: v.key)
    match demand:
        case Same(Symbolic() as size, _):
            periods = [_period_in(size, v) for v in variables]
            counts = [n * (_degree_in(size, v) + 1) for n, v in zip(periods, variables, strict=True)]
        case Divides(int() as by, Symbolic() as size):
            counts = periods = [_period_in(size, v) * by for v in variables]
        case _:
            return None
    total = 1
    for count in counts:
        total *= count
        if total * size.weight > budget.left:
            return None
    budget.spend(total * size.weight)
    met = False
    failed = False
    columns: list[list[int]] = []
    for variable, count, period in zip(variables, counts, periods, strict=True):
        residues = _residues(allowed.get(variable, ALL), period)
        columns.append([n for n in range(1, count + 1) if n % period in residues])
    for point in combinations(*columns):
        if is_met(demand, dict(zip(variables, point, strict=True)).__getitem__):
            met = True
        else:
            failed = True
        if met and failed:
            return None
    if met:
        return True
    return False if isinstance(demand, Divides) else None


def _residues(sizes: SizeSet, period: int) -> Collection[int]:
    """What is left of the sizes by `period`: all that may be."""
    last = sizes.pieces[-1]
    whole = lcm(last.period, period)
    if sizes is ALL or last.start + whole > _GRID:
        return range(period)
    first = takewhile(lambda size: size < last.start + whole, sizes)
    return {size % period for size in first}


def _period_in(size: Size, variable: Variable) -> int:
    """A period in one of several symbols, the others held."""
    if isinstance(size, int):
        return 1
    found = 1
    for monomial, _ in size.terms:
        for atom in monomial:
            if isinstance(atom, Floor) and variable in atoms_of(atom.of):
                inner = _period_in(atom.of, variable) * atom.by
                found = found * inner // gcd(found, inner)
    return found


def _degree_in(size: Size, variable: Variable) -> int:
    if isinstance(size, int):
        return 0
    return max(
        sum(_degree_in(a.of, variable) if isinstance(a, Floor) else a == variable for a in m)
        for m, _ in size.terms
    )


def sample(demand: Demand, others: list[Demand], allowed: Mapping[Variable, SizeSet]) -> Verdict:
    """A verdict from trying the smallest allowed sizes: "sometimes" where a demand is met and not met."""
    variables = sorted(
        variables_of(demand).union(*map(variables_of, others)), key=lambda variable: variable.key
    )
    if not variables or not all(map(is_axis, variables)):
        return Verdict("undecided")
    many = max(2, int(_GRID ** (1 / len(variables))))
    if many ** len(variables) > 4 * _GRID:
        return Verdict("undecided")
    columns = [_first(allowed.get(variable, ALL), many) for variable in variables]
    met = False
    witness: Witness | None = None
    for point in sorted(combinations(*columns), key=lambda point: (sum(point), point)):
        values = dict(zip(variables, point, strict=True))
        if not all(is_met(other, values.__getitem__) for other in others):
            continue
        if is_met(demand, values.__getitem__):
            met = True
        elif witness is None:
            witness = {variable.name: n for variable, n in values.items() if isinstance(variable, Symbol)}
        if met and witness is not None:
            return Verdict("sometimes", witness)
    return Verdict("undecided", witness)


def _first(sizes: SizeSet, count: int) -> list[int]:
    return [size for size, _ in zip(sizes, range(count), strict=False)]
