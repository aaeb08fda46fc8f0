"""What of several demands follows from the others, by the least that sizes come to."""

from collections.abc import Mapping
from itertools import islice

from specc.shapes.demand import AtLeast, Demand, Same
from specc.shapes.dim import Variable, atoms_of
from specc.shapes.quasi import Budget, value_at
from specc.shapes.sizeset import ALL, SizeSet, TooLarge
from specc.shapes.symbolic import Size, Symbolic
from specc.shapes.truth import where
from specc.shapes.wording import factors

_TRIED = 64
"""Of how many sizes the least value is looked for; that it is the least is proven."""

Allowed = Mapping[Variable, SizeSet]


def is_enough(demand: Demand, allowed: Allowed, budget: Budget) -> bool:
    """Whether the allowed sizes of each symbol alone are enough for a simplified demand of order on several."""
    if not isinstance(demand, AtLeast):
        return False
    least = least_of(demand.size, allowed, budget)
    if least is not None:
        return least >= 0
    # a product is at least 1 where each of its factors is
    parts = factors(demand.size + 1)
    least_parts = [least_of(part, allowed, budget) for part in parts]
    return len(parts) > 1 and all(least is not None and least >= 1 for least in least_parts)


def least_of(size: Size, allowed: Allowed, budget: Budget) -> int | None:
    """The least that a sum of sizes of one symbol each comes to; None: it is no such sum, or that is not known."""
    parts = _parts(size)
    if parts is None:
        return None
    total = size if isinstance(size, int) else size.constant
    for variable, part in parts.items():
        least = _least_on(part, allowed.get(variable, ALL), budget)
        if least is None:
            return None
        total += least
    return total


def left_for(variable: Variable, demand: Demand, allowed: Allowed, budget: Budget) -> SizeSet:
    """Sizes beyond which a demand on several symbols lets none be, whatever the others are."""
    if not isinstance(demand, AtLeast | Same):
        return ALL
    size = demand.size if isinstance(demand, AtLeast) else demand.left
    found = ALL
    for side in (size, -size) if isinstance(demand, Same) else (size,):
        parts = _parts(side)
        own = None if parts is None else parts.pop(variable, None)
        if parts is None or own is None or isinstance(side, int):
            continue
        # own + rest >= 0, where -rest is at least `least`
        least = least_of(own - side, allowed, budget)
        if least is not None:
            try:
                found &= where(AtLeast(own - least, 0), budget)
            except TooLarge:
                continue
    return found


def _parts(size: Size) -> dict[Variable, Size] | None:
    """A sum by the symbols of its terms, without its number; None where a term has several."""
    found: dict[Variable, Size] = {}
    if isinstance(size, int):
        return found
    for monomial, coefficient in size.terms:
        term = Symbolic(((monomial, coefficient),), 0, size.weight)
        if len(atoms_of(term)) > 1:
            return None
        (variable,) = atoms_of(term)
        found[variable] = found.get(variable, 0) + term
    return found


def _least_on(size: Size, sizes: SizeSet, budget: Budget) -> int | None:
    """The least value of a size of one symbol on a set."""
    if isinstance(size, int):
        return size
    values = [value_at(size, lambda _, n=n: n) for n in islice(sizes, _TRIED)]
    if not values:
        return None
    least = min(values)
    try:
        return least if sizes <= where(AtLeast(size - least, 0), budget) else None
    except TooLarge:
        return None
