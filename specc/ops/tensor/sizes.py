"""The kinds of arguments of functions that hold integers: sizes, shifts, widths of padding, places to split at."""

from collections.abc import Callable
from typing import Annotated, Any, cast

from specc.ops.kinds import Kind, Schema, checked
from specc.ops.wants import shown

_INTEGER: Schema = {"type": "integer"}


def _integer(value: Any, at_least: int | None = None) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or (at_least is not None and value < at_least):
        bound = "" if at_least is None else f" of at least {at_least}"
        raise ValueError(f"an integer{bound} is wanted, not `{shown(value)}`")
    return value


def _items(value: Any) -> list[Any] | None:
    return list(cast("list[Any]", value)) if isinstance(value, list | tuple) else None


def _one_or_more(at_least: int | None) -> Callable[[Any], int | tuple[int, ...]]:
    def accept(value: Any) -> int | tuple[int, ...]:
        items = _items(value)
        if items is None:
            return _integer(value, at_least)
        if not items:
            raise ValueError("needs at least one integer")
        return tuple([_integer(item, at_least) for item in items])

    return accept


def _sizes(value: Any) -> tuple[int, ...]:
    items = _items(value)
    if not items:
        raise ValueError("must be a list of all sizes, the batch's in front, as `[-1, 4, 3]`")
    sizes = tuple([_integer(item, -1) for item in items])
    if 0 in sizes:
        raise ValueError("a size is a positive integer, or -1 for what is left")
    return sizes


def _pair(value: Any) -> tuple[int, ...]:
    items = _items(value)
    if items is None or len(items) not in (1, 2):
        raise ValueError("a width is a pair of integers: in front, and behind")
    return tuple([_integer(item, 0) for item in (items * 2)[:2]])


def _widths(value: Any) -> int | tuple[int, ...] | tuple[tuple[int, ...], ...]:
    items = _items(value)
    if items is None:
        return _integer(value, 0)
    if not items:
        raise ValueError("needs a pair of integers for each axis, the batch counted")
    if all(_items(item) is not None for item in items):
        return tuple(map(_pair, items))
    return _pair(items)


def _several(item: Schema) -> Schema:
    return {"anyOf": [item, {"type": "array", "items": item, "minItems": 1}]}


Integers = Annotated[
    int | tuple[int, ...],
    Kind("an integer, or a list of them", checked(_one_or_more(None)), _several(_INTEGER)),
]
Counts = Annotated[
    int | tuple[int, ...],
    Kind(
        "a positive integer or a list of them",
        checked(_one_or_more(1)),
        _several({"type": "integer", "minimum": 1}),
    ),
]
NewShape = Annotated[
    tuple[int, ...],
    Kind(
        "a list of all sizes, the batch's in front",
        checked(_sizes),
        {"type": "array", "items": _INTEGER, "minItems": 1},
    ),
]
_PAIR: Schema = {"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 1, "maxItems": 2}
Widths = Annotated[
    int | tuple[int, ...] | tuple[tuple[int, ...], ...],
    Kind(
        "a pair of integers for each axis, the batch counted",
        checked(_widths),
        {"anyOf": [{"type": "integer", "minimum": 0}, _PAIR, {"type": "array", "items": _PAIR}]},
    ),
]
