"""Files that a spec names: opened inside its folder only, and only where they are plain files."""

import os
import stat
from collections.abc import Callable
from typing import BinaryIO, TypeVar

from specc.ops.misfit import Misfit

Found = TypeVar("Found")


class FileFault(Exception):
    """A file is not there, or is not what it should be; the message says which."""


def found_in(folder: str | None, name: str, parameter: str, read: Callable[[str, str], Found]) -> Found:
    """What `read` makes of the file `name` in `folder`; E111 at `parameter` where it raises `FileFault`."""
    if folder is None:
        raise Misfit(
            "E111", "reads a file beside the spec, and the spec is in no folder", parameter=parameter
        )
    try:
        return read(folder, name)
    except FileFault as fault:
        raise Misfit("E111", str(fault), parameter=parameter) from None


def inside(folder: str, name: str) -> str:
    """The real path of `name` in `folder`; raises `FileFault` where it leads out of it."""
    parts = name.replace("\\", "/").split("/")
    if "\0" in name or os.path.isabs(name) or ".." in parts or os.path.splitdrive(name)[0]:
        raise FileFault("a file is named by a path inside the spec's folder, without `..`")
    root = os.path.realpath(folder)
    path = os.path.realpath(os.path.join(root, name))
    if path != root and not path.startswith(os.path.join(root, "")):
        raise FileFault(f"`{name}` leads out of the spec's folder")
    return path


def reading(path: str, name: str, use: Callable[[BinaryIO], Found]) -> Found:
    """What `use` makes of the open file at `path`; raises `FileFault` where it is no plain file, or unreadable."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise FileFault(f"`{name}` is not a file")
        with open(path, "rb") as file:
            return use(file)
    except FileNotFoundError:
        raise FileFault(f"there is no file `{name}` beside the spec") from None
    except OSError as error:
        raise FileFault(f"`{name}` cannot be read: {error.strerror}") from None
