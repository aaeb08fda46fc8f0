"""Amounts as a budget writes them, and what a report says of it."""

from typing import Any

import pytest

from specc.passes.budget import amount
from specc.pipeline import check_text

SPEC = """
specc: 1
name: t
inputs:
  x: [time: {time}, feature: 8]
layers:
  - Dense: 4
    name: wide
  - Dense: 2
budget: {budget}
"""


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (0, 0),
        (5e6, 5_000_000),
        (1.9, 1),
        ("5M", 5_000_000),
        ("1.5G", 1_500_000_000),
        ("2e3", 2000),
        ("1_000", 1000),
        ("2T", 2 * 10**12),
        ("7 k", 7000),
    ],
)
def test_a_number(value: Any, number: int):
    assert amount(value, is_memory=False) == number
    assert amount(value, is_memory=True) == number


@pytest.mark.parametrize(
    ("value", "number"),
    [("256MiB", 2**28), ("1.5GB", 1_500_000_000), ("1 kB", 1000), ("1KiB", 1024), ("3B", 3)],
)
def test_bytes(value: Any, number: int):
    assert amount(value, is_memory=True) == number
    with pytest.raises(ValueError, match="must be a number or text like `5M`"):
        amount(value, is_memory=False)


@pytest.mark.parametrize(
    "value", [-1, True, float("inf"), float("nan"), "", "M", "1.M", "-1", "1e400", "iB", "3iB", [1]]
)
def test_what_is_no_amount(value: Any):
    with pytest.raises(ValueError, match="must be"):
        amount(value, is_memory=True)


def spent(budget: str, time: str = "5") -> tuple[list[str], Any]:
    report = check_text(SPEC.format(budget=budget, time=time))
    return [d.code for d in report.diagnostics], report.to_dict().get("budget")


def test_the_report_says_what_is_used():
    codes, facts = spent("{params: 46, flops: 1k}")
    assert codes == []
    assert facts == {"params": {"limit": 46, "used": 46}, "flops": {"limit": 1000, "used": 430}}


def test_a_report_without_a_budget_says_nothing_of_it():
    assert "budget" not in check_text(SPEC.split("budget", maxsplit=1)[0].format(time=5)).to_dict()


def test_what_is_exceeded():
    codes, facts = spent("{params: 45, flops: 429, activation_memory: 119}")
    assert codes == ["E403", "E403", "E403"]
    assert facts["activation_memory"] == {"limit": 119, "used": 120}


def test_what_depends_on_a_symbol_is_not_held():
    codes, facts = spent("{params: 46, flops: 1k}", "T")
    assert codes == ["N711"]
    assert facts["flops"] == {"limit": 1000, "used": None}


def test_a_symbol_that_is_set_is_held():
    report = check_text(SPEC.format(budget="{flops: 400}", time="T"), settings={"T": 5})
    assert [d.code for d in report.diagnostics] == ["E403"]


def test_the_layers_that_take_most_are_named():
    report = check_text(SPEC.format(budget="{params: 1}", time=5))
    assert [note.text for note in report.diagnostics[0].notes] == [
        "`wide` (line 7) takes 36, 78 %",
        "`dense` (line 9) takes 10, 22 %",
    ]


def test_a_network_with_errors_is_not_held():
    report = check_text(SPEC.format(budget="{params: 1, flops: x}", time=5).replace("Dense: 2", "Dense: two"))
    assert sorted(d.code for d in report.diagnostics) == ["E107", "E107"]
