"""Keras's metrics, as a spec writes them."""

from specc.ops.families import Family, Object, argument, snake_case
from specc.ops.labels import Labels, Sizes
from specc.ops.losses import SHORT_NAMES
from specc.ops.wants import (
    COUNT,
    FLAG,
    FRACTION,
    INTEGER,
    INTEGERS,
    NAME_DTYPE,
    NUMBER,
    NUMBERS,
    POSITIVE,
    STEPS,
    Wants,
    either,
    integer,
    list_of,
    one_of,
    optional,
    required,
)
from specc.shapes.demand import agree
from specc.shapes.dim import product

_LOGITS: Wants = {"from_logits": FLAG}
_SMOOTHING: Wants = {"label_smoothing": FRACTION}
_AXIS: Wants = {"axis": INTEGER}
_THRESHOLD: Wants = {"threshold": NUMBER}
_THRESHOLDS: Wants = {"thresholds": optional(either(FRACTION, list_of(FRACTION, "a list of such numbers")))}
_COUNTS: Wants = {**_THRESHOLDS, **NAME_DTYPE}
_CLASS: Wants = {"class_id": optional(STEPS)}
_TOP: Wants = {**_THRESHOLDS, "top_k": optional(COUNT), **_CLASS, **NAME_DTYPE}
_CROSS: Wants = {**NAME_DTYPE, **_LOGITS, **_SMOOTHING}
_IOU: Wants = {**NAME_DTYPE, "ignore_class": optional(INTEGER)}
_IGNORED: Wants = {"sparse_y_true": FLAG, "sparse_y_pred": FLAG, **_AXIS}
_CLASSES: Wants = {"num_classes": required(COUNT)}
_ALONG: Wants = {**NAME_DTYPE, **_AXIS}
_IDS: Wants = {"target_class_ids": required(INTEGERS)}
_AVERAGE: Wants = {"average": optional(one_of("micro", "macro", "weighted"))}


def _at(name: str) -> Wants:
    return {name: required(FRACTION), "num_thresholds": COUNT, **_CLASS, **NAME_DTYPE}


_METRICS: dict[str, Wants] = {
    "AUC": {
        "num_thresholds": integer("an integer of at least 2", at_least=2),
        "curve": one_of("ROC", "PR"),
        "summation_method": one_of("interpolation", "minoring", "majoring"),
        **NAME_DTYPE,
        "thresholds": optional(list_of(FRACTION, "a list of numbers from 0 to 1")),
        "multi_label": FLAG,
        "num_labels": optional(COUNT),
        "label_weights": optional(NUMBERS),
        **_LOGITS,
    },
    **dict.fromkeys(
        (
            *("Accuracy", "CategoricalAccuracy", "CategoricalHinge", "Hinge", "KLDivergence", "LogCoshError"),
            *("MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredError", "Poisson"),
            *("MeanSquaredLogarithmicError", "RootMeanSquaredError", "SparseCategoricalAccuracy"),
            "SquaredHinge",
        ),
        NAME_DTYPE,
    ),
    "BinaryAccuracy": {**NAME_DTYPE, **_THRESHOLD},
    "BinaryCrossentropy": _CROSS,
    "BinaryIoU": {"target_class_ids": INTEGERS, **_THRESHOLD, **NAME_DTYPE},
    "CategoricalCrossentropy": {**_CROSS, **_AXIS},
    **dict.fromkeys(("ConcordanceCorrelation", "CosineSimilarity", "PearsonCorrelation"), _ALONG),
    "F1Score": {**_AVERAGE, "threshold": optional(NUMBER), **NAME_DTYPE},
    "FBetaScore": {**_AVERAGE, "beta": POSITIVE, "threshold": optional(NUMBER), **NAME_DTYPE},
    **dict.fromkeys(("FalseNegatives", "FalsePositives", "TrueNegatives", "TruePositives"), _COUNTS),
    "IoU": {**_CLASSES, **_IDS, **_IOU, **_IGNORED},
    "MeanIoU": {**_CLASSES, **_IOU, **_IGNORED},
    "OneHotIoU": {**_CLASSES, **_IDS, **_IOU, "sparse_y_pred": FLAG, **_AXIS},
    "OneHotMeanIoU": {**_CLASSES, **_IOU, "sparse_y_pred": FLAG, **_AXIS},
    "Precision": _TOP,
    "PrecisionAtRecall": _at("recall"),
    "R2Score": {
        "class_aggregation": optional(one_of("uniform_average", "variance_weighted_average")),
        "num_regressors": STEPS,
        **NAME_DTYPE,
    },
    "Recall": _TOP,
    "RecallAtPrecision": _at("precision"),
    "SensitivityAtSpecificity": _at("specificity"),
    "SparseCategoricalCrossentropy": {**NAME_DTYPE, **_LOGITS, "ignore_class": optional(INTEGER), **_AXIS},
    "SparseTopKCategoricalAccuracy": {"k": COUNT, **NAME_DTYPE, "from_sorted_ids": FLAG},
    "SpecificityAtSensitivity": _at("sensitivity"),
    "TopKCategoricalAccuracy": {"k": COUNT, **NAME_DTYPE},
}
_ALIASES = {**SHORT_NAMES, "acc": "Accuracy"}
_NO_TARGET = "takes no labels: it cannot be a metric of an output"

METRICS = Family(
    "metric",
    "keras.metrics",
    _METRICS,
    aliases=_ALIASES,
    # What a metric is called in the history is the name that the author wrote.
    bare={
        **{snake_case(name): snake_case(name) for name in _METRICS},
        **{name: name for name in _METRICS},
        **{name: name for name in _ALIASES},
    },
    refused=dict.fromkeys(("Mean", "mean", "Sum", "sum"), _NO_TARGET),
)

_SAME = Labels()
_AS_THEY_ARE = Labels(adjusts=False)
_WHOLE = Labels(whole=True)
_IN_A_ROW = Labels(flat=True)
_TRUTHS = Labels(flat=True, values="binary")
_ARGMAX = Labels(adjusts=False, whole=True)

_FACTS: dict[str, Labels] = {
    **dict.fromkeys(
        (
            *(
                "AUC",
                "FalseNegatives",
                "FalsePositives",
                "TrueNegatives",
                "TruePositives",
                "Precision",
                "Recall",
            ),
            *(
                "PrecisionAtRecall",
                "RecallAtPrecision",
                "SensitivityAtSpecificity",
                "SpecificityAtSensitivity",
            ),
            "BinaryIoU",
        ),
        _TRUTHS,
    ),
    **dict.fromkeys(("Hinge", "SquaredHinge", "Poisson"), _AS_THEY_ARE),
    **dict.fromkeys(("F1Score", "FBetaScore"), _AS_THEY_ARE._replace(values="binary")),
    "BinaryAccuracy": _SAME._replace(values="binary"),
    **dict.fromkeys(("CosineSimilarity", "ConcordanceCorrelation", "PearsonCorrelation"), _WHOLE),
    **dict.fromkeys(
        ("CategoricalAccuracy", "TopKCategoricalAccuracy", "CategoricalHinge", "KLDivergence"),
        _ARGMAX,
    ),
    "BinaryCrossentropy": Labels(adjusts=False, refuses=True),
    "CategoricalCrossentropy": Labels(adjusts=False, refuses=True, whole=True),
    "SparseCategoricalAccuracy": Labels("classes", adjusts=False),
    "SparseCategoricalCrossentropy": Labels("classes", adjusts=False, refuses=True),
    "SparseTopKCategoricalAccuracy": Labels("classes", flat=True),
}

FLAT_METRICS = frozenset(("F1Score", "FBetaScore", "R2Score"))
"""The metrics that take outputs with one axis (and the batch) only."""

TAG_METRICS = frozenset(("Accuracy", "IoU", "MeanIoU"))
"""The metrics that compare numbers of classes, not scores."""

ON_LOGITS: dict[str, tuple[str, str] | None] = {
    **dict.fromkeys(("AUC", *(name for name in _METRICS if "Crossentropy" in name)), ("from_logits", "true")),
    **dict.fromkeys(("BinaryAccuracy", "BinaryIoU"), ("threshold", "0.0")),
    **dict.fromkeys(
        ("FalseNegatives", "FalsePositives", "TrueNegatives", "TruePositives", "Precision", "Recall"),
        ("thresholds", "0.0"),
    ),
    **dict.fromkeys(name for name in _METRICS if "At" in name),
    "KLDivergence": None,
}
"""The metrics that expect probabilities, and the argument by which each takes logits, None if there is none."""

_BY_CLASS = ("CategoricalAccuracy", "CategoricalCrossentropy", "TopKCategoricalAccuracy")
COUNTERPARTS = {
    **{name: f"Sparse{name}" for name in _BY_CLASS},
    **{f"Sparse{name}": name for name in _BY_CLASS},
}
"""The same measure for labels that are one-hot, and for those that are numbers of classes."""


_BY_SAMPLE = ("F1Score", "FBetaScore")
"""Metrics that take one weight for a sample, without an axis."""


def weights_wanted(metric: str | Object, measure: str, output: Sizes, weights: Sizes) -> Sizes | None:
    """The weights of a sample that a metric, `measure` being its class, wants in place of those that the losses take.

    None where it takes these: most metrics do.
    """
    if measure in _BY_SAMPLE:
        return () if weights else None
    reads = metric_labels(metric, measure) if measure.endswith("IoU") else None
    if reads is None:
        return None
    each = output[:-1] if reads.whole or reads.target == "classes" else output
    return None if agree(product(weights), product(each)) else each


def measure_of(metric: str | Object, output: Sizes, labels: Sizes) -> str:
    """The class that a metric stands for; Keras chooses what `accuracy` means by the shapes of one sample."""
    if not isinstance(metric, str) or metric.lower() not in ("accuracy", "acc"):
        return METRICS.class_of(metric)
    if output and output[-1] == 1:
        return "BinaryAccuracy"
    is_sparse = len(labels) < len(output) or (len(labels) > 0 and labels[-1] == 1 and bool(output))
    return "SparseCategoricalAccuracy" if is_sparse else "CategoricalAccuracy"


def metric_labels(metric: str | Object, measure: str) -> Labels | None:
    """The labels that a metric takes, `measure` being its class; None where that is not known."""
    if measure.endswith("IoU") and measure != "BinaryIoU":
        is_one_hot = measure.startswith("OneHot")
        numbers = argument(metric, "sparse_y_true", not is_one_hot)
        predicts_numbers = argument(metric, "sparse_y_pred", not is_one_hot)
        if argument(metric, "axis", -1) != -1 or (predicts_numbers and not numbers):
            return None
        return _IN_A_ROW if predicts_numbers else Labels("classes", flat=True) if numbers else _ARGMAX
    if any(argument(metric, name) for name in ("class_id", "top_k", "multi_label")):
        return _SAME._replace(values=_FACTS.get(measure, _SAME).values)
    return _FACTS.get(measure, _SAME)
