"""Sizes of axes: integers, and expressions over symbols in one canonical form.

A symbolic size is a sum of products of atoms with integer coefficients. An atom is a symbol, a size that nobody
knows (`null`), or `floor(e / b)`. The form is canonical as far as it goes: sizes with the same text are equal,
and an expression over one symbol that slides, pools, pads and merges has one text. A result that is a number
is an int again, so rules compute by ordinary operators. What has no such form, or would grow too large, is a
size that nobody knows.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from itertools import count
from math import gcd
from typing import Any, TypeAlias

MAX_TERMS = 48
MAX_DEGREE = 12
MAX_WEIGHT = 256
MAX_BITS = 1024
"""How large an expression may grow: terms, atoms in a product, atoms in all, bits of a number."""

_serial = count()


class Symbol:
    """An atom: a size with a name, at least 1, the same everywhere in a spec."""

    __slots__ = ("_hash", "key", "name")
    weight = 1

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

    __slots__ = ("is_size", "key")
    weight = 1

    def __init__(self, is_size: bool) -> None:
        self.is_size = is_size
        self.key: tuple[Any, ...] = (1, next(_serial))


class Floor:
    """An atom: `of` divided by `by`, rounded down; made by `_floor` only, which knows the canonical form."""

    __slots__ = ("_hash", "by", "key", "of", "weight")

    def __init__(self, of: "Symbolic", by: int) -> None:
        self.of = of
        self.by = by
        self.weight = of.weight + 1
        self.key: tuple[Any, ...] = (2, by, of.key)
        self._hash = hash((by, of))

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Floor) and other.by == self.by and other.of == self.of)

    def __hash__(self) -> int:
        return self._hash


Atom: TypeAlias = Symbol | Anonymous | Floor
Monomial: TypeAlias = tuple[Atom, ...]
Terms: TypeAlias = tuple[tuple[Monomial, int], ...]


class Symbolic:
    """A sum of `terms`, each a product of atoms and its coefficient, and the integer `constant`.

    Immutable and in canonical form: the terms in order, none of them 0, at least one.
    """

    __slots__ = ("_hash", "_text", "constant", "terms", "weight")

    def __init__(self, terms: Terms, constant: int, weight: int) -> None:
        self.terms = terms
        self.constant = constant
        self.weight = weight
        self._hash: int | None = None
        self._text: str | None = None

    @property
    def key(self) -> tuple[Any, ...]:
        """What sorts symbolic sizes."""
        return tuple([(_order(m), c) for m, c in self.terms]), self.constant

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

    def __add__(self, other: "Size") -> "Size":
        if isinstance(other, int):
            return _bounded(self.terms, self.constant + other, self.weight) if other else self
        found = dict(self.terms)
        for monomial, coefficient in other.terms:
            found[monomial] = found.get(monomial, 0) + coefficient
        return _sum(found, self.constant + other.constant)

    __radd__ = __add__

    def __neg__(self) -> "Symbolic":
        return Symbolic(tuple([(m, -c) for m, c in self.terms]), -self.constant, self.weight)

    def __sub__(self, other: "Size") -> "Size":
        return self + -other

    def __rsub__(self, other: int) -> "Size":
        return -self + other

    def __mul__(self, other: "Size") -> "Size":
        if isinstance(other, int):
            if other in (0, 1):
                return self if other else 0
            return _bounded(
                tuple([(m, c * other) for m, c in self.terms]), self.constant * other, self.weight
            )
        if len(self.terms) * len(other.terms) > MAX_TERMS**2:
            return lost()
        found: dict[Monomial, int] = {}
        for a, c in (*self.terms, ((), self.constant)):
            for b, d in (*other.terms, ((), other.constant)):
                monomial = tuple(sorted(a + b, key=_key)) if a and b else a or b
                found[monomial] = found.get(monomial, 0) + c * d
        return _sum(found, found.pop(()))

    __rmul__ = __mul__

    def __floordiv__(self, other: "Size") -> "Size":
        if isinstance(other, int):
            if other == 0:
                raise ZeroDivisionError("a size divided by 0")
            return _floor(self, other) if other > 0 else _floor(-self, -other)
        exact = quotient(self, other)
        return lost() if exact is None else exact

    def __rfloordiv__(self, other: int) -> "Size":
        return 0 if other == 0 else lost()

    def __mod__(self, other: "Size") -> "Size":
        return self - (self // other) * other

    def __rmod__(self, other: int) -> "Size":
        return 0 if other == 0 else lost()


Size: TypeAlias = int | Symbolic


def _key(atom: Atom) -> tuple[Any, ...]:
    return atom.key


def _order(monomial: Monomial) -> tuple[Any, ...]:
    """What sorts monomials: higher degrees first; this order is kept by products."""
    return -len(monomial), *[atom.key for atom in monomial]


def _term_order(term: tuple[Monomial, int]) -> tuple[Any, ...]:
    return _order(term[0])


def _bounded(terms: Terms, constant: int, weight: int) -> Size:
    """The sum of these canonical terms; a lost size where it is too large."""
    if weight > MAX_WEIGHT or max(map(abs, [c for _, c in terms]), default=0) >> MAX_BITS:
        return lost()
    if abs(constant) >> MAX_BITS or max([len(m) for m, _ in terms]) > MAX_DEGREE:
        return lost()
    return Symbolic(terms, constant, weight)


def _sum(found: Mapping[Monomial, int], constant: int) -> Size:
    """The sum of monomials with these coefficients, of which some may be 0."""
    terms = [(m, c) for m, c in found.items() if c]
    if not terms:
        return constant
    if len(terms) > MAX_TERMS:
        return lost()
    if len(terms) > 1:
        terms.sort(key=_term_order)
    return _bounded(tuple(terms), constant, sum([atom.weight for m, _ in terms for atom in m]))


@lru_cache(maxsize=4096)
def _floor(e: Symbolic, by: int) -> Size:
    """`e` divided by a positive number, rounded down, in canonical form.

    Whole parts are taken out, common factors cancelled, and a floor in `e` merged:
    `(x // a + y) // b = (x + a*y) // (a*b)`. Of the two ways to write the rest, `r // b` and
    `-((b - 1 - r) // b)`, the one with the smaller coefficients is taken.
    """
    if by == 1:
        return e
    whole: Size = 0
    while True:
        out = {m: c // by for m, c in e.terms}
        rest = {m: c % by for m, c in e.terms if c % by}
        taken, constant = divmod(e.constant, by)
        whole = whole + _sum(out, taken)
        if not rest:
            return whole
        common = gcd(by, *rest.values())
        if common > 1:
            rest = {m: c // common for m, c in rest.items()}
            by, constant = by // common, constant // common
        inner = next((m for m, c in rest.items() if _merges(m, c, by)), None)
        if inner is None:
            break
        (atom,) = inner
        assert isinstance(atom, Floor)
        merged: Size = atom.of
        if rest.pop(inner) != 1:  # one less than `by`
            whole = whole + single(atom)
            merged = atom.by - 1 - atom.of
        merged = merged + atom.by * _sum(rest, constant)
        by *= atom.by
        if isinstance(merged, int):
            return whole + merged // by
        if by >> MAX_BITS or merged.weight > MAX_WEIGHT:
            return lost()
        e = merged
    values = [*[c for _, c in sorted(rest.items(), key=_term_order)], constant]
    mirrored = [*[by - c for c in values[:-1]], by - 1 - constant]
    sign = 1
    if mirrored < values:
        whole = whole + _sum(dict.fromkeys(rest, 1), 0)
        rest = {m: by - c for m, c in rest.items()}
        constant, sign = by - 1 - constant, -1
    of = _sum(rest, constant)
    if isinstance(of, int) or of.weight + 1 > MAX_WEIGHT:
        return lost()
    return whole + single(Floor(of, by), sign)


def _merges(monomial: Monomial, coefficient: int, by: int) -> bool:
    return len(monomial) == 1 and isinstance(monomial[0], Floor) and coefficient in (1, by - 1)


def single(atom: Atom, coefficient: int = 1) -> Symbolic:
    """The size that is an atom, or a multiple of it."""
    return Symbolic((((atom,), coefficient),), 0, atom.weight)


@lru_cache(maxsize=1024)
def symbol(name: str) -> Symbolic:
    """The size called `name`."""
    return single(Symbol(name))


def unknown() -> Symbolic:
    """A size that nobody knows, at least 1: another one with each call."""
    return single(Anonymous(is_size=True))


def lost() -> Symbolic:
    """What arithmetic cannot follow: any integer."""
    return single(Anonymous(is_size=False))


def product(sizes: Iterable[Size]) -> Size:
    """The number of elements of `sizes`."""
    known: Size = 1
    for size in sizes:
        known = known * size
    return known


def is_known(sizes: Iterable[Size]) -> bool:
    """Whether every one of `sizes` is a plain integer."""
    return all(isinstance(size, int) for size in sizes)


def surely_differ(a: Size, b: Size) -> bool:
    """Whether `a` and `b` are two numbers that differ."""
    return isinstance(a, int) and isinstance(b, int) and a != b


def atoms_of(size: Size) -> frozenset[Symbol | Anonymous]:
    """The symbols, with names or without, that a size depends on."""
    return frozenset() if isinstance(size, int) else _atoms_of(size)


@lru_cache(maxsize=4096)
def _atoms_of(size: Symbolic) -> frozenset[Symbol | Anonymous]:
    found: set[Symbol | Anonymous] = set()
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


def substitute(size: Size, value: Callable[[Symbol | Anonymous], Size | None]) -> Size:
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


def bind(size: Size, values: Mapping[str, int]) -> Size:
    """The size where symbols have these values; others are kept."""
    return substitute(size, lambda atom: values.get(atom.name) if isinstance(atom, Symbol) else None)


def quotient(a: Size, b: Size) -> Size | None:
    """How often `b` is in `a`, where it divides it; None where that is never so, or has no expression.

    By a number it is `a // b`, exact for all sizes that the demand of divisibility leaves.
    """
    if isinstance(b, int):
        if isinstance(a, int):
            return None if b == 0 or a % b else a // b
        common = gcd(b, *[c for _, c in a.terms]) if b else 0
        # Linear in no more than products, a sum whose coefficients all share a factor that the constant lacks
        # is no multiple of it.
        return a // b if common and a.constant % common == 0 else None
    if a == 0:
        return 0
    return None if isinstance(a, int) else _polynomial_quotient(a, b)


def _polynomial_quotient(a: Symbolic, b: Symbolic) -> Size | None:
    """`a / b` as polynomials over their atoms; None where a rest is left."""
    (lead, factor), *_ = b.terms
    total: Size = 0
    rest: Size = a
    for _ in range(MAX_TERMS):
        if isinstance(rest, int):
            return total if rest == 0 else None
        monomial, coefficient = rest.terms[0]
        left = _without(monomial, lead)
        if left is None or coefficient % factor:
            return None
        part = _sum({left: coefficient // factor}, 0) if left else coefficient // factor
        total = total + part
        rest = rest - part * b
    return None


def _without(monomial: Monomial, part: Monomial) -> Monomial | None:
    """The monomial divided by `part`; None where it has not all its atoms."""
    left = list(monomial)
    for atom in part:
        if atom not in left:
            return None
        left.remove(atom)
    return tuple(left)


def to_json(size: Size) -> int | str | None:
    """An integer, the text of a symbolic size, or None for one that nobody knows."""
    if isinstance(size, int):
        return size
    return None if is_anonymous(size) else str(size)
