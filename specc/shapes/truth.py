"""Whether a demand is met: always, never, or for which sizes of its symbol."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import product as combinations
from math import gcd
from typing import TypeAlias

from specc.shapes import quasi
from specc.shapes.demand import AtLeast, Demand, Divides, Same, Verdict, Witness
from specc.shapes.dim import Variable, atoms_of, quotient, remainder
from specc.shapes.quasi import Budget, value_at
from specc.shapes.sizeset import ALL, SizeSet, TooLarge
from specc.shapes.symbolic import Floor, Size, Symbol, Symbolic

Range: TypeAlias = tuple[int | None, int | None]
"""The least and the greatest of some numbers; None: there is none, or it is not known."""

QUICK = 20_000
"""What a single question may cost while shapes are inferred."""
_GRID = 4_096


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
            rest = size - least
            if isinstance(rest, int):
                return rest >= 0
            factor = gcd(*[c for _, c in rest.terms])
            return AtLeast(rest // factor, 0)
        case Same(left, right):
            rest = left - right
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


# One symbol: exact sets.

_known: dict[Demand, SizeSet] = {}


def where(demand: Demand, budget: Budget) -> SizeSet:
    """The sizes of its only symbol for which a simplified demand is met; TooLarge past a bound."""
    found = _known.get(demand)
    if found is None:
        found = _where(demand, budget)
        if len(_known) > 4_096:
            _known.clear()
        _known[demand] = found
    return found


def _where(demand: Demand, budget: Budget) -> SizeSet:
    match demand:
        case AtLeast(Symbolic() as size, _):
            straight = _at_least(size)
            return quasi.where_positive(size, budget) if straight is None else straight
        case Same(Symbolic() as size, _):
            above, below = _at_least(size), _at_least(-size)
            if above is not None and below is not None:
                return above & below
            return quasi.where_zero(size, budget)
        case Divides(int() as by, Symbolic() as size):
            return quasi.where_divisible(size, by, budget)
        case Divides(Symbolic() as by, int() as size):
            return _divisors(by, size, budget)
        case _:
            raise TooLarge


def _at_least(size: Size) -> SizeSet | None:
    """Where a size is at least 0, if it has only one atom: that is turned round exactly."""
    while isinstance(size, Symbolic) and len(size.terms) == 1 and len(size.terms[0][0]) == 1:
        ((atom,), coefficient), least = size.terms[0], -size.constant
        rises = coefficient > 0
        bound = -(-least // coefficient) if rises else least // coefficient
        if not isinstance(atom, Floor):
            return SizeSet.interval(bound) if rises else SizeSet.interval(1, bound)
        # floor(x / b) >= n where x >= b * n, and floor(x / b) <= n where x <= b * n + b - 1
        size = atom.of - atom.by * bound if rises else atom.by * bound + atom.by - 1 - atom.of
    return None


def _divisors(by: Symbolic, size: int, budget: Budget) -> SizeSet:
    """Where a number is a multiple of a size that grows beyond it."""
    outside = _at_least(by - (abs(size) + 1))
    if outside is None or outside.pieces[-1].bits != 1:
        raise TooLarge
    last = outside.pieces[-1].start
    budget.spend(last * by.weight)
    values = [value_at(by, lambda _, n=n: n) for n in range(1, last + 1)]
    found = [
        n for n, divisor in enumerate(values, start=1) if (size % divisor == 0 if divisor else size == 0)
    ]
    members = set(found)
    return SizeSet.changing(1, [*found, last], members.__contains__)


# Several symbols: bounds, whole periods, and samples.


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


def is_axis(variable: Variable) -> bool:
    """Whether a symbol stands for an axis, and so is at least 1."""
    return isinstance(variable, Symbol) or variable.is_size


def bounded(demand: Demand, ranges: Callable[[Variable], Range] = any_size) -> bool | None:
    """Whether the bounds of its sizes alone say that a simplified demand is met, or is not."""
    if isinstance(demand, Divides):
        return None
    low, high = bounds(sizes_in(demand)[0], ranges)
    if isinstance(demand, AtLeast):
        return True if low is not None and low >= 0 else False if high is not None and high < 0 else None
    return False if (low is not None and low > 0) or (high is not None and high < 0) else None


def whole_period(demand: Demand, budget: Budget) -> bool | None:
    """Whether a demand is met at all points of its period, or, if it is of divisibility, at none."""
    variables = sorted(variables_of(demand), key=lambda v: v.key)
    match demand:
        case Same(Symbolic() as size, _):
            counts = [_period_in(size, v) * (_degree_in(size, v) + 1) for v in variables]
        case Divides(int() as by, Symbolic() as size):
            counts = [_period_in(size, v) * by for v in variables]
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
    for point in combinations(*[range(1, count + 1) for count in counts]):
        if is_met(demand, dict(zip(variables, point, strict=True)).__getitem__):
            met = True
        else:
            failed = True
        if met and failed:
            return None
    if met:
        return True
    return False if isinstance(demand, Divides) else None


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


# All of it, for one demand on its own.


@lru_cache(maxsize=4096)
def certain(demand: Demand) -> bool | None:
    """Whether a demand is met for all sizes of its symbols, or for none; None: neither is certain."""
    form = simplified(demand)
    if isinstance(form, bool):
        return form
    within = bounded(form)
    if within is not None or (isinstance(form, AtLeast) and _rises(form.size)):
        return within
    variables = variables_of(form)
    budget = Budget(QUICK)
    try:
        if len(variables) > 1:
            return whole_period(form, budget)
        if not all(map(is_axis, variables)):
            return None
        met = where(form, budget)
    except TooLarge:
        return None
    return True if met == ALL else None if met else False


def _rises(size: Size) -> bool:
    """Whether a size plainly grows with its symbols, beyond any number."""
    return isinstance(size, Symbolic) and all(
        c > 0 and len(m) == 1 and (_rises(m[0].of) if isinstance(m[0], Floor) else is_axis(m[0]))
        for m, c in size.terms
    )


def decide(demand: Demand) -> Verdict:
    """Whether a demand is met for all sizes of its symbols, for none, or for some."""
    sure = certain(demand)
    if sure is not None:
        return Verdict("always" if sure else "never", _first_of(demand) if sure is False else None)
    variables = variables_of(demand)
    if len(variables) == 1 and all(map(is_axis, variables)):
        form = simplified(demand)
        assert not isinstance(form, bool)
        try:
            return held(where(form, Budget(QUICK)), ALL, *variables)
        except TooLarge:
            return Verdict("undecided")
    return sample(demand, [], {})


def _first_of(demand: Demand) -> Witness:
    return {variable.name: 1 for variable in variables_of(demand) if isinstance(variable, Symbol)}


def held(met: SizeSet, allowed: SizeSet, variable: Variable) -> Verdict:
    """What holds for the allowed sizes of a symbol."""
    failing = allowed & ~met
    if not failing:
        return Verdict("always")
    kind = "sometimes" if allowed & met else "never"
    smallest = failing.smallest()
    return Verdict(kind, {variable.name: smallest} if isinstance(variable, Symbol) and smallest else None)
