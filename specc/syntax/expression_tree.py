"""The forms that an expression is parsed into.

Every form has `start` and `end`, offsets in the text that was parsed, and can be taken apart by `match`
(`case Binary("+", left, right)`). A tree is at most 200 forms deep.
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias

Value: TypeAlias = "str | int | float | bool | list[Value] | None"
Environment: TypeAlias = Mapping[str, Value]
SizeOf: TypeAlias = Callable[[str | int], int]


class ExpressionError(Exception):
    """An expression cannot be read or has no value; `start` and `end` are offsets in the given text."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end


class Form:
    """A part of an expression."""

    __slots__ = ("end", "start")

    start: int
    end: int


class Constant(Form):
    """A number, a string, a boolean or None that is written out."""

    __slots__ = ("value",)
    __match_args__ = ("value",)

    def __init__(self, value: str | float | bool | None, start: int, end: int) -> None:
        self.value = value
        self.start = start
        self.end = end


class Name(Form):
    """A parameter, or a symbol in a size."""

    __slots__ = ("name",)
    __match_args__ = ("name",)

    def __init__(self, name: str, start: int, end: int) -> None:
        self.name = name
        self.start = start
        self.end = end


class Listing(Form):
    """`[a, b]`."""

    __slots__ = ("items",)
    __match_args__ = ("items",)

    def __init__(self, items: tuple[Form, ...], start: int, end: int) -> None:
        self.items = items
        self.start = start
        self.end = end


class Index(Form):
    """`of[index]`."""

    __slots__ = ("index", "of")
    __match_args__ = ("of", "index")

    def __init__(self, of: Form, index: Form, start: int, end: int) -> None:
        self.of = of
        self.index = index
        self.start = start
        self.end = end


class Unary(Form):
    """`-x`, `+x` or `not x`; `operator` is one of `-`, `+`, `not`."""

    __slots__ = ("operand", "operator")
    __match_args__ = ("operator", "operand")

    def __init__(self, operator: str, operand: Form, start: int, end: int) -> None:
        self.operator = operator
        self.operand = operand
        self.start = start
        self.end = end


class Binary(Form):
    """`left operator right`, where the operator is one of `+ - * / // % **`, `and`, `or`."""

    __slots__ = ("left", "operator", "right")
    __match_args__ = ("operator", "left", "right")

    def __init__(self, operator: str, left: Form, right: Form) -> None:
        self.operator = operator
        self.left = left
        self.right = right
        self.start = left.start
        self.end = right.end


class Comparison(Form):
    """`first < a <= b`: the first operand, then each operator and its right operand; chained as in Python."""

    __slots__ = ("first", "rest")
    __match_args__ = ("first", "rest")

    def __init__(self, first: Form, rest: tuple[tuple[str, Form], ...]) -> None:
        self.first = first
        self.rest = rest
        self.start = first.start
        self.end = rest[-1][1].end


class Conditional(Form):
    """`then if test else other`."""

    __slots__ = ("other", "test", "then")
    __match_args__ = ("test", "then", "other")

    def __init__(self, test: Form, then: Form, other: Form) -> None:
        self.test = test
        self.then = then
        self.other = other
        self.start = then.start
        self.end = other.end


class Call(Form):
    """`function(arguments)` for one of `FUNCTIONS`."""

    __slots__ = ("arguments", "function")
    __match_args__ = ("function", "arguments")

    def __init__(self, function: str, arguments: tuple[Form, ...], start: int, end: int) -> None:
        self.function = function
        self.arguments = arguments
        self.start = start
        self.end = end


class Size(Form):
    """`size(axis)`: an axis of the value that a layer receives, by name or number."""

    __slots__ = ("axis",)
    __match_args__ = ("axis",)

    def __init__(self, axis: str | int, start: int, end: int) -> None:
        self.axis = axis
        self.start = start
        self.end = end


FUNCTIONS = ("abs", "int", "len", "max", "min", "round")
