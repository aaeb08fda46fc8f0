"""The header of an array in NumPy's format, versions 1 to 3, read without NumPy and without evaluating anything."""

import re
from typing import NamedTuple

from specc.arrays.files import FileFault

MAGIC = b"\x93NUMPY"
MAX_HEADER = 10_000
"""NumPy's own limit on the text of a header."""
START = 12 + MAX_HEADER
"""How much of a file holds its header."""

_ENTRY = (
    r"'descr': *(?P<descr>'[^'\\]*'|\[)|'fortran_order': *(?P<order>True|False)"
    r"|'shape': *\((?P<shape>(?:\d{1,18}L?(?:, *\d{1,18}L?)*,?)?)\)"
)
_PIECE = re.compile(rf"\s*(?:{_ENTRY})\s*(,|(?=\}}))", re.ASCII)
_DTYPE = re.compile(r"[<>=|]?([biufcSU])(\d{1,9})", re.ASCII)
_KINDS = {"i": "int", "u": "uint", "f": "float", "c": "complex"}


class Header(NamedTuple):
    """What an array's header says; `dtype` is as NumPy writes it (`<f4`), `end` is where the data begin."""

    dtype: str
    fortran_order: bool
    shape: tuple[int, ...]
    end: int


class Element(NamedTuple):
    """An element of an array: the name of its dtype, as Keras has it, and how many bytes it takes."""

    dtype: str
    size: int


def parse_header(start: bytes, name: str) -> Header:
    """The header at the start of an `.npy` file; raises `FileFault`."""
    version = start[6:8]
    if start[:6] != MAGIC or version not in (b"\x01\x00", b"\x02\x00", b"\x03\x00"):
        raise FileFault(f"`{name}` is not an .npy file")
    begin = 10 if version == b"\x01\x00" else 12
    length = int.from_bytes(start[8:begin], "little")
    if length > MAX_HEADER or len(start) < begin + length:
        raise FileFault(f"the header of `{name}` is too long or cut short")
    text = start[begin : begin + length].decode("latin-1").strip()
    found = _entries(text)
    if found is None:
        raise FileFault(f"the header of `{name}` is not that of an .npy file")
    if found["descr"] == "[":
        raise FileFault(f"`{name}` holds records, not an array of numbers")
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


def element_of(header: Header, name: str) -> Element:
    """What the elements of an array are; raises `FileFault` for what is neither a number nor text."""
    match = _DTYPE.fullmatch(header.dtype)
    if header.dtype in ("|O", "O"):
        raise FileFault(f"`{name}` holds pickled objects, which are not opened")
    if match is None:
        raise FileFault(f"`{name}` holds `{header.dtype}`, which is neither numbers nor text")
    kind, size = match[1], int(match[2])
    if kind in "SU":
        return Element("string", size * (4 if kind == "U" else 1))
    if kind == "b":
        return Element("bool", 1)
    return Element(f"{_KINDS[kind]}{8 * size}", size)
