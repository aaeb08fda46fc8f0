"""Literals, f-strings, docstrings and expressions as Python text. No text of a spec can leave its quotes."""

import math
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from specc.syntax.expression_tree import (
    Binary,
    Call,
    Comparison,
    Conditional,
    Constant,
    Form,
    Index,
    Listing,
    Name,
    Size,
    Unary,
)

_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def width(text: str) -> int:
    """How many columns a text takes: East Asian characters are wide."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.category(c) in ("Mn", "Me") for c in text)


def literal_text(value: Any) -> str:
    """A number, text, truth value or None."""
    if isinstance(value, str):
        quote = _quote(value)
        return quote + _escaped(value, quote) + quote
    if value is ...:
        return "..."
    if isinstance(value, float):
        return _float_text(value)
    return repr(value)


def _float_text(value: float) -> str:
    if math.isfinite(value):
        return repr(value).replace("e+", "e")
    return f'float("{value}")'


def _quote(text: str) -> str:
    """The quotes that need the fewer escapes; double ones if it is all one."""
    return "'" if text.count('"') > text.count("'") else '"'


def _escaped(text: str, quote: str) -> str:
    return "".join(_character(c, quote) for c in text)


def _character(c: str, quote: str) -> str:
    if c in _ESCAPES:
        return _ESCAPES[c]
    if c == quote:
        return f"\\{c}"
    if c.isprintable():
        return c
    code = ord(c)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def joined_text(parts: Sequence[str | tuple[str]]) -> str:
    """An f-string of text and, in tuples, the names of variables."""
    quote = _quote("".join(part for part in parts if isinstance(part, str)))
    pieces = [
        _escaped(part, quote).replace("{", "{{").replace("}", "}}")
        if isinstance(part, str)
        else f"{{{part[0]}}}"
        for part in parts
    ]
    return f"f{quote}{''.join(pieces)}{quote}"


def docstring(text: str, indent: str) -> Iterator[str]:
    """The lines of a docstring that says `text`."""
    lines = [" ".join(line.split()) for line in text.strip().splitlines()]
    lines = [
        _escaped(line, "\\").replace('"', "'" if '"""' in text or line.endswith('"') else '"')
        for line in lines
    ]
    if len(lines) == 1:
        yield f'{indent}"""{lines[0]}"""'
        return
    yield f'{indent}"""{lines[0]}'
    for line in lines[1:]:
        yield f"{indent}{line}" if line else ""
    yield f'{indent}"""'


_STRENGTH = {"or": 1, "and": 2, "+": 5, "-": 5, "*": 6, "/": 6, "//": 6, "%": 6, "**": 8}
_TEST, _NOT, _COMPARED, _SIGN, _ATOM = 0, 3, 4, 7, 9


def formula_text(form: Form, names: Mapping[str, str], sizes: Mapping[str | int, str]) -> str:
    """An expression of a spec as Python, with these texts for its names and sizes."""

    def text(form: Form, strength: int = _TEST) -> str:
        found, own = _formula(form)
        return f"({found})" if own < strength else found

    def _formula(form: Form) -> tuple[str, int]:
        match form:
            case Constant(value):
                is_negative = isinstance(value, int | float) and value < 0
                return literal_text(value), _SIGN if is_negative else _ATOM
            case Name(name):
                return names[name], _ATOM
            case Size(axis):
                return sizes[axis], _ATOM
            case Listing(items):
                return f"[{', '.join(map(text, items))}]", _ATOM
            case Index(of, index):
                return f"{text(of, _ATOM)}[{text(index)}]", _ATOM
            case Call(function, arguments):
                return f"{function}({', '.join(map(text, arguments))})", _ATOM
            case Unary("not", operand):
                return f"not {text(operand, _NOT)}", _NOT
            case Unary(operator, operand):
                return operator + text(operand, _ATOM), _SIGN
            case Binary("**", left, right):
                is_simple = isinstance(left, Name | Constant) and isinstance(right, Name | Constant)
                space = "" if is_simple else " "
                return f"{text(left, _ATOM)}{space}**{space}{text(right, _SIGN)}", _STRENGTH["**"]
            case Binary(operator, left, right):
                own = _STRENGTH[operator]
                return f"{text(left, own)} {operator} {text(right, own + 1)}", own
            case Comparison(first, rest):
                compared = [f" {operator} {text(operand, _COMPARED + 1)}" for operator, operand in rest]
                return text(first, _COMPARED + 1) + "".join(compared), _COMPARED
            case Conditional(test, then, other):
                return f"{text(then, 1)} if {text(test, 1)} else {text(other)}", _TEST
            case _:
                raise AssertionError("no form of an expression")

    return text(form)
