"""Every fix that is offered works: it removes its diagnostic, adds no error, and repeating them ends."""

from random import Random

import pytest

from specc.commands.fixing import fix_all
from specc.diagnostics.fix import edited, select
from specc.diagnostics.model import Diagnostic
from specc.pipeline import Options, check_source
from specc.report import Report
from specc.source import Source
from tests.properties.mutations import mutated
from tests.properties.sound import assert_sound
from tests.properties.trees import ROOT, texts

PATH = str(ROOT / "specs" / "mutated.yaml")


def _identity(diagnostic: Diagnostic) -> tuple[str, str, str | None]:
    return diagnostic.code, diagnostic.message, diagnostic.layer


def _count(report: Report, diagnostic: Diagnostic) -> int:
    return sum(_identity(other) == _identity(diagnostic) for other in report.diagnostics)


def _assert_fixes_work(text: str) -> int:
    """Apply each fix of a spec by itself; gives how many there were."""
    source = Source(PATH, text)
    before = check_source(source, Options()).report
    layers = before.typed_layers
    tried = 0
    for diagnostic in before.diagnostics:
        for fix in diagnostic.fixes:
            if not fix.edits:
                continue
            tried += 1
            made = edited(fix.edits)
            assert made is not None, fix.title
            after = check_source(source, Options(), made).report
            assert_sound(after)
            assert _count(after, diagnostic) < _count(before, diagnostic), fix.title
            codes = {d.code for d in before.diagnostics}
            new = {d.code for d in after.diagnostics if d.is_error and d.layer in (layers | {None})} - codes
            assert not {code for code in new if code[:2] != "E4"}, fix.title
    return tried


def _assert_fixing_ends(text: str) -> None:
    """`--fix` comes to an end, leaves no more errors than there were, and has then nothing more to do."""
    source = Source(PATH, text)
    checked = check_source(source, Options())
    errors = sum(d.is_error for d in checked.report.diagnostics)
    for unsafe in (False, True):
        fixed = fix_all(checked, source, Options(), unsafe)
        report = fixed.checked.report
        assert not select(report.diagnostics, unsafe), "there is still something to fix"
        if errors and report.typed is not None and checked.report.typed is not None:
            known = checked.report.typed_layers
            left = sum(d.is_error and d.layer in (known | {None}) for d in report.diagnostics)
            assert left <= errors


@pytest.mark.parametrize("start", range(0, len(texts()), 100))
def test_fixes_of_the_specs_and_cases(start: int) -> None:
    for text in texts()[start : start + 100]:
        _assert_fixes_work(text)
        _assert_fixing_ends(text)


@pytest.mark.parametrize("start", range(0, 300, 100))
def test_fixes_of_mutated_specs(start: int) -> None:
    assert _fuzz(start, 100)


@pytest.mark.slow
@pytest.mark.parametrize("start", range(10_000, 20_000, 1000))
def test_fixes_of_many_mutated_specs(start: int) -> None:
    assert _fuzz(start, 1000)


def _fuzz(start: int, count: int) -> int:
    tried = 0
    for seed in range(start, start + count):
        text = mutated(Random(seed))
        try:
            tried += _assert_fixes_work(text)
            _assert_fixing_ends(text)
        except Exception as error:
            error.add_note(f"seed {seed}:\n{text}")
            raise
    return tried
