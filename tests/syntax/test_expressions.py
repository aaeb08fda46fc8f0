"""Expressions: values, names, the messages for what has none, and the bounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specc.syntax.expression_tree import Binary, Constant, Name
from specc.syntax.expressions import ExpressionError, Value, parse_expression, parse_template

ENVIRONMENT: dict[str, Value] = {
    "i": 2,
    "width": 64,
    "xs": [1, 2, 3],
    "word": "ab",
    "half": 0.5,
    "yes": True,
    "nothing": None,
    "size": 3,
    "huge": 10**30,
}


def value(text: str) -> Value:
    return parse_template(text).evaluate(ENVIRONMENT)


def fault(text: str) -> tuple[str, str]:
    """The message and the marked part of the text."""
    with pytest.raises(ExpressionError) as caught:
        value(text)
    error = caught.value
    assert 0 <= error.start <= error.end <= len(text)
    return error.message, text[error.start : error.end]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$i", 2),
        ("$xs", [1, 2, 3]),
        ("$(width // 4)", 16),
        ("$(width * 2**i)", 256),
        ("$(1 if i == 0 else 2)", 2),
        ("$(7 / 2)", 3.5),
        ("$(-7 % 3)", 2),
        ("$(-2**2)", -4),
        ("$(2**-1)", 0.5),
        ("$(2**3**2)", 512),
        ("$(not i == 2 or yes)", True),
        ("$(1 < i <= 2)", True),
        ("$(3 > i > 2 > 1/0)", False),
        ("$(nothing or word)", "ab"),
        ("$(xs[-1] + xs[0])", 4),
        ("$([[1, 2], [3,]][1][0])", 3),
        ("$([1] + [2] == [1, 2])", True),
        ("$('a' + \"b\\n\")", "ab\n"),
        ("$(word[1])", "b"),
        ("$(min(3, i) + max(xs) + abs(-1) + len(word) + int(2.9) + round(2.567, 1))", 12.6),
        ("$(round(2.5))", 2),
        ("$(True + true)", 2),
        ("$(null)", None),
        ("$(size)", 3),
        ('$(")")', ")"),
        ("$(i\n + 1)", 3),
        ("$(010)", 10),
        ("$(1e-3)", 0.001),
        ("$(2**63)", 2**63),
    ],
)
def test_a_single_expression_keeps_its_type(text: str, expected: Value):
    assert parse_template(text).is_single
    assert value(text) == expected
    assert type(value(text)) is type(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("conv_$(i + 1)", "conv_3"),
        ("$i$width", "264"),
        ("$i ", "2 "),
        ("$$i", "$i"),
        ("$$$i", "$2"),
        ("$yes $nothing $half $word", "true null 0.5 ab"),
        ("$word.skip", "ab.skip"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_inside_text_values_are_formatted(text: str, expected: str):
    assert not parse_template(text).is_single
    assert value(text) == expected


def test_names_and_sizes_are_known_before_evaluation():
    template = parse_template("a_$(width * xs[i])_$word")
    assert template.names == {"width", "xs", "i", "word"}
    assert not template.uses_size
    sized = parse_template("$(4 * size(feature) + size(-1) + size)")
    assert sized.uses_size
    assert sized.names == {"size"}
    asked: list[str | int] = []
    assert sized.evaluate(ENVIRONMENT, lambda axis: asked.append(axis) or 10) == 53
    assert asked == ["feature", -1]
    assert fault("$(size(feature))") == (
        "`size` can be used only in a layer's own arguments",
        "size(feature)",
    )


def test_sizes_over_symbols_have_a_tree():
    expression = parse_expression("2*T + 1")
    assert expression.names == {"T"}
    assert expression.evaluate({"T": 10}) == 21
    match expression.tree:
        case Binary("+", Binary("*", Constant(2), Name("T")), Constant(1)):
            pass
        case _:
            raise AssertionError(expression.tree)
    assert (expression.tree.start, expression.tree.end) == (0, 7)
    assert parse_expression("2*T + 1") is expression


@pytest.mark.parametrize(
    ("text", "message", "marked"),
    [
        ("a $(widht)", "no parameter is called `widht`; did you mean `width`?", "widht"),
        ("$zzzzzz", "no parameter is called `zzzzzz`", "zzzzzz"),
        ("$(mxa(1))", "no function is called `mxa`; did you mean `max`?", "mxa"),
        (
            "$(open(1))",
            "no function is called `open`; there are abs, int, len, max, min, round and size",
            "open",
        ),
        ("$(1 / (i - 2))", "division by zero", "1 / (i - 2)"),
        ("$(0 ** -1)", "division by zero: a negative power of zero", "0 ** -1"),
        ("$('a' * 2)", "`*` cannot take text and an integer", "'a' * 2"),
        ("$(1 + '2')", "`+` cannot take an integer and text", "1 + '2'"),
        ("$(-word)", "`-` takes a number, not text", "-word"),
        ("$(1 < word)", "`<` cannot compare an integer with text", "1 < word"),
        ("$(xs[3])", "index 3 is outside the list, which has 3", "xs[3]"),
        ("$(xs[0.5])", "an index is an integer, not a number", "xs[0.5]"),
        ("$(i[0])", "only a list or text has items to take by `[…]`, not an integer", "i[0]"),
        ("$(len(i))", "`len` takes a list or text, not an integer", "len(i)"),
        ("$(abs(1, 2))", "`abs` takes one value; 2 are given", "abs(1, 2)"),
        ("$(max())", "`max` of nothing has no value", "max()"),
        ("$(max(1, 'a'))", "`max` takes numbers, or texts", "max(1, 'a')"),
        ("$(int(1e999))", "`int` has no integer for inf", "int(1e999)"),
        ("$((-8) ** 0.5)", "a fractional power of a negative number is no real number", "(-8) ** 0.5"),
        ("a$xs", "a list cannot stand inside text", "xs"),
        ("$5", "`$` is followed by a name or by `(`; a dollar itself is `$$`", "$"),
        ("a $(i", "this `$(` has no closing `)`", "$(i"),
        ("$()", "the expression is empty", ""),
        ("$(1 +)", "the expression ends too early", ""),
        ("$(i 2)", "`2` cannot stand here", "2"),
        ("$(i = 2)", "`=` has no place in an expression; to compare, write `==`", "="),
        ("$($i)", "inside `$(…)` a parameter is written without `$`", "$"),
        ("$(1_000)", "`1_000` is no number", "1_000"),
        ("$(1 if i)", "expected `else`, found the end", ""),
        ("$([1, 2)", "expected `]`, found the end", ""),
        ("$(2 + not i)", "put `not …` into parentheses here", "not"),
        ("$('\\q')", "`\\q` is no escape", "\\q"),
        ("$(size(1.5))", "`size` takes the name or the number of an axis", "1.5"),
        ("$(i.real)", "`.` cannot stand here", "."),
        ("$(lambda: 1)", "`:` cannot stand here", ":"),
    ],
)
def test_what_has_no_value_says_why(text: str, message: str, marked: str):
    assert fault(text) == (message, marked)


class TestBounds:
    @pytest.mark.parametrize(
        "text",
        [
            "$(9**9999999999)",
            "$(2**64)",
            "$(2**62 * 4)",
            "$(-huge + 1)",
            "$(huge * 1)",
            "$(99999999999999999999)",
        ],
    )
    def test_integers(self, text: str):
        assert "too large" in fault(text)[0]

    def test_floats(self):
        assert fault("$(10.0 ** 400)")[0] == "the number is too large"
        assert fault("$(half * (2**63) ** 1.0 ** 1 ** huge ** 2)")[0].startswith("the number is too large")

    def test_length(self):
        assert fault("$(" + "1" + " " * 2_000 + ")")[0] == "an expression has at most 2,000 characters"

    def test_nesting(self):
        assert value("$(" + "(" * 49 + "1" + ")" * 49 + ")") == 1
        assert fault("$(" + "(" * 50 + "1" + ")" * 50 + ")")[0] == "more than 50 levels of nesting"
        assert fault("$(" + "-" * 60 + "1)")[0] == "more than 50 levels of nesting"
        assert fault("$(" + "1**" * 60 + "1)")[0] == "more than 50 levels of nesting"

    def test_operators(self):
        assert value("$(" + "+".join("1" * 151) + ")") == 151
        assert fault("$(" + "+".join("1" * 152) + ")")[0] == "more than 150 operators in one expression"
        assert fault("$(xs" + "[0]" * 151 + ")")[0] == "more than 150 operators in one expression"

    def test_lists_and_texts(self):
        zeros: list[Value] = [0] * 9_999
        long: dict[str, Value] = {"xs": zeros, "word": "a" * 9_999}
        assert parse_template("$(xs + [1])").evaluate(long) == [0] * 9_999 + [1]
        for text in ("$(xs + [1, 2])", "$([xs, 1])", "$(word + 'bc')", "$word$word"):
            with pytest.raises(ExpressionError, match="10,000"):
                parse_template(text).evaluate(long)

    def test_the_cache_is_bounded(self):
        from specc.syntax import expressions

        for i in range(10_000):
            parse_expression(f"1 + {i}")
        assert len(expressions._expressions) <= 4_096  # pyright: ignore[reportPrivateUsage]


numbers = st.integers(0, 40).map(str) | st.sampled_from(["0.5", "2.25", "1e-3", ".5", "i", "half", "True"])
arithmetic = st.recursive(
    numbers,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "//", "%", "**", " and ", " or "]), inner).map(
            "".join
        ),
        st.tuples(inner, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), inner).map("".join),
        st.tuples(st.sampled_from(["-", "+"]), inner).map("".join),
        inner.map("({})".format),
        inner.map("(not {})".format),
        st.tuples(inner, inner, inner).map(lambda parts: "({} if {} else {})".format(*parts)),
        st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(
            lambda parts: "{}({}, {})".format(*parts)
        ),
        st.tuples(inner, inner).map(lambda parts: "[{}, {}][-1]".format(*parts)),
        st.sampled_from(["abs", "int", "round"]).flatmap(lambda f: inner.map((f + "({})").format)),
    ),
    max_leaves=8,
)


def python(text: str) -> object:
    try:
        return eval(text, {}, dict(ENVIRONMENT))
    except (ArithmeticError, TypeError, ValueError):
        return ExpressionError


@given(arithmetic)
def test_arithmetic_agrees_with_python(text: str):
    theirs = python(text)
    try:
        ours = parse_expression(text).evaluate(ENVIRONMENT)
    except ExpressionError as error:
        bounded = "too large" in error.message or "more than" in error.message
        # Python goes on with a complex number where a power is no real one.
        assert bounded or "fractional power" in error.message or theirs is ExpressionError
    else:
        assert repr(ours) == repr(theirs)


soups = st.lists(
    st.sampled_from(
        [*"$()[]+-*/%<>=!,.'\"\\ \n019ij:", "**", " if ", " else ", " and ", "not ", "xs", "size(", "min("]
    ),
    max_size=30,
).map("".join)


@given(soups | st.text(max_size=30))
def test_any_text_has_a_value_or_an_error(text: str):
    try:
        parse_template(text).evaluate(ENVIRONMENT, lambda _: 1)
    except ExpressionError as error:
        assert 0 <= error.start <= error.end <= len(text)
        assert error.message
