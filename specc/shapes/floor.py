"""Expressions divided by numbers and rounded down, in canonical form."""

from functools import lru_cache
from math import gcd

from specc.shapes.symbolic import (
    MAX_NUMBER,
    MAX_WEIGHT,
    Floor,
    Monomial,
    Size,
    Symbolic,
    lost,
    single,
    sum_of,
)


@lru_cache(maxsize=4096)
def floor(e: Symbolic, by: int) -> Size:
    """`e` divided by a positive number, rounded down.

    Multiples of `by` are taken out, common factors cancelled, and a floor in `e` merged:
    `(x // a + y) // b = (x + a*y) // (a*b)`.
    """
    whole: Size = 0
    while True:
        taken, constant = divmod(e.constant, by)
        rest: dict[Monomial, int] = {}
        for monomial, coefficient in e.terms:
            times, left = divmod(coefficient, by)
            if times:
                whole = whole + Symbolic(((monomial, times),), 0, e.weight)
            if left:
                rest[monomial] = left
        whole = whole + taken
        if not rest:
            return whole
        common = gcd(by, *rest.values())
        if common > 1:
            rest = {m: c // common for m, c in rest.items()}
            by, constant = by // common, constant // common
        for monomial, coefficient in e.terms:
            if rest.get(monomial) == by - 1 and (by > 2 or coefficient < 0) and _is_floor(monomial):
                whole = whole + Symbolic(((monomial, 1),), 0, e.weight)
                rest[monomial] = -1
        inner = next((m for m, c in rest.items() if c in (1, -1) and _is_floor(m)), None)
        if inner is None:
            return whole + _reduced(rest, constant, by)
        (atom,) = inner
        assert isinstance(atom, Floor)
        # -(x // a) is (a - 1 - x) // a
        numerator = atom.of if rest.pop(inner) == 1 else atom.by - 1 - atom.of
        numerator = numerator + atom.by * sum_of(rest, constant)
        by *= atom.by
        if isinstance(numerator, int):
            return whole + numerator // by
        if by >= MAX_NUMBER:
            return lost()
        e = numerator


def _is_floor(monomial: Monomial) -> bool:
    return len(monomial) == 1 and isinstance(monomial[0], Floor)


def _reduced(rest: dict[Monomial, int], constant: int, by: int) -> Size:
    """The floor of a sum whose numbers are less than `by`.

    Of the two ways to write it, `r // by` and `-((by - 1 - r) // by)`, the one with the smaller numbers is taken.
    """
    mirrored = {m: by - c for m, c in rest.items()}
    if [*mirrored.values(), by - 1 - constant] < [*rest.values(), constant]:
        return sum_of(dict.fromkeys(rest, 1), 0) - _atomic(mirrored, by - 1 - constant, by)
    return _atomic(rest, constant, by)


def _atomic(terms: dict[Monomial, int], constant: int, by: int) -> Size:
    weight = sum([atom.weight for monomial in terms for atom in monomial])
    if weight >= MAX_WEIGHT:
        return lost()
    return single(Floor(Symbolic(tuple(terms.items()), constant, weight), by))
