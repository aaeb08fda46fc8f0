"""Writing files all at once: whatever happens, a file holds what it held before, or all of what is new."""

import os

_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be", b"\xef\xbb\xbf": "utf-8"}


def write_text(path: str, text: str) -> None:
    """Replace what stands in a file, in one step, its encoding and permissions kept; raises OSError."""
    target = os.path.realpath(path)
    with open(target, "rb") as file:
        start = file.read(3)
    replace_file(target, _encoded(text, start), os.stat(target).st_mode & 0o7777)


def _encoded(text: str, start: bytes) -> bytes:
    """The text as bytes with the byte order mark that the file began with."""
    for mark, encoding in _MARKS.items():
        if start.startswith(mark):
            return mark + text.encode(encoding)
    return text.encode()


def replace_file(path: str, data: bytes, mode: int | None = None) -> None:
    """Write a file in one step: it holds what it held before, or all of `data`; raises OSError."""
    target = os.path.realpath(path)
    beside = f"{target}.{os.getpid()}.tmp"
    try:
        with open(beside, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            os.chmod(beside, mode)
        os.replace(beside, target)
    except OSError:
        if os.path.lexists(beside):
            os.unlink(beside)
        raise
