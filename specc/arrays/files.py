"""Files opened only where they are plain files, and closed again."""

import os
import stat
from collections.abc import Callable
from typing import BinaryIO, TypeVar

Found = TypeVar("Found")


class FileFault(Exception):
    """A file is not there, or is not what it should be; the message says which."""


def reading(path: str, name: str, use: Callable[[BinaryIO], Found], where: str = "") -> Found:
    """What `use` makes of the open file at `path`; raises `FileFault` where it is no plain file, or unreadable.

    `name` is what the file is called in messages, `where` says where it was looked for.
    """
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise FileFault(f"`{name}` is not a file")
        with open(path, "rb") as file:
            return use(file)
    except FileNotFoundError:
        raise FileFault(f"there is no file `{name}`{where}") from None
    except (OSError, ValueError) as error:  # ValueError: no path that a system takes
        raise FileFault(f"`{name}` cannot be read: {getattr(error, 'strerror', None) or error}") from None
