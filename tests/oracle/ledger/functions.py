"""The entries for functions."""

from specc.ops.function import Function
from tests.oracle.case import op_class
from tests.oracle.judge import Verdict
from tests.oracle.ledger.shared import Entry, arguments_of, refused


def _last_is_function(verdict: Verdict) -> bool:
    return issubclass(op_class(verdict.case.ops[-1]), Function)


def _all_axes(verdict: Verdict) -> bool:
    step = verdict.case.steps[-1]
    axis = step.arguments.get("axis", getattr(op_class(step.op), "axis", -1))
    return refused(verdict, "E203") and _last_is_function(verdict) and axis is None


def _unlike_ranks(verdict: Verdict) -> bool:
    return refused(verdict, "E205") and _last_is_function(verdict) and "different numbers" in verdict.messages[0]


def _reaches_batch(verdict: Verdict) -> bool:
    return refused(verdict, "E205") and _last_is_function(verdict) and "into the batch" in verdict.messages[0]


def _broken(verdict: Verdict) -> bool:
    return refused(verdict, "E107") and any(isinstance(v, float) for *_, v in arguments_of(verdict, "decimals"))


ENTRIES = (
    Entry("decimals", "what is rounded has a whole number of decimals", _broken),
    Entry("all axes", "without an axis, a function runs over the batch too", _all_axes),
    Entry("unlike ranks", "numpy counts axes from the last: one value's batch meets another's axis", _unlike_ranks),
    Entry("constant for the batch", "a constant of more axes than a sample has fits some batches only", _reaches_batch),
)
