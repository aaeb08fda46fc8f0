"""Diagnostics as SARIF 2.1.0, the form in which code scanners exchange what they find."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from specc.diagnostics.explain import title
from specc.diagnostics.fix import by_path
from specc.diagnostics.model import Diagnostic, Edit, Fix
from specc.source import Span

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"

Finding = tuple[str, Diagnostic]
"""A diagnostic with the path of its spec."""


def to_sarif(findings: Iterable[Finding], version: str) -> dict[str, Any]:
    """One log with one run of specc, in which every code that occurs is a rule."""
    found = list(findings)
    codes = sorted({diagnostic.code for _, diagnostic in found})
    driver = {"name": "specc", "version": version, "rules": [_rule(code) for code in codes]}
    results = [_result(path, diagnostic, codes) for path, diagnostic in found]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: str) -> dict[str, Any]:
    said = title(code)
    return {"id": code} if said is None else {"id": code, "shortDescription": {"text": said}}


def _result(path: str, diagnostic: Diagnostic, codes: list[str]) -> dict[str, Any]:
    span = diagnostic.span
    made: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": codes.index(diagnostic.code),
        "level": diagnostic.severity,
        "message": {"text": diagnostic.message},
        "locations": [_location(span) if span is not None else {"physicalLocation": _artifact(path)}],
    }
    notes = (*diagnostic.notes, *diagnostic.chain)
    if notes:
        made["relatedLocations"] = [
            {**(_location(note.span) if note.span else {}), "message": {"text": note.text}} for note in notes
        ]
    fixes = [_fix(fix) for fix in diagnostic.fixes if fix.edits]
    if fixes:
        made["fixes"] = fixes
    return made


def _artifact(path: str) -> dict[str, Any]:
    return {"artifactLocation": {"uri": quote(path.replace("\\", "/"), errors="surrogatepass")}}


def _location(span: Span) -> dict[str, Any]:
    return {"physicalLocation": {**_artifact(span.source.path), "region": _region(span)}}


def _region(span: Span) -> dict[str, int]:
    first, last = span.first, span.last
    return {
        "startLine": first.line,
        "startColumn": first.column,
        "endLine": last.line,
        "endColumn": last.column,
    }


def _fix(fix: Fix) -> dict[str, Any]:
    changes = [
        {**_artifact(path), "replacements": [_replacement(edit) for edit in edits]}
        for path, edits in by_path(fix.edits).items()
    ]
    return {"description": {"text": fix.title}, "artifactChanges": changes}


def _replacement(edit: Edit) -> dict[str, Any]:
    return {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.text}}
