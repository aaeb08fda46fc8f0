"""Expressions over symbols, in one canonical form.

A symbolic size is a sum of products of atoms with integer coefficients. An atom is a symbol, a size that nobody
knows (`null`), or `floor(e / b)`. A result that is a number is an int again. What has no such form, or would
grow too large, is lost: some integer, of which nothing is known.
"""

from collections.abc import Mapping
from itertools import count
from typing import Any, TypeAlias

MAX_TERMS = 32
MAX_DEGREE = 12
MAX_WEIGHT = 128
MAX_NUMBER = 1 << 512
"""How large an expression may grow: terms, atoms in a product, atoms in all, and its numbers."""

_serial = count()


class Symbol:
    """An atom: a size with a name, at least 1, the same everywhere in a spec."""

    __slots__ = ("_hash", "key", "name")
    weight = 1
    least = 1

    def __init__(self, name: str) -> None:
        self.name = name
        self.key: tuple[Any, ...] = (0, name)
        self._hash = hash(name)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Symbol) and other.name == self.name)

    def __hash__(self) -> int:
        return self._hash


class Anonymous:
    """An atom: a size that nobody knows, equal to itself only.

    `is_size`: whether it is an axis, and so at least 1; what arithmetic lost may be any integer.
    """

    __slots__ = ("is_size", "key", "least")
    weight = 1

    def __init__(self, is_size: bool) -> None:
        self.is_size = is_size
        self.least = 1 if is_size else None
        self.key: tuple[Any, ...] = (1, next(_serial))


class Floor:
    """An atom: `of` divided by `by`, rounded down; made by `floor.floor` only, which knows the canonical form."""

    __slots__ = ("_hash", "_key", "by", "least", "of", "weight")

    def __init__(self, of: "Symbolic", by: int) -> None:
        self.of = of
        self.by = by
        self.weight = of.weight + 1
        least = of.least
        self.least = None if least is None else least // by
        self._hash = hash((by, of))
        self._key: tuple[Any, ...] | None = None

    @property
    def key(self) -> tuple[Any, ...]:
        """What sorts atoms."""
        if self._key is None:
            self._key = (2, self.by, tuple(map(_term_key, self.of.terms)), self.of.constant)
        return self._key

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Floor) and other.by == self.by and other.of == self.of)

    def __hash__(self) -> int:
        return self._hash


Atom: TypeAlias = Symbol | Anonymous | Floor
Monomial: TypeAlias = tuple[Atom, ...]
Term: TypeAlias = tuple[Monomial, int]


class Symbolic:
    """A sum of `terms`, each a product of atoms and its coefficient, and the integer `constant`.

    Immutable and in canonical form: at least one term, in order, none of them 0.
    """

    __slots__ = ("_hash", "_text", "constant", "terms", "weight")

    def __init__(self, terms: tuple[Term, ...], constant: int, weight: int) -> None:
        self.terms = terms
        self.constant = constant
        self.weight = weight
        self._hash: int | None = None
        self._text: str | None = None

    def __eq__(self, other: object) -> bool:
        return self is other or (
            isinstance(other, Symbolic) and self.constant == other.constant and self.terms == other.terms
        )

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash((self.terms, self.constant))
        return self._hash

    def __repr__(self) -> str:
        if self._text is None:
            from specc.shapes.wording import text_of

            self._text = text_of(self)
        return self._text

    @property
    def least(self) -> int | None:
        """The value where all symbols are 1, if the size plainly rises with them, and beyond any number."""
        total = self.constant
        for monomial, factor in self.terms:
            if factor < 0:
                return None
            for atom in monomial:
                least = atom.least
                if least is None or (least < 0 and len(monomial) > 1):
                    return None
                factor *= least
            total += factor
        return total

    def __add__(self, other: "Size") -> "Size":
        if isinstance(other, int):
            constant = self.constant + other
            if -MAX_NUMBER < constant < MAX_NUMBER:
                return Symbolic(self.terms, constant, self.weight) if other else self
            return lost()
        found = dict(self.terms)
        for monomial, coefficient in other.terms:
            found[monomial] = found.get(monomial, 0) + coefficient
        return sum_of(found, self.constant + other.constant)

    __radd__ = __add__

    def __neg__(self) -> "Size":
        return self * -1

    def __sub__(self, other: "Size") -> "Size":
        return self + other * -1

    def __rsub__(self, other: int) -> "Size":
        return self * -1 + other

    def __mul__(self, other: "Size") -> "Size":
        if isinstance(other, int):
            if other in (0, 1):
                return self if other else 0
            terms = tuple([(m, c * other) for m, c in self.terms])
            return _bounded(terms, self.constant * other, self.weight)
        found: dict[Monomial, int] = {}
        for a, c in (*self.terms, ((), self.constant)):
            for b, d in (*other.terms, ((), other.constant)):
                monomial = tuple(sorted(a + b, key=_key)) if a and b else a or b
                found[monomial] = found.get(monomial, 0) + c * d
        return sum_of(found, found.pop(()))

    __rmul__ = __mul__

    def __floordiv__(self, other: "Size") -> "Size":
        if isinstance(other, int):
            if other == 1:
                return self
            if other == 0:
                raise ZeroDivisionError("a size divided by 0")
            from specc.shapes.floor import floor

            return floor(self, other) if other > 0 else -self // -other
        from specc.shapes.ratio import ratio

        exact = ratio(self, other)
        return lost() if exact is None else exact

    def __rfloordiv__(self, other: int) -> "Size":
        return 0 if other == 0 else lost()

    def __mod__(self, other: "Size") -> "Size":
        return self - (self // other) * other

    def __rmod__(self, other: int) -> "Size":
        return 0 if other == 0 else lost()


Size: TypeAlias = int | Symbolic


def single(atom: Atom, coefficient: int = 1) -> Symbolic:
    """The size that is an atom, or a multiple of it."""
    return Symbolic((((atom,), coefficient),), 0, atom.weight)


def lost() -> Symbolic:
    """What arithmetic cannot follow: any integer."""
    return single(Anonymous(is_size=False))


def _key(atom: Atom) -> tuple[Any, ...]:
    return atom.key


def _term_key(term: Term) -> tuple[Any, ...]:
    """What sorts terms: higher degrees first; products keep this order."""
    return -len(term[0]), *[atom.key for atom in term[0]], term[1]


def _bounded(terms: tuple[Term, ...], constant: int, weight: int) -> Size:
    """The sum of these canonical terms; a lost size where it is too large."""
    if weight > MAX_WEIGHT or not -MAX_NUMBER < constant < MAX_NUMBER:
        return lost()
    for monomial, coefficient in terms:
        if len(monomial) > MAX_DEGREE or not -MAX_NUMBER < coefficient < MAX_NUMBER:
            return lost()
    return Symbolic(terms, constant, weight)


def sum_of(found: Mapping[Monomial, int], constant: int) -> Size:
    """The sum of monomials with these coefficients, of which some may be 0."""
    terms = [term for term in found.items() if term[1]]
    if not terms:
        return constant
    if len(terms) > 1:
        if len(terms) > MAX_TERMS:
            return lost()
        terms.sort(key=_term_key)
    return _bounded(tuple(terms), constant, sum([atom.weight for m, _ in terms for atom in m]))
