"""A network of `keras.applications`, there and back: saved, imported, checked, built, with the same weights."""

import gc
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import keras

import specc
from specc.importing.model import import_model
from tests.applications.compare import Facts, batch, enliven, randomize, same

NAMES = sorted(name for name in dir(keras.applications) if name[0].isupper())


class Outcome(NamedTuple):
    """How it went: facts of the network, the lines of its spec, seconds for the import and the build."""

    facts: Facts
    lines: int
    import_seconds: float
    build_seconds: float


def make(name: str) -> Any:
    """The network with weights that are not those that every build begins with."""
    keras.utils.set_random_seed(1)
    model = getattr(keras.applications, name)(weights=None)
    randomize(model)
    enliven(model)
    return model


def there_and_back(model: Any, folder: Path, allow_custom: bool = False) -> Outcome:
    """Raises `Difference`, or AssertionError where a step fails."""
    saved, written = folder / "model.keras", folder / "model.yaml"
    model.save(saved)
    imported, import_seconds = _timed(lambda: import_model(str(saved)))
    assert imported.text is not None, [d.message for d in imported.diagnostics]
    written.write_text(imported.text)
    report = specc.check(written, strict=True)
    assert report.ok, [d.message for d in report.diagnostics]
    built, build_seconds = _timed(
        lambda: specc.build(written, strict=True, weights=saved, allow_custom=allow_custom)
    )
    facts = same(model, built, batch(model, size=2))
    return Outcome(facts, len(imported.text.splitlines()), import_seconds, build_seconds)


def _timed(function: Callable[[], Any]) -> tuple[Any, float]:
    started = time.perf_counter()
    return function(), time.perf_counter() - started


def tidy() -> None:
    """Let go of what Keras holds."""
    keras.backend.clear_session()
    gc.collect()
