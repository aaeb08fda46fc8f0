"""From a checked spec to a Keras model, in memory or in a file."""

import os
from collections.abc import Callable
from typing import Any

from specc.diagnostics.model import Diagnostic
from specc.pipeline import explicit
from specc.report import Checked, Report

Step = Callable[[str], None]
"""Told what is done next, in words for a person."""


class SpecError(Exception):
    """A spec has errors, or its model cannot be built or written; `report` says what is wrong."""

    def __init__(self, report: Report) -> None:
        self.report = report
        errors = [diagnostic for diagnostic in report.diagnostics if diagnostic.is_error]
        super().__init__("\n".join([f"{report.path} has errors", *map(_line, errors)]))


def _line(diagnostic: Diagnostic) -> str:
    span = diagnostic.span
    place = "" if span is None else f"{span.source.path}:{span.first.line}:{span.first.column}: "
    return f"{place}{diagnostic.code}: {diagnostic.message}"


def silent(_: str) -> None:
    """A `Step` for nobody."""


def build_checked(
    checked: Checked, out: str | os.PathLike[str] | None = None, seed: int | None = None, step: Step = silent
) -> Any:
    """The Keras model of a spec that was checked, saved to `out` if that is given; raises SpecError.

    What stands in the way of building or writing is added to the report (E501, E502, E503), and then nothing
    is written. With a `seed` the initial weights depend on it alone. A note (N706) says if models are nested.
    """
    report = checked.report
    if not report.ok or report.typed is None:
        raise SpecError(report)
    if out is not None:
        from specc.backends.keras.save import unwritable

        _stop_at(unwritable(out), report)
    step("importing Keras")
    load_keras(report)
    from specc.backends.keras.build import build_model
    from specc.backends.keras.depth import is_deep
    from specc.backends.keras.save import save

    step(f"building {len(report.typed.graph.layers):,} layers")
    typed = report.typed
    names = (layer.name for layer in typed.graph.layers)
    weights = dict(zip(names, typed.weights, strict=True))
    graph = explicit(checked)
    outcome = build_model(graph, weights, checked.training, seed)
    if outcome.diagnostics:
        report.diagnostics.extend(outcome.diagnostics)
        raise SpecError(report)
    if is_deep(graph):
        key = typed.graph.document.node.key("layers")
        message = "so many layers in sequence that stretches of them become models inside the model"
        report.diagnostics.append(Diagnostic("N706", message, None if key is None else key.span))
    if out is not None:
        step(f"writing {os.fspath(out)}")
        _stop_at(save(outcome.model, out), report)
    return outcome.model


def load_keras(report: Report) -> None:
    """Import Keras; raises SpecError where it is missing (E501)."""
    from specc.backends.keras.load import load_backend

    _stop_at(load_backend(), report)


def _stop_at(found: Diagnostic | None, report: Report) -> None:
    if found is not None:
        report.diagnostics.append(found)
        raise SpecError(report)
