"""What a rule demands of sizes: whether it can be met, and a record of what is not certain."""

from contextvars import ContextVar
from typing import Literal, NamedTuple, TypeAlias

from specc.shapes.symbolic import Size


def _is_same(self: tuple[object, ...], other: object) -> bool:
    """Two demands are the same only if they are of one kind."""
    return type(self) is type(other) and tuple.__eq__(self, other)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


def _hash(self: tuple[object, ...]) -> int:
    return tuple.__hash__(self)  # pyright: ignore[reportUnknownMemberType]


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


def recording() -> "_Recording":
    """While this lasts, demands that are not certain are added to the list that it gives."""
    return _Recording()


class _Recording:
    __slots__ = ("_token",)

    def __enter__(self) -> list[Demand]:
        demands: list[Demand] = []
        self._token = _recorded.set(demands)
        return demands

    def __exit__(self, *_: object) -> None:
        _recorded.reset(self._token)


def agree(a: Size, b: Size) -> bool:
    """Whether two sizes can be equal; that they are is recorded where it is not certain."""
    if a == b:
        return True
    if isinstance(a, int) and isinstance(b, int):
        return False
    return _demand(Same(a, b))


def alike(a: Size, b: Size) -> bool:
    """Whether two sizes can be equal where Keras compares them as it builds: no `null` is a number to it.

    A symbol that has to be a number is that number by then.
    """
    if isinstance(a, int) != isinstance(b, int):
        from specc.shapes.dim import is_anonymous

        if is_anonymous(a) or is_anonymous(b):
            return False
    return agree(a, b)


def divisible(size: Size, by: Size) -> bool:
    """Whether `size` can be a multiple of `by`; that it is is recorded where it is not certain."""
    if isinstance(size, int) and isinstance(by, int):
        return size % by == 0 if by else size == 0
    return _demand(Divides(by, size))


def at_least(size: Size, least: int) -> bool:
    """Whether `size` can be `least` or more; that it is is recorded where it is not certain."""
    if isinstance(size, int):
        return size >= least
    smallest = size.least
    if smallest is None:
        return _demand(AtLeast(size, least))
    if smallest < least:
        _record(AtLeast(size, least))
    return True


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
