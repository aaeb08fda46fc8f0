"""Signatures of layers of one's own: what they say, what they bind, and what is wrong with those that say nothing."""

import time

import pytest

from specc.ops.custom import Bound, OwnError, own
from specc.ops.misfit import Misfit
from specc.ops.signature import MAX_TEXT, parse_signature
from specc.shapes.axis import NAMELESS, given
from specc.shapes.dim import is_anonymous, symbol, unknown
from specc.shapes.shape import Shape, nameless
from specc.syntax.expressions import ExpressionError


def shape(**axes: int) -> Shape:
    return Shape(tuple(axes.values()), tuple(map(given, axes)))


def results(text: str, *inputs: Shape) -> list[str]:
    signature = parse_signature(text)
    bound = Bound(signature, inputs)
    return [str(bound.shape(value)) for value in signature.results]


def fault(text: str, *inputs: Shape) -> tuple[str, str]:
    with pytest.raises(Misfit) as raised:
        results(text, *inputs)
    return raised.value.code, raised.value.message


@pytest.mark.parametrize(
    ("text", "sizes", "made"),
    [
        ("(*s, c) -> (*s, c)", (4, 5, 3), ["[4, 5, 3]"]),
        ("(*s, c) -> (*s, 2*c)", (3,), ["[6]"]),
        ("(*s) -> ()", (4, 5), ["[]"]),
        ("() -> (7)", (), ["[7]"]),
        ("(c, *s) -> (*s, c)", (3, 4, 5), ["[4, 5, 3]"]),
        ("(a, *s, b) -> (*s, a + b)", (3, 4, 5, 6), ["[4, 5, 9]"]),
        ("(h, w, c) -> ((h-1)//2+1, w//2, c)", (7, 7, 3), ["[4, 3, 3]"]),
        ("(h, _) -> (h), (2, h,)", (4, 9), ["[4]", "[2, 4]"]),
        ("(n, n) -> (n)", (4, 4), ["[4]"]),
        ("(a, b) -> (a - b - 1, a - (b - 1))", (9, 3), ["[5, 7]"]),
        ("(*_, c) -> (c)", (1, 2, 3), ["[3]"]),
    ],
)
def test_results(text: str, sizes: tuple[int, ...], made: list[str]):
    assert results(text, nameless(sizes)) == made


def test_several_inputs_share_names():
    query, memory = nameless((4, 8)), nameless((5, 8))
    assert results("(t, d), (s, d) -> (t, d), (t, s)", query, memory) == ["[4, 8]", "[4, 5]"]


class TestAxes:
    def test_an_axis_that_is_carried_keeps_its_name(self):
        x = shape(camera=2, time=4, feature=3)
        assert results("(*s, c) -> (c, *s)", x) == ["[feature: 3, camera: 2, time: 4]"]

    def test_a_computed_one_has_it_to_go_by(self):
        bound = Bound(
            signature := parse_signature("(h, c) -> (h//2, 2*c, h*c)"), (shape(height=4, channel=3),)
        )
        axes = bound.shape(signature.results[0]).axes
        assert [(a.name, a.given) for a in axes] == [("height", False), ("channel", False), (None, False)]

    def test_a_role_names_an_axis_without_a_name(self):
        bound = Bound(signature := parse_signature("(time, c) -> (time, c)"), (nameless((4, 3)),))
        (first, second) = bound.shape(signature.results[0]).axes
        assert (first.name, first.given) == ("time", False)
        assert second is NAMELESS

    def test_no_name_stands_twice(self):
        assert results("(t, c) -> (t, t)", shape(time=4, feature=3)) == ["[time: 4, 4]"]


class TestUnknownSizes:
    def test_they_stay_what_they_are(self):
        steps, nobody = symbol("T"), unknown()
        x = Shape((steps, nobody), (NAMELESS, NAMELESS))
        bound = Bound(signature := parse_signature("(t, c) -> (c, t, t//2, _)"), (x,))
        sizes = bound.shape(signature.results[0]).sizes
        assert sizes[:2] == (nobody, steps)
        assert sizes[2] == steps // 2
        assert is_anonymous(sizes[3])

    def test_a_number_is_surer_than_a_symbol(self):
        x = Shape((symbol("T"),), (NAMELESS,))
        assert results("(t), (t) -> (t)", x, nameless((4,))) == ["[4]"]
        assert results("(*s), (*s) -> (*s)", x, nameless((4,))) == ["[4]"]

    def test_a_count_needs_its_sizes(self):
        op = own("a:B", "(t, c) -> (c); params t*c").holding({})
        with pytest.raises(Misfit, match="needs the size of axis 1") as raised:
            op.weights_for((Shape((symbol("T"), 3), (NAMELESS, NAMELESS)),))
        assert (raised.value.code, raised.value.axis) == ("E207", 0)


@pytest.mark.parametrize(
    ("text", "inputs", "code", "part"),
    [
        ("(h, w, c) -> (c)", [(4, 3)], "E200", "takes `(h, w, c)` and is given [4, 3]"),
        ("(h, *s, c) -> (c)", [(4,)], "E200", "takes `(h, *s, c)`"),
        ("(t), (t, d) -> (d)", [(4,), (4,)], "E200", "takes `(t, d)`"),
        ("(n, n) -> (n)", [(4, 3)], "E205", "takes `(n, n)`, where `n` is 4, and is given [4, 3]"),
        ("(t, d), (s, d) -> (t)", [(4, 8), (5, 9)], "E205", "where `d` is 8"),
        ("(*s), (*s) -> (*s)", [(4, 8), (4,)], "E205", "where `*s` is [4, 8]"),
        ("(*s), (*s) -> (*s)", [(4, 8), (4, 9)], "E205", "where `*s` is [4, 8]"),
        ("(h, 3) -> (h)", [(4, 5)], "E209", "takes `(h, 3)` and is given [4, 5]"),
        ("(h) -> (h - 4)", [(4,)], "E206", "makes an axis of 0 elements of [4]"),
    ],
)
def test_what_does_not_fit(text: str, inputs: list[tuple[int, ...]], code: str, part: str):
    found, message = fault(text, *map(nameless, inputs))
    assert found == code
    assert part in message


@pytest.mark.parametrize("text", ["(feature, time) -> (time)", "(a, time) -> (a)", "(width, b) -> (b)"])
def test_given_names_that_contradict(text: str):
    x = shape(channel=4, feature=3) if "width" in text else shape(time=4, feature=3)
    assert fault(text, x)[0] == "E203"


def test_parameters():
    op = own("a:B", "(t, c) -> (c); params 4*c, fixed 2*c").holding({})
    weights = op.weights_for((nameless((4, 3)),))
    assert weights == {"params": (6,), "fixed": (6,)}
    assert op.frozen(weights) == {"fixed"}
    frozen = own("a:B", "(c) -> (c); params c").holding({"trainable": False})
    assert frozen.frozen(frozen.weights_for((nameless((3,)),))) == {"params", "fixed"}
    assert not own("a:B", "(c) -> (c)").holding({}).is_counted


@pytest.mark.parametrize("words", ["; mask", "; params 4*c, mask", ";mask ,params 4*c, fixed c"])
def test_masks(words: str):
    cls = own("a:B", f"(t, c) -> (t, c){words}")
    assert cls.passes_mask
    assert not own("a:B", "(t, mask) -> (t, mask)").passes_mask


@pytest.mark.parametrize("count", ["params c - 4", "params c, fixed 2*c"])
def test_impossible_counts(count: str):
    op = own("a:B", f"(c) -> (c); {count}").holding({})
    with pytest.raises(Misfit) as raised:
        op.weights_for((nameless((3,)),))
    assert raised.value.code == "E107"


@pytest.mark.parametrize(
    ("text", "part", "at"),
    [
        ("", "a signature is `inputs -> results`", ""),
        ("(c)", "a signature is `inputs -> results`", "(c)"),
        ("-> (c)", "a value is its sizes in parentheses", ""),
        ("(c) ->", "a value is its sizes in parentheses", ""),
        ("(c) -> c", "a value is its sizes in parentheses", " c"),
        ("(c) -> (c) -> (c)", "closes nothing", ")"),
        ("(c)) -> (c)", "closes nothing", ")"),
        ("(c) -> ((c)", "is not closed", "("),
        ("[(c), (c) -> (c)", "no closing `]`", "["),
        ("(c) -> (d)", "`d` is no name of the inputs", "d"),
        ("(*s, channels) -> (channel)", "did you mean `channels`?", "channel"),
        ("(*s) -> (s)", "did you mean `*s`?", "s"),
        ("(s) -> (*s)", "did you mean `s`?", "s"),
        ("(_) -> (*_)", "`*_` is no name", "_"),
        ("(2*c) -> (c)", "before the arrow stand numbers and names", "2*c"),
        ("(c) -> (c ** 2)", "a size is a number, a name, or", "c ** 2"),
        ("(c) -> (c / 2)", "a size is a number, a name, or", "c / 2"),
        ("(c) -> (-c)", "a size is a number, a name, or", "-c"),
        ("(c) -> (max(c, 2))", "a size is a number, a name, or", "max(c, 2)"),
        ("(c) -> (1.5)", "a size is a number, a name, or", "1.5"),
        ("(c) -> (true)", "a size is a number, a name, or", "true"),
        ("(0) -> (1)", "a size is at least 1", "0"),
        ("(c) -> (_ + 1)", "`_` stands alone", "_"),
        ("(c, d) -> (c // d)", "`//` divides by a positive number", "d"),
        ("(c) -> (c // 0)", "`//` divides by a positive number", "0"),
        ("(*a, *b) -> (*a)", "one entry with a `*`", "*a, *b"),
        ("(c) int32 -> (c)", "a dtype stands behind a result only", "int32"),
        ("(c) -> (c) int33", "did you mean `int32`?", "int33"),
        ("(c) -> (c) mixed_float16", "there is no dtype", "mixed_float16"),
        ("(c) -> y=(c)", "only inputs have names", "y"),
        ("x=(c) -> (c)", "have no names", "x=(c) "),
        ("[(c), y=(c)] -> (c)", "have no names", "(c), y=(c)"),
        ("(c), y=(c), (c) -> (c)", "values with names stand behind", "(c), y=(c), (c) "),
        ("(c), y=(c), y=(c) -> (c)", "two values have one name", "(c), y=(c), y=(c) "),
        ("(c) -> (c);", "`params 3*c`", ""),
        ("(c) -> (c); weights c", "`params 3*c`", " weights c"),
        ("(c) -> (c); params c, params c", "`params 3*c`", " params c"),
        ("(c) -> (c); fixed c", "`fixed` is a part of `params`", " fixed c"),
        ("(c) -> (c); mask, mask", "or `mask`", " mask"),
        ("(c) -> (c); mask c", "or `mask`", " mask c"),
        ("(c) -> (c); params d", "`d` is no name", "d"),
        ("(c) -> (c); params _", "`_` stands alone", "_"),
        ("(a,, b) -> (a)", "the expression is empty", ""),
    ],
)
def test_what_is_no_signature(text: str, part: str, at: str):
    with pytest.raises(ExpressionError) as raised:
        parse_signature(text)
    assert part in raised.value.message
    assert text[raised.value.start : raised.value.end] == at


@pytest.mark.parametrize(
    "text",
    [
        "(c) -> (c)" * 100_000,
        "(" * 1_000 + "c" + ")" * 900 + "->",
        "(c) -> (" + "(" * 800 + "c" + ")" * 800 + ")",
        "(c) -> (" + "+".join("c" * 700) + ")",
        "(c) -> (" + "9" * 1_500 + ")",
        "(" + "," * 1_900 + ") -> ()",
        "*" * 1_990 + "->()",
    ],
    ids=range(7),
)
def test_hostile_text_ends_soon(text: str):
    start = time.perf_counter()
    with pytest.raises(ExpressionError):
        parse_signature(text)
    assert time.perf_counter() - start < 1


def test_products_of_numbers_are_no_trouble():
    text = f"(c) -> ({'*'.join(['9000000000000000000'] * 90)})"
    assert len(text) < MAX_TEXT
    size = Bound(signature := parse_signature(text), (nameless((1,)),)).shape(signature.results[0]).sizes[0]
    assert size == 9_000_000_000_000_000_000**90


class TestKeys:
    @pytest.mark.parametrize(
        "word", ["a:", ":B", "a:b:c", "a b:C", "1a:B", "a:1B", "a/b:C", "a:B.c", "a:B\n", "ä:B"]
    )
    def test_what_is_no_class(self, word: str):
        with pytest.raises(OwnError) as raised:
            own(word, "(c) -> (c)")
        assert raised.value.code == "E104"

    def test_one_class_and_signature_is_one_op(self):
        assert own("a:B", "(c) -> (c)") is own("a:B", "(c) -> (c)")
        assert own("a:B", "(c) -> (c)") is not own("a:C", "(c) -> (c)")

    def test_arguments_hide_nothing_of_the_op(self):
        values = {"results": 1, "own": 2, "places": 3, "signature": 4, "trainable": False, "dtype": "float16"}
        op = own("a:B", "(c) -> (c)").holding(values)
        assert op.arguments == values
        assert op.compute_dtype == "float16"
        assert op.result_count() == 1
