"""Loading Keras: the only place that decides whether models can be built here.

To be called before the other modules of this package are imported, which import Keras themselves (all but
`depth` and `save`).
"""

import gc
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from specc.backends.keras.versions import OLDEST, is_older
from specc.diagnostics.model import Diagnostic, Fix, Note

_LOG_LEVEL = "TF_CPP_MIN_LOG_LEVEL"
_INSTALL = "pip install 'specc[tensorflow]'"


@contextmanager
def undisturbed() -> Generator[None]:
    """No garbage collection while Keras makes its many objects, few of which are garbage.

    It takes a sixth of the time of importing Keras otherwise.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@contextmanager
def _quiet() -> Generator[None]:
    """No output on the error stream, where TensorFlow's libraries write as they are loaded, before any log level.

    Whoever has set a log level wants to see it.
    """
    if _LOG_LEVEL in os.environ:
        yield
        return
    os.environ[_LOG_LEVEL] = "3"  # without a GPU, TensorFlow reports errors that are none
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(nowhere)
        os.close(kept)


def load_backend() -> Diagnostic | None:
    """Import Keras and its backend; E501 where one of them is missing, broken or too old.

    The backend is the one that `KERAS_BACKEND` or Keras's own configuration names (TensorFlow by default).
    TensorFlow's log is kept to errors unless `TF_CPP_MIN_LOG_LEVEL` says otherwise.
    """
    try:
        with undisturbed(), _quiet():
            keras: Any = import_module("keras")
    except Exception as error:  # a broken installation fails in many ways
        missing = error.name if isinstance(error, ModuleNotFoundError) and error.name else "Keras"
        notes = (Note(f"importing it says: {_first_line(error)}"),)
        return Diagnostic(
            "E501",
            f"building a model needs `{missing}`, which cannot be imported",
            notes=notes,
            fixes=(Fix(f"install it: {_INSTALL}", "display"),),
        )
    if is_older(keras.__version__, OLDEST):
        message = f"building a model needs Keras {OLDEST} or newer, and {keras.__version__} is installed"
        return Diagnostic("E501", message, fixes=(Fix(f"install it: {_INSTALL}", "display"),))
    return None


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
