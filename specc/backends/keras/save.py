# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportMissingTypeStubs=false
"""Writing a model to a file, all of it or nothing, and reading it back."""

import os
import secrets
from pathlib import Path
from typing import Any

from specc.backends.keras.load import undisturbed
from specc.backends.keras.own import said
from specc.diagnostics.model import Diagnostic, Note


def unwritable(path: str | os.PathLike[str]) -> Diagnostic | None:
    """E502 where a model cannot be written to `path`: to be asked before it is built."""
    target = Path(os.path.realpath(path))
    if target.suffix != ".keras":
        return Diagnostic("E502", f"`{path}` is no name for a model: Keras's format has the suffix `.keras`")
    if target.is_dir():
        return Diagnostic("E502", f"cannot write `{path}`: it is a folder")
    if not target.parent.is_dir():
        return Diagnostic("E502", f"cannot write `{path}`: there is no folder `{target.parent}`")
    if not os.access(target.parent, os.W_OK | os.X_OK):
        return Diagnostic("E502", f"cannot write `{path}`: nothing may be written to `{target.parent}`")
    return None


def save(model: Any, path: str | os.PathLike[str]) -> Diagnostic | None:
    """Write a Keras model to `path`, a `.keras` file, in one step; E502 where that cannot be done.

    The model is written beside `path` first, forced to the disk, and renamed: whatever happens, `path` holds
    the old file, or none, or the whole new one.
    """
    if (found := unwritable(path)) is not None:
        return found
    target = Path(os.path.realpath(path))
    beside = target.with_name(f".{target.stem}-{secrets.token_hex(6)}.keras")
    try:
        with undisturbed():
            _write(model, beside)
        os.replace(beside, target)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return Diagnostic("E502", f"cannot write `{path}`: {reason}", notes=(Note(str(error)),))
    except Exception as error:  # a layer of one's own may not say what it was made with
        message = f"cannot write `{path}`: the model cannot be saved"
        return Diagnostic("E502", message, notes=(Note(said(error)),))
    finally:
        beside.unlink(missing_ok=True)
    return None


def _write(model: Any, path: Path) -> None:
    model.save(path)
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def load_model(path: str | os.PathLike[str]) -> Any:
    """The model in a file, which may have a `crf`; raises what Keras raises where it is none."""
    import keras

    import specc.backends.keras.crf  # pyright: ignore[reportUnusedImport]  # noqa: F401

    return keras.saving.load_model(path)
