"""The numbers that a network computes from its own sizes, to take the rows of a value by: what they count.

Keras reshapes to one unknown size at most. A network that is to reshape to more of them computes, from vectors of ones
along its axes, the numbers 0, 1, 2, … in the shape that is wanted, and takes the rows by these.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias, cast

from specc.importing.records import Network, Record, Sort, Value


class Along(NamedTuple):
    """As long as these axes of a value together (the batch is axis 0), each `step`th counted, and that `times`."""

    value: Value
    axes: tuple[int, ...]
    step: int = 1
    times: int = 1


Length: TypeAlias = int | Along


class Rows(NamedTuple):
    """What an operation takes the elements of a value by: in their order, into these sizes, the first the batch's.

    `tail`: the sizes behind these; None for those of the value itself, all but its first.
    """

    sizes: tuple[Length, ...]
    tail: tuple[int, ...] | None = None


class _Part(NamedTuple):
    """The elements along these axes, one of each other axis; `is_flat`: as a vector."""

    of: Along
    is_flat: bool = False


class _Ones(NamedTuple):
    """A vector of ones."""

    length: Along


class _Running(NamedTuple):
    """1, 2, 3, …"""

    length: Along


class _Back(NamedTuple):
    """0, -1, -2, …"""

    length: Along


class _Total(NamedTuple):
    """How long a vector is, as a number."""

    length: Along


class _Numbers(NamedTuple):
    """0, 1, 2, … along these sizes, in the order of a reshape.

    `form`: as it stands, as a `column` with an axis of size 1 behind, `flat` as a vector, or a vector that is `held`:
    what computes it fails unless there are as many rows.
    """

    sizes: tuple[Length, ...]
    form: str = ""


class _Starts(NamedTuple):
    """The number at which each row begins, where a row has `length` of them."""

    sizes: tuple[Length, ...]
    length: Length


def read_rows(network: Network, order: Sequence[tuple[Record, int]]) -> None:
    """Put `Rows` in the place of the numbers that rows are taken by, where what they count is known."""
    counts = _Counts(network)
    for record, node in order:
        if record.applications and str(record.module).startswith("keras.src.ops"):
            counts.note(record, node)


class _Counts:
    """What values count, found in the order in which they are computed."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.known: dict[Value, Any] = {}

    def note(self, record: Record, node: int) -> None:
        arguments, named = record.applications[node]
        count = _COUNTED.get((record.cls, len(arguments)))
        if named or count is None:
            return
        found = count(self, arguments, record.config)
        if found is not None:
            self.known[Value(record.name, node, 0)] = found

    def of(self, value: Any) -> Any:
        """What a value counts; a constant as it is."""
        return self.known.get(value) if isinstance(value, Value) else value

    def sort(self, value: Any) -> Sort | None:
        """What is known of a value that has a batch."""
        sort = self.network.types.get(value) if isinstance(value, Value) else None
        return sort if sort is not None and sort.has_batch else None

    def part(self, arguments: list[Any], config: dict[str, Any]) -> _Part | _Ones | None:
        """`x[0, :, 0]`, or each so many-th of a vector of ones."""
        value, key = arguments
        keys = cast("list[Any]", key) if isinstance(key, list) else [key]
        ones, sort = self.of(value), self.sort(value)
        if isinstance(ones, _Ones):
            match keys:
                case [slice(start=None, stop=None, step=int(step))] if (
                    step > 0 and ones.length.step == ones.length.times == 1
                ):
                    return _Ones(ones.length._replace(step=step))
                case _:
                    return None
        if sort is None or len(keys) != len(sort.sizes) + 1:
            return None
        axes = tuple(i for i, at in enumerate(keys) if at == slice(None))
        is_first = all(type(at) is int and at == 0 for i, at in enumerate(keys) if i not in axes)
        return _Part(Along(value, axes)) if is_first else None

    def flat(self, arguments: list[Any], config: dict[str, Any]) -> _Part | _Numbers | None:
        """A value, a part of it, or numbers, as a vector."""
        value = arguments[0]
        if config.get("newshape") != [-1]:
            return None
        part, sort = self.of(value), self.sort(value)
        if isinstance(part, _Numbers):
            return _Numbers(part.sizes, "flat") if not part.form else None
        if isinstance(part, _Part):
            return _Part(part.of, is_flat=True)
        return None if sort is None else _Part(Along(value, tuple(range(len(sort.sizes) + 1))), is_flat=True)

    def ones(self, arguments: list[Any], config: dict[str, Any]) -> _Ones | None:
        value = arguments[0]
        part, sort = self.of(value), self.sort(value)
        if config.get("dtype") != "int32":
            return None
        if isinstance(part, _Part):
            return _Ones(part.of) if part.is_flat or len(part.of.axes) == 1 else None
        return _Ones(Along(value, (0,))) if part is None and sort is not None and not sort.sizes else None

    def repeated(self, arguments: list[Any], config: dict[str, Any]) -> _Ones | None:
        """A vector of ones so many times."""
        match self.of(arguments[0]), config.get("repeats"), config.get("axis"):
            case _Ones(length), int(times), None if times > 0:
                return _Ones(length._replace(times=length.times * times))
            case _:
                return None

    def running(self, arguments: list[Any], config: dict[str, Any]) -> _Running | None:
        ones = self.of(arguments[0])
        is_plain = config.get("axis") is None and config.get("dtype") is None
        return _Running(ones.length) if is_plain and isinstance(ones, _Ones) else None

    def total(self, arguments: list[Any], config: dict[str, Any]) -> _Total | None:
        ones = self.of(arguments[0])
        is_plain = config.get("axis") is None and not config.get("keepdims")
        return _Total(ones.length) if is_plain and isinstance(ones, _Ones) else None

    def negative(self, arguments: list[Any], config: dict[str, Any]) -> _Numbers | None:
        back = self.of(arguments[0])
        return _Numbers((back.length,)) if isinstance(back, _Back) else None

    def column(self, arguments: list[Any], config: dict[str, Any]) -> _Numbers | None:
        numbers = self.of(arguments[0])
        is_plain = isinstance(numbers, _Numbers) and not numbers.form and config.get("axis") == -1
        return _Numbers(numbers.sizes, "column") if is_plain else None

    def multiply(self, arguments: list[Any], config: dict[str, Any]) -> _Starts | _Numbers | None:
        a, b = map(self.of, arguments)
        match [_column(cast("list[Any]", a)) if isinstance(a, list) else a, b]:
            case [_Numbers(sizes, "column"), _Total(length)]:
                return _Starts(sizes, length)
            case [_Numbers(sizes, "column"), int(length)]:
                return _Starts(sizes, length)
            case [_Ones(), _Numbers(sizes, "flat")]:
                return _Numbers(sizes, "held")
            case _:
                return None

    def subtract(self, arguments: list[Any], config: dict[str, Any]) -> _Back | _Numbers | None:
        match [self.of(x) for x in arguments]:
            case [1, _Running(length)]:
                return _Back(length)
            case [_Starts(sizes, length), _Back(behind)] if length == behind:
                return _Numbers((*sizes, length))
            case [_Starts(sizes, int(length)), [*back]] if back == [-i for i in range(len(back))]:
                return _Numbers((*sizes, length)) if len(back) == length else None
            case _:
                return None

    def take(self, arguments: list[Any], config: dict[str, Any]) -> _Numbers | None:
        """Elements that are taken by numbers: the numbers give way to what they count."""
        match [config.get("axis"), *map(self.of, arguments)]:
            case [0, _Numbers(sizes, "held"), _Numbers(same, "")] if sizes == same:
                return _Numbers(sizes)
            case [0, _, _Numbers(sizes, "")]:
                of, tail = self._flattened(arguments[0])
                arguments[:] = [of, Rows(sizes, tail)]
            case _:
                pass
        return None

    def _flattened(self, value: Any) -> tuple[Any, tuple[int, ...] | None]:
        """The value whose elements another one has in rows of some sizes, and these; else the value itself."""
        record = self.network.records[value.layer] if isinstance(value, Value) else None
        if record is None or record.cls != "Reshape" or not str(record.module).startswith("keras.src.ops"):
            return value, None
        arguments = record.applications[value.node].arguments if record.applications else []
        match arguments, record.config.get("newshape"):
            case [Value() as of], [-1, *tail] if (sort := self.sort(of)) is not None and _are_sizes(tail):
                is_within_rows = None not in sort.sizes and _product(sort.sizes) == _product(tail)
                return (value, None) if is_within_rows else (of, tuple(tail))
            case _:
                return value, None


def _product(sizes: Sequence[int | None]) -> int:
    found = 1
    for size in sizes:
        found *= size or 1
    return found


def _are_sizes(sizes: list[Any]) -> bool:
    return all(type(size) is int and size >= 0 for size in sizes)


def _column(numbers: list[Any]) -> _Numbers | None:
    """What a constant counts whose last axis is 1."""
    sizes: list[int] = []
    level: list[Any] = [numbers]
    while level and all(isinstance(part, list) for part in level):
        sizes.append(len(level[0]))
        if any(len(part) != sizes[-1] for part in level):
            return None
        level = [each for part in level for each in part]
    is_counting = sizes[-1:] == [1] and level == list(range(len(level)))
    return _Numbers(tuple(sizes[:-1]), "column") if is_counting else None


_COUNTED: dict[tuple[str, int], Callable[[_Counts, list[Any], dict[str, Any]], Any]] = {
    ("Cumsum", 1): _Counts.running,
    ("ExpandDims", 1): _Counts.column,
    ("GetItem", 2): _Counts.part,
    ("Multiply", 2): _Counts.multiply,
    ("Negative", 1): _Counts.negative,
    ("OnesLike", 1): _Counts.ones,
    ("Repeat", 1): _Counts.repeated,
    ("Reshape", 1): _Counts.flat,
    ("Subtract", 2): _Counts.subtract,
    ("Sum", 1): _Counts.total,
    ("Take", 2): _Counts.take,
}
"""By class of an operation, and how many arguments it has."""
