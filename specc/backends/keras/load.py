"""Loading Keras: the only place that decides whether models can be built here.

To be called before the other modules of this package are imported, which import Keras themselves (all but
`depth` and `save`).
"""

import gc
import os
from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module

from specc.diagnostics.model import Diagnostic, Fix, Note

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


def load_backend() -> Diagnostic | None:
    """Import Keras and its backend; E501 where one of them is missing or broken.

    The backend is the one that `KERAS_BACKEND` or Keras's own configuration names (TensorFlow by default).
    TensorFlow's log is kept to errors unless `TF_CPP_MIN_LOG_LEVEL` says otherwise.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        with undisturbed():
            import_module("keras")
    except Exception as error:  # a broken installation fails in many ways
        missing = error.name if isinstance(error, ModuleNotFoundError) and error.name else "Keras"
        notes = (Note(f"importing it says: {_first_line(error)}"),)
        return Diagnostic(
            "E501",
            f"building a model needs `{missing}`, which cannot be imported",
            notes=notes,
            fixes=(Fix(f"install it: {_INSTALL}", "display"),),
        )
    return None


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
