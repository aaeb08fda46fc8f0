"""The framework of the literate cases: how specs and marks are read, and that it fails where it should."""

from pathlib import Path

import pytest

from specc.pipeline import check_text
from tests.cases.literate import HEADER, PATH, Fence, Spec, cases_of, expected_diagnostics, read_spec
from tests.cases.test_cases import hold_diagnostics, hold_facts


def fence(text: str, *words: str) -> Fence:
    return Fence("yaml", words, text, 0, 0)


def test_marks_are_taken_out_and_know_their_lines():
    spec = read_spec(fence("inputs:  # kept\n  # error: E100\n  x: [3]  # shape: [null, 3]  # params: 4\n"))
    assert spec.text == "inputs:  # kept\n  x: [3]\n" + HEADER
    assert [tuple(mark) for mark in spec.marks] == [
        ("error", "E100", 2),
        ("shape", "[null, 3]", 2),
        ("params", "4", 2),
    ]


def test_header_is_added_only_where_it_lacks():
    assert read_spec(fence("specc: 1\n")).text == "specc: 1\n"
    assert read_spec(fence("x: 1\n", "whole")).text == "x: 1\n"


def test_a_mark_lists_codes_with_parts_of_messages():
    spec = read_spec(fence('x: 1  # error: E202 "of 3", E203\n'))
    assert list(expected_diagnostics(spec)) == [("E202", "case.yaml:1", "of 3"), ("E203", "case.yaml:1", "")]


def test_a_mark_without_a_code_is_refused():
    with pytest.raises(ValueError, match="names no code"):
        list(expected_diagnostics(read_spec(fence("x: 1  # error: oops\n"))))


def test_fences_belong_to_the_spec_before_them(tmp_path: Path):
    path = tmp_path / "some.md"
    path.write_text(
        "# One\n```yaml set=a:2\nx: 1\n```\n```text\nout\n```\n"
        "## Two\n```yaml\ny: 1\n```\n```yaml file=b.yaml\nz: 1\n```\n"
    )
    one, two = cases_of(path)
    assert (one.id, one.settings, len(one.beside)) == ("some-1-one", {"a": 2}, 1)
    assert (two.id, two.files) == ("some-2-two", {"b.yaml": Spec("z: 1\n", ())})


DENSE = "inputs:\n  x: [3]\nlayers:\n  - Dense: 4"


@pytest.mark.parametrize("mark", ["error: E202", "warning: W604", "note: N700"])
def test_what_is_expected_and_not_found_fails(mark: str):
    spec = read_spec(fence(f"{DENSE}  # {mark}\n"))
    with pytest.raises(pytest.fail.Exception):
        hold_diagnostics(spec, check_text(spec.text, PATH).diagnostics)


def test_what_is_found_and_not_expected_fails():
    spec = read_spec(fence("inputs:\n  x: [3]\nlayers:\n  - Dens: 4\n"))
    with pytest.raises(pytest.fail.Exception):
        hold_diagnostics(spec, check_text(spec.text, PATH).diagnostics)


@pytest.mark.parametrize("mark", ["shape: [null, 5]", "axes: [batch, time]", "params: 15"])
def test_other_facts_fail(mark: str):
    spec = read_spec(fence(f"{DENSE}  # {mark}\n"))
    with pytest.raises(AssertionError):
        hold_facts(spec, check_text(spec.text))


@pytest.mark.parametrize("mark", ["shape: [null, 4]", "axes: [batch, feature]", "params: 16"])
def test_facts_hold(mark: str):
    spec = read_spec(fence(f"{DENSE}  # {mark}\n"))
    hold_facts(spec, check_text(spec.text))
