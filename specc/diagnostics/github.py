"""Diagnostics as workflow commands, which GitHub Actions shows beside the lines of a change."""

from specc.diagnostics.model import Diagnostic, Severity

_COMMANDS: dict[Severity, str] = {"error": "error", "warning": "warning", "note": "notice"}


def command(diagnostic: Diagnostic, path: str) -> str:
    """One line for one diagnostic; `path` is the spec's, for one that has no place."""
    properties: dict[str, object] = {"file": path}
    span = diagnostic.span
    if span is not None:
        first, last = span.first, span.last
        properties = {"file": span.source.path, "line": first.line, "endLine": last.line, "col": first.column}
        if last.line == first.line:
            properties["endColumn"] = last.column
    properties["title"] = diagnostic.code
    said = ",".join(f"{name}={_escaped(str(value), ':,')}" for name, value in properties.items())
    lines = [diagnostic.message]
    lines += [f"note: {note.text}" for note in (*diagnostic.notes, *diagnostic.chain)]
    lines += [f"help: {fix.title}" for fix in diagnostic.fixes]
    return f"::{_COMMANDS[diagnostic.severity]} {said}::{_escaped(chr(10).join(lines))}"


def _escaped(text: str, more: str = "") -> str:
    """The text with all escaped that would end it; the percent sign first."""
    for char in f"%\r\n{more}":
        text = text.replace(char, f"%{ord(char):02X}")
    return text
