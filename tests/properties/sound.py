"""What holds of every report, whatever the spec."""

import json
from collections.abc import Iterator

from specc.diagnostics.collector import MAX_ERRORS
from specc.diagnostics.model import Diagnostic
from specc.diagnostics.text import render
from specc.report import Report
from specc.source import Span


def assert_sound(report: Report) -> None:
    """The report can be printed in each form, its places are in its texts, and it says `ok` if it has no errors."""
    json.dumps(report.to_dict())
    errors = [d for d in report.diagnostics if d.is_error]
    assert report.ok == (not errors)
    assert len(errors) <= MAX_ERRORS + 1
    for diagnostic in report.diagnostics:
        assert render(diagnostic)
        assert "\n" not in diagnostic.message
        assert diagnostic.span is not None or diagnostic.code == "E110"
        for span in spans(diagnostic):
            assert 0 <= span.start <= span.end <= len(span.source.text), diagnostic.code


def spans(diagnostic: Diagnostic) -> Iterator[Span]:
    """All places that a diagnostic names."""
    places = [diagnostic.span, *(note.span for note in (*diagnostic.notes, *diagnostic.chain))]
    yield from (span for span in places if span is not None)
    yield from (edit.span for fix in diagnostic.fixes for edit in fix.edits)
