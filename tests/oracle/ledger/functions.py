"""The entries for functions."""

from collections.abc import Callable

from specc.ops.function import Function
from tests.oracle.case import op_class
from tests.oracle.judge import Verdict
from tests.oracle.ledger.shared import Entry, arguments_of, batch_fails, has_op, refused


def _last_is_function(verdict: Verdict) -> bool:
    return issubclass(op_class(verdict.case.ops[-1]), Function)


def _all_axes(verdict: Verdict) -> bool:
    step = verdict.case.steps[-1]
    axis = step.arguments.get("axis", getattr(op_class(step.op), "axis", -1))
    return refused(verdict, "E203") and _last_is_function(verdict) and axis is None


def _unlike_ranks(verdict: Verdict) -> bool:
    return (
        refused(verdict, "E205") and _last_is_function(verdict) and "different numbers" in verdict.messages[0]
    )


def _reaches_batch(verdict: Verdict) -> bool:
    return refused(verdict, "E205") and _last_is_function(verdict) and "into the batch" in verdict.messages[0]


def _broken(verdict: Verdict) -> bool:
    return refused(verdict, "E107") and any(
        isinstance(v, float) for *_, v in arguments_of(verdict, "decimals")
    )


def _wrapped(verdict: Verdict) -> bool:
    return refused(verdict, "E107") and "which cannot be that" in verdict.messages[0]


def _empty(verdict: Verdict) -> bool:
    return refused(verdict, "E107") and "empty list" in verdict.messages[0]


def _whole(verdict: Verdict) -> bool:
    shrinks = verdict.case.ops[-1] in ("ops.hard_shrink", "ops.soft_shrink")
    given = [v for *_, v in arguments_of(verdict, "threshold")]
    return shrinks and refused(verdict, "E210") and all(isinstance(v, int) for v in given)


def _unmade_product(verdict: Verdict) -> bool:
    return refused(verdict, "E107") and "Keras makes no" in verdict.messages[0]


def _as_bias(verdict: Verdict) -> bool:
    step = verdict.case.steps[-1]
    listed = step.op == "ops.add" and isinstance(step.arguments.get("x2"), list)
    return (
        listed and verdict.accepted and verdict.keras.ok and all("shapes" in d for d in verdict.differences)
    )


_MEANT = {
    "numbers of quantiles": (
        "E107",
        "`q` is from 0 to",
        "Keras takes a share below none or above all for none or all",
    ),
    "method of quantiles": (
        "E107",
        "method`",
        "in a model Keras drops the method of a quantile",
    ),
    "axis of crossentropy": (
        "E107",
        "whatever `axis` says",
        "Keras's crossentropies work along the last axis alone",
    ),
    "scale of root mean squares": (
        "E107",
        "lays `scale`",
        "Keras lays a scale over the last axes, whatever the axis",
    ),
    "number for scales": (
        "E205",
        "has the sizes (), and not",
        "Keras stretches a number over the last axis alone",
    ),
    "scale of nothing": (
        "E205",
        "and not ()",
        "Keras lays a scale over no axis at all as over the last",
    ),
    "stride backwards": (
        "E107",
        "`sequence_stride` of",
        "Keras cuts one sequence, whatever the stride, where only one fits",
    ),
    "statistics of bytes": (
        "E210",
        "integers of 32 bits and more",
        "Keras adds small integers up in their own dtype, where they overflow",
    ),
    "empty text": ("E107", "`dtype` of", "a spec casts nothing to text"),
    "lone image": ("E200", "images of three axes", "Keras takes a batch of matrices for one image"),
    "stretched bits": (
        "E205",
        "where Keras announces",
        "Keras announces the shape of the first, and may make another",
    ),
    "no classes": ("E107", "`num_classes` of", "an encoding of no classes is empty"),
    "lone label": (
        "E200",
        "takes at least one axis",
        "Keras announces another shape than it makes of one label",
    ),
    "whole batch": ("E203", "give `", "what a value of the batch says would count for all samples alike"),
}
"""The code, a part of the message, and why Keras's answer is not wanted, by name."""


def _said(name: str) -> Callable[[Verdict], bool]:
    code, words, _ = _MEANT[name]
    return lambda verdict: (
        refused(verdict, code) and _last_is_function(verdict) and words in verdict.messages[0]
    )


def _labels(verdict: Verdict) -> bool:
    return batch_fails(verdict, "outside the valid range")


def _unannounced_integers(verdict: Verdict) -> bool:
    shifts = has_op(verdict, "ops.right_shift", "ops.left_shift")
    return shifts and has_op(verdict, "Activation") and batch_fails(verdict, "of float is not in the list")


def _thin_trace(verdict: Verdict) -> bool:
    return has_op(verdict, "ops.trace") and batch_fails(verdict, "must be broadcastable")


def _more_arguments(verdict: Verdict) -> bool:
    step = verdict.case.steps[-1]
    return refused(verdict, "E105") and step.op in ("ops.multi_hot", "ops.layer_normalization")


_VERY_TENSOR = ("MaxNumBoundingBoxes", "ops.cast", "ops.conj", "ops.conjugate", "ops.real")


def _mask_unannounced(verdict: Verdict) -> bool:
    masked = has_op(verdict, "Masking") or any(v is True for *_, v in arguments_of(verdict, "mask_zero"))
    return masked and has_op(verdict, *_VERY_TENSOR) and batch_fails(verdict, "")


ENTRIES = (
    *(Entry(name, reason, _said(name)) for name, (_, _, reason) in _MEANT.items()),
    Entry(
        "very tensor",
        "what gives the very tensor that it is given hands on its mask, which Keras does not announce",
        _mask_unannounced,
    ),
    Entry(
        "unannounced integers",
        "Keras announces floats for the integers that an activation hands on, and shifts them by a float",
        _unannounced_integers,
    ),
    Entry("thin trace", "TensorFlow fails beside the diagonal of a single row or column", _thin_trace),
    Entry("labels", "which labels there are hangs on what the values are", _labels),
    Entry("more arguments", "some functions swallow arguments of any name", _more_arguments),
    Entry("wrapped constants", "TensorFlow turns a number into another that the dtype can hold", _wrapped),
    Entry("no constant", "an empty list is no constant: nothing would be left of the value", _empty),
    Entry("whole thresholds", "Keras computes with integers where all arguments are", _whole),
    Entry(
        "dtype of a product", "Keras announces the dtype of a product, and does not make it", _unmade_product
    ),
    Entry(
        "bias",
        "Keras's add lays a constant along another axis than it announces; specc turns the two",
        _as_bias,
    ),
    Entry("decimals", "what is rounded has a whole number of decimals", _broken),
    Entry("all axes", "without an axis, a function runs over the batch too", _all_axes),
    Entry(
        "unlike ranks",
        "numpy counts axes from the last: one value's batch meets another's axis",
        _unlike_ranks,
    ),
    Entry(
        "constant for the batch",
        "a constant of more axes than a sample has fits some batches only",
        _reaches_batch,
    ),
)
