"""The algebra of symbolic sizes, its verdicts and its solutions, against plain numbers.

An expression is drawn as text, and worked out twice: over symbols, and over numbers at each point.
"""

from collections.abc import Mapping, Sequence
from itertools import product
from types import CodeType
from typing import Any, NamedTuple

from hypothesis import assume, given, note, settings
from hypothesis import strategies as st

from specc.shapes.demand import AtLeast, Demand, Divides, Same, verdict
from specc.shapes.dim import Size, is_anonymous, symbol
from specc.shapes.sizeset import Piece, SizeSet, TooLarge
from specc.shapes.solve import solve

Point = Mapping[str, int]
ONE: list[Point] = [{"T": n} for n in range(1, 257)]
TWO: list[Point] = [{"H": n, "W": m} for n, m in product(range(1, 19), repeat=2)]


def expressions(names: Sequence[str], leaves: int = 8) -> st.SearchStrategy[str]:
    """Texts over symbols: sums, products, floors and rests."""

    def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.one_of(
            st.builds("({} + {})".format, inner, inner),
            st.builds("({} - {})".format, inner, inner),
            st.builds("({} * {})".format, inner, st.one_of(st.integers(-3, 4).map(str), inner)),
            st.builds("({} + {})".format, inner, st.integers(-6, 6)),
            st.builds("({} // {})".format, inner, st.integers(1, 6)),
            st.builds("({} // {})".format, inner, st.integers(1, 6)),
            st.builds("({} % {})".format, inner, st.integers(1, 5)),
        )

    return st.recursive(st.sampled_from(names), grown, max_leaves=leaves)


def worked_out(text: str | CodeType, values: Mapping[str, Any]) -> Any:
    """The value of an expression that a test has made."""
    return eval(text, {}, dict(values))


def over_symbols(text: str, names: Sequence[str]) -> Size:
    size: Size = worked_out(text, {name: symbol(name) for name in names})
    assume(not is_anonymous(size))
    return size


class Drawn(NamedTuple):
    """A demand over symbols, and the text that says of numbers whether it is met."""

    demand: Demand
    text: str

    def met(self, points: Sequence[Point]) -> list[bool]:
        code = compile(self.text, "demand", "eval")
        return [worked_out(code, point) for point in points]


@st.composite
def demands(draw: st.DrawFn, names: Sequence[str]) -> Drawn:
    text = draw(expressions(names))
    size = over_symbols(text, names)
    match draw(st.sampled_from(("at least", "same", "divides"))):
        case "at least":
            least = draw(st.integers(-20, 60))
            return Drawn(AtLeast(size, least), f"{text} >= {least}")
        case "same":
            other = draw(expressions(names, leaves=4))
            return Drawn(Same(size, over_symbols(other, names)), f"{text} == {other}")
        case _:
            by = draw(st.integers(1, 9))
            return Drawn(Divides(by, size), f"{text} % {by} == 0")


@settings(max_examples=100, deadline=None)
@given(expressions("T"), expressions("T"))
def test_equal_forms_are_equal_numbers(a: str, b: str) -> None:
    x, y = over_symbols(a, "T"), over_symbols(b, "T")
    note(f"{a} is {x!r}, {b} is {y!r}")
    code = compile(f"({a}, {b}, {x!r}, {y!r})", "sizes", "eval")
    for point in ONE[:200]:
        left, right, left_said, right_said = worked_out(code, point)
        assert (left, right) == (left_said, right_said), point
        assert left == right or x != y, point


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(("T", "HW")).flatmap(lambda names: st.tuples(st.just(names), expressions(names))))
def test_texts_are_read_back_as_the_same_size(drawn: tuple[str, str]) -> None:
    names, text = drawn
    size = over_symbols(text, names)
    assert over_symbols(str(size), names) == size, f"{text} is written {size}"


@settings(max_examples=100, deadline=None)
@given(demands("T"))
def test_verdicts_on_one_symbol(drawn: Drawn) -> None:
    kind, witness = verdict(drawn.demand)
    note(f"{drawn.text}, as {drawn.demand}: {kind}, {witness}")
    met = drawn.met(ONE)
    if kind == "always":
        assert all(met)
    elif kind == "never":
        assert not any(met)
    elif kind == "sometimes":
        assert witness is not None
        smallest = witness["T"]
        assert all(met[: smallest - 1])
        assert drawn.met([witness]) == [False]


@settings(max_examples=80, deadline=None)
@given(demands("HW"))
def test_verdicts_on_two_symbols(drawn: Drawn) -> None:
    kind, witness = verdict(drawn.demand)
    note(f"{drawn.text}, as {drawn.demand}: {kind}, {witness}")
    met = drawn.met(TWO)
    assert kind != "always" or all(met)
    assert kind != "never" or not any(met)
    if kind == "sometimes":
        assert drawn.met([{"H": 1, "W": 1} | (witness or {})]) == [False]


def held_against(several: list[Drawn], asked: Drawn, points: list[Point]) -> None:
    """The constraints of several demands, each point tried; and what holds of another demand under them."""
    solution = solve([drawn.demand for drawn in several])
    note(f"{[drawn.text for drawn in several]}: {solution.constraints}, {solution.contradiction}")
    each_met = [drawn.met(points) for drawn in several]
    met = [all(column) for column in zip(*each_met, strict=True)]
    if solution.contradiction is not None:
        assert not any(all(each_met[i][p] for i in solution.contradiction) for p in range(len(points)))
        for left_out in solution.contradiction:
            rest = [several[i].demand for i in solution.contradiction if i != left_out]
            assert solve(rest).contradiction is None, f"{left_out} is not needed"
        return
    codes = [compile(constraint.text, "constraint", "eval") for constraint in solution.constraints]
    assert [all(worked_out(code, point) for code in codes) for point in points] == met
    for code, (_, binding) in zip(codes, solution.constraints, strict=True):
        for p, point in enumerate(points):
            assert worked_out(code, point) or not all(each_met[i][p] for i in binding)
    kind, witness = solution.holds(asked.demand)
    note(f"{asked.text}, as {asked.demand}: {kind}, {witness}")
    answers = [answer for answer, allowed in zip(asked.met(points), met, strict=True) if allowed]
    assert kind != "always" or all(answers)
    assert kind != "never" or not any(answers)
    if kind == "sometimes":
        sizes = dict.fromkeys(points[0], 1) | (witness or {})
        assert asked.met([sizes]) == [False]
        if len(sizes) == 1:
            assert all(drawn.met([sizes])[0] for drawn in several)


@settings(max_examples=80, deadline=None)
@given(st.lists(demands("T"), min_size=1, max_size=4), demands("T"))
def test_solutions_for_one_symbol(several: list[Drawn], asked: Drawn) -> None:
    held_against(several, asked, ONE)


@settings(max_examples=50, deadline=None)
@given(st.lists(demands("HW"), min_size=1, max_size=4), demands("HW"))
def test_solutions_for_two_symbols(several: list[Drawn], asked: Drawn) -> None:
    held_against(several, asked, TWO)


@settings(max_examples=80, deadline=None)
@given(st.lists(demands("T"), min_size=2, max_size=4))
def test_each_constraint_is_necessary(several: list[Drawn]) -> None:
    solution = solve([drawn.demand for drawn in several])
    codes = [compile(constraint.text, "constraint", "eval") for constraint in solution.constraints]
    note(f"{[drawn.text for drawn in several]}: {solution.constraints}")
    wanted = set(range(len(codes)))
    for size in range(1, 20_000 if len(codes) > 1 else 1):
        failing = [i for i, code in enumerate(codes) if not worked_out(code, {"T": size})]
        if len(failing) == 1:
            wanted -= set(failing)
            if not wanted:
                return
    assert len(codes) < 2 or not wanted, "constraints that others imply"


def sets() -> st.SearchStrategy[tuple[SizeSet, frozenset[int]]]:
    """Sets of sizes, and their members up to 255."""

    def interval(least: int, more: int | None) -> tuple[SizeSet, frozenset[int]]:
        most = None if more is None else least + more
        members = range(max(least, 1), 256 if most is None else most + 1)
        return SizeSet.interval(least, most), frozenset(members)

    def pattern(bits: list[bool]) -> tuple[SizeSet, frozenset[int]]:
        number = sum(bit << i for i, bit in enumerate(bits))
        members = frozenset(n for n in range(1, 256) if bits[(n - 1) % len(bits)])
        return SizeSet.periodic(len(bits), number), members

    def mixed(first: frozenset[int], bits: list[bool], start: int) -> tuple[SizeSet, frozenset[int]]:
        def member(size: int) -> bool:
            return size in first if size < start else bits[size % len(bits)]

        found = SizeSet.changing(len(bits), range(1, 61), member)
        return found, frozenset(n for n in range(1, 256) if member(n))

    bits = st.lists(st.booleans(), min_size=1, max_size=9)
    return st.one_of(
        st.builds(interval, st.integers(-2, 20), st.none() | st.integers(-1, 30)),
        st.builds(pattern, bits),
        st.builds(mixed, st.frozensets(st.integers(1, 40), max_size=10), bits, st.integers(1, 60)),
    )


@settings(max_examples=200, deadline=None)
@given(sets(), sets())
def test_sets_of_sizes(first: tuple[SizeSet, frozenset[int]], second: tuple[SizeSet, frozenset[int]]) -> None:
    (a, in_a), (b, in_b) = first, second
    everything = range(1, 256)
    note(f"{a.pieces}, {b.pieces}")
    both = a & b
    assert {n for n in everything if n in both} == in_a & in_b
    assert {n for n in everything if n in ~a} == set(everything) - in_a
    assert (a <= b) == (in_a <= in_b)
    assert (a == b) == (in_a == in_b)
    assert bool(a) == bool(in_a)
    assert a.smallest() == min(in_a, default=None)
    members = iter(a)
    assert [next(members) for _ in in_a] == sorted(in_a)
    assert a.is_finite == (max(in_a, default=0) < 200)


def test_a_bound_is_one_however_its_set_is_cut() -> None:
    cut = SizeSet([Piece(1, 60, (1 << 60) - 2), Piece(61, 1, 1)])
    assert cut == SizeSet.interval(2)
    assert cut.bound == 2
    assert SizeSet([Piece(1, 1, 0), Piece(3, 2, 1)]).bound is None


def test_sets_that_would_grow_too_large_are_refused() -> None:
    a, b = SizeSet.periodic(1_048_573, 1), SizeSet.periodic(1_048_571, 1)
    try:
        both = a & b
    except TooLarge:
        return
    raise AssertionError(both.pieces)
