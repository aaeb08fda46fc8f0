"""From a checked spec to a Keras model, in memory or in a file."""

import os
from contextlib import nullcontext
from typing import Any

from specc.diagnostics.model import Diagnostic, Fix, has_errors
from specc.ir.graph import Typed
from specc.ir.link import chain_of
from specc.ops.declare import within
from specc.pipeline import Step, explicit, silent
from specc.report import Checked, Report
from specc.weights import carry_over, unusable


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


def build_checked(
    checked: Checked,
    out: str | os.PathLike[str] | None = None,
    seed: int | None = None,
    step: Step = silent,
    allow_custom: bool = False,
    weights: str | os.PathLike[str] | None = None,
) -> Any:
    """The Keras model of a spec that was checked, saved to `out` if that is given; raises SpecError.

    What stands in the way of building or writing is added to the report (E500 to E507), and then nothing
    is written. Layers of the author's own are imported if `allow_custom` says so, from the current folder too. With a
    `seed` the initial weights depend on it alone; with `weights`, a `.keras` file, layers have those of their
    namesakes there, and the report says which (N708, W607). A note (N706) says if models are nested.
    """
    report = checked.report
    if not report.ok or report.typed is None:
        raise SpecError(report)
    if out is not None:
        from specc.backends.keras.save import unwritable

        _stop_at(unwritable(out), report)
    if not allow_custom:
        _stop_at(not_allowed(report.typed), report)
    if weights is not None:
        _stop_at(unusable(os.fspath(weights), allow_custom), report)
    step("importing Keras")
    load_keras(report)
    from specc.backends.keras.build import build_model
    from specc.backends.keras.depth import is_deep
    from specc.backends.keras.held import unloadable
    from specc.backends.keras.own import importable
    from specc.backends.keras.save import save

    step(f"building {len(report.typed.graph.layers):,} layers")
    typed = report.typed
    names = (layer.name for layer in typed.graph.layers)
    inferred = dict(zip(names, typed.weights, strict=True))
    graph = explicit(checked)
    with importable() if allow_custom else nullcontext():
        outcome = build_model(graph, inferred, checked.training, seed)
        _stop_at(outcome.diagnostics, report)
        if out is not None:
            _stop_at(unloadable(outcome.layers, graph.layers), report)
        if weights is not None:
            step(f"carrying over the weights of {os.fspath(weights)}")
            _stop_at(carry_over(os.fspath(weights), outcome.layers, graph.layers), report)
    if is_deep(graph):
        key = typed.graph.document.node.key("layers")
        message = "so many layers in sequence that stretches of them become models inside the model"
        report.diagnostics.append(Diagnostic("N706", message, None if key is None else key.span))
    if out is not None:
        step(f"writing {os.fspath(out)}")
        _stop_at(save(outcome.model, out), report)
    return outcome.model


def not_allowed(typed: Typed) -> list[Diagnostic]:
    """E500 for each class of the author's own, which may not be imported, at the layer that names it first."""
    found: dict[str, Diagnostic] = {}
    for layer, op in zip(typed.graph.layers, typed.ops, strict=True):
        for part in within(op) if op is not None else ():
            if part.signature is not None and part.name not in found:
                message = f"`{part.name}` is imported only where that is allowed"
                module = part.name.partition(":")[0]
                fix = Fix(f"build with `--allow-custom`, if what `{module}` does may be run here", "display")
                place = layer.item.key.span
                found[part.name] = Diagnostic(
                    "E500", message, place, layer.name, (), (fix,), chain_of(layer.link)
                )
    return list(found.values())


def load_keras(report: Report) -> None:
    """Import Keras; raises SpecError where it is missing (E501)."""
    from specc.backends.keras.load import load_backend

    _stop_at(load_backend(), report)


def _stop_at(found: list[Diagnostic] | Diagnostic | None, report: Report) -> None:
    """Add to the report; raises SpecError where an error is among it."""
    several = [found] if isinstance(found, Diagnostic) else found or []
    report.diagnostics.extend(several)
    if has_errors(several):
        raise SpecError(report)
