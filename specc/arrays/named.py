"""Arrays that the command line names: `image=x.npy`, or `digit=y.npz:labels` for a member of an archive."""

import os
from collections.abc import Callable
from functools import cached_property
from math import prod
from operator import index
from typing import BinaryIO, NamedTuple, TypeVar

from specc.arrays.files import FileFault, reading
from specc.arrays.header import START, Element, Header, element_of, parse_header

Found = TypeVar("Found")

_ARCHIVE = b"PK\x03\x04"
_END, _END_SIZE, _MAX_COMMENT = b"PK\x05\x06", 22, 1 << 16
_MAX_DIRECTORY = 1 << 20
"""How long the list of an archive's members may be."""


class Array(NamedTuple):
    """An array of samples: how many there are, and the sizes and dtype of each."""

    samples: int
    sizes: tuple[int, ...]
    dtype: str


class Named:
    """An array for what is called `name`, in the file at `path`, as `member` of that where it is an archive."""

    def __init__(self, name: str, path: str, member: str | None = None) -> None:
        self.name = name
        self.path = path
        self.member = member
        self.seen: dict[tuple[object, ...], dict[str, str]] = {}
        """What going through its numbers has found, so that it is done once."""

    @property
    def shown(self) -> str:
        """The array as the command line names it."""
        return self.path if self.member is None else f"{self.path}:{self.member}"

    @cached_property
    def array(self) -> Array:
        """What the header says; raises `FileFault`."""
        return self.open(lambda header, element, _: Array(header.shape[0], header.shape[1:], element.dtype))

    def open(self, use: Callable[[Header, Element, BinaryIO], Found]) -> Found:
        """What `use` makes of the array, the data of which it may read; raises `FileFault`."""

        def opened(file: BinaryIO) -> Found:
            is_archive = file.read(len(_ARCHIVE)) in (_ARCHIVE, _END)
            file.seek(0)
            if is_archive:
                return _in_archive(file, self, use)
            if self.member is not None:
                raise FileFault(f"`{self.path}` is not an .npz file, and has no `{self.member}`")
            return _array(file, os.fstat(file.fileno()).st_size, self.shown, use)

        return reading(self.path, self.path, opened)


class Held:
    """An array in memory for what is called `name`: anything with a `shape` and a `dtype`."""

    def __init__(self, name: str, held: object) -> None:
        self.name = name
        self.held = held

    @property
    def shown(self) -> str:
        """The array as messages have it."""
        return f"data[{self.name!r}]"

    @cached_property
    def array(self) -> Array:
        """What it says of itself; raises `FileFault` for what cannot be samples, and TypeError for what is no array."""
        shape, dtype = getattr(self.held, "shape", None), getattr(self.held, "dtype", None)
        try:
            sizes = tuple(map(index, shape))  # pyright: ignore[reportArgumentType]
        except TypeError:
            sizes = None
        if sizes is None or dtype is None:
            kind = type(self.held).__name__
            raise TypeError(
                f"{self.shown} must be a path, or have a `shape` of integers and a `dtype`: it is a {kind}"
            )
        if not sizes:
            raise FileFault(f"`{self.shown}` holds a single number, and no samples")
        name = str(getattr(dtype, "name", dtype)).rpartition(".")[2]
        if name == "object":
            raise FileFault(f"`{self.shown}` holds Python objects, not numbers")
        return Array(sizes[0], sizes[1:], "string" if name.startswith(("str", "bytes")) else name)


def parse_named(text: str) -> Named | None:
    """The array that `NAME=FILE` or `NAME=FILE.npz:KEY` names; None where it is neither."""
    name, equals, place = text.partition("=")
    return named_by(name, place) if equals and name and place else None


def named_by(name: str, place: str) -> Named:
    """The array at `FILE` or `FILE.npz:KEY`, for what is called `name`."""
    path, colon, member = place.rpartition(".npz:")
    return Named(name, f"{path}.npz", member) if colon and member else Named(name, place)


def _array(file: BinaryIO, size: int, shown: str, use: Callable[[Header, Element, BinaryIO], Found]) -> Found:
    start = file.read(START)
    header = parse_header(start, shown)
    element = element_of(header, shown)
    if not header.shape:
        raise FileFault(f"`{shown}` holds a single number, and no samples")
    missing = header.end + prod(header.shape) * element.size - size
    if missing > 0:
        raise FileFault(f"`{shown}` is cut short: {missing:,} bytes are missing")
    file.seek(header.end)
    return use(header, element, file)


def _in_archive(file: BinaryIO, named: Named, use: Callable[[Header, Element, BinaryIO], Found]) -> Found:
    """The array in an archive: its only one, or that which is asked for."""
    import zipfile
    import zlib

    _check_directory(file, named.path)
    try:
        with zipfile.ZipFile(file) as archive:
            info = archive.getinfo(_member(archive.namelist(), named))
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise FileFault(f"`{named.path}` is compressed in another way than NumPy does")
            with archive.open(info) as inner:
                return _array(inner, info.file_size, named.shown, use)  # pyright: ignore[reportArgumentType]
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        UnicodeError,
    ) as error:
        raise FileFault(f"`{named.path}` is damaged, or not an .npz file: {error}") from None


def _member(names: list[str], named: Named) -> str:
    arrays = [name.removesuffix(".npy") for name in names if name.endswith(".npy")]
    if named.member is None and len(arrays) == 1:
        return f"{arrays[0]}.npy"
    if named.member in arrays:
        return f"{named.member}.npy"
    if not arrays:
        raise FileFault(f"`{named.path}` holds no arrays")
    several = ", ".join(f"`{name}`" for name in arrays[:10])
    if named.member is None:
        raise FileFault(f"`{named.path}` holds several arrays, {several}: write `{named.path}:{arrays[0]}`")
    raise FileFault(f"`{named.path}` has no array `{named.member}`, but {several}")


def _check_directory(file: BinaryIO, shown: str) -> None:
    """Refuse an archive whose list of members is too long to be read; `zipfile` reads it whole."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _END_SIZE - _MAX_COMMENT))
    tail = file.read()
    at = tail.rfind(_END)
    length = int.from_bytes(tail[at + 12 : at + 16], "little")
    if at < 0 or length > _MAX_DIRECTORY:
        raise FileFault(f"`{shown}` is damaged, or holds too many arrays")
    file.seek(0)
