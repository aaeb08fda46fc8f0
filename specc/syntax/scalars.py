"""What plain scalars mean: the core schema of YAML 1.2."""

import re

_SPECIAL = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
    ".nan": float("nan"),
    ".NaN": float("nan"),
    ".NAN": float("nan"),
}
_INFINITY = re.compile(r"[-+]?\.(?:inf|Inf|INF)")
_DECIMAL = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NUMERIC_START = frozenset("+-.0123456789")
_MAX_DIGITS = 300


class NumberTooLongError(Exception):
    """An integer of more digits than anything here could use."""


def resolve(text: str) -> str | float | bool | None:
    """The value of the plain scalar `text`: `no` and `1_000` are text, `010` is ten, `1e-3` a float.

    Raises `NumberTooLongError` for an integer of more than 300 digits.
    """
    if text in _SPECIAL:
        return _SPECIAL[text]
    if text[0] not in _NUMERIC_START:
        return text
    if _DECIMAL.fullmatch(text):
        return _integer(text, 10)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _OCTAL.fullmatch(text):
        return _integer(text[2:], 8)
    if _HEXADECIMAL.fullmatch(text):
        return _integer(text[2:], 16)
    if _INFINITY.fullmatch(text):
        return float(text.replace(".", ""))
    return text


def _integer(digits: str, base: int) -> int:
    if len(digits) > _MAX_DIGITS:
        raise NumberTooLongError(f"an integer of {len(digits)} digits; at most {_MAX_DIGITS} can be read")
    return int(digits, base)
