"""Sizes of axes: integers, and expressions over symbols.

Rules compute with sizes by ordinary operators. Integers stay integers, and a result that is a number is one
again; sizes that are written differently and are the same are equal, as far as `symbolic` has one form for them.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from math import gcd
from typing import TypeAlias

from specc.shapes.symbolic import Anonymous, Floor, Size, Symbol, Symbolic, single

Variable: TypeAlias = Symbol | Anonymous
"""What a size depends on: symbols, with names or without."""


@lru_cache(maxsize=1024)
def symbol(name: str) -> Symbolic:
    """The size called `name`."""
    return single(Symbol(name))


def unknown() -> Symbolic:
    """A size that nobody knows, at least 1: another one with each call."""
    return single(Anonymous(is_size=True))


def product(sizes: Iterable[Size]) -> Size:
    """The number of elements of `sizes`."""
    known: Size = 1
    for size in sizes:
        known = known * size
    return known


def is_known(sizes: Iterable[Size]) -> bool:
    """Whether every one of `sizes` is a plain integer."""
    return all(isinstance(size, int) for size in sizes)


def atoms_of(size: Size) -> frozenset[Variable]:
    """The symbols, with names or without, that a size depends on."""
    return frozenset() if isinstance(size, int) else _atoms_of(size)


@lru_cache(maxsize=4096)
def _atoms_of(size: Symbolic) -> frozenset[Variable]:
    found: set[Variable] = set()
    for monomial, _ in size.terms:
        for atom in monomial:
            if isinstance(atom, Floor):
                found |= _atoms_of(atom.of)
            else:
                found.add(atom)
    return frozenset(found)


def symbols_of(size: Size) -> frozenset[str]:
    """The names of the symbols that a size depends on."""
    return frozenset(atom.name for atom in atoms_of(size) if isinstance(atom, Symbol))


def is_anonymous(size: Size) -> bool:
    """Whether a size depends on one that nobody knows."""
    return any(isinstance(atom, Anonymous) for atom in atoms_of(size))


def substitute(size: Size, value: Callable[[Variable], Size | None]) -> Size:
    """The size with atoms replaced by what `value` says; None keeps one."""
    if isinstance(size, int):
        return size
    total: Size = size.constant
    for monomial, coefficient in size.terms:
        term: Size = coefficient
        for atom in monomial:
            if isinstance(atom, Floor):
                term = term * (substitute(atom.of, value) // atom.by)
            else:
                new = value(atom)
                term = term * (single(atom) if new is None else new)
        total = total + term
    return total


def bind(size: Size, values: Mapping[str, Size]) -> Size:
    """The size where symbols have these values; others are kept."""
    return substitute(size, lambda atom: values.get(atom.name) if isinstance(atom, Symbol) else None)


def quotient(a: Size, b: Size) -> Size | None:
    """How often `b` is in `a`, where it divides it; None where that is never so, or has no expression.

    By a number it is `a // b`, exact for all sizes that the demand of divisibility leaves.
    """
    if isinstance(b, int):
        if isinstance(a, int):
            return None if b == 0 or a % b else a // b
        # a factor that `b` and all coefficients share, and the constant lacks, leaves a rest for every size
        common = gcd(b, *[c for _, c in a.terms]) if b else 0
        return a // b if common and a.constant % common == 0 else None
    if isinstance(a, int):
        return None if a else 0
    from specc.shapes.ratio import ratio

    return ratio(a, b)


def remainder(size: Size, by: int) -> Size:
    """A size of the same rest by the number `by`, its coefficients as near to 0 as may be."""
    if isinstance(size, int):
        return size % by
    total: Size = size.constant % by
    for monomial, coefficient in size.terms:
        nearest = (coefficient + (by - 1) // 2) % by - (by - 1) // 2
        if nearest:
            total = total + Symbolic(((monomial, nearest),), 0, size.weight)
    return total


def to_json(size: Size) -> int | str | None:
    """An integer, the text of a symbolic size, or None for one that nobody knows."""
    if isinstance(size, int):
        return size
    return None if is_anonymous(size) else str(size)
