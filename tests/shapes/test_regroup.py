import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from specc.shapes.dim import Size, symbol, unknown
from specc.shapes.regroup import Block, broken, cuts, other_order, regroup

T, S, N = symbol("T"), symbol("S"), unknown()

CASES: list[tuple[list[Size], list[Size], str]] = [
    ([4, 26, 5, 32], [4, 4160], "0:0 1,2,3:1"),
    ([4, 4160], [4, 26, 5, 32], "0:0 1:1,2,3"),
    ([40, 2], [2, 40], "0,1:0,1"),
    ([2, 3, 4], [2, 4, 3], "0:0 1,2:1,2"),
    ([2, 2, 4], [4, 2, 2], "0,1:0 2:1,2"),
    ([6], [6], "0:0"),
    ([4, 1, 56, 14], [4, 56, 14, 1], "0:0 2:1 3:2"),
    ([4, 1, 5], [4, 1, 5], "0:0 1:1 2:2"),
    ([1, 1], [1], ""),
    ([1], [1], "0:0"),
    ([], [1], ""),
    ([T, 4, 5], [T, 20], "0:0 1,2:1"),
    ([T, 4], [4, T], "0,1:0,1"),
    ([T, S], [S, T], "0,1:0,1"),
    ([N, 4], [unknown(), 2, 2], "0:0 1:1,2"),
    ([N, 4, 5], [unknown(), 5], "0,1:0 2:1"),
    ([N, 4], [unknown(), 2], "0,1:0,1"),
    ([T, 4], [unknown()], "0,1:0"),
    ([4], [4, unknown()], "0:0 :1"),
]


def written(blocks: list[Block]) -> str:
    return " ".join(f"{','.join(map(str, b.source))}:{','.join(map(str, b.target))}" for b in blocks)


@pytest.mark.parametrize(("source", "target", "blocks"), CASES)
def test_blocks(source: list[Size], target: list[Size], blocks: str) -> None:
    assert written(regroup(source, target)) == blocks


def test_kinds() -> None:
    kinds = [b.kind for b in regroup([7, 2, 3, 12, 5, 2], [7, 6, 4, 3, 2, 5])]
    assert kinds == ["kept", "merged", "split", "cut"]
    assert len(cuts([7, 5, 2], [7, 2, 5])) == 1


@pytest.mark.parametrize(
    ("source", "target", "axes"),
    [
        ([8, 6, 24], [288, 4], (2,)),
        ([8, 6, 24], [48, 6, 4], ()),
        ([8, 6, 24], [4, 288], (0,)),
        ([6, 4], [8, 3], (0, 1)),
        ([6, 8], [4, 12], (0, 1)),
        ([3, 48, 64], [48, 64, 3], (1, 2)),
        ([T, 128], [T * 2, 64], (1,)),
        ([T, S, 24], [T * S * 6, 4], (2,)),
        ([T, 20], [T // 2, 40], (0, 1)),
        ([T, 4], [4, T], (0, 1)),
        ([N, 20], [N * 2, 10], (1,)),
    ],
)
def test_broken_axes(source: list[Size], target: list[Size], axes: tuple[int, ...]) -> None:
    found = [i for block in cuts(source, target) for i in broken(source, target, block)]
    assert tuple(found) == axes


@st.composite
def factorizations(draw: st.DrawFn, count: int) -> list[int]:
    """Sizes with a product of `count`, ones among them."""
    sizes: list[int] = []
    while count > 1:
        size = draw(st.sampled_from([d for d in range(2, count + 1) if count % d == 0]))
        sizes.append(size)
        count //= size
    for _ in range(draw(st.integers(0, 2))):
        sizes.insert(draw(st.integers(0, len(sizes))), 1)
    return sizes


@st.composite
def reshapes(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    count = draw(st.sampled_from([1, 2, 12, 36, 60, 64, 210, 240]))
    return draw(factorizations(count)), draw(factorizations(count))


def coordinates(sizes: list[int], axes: tuple[int, ...]) -> Any:
    """For each element, in order, its place within the block of `axes`."""
    grid = np.indices(sizes).reshape(len(sizes), math.prod(sizes))
    block = [sizes[i] for i in axes]
    return np.ravel_multi_index([grid[i] for i in axes], block) if axes else np.zeros(math.prod(sizes), int)


def assert_blocks_hold(blocks: list[Block], source: list[int], target: list[int]) -> None:
    for block in blocks:
        assert (coordinates(source, block.source) == coordinates(target, block.target)).all(), block


@given(reshapes())
def test_a_block_holds_the_same_elements_on_both_sides(sides: tuple[list[int], list[int]]) -> None:
    source, target = sides
    blocks = regroup(source, target)
    assert_blocks_hold(blocks, source, target)
    for side, sizes in enumerate(sides):
        covered = [i for block in blocks for i in block[side]]
        assert covered == sorted(covered)
        assert [i for i in covered if sizes[i] != 1] == [i for i, size in enumerate(sizes) if size != 1]


@given(reshapes())
def test_blocks_are_the_smallest(sides: tuple[list[int], list[int]]) -> None:
    for block in regroup(*sides):
        ends = [
            {math.prod(sizes[i] for i in axes[:n]) for n in range(1, len(axes))}
            for sizes, axes in zip(sides, block, strict=True)
        ]
        assert not ends[0] & ends[1]


@given(reshapes(), st.data())
def test_what_is_found_with_unknown_sizes_holds_for_known_ones(
    sides: tuple[list[int], list[int]], data: st.DataObject
) -> None:
    hidden = data.draw(st.sets(st.sampled_from([2, 3, 4, 5, 6, 7, 12])))

    def veiled(sizes: list[int]) -> list[Size]:
        known = [symbol(f"n{size}") if size in hidden else size for size in sizes]
        return [unknown() if data.draw(st.integers(0, 9)) == 0 else size for size in known]

    assert_blocks_hold(regroup(veiled(sides[0]), veiled(sides[1])), *sides)


def test_other_order() -> None:
    assert other_order([40, 2], [2, 40, 1]) is not None
    assert other_order([T, 1, 4], [4, T]) is not None
    assert other_order([40, 2], [40, 1, 2]) is None
    assert other_order([40, 2], [80]) is None
    assert other_order([N, 2], [2, unknown()]) is None
    assert other_order([3, 1, 4, 3], [4, 3, 3]) == (2, 0, 3, 1)
