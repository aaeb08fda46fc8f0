"""Applying fixes to a spec, again and again until none is left."""

from typing import NamedTuple

from specc.diagnostics.fix import edited, select
from specc.diagnostics.model import Diagnostic, Fix
from specc.pipeline import Options, check_source
from specc.report import Checked
from specc.source import Source

MAX_ROUNDS = 20
"""How often a spec is checked and mended: a fix may bring to light what the next one is for."""


class Fixed(NamedTuple):
    """What fixing came to: the last check, the fixes in their order, and the new texts by path."""

    checked: Checked
    applied: list[tuple[Diagnostic, Fix]]
    texts: dict[str, str]


def fix_all(checked: Checked, source: Source, options: Options, unsafe: bool) -> Fixed:
    """Apply fixes to a spec that was checked, until none is left that applies. No file is written."""
    texts: dict[str, str] = {}
    applied: list[tuple[Diagnostic, Fix]] = []
    for _ in range(MAX_ROUNDS):
        chosen = select(checked.report.diagnostics, unsafe)
        if not chosen:
            break
        new, after = _apply(chosen, texts, source, options)
        if len(chosen) > 1 and _errors(after) >= _errors(checked):
            # Each was proven alone; together they may stand in one another's way.
            chosen = chosen[:1]
            new, after = _apply(chosen, texts, source, options)
        applied += chosen
        texts, checked = new, after
    return Fixed(checked, applied, texts)


def _apply(
    chosen: list[tuple[Diagnostic, Fix]], texts: dict[str, str], source: Source, options: Options
) -> tuple[dict[str, str], Checked]:
    made = edited(edit for _, fix in chosen for edit in fix.edits)
    new = {**texts, **(made or {})}
    return new, check_source(source, options, new)


def _errors(checked: Checked) -> int:
    return sum(diagnostic.is_error for diagnostic in checked.report.diagnostics)
