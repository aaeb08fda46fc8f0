"""Where sizes of one symbol are 0, or more: by the lines around them as by their periods."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specc.shapes import linear
from specc.shapes.demand import AtLeast, Same
from specc.shapes.dim import Size, symbol
from specc.shapes.quasi import Budget, value_at
from specc.shapes.sizeset import SizeSet, TooLarge
from specc.shapes.solve import solve

T = symbol("T")
PRIMES = (7, 11, 13, 17, 19, 23)


def chain(size: Size, steps: list[tuple[int, int]]) -> Size:
    """The size pooled and stretched, one step after the other."""
    for down, up in steps:
        size = size // down * up
    return size


steps = st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), max_size=3)


@settings(max_examples=100, deadline=None)
@given(steps, steps, st.integers(-30, 30), st.integers(-4, 4))
def test_the_lines_say_what_each_size_says(
    a: list[tuple[int, int]], b: list[tuple[int, int]], number: int, factor: int
) -> None:
    size = chain(T, a) - factor * chain(T + 1, b) + number
    if isinstance(size, int):
        return
    cases: list[tuple[Callable[[Size, Budget], SizeSet], Callable[[int], bool]]] = [
        (linear.where_positive, lambda value: value >= 0),
        (linear.where_zero, lambda value: value == 0),
    ]
    for solved, meets in cases:
        try:
            found = solved(size, Budget(1_000_000))
        except TooLarge:
            continue
        for n in range(1, 400):
            assert (n in found) == meets(value_at(size, lambda _, n=n: n)), n


@pytest.mark.parametrize("least", [1, 2, 40])
def test_a_period_that_is_too_long_to_be_tried(least: int) -> None:
    size = chain(T, [(n, n - 1) for n in PRIMES])
    first = next(n for n in range(1, 10_000) if value_at(size, lambda _, n=n: n) >= least)
    assert [each.text for each in solve([AtLeast(size, least)]).constraints] == [f"T >= {first}"]


def test_what_comes_back_shorter_whatever_the_size() -> None:
    assert solve([Same(chain(T, [(n, n - 1) for n in PRIMES]), T)]).contradiction == (0,)
