"""Demands, what is known of each, and what several say together."""

import time

import pytest

from specc.shapes.demand import (
    AtLeast,
    Demand,
    Divides,
    Same,
    Verdict,
    agree,
    at_least,
    divisible,
    recording,
    verdict,
)
from specc.shapes.dim import Size, symbol, unknown
from specc.shapes.meaning import is_met
from specc.shapes.solve import solve

H, S, T, W = map(symbol, "HSTW")
M, N = unknown(), unknown()


def texts(*demands: Demand) -> list[str]:
    return [constraint.text for constraint in solve(demands).constraints]


class TestRecording:
    def test_numbers_are_judged_at_once(self):
        with recording() as demands:
            assert agree(3, 3)
            assert not agree(3, 4)
            assert divisible(12, 4)
            assert not divisible(12, 5)
            assert divisible(0, 0)
            assert at_least(3, 3)
            assert not at_least(2, 3)
        assert demands == []

    def test_what_is_certain_is_not_recorded(self):
        with recording() as demands:
            assert agree(T, T)
            assert agree(T // 2 + (T + 1) // 2, T)
            assert agree(T // 4 + (T + 2) // 4, T // 2)  # an identity that has two forms
            assert divisible(T * T + T, 2)
            assert divisible(64 * T * H, 16 * T)
            assert at_least(T * H, 1)
            assert not agree(24 * N, 7)
            assert not agree(T, T + 1)
            assert not divisible(4 * T + 2, 4)
            assert not at_least(2 - T, 3)
            assert not agree(T * T, 7)
        assert demands == []

    def test_what_is_not_certain_is_recorded_once_each(self):
        with recording() as outer:
            with recording() as demands:
                assert agree(H, W)
                assert divisible(T, 4)
                assert at_least(T - 4, 1)
            assert at_least(S - 1, 1)
        assert demands == [Same(H, W), Divides(4, T), AtLeast(T - 4, 1)]
        assert outer == [AtLeast(S - 1, 1)]
        assert agree(H, W)  # outside, it only answers

    def test_demands_of_two_kinds_are_never_the_same(self):
        demands: list[object] = [AtLeast(T, 4), Same(T, 4), Divides(T, 4)]
        assert len(set(demands)) == 3
        assert demands.index(Same(T, 4)) == 1
        assert AtLeast(T, 4) == AtLeast(T, 4)


@pytest.mark.parametrize(
    ("demand", "expected"),
    [
        (Same(2 * (T // 2), T), Verdict("sometimes", {"T": 1})),
        (AtLeast(100 - T, 0), Verdict("sometimes", {"T": 101})),
        (AtLeast(T * T - 8 * T + 15, 0), Verdict("sometimes", {"T": 4})),
        (AtLeast(T * T - 8 * T + 16, 0), Verdict("always")),
        (Divides(T, 64), Verdict("sometimes", {"T": 3})),
        (Same(H, W), Verdict("sometimes", {"H": 1, "W": 2})),
        (Divides(6, H * (H + 1) * (2 * H + 1)), Verdict("always")),
        (Divides(4, 2 * H * W + 1), Verdict("never", {"H": 1, "W": 1})),
        (AtLeast(10**30 - T, 0), Verdict("sometimes", {"T": 10**30 + 1})),
        (Same(8 // T, 4), Verdict("undecided")),
    ],
)
def test_verdicts(demand: Demand, expected: Verdict) -> None:
    assert verdict(demand) == expected


def even_halves(size: Size, levels: int) -> list[Demand]:
    """What a U-Net demands of one of its axes."""
    skips: list[Size] = []
    demands: list[Demand] = []
    for _ in range(levels):
        skips.append(size)
        size = size // 2
        demands.append(AtLeast(size, 1))
    for skip in reversed(skips):
        size = size * 2
        demands.append(Same(size, skip))
    return demands


@pytest.mark.parametrize(
    ("demands", "expected"),
    [
        (even_halves(H, 4) + even_halves(W, 4), ["H % 16 == 0", "W % 16 == 0"]),
        ([AtLeast(T - 2 * i, 1) for i in range(15)], ["T >= 29"]),
        ([AtLeast(T, 1)], []),
        ([Divides(4, T), AtLeast(T, 3)], ["T % 4 == 0"]),
        ([Divides(4, T), AtLeast(T, 6)], ["T >= 8", "T % 4 == 0"]),
        ([Divides(32, H * (H + 1))], ["H % 32 in {0, 31}"]),
        ([Divides(4, T), Divides(6, T)], ["T % 12 == 0"]),
        ([Divides(7, T * T - 1)], ["T % 7 in {1, 6}"]),
        ([Same(T % 5 * (T % 5 - 1) * (T % 5 - 2) * (T % 5 - 4), 0)], ["T % 5 != 3"]),
        ([Same(2 * T, 10)], ["T == 5"]),
        ([AtLeast(9 - T, 0)], ["T <= 9"]),
        ([Same((T - 3) * (T - 5), 0)], ["T in {3, 5}"]),
        ([AtLeast((T - 3) * (T - 6), 0)], ["T not in {4, 5}"]),
        ([Divides(3, T), AtLeast(T, 5), AtLeast(100 - T, 0)], ["T >= 6", "T <= 99", "T % 3 == 0"]),
        ([Same((T - 3) * (T - 4) * ((T + 1) % 9), 0)], ["T in {3, 4} or T >= 8 and T % 9 == 8"]),
        ([Same(H, W), Divides(16, W), Divides(3, H)], ["H % 48 == 0", "H == W"]),
        ([Same(H, 2 * W + 1), Divides(3, H)], ["H == 2*W + 1", "W % 3 == 1"]),
        ([Same(H, W), Same(W, S), Same(S, H)], ["H == S", "H == W"]),
        ([Same(H, W + 3)], ["H == W + 3"]),
        ([Same(W, H - 3), AtLeast(H, 4)], ["H == W + 3"]),
        ([Same(S, 2 * T - 2), AtLeast(T, 2)], ["S == 2*T - 2"]),
        ([Same(H + W, 10)], ["H + W == 10"]),
        ([Same(2 * H, 3 * W - 1)], ["3*W == 2*H + 1"]),
        ([AtLeast(H - W, 3)], ["H >= W + 3"]),
        ([Same(H // 2, W // 2)], ["H // 2 == W // 2"]),
        ([Divides(16, H * W)], ["H*W % 16 == 0"]),
        ([Divides(16, H + W)], ["(H + W) % 16 == 0"]),
        ([Divides(T, 10 * S)], ["10*S % T == 0"]),
        ([AtLeast(H * W, 5), AtLeast(H, 5)], ["H >= 5"]),
        ([Same(H * W, 64), Same(H, 4)], ["H == 4", "W == 16"]),
        ([Same(N, T), AtLeast(N, 5)], ["T >= 5"]),
        ([Same(N, T), Same(N, S)], ["S == T"]),
        ([Same(T, 2 * N), Divides(3, T)], ["T % 3 == 0"]),
        ([Same(N, 5), AtLeast(M, 3)], []),
        ([Divides(999_983, T - 5), Same(T, 5), Divides(1_000_003, T - 5)], ["T == 5"]),
        ([Divides(999_983, T), Divides(1_000_003, T)], ["T % 1000003 == 0", "T % 999983 == 0"]),
        ([Divides(2**60, T)], ["T % 1152921504606846976 == 0"]),
    ],
)
def test_constraints(demands: list[Demand], expected: list[str]) -> None:
    solution = solve(demands)
    assert solution.contradiction is None
    assert [constraint.text for constraint in solution.constraints] == expected


@pytest.mark.parametrize(
    ("demands", "expected"),
    [
        ([AtLeast(T, 5), AtLeast(3 - T, 0), AtLeast(T, 2)], (0, 1)),
        ([Divides(4, T), AtLeast(T, 3), Divides(4, T + 1)], (0, 2)),
        ([Divides(999_983, T - 5), Same(T, 5), Divides(1_000_003, T - 6)], (1, 2)),
        ([Same(24 * N, 7)], (0,)),
        ([Same(N, M), AtLeast(T, 2), Same(N, 3), Same(M, 4)], (0, 2, 3)),
        ([Same(H, W), Divides(2, H), Divides(5, T), Divides(2, W + 1)], (0, 1, 3)),
        ([Same(H * W, 64), Same(H, 3)], (0, 1)),
        ([AtLeast(5 - H, 0), AtLeast(5 - W, 0), AtLeast(H * W, 26)], (0, 1, 2)),
        ([AtLeast(5 - H, 0), AtLeast(5 - W, 0), Same(H * W, 7)], (0, 1, 2)),
        ([Same(2 * H, 2 * W + 1)], (0,)),
        ([Same(H + W, 1)], (0,)),
    ],
)
def test_contradictions(demands: list[Demand], expected: tuple[int, ...]) -> None:
    solution = solve(demands)
    assert solution.contradiction == expected
    assert solution.constraints == ()


def test_a_constraint_says_which_demands_bind_it() -> None:
    unet = even_halves(H, 4)
    (only,) = solve(unet).constraints
    assert only.demands == (len(unet) - 1,)  # the outermost
    bound, residue = solve([Divides(4, T), AtLeast(T, 3), AtLeast(T, 6)]).constraints
    assert bound.demands == (0, 2)
    assert residue.demands == (0,)


def test_an_equality_binds_what_it_says_of_a_symbol_that_is_left() -> None:
    relation, residue = solve([Same(H, W % 4), Divides(3, W)]).constraints
    assert (relation.text, relation.demands) == ("H == W % 4", (0,))
    assert (residue.text, residue.demands) == ("W % 3 == 0", (1,))


def test_a_long_period_is_found_step_by_step() -> None:
    (only,) = solve(even_halves(H, 18)).constraints
    assert only.text == "H % 262144 == 0"
    size: Size = T
    demands: list[Demand] = []
    for prime in (2, 3, 5, 7, 11, 13, 17):
        demands.append(Divides(prime, size))
        size = size // prime * prime
    (only,) = solve(demands).constraints
    assert only.text == "T % 510510 == 0"
    assert only.demands == tuple(range(7))


class TestWhatHolds:
    def test_under_the_demands_of_one_symbol(self):
        solution = solve(even_halves(H, 4))
        assert solution.holds(Same(16 * (H // 16), H)) == Verdict("always")
        assert solution.holds(Same(32 * (H // 32), H)) == Verdict("sometimes", {"H": 16})
        assert solution.holds(AtLeast(H, 17)) == Verdict("sometimes", {"H": 16})
        assert solution.holds(Divides(2, H + 1)) == Verdict("never", {"H": 16})

    def test_witnesses_are_sizes_of_the_symbols_that_were_asked_of(self):
        solution = solve([Same(H, 2 * W + 1), Divides(3, H)])
        assert solution.holds(AtLeast(H, 4)) == Verdict("sometimes", {"H": 3})
        assert solution.holds(Same(H, W + 2)) == Verdict("sometimes", {"H": 9, "W": 4})
        assert solution.holds(Same(H, 7)) == Verdict("never", {"H": 3})

    def test_under_relations(self):
        solution = solve([Same(H // 2, W // 2)])
        assert solution.holds(AtLeast(H * W, 0)) == Verdict("always")
        assert solution.holds(Same(H, W)) == Verdict("sometimes", {"H": 2, "W": 3})
        assert solution.holds(Same(N, H)).kind == "sometimes"


@pytest.mark.parametrize(
    "size",
    [
        T // 3 * 1000003 + T % 7,
        (T // 999983) * (T // 1000003) - T,
        T % 2 + T % 3 + T % 5 + T % 7 + T % 11 + T % 13 + T % 17 + T % 19 + T % 23 - 40,
        (T * T * T * T + 7) // 1009 - T // 1013 * T,
        (H * W * S) // 97 - T * T // 89,
    ],
)
def test_whatever_is_asked_ends(size: Size) -> None:
    begin = time.process_time()
    demands = [Same(size, 12345), Divides(1000003, size), AtLeast(size, 77), Divides(T + 1, size)]
    for demand in demands:
        verdict(demand)
        solve([demand])
    solve(demands)
    assert time.process_time() - begin < 20


@pytest.mark.parametrize("count", [3, 40, 120])
def test_sizes_that_add_up_in_a_row(count: int) -> None:
    sizes = [symbol(f"S{i}") for i in range(count)]
    solution = solve([Same(a + b, c) for a, b, c in zip(sizes, sizes[1:], sizes[2:], strict=False)])
    assert solution.contradiction is None  # 1, 1, 2, 3, 5, ...
    assert len(solution.constraints) == count - 2


def test_a_deep_network_is_solved_in_time() -> None:
    demands: list[Demand] = []
    for name in ("A", "B"):
        size: Size = symbol(name)
        skips: list[Size] = []
        for _ in range(5):
            for _ in range(4):
                size = size - 2
                demands.append(AtLeast(size, 1))
            skips.append(size)
            size = size // 2
        for skip in reversed(skips):
            size = 2 * size
            demands += [AtLeast(skip - size, 0), Divides(2, skip - size)]
            for _ in range(4):
                size = size - 2
                demands.append(AtLeast(size, 1))
    begin = time.process_time()
    found = texts(*demands)
    assert time.process_time() - begin < 1  # 20 ms, of a machine that does nothing else
    allowed = [n for n in range(1, 2_000) if all(is_met(demand, lambda _, n=n: n) for demand in demands)]
    assert allowed[:2] == [504, 536]
    assert found == ["A >= 504", "A % 32 == 24", "B >= 504", "B % 32 == 24"]


@pytest.mark.parametrize(
    ("demands", "wanted"),
    [
        ([Same(S * T, 3 * T * (S // 3))], ["S % 3 == 0"]),
        ([Same(S * T, 3 * (S * T // 3)), AtLeast(S * T // 3, 1)], ["S*T % 3 == 0"]),
        ([Divides(4, -S - T + 2), AtLeast(S + T, 3)], ["(S + T) % 4 == 2", "S + T >= 6"]),
        ([Divides(4, -S - T + 2), AtLeast(S + T, 3), AtLeast(S, 4)], ["S >= 4", "(S + T) % 4 == 2"]),
        ([AtLeast(S, 3), AtLeast(T, 2), AtLeast(S - S // 2 + T // 2, 2)], ["S >= 3", "T >= 2"]),
        ([AtLeast(T // 2, 1), AtLeast((S - S // 2) * (T // 2), 1)], ["T >= 2"]),
        ([AtLeast(S * T - 3 * T, 0)], ["S >= 3"]),
        ([Same(2 * T, S // 2), AtLeast(S, 3)], ["2*T == S // 2"]),
        ([Divides(6, S), Divides(3, S * T)], ["S % 6 == 0"]),
    ],
)
def test_what_several_symbols_need_is_said_once(demands: list[Demand], wanted: list[str]) -> None:
    assert sorted(each.text for each in solve(demands).constraints) == sorted(wanted)
