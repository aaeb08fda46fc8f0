"""The configuration in a `.keras` file, read as data: nothing in it is run, and nothing is unpacked."""

import json
import os
import zipfile
import zlib
from typing import Any, cast

from specc.diagnostics.model import Diagnostic, Fix

MAX_BYTES = 32 << 20
"""How long a configuration may be, whatever the archive says of it."""
MAX_NESTING = 200
"""How many levels of lists and mappings it may have."""

_CONFIG = "config.json"
_HDF5 = b"\x89HDF\r\n\x1a\n"
_SAVE_AGAIN = "load it with the Keras that wrote it, and save it again as `.keras`"


class Broken(Exception):
    """A file is no model that can be read; `code` is E504, or E110 past a bound, `fix` what would help."""

    def __init__(self, message: str, code: str = "E504", fix: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.fix = fix

    def diagnostic(self) -> Diagnostic:
        """The same for whoever gave the file."""
        return Diagnostic(
            self.code, self.message, fixes=() if self.fix is None else (Fix(self.fix, "display"),)
        )


def read_config(path: str) -> dict[str, Any]:
    """The configuration of the model in a `.keras` file; raises `Broken`."""
    if os.path.isdir(path):
        raise Broken(f"`{path}` is a folder, not a `.keras` file", fix=_SAVE_AGAIN)
    if os.path.lexists(path) and not os.path.isfile(path):
        raise Broken(f"`{path}` is no file")
    try:
        data = _member(path)
    except (OSError, ValueError) as error:
        raise Broken(f"cannot read `{path}`: {getattr(error, 'strerror', None) or error}") from None
    return _parsed(data)


def _member(path: str) -> bytes:
    """The bytes of the configuration, no more than the bound whatever they unpack to."""
    with open(path, "rb") as file:
        if file.read(len(_HDF5)) == _HDF5:
            raise Broken("this is an HDF5 file, the format that Keras had before `.keras`", fix=_SAVE_AGAIN)
        try:
            with zipfile.ZipFile(file) as archive, archive.open(_CONFIG) as member:
                data = member.read(MAX_BYTES + 1)
        except KeyError:
            raise Broken(f"the file is an archive without a `{_CONFIG}`") from None
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
            raise Broken(f"the file is no whole zip archive, as a `.keras` file is: {error}") from None
    if len(data) > MAX_BYTES:
        raise Broken(f"the configuration has more than {MAX_BYTES:,} bytes", "E110")
    return data


def _parsed(data: bytes) -> dict[str, Any]:
    try:
        config = json.loads(data)
    except RecursionError:
        raise _too_deep() from None
    except ValueError as error:
        raise Broken(f"the configuration is no JSON: {error}") from None
    if not isinstance(config, dict):
        raise Broken("the configuration is no mapping")
    _check_depth(cast("dict[str, Any]", config))
    return cast("dict[str, Any]", config)


def _check_depth(config: dict[str, Any]) -> None:
    """E110 where lists and mappings stand too deep in one another for what reads them."""
    level: list[Any] = [config]
    for _ in range(MAX_NESTING):
        inner: list[Any] = []
        for value in level:
            several: list[Any] = list(value.values()) if isinstance(value, dict) else value  # pyright: ignore[reportUnknownArgumentType, reportUnknownMemberType]
            inner += [v for v in several if isinstance(v, dict | list)]
        if not inner:
            return
        level = inner
    raise _too_deep()


def _too_deep() -> Broken:
    return Broken(f"the configuration has more than {MAX_NESTING} levels of lists and mappings", "E110")
