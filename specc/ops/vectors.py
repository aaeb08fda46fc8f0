"""A file of pretrained vectors: what its header says."""

import os
import re
from math import prod
from typing import BinaryIO, NamedTuple

from specc.arrays.files import FileFault, reading
from specc.arrays.header import START, parse_header
from specc.ops.files import BESIDE, inside


class Vectors(NamedTuple):
    """A file of `rows` vectors of `width` numbers; its dtype is as NumPy writes it (`<f4`)."""

    path: str
    rows: int
    width: int
    dtype: str
    fortran_order: bool


def read_vectors(folder: str, name: str) -> Vectors:
    """The file `name` inside `folder`, which holds a matrix of floats; raises `FileFault`."""
    path = inside(folder, name)
    start, size = reading(path, name, _start_and_size, BESIDE)
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
    return file.read(START), os.fstat(file.fileno()).st_size
