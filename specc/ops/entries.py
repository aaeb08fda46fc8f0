"""The kinds of arguments that hold sizes with names: `[time: 4, feature: -1]`, and patterns of axes."""

from collections.abc import Iterable
from typing import Annotated, Any, NamedTuple, cast

from specc.ops.kinds import Kind, Schema, checked, quoted
from specc.ops.misfit import Misfit
from specc.shapes.axis import given
from specc.shapes.dim import Size, Symbolic, product
from specc.shapes.pattern import Pattern, parse_pattern
from specc.shapes.shape import MAX_AXES, Shape, excess

REST = -1
"""The size of a target's axis that takes what is left."""


class Entry(NamedTuple):
    """One axis that an argument asks for: the name that it is given, if any, and its size."""

    name: str | None
    size: Size

    def __str__(self) -> str:
        return str(self.size) if self.name is None else f"{self.name}: {self.size}"

    @property
    def plain(self) -> Any:
        """The entry as plain data, as a spec has it."""
        size = self.size if isinstance(self.size, int) else str(self.size)
        return size if self.name is None else {self.name: size}


Entries = tuple[Entry, ...]


def entries_text(entries: Iterable[Entry]) -> str:
    """Entries as YAML: `[time: 4, 784]`."""
    return f"[{', '.join(map(str, entries))}]"


def shape_of(entries: Entries) -> Shape:
    """The shape that entries ask for, names given; E203 where one is given twice."""
    names = [entry.name for entry in entries if entry.name is not None]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise Misfit("E203", f"two axes are called `{twice}`")
    return Shape(tuple([entry.size for entry in entries]), tuple([given(entry.name) for entry in entries]))


def width_of(units: int | Entries) -> int:
    """The number of units that `units` stands for, where it may be a list of sizes."""
    if isinstance(units, int):
        return units
    width = product(entry.size for entry in units)
    assert isinstance(width, int)
    return width


def _items(value: Any) -> list[Any] | None:
    """The items of a list; None if `value` is none."""
    if not isinstance(value, list | tuple) or isinstance(value, Entry):
        return None
    return list(cast("Iterable[Any]", value))


def _mapping(value: Any) -> dict[Any, Any] | None:
    return dict(cast("dict[Any, Any]", value)) if isinstance(value, dict) else None


def _named(item: Any) -> tuple[str | None, Any]:
    mapping = _mapping(item)
    if mapping is not None:
        if len(mapping) != 1:
            raise ValueError("an entry is a size or one `name: size`")
        ((name, size),) = mapping.items()
        if not isinstance(name, str) or not name:
            raise ValueError(f"the name of an axis is text, not `{name}`")
        return name, size
    return (item.name, item.size) if isinstance(item, Entry) else (None, item)


def _list(value: Any, example: str) -> list[Any]:
    items = _items(value)
    if items is None:
        raise ValueError(f"must be a list of sizes, as `{example}`")
    if len(items) > MAX_AXES:
        raise ValueError(f"no tensor has more than {MAX_AXES} axes")
    return items


def _possible(entries: Entries) -> Entries:
    why = excess(shape_of(entries))
    if why is not None:
        raise ValueError(f"asks for a value that {why}")
    return entries


def _number(size: Any) -> int:
    if isinstance(size, bool) or not isinstance(size, int) or size < 1:
        raise ValueError(f"a size is a positive integer, not {quoted(size)}")
    return size


def _symbolic(size: Any) -> Size:
    if isinstance(size, str):
        from specc.ops.symbols import size_in

        return size_in(size)
    return size if isinstance(size, Symbolic) else _number(size)


def _target_size(size: Any) -> Size:
    if size is None or size == REST:
        return REST
    return _symbolic(size)


def _target(value: Any) -> Entries:
    items = map(_named, _list(value, "[time: 4, feature: -1]"))
    entries = tuple(Entry(name, _target_size(size)) for name, size in items)
    if sum(entry.size == REST for entry in entries) > 1:
        raise ValueError("only one size can be -1 (or null)")
    return _possible(entries)


def _sizes(value: Any) -> Entries:
    items = _list(value, "[time: 10, series: 2]")
    if not items:
        raise ValueError("needs at least one size")
    return _possible(tuple(Entry(name, _number(size)) for name, size in map(_named, items)))


def _units(value: Any) -> int | Entries:
    return _number(value) if _items(value) is None else _sizes(value)


def _dims(value: Any) -> tuple[int | str, ...]:
    items = _items(value) or []
    numbers = [i for i in items if isinstance(i, int) and not isinstance(i, bool)]
    names = [i for i in items if isinstance(i, str)]
    if not items or len(items) not in (len(numbers), len(names)):
        raise ValueError("must be a list of the numbers of all axes, or of their names, as `[2, 1]`")
    batch = 0 in numbers  # told of by the op, which knows what to write instead
    if numbers and sorted(numbers) != list(range(not batch, len(numbers) + (not batch))):
        raise ValueError(f"must hold each of 1 to {len(numbers)} once; the first axis behind the batch is 1")
    return tuple(items)


def _pattern(value: Any) -> Pattern:
    if isinstance(value, Pattern):
        return value
    if not isinstance(value, str):
        raise ValueError("must be text, as `time height width -> time (height width)`")
    return parse_pattern(value)


def _factors(value: Any) -> dict[str, Size]:
    mapping = _mapping(value)
    if mapping is None or not all(isinstance(name, str) for name in mapping):
        raise ValueError("must be a mapping of names to sizes, as `{h2: 2}`")
    return {name: _symbolic(size) for name, size in mapping.items()}


_SIZE: Schema = {"type": "integer", "minimum": 1}
_OVER_SYMBOLS: Schema = {"type": "string", "pattern": "[A-Za-z]"}
_TARGET_SIZE: Schema = {"anyOf": [_SIZE, {"const": REST}, {"type": "null"}, _OVER_SYMBOLS]}


def _entries_json(size: Schema, at_least: int) -> Schema:
    named = {"type": "object", "additionalProperties": size, "minProperties": 1, "maxProperties": 1}
    return {"type": "array", "minItems": at_least, "items": {"anyOf": [size, named]}}


TargetShape = Annotated[
    Entries,
    Kind("a list of sizes, with names or without", checked(_target), _entries_json(_TARGET_SIZE, 0)),
]
Sizes = Annotated[
    Entries, Kind("a list of positive sizes, with names or without", checked(_sizes), _entries_json(_SIZE, 1))
]
Units = Annotated[
    int | Entries,
    Kind(
        "a positive integer, or a list of sizes, with names or without",
        checked(_units),
        {"anyOf": [_SIZE, _entries_json(_SIZE, 1)]},
    ),
]
Dims = Annotated[
    tuple[int | str, ...],
    Kind(
        "a list of the numbers of all axes, or of their names",
        checked(_dims),
        {"type": "array", "minItems": 1, "items": {"type": ["integer", "string"]}},
    ),
]
PatternText = Annotated[
    Pattern,
    Kind("a pattern, as `a b c -> a (b c)`", checked(_pattern), {"type": "string", "pattern": "->"}),
]
Factors = Annotated[
    dict[str, Size],
    Kind(
        "a mapping of names to sizes",
        checked(_factors),
        {"type": "object", "additionalProperties": {"anyOf": [_SIZE, _OVER_SYMBOLS]}},
    ),
]
