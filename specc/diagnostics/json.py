"""Diagnostics as plain data for `--format json`. Lines and columns count from 1; absent facts are None."""

from typing import Any

from specc.diagnostics.model import Diagnostic, Edit, Fix, Note
from specc.source import Span


def to_dict(diagnostic: Diagnostic) -> dict[str, Any]:
    """The diagnostic in the form of the language reference; the chain joins the notes."""
    span = diagnostic.span
    path = span.source.path if span else None
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "file": path,
        "layer": diagnostic.layer,
        "span": span_dict(span) if span else None,
        "notes": [_note(note) for note in (*diagnostic.notes, *diagnostic.chain)],
        "fixes": [_fix(fix, path) for fix in diagnostic.fixes],
    }


def span_dict(span: Span) -> dict[str, dict[str, int]]:
    """The first position of the span and the one behind its last character."""
    return {"start": span.first._asdict(), "end": span.last._asdict()}


def _note(note: Note) -> str:
    if note.span is None:
        return note.text
    return f"{note.text} ({note.span.source.path}:{note.span.first.line})"


def _fix(fix: Fix, path: str | None) -> dict[str, Any]:
    return {
        "title": fix.title,
        "applicability": fix.applicability,
        "edits": [_edit(edit, path) for edit in fix.edits],
    }


def _edit(edit: Edit, path: str | None) -> dict[str, Any]:
    """An edit; it names its file where that is not the diagnostic's."""
    place = {"span": span_dict(edit.span), "text": edit.text}
    own = edit.span.source.path
    return place if own == path else {"file": own, **place}
