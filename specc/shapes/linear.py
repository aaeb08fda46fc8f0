"""Sizes between two lines: what quotients of one symbol come to, however deep they stand in one another.

A period of many coprime divisors is too long to try. Where a size grows, it is 0, or changes its sign, near one place.
"""

from collections.abc import Callable
from fractions import Fraction
from math import floor
from typing import NamedTuple

from specc.shapes.quasi import Budget, value_at
from specc.shapes.sizeset import ALL, MAX_BITS, NONE, Piece, SizeSet, TooLarge
from specc.shapes.symbolic import Floor, Size


class Lines(NamedTuple):
    """`slope` times the symbol plus `low`, and plus `high`: what is meant is never below the one or above the other."""

    slope: Fraction
    low: Fraction
    high: Fraction


def lines_of(size: Size) -> Lines:
    """The lines around a size of one symbol; TooLarge where it has products."""
    slope = low = high = Fraction(0)
    if isinstance(size, int):
        return Lines(slope, Fraction(size), Fraction(size))
    for (atom, *more), coefficient in size.terms:
        if more:
            raise TooLarge
        if isinstance(atom, Floor):
            inner = lines_of(atom.of)
            lost = Fraction(atom.by - 1, atom.by)
            part = Lines(inner.slope / atom.by, inner.low / atom.by - lost, inner.high / atom.by)
        else:
            part = Lines(Fraction(1), Fraction(0), Fraction(0))
        slope += coefficient * part.slope
        ends = sorted((coefficient * part.low, coefficient * part.high))
        low, high = low + ends[0], high + ends[1]
    return Lines(slope, low + size.constant, high + size.constant)


def where_positive(size: Size, budget: Budget) -> SizeSet:
    """The values of its only symbol for which a size is at least 0."""
    slope, low, high = lines_of(size)
    if slope == 0 and (low >= 0 or high < 0):
        return ALL if low >= 0 else NONE
    return _near(size, budget, slope, low, high, lambda value: value >= 0)


def where_zero(size: Size, budget: Budget) -> SizeSet:
    """The values of its only symbol for which a size is 0."""
    slope, low, high = lines_of(size)
    if slope == 0 and (low > 0 or high < 0):
        return NONE
    return _near(size, budget, slope, low, high, lambda value: value == 0)


def _near(
    size: Size, budget: Budget, slope: Fraction, low: Fraction, high: Fraction, meets: Callable[[int], bool]
) -> SizeSet:
    """Where the values of a size meet what is asked of their sign: tried as far as the lines leave that open."""
    if slope == 0 or isinstance(size, int):
        raise TooLarge
    last = max(floor(-low / slope if slope > 0 else -high / slope), 0) + 1
    if last > MAX_BITS:
        raise TooLarge
    budget.spend(last * size.weight)
    bits = sum([1 << n - 1 for n in range(1, last + 1) if meets(value_at(size, lambda _, n=n: n))])
    return SizeSet((Piece(1, last, bits), Piece(last + 1, 1, int(meets(1 if slope > 0 else -1)))))
