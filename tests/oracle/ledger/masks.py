"""The entries for masks that calls are given."""

from tests.oracle.case import Case
from tests.oracle.judge import Verdict
from tests.oracle.ledger.shared import Entry, refused, refused_at


def _masks(case: Case) -> list[int]:
    """The numbers of the inputs that are masks."""
    return [int(name[1:]) for step in case.steps for name in step.masks.values()]


def _numbers(verdict: Verdict) -> bool:
    case = verdict.case
    return refused(verdict, "E210") and any(case.dtypes[i] != "bool" for i in _masks(case))


def _stretched(verdict: Verdict) -> bool:
    """Of another rank than that of the steps, whether or not a size of it is 1."""
    return refused(verdict, "E205") and bool(_masks(verdict.case)) and " a mask over " in verdict.messages[0]


def _masked_integers(verdict: Verdict) -> bool:
    return bool(_masks(verdict.case)) and refused_at(verdict, "E210", "Softmax", "GlobalAveragePooling1D")


ENTRIES: tuple[Entry, ...] = (
    Entry("numbers for a mask", "a mask holds truth values; Keras casts numbers to such", _numbers),
    Entry(
        "stretched masks", "a mask is over the steps; Keras lays it over whatever it stretches to", _stretched
    ),
    Entry(
        "masked integers", "what lays a mask over integers makes floats of them by the way", _masked_integers
    ),
)
