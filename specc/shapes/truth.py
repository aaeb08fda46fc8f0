"""Whether a demand is met: always, never, or for which sizes of its symbol."""

from functools import lru_cache
from math import lcm

from specc.shapes import quasi
from specc.shapes.demand import AtLeast, Demand, Divides, Same, Verdict, Witness
from specc.shapes.dim import Variable
from specc.shapes.meaning import is_axis, is_met, simplified, sizes_in, variables_of
from specc.shapes.quasi import Budget, period, value_at
from specc.shapes.several import bounded, sample, whole_period
from specc.shapes.sizeset import ALL, SizeSet, TooLarge
from specc.shapes.symbolic import Floor, Size, Symbol, Symbolic

QUICK = 20_000
"""What a single question may cost while shapes are inferred."""

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
            if straight is not None:
                return straight
            return _near(size, budget, is_zero=False)
        case Same(Symbolic() as size, _):
            above, below = _at_least(size), _at_least(-size)
            if above is not None and below is not None:
                return above & below
            return _near(size, budget, is_zero=True)
        case Divides(int() as by, Symbolic() as size):
            return quasi.where_divisible(size, by, budget)
        case Divides(Symbolic() as by, int() as size):
            return _divisors(by, size, budget)
        case _:
            raise TooLarge


def _near(size: Symbolic, budget: Budget, is_zero: bool) -> SizeSet:
    """Where a size is 0, or at least that: by its period, or, where that is too long, by the lines around it."""
    try:
        return quasi.where_zero(size, budget) if is_zero else quasi.where_positive(size, budget)
    except TooLarge:
        from specc.shapes import linear

        return linear.where_zero(size, budget) if is_zero else linear.where_positive(size, budget)


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
        if not all(map(is_axis, variables)) or _differs(form):
            return None
        met = where(form, budget)
    except TooLarge:
        return None
    return True if met == ALL else None if met else False


def _differs(demand: Demand) -> bool:
    """Whether a demand on one symbol is met at the end of its period and not just before, or the other way round."""
    length = lcm(*map(period, sizes_in(demand)))
    return length > 1 and is_met(demand, lambda _: length) != is_met(demand, lambda _: length - 1)


def _rises(size: Size) -> bool:
    """Whether a size plainly grows with its symbols, beyond any number."""
    return isinstance(size, Symbolic) and size.least is not None


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
