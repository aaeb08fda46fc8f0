"""Emitted text is laid out as ruff lays it out, whatever it says; and what it says stays inside its quotes."""

import ast
import random
import subprocess
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specc.backends.emit.code import (
    Assign,
    Call,
    Define,
    Expr,
    For,
    If,
    Joined,
    Listing,
    Literal,
    Name,
    Negative,
    Pairs,
    Part,
    Return,
    Slice,
    Statement,
)
from specc.backends.emit.layout import program_text
from specc.backends.emit.text import docstring, formula_text, joined_text, literal_text
from specc.syntax.expressions import parse_expression
from tests.emit.programs import RUFF

TEXTS = ["relu", "it's", 'a"b', 'a\'""', "é中", "a\\b\nc\x01", "{x}", "\N{RIGHT-TO-LEFT OVERRIDE}"]
KEYS = (Slice(), Slice(1), Slice(None, 5), Slice(-5), Slice(None, -5), Slice(1, -2, 3), Slice(None, None, -1))


class Draw:
    """Random programs, their expressions of all lengths."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def name(self) -> Name:
        size = self.random.choice([1, 1, 1, 2, 5, 8, 10, 20])
        return Name("".join(self.random.choice("abcdefgh") for _ in range(size)))

    def several(self, least: int, most: int, depth: int) -> tuple[Expr, ...]:
        return tuple(self.expr(depth) for _ in range(self.random.randint(least, most)))

    def expr(self, depth: int) -> Expr:
        ways = ["name", "literal", "joined"]
        ways += ["call", "call", "chain", "list", "dict", "part"] if depth else []
        match self.random.choice(ways):
            case "name":
                return self.name()
            case "literal":
                return Literal(self.random.choice([1, 2.5, 1e-7, 1e16, 3e22, True, None, *TEXTS]))
            case "joined":
                return Joined((Name("name"), ".conv2d" + "x" * self.random.randrange(20)))
            case "call":
                return self.call(depth - 1)
            case "chain":
                return Call(self.call(depth - 1), self.several(1, 3, depth - 1))
            case "list":
                return Listing(self.several(0, 4, depth - 1), self.random.random() < 0.5)
            case "dict":
                keys = ["abc" * self.random.randint(1, 4) for _ in range(self.random.randrange(4))]
                return Pairs(tuple((Literal(key), self.expr(depth - 1)) for key in dict.fromkeys(keys)))
            case _:
                keys = tuple(self.random.choice(KEYS) for _ in range(self.random.randint(1, 3)))
                return Part(self.name(), keys[:1] if self.random.random() < 0.2 else (*keys, Literal(-1)))

    def call(self, depth: int) -> Expr:
        name = Name("layers." + "Conv2DTranspose"[: self.random.randint(3, 15)])
        words = ["kw" + "abcdefghij"[:i] for i in range(self.random.randrange(4))]
        return Call(name, self.several(0, 2, depth), tuple((word, self.expr(depth)) for word in words))

    def statement(self) -> Statement:
        value = Call(self.call(2), self.several(1, 2, 1)) if self.random.random() < 0.6 else self.call(3)
        match self.random.randrange(6):
            case 0:
                return Assign((), value)
            case 1:
                inner = (Assign(("x",), value),)
                return For(self.random.choice(["i", ("i", ("a", "b"))]), self.call(2), inner)
            case 2:
                return If(self.name(), (Assign(("x",), Negative(value)),))
            case 3:
                return Assign(("x",), Listing(self.several(1, 3, 1)))
            case _:
                return Assign(
                    tuple(f"{self.name().text}{i}" for i in range(self.random.choice([1, 1, 2, 4]))), value
                )


@pytest.mark.parametrize("seed", range(3))
def test_programs_are_laid_out_as_ruff_does(seed: int) -> None:
    draw = Draw(seed)
    body = tuple(draw.statement() for _ in range(300))
    parameters: tuple[tuple[str, Expr | None], ...] = (
        ("x", None),
        ("stride", Literal(1)),
        ("*", None),
        ("name", None),
    )
    long = tuple(("x" * i, None) for i in range(4, 20))
    text = program_text(
        [
            Define(
                "f", parameters, "What it does.", (*body, Return((Name("a"), Name("b" * 30), Name("c" * 50))))
            ),
            Define("f" * 20, long, "Does\nmuch.\n\n  And \\ more.", (Return((Name("x"),)),), "keras.Model"),
        ]
    )
    done = subprocess.run([*RUFF, "-"], input=text, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert text == done.stdout


@given(st.text())
def test_text_stays_inside_its_quotes(text: str) -> None:
    assert ast.literal_eval(literal_text(text)) == text
    joined: Any = ast.parse(joined_text([text, ("name",), text]), mode="eval").body
    assert isinstance(joined, ast.JoinedStr)
    assert eval(joined_text([text, ("name",), text]), {"name": "|"}) == f"{text}|{text}"


@given(st.floats() | st.integers() | st.booleans() | st.none())
def test_values_are_what_they_were(value: Any) -> None:
    assert repr(eval(literal_text(value), {"float": float})) == repr(value)


@pytest.mark.parametrize(
    "text",
    [
        'ends in """\nimport os',
        '"',
        "\\",
        'a\\"""',
        "one\n\n\ntwo  \t three\r\nfour",
        "\x00\x1b[31m\N{RIGHT-TO-LEFT OVERRIDE}",
        '"""',
        "a\u2028b",
    ],
)
def test_a_description_is_a_docstring(text: str) -> None:
    hold_docstring(text)


@given(st.text(st.characters() | st.sampled_from('"\\\n ')))
def test_any_description_is_a_docstring(text: str) -> None:
    if text.strip():
        hold_docstring(text)


def hold_docstring(text: str) -> None:
    source = "def f():\n" + "\n".join(docstring(text, "    ")) + "\n    return 1\n"
    (function,) = ast.parse(source).body
    assert isinstance(function, ast.FunctionDef)
    assert len(function.body) == 2
    assert ast.get_docstring(function) is not None
    assert all(c == "\n" or c.isprintable() for c in source)


@pytest.mark.parametrize(
    "text",
    [
        *("4 * n", "-n ** 2", "(n + 1) * 2 - (3 - n)", "2 ** (n - 1)", "1 if n == 0 else 2"),
        *("not (n > 1 and n < 3)", "min(n, 3) // 2 % 2", "[1, 2, 3][n]", "(n < 2) == (n > 1)"),
        *("-(n + 1)", "n - (n - 1)", "(2 ** n) ** 2", "size(-1) // n"),
    ],
)
def test_expressions_mean_the_same_in_python(text: str) -> None:
    expression = parse_expression(text)
    python = formula_text(expression.tree, {"n": "n"}, {-1: "x.shape[2]"})
    for n in (1, 2):
        shape = type("X", (), {"shape": (None, 3, 8)})
        wanted = expression.evaluate({"n": n}, lambda axis: 8)
        assert eval(python, {"n": n, "x": shape}) == wanted
    done = subprocess.run([*RUFF, "-"], input=f"x = {python}\n", capture_output=True, text=True, timeout=60)
    assert done.stdout == f"x = {python}\n"
