"""Fixes are offered only once they have been applied and the spec checked again: here is what that must show."""

from collections import Counter
from collections.abc import Callable, Mapping

from specc.diagnostics.fix import edited
from specc.diagnostics.model import Diagnostic, Fix
from specc.report import Checked, Report
from specc.syntax.document import IDLE

LOST_MASK = "W602"

MAX_RECHECKED = 40
"""How many fixes of one spec are applied and re-checked; those behind them are not offered."""

MAX_WORK_RECHECKED = 100_000
"""How many layers and rounds are written out again for that, in all re-checks together."""


def proven(checked: Checked, recheck: Callable[[Mapping[str, str]], Checked]) -> list[Diagnostic]:
    """The diagnostics with the fixes that work: each removes its diagnostic and adds none.

    `recheck` checks the spec again with other texts, by path, in place of those that were read.
    """
    before = checked.report
    rechecks = MAX_RECHECKED
    work = MAX_WORK_RECHECKED
    kept: list[Diagnostic] = []
    for diagnostic in before.diagnostics:
        fixes: list[Fix] = []
        for fix in diagnostic.fixes:
            if not fix.edits:
                fixes.append(fix)
            elif rechecks and checked.work is not None and checked.work <= work:
                texts = edited(fix.edits)
                if texts is None:
                    continue
                after = recheck(texts)
                rechecks -= 1
                work -= MAX_WORK_RECHECKED if after.work is None else after.work
                if _works(diagnostic, before, after.report):
                    fixes.append(fix)
        kept.append(
            diagnostic if len(fixes) == len(diagnostic.fixes) else diagnostic._replace(fixes=tuple(fixes))
        )
    return kept


def _works(diagnostic: Diagnostic, before: Report, after: Report) -> bool:
    """Whether `diagnostic` is gone, and nothing new has come that was not hidden behind it."""
    known = Counter(map(_identity, before.diagnostics))
    left = Counter(map(_identity, after.diagnostics))
    this = _identity(diagnostic)
    if left[this] >= known[this]:
        return False
    grave = "EW" if before.ok else "E"
    layers = before.typed_layers
    written = before.written_layers
    for other in after.diagnostics:
        if other.code == IDLE:
            continue  # a silenced warning that is gone with its cause is no fault of a repair
        if other.code == diagnostic.code == LOST_MASK and other.layer != diagnostic.layer:
            continue  # the mask that is kept here goes on, to where it is lost next
        is_new = other.code[0] in grave and left[_identity(other)] > known[_identity(other)]
        was_hidden = other.layer not in layers if other.layer is not None else other.code[:2] == "E4"
        is_this = (other.code, other.layer) == (diagnostic.code, diagnostic.layer)  # in other words
        if diagnostic.code[:2] == other.code[:2] == "E2" and other.layer not in written:
            is_this = True  # at what the fix has put in its place
        if is_new and (before.ok or is_this or not was_hidden):
            return False
    return True


def _identity(diagnostic: Diagnostic) -> tuple[str, str, str | None]:
    return diagnostic.code, diagnostic.message, diagnostic.layer
