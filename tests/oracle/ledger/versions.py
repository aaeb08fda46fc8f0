"""The entries that cover what an older Keras does otherwise than the newest, which check follows."""

from tests.oracle.judge import Verdict
from tests.oracle.ledger.shared import Entry, arguments_of, batch_fails, has_op
from tests.oracle.versions import is_newest


def _grey(verdict: Verdict) -> bool:
    return has_op(verdict, "RandomGrayscale", "AugMix", "RandAugment") and batch_fails(
        verdict, "Matrix size-incompatible"
    )


def _unlike(verdict: Verdict) -> bool:
    return verdict.keras.ok and has_op(
        verdict, "ops.inner", "ops.triu", "ops.tril", "ops.cumprod", "ops.cumsum"
    )


def _window(verdict: Verdict) -> bool:
    return verdict.keras.stage == "build" and any(True for _ in arguments_of(verdict, "sliding_window"))


def _more_arguments(verdict: Verdict) -> bool:
    return verdict.codes == ("E105",) and has_op(verdict, "ops.layer_normalization")


_OLDER: tuple[Entry, ...] = (
    Entry(
        "grey before 3.15",
        "Keras before 3.15 turns images of a single colour grey as if they had three",
        _grey,
    ),
    Entry(
        "shapes before 3.15", "Keras before 3.15 announces other shapes and dtypes of some functions", _unlike
    ),
    Entry("windows before 3.15", "attention has a sliding window from Keras 3.15 on", _window),
    Entry(
        "arguments before 3.15",
        "Keras before 3.15 passes unknown arguments of a function on",
        _more_arguments,
    ),
)
ENTRIES: tuple[Entry, ...] = () if is_newest() else _OLDER
"""None with the newest Keras."""
