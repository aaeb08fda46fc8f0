"""Which axes of a reshaped value are which axes of its source.

A reshape keeps the order of the elements, so it is a row of blocks: neighbouring axes of the source become
neighbouring axes of the target with as many elements. A block that keeps, merges or splits one axis means
something; one that turns several axes into several others cuts them, and scrambles what they stand for.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from specc.shapes.demand import Divides, verdict
from specc.shapes.dim import Size, product

Indexes = tuple[int, ...]
_Numbered = list[tuple[int, Size]]


class Block(NamedTuple):
    """Positions of neighbouring axes in the source and in the target that hold the same elements."""

    source: Indexes
    target: Indexes

    @property
    def kind(self) -> Literal["kept", "merged", "split", "cut"]:
        """What becomes of the axes: one stays, several become one, one becomes several, or neither."""
        if len(self.source) == len(self.target) == 1:
            return "kept"
        if len(self.target) <= 1:
            return "merged"
        return "split" if len(self.source) <= 1 else "cut"


class _Balance:
    """What the sizes taken from source and target differ by: two products with no unknown size in common."""

    __slots__ = ("known", "unknown")

    def __init__(self) -> None:
        self.known = [1, 1]
        self.unknown: tuple[list[Size], list[Size]] = ([], [])

    def take(self, side: int, size: Size) -> None:
        if isinstance(size, int):
            self.known[side] *= size
        elif size in self.unknown[1 - side]:
            self.unknown[1 - side].remove(size)
        else:
            self.unknown[side].append(size)

    def lacking(self) -> Indexes:
        """The sides (0: source, 1: target) that need another axis; none: the two are equal."""
        source, target = self.unknown
        if source or target:
            return (*((0,) if target else ()), *((1,) if source else ()))
        if self.known[0] == self.known[1]:
            return ()
        return (0,) if self.known[0] < self.known[1] else (1,)


def regroup(source: Sequence[Size], target: Sequence[Size]) -> list[Block]:
    """The smallest blocks, in order, of a reshape from `source` to `target` of as many elements.

    Axes of size 1 are free: they stand in no block, except where as many of them stand between the same two
    blocks on either side, where each is kept. Unknown sizes are equal to themselves only; where that leaves
    the limits of blocks unproven, the axes in question form one block.
    """
    sides = _numbered(source), _numbered(target)
    head, used = _from_left(*sides)
    rest = tuple(side[n:][::-1] for side, n in zip(sides, used, strict=True))
    tail, used = _from_left(*rest)
    middle = [tuple(i for i, _ in reversed(side[n:])) for side, n in zip(rest, used, strict=True)]
    blocks = head
    if any(middle):
        blocks.append(Block(*middle))
    blocks += [Block(s[::-1], t[::-1]) for s, t in reversed(tail)]
    return _with_ones(blocks, len(source), len(target))


def _numbered(sizes: Sequence[Size]) -> _Numbered:
    return [(i, size) for i, size in enumerate(sizes) if size != 1]


def _from_left(*sides: _Numbered) -> tuple[list[Block], tuple[int, int]]:
    """The blocks that are certain from the left on, and how many axes of each side they take."""
    blocks: list[Block] = []
    start = [0, 0]
    while start[0] < len(sides[0]) and start[1] < len(sides[1]):
        stop = list(start)
        balance = _Balance()
        lacking: Indexes = (0, 1)
        while lacking:
            able = [side for side in lacking if stop[side] < len(sides[side])]
            if not able:
                return blocks, (start[0], start[1])
            for side in able:
                balance.take(side, sides[side][stop[side]][1])
                stop[side] += 1
            lacking = balance.lacking()
        taken = [tuple(i for i, _ in sides[k][start[k] : stop[k]]) for k in (0, 1)]
        blocks.append(Block(*taken))
        start = stop
    return blocks, (start[0], start[1])


def _with_ones(blocks: list[Block], source_rank: int, target_rank: int) -> list[Block]:
    """The blocks, with the axes of size 1 that certainly stay where they are."""
    found: list[Block] = []
    ends = [0, 0]
    for block in [*blocks, Block((source_rank,), (target_rank,))]:
        if block.source and block.target:
            gaps = range(ends[0], block.source[0]), range(ends[1], block.target[0])
            if len(gaps[0]) == len(gaps[1]):
                found += [Block((s,), (t,)) for s, t in zip(*gaps, strict=True)]
            ends = [block.source[-1] + 1, block.target[-1] + 1]
        found.append(block)
    return found[:-1]


def cuts(source: Sequence[Size], target: Sequence[Size]) -> list[Block]:
    """The blocks of a reshape that scramble; none: it only keeps, merges and splits axes."""
    return [block for block in regroup(source, target) if block.kind == "cut"]


def broken(source: Sequence[Size], target: Sequence[Size], block: Block) -> Indexes:
    """The axes of the source, of a block that cuts, that are not provably whole within one axis of the target.

    The others only merge with their neighbours, or with a part of one.
    """
    ends, limits = (
        [product(sizes[i] for i in axes[:n]) for n in range(len(axes) + 1)]
        for sizes, axes in zip((source, target), block, strict=True)
    )
    return tuple(
        i
        for i, (start, end) in zip(block.source, pairwise(ends), strict=True)
        if not all(_is_multiple(limit, end) or _is_multiple(start, limit) for limit in limits[1:])
    )


def _is_multiple(size: Size, by: Size) -> bool:
    if isinstance(size, int) and isinstance(by, int):
        return size % by == 0
    return verdict(Divides(by, size)).kind == "always"


def other_order(source: Sequence[Size], target: Sequence[Size]) -> Indexes | None:
    """The order of the source's axes in which their sizes, ones ignored, are the target's: it was probably meant.

    None if there is none, or it is the order they have. Axes of equal size stay in sequence, ones go last.
    """
    wanted = [size for size in target if size != 1]
    left = [i for i, size in enumerate(source) if size != 1]
    if len(wanted) != len(left) or wanted == [source[i] for i in left]:
        return None
    order: list[int] = []
    for size in wanted:
        at = next((i for i in left if source[i] == size), None)
        if at is None:
            return None
        left.remove(at)
        order.append(at)
    return (*order, *(i for i, size in enumerate(source) if size == 1))
