"""A sample of the oracle: every op, at least once valid and once invalid."""

from typing import Any

import pytest

from tests.oracle.case import Case, Sizes, Step
from tests.oracle.generate import OPS, generate
from tests.oracle.judge import Verdict, judge
from tests.oracle.ledger import entry_for
from tests.oracle.reference import forget

SEED = 7
MAX_CASES = 30
"""Cases in which an op must have been valid once and invalid once."""


def held(verdict: Verdict) -> None:
    """Fails where specc and Keras differ, and nothing says why."""
    assert not verdict.differences or entry_for(verdict), str(verdict)


@pytest.mark.parametrize("op", OPS)
def test_specc_and_keras_agree(op: str) -> None:
    seen: set[bool] = set()
    for number in range(MAX_CASES):
        verdict = judge(generate(SEED, number, (op,)), build=number == 0)
        held(verdict)
        seen.add(verdict.keras.ok)
        if len(seen) == 2 and number >= 2:
            break
    assert seen == {True, False}
    forget()


def test_a_case_is_generated_from_seed_and_number_alone() -> None:
    assert generate(1, 5) == generate(1, 5)
    assert generate(1, 5) != generate(2, 5)


@pytest.mark.parametrize("number", range(0, 300, 7))
def test_a_case_is_replayed_from_its_text(number: int) -> None:
    case = generate(SEED, number)
    assert Case.from_json(case.to_json()) == case


@pytest.mark.parametrize(
    ("name", "op", "arguments", "sizes"),
    [
        ("glu", "Dense", {"units": 2, "activation": "glu"}, (4, 3)),
        ("axis twice", "Normalization", {"mean": [0.5], "variance": [0.5], "axis": [1, 1]}, (1,)),
        ("shared axes", "PReLU", {"shared_axes": -1}, (1, 1)),
        ("noise for two", "Dropout", {"rate": 0.5, "noise_shape": [2, 1]}, (3,)),
        ("unchecked rank", "TimeDistributed", {"layer": {"GlobalAveragePooling1D": {}}}, (1, 1, 1, 1)),
    ],
)
def test_a_difference_is_seen_and_found_in_the_ledger(
    name: str, op: str, arguments: dict[str, Any], sizes: Sizes
) -> None:
    verdict = judge(Case((sizes,), ("float32",), (Step(op, arguments, ("x0",)),)))
    assert verdict.differences == ("specc refuses what Keras accepts",)
    entry = entry_for(verdict)
    assert entry is not None
    assert entry.name == name
