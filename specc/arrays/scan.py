"""The numbers of an array, a stretch at a time: do they mean what they are taken for?"""

import struct
import sys
from array import array
from collections.abc import Iterator, Sequence
from math import prod
from typing import BinaryIO

from specc.arrays.files import FileFault
from specc.arrays.header import Element, Header
from specc.arrays.judge import Found, Judge, Wanted
from specc.arrays.named import Named

STRETCH = 1 << 16
"""How many numbers are held at a time, where a row is no longer."""

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


def scan(named: Named, wanted: Wanted) -> Found:
    """What is wrong with the numbers of an array. Raises `FileFault`."""

    def use(header: Header, element: Element, file: BinaryIO) -> Found:
        judge = Judge(header, wanted)
        for stretch in _stretches(header, element, file, named.shown, judge.row):
            judge.see(stretch)
        return judge.end()

    if wanted not in named.seen:
        named.seen[wanted] = named.open(use)
    return named.seen[wanted]


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
