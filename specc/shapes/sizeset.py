"""Exact sets of sizes: eventually periodic, with as many irregular stretches as it takes before that."""

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from math import lcm
from typing import NamedTuple

MAX_BITS = 1 << 20
"""The longest period, or irregular stretch, that a set may have."""


class TooLarge(Exception):
    """A set, or the search for one, would pass a bound: nothing is decided."""


class Piece(NamedTuple):
    """The sizes from `start` up to the next piece: one is in the set where bit `(size - start) % period` is."""

    start: int
    period: int
    bits: int


class SizeSet:
    """A set of integers of at least 1: pieces that begin with 1, the last of them without end."""

    __slots__ = ("bound", "pieces")

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self.pieces = _canonical(pieces)
        *before, (start, period, bits) = self.pieces
        is_bound = bits == period == 1 and (not before or (len(before) == 1 and not before[0].bits))
        self.bound = start if is_bound else None
        """The number from which on all sizes are in the set, and none before; None: it is no such set."""

    @staticmethod
    def interval(least: int, most: int | None = None) -> "SizeSet":
        """The sizes from `least` to `most`, both included."""
        pieces = [Piece(1, 1, 0)] if least > 1 else []
        if most is not None and most < max(least, 1):
            return NONE
        pieces.append(Piece(max(least, 1), 1, 1))
        if most is not None:
            pieces.append(Piece(most + 1, 1, 0))
        return SizeSet(pieces)

    @staticmethod
    def periodic(period: int, bits: int) -> "SizeSet":
        """The sizes `n` for which bit `(n - 1) % period` is set."""
        return SizeSet((Piece(1, period, bits),))

    @staticmethod
    def changing(period: int, changes: Iterable[int], member: Callable[[int], bool]) -> "SizeSet":
        """The sizes for which `member` is true: of this period, but for the sizes at which one class changes."""
        pieces: list[Piece] = []
        at = 1
        for first, last in _clusters(changes, period):
            if first > at:
                pieces.append(_sampled(at, period, member))
            if last - first > MAX_BITS:
                raise TooLarge
            pieces.append(_sampled(first, last - first, member))
            at = last
        return SizeSet([*pieces, _sampled(at, period, member)])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SizeSet) and self.pieces == other.pieces

    def __hash__(self) -> int:
        return hash(self.pieces)

    def __contains__(self, size: int) -> bool:
        piece = next(piece for piece in reversed(self.pieces) if piece.start <= size)
        return bool(piece.bits >> (size - piece.start) % piece.period & 1)

    def __invert__(self) -> "SizeSet":
        return SizeSet([Piece(s, p, bits ^ _ones(p)) for s, p, bits in self.pieces])

    def __and__(self, other: "SizeSet") -> "SizeSet":
        if self is ALL or other is NONE:
            return other
        if other is ALL or self is NONE:
            return self
        if self.bound and other.bound:
            return self if self.bound >= other.bound else other
        return SizeSet(_both(self.pieces, other.pieces))

    def __le__(self, other: "SizeSet") -> bool:
        if self.bound and other.bound:
            return self.bound >= other.bound
        return self == other or not self & ~other

    def __bool__(self) -> bool:
        return any(piece.bits for piece in self.pieces)

    def __iter__(self) -> Iterator[int]:
        """The sizes in the set, from the smallest on; perhaps without end."""
        for piece, end in self.spans():
            at = piece.start
            while piece.bits and (end is None or at < end):
                ahead = _rotated(piece, at)
                at += (ahead & -ahead).bit_length() - 1
                if end is None or at < end:
                    yield at
                at += 1

    def spread(self, period: int, first: int) -> "SizeSet":
        """The sizes `first + (n - 1) * period` for each `n` in the set; `first` is at most the period."""
        pieces: list[Piece] = []
        for start, length, bits in self.pieces:
            if length * period > MAX_BITS:
                raise TooLarge
            wide = sum([1 << i * period for i in range(length) if bits >> i & 1]) << (first - 1)
            pieces.append(Piece((start - 1) * period + 1, length * period, wide))
        return SizeSet(pieces)

    @property
    def residue(self) -> tuple[int, int] | None:
        """The period of which the set is in one class, and the first size of that; None: of none but 1."""
        period, bits = self.tail.pieces[0][1:]
        first = bits.bit_length()
        is_one = period > 1 and bits == 1 << (first - 1) and self <= self.tail
        return (period, first) if is_one else None

    def spans(self) -> Iterator[tuple[Piece, int | None]]:
        """The pieces, each with where it ends."""
        for piece, following in pairwise(self.pieces):
            yield piece, following.start
        yield self.pieces[-1], None

    def smallest(self) -> int | None:
        """The smallest size in the set; None: it is empty."""
        return next(iter(self), None)

    @property
    def tail(self) -> "SizeSet":
        """The periodic set that this one is from some size on."""
        return extended(self.pieces[-1])

    @property
    def is_finite(self) -> bool:
        """Whether there is a greatest size in the set, or none at all."""
        return not self.pieces[-1].bits


def extended(piece: Piece) -> SizeSet:
    """The set of all sizes that has this piece's pattern throughout."""
    return SizeSet((Piece(1, piece.period, _rotated(piece, 1)),))


def _ones(count: int) -> int:
    return (1 << count) - 1


def _rotated(piece: Piece, start: int) -> int:
    """The bits of the piece's pattern counted from another start."""
    by = (start - piece.start) % piece.period
    return (piece.bits >> by | piece.bits << (piece.period - by)) & _ones(piece.period) if by else piece.bits


def _window(piece: Piece, start: int, count: int) -> int:
    """The piece's pattern from `start` on, `count` bits of it."""
    bits, length = _rotated(piece, start), piece.period
    while length < count:
        bits |= bits << length
        length *= 2
    return bits & _ones(count)


def _both(a: tuple[Piece, ...], b: tuple[Piece, ...]) -> Iterator[Piece]:
    starts = sorted({piece.start for piece in a + b})
    i = j = 0
    for start, end in [*pairwise(starts), (starts[-1], None)]:
        while i + 1 < len(a) and a[i + 1].start <= start:
            i += 1
        while j + 1 < len(b) and b[j + 1].start <= start:
            j += 1
        period = lcm(a[i].period, b[j].period)
        if end is not None:
            period = min(period, end - start)
        if not (a[i].bits and b[j].bits):
            period = 1
        if period > MAX_BITS:
            raise TooLarge
        yield Piece(start, period, _window(a[i], start, period) & _window(b[j], start, period))


def _clusters(changes: Iterable[int], period: int) -> Iterator[tuple[int, int]]:
    """The stretches of sizes between which no class changes for a whole period."""
    first = last = None
    for change in sorted(changes):
        if first is None or last is None:
            first = last = change
        elif change - last < period:
            last = change
        else:
            yield first, last + 1
            first = last = change
    if first is not None and last is not None:
        yield first, last + 1


def _sampled(start: int, count: int, member: Callable[[int], bool]) -> Piece:
    digits = ["01"[member(size)] for size in range(start + count - 1, start - 1, -1)]
    return Piece(start, count, int("".join(digits), 2))


def _canonical(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """The fewest pieces of the shortest periods, the last one beginning as early as it can."""
    raw = list(pieces)
    ends = [*[piece.start for piece in raw[1:]], None]
    found: list[Piece] = []
    for piece, end in zip(raw, ends, strict=True):
        _extend(found, piece, end)
    while len(found) > 1:
        before, last = found[-2:]
        length = min(last.start - before.start, before.period + last.period)
        start = last.start - length
        unlike = (_window(before, start, length) ^ _window(last, start, length)).bit_length()
        if unlike == length:
            break
        del found[-2:]
        last = Piece(start + unlike, last.period, _rotated(last, start + unlike))
        if last.start > before.start:
            _extend(found, before, last.start)
            found.append(last)
            break
        found.append(last)
    return tuple(found)


def _extend(found: list[Piece], piece: Piece, end: int | None) -> None:
    """Append a piece that ends there, its period no longer than that; what goes on with the last one is that one."""
    if end is not None and end - piece.start < piece.period:
        length = end - piece.start
        piece = Piece(piece.start, length, piece.bits & _ones(length))
    piece = _reduced(piece)
    before = found[-1] if found else None
    if before is None or before.period != piece.period or _rotated(before, piece.start) != piece.bits:
        found.append(piece)


def _reduced(piece: Piece) -> Piece:
    """The same with the shortest period."""
    start, period, bits = piece
    if bits in (0, _ones(period)):
        return Piece(start, 1, bits & 1)
    for prime in primes(period):
        while period % prime == 0 and bits == _window(
            Piece(0, period // prime, bits & _ones(period // prime)), 0, period
        ):
            period //= prime
            bits &= _ones(period)
    return Piece(start, period, bits)


def primes(number: int) -> Iterator[int]:
    """The prime factors of a number of at most `MAX_BITS`."""
    factor = 2
    while factor * factor <= number:
        if number % factor == 0:
            yield factor
            while number % factor == 0:
                number //= factor
        factor += 1
    if number > 1:
        yield number


ALL = SizeSet((Piece(1, 1, 1),))
NONE = SizeSet((Piece(1, 1, 0),))


def conjunction(sets: Iterable[SizeSet]) -> SizeSet:
    """The sizes in all of some sets."""
    found = ALL
    for each in sets:
        found &= each
    return found


def within(sets: Iterable[SizeSet], wanted: SizeSet) -> bool:
    """Whether the sizes in all of some sets are all wanted; False too where that passes a bound."""
    try:
        return conjunction(sets) <= wanted
    except TooLarge:
        return False
