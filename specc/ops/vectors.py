"""The header of an `.npy` file of pretrained vectors, read without NumPy and without evaluating anything."""

import os
import re
import stat
from math import prod
from typing import NamedTuple

_MAGIC = b"\x93NUMPY"
_HEADER_LIMIT = 10_000
"""NumPy's own limit on the text of a header."""
_ENTRY = (
    r"'descr': *(?P<descr>'[^'\\]*'|\[)|'fortran_order': *(?P<order>True|False)"
    r"|'shape': *\((?P<shape>(?:\d{1,18}L?(?:, *\d{1,18}L?)*,?)?)\)"
)
_PIECE = re.compile(rf"\s*(?:{_ENTRY})\s*(,|(?=\}}))", re.ASCII)


class VectorFileError(Exception):
    """A file of vectors is not there, or is not what it should be; the message says which."""


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
    """The file `name` inside `folder`, which holds a matrix of floats; raises `VectorFileError`."""
    path = inside(folder, name)
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise VectorFileError(f"`{name}` is not a file")
        with open(path, "rb") as file:
            start = file.read(12 + _HEADER_LIMIT)
            size = os.fstat(file.fileno()).st_size
    except FileNotFoundError:
        raise VectorFileError(f"there is no file `{name}` beside the spec") from None
    except OSError as error:
        raise VectorFileError(f"`{name}` cannot be read: {error.strerror}") from None
    header = parse_header(start, name)
    if len(header.shape) != 2 or 0 in header.shape:
        raise VectorFileError(f"`{name}` is not a matrix of vectors: its shape is {header.shape}")
    if not re.fullmatch(r"[<>=]f[248]", header.dtype):
        raise VectorFileError(f"`{name}` does not hold floats: its dtype is `{header.dtype}`")
    missing = header.end + prod(header.shape) * int(header.dtype[-1]) - size
    if missing > 0:
        raise VectorFileError(f"`{name}` is cut short: {missing} bytes are missing")
    return Vectors(path, *header.shape, header.dtype, header.fortran_order)


def inside(folder: str, name: str) -> str:
    """The real path of `name` in `folder`; raises `VectorFileError` where it leads out of it."""
    parts = name.replace("\\", "/").split("/")
    if "\0" in name or os.path.isabs(name) or ".." in parts or os.path.splitdrive(name)[0]:
        raise VectorFileError("a file of vectors is named by a path inside the spec's folder, without `..`")
    root = os.path.realpath(folder)
    path = os.path.realpath(os.path.join(root, name))
    if path != root and not path.startswith(os.path.join(root, "")):
        raise VectorFileError(f"`{name}` leads out of the spec's folder")
    return path


def parse_header(start: bytes, name: str) -> Header:
    """The header at the start of an `.npy` file; raises `VectorFileError`."""
    version = start[6:8]
    if start[:6] != _MAGIC or version not in (b"\x01\x00", b"\x02\x00", b"\x03\x00"):
        raise VectorFileError(f"`{name}` is not an .npy file")
    begin = 10 if version == b"\x01\x00" else 12
    length = int.from_bytes(start[8:begin], "little")
    if length > _HEADER_LIMIT or len(start) < begin + length:
        raise VectorFileError(f"the header of `{name}` is too long or cut short")
    text = start[begin : begin + length].decode("latin-1").strip()
    found = _entries(text)
    if found is None:
        raise VectorFileError(f"the header of `{name}` is not that of an .npy file")
    if found["descr"] == "[":
        raise VectorFileError(f"`{name}` holds records, not a matrix of floats")
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
