"""What a rule demands of sizes: whether it can be met, and a record of what is not certain."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal, NamedTuple, TypeAlias

from specc.shapes.symbolic import Size, Symbol


def _is_same(self: tuple[object, ...], other: object) -> bool:
    """Two demands are the same only if they are of one kind."""
    return type(self) is type(other) and tuple(self) == tuple(other)  # pyright: ignore[reportArgumentType, reportUnknownArgumentType, reportUnknownVariableType]


def _hash(self: tuple[object, ...]) -> int:
    return hash((type(self).__name__, *self))


class AtLeast(NamedTuple):
    """`size >= least`."""

    size: Size
    least: int
    __eq__ = _is_same
    __hash__ = _hash

    def __str__(self) -> str:
        return f"{self.size} >= {self.least}"


class Same(NamedTuple):
    """`left == right`."""

    left: Size
    right: Size
    __eq__ = _is_same
    __hash__ = _hash

    def __str__(self) -> str:
        return f"{self.left} == {self.right}"


class Divides(NamedTuple):
    """`size % by == 0`; 0 divides 0 only."""

    by: Size
    size: Size
    __eq__ = _is_same
    __hash__ = _hash

    def __str__(self) -> str:
        size = str(self.size)
        return f"{size if size.isalnum() else f'({size})'} % {self.by} == 0"


Demand: TypeAlias = AtLeast | Same | Divides
Kind: TypeAlias = Literal["always", "never", "sometimes", "undecided"]
Witness: TypeAlias = dict[str, int]


class Verdict(NamedTuple):
    """For which sizes of its symbols a demand is met, and the smallest ones at which it is not."""

    kind: Kind
    witness: Witness | None = None


_recorded: ContextVar[list[Demand] | None] = ContextVar("recorded", default=None)


@contextmanager
def recording() -> Generator[list[Demand]]:
    """While this lasts, demands that are not certain are added to the list that it gives."""
    demands: list[Demand] = []
    token = _recorded.set(demands)
    try:
        yield demands
    finally:
        _recorded.reset(token)


def agree(a: Size, b: Size) -> bool:
    """Whether two sizes can be equal; that they are is recorded where it is not certain."""
    if a == b:
        return True
    if isinstance(a, int) and isinstance(b, int):
        return False
    return _demand(Same(a, b))


def divisible(size: Size, by: Size) -> bool:
    """Whether `size` can be a multiple of `by`; that it is is recorded where it is not certain."""
    if isinstance(size, int) and isinstance(by, int):
        return size % by == 0 if by else size == 0
    return _demand(Divides(by, size))


def at_least(size: Size, least: int) -> bool:
    """Whether `size` can be `least` or more; that it is is recorded where it is not certain."""
    if isinstance(size, int):
        return size >= least
    if len(size.terms) == 1:
        ((atoms, factor),) = size.terms
        if factor > 0 and len(atoms) == 1 and isinstance(atoms[0], Symbol):
            # By far the commonest: what grows with one symbol, from 1 on and without end.
            if factor + size.constant < least:
                _record(AtLeast(size, least))
            return True
    return _demand(AtLeast(size, least))


def verdict(demand: Demand) -> Verdict:
    """Whether a demand is met for all sizes of its symbols, for none, or for some."""
    from specc.shapes.truth import decide

    return decide(demand)


def _demand(demand: Demand) -> bool:
    from specc.shapes.truth import certain

    sure = certain(demand)
    if sure is None:
        _record(demand)
    return sure is not False


def _record(demand: Demand) -> None:
    demands = _recorded.get()
    if demands is not None:
        demands.append(demand)
