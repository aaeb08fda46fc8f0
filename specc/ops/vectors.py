"""The header of an `.npy` file of pretrained vectors, read without NumPy and without evaluating anything."""

import os
import re
from math import prod
from typing import BinaryIO, NamedTuple

from specc.ops.files import FileFault, inside, reading

_MAGIC = b"\x93NUMPY"
_HEADER_LIMIT = 10_000
"""NumPy's own limit on the text of a header."""
_ENTRY = (
    r"'descr': *(?P<descr>'[^'\\]*'|\[)|'fortran_order': *(?P<order>True|False)"
    r"|'shape': *\((?P<shape>(?:\d{1,18}L?(?:, *\d{1,18}L?)*,?)?)\)"
)
_PIECE = re.compile(rf"\s*(?:{_ENTRY})\s*(,|(?=\}}))", re.ASCII)


class Vectors(NamedTuple):
    """A file of `rows` vectors of `width` numbers; its dtype is as NumPy writes it (`<f4`)."""

    path: str
    rows: int
    width: int
    dtype: str
    fortran_order: bool


class Header(NamedTuple):
    """What an `.npy` file says of its array; `end` is where the data begin."""

    dtype: str
    fortran_order: bool
    shape: tuple[int, ...]
    end: int


def read_vectors(folder: str, name: str) -> Vectors:
    """The file `name` inside `folder`, which holds a matrix of floats; raises `FileFault`."""
    path = inside(folder, name)
    start, size = reading(path, name, _start_and_size)
    header = parse_header(start, name)
    if len(header.shape) != 2 or 0 in header.shape:
        raise FileFault(f"`{name}` is not a matrix of vectors: its shape is {header.shape}")
    if not re.fullmatch(r"[<>=]f[248]", header.dtype):
        raise FileFault(f"`{name}` does not hold floats: its dtype is `{header.dtype}`")
    missing = header.end + prod(header.shape) * int(header.dtype[-1]) - size
    if missing > 0:
        raise FileFault(f"`{name}` is cut short: {missing} bytes are missing")
    return Vectors(path, *header.shape, header.dtype, header.fortran_order)


def _start_and_size(file: BinaryIO) -> tuple[bytes, int]:
    return file.read(12 + _HEADER_LIMIT), os.fstat(file.fileno()).st_size


def parse_header(start: bytes, name: str) -> Header:
    """The header at the start of an `.npy` file; raises `FileFault`."""
    version = start[6:8]
    if start[:6] != _MAGIC or version not in (b"\x01\x00", b"\x02\x00", b"\x03\x00"):
        raise FileFault(f"`{name}` is not an .npy file")
    begin = 10 if version == b"\x01\x00" else 12
    length = int.from_bytes(start[8:begin], "little")
    if length > _HEADER_LIMIT or len(start) < begin + length:
        raise FileFault(f"the header of `{name}` is too long or cut short")
    text = start[begin : begin + length].decode("latin-1").strip()
    found = _entries(text)
    if found is None:
        raise FileFault(f"the header of `{name}` is not that of an .npy file")
    if found["descr"] == "[":
        raise FileFault(f"`{name}` holds records, not a matrix of floats")
    numbers = found["shape"].replace(",", " ").replace("L", "").split()
    return Header(found["descr"][1:-1], found["order"] == "True", tuple(map(int, numbers)), begin + length)


def _entries(text: str) -> dict[str, str] | None:
    """The three entries of a header's dict as text; None where it is malformed."""
    found: dict[str, str] = {}
    at = 1
    while text.startswith("{") and (match := _PIECE.match(text, at)):
        found |= {key: value for key, value in match.groupdict().items() if value is not None}
        at = match.end()
    if text.startswith("{'descr': ["):
        return {"descr": "[", "shape": ""}
    return found if len(found) == 3 and text[at:].strip() == "}" else None
