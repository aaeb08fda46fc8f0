"""Files that a spec names: looked for inside its folder only."""

import os
from collections.abc import Callable
from typing import TypeVar

from specc.arrays.files import FileFault
from specc.ops.misfit import Misfit

Found = TypeVar("Found")

BESIDE = " beside the spec"
"""Where such a file was looked for."""


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
