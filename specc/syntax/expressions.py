"""Expressions and the texts that hold them: `$name`, `$(…)`, `$$`, and sizes such as `2*T + 1`.

    >>> parse_template("conv_$(i + 1)").evaluate({"i": 2})
    'conv_3'
    >>> parse_expression("2*T + 1").evaluate({"T": 10})
    21

What is parsed is kept, so the same text is parsed once. Everything raises `ExpressionError`, with offsets in
the text that was given; nothing is ever handed to Python's own `eval`.
"""

import re
from collections.abc import Callable
from typing import TypeVar

from specc.syntax.dollars import closing
from specc.syntax.expression_tree import (
    Binary,
    Call,
    Comparison,
    Conditional,
    Environment,
    ExpressionError,
    Form,
    Index,
    Listing,
    Name,
    Size,
    SizeOf,
    Unary,
    Value,
)
from specc.syntax.tree import kind_of

__all__ = [
    "Environment",
    "Expression",
    "ExpressionError",
    "SizeOf",
    "Template",
    "Value",
    "forms_in",
    "parse_expression",
    "parse_template",
]

MAX_TEXT = 100_000
"""How many characters a scalar with expressions in it has."""

T = TypeVar("T")

_KEPT = 4_096
_PLACE = re.compile(r"\$(?:\$|\(|([A-Za-z_][A-Za-z0-9_]*))?")

_expressions: dict[str, "Expression"] = {}
_templates: dict[str, "Template"] = {}


class Expression:
    """A parsed expression; `tree` is its form, of those in `expression_tree`."""

    __slots__ = ("names", "tree", "uses_size")

    def __init__(self, tree: Form) -> None:
        self.tree = tree
        forms = forms_in([tree])
        self.names: frozenset[str] = frozenset(form.name for form in forms if isinstance(form, Name))
        self.uses_size: bool = any(isinstance(form, Size) for form in forms)

    def evaluate(self, environment: Environment, size: SizeOf | None = None) -> Value:
        """The value, given those of `names`, and `size(axis)` where the place allows it."""
        from specc.syntax.evaluate import Evaluator

        return Evaluator(environment, size).value(self.tree)


class Template:
    """A scalar's text: literal text and expressions in turn.

    `is_single`: the text is one expression and nothing else, whose value keeps its type.
    """

    __slots__ = ("_parts", "is_single", "names", "uses_size")

    def __init__(self, parts: tuple[str | Form, ...]) -> None:
        self._parts = parts
        forms = forms_in([part for part in parts if not isinstance(part, str)])
        self.names: frozenset[str] = frozenset(form.name for form in forms if isinstance(form, Name))
        self.uses_size: bool = any(isinstance(form, Size) for form in forms)
        self.is_single: bool = len(parts) == 1 and not isinstance(parts[0], str)

    @property
    def form(self) -> Form | None:
        """The one expression; None where there is text beside it."""
        part = self._parts[0]
        return part if self.is_single and not isinstance(part, str) else None

    def evaluate(self, environment: Environment, size: SizeOf | None = None) -> Value:
        """The value of the one expression, or the text with every expression's value in its place."""
        from specc.syntax.evaluate import MAX_ITEMS, Evaluator

        evaluator = Evaluator(environment, size)
        pieces: list[str] = []
        length = 0
        for part in self._parts:
            if isinstance(part, str):
                piece = part
            else:
                value = evaluator.value(part)
                if self.is_single:
                    return value
                piece = _shown(value, part)
                length += len(piece)
                if length > MAX_ITEMS:
                    message = f"the text is longer than {MAX_ITEMS:,} characters"
                    raise ExpressionError(message, part.start, part.end)
            pieces.append(piece)
        return "".join(pieces)


def parse_expression(text: str) -> Expression:
    """The expression `text`, without any `$`. Raises `ExpressionError` where it is none."""
    return _kept(_expressions, text, lambda: Expression(_parsed(text, 0, len(text))))


def parse_template(text: str) -> Template:
    """The scalar `text` with its `$name`, `$(…)` and `$$`. Raises `ExpressionError` where one is wrong."""
    if len(text) > MAX_TEXT:
        raise ExpressionError(f"text with `$` in it has at most {MAX_TEXT:,} characters", 0, len(text))
    return _kept(_templates, text, lambda: Template(_parts(text)))


def _parsed(text: str, start: int, stop: int) -> Form:
    # Most specs have no expression, and need no parser of them.
    from specc.syntax.expression_parser import parse

    return parse(text, start, stop)


def _kept(kept: dict[str, T], text: str, make: Callable[[], T]) -> T:
    if text not in kept:
        if len(kept) >= _KEPT:
            kept.clear()
        kept[text] = make()
    return kept[text]


def _parts(text: str) -> tuple[str | Form, ...]:
    parts: list[str | Form] = []
    literal = ""
    at = 0
    while found := _PLACE.search(text, at):
        literal += text[at : found.start()]
        at = found.end()
        if found.group() == "$$":
            literal += "$"
            continue
        if found.group() == "$":
            message = "`$` is followed by a name or by `(`; a dollar itself is `$$`"
            raise ExpressionError(message, found.start(), found.end())
        if found[1]:
            form: Form = Name(found[1], found.start(1), at)
        else:
            end = closing(text, at - 1)
            if end is None:
                raise ExpressionError("this `$(` has no closing `)`", found.start(), len(text))
            form = _parsed(text, at, end - 1)
            at = end
        if literal:
            parts.append(literal)
            literal = ""
        parts.append(form)
    literal += text[at:]
    if literal or not parts:
        parts.append(literal)
    return tuple(parts)


def _shown(value: Value, form: Form) -> str:
    match value:
        case str():
            return value
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case _:
            raise ExpressionError(f"{kind_of(value)} cannot stand inside text", form.start, form.end)


def forms_in(pending: list[Form]) -> list[Form]:
    """The forms in `pending` and all their parts."""
    found: list[Form] = []
    while pending:
        form = pending.pop()
        found.append(form)
        match form:
            case Binary(_, left, right):
                pending += (left, right)
            case Unary(_, operand):
                pending.append(operand)
            case Comparison(first, rest):
                pending += (first, *(operand for _, operand in rest))
            case Conditional(test, then, other):
                pending += (test, then, other)
            case Listing(parts) | Call(_, parts):
                pending += parts
            case Index(of, index):
                pending += (of, index)
            case _:
                pass
    return found
