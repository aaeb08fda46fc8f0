"""The entries for functions of matrices, of signals and of blocks of pixels."""

from specc.ops import catalog
from tests.oracle.judge import Verdict
from tests.oracle.ledger.shared import Entry, arguments_of, batch_fails, has_op, refused, refused_at

_MATRICES = (*catalog.FAMILIES["tensor.linalg"], *catalog.FAMILIES["tensor.matrices"])
_SIGNALS = catalog.FAMILIES["tensor.signals"]


def _batch_of_rows(verdict: Verdict) -> bool:
    return refused_at(verdict, "E200", *_MATRICES, *_SIGNALS)


def _small_differences(verdict: Verdict) -> bool:
    return refused_at(verdict, "E210", "ops.cdist")


def _not_definite(verdict: Verdict) -> bool:
    return has_op(verdict, *_MATRICES) and batch_fails(verdict, "Cholesky : Tensor had NaN", "not invertible")


def _stretched_sides(verdict: Verdict) -> bool:
    return refused_at(verdict, "E205", "ops.solve_triangular")


def _places(verdict: Verdict) -> bool:
    told = any("`x` has" in message or "places `x`" in message for message in verdict.messages)
    return (
        has_op(verdict, "ops.trapezoid") and told and (refused(verdict, "E205") or refused(verdict, "E107"))
    )


def _cut_off(verdict: Verdict) -> bool:
    told = {"E107": "cuts all off", "E206": "are needed"}
    return has_op(verdict, "ops.istft") and any(
        refused(verdict, code) and words in verdict.messages[0] for code, words in told.items()
    )


def _hamming(verdict: Verdict) -> bool:
    given = [v for op, _, v in arguments_of(verdict, "window") if op == "ops.istft"]
    return refused(verdict, "E107") and any(isinstance(v, str) for v in given)


ENTRIES = (
    Entry("batch of rows", "the batch is no axis of a matrix or a signal", _batch_of_rows),
    Entry(
        "small differences",
        "in training, TensorFlow has no differences of integers of 8 and 16 bits",
        _small_differences,
    ),
    Entry("not definite", "what matrices hold is known when the network runs alone", _not_definite),
    Entry(
        "stretched sides",
        "Keras announces the sides as they are, and may make more of them",
        _stretched_sides,
    ),
    Entry("places", "Keras stretches the only distance of two places over all points", _places),
    Entry("hamming", "ops.istft takes any word but `hann` for `hamming`", _hamming),
    Entry("cut off", "Keras announces a longer signal than it makes", _cut_off),
)
