"""Sizes in canonical form, and their texts."""

import pytest

from specc.shapes.dim import (
    Size,
    bind,
    is_anonymous,
    product,
    quotient,
    symbol,
    symbols_of,
    to_json,
    unknown,
)
from specc.shapes.symbolic import MAX_WEIGHT, Symbolic

H, S, T, W = map(symbol, "HSTW")
N = unknown()


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (T - T, "0"),
        (T * 0, "0"),
        (2 * T // 2, "T"),
        (T // 2 + (T - T // 2), "T"),
        (T // 2 + (T + 1) // 2, "T"),
        (T % 4 + 4 * (T // 4), "T"),
        ((T - 4) // 2, "T // 2 - 2"),
        ((T - 3) // 2, "(T - 3) // 2"),
        ((T + 1) // 2, "(T + 1) // 2"),
        (T - T // 2, "(T + 1) // 2"),
        ((4 * T + 2) // 6, "(2*T + 1) // 3"),
        (3 * T // 4, "3*T // 4"),
        ((5 * T + 3) // 4, "(5*T + 3) // 4"),
        ((T // 2 // 2 + 1) // 3, "(T + 4) // 12"),
        (-(T // 3) // 2, "(2 - T) // 6"),
        (4 * (T // 7) // 10, "(2*(T // 7)) // 5"),
        (T % 2, "T % 2"),
        ((T + 1) % 5, "(T + 1) % 5"),
        (-T % 4, "(-T) % 4"),
        (10 - T, "10 - T"),
        (-(T // 3), "-(T // 3)"),
        (2 * (H // 2), "2*(H // 2)"),
        (8 * ((H + 7) // 8), "8*((H + 7) // 8)"),
        (T // 3 * 1000003 + T % 7, "1000003*(T // 3) + T % 7"),
        (T * T - 2 * T + 1, "T*T - 2*T + 1"),
        (H * W, "H*W"),
        (H * W + H, "H*(W + 1)"),
        (64 * (H // 2 - 1) * ((W + 1) // 2), "64*(H // 2 - 1)*((W + 1) // 2)"),
        (T * T // 4, "T*T // 4"),
        (6 * T * H // (2 * T), "3*H"),
        ((T * T + T) // (T + 1), "T"),
        (T // -2, "(-T) // 2"),
        (24 * N, "null"),
        (N - N, "0"),
        (0 // T, "0"),
        (7 // T, "null"),
    ],
)
def test_texts(size: Size, text: str) -> None:
    assert str(size) == text


def test_equal_sizes_are_one() -> None:
    x = T
    for _ in range(100):
        x = (x - 2) // 2
    assert isinstance(x, Symbolic)
    assert len(x.terms) == 1
    assert x == (T - 2 * (2**100 - 1)) // 2**100
    assert hash((T + 2) // 4 - 1) == hash((T - 2) // 4)
    assert (T - 1) // 2 - 1 == (T - 3) // 2
    assert {(T + 3) // 2: 1}[T // 2 + 1 + T % 2] == 1


def test_a_null_is_equal_to_itself_only() -> None:
    assert N * 1 + 0 is N
    assert N == N + 1 - 1
    assert unknown() != N
    assert is_anonymous(T + N)
    assert not is_anonymous(T)
    assert to_json(N * T) is None
    assert to_json(2 * T + 1) == "2*T + 1"
    assert to_json(T // T) == 1


def test_division_by_a_size_that_leaves_a_rest_is_not_known() -> None:
    assert is_anonymous((T * T + 1) // (T + 1))
    assert is_anonymous(T % S)
    assert (6 * T) % T == 0
    with pytest.raises(ZeroDivisionError):
        _ = T // 0


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (12, 4, 3),
        (12, 5, None),
        (12, 0, None),
        (T, 4, T // 4),
        (6 * T + 3, 3, 2 * T + 1),
        (6 * T + 3, 2, None),  # odd for every T
        (64 * T, T, 64),
        (64 * T * H, T * H, 64),
        ((T + 1) * (H // 2), T + 1, H // 2),
        (64, T, None),
        (0, T, 0),
        (T * T, T + 1, None),
    ],
)
def test_quotients(a: Size, b: Size, expected: Size | None) -> None:
    assert quotient(a, b) == expected


def test_symbols_are_bound_to_numbers() -> None:
    size = (H * W + 3) // 4 - T
    assert symbols_of(size) == {"H", "T", "W"}
    assert bind(size, {"H": 5, "W": 7, "T": 2}) == 7
    assert bind(size, {"H": 8}) == 2 * W - T
    assert product([H, 2, W]) == 2 * H * W


@pytest.mark.parametrize("steps", [1, 40, 400])
def test_what_grows_is_lost_at_a_bound(steps: int) -> None:
    power, nested, tower, total = T + H, T, T, T
    for i in range(2, steps + 2):
        power = power * power
        nested = (2 * nested + H) // 3 + T
        tower = tower // 3 * 1000003 + tower % 7
        total = total + T // i
    for size in (power, nested, tower, total):
        assert isinstance(size, Symbolic)
        assert size.weight <= MAX_WEIGHT
        assert (steps == 1) or len(str(size)) < 2_000
