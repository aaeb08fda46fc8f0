"""Silencing a warning hides that warning, and changes nothing else: no other diagnostic, no type, no layer."""

from collections import Counter
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings

from specc.diagnostics.fix import edited
from specc.diagnostics.model import Diagnostic, Edit
from specc.expanding import expanded
from specc.pipeline import Options, check_source
from specc.report import Report
from specc.source import Source, Span
from specc.syntax.document import IGNORE
from specc.syntax.edits import add_key
from specc.syntax.tree import Mapping, Scalar
from tests.properties.generate import specs, text_of
from tests.properties.mutations import mutated
from tests.properties.network import network
from tests.properties.sound import assert_sound
from tests.properties.trees import ROOT, texts

PATH = str(ROOT / "specs" / "silenced.yaml")


def check(text: str) -> Report:
    return check_source(Source(PATH, text), Options(), prove=False).report


def said(diagnostics: list[Diagnostic]) -> Counter[tuple[str, str, str | None]]:
    return Counter((d.code, d.message, d.layer) for d in diagnostics)


def assert_only_hidden(before: Report, after: Report, code: str) -> None:
    """What is no longer said are warnings of this code, and nothing is said anew."""
    assert_sound(after)
    earlier, now = said(before.diagnostics), said(after.diagnostics)
    new = {
        one for one in now - earlier if one[0] != code
    }  # a mistake that is often made is now said elsewhere
    assert not new, new
    assert {gone for gone, _, _ in earlier - now} == {code}
    assert before.typed is not None
    assert after.typed is not None
    if before.ok:
        assert network(after.typed) == network(before.typed)


def silence(text: str) -> int:
    """Silence each warning of a spec, for the whole of it and at its layer; gives how many there were."""
    before = check(text)
    if before.typed is None or IGNORE in text:
        return 0
    root = before.typed.graph.document.node
    items = {layer.name: layer.item for layer in before.typed.graph.layers}
    tried = 0
    for diagnostic in [d for d in before.diagnostics if d.code[0] == "W"]:
        span, code = diagnostic.span, diagnostic.code
        assert span is not None
        whole = add_key(root, IGNORE, f"[{code}]")
        if whole is not None:
            after = applied(text, whole)
            assert_only_hidden(before, after, code)
            assert code not in {d.code for d in after.diagnostics}
            tried += 1
        item = items.get(diagnostic.layer or "")
        if item is None or not isinstance(item.node, Mapping | Scalar) or not _holds(item.node.span, span):
            continue
        beside = add_key(item.node, IGNORE, f"[{code}]")
        if beside is not None:
            after = applied(text, beside)
            assert_only_hidden(before, after, code)
            assert (code, diagnostic.message, diagnostic.layer) not in said(after.diagnostics)
            tried += 1
    return tried


def _holds(outer: Span, inner: Span) -> bool:
    return outer.source is inner.source and outer.start <= inner.start and inner.end <= outer.end


def applied(text: str, edit: Edit) -> Report:
    made = edited((edit,))
    assert made is not None, edit
    return check(made[PATH])


def test_warnings_of_the_specs_and_cases() -> None:
    assert sum(map(silence, texts())) > 50


@pytest.mark.parametrize("start", range(0, 600, 200))
def test_warnings_of_mutated_specs(start: int) -> None:
    for seed in range(start, start + 200):
        text = mutated(Random(seed))
        try:
            silence(text)
        except AssertionError as error:
            error.add_note(f"seed {seed}:\n{text}")
            raise


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(specs())
def test_warnings_of_generated_specs(spec: dict[str, object]) -> None:
    silence(text_of(spec))


def test_expanded_specs_are_as_silent() -> None:
    tried = 0
    for text in texts():
        checked = check_source(Source(PATH, text), Options(), prove=False)
        report = checked.report
        if IGNORE not in text or not report.ok or report.typed is None:
            continue
        again = check(expanded(checked))
        codes = {d.code for d in report.diagnostics if d.code[0] == "W"}
        assert {d.code for d in again.diagnostics if d.code[0] == "W"} <= codes, text
        tried += 1
    assert tried > 10


def test_a_note_that_hides_nothing_changes_nothing() -> None:
    for text in texts():
        before = check(text)
        if before.typed is None or IGNORE in text or any(d.code == "W603" for d in before.diagnostics):
            continue
        edit = add_key(before.typed.graph.document.node, IGNORE, "[W603, W608]")
        if edit is not None:
            after = applied(text, edit)
            assert said(after.diagnostics) == said(before.diagnostics), text
