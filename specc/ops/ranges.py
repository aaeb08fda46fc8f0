"""Kinds of arguments that are numbers within bounds, and lists of two or three of them."""

from collections.abc import Callable
from math import inf
from typing import Annotated, Any, cast

from specc.ops.kinds import Kind, Schema, checked
from specc.ops.wants import shown

Accept = Callable[[Any], Any]


def number(
    text: str, low: float = -inf, high: float = inf, *, integers: bool = False, is_open: bool = False
) -> Accept:
    """What returns a number from `low` (beyond it, where `is_open`) to `high`, or raises ValueError with `text`."""

    def accept(value: Any) -> Any:
        right = type(value) is int or (type(value) is float and not integers)
        if not right or not low <= value <= high or (is_open and value == low):
            raise ValueError(f"must be {text}, not `{shown(value)}`")
        return value

    return accept


def several(n: int, item: Accept, text: str) -> Accept:
    """What returns a list of `n` items as a tuple, or raises ValueError with `text`."""

    def accept(value: Any) -> Any:
        items = cast("list[Any]", value)
        if not isinstance(value, list | tuple) or len(items) != n:
            raise ValueError(f"must be {text}, not `{shown(value)}`")
        return tuple(map(item, items))

    return accept


def one_or(n: int, item: Accept, text: str) -> Accept:
    """What returns one item as it is, or a list of `n`."""
    listed = several(n, item, text)
    return lambda value: listed(value) if isinstance(value, list | tuple) else item(value)


def several_json(n: int, item: Schema) -> Schema:
    """The JSON Schema of a list of `n` items."""
    return {"type": "array", "items": item, "minItems": n, "maxItems": n}


def factor(low: float, high: float, *, integers: bool = False, is_open: bool = False) -> Kind:
    """The kind of a number from `low` (beyond it, where `is_open`) to `high`, or of two between which one is drawn."""
    word = "an integer" if integers else "a number"
    bounds = f"above {low} up to {high}" if is_open else f"from {low} to {high}"
    text = f"{word} {bounds}, or a list of 2"
    item: Schema = {
        "type": "integer" if integers else "number",
        "exclusiveMinimum" if is_open else "minimum": low,
        "maximum": high,
    }
    accept = one_or(2, number(text, low, high, integers=integers, is_open=is_open), text)
    return Kind(text, checked(accept), {"anyOf": [item, several_json(2, item)]})


Factor = Annotated[float | tuple[float, float], factor(0, 1)]
SignedFactor = Annotated[float | tuple[float, float], factor(-1, 1)]

_ENDS = "a list of two numbers that differ"


def _value_range(value: Any) -> Any:
    ends = several(2, number(_ENDS), _ENDS)(value)
    if ends[0] == ends[1]:
        raise ValueError(f"must be {_ENDS}, not `{shown(value)}`")
    return ends


ValueRange = Annotated[
    tuple[float, float],
    Kind(_ENDS, checked(_value_range), {**several_json(2, {"type": "number"}), "uniqueItems": True}),
]
"""The least and the greatest value of a pixel."""
