"""Every page of `specc explain`: its failing spec fails by its code, its repaired spec checks."""

import re

import pytest

from specc.diagnostics.explain import codes, page

# What only a build, an import or arrays can meet has no spec that fails a check.
BY_BUILD = (
    "E500",
    "E501",
    "E502",
    "E503",
    "E504",
    "E505",
    "E506",
    "E507",
    "W607",
    "N706",
    "N707",
    "N708",
    "W610",
)
CHECKED = [code for code in codes() if code not in BY_BUILD]
FENCE = re.compile(r"^```yaml (fails|repaired)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def examples(code: str) -> dict[str, str]:
    text = page(code)
    assert text is not None
    return dict(FENCE.findall(text))


def found(text: str) -> list[str]:
    from specc.pipeline import check_text

    return [diagnostic.code for diagnostic in check_text(text, "example.yaml").diagnostics]


@pytest.mark.parametrize("code", codes())
def test_page_has_its_parts(code: str):
    text = page(code)
    assert text is not None
    assert re.match(rf"# {code}: \S.*\n\n\S", text)
    if code in CHECKED:
        assert [kind for kind, _ in FENCE.findall(text)] == ["fails", "repaired"]


@pytest.mark.parametrize("code", CHECKED)
def test_failing_example_reports_the_code(code: str):
    assert code in found(examples(code)["fails"])


@pytest.mark.parametrize("code", CHECKED)
def test_repaired_example_checks(code: str):
    reported = found(examples(code)["repaired"])
    assert code not in reported
    assert not [other for other in reported if other.startswith("E")]


def test_code_is_found_in_any_case():
    assert page("e202") == page("E202") is not None


@pytest.mark.parametrize("code", ["E999", "", "../text", "E202.md"])
def test_unknown_code_has_no_page(code: str):
    assert page(code) is None
