"""An expanded spec is the same network in full: it checks under `adapt: strict`, and expanding it again is no news."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings

from specc.passes.expand import expand
from specc.pipeline import Checked, Options, check_source
from specc.source import Source
from tests.cases.literate import Case, read_spec
from tests.cases.test_cases import CASES, prepare
from tests.properties.generate import specs, text_of
from tests.properties.network import network

SPECS = sorted((Path(__file__).parents[2] / "specs").glob("*.yaml"))
EXAMPLES = int(os.environ.get("EXPAND_EXAMPLES", "100"))


def check(path: str, text: str, options: Options = Options()) -> Checked:
    return check_source(Source(path, text), options)


def hold(path: str, checked: Checked) -> None:
    """Fail unless the expanded spec is the same network, checks strictly, and expands to itself."""
    text = expand(checked)
    again = check(path, text)
    errors = [f"{d.code} {d.message}" for d in again.report.diagnostics if d.is_error]
    assert not errors, f"{errors}\n{text}"
    assert not [d.code for d in again.report.diagnostics if d.code.startswith("N")], text
    assert checked.report.typed is not None
    assert again.report.typed is not None
    assert network(again.report.typed) == network(checked.report.typed), text
    assert again.report.totals.params == checked.report.totals.params
    assert again.report.totals.flops == checked.report.totals.flops
    assert expand(again) == text


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_specs_expand_to_themselves(path: Path):
    checked = check(str(path), path.read_text(encoding="utf-8"))
    assert checked.report.ok
    hold(str(path), checked)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_cases_expand_to_themselves(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    prepare(case, tmp_path)
    variant = next(iter(case.spec.option("variant")), None)
    options = Options(case.settings, variant, "strict" in case.spec.words)
    checked = check("case.yaml", read_spec(case.spec).text, options)
    if checked.report.ok:
        hold("case.yaml", checked)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(specs())
def test_generated_specs_expand_to_themselves(spec: dict[str, object]):
    text = text_of(spec)
    checked = check("spec.yaml", text)
    assume(checked.report.ok)
    hold("spec.yaml", checked)
