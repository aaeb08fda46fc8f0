"""Sizes of axes: plain integers, symbols, and sizes that nobody knows.

Rules compute with sizes by ordinary operators. Integers stay integers; whatever a symbol or an unknown size
meets gives a new unknown size, except where the result is that size itself (`n * 1`, `n + 0`, `n // 1`).
"""

from collections.abc import Iterable
from typing import TypeAlias


class Unknown:
    """A size that nobody knows: equal to itself, wherever the data carries it, and to no other size."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "null"

    def __add__(self, other: "Size") -> "Size":
        return self if other == 0 else Unknown()

    __radd__ = __add__

    def __sub__(self, other: "Size") -> "Size":
        return self if other == 0 else Unknown()

    def __rsub__(self, other: "Size") -> "Size":
        return Unknown()

    def __mul__(self, other: "Size") -> "Size":
        if other == 0:
            return 0
        return self if other == 1 else Unknown()

    __rmul__ = __mul__

    def __floordiv__(self, other: "Size") -> "Size":
        return self if other == 1 else Unknown()

    def __rfloordiv__(self, other: "Size") -> "Size":
        return Unknown()


class Symbol(Unknown):
    """A size with a name: the same symbol is the same size everywhere in a spec."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Symbol) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return self.name


Size: TypeAlias = int | Unknown


def product(sizes: Iterable[Size]) -> Size:
    """The number of elements of `sizes`; unknown where it depends on more than one size that is no number."""
    known = 1
    free: Size = 1
    for size in sizes:
        if isinstance(size, int):
            known *= size
        else:
            free = size * free
    return free * known


def is_known(sizes: Iterable[Size]) -> bool:
    """Whether every one of `sizes` is a plain integer."""
    return all(isinstance(size, int) for size in sizes)


def surely_differ(a: Size, b: Size) -> bool:
    """Whether `a` and `b` are two sizes that can never be equal."""
    return isinstance(a, int) and isinstance(b, int) and a != b


def to_json(size: Size) -> int | str | None:
    """An integer, the text of a symbolic size, or None for an unknown one."""
    if isinstance(size, int):
        return size
    return size.name if isinstance(size, Symbol) else None
