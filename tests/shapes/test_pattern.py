import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from specc.ops.misfit import Misfit, SetArgument
from specc.ops.rearranging import plan
from specc.shapes.axis import given as named
from specc.shapes.dim import symbol
from specc.shapes.pattern import parse_pattern
from specc.shapes.shape import Shape, nameless

T = symbol("T")


@pytest.mark.parametrize(
    "text",
    ["a b -> b a", "a (b c) -> (a b) c", "a 1 () -> 1 a", "... a -> (... a)", "a1 b_2 -> b_2 a1", " -> 1"],
)
def test_a_pattern_is_read_as_it_is_written(text: str) -> None:
    assert str(parse_pattern(text)) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a b", "one `->`"),
        ("a -> b -> c", "one `->`"),
        ("(a -> a", "not closed"),
        ("a) -> a", "closes nothing"),
        ("((a b)) -> a b", "do not nest"),
        ("a, b -> a b", "`,`"),
        ("2 a -> a", "`2`"),
        ("12 a -> a", "`12`"),
        ("_a -> a", "`_a`"),
        ("é -> é", "`é`"),
        ("... ... -> ...", "twice"),
        ("a -> (... ...) a", "twice"),
        ("(a ...) -> a ...", "on the left"),
        ("a - b -> a b", "`-`"),
    ],
)
def test_malformed_patterns(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message.replace("(", r"\(")):
        parse_pattern(text)


@st.composite
def rearrangements(draw: st.DrawFn) -> tuple[list[list[str]], list[list[str]], dict[str, int]]:
    """The groups on either side, and the sizes of all factors."""
    names = list("abcd")[: draw(st.integers(1, 4))]
    sizes = {name: draw(st.integers(1, 4)) for name in names}
    return draw(groupings(names)), draw(groupings(draw(st.permutations(names)))), sizes


@st.composite
def groupings(draw: st.DrawFn, names: list[str]) -> list[list[str]]:
    groups: list[list[str]] = [[]]
    for name in names:
        if groups[-1] and draw(st.booleans()):
            groups.append([])
        groups[-1].append(name)
    if draw(st.booleans()):
        groups.insert(draw(st.integers(0, len(groups))), [])
    return groups


def side(groups: list[list[str]]) -> str:
    return " ".join(g[0] if len(g) == 1 else f"({' '.join(g)})" for g in groups)


def place(group: list[str], at: dict[str, int], sizes: dict[str, int]) -> int:
    """The position along the axis of a group where its factors have the positions `at`."""
    position = 0
    for name in group:
        position = position * sizes[name] + at[name]
    return position


@given(rearrangements())
def test_a_plan_moves_each_element_where_the_pattern_says(
    case: tuple[list[list[str]], list[list[str]], dict[str, int]],
) -> None:
    left, right, sizes = case
    source = np.arange(math.prod(sizes.values())).reshape([math.prod(sizes[n] for n in g) for g in left])
    wanted = np.zeros([math.prod(sizes[n] for n in g) for g in right], int)
    for at in itertools.product(*(range(size) for size in sizes.values())):
        where = dict(zip(sizes, at, strict=True))
        element = source[tuple(place(g, where, sizes) for g in left)]
        wanted[tuple(place(g, where, sizes) for g in right)] = element
    free = {group[0] for group in left if group}
    given_sizes = {name: size for name, size in sizes.items() if name not in free}
    steps = plan(parse_pattern(f"{side(left)} -> {side(right)}"), given_sizes, nameless(source.shape))
    split, result = (np.array(sizes, int).tolist() for sizes in (steps.split, steps.result.sizes))
    made = source.reshape(split).transpose(steps.order).reshape(result)
    assert made.tolist() == wanted.tolist()


def shape(**axes: Any) -> Shape:
    return Shape(tuple(axes.values()), tuple(map(named, axes)))


@pytest.mark.parametrize(
    ("pattern", "sizes", "x", "result"),
    [
        (
            "time height width c -> time (height width c)",
            {},
            nameless([4, 3, 2, 5]),
            "[time: 4, feature: 30]",
        ),
        ("(h h2) (w w2) c -> (h w) (h2 w2 c)", {"h2": 2, "w2": 2}, nameless([4, 6, 3]), "[6, feature: 12]"),
        ("a ... -> ... a", {}, shape(camera=2, time=T, feature=8), "[time: T, feature: 8, a: 2]"),
        ("a ... -> a (...)", {}, shape(time=T, height=3, width=2), "[a: T, feature: 6]"),
        ("... -> 1 ...", {}, shape(time=3), "[1, time: 3]"),
        ("a (b 1) -> (b) a", {}, nameless([2, 3]), "[b: 3, a: 2]"),
        ("time (a b) -> time b a", {"a": 4}, shape(time=T, feature=12), "[time: T, b: 3, a: 4]"),
    ],
)
def test_results(pattern: str, sizes: dict[str, int], x: Shape, result: str) -> None:
    assert str(plan(parse_pattern(pattern), sizes, x).result) == result


def test_a_name_alone_is_given_and_a_merge_is_not() -> None:
    axes = plan(parse_pattern("a b c -> a (b c)"), {}, nameless([2, 3, 4])).result.axes
    assert [axis.given for axis in axes] == [True, False]


@pytest.mark.parametrize(
    ("pattern", "sizes", "x", "code"),
    [
        ("a b -> b a", {}, nameless([2, 3, 4]), "E200"),
        ("a b ... -> b a ...", {}, nameless([2]), "E200"),
        ("a b -> b", {}, nameless([2, 3]), "E203"),
        ("a b -> b a c", {}, nameless([2, 3]), "E203"),
        ("a a -> a", {}, nameless([2, 3]), "E203"),
        ("a b -> a b b", {}, nameless([2, 3]), "E203"),
        ("a ... -> a", {}, nameless([2, 3]), "E203"),
        ("(a b) -> a b", {"a": 2}, nameless([5]), "E208"),
        ("(a b) -> a b", {"a": 2, "b": 3}, nameless([5]), "E208"),
        ("a -> a", {"a": 2}, nameless([5]), "E208"),
        ("1 a -> a", {}, nameless([2, 5]), "E208"),
        ("(a b) -> a b", {}, nameless([6]), "E107"),
        ("a -> a", {"b": 2}, nameless([6]), "E107"),
        ("height time -> time height", {}, shape(time=3, height=4), "E203"),
        ("(time a) b -> time a b", {"a": 2}, shape(feature=4, time=4), "E203"),
    ],
)
def test_misfits(pattern: str, sizes: dict[str, int], x: Shape, code: str) -> None:
    with pytest.raises(Misfit) as caught:
        plan(parse_pattern(pattern), sizes, x)
    assert caught.value.code == code


def test_names_in_another_order_are_put_in_theirs() -> None:
    with pytest.raises(Misfit) as caught:
        plan(parse_pattern("width time -> (time width)"), {}, shape(time=3, width=4))
    (repair,) = caught.value.repairs
    assert isinstance(repair, SetArgument)
    assert repair.text == '"time width -> (time width)"'
