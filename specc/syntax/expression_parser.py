"""Parses expressions by precedence climbing; grouping and precedence are Python's."""

import re
from typing import NamedTuple

from specc.suggest import nearest
from specc.syntax.expression_tree import (
    FUNCTIONS,
    Binary,
    Call,
    Comparison,
    Conditional,
    Constant,
    ExpressionError,
    Form,
    Index,
    Listing,
    Name,
    Size,
    Unary,
)

MAX_LENGTH = 2_000
MAX_NESTING = 50
MAX_OPERATORS = 150
_MAX_DIGITS = 20

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?(?P<tail>[A-Za-z0-9_.]*))
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<operator>//|\*\*|<=|>=|==|!=|[-+*/%<>()\[\],])
    |(?P<wrong>.)
    |(?P<end>\Z))""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\", '"': '"', "'": "'"}
_CONSTANTS = {"True": True, "False": False, "None": None, "true": True, "false": False, "null": None}
_WORDS = frozenset(("and", "or", "not", "if", "else"))
_COMPARISONS = frozenset(("<", "<=", ">", ">=", "==", "!="))

# How tightly an operator binds; a comparison and a conditional have forms of their own.
_CONDITIONAL = 0
_COMPARISON = 4
_NOT = 3
_UNARY = 7
_BINDING = {"or": 1, "and": 2, "+": 5, "-": 5, "*": 6, "/": 6, "//": 6, "%": 6, "**": 8}


class _Token(NamedTuple):
    kind: str
    text: str
    start: int
    end: int


def parse(text: str, start: int = 0, end: int | None = None) -> Form:
    """The tree of the expression that stands in `text` from `start` to `end`; offsets count in `text`.

    Raises `ExpressionError` for what is no expression, is longer than 2,000 characters, is nested more than
    50 levels, or has more than 150 operators.
    """
    end = len(text) if end is None else end
    if end - start > MAX_LENGTH:
        raise ExpressionError(f"an expression has at most {MAX_LENGTH:,} characters", start, end)
    return _Parser(_tokens(text, start, end)).whole()


def _tokens(text: str, start: int, end: int) -> list[_Token]:
    tokens: list[_Token] = []
    at = start
    while True:
        found = _TOKEN.match(text, at, end)
        assert found is not None  # `wrong` and `end` leave nothing over
        kind = str(found.lastgroup)
        if kind == "tail":
            kind = "number"
        begin, at = found.span(kind)
        token = _Token(kind, found[kind], begin, at)
        if kind == "wrong":
            raise _unexpected(token)
        if kind == "number" and found["tail"]:
            raise ExpressionError(f"`{token.text}` is no number", begin, at)
        tokens.append(token)
        if kind == "end":
            return tokens


def _unexpected(token: _Token) -> ExpressionError:
    match token.text:
        case "":
            message = "the expression ends too early"
        case '"' | "'":
            message = "this quote is never closed"
        case "=":
            message = "`=` has no place in an expression; to compare, write `==`"
        case "$":
            message = "inside `$(…)` a parameter is written without `$`"
        case _:
            message = f"`{token.text}` cannot stand here"
    return ExpressionError(message, token.start, max(token.end, token.start))


class _Parser:
    __slots__ = ("_at", "_nesting", "_operators", "_tokens")

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._nesting = 0
        self._operators = 0

    def whole(self) -> Form:
        if self._tokens[0].kind == "end":
            raise ExpressionError("the expression is empty", self._tokens[0].start, self._tokens[0].end)
        form = self._expression(_CONDITIONAL)
        if self._next.kind != "end":
            raise _unexpected(self._next)
        return form

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _take(self) -> _Token:
        token = self._tokens[self._at]
        if token.kind != "end":
            self._at += 1
        return token

    def _takes(self, text: str) -> bool:
        """Whether the next token is the operator or word `text`, which is then taken."""
        token = self._next
        if token.text == text and token.kind in ("operator", "name"):
            self._at += 1
            return True
        return False

    def _expect(self, text: str) -> _Token:
        token = self._next
        if not self._takes(text):
            what = f"`{token.text}`" if token.text else "the end"
            raise ExpressionError(f"expected `{text}`, found {what}", token.start, token.end)
        return token

    def _expression(self, binding: int) -> Form:
        """An expression of operators that bind at least as tightly as `binding`."""
        nests = binding in (_CONDITIONAL, _NOT, _UNARY)
        self._nesting += nests
        if self._nesting > MAX_NESTING:
            raise ExpressionError(
                f"more than {MAX_NESTING} levels of nesting", self._next.start, self._next.end
            )
        left = self._operand(binding)
        while True:
            token = self._next
            if token.kind not in ("operator", "name"):
                break
            if token.text in _COMPARISONS and binding <= _COMPARISON:
                left = self._comparison(left)
            elif token.text == "if" and binding <= _CONDITIONAL:
                left = self._conditional(left)
            elif _BINDING.get(token.text, -1) >= max(binding, 1):
                self._at += 1
                tightness = _BINDING[token.text]
                # `**` groups to the right, and its right side may have a sign.
                right = self._expression(_UNARY if token.text == "**" else tightness + 1)
                left = Binary(token.text, left, right)
            else:
                break
            self._count(left)
        self._nesting -= nests
        return left

    def _count(self, form: Form) -> None:
        self._operators += 1
        if self._operators > MAX_OPERATORS:
            raise ExpressionError(
                f"more than {MAX_OPERATORS} operators in one expression", form.start, form.end
            )

    def _comparison(self, first: Form) -> Form:
        rest: list[tuple[str, Form]] = []
        while self._next.kind == "operator" and self._next.text in _COMPARISONS:
            operator = self._take().text
            rest.append((operator, self._expression(_COMPARISON + 1)))
        return Comparison(first, tuple(rest))

    def _conditional(self, then: Form) -> Form:
        self._expect("if")
        test = self._expression(_CONDITIONAL + 1)
        self._expect("else")
        return Conditional(test, then, self._expression(_CONDITIONAL))

    def _operand(self, binding: int) -> Form:
        token = self._take()
        if token.text == "not" and token.kind == "name":
            if binding > _NOT:
                raise ExpressionError("put `not …` into parentheses here", token.start, token.end)
            operand = self._expression(_NOT)
            return Unary("not", operand, token.start, operand.end)
        if token.text in ("-", "+") and token.kind == "operator":
            operand = self._expression(_UNARY)
            return Unary(token.text, operand, token.start, operand.end)
        form = self._atom(token)
        while self._takes("["):
            index = self._expression(_CONDITIONAL)
            form = Index(form, index, form.start, self._expect("]").end)
            self._count(form)
        return form

    def _atom(self, token: _Token) -> Form:
        match token.kind:
            case "number":
                return Constant(_number(token), token.start, token.end)
            case "string":
                return Constant(_string(token), token.start, token.end)
            case "name" if token.text in _CONSTANTS:
                return Constant(_CONSTANTS[token.text], token.start, token.end)
            case "name" if token.text not in _WORDS:
                if self._next.text == "(":
                    return self._call(token)
                return Name(token.text, token.start, token.end)
            case "operator" if token.text == "(":
                form = self._expression(_CONDITIONAL)
                form.start, form.end = token.start, self._expect(")").end
                return form
            case "operator" if token.text == "[":
                items, end = self._items("]")
                return Listing(items, token.start, end)
            case _:
                raise _unexpected(token)

    def _items(self, close: str) -> tuple[tuple[Form, ...], int]:
        """Expressions between commas, one at the end allowed, up to `close`; and where that ends."""
        items: list[Form] = []
        while self._next.text != close or self._next.kind != "operator":
            items.append(self._expression(_CONDITIONAL))
            if not self._takes(","):
                break
        return tuple(items), self._expect(close).end

    def _call(self, name: _Token) -> Form:
        self._expect("(")
        if name.text == "size":
            return self._size(name)
        if name.text not in FUNCTIONS:
            near = nearest(name.text, (*FUNCTIONS, "size"))
            hint = f"did you mean `{near}`?" if near else f"there are {', '.join(FUNCTIONS)} and size"
            raise ExpressionError(f"no function is called `{name.text}`; {hint}", name.start, name.end)
        arguments, end = self._items(")")
        return Call(name.text, arguments, name.start, end)

    def _size(self, name: _Token) -> Form:
        sign = -1 if self._takes("-") else 1
        token = self._take()
        if token.kind == "number" and token.text.isdecimal() and len(token.text) <= _MAX_DIGITS:
            return Size(sign * int(token.text), name.start, self._expect(")").end)
        if token.kind == "name" and sign == 1 and token.text not in _WORDS:
            return Size(token.text, name.start, self._expect(")").end)
        message = "`size` takes the name or the number of an axis"
        raise ExpressionError(message, token.start, max(token.end, token.start))


def _number(token: _Token) -> float:
    if not token.text.isdecimal():
        return float(token.text)
    if len(token.text) > _MAX_DIGITS or int(token.text) > 2**63:
        raise ExpressionError("this number is too large: at most 2**63", token.start, token.end)
    return int(token.text)


def _string(token: _Token) -> str:
    def unescape(found: re.Match[str]) -> str:
        if found[1] not in _ESCAPES:
            start = token.start + 1 + found.start()
            raise ExpressionError(f"`{found[0]}` is no escape", start, start + 2)
        return _ESCAPES[found[1]]

    return _ESCAPE.sub(unescape, token.text[1:-1])
