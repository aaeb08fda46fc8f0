"""The entries for lookups, encodings, hashes and spectrograms."""

from tests.oracle.judge import Verdict
from tests.oracle.ledger.shared import Entry, arguments_of, batch_fails, has_op, refused, refused_at

ENCODERS = (
    "CategoryEncoding",
    "Discretization",
    "Hashing",
    "StringLookup",
    "IntegerLookup",
    "TextVectorization",
)
LOOKUPS = ENCODERS[-3:]


def _other_shape(verdict: Verdict) -> bool:
    return refused_at(verdict, "E200", *ENCODERS)


def _mel_rank(verdict: Verdict) -> bool:
    return refused_at(verdict, "E200", "MelSpectrogram")


def _dense(verdict: Verdict) -> bool:
    return refused(verdict, "E107") and any(v is True for *_, v in arguments_of(verdict, "sparse", "ragged"))


def _out_of_vocabulary(verdict: Verdict) -> bool:
    none = any(v == 0 for *_, v in arguments_of(verdict, "num_oov_indices"))
    return none and has_op(verdict, *LOOKUPS) and batch_fails(verdict, "Expected 'tf.Tensor(False")


def _out_of_range(verdict: Verdict) -> bool:
    return has_op(verdict, "CategoryEncoding") and batch_fails(verdict, "must be non-negative")


def _tokens(verdict: Verdict) -> bool:
    return refused(verdict, "E107") and verdict.case.mutated == "vocabulary"


def _unread(verdict: Verdict) -> bool:
    names = {name for op, name, _ in arguments_of(verdict) if op in (*LOOKUPS, "Hashing", "HashedCrossing")}
    unread = {"encoding", "dtype", "trainable", "oov_token", "epsilon", "salt", "mask_value"}
    return refused(verdict, "E107") and verdict.case.mutated in unread & names


def _masked_flag(verdict: Verdict) -> bool:
    return refused(verdict, "E107") and any(
        isinstance(v, bool) for *_, v in arguments_of(verdict, "mask_value")
    )


def _no_ngrams(verdict: Verdict) -> bool:
    code = refused(verdict, "E107") or refused(verdict, "E206")
    return code and any(op == "TextVectorization" for op, *_ in arguments_of(verdict, "ngrams"))


def _no_bins(verdict: Verdict) -> bool:
    names = ("num_bins", "num_tokens", "num_oov_indices", "output_sequence_length", "sequence_length")
    given = [v for *_, v in arguments_of(verdict, *names)]
    return refused(verdict, "E107") and any(isinstance(v, float | bool) or v in (0, None, -1) for v in given)


def _unknown(verdict: Verdict) -> bool:
    return refused(verdict, "E105") and has_op(verdict, "HashedCrossing")


ENTRIES: tuple[Entry, ...] = (
    Entry(
        "encoded together",
        "Keras announces another shape than it makes of samples of several axes, or counts over the batch",
        _other_shape,
    ),
    Entry("mel of several", "a MelSpectrogram of more axes makes another shape than it announces", _mel_rank),
    Entry(
        "dense values",
        "every value is dense: what other layers make of sparse and ragged ones is not known",
        _dense,
    ),
    Entry(
        "out of vocabulary",
        "without a place for unknown words, a lookup fails on them, which is up to the data",
        _out_of_vocabulary,
    ),
    Entry("out of range", "whether indices are categories is up to the data", _out_of_range),
    Entry("tokens", "NumPy makes text of numbers among text, and integers of text and fractions", _tokens),
    Entry("unread by lookups", "Keras does not look at what a lookup does not use", _unread),
    Entry("flags among numbers", "TensorFlow makes numbers, of most dtypes, of true and false", _masked_flag),
    Entry("no n-grams", "texts without a single n-gram become empty values", _no_ngrams),
    Entry(
        "no bins",
        "Keras takes fractions, and zero for none, where it hands the number of bins or steps on",
        _no_bins,
    ),
    Entry("unknown arguments", "a HashedCrossing drops arguments that it does not know", _unknown),
)
