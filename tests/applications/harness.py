"""A network of `keras.applications`, there and back: saved, imported, checked, built, with the same weights.

And once more as Keras code: emitted, run, with the same weights.
"""

import gc
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import keras

import specc
from specc.importing.model import import_model
from specc.pipeline import Options, check_file, explicit
from tests.applications.compare import Facts, batch, enliven, hand_over, randomize, same
from tests.emit.programs import program

NAMES = sorted(name for name in dir(keras.applications) if name[0].isupper())


class Outcome(NamedTuple):
    """How it went: facts of the network, the lines of its spec and its code, seconds for each step.

    `emit_seconds` begin with the text of the spec; `run_seconds` are those of `build_model()` in the emitted code.
    """

    facts: Facts
    emitted: Facts
    lines: int
    emitted_lines: int
    import_seconds: float
    build_seconds: float
    emit_seconds: float
    run_seconds: float


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
    x = batch(model, size=2)
    facts = same(model, built, x)
    code, emit_seconds = _timed(lambda: _emitted(written))
    made, run_seconds = _timed(lambda: _run(code))
    hand_over(model, made)
    return Outcome(
        facts=facts,
        emitted=same(model, made, x),
        lines=len(imported.text.splitlines()),
        emitted_lines=len(code.splitlines()),
        import_seconds=import_seconds,
        build_seconds=build_seconds,
        emit_seconds=emit_seconds,
        run_seconds=run_seconds,
    )


def _emitted(spec: Path) -> str:
    """The code for a spec, folded: what is only written out in full is a failure here."""
    checked = check_file(str(spec), Options(strict=True))
    return program(explicit(checked), checked.training)


def _run(code: str) -> Any:
    """The model that emitted code builds."""
    names: dict[str, Any] = {"__name__": "emitted"}
    exec(compile(code, "emitted", "exec"), names)
    return names["build_model"]()


def _timed(function: Callable[[], Any]) -> tuple[Any, float]:
    started = time.perf_counter()
    return function(), time.perf_counter() - started


def tidy() -> None:
    """Let go of what Keras holds."""
    keras.backend.clear_session()
    gc.collect()
