"""What specc says of labels under a metric is what Keras's metric makes of them."""

from collections.abc import Iterator
from math import prod
from typing import Any

import keras
import numpy as np
import pytest

from specc.ops.metrics import FLAT_METRICS, METRICS, measure_of, metric_labels, weights_wanted
from specc.pipeline import check_text
from tests.keras.test_losses import SAMPLES, Sizes

OUTPUTS: tuple[Sizes, ...] = ((), (1,), (3,))
LONG: tuple[Sizes, ...] = ((4, 1), (4, 3), (2, 4, 3))
ARGUMENTS: dict[str, dict[str, Any]] = {
    "Accuracy": {"name": "hits"},
    "IoU": {"num_classes": 3, "target_class_ids": [0, 1]},
    "MeanIoU": {"num_classes": 3, "sparse_y_pred": False},
    "OneHotIoU": {"num_classes": 3, "target_class_ids": [0, 1]},
    "OneHotMeanIoU": {"num_classes": 3},
    "SensitivityAtSpecificity": {"specificity": 0.5},
    "SpecificityAtSensitivity": {"sensitivity": 0.5},
    "PrecisionAtRecall": {"recall": 0.5},
    "RecallAtPrecision": {"precision": 0.5},
}
BY_CLASS = ("Sparse", "MeanIoU")
"""How the names of metrics begin that are, with these arguments, of labels that are numbers of classes."""
BY_CHANCE = ("accuracy", "CategoricalAccuracy", "TopKCategoricalAccuracy", "OneHotIoU", "OneHotMeanIoU")
"""Metrics that look for the largest along the last axis of both, and so take a 1 in front of that."""

pytestmark = pytest.mark.filterwarnings("ignore")


def label_shapes(output: Sizes) -> list[Sizes]:
    own = {output, (*output, 1), output[:-1], (*output[:-1], 1), (*output[:-1], 2)}
    return sorted({*own, (), (1,), (3,), (5,), (1, 3), (4, 1), (4, 3)})


def refused(metric: str, output: Sizes, labels: Sizes) -> bool:
    """Whether specc refuses labels of this shape."""
    arguments = ", ".join(f"{k}: {str(v).lower()}" for k, v in ARGUMENTS.get(metric, {}).items())
    written = metric if metric == "accuracy" else f"{{{metric}: {{{arguments}}}}}"
    report = check_text(
        f"specc: 1\nname: t\ninputs: {{x: {list(output)}}}\nlayers:\n  - Identity:\n    name: y\n"
        f"targets: {{y: {list(labels)}}}\ncompile: {{metrics: [{written}]}}\n"
    )
    found = {d.code for d in report.diagnostics if d.is_error}
    assert found <= {"E400"}, report.diagnostics
    return bool(found)


def made_by(metric: str, labels: Any, predictions: Any) -> Any:
    """A metric; for `accuracy`, whatever Keras takes it for."""
    if metric == "accuracy":
        from keras.src.trainers.compile_utils import get_metric

        return get_metric("accuracy", labels, predictions)
    return getattr(keras.metrics, metric)(**ARGUMENTS.get(metric, {}))


def result(metric: str, batches: list[tuple[Any, Any]]) -> Any:
    """What a metric comes to."""
    made = made_by(metric, *batches[0])
    for labels, predictions in batches:
        made.update_state(labels, predictions)
    return np.asarray(made.result())


def is_right(metric: str, output: Sizes, shape: Sizes) -> bool:
    """Whether Keras takes the labels, one for each prediction, and each with its own."""
    random = np.random.default_rng(2)
    of_classes = metric.startswith(BY_CLASS)
    if metric == "accuracy" and output[-1:] not in ((), (1,)):
        of_classes = len(shape) < len(output) or shape[-1:] == (1,)
    predictions = random.random((SAMPLES, *output)).astype("float32")
    if metric in ("IoU", "Accuracy"):
        predictions = np.round(2 * predictions)
    wanted = output[:-1] if of_classes and output else output
    if prod(shape) != prod(wanted):
        return False
    highest = max(1, output[-1] if of_classes and output else 2)
    labels = random.integers(0, highest, (SAMPLES, *shape)).astype("float32")
    if metric.endswith(("Correlation", "Similarity", "CategoricalAccuracy")) and not of_classes:
        labels = random.random((SAMPLES, *shape)).astype("float32")
    try:
        made = result(metric, [(labels, predictions)])
        plain = result(metric, [(labels.reshape(SAMPLES, *wanted), predictions)])
        if not np.allclose(made, plain, equal_nan=True):
            return False
        single = result(metric, [(labels[i : i + 1], predictions[i : i + 1]) for i in range(SAMPLES)])
    except Exception:
        return False
    return np.allclose(made, single, equal_nan=True)


def parted(metric: str, outputs: tuple[Sizes, ...]) -> Iterator[str]:
    for output in outputs:
        if metric in FLAT_METRICS and len(output) != 1:
            continue
        for shape in label_shapes(output):
            if metric in BY_CHANCE and len(shape) > len(output) > 0:
                continue
            if metric.startswith((*BY_CLASS, "OneHot")) and output[-1:] == (1,):
                continue  # the only class is always right
            says, does = not refused(metric, output, shape), is_right(metric, output, shape)
            if says != does:
                yield f"{shape} under {output}: specc {says}, Keras {does}"


@pytest.mark.parametrize("metric", [*METRICS.classes, "accuracy"])
def test_every_shape_of_labels(metric: str):
    assert list(parted(metric, OUTPUTS)) == []


def counts_truths(metric: str) -> bool:
    """Whether labels are to be 0 or 1; those that seek the best threshold, or count in a matrix, are left to others."""
    reads = metric_labels(METRICS.read({metric: ARGUMENTS.get(metric, {})}), metric)
    return reads is not None and reads.values == "binary" and "At" not in metric and metric != "BinaryIoU"


@pytest.mark.parametrize("metric", [*filter(counts_truths, METRICS.classes)])
def test_metrics_that_count_truths(metric: str):
    """A label of -1 in place of 0: what counts truths counts something else then, without a word."""
    random = np.random.default_rng(5)
    labels, predictions = random.integers(0, 2, (20, 3)), random.random((20, 3)).astype("float32")
    plain, signs = (result(metric, [(y.astype("float32"), predictions)]) for y in (labels, 2 * labels - 1))
    assert not np.allclose(plain, signs)


TIMES = np.array([1, 2, 1, 3, 1, 2, 1])


def weighted(metric: str, output: Sizes, labels: Sizes, weights: Sizes) -> bool:
    """Whether a sample of weight 2 counts as two samples; false where Keras refuses the weights."""
    random = np.random.default_rng(3)
    predictions = random.random((SAMPLES, *output)).astype("float32")
    if metric in ("IoU", "Accuracy"):
        predictions = np.round(2 * predictions)
    highest = 2 if labels == output else max(1, output[-1])
    given = random.integers(0, highest, (SAMPLES, *labels)).astype("float32")
    several = (np.repeat(given, TIMES, 0), np.repeat(predictions, TIMES, 0))
    made = [made_by(metric, given, predictions) for _ in range(2)]
    made[0].update_state(*several)
    times = TIMES.reshape(SAMPLES, *(1 for _ in weights))
    try:
        made[1].update_state(given, predictions, sample_weight=np.broadcast_to(times, (SAMPLES, *weights)))
    except Exception:
        return False
    wanted, found = (np.asarray(one.result()) for one in made)
    return np.allclose(found, wanted, atol=1e-3, equal_nan=True)


@pytest.mark.parametrize("metric", [*METRICS.classes, "accuracy"])
def test_weights_that_losses_take(metric: str):
    parted: list[Any] = []
    value = metric if metric == "accuracy" else METRICS.read({metric: ARGUMENTS.get(metric, {})})
    for output in ((1,), (3,), (4, 1), (4, 3)):
        if metric in FLAT_METRICS and len(output) != 1:
            continue
        labels = output[:-1] if metric.startswith(BY_CLASS) else output
        for weights in ((), (1,)) if len(output) == 1 else ((1,), (4,)):
            wanted = weights_wanted(value, measure_of(value, output, labels), output, weights)
            if (wanted is None) != weighted(metric, output, labels, weights):
                parted.append((output, weights))
    assert parted == []


@pytest.mark.slow
@pytest.mark.parametrize("metric", [*(m for m in METRICS.classes if m not in FLAT_METRICS), "accuracy"])
def test_every_shape_of_labels_for_steps(metric: str):
    assert list(parted(metric, LONG)) == []
