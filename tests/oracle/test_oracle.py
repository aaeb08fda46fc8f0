"""A sample of the oracle: every op, at least once valid and once invalid."""

import pytest

from tests.oracle.case import Case, Step
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


def test_a_disagreement_is_seen() -> None:
    case = Case(((4, 3),), ("float32",), (Step("Dense", {"units": 2, "activation": "glu"}, ("x0",)),))
    verdict = judge(case)
    assert verdict.differences == ("specc refuses what Keras accepts",)
    entry = entry_for(verdict)
    assert entry is not None
    assert entry.name == "glu"
