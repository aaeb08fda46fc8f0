"""How the length of an axis is made of others: as long as its size says, for all sizes."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from specc.shapes.dim import Size, symbol
from specc.shapes.lengths import Along, Count, Joined, Outer, Recipe, Strided, recipe, untold
from specc.shapes.quasi import value_at

T, S = symbol("T"), symbol("S")
SIZES: list[Size] = [
    T,
    S,
    2 * T,
    3 * T + 1,
    T - 2,
    T // 2,
    T - T // 2,
    T * S,
    T * S + T,
    T + S,
    (T * S) // 3,
    4,
]


def length(made: Recipe, there: list[int]) -> int:
    """How long the vector of a recipe is."""
    match made:
        case Along(place):
            return there[place]
        case Count(number):
            return number
        case Strided(of, start, step):
            return len(range(start, length(of, there), step))
        case Joined(parts):
            return sum(length(part, there) for part in parts)
        case Outer(parts):
            found = 1
            for part in parts:
                found *= length(part, there)
            return found


@given(st.sampled_from(SIZES), st.lists(st.sampled_from(SIZES), min_size=1, max_size=3))
def test_a_recipe_makes_the_size_that_it_is_for(size: Size, there: list[Size]) -> None:
    made = recipe(size, there)
    assume(made is not None)
    assert made is not None
    for t in range(1, 14):
        for s in range(1, 6):
            known = [
                value_at(each, lambda atom, t=t, s=s: t if atom is T.terms[0][0][0] else s) for each in there
            ]
            if min(known) > 0:
                wanted = value_at(size, lambda atom, t=t, s=s: t if atom is T.terms[0][0][0] else s)
                assert length(made, known) == max(wanted, 0)


@pytest.mark.parametrize(
    ("size", "there"),
    [
        (2 * T, [T]),
        (T, [2 * T + 1]),
        (T * S, [T, S]),
        (2 * T * S + 2 * T, [T * S + T]),
        (T // 3, [T]),
        (T * S, [T // 1, S - 3]),
    ],
)
def test_sizes_that_other_axes_tell(size: Size, there: list[Size]) -> None:
    assert recipe(size, there) is not None


@pytest.mark.parametrize(
    ("size", "there"), [(T, [S]), (T, [T * S]), (T, [T * T]), (T, [T // 2]), (S, [T, T * S])]
)
def test_sizes_that_no_axis_tells(size: Size, there: list[Size]) -> None:
    assert recipe(size, there) is None


def test_one_size_is_what_the_others_leave() -> None:
    assert untold([T * S], [2, T * S // 2], []) == []
    assert untold([T * S], [T, S], [T]) == [S]
    assert untold([T * S], [T, S], [T, S]) == []
