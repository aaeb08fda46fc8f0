"""The numbers of an array, a stretch at a time: do they mean what they are taken for?"""

import struct
import sys
from array import array
from collections.abc import Iterator, Sequence
from math import isfinite, prod
from typing import BinaryIO

from specc.arrays import Values
from specc.arrays.files import FileFault
from specc.arrays.header import Element, Header
from specc.arrays.named import Named

STRETCH = 1 << 16
"""How many numbers are held at a time, where a row is no longer."""
MAX_ROW = 1 << 22
TOLERANCE = 1e-3
"""How far a row may be from 1."""

_CODES = {
    "bool": "B",
    "int8": "b",
    "uint8": "B",
    "int16": "h",
    "uint16": "H",
    "int32": "i",
    "uint32": "I",
    "int64": "q",
    "uint64": "Q",
    "float32": "f",
    "float64": "d",
}

Found = dict[str, str]
"""What was met first of each kind, `range`, `rows` and `nan`, in words."""


def scan(named: Named, values: Values, classes: int | None = None, ignored: int | None = None) -> Found:
    """What is wrong with the numbers of an array; `ignored` is a class that stands for none. Raises `FileFault`."""

    def use(header: Header, element: Element, file: BinaryIO) -> Found:
        judge = _Judge(header, values, classes, ignored)
        for stretch in _stretches(header, element, file, named.shown, judge.row):
            judge.see(stretch)
        return judge.found

    key = (values, classes, ignored)
    if key not in named.seen:
        named.seen[key] = named.open(use)
    return named.seen[key]


def _stretches(
    header: Header, element: Element, file: BinaryIO, shown: str, row: int
) -> Iterator[Sequence[float]]:
    """The numbers in the order of the file, whole rows at a time; none for what are no real numbers."""
    if element.dtype not in _CODES and element.dtype != "float16":
        return
    left = prod(header.shape)
    most = max(1, STRETCH // row) * row
    while left:
        data = _read(file, min(most, left) * element.size)
        if not data:
            raise FileFault(f"`{shown}` is cut short")
        left -= len(data) // element.size
        yield _numbers(data, header, element)


def _read(file: BinaryIO, size: int) -> bytes:
    """So many bytes, however many reads that takes; none where the file ends before."""
    parts: list[bytes] = []
    while size and (part := file.read(size)):
        parts.append(part)
        size -= len(part)
    return b"" if size else b"".join(parts)


def _numbers(data: bytes, header: Header, element: Element) -> Sequence[float]:
    is_big = header.dtype.startswith(">") or (header.dtype[0] in "=" and sys.byteorder == "big")
    if element.dtype == "float16":
        return struct.unpack(f"{'>' if is_big else '<'}{len(data) // 2}e", data)
    made = array(_CODES[element.dtype], data)
    if is_big != (sys.byteorder == "big") and element.size > 1:
        made.byteswap()
    return made


class _Judge:
    """Looks at stretches in their order; `row` is the length of what belongs together."""

    def __init__(self, header: Header, values: Values, classes: int | None, ignored: int | None) -> None:
        self.header = header
        self.values = values
        self.classes = classes
        self.ignored = ignored
        self.found: Found = {}
        self.seen = 0
        self.signs: set[float] = set()
        row = header.shape[-1] if len(header.shape) > 1 and not header.fortran_order else 1
        self.row = row if values == "distribution" and 0 < row <= MAX_ROW else 1

    def see(self, stretch: Sequence[float]) -> None:
        """Look at the next numbers."""
        total = sum(stretch)
        if isinstance(total, float) and not isfinite(total):
            self.say("nan", stretch, [i for i, x in enumerate(stretch) if not isfinite(x)])
        elif self.values != "any":
            self.say("range", stretch, self.outside(stretch))
            if self.row > 1 and "rows" not in self.found:
                self.sum_rows(stretch)
        self.seen += len(stretch)

    def say(self, kind: str, stretch: Sequence[float], positions: list[int]) -> None:
        """Keep the first of these positions, if none of the kind was met before."""
        if positions and kind not in self.found:
            at = positions[0]
            self.found[kind] = f"{stretch[at]:g} (sample {self.sample(at):,})"

    def sample(self, position: int) -> int:
        """The number of the sample that a position of the stretch belongs to, counted from 0."""
        index = self.seen + position
        if self.header.fortran_order:
            return index % self.header.shape[0]
        return index // max(1, prod(self.header.shape[1:]))

    def outside(self, stretch: Sequence[float]) -> list[int]:
        """Where numbers are that cannot be."""
        low, high = min(stretch), max(stretch)
        match self.values:
            case "fractions" | "distribution" if low < 0 or high > 1:
                return [i for i, x in enumerate(stretch) if not 0 <= x <= 1]
            case "counts" if low < 0:
                return [i for i, x in enumerate(stretch) if x < 0]
            case "binary" if not {low, high} <= {0, 1} or not set(stretch) <= {0, 1}:
                return [i for i, x in enumerate(stretch) if x not in (0, 1)]
            case "signs":
                self.signs |= {low, high}
                kinds = ({0, 1}, {-1, 1})
                if not any(self.signs <= kind and set(stretch) <= kind for kind in kinds):
                    first = [i for i, x in enumerate(stretch) if x not in (-1, 0, 1)]
                    return first or [i for i, x in enumerate(stretch) if x == 0] or [0]
            case "classes" if self.classes is not None:
                is_whole = not isinstance(stretch[0], float) or all(float(x).is_integer() for x in stretch)
                if low < 0 or high >= self.classes or not is_whole:
                    return [
                        i
                        for i, x in enumerate(stretch)
                        if x != self.ignored and not (0 <= x < self.classes and float(x).is_integer())
                    ]
            case _:
                pass
        return []

    def sum_rows(self, stretch: Sequence[float]) -> None:
        for start in range(0, len(stretch), self.row):
            total = sum(stretch[start : start + self.row])
            if abs(total - 1) > TOLERANCE:
                self.found["rows"] = f"{total:g} (sample {self.sample(start):,})"
                return
