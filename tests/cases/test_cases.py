"""Runs the literate cases of this folder; `UPDATE_GOLDENS=1 pytest tests/cases` writes what is printed anew."""

import os
from pathlib import Path
from typing import Any

import pytest

from specc.diagnostics.fix import apply_edits
from specc.diagnostics.model import Diagnostic, Fix
from specc.diagnostics.text import render
from specc.pipeline import check_text
from tests.cases.literate import (
    HEADER,
    PATH,
    Case,
    Fence,
    Spec,
    cases_of,
    expected_diagnostics,
    read_spec,
    replaced,
)

FOLDER = Path(__file__).parent
FILES = sorted(path for path in FOLDER.glob("*.md") if path.stem != "README")
CASES = [case for path in FILES for case in cases_of(path)]
UPDATES = bool(os.environ.get("UPDATE_GOLDENS"))


def report_of(case: Case, text: str) -> Any:
    variant = next(iter(case.spec.option("variant")), None)
    return check_text(text, PATH, case.settings, variant, "strict" in case.spec.words)


def prepare(case: Case, folder: Path) -> None:
    """Write the files that stand beside the spec."""
    for name, spec in case.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(spec.text, encoding="utf-8")
    for option in case.spec.option("vectors"):
        import numpy as np

        name, _, shape = option.partition(":")
        np.save(folder / name, np.zeros([int(size) for size in shape.split("x")], "float32"))


def place_of(diagnostic: Diagnostic) -> str:
    """Where a diagnostic starts, as `case.yaml:3`; one that is about no place stands at the first line."""
    span = diagnostic.span
    return f"{span.source.path}:{span.first.line}" if span else f"{PATH}:1"


def shown(diagnostic: Diagnostic) -> str:
    return f"{place_of(diagnostic)}: {diagnostic.code} {diagnostic.message}"


def hold_diagnostics(
    spec: Spec, found: list[Diagnostic], exact_notes: bool = False, files: dict[str, Spec] | None = None
) -> None:
    """Fail unless all that is expected was found, and no error or warning besides."""
    left = list(found)
    missing: list[str] = []
    for file, part_of in {PATH: spec, **(files or {})}.items():
        for expected in expected_diagnostics(part_of, file):
            match = find(left, expected)
            if match is None:
                missing.append(" ".join(expected))
            else:
                left.remove(match)
    unexpected = [shown(d) for d in left if exact_notes or d.severity != "note"]
    if missing or unexpected:
        pytest.fail("\n".join([spec.text, "not found:", *missing, "not expected:", *unexpected]))


def find(found: list[Diagnostic], expected: tuple[str, str, str]) -> Diagnostic | None:
    """The first of the diagnostics that is as expected."""
    code, place, part = expected
    return next((d for d in found if d.code == code and place_of(d) == place and part in d.message), None)


def hold_facts(spec: Spec, report: Any) -> None:
    """Fail unless the shapes, axes and parameter counts are those that stand beside the layers."""
    marks = [mark for mark in spec.marks if mark.kind in ("shape", "axes", "params", "needs")]
    facts = report.to_dict() if marks else {}
    for mark in marks:
        if mark.kind == "needs":
            assert written(facts["constraints"]) == mark.value, spec.text
            continue
        place = fact_at(facts, spec.text, mark.line)
        found = place["output" if mark.kind == "shape" and "output" in place else mark.kind]
        assert written(found) == mark.value, f"{spec.text}\nline {mark.line}: {mark.kind}: {written(found)}"


def fact_at(facts: dict[str, Any], text: str, line: int) -> dict[str, Any]:
    """The row of the (last) layer at a line, else the input or output named there; at `layers:` the totals."""
    text = text.splitlines()[line - 1]
    if text.startswith("layers:"):
        return facts["totals"]
    rows = [row for row in facts["layers"] if row["line"] == line and not row["inserted"]]
    named = {**facts["inputs"], **facts["outputs"]}
    name = text.strip().partition(":")[0]
    assert rows or name in named, f"no layer, input or output stands in `{text}`"
    return rows[-1] if rows else named[name]


def written(value: Any) -> str:
    """A fact as a mark has it: `[null, 4, 2*T]`."""
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    return "null" if value is None else str(value)


def hold_golden(case: Case, fence: Fence, found: list[Diagnostic]) -> None:
    """Fail unless the diagnostics, notes left out where there is more, print as the golden has it."""
    grave = [d for d in found if d.severity != "note"] or found
    text = "\n\n".join(map(render, grave)) + "\n"
    if UPDATES and text != fence.text:
        replaced(case, fence, text)
        return
    assert text == fence.text


def chosen_fix(spec: Spec, found: list[Diagnostic], fence: Fence) -> Fix:
    """The fix that a `repaired` fence shows: the first of the first expected diagnostic, or `fix=N`."""
    expected = next(expected_diagnostics(spec))
    marked = find(found, expected)
    assert marked is not None
    fixes = [fix for fix in marked.fixes if fix.edits]
    number = int(next(iter(fence.option("fix")), 1))
    assert len(fixes) >= number, f"{spec.text}\n{marked.code} offers {[fix.title for fix in marked.fixes]}"
    fix = fixes[number - 1]
    wanted = [word for word in ("safe", "unsafe") if word in fence.words]
    assert not wanted or fix.applicability == wanted[0], f"{fix.title}: {fix.applicability}"
    return fix


def hold_repair(case: Case, spec: Spec, found: list[Diagnostic], fence: Fence) -> None:
    """Fail unless the fix makes the repaired spec of the fence, and that checks."""
    made = apply_edits(spec.text, chosen_fix(spec, found, fence).edits)
    assert made is not None
    repaired = read_spec(fence)
    if UPDATES and made != repaired.text:
        replaced(case, fence, made.removesuffix(HEADER) if "specc:" not in fence.text else made)
    else:
        assert made == repaired.text
    report = report_of(case, made)
    left = [shown(d) for d in report.diagnostics if d.is_error]
    assert not left, "\n".join([made, *left])
    if not UPDATES:
        hold_facts(repaired, report)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    prepare(case, tmp_path)
    spec = read_spec(case.spec)
    report = report_of(case, spec.text)
    found = list(report.diagnostics)
    hold_diagnostics(spec, found, "as-written" in case.spec.words, case.files)
    hold_facts(spec, report)
    golden = case.fence("text")
    if golden is not None:
        hold_golden(case, golden, found)
    for fence in case.beside:
        if "repaired" in fence.words:
            hold_repair(case, spec, found, fence)


def test_ids_are_distinct():
    assert len({case.id for case in CASES}) == len(CASES)
