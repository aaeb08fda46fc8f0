"""Metrics on logits, against what they measure on the probabilities that the logits stand for."""

from typing import Any

import keras
import numpy as np
import pytest

from specc.ops.metrics import METRICS, ON_LOGITS

RNG = np.random.default_rng(3)
LOGITS = RNG.normal(0.3, 2, (512, 1)).astype("float32")
LABELS = (LOGITS + RNG.normal(0, 2, (512, 1)) > 0).astype("float32")
SCORES = RNG.normal(0, 2, (512, 3)).astype("float32")
CLASSES = (SCORES + RNG.normal(0, 2, (512, 3))).argmax(-1)
NEEDED = {
    "PrecisionAtRecall": {"recall": 0.95},
    "RecallAtPrecision": {"precision": 0.95},
    "SensitivityAtSpecificity": {"specificity": 0.95},
    "SpecificityAtSensitivity": {"sensitivity": 0.95},
}


def measured(name: str, predictions: Any, **arguments: Any) -> float:
    metric = getattr(keras.metrics, name)(**arguments, **NEEDED.get(name, {}))
    labels = LABELS
    if predictions.shape[-1] == 3:
        labels = CLASSES if "Sparse" in name else np.eye(3, dtype="float32")[CLASSES]
    metric.update_state(labels, predictions)
    return float(metric.result())


def of(name: str) -> tuple[Any, Any]:
    """Logits for a metric, and their probabilities."""
    if "Categorical" in name or name == "KLDivergence":
        return SCORES, np.array(keras.ops.softmax(SCORES))
    return LOGITS, np.array(keras.ops.sigmoid(LOGITS))


@pytest.mark.parametrize("name", ON_LOGITS)
def test_a_metric_takes_logits_for_probabilities_unless_it_is_told(name: str) -> None:
    logits, probabilities = of(name)
    right = measured(name, probabilities)
    assert measured(name, logits) != pytest.approx(right, rel=1e-3)
    told = ON_LOGITS[name]
    if told is not None:
        argument = {told[0]: told[1] == "true" or float(told[1])}
        assert measured(name, logits, **argument) == pytest.approx(right, rel=1e-4)


@pytest.mark.parametrize("name", sorted({*METRICS.classes} - {*ON_LOGITS}))
def test_a_metric_that_is_not_warned_of_ranks_classes_or_measures_numbers(name: str) -> None:
    """What ranks classes says the same of logits; the others measure how far numbers are apart, whatever they are."""
    if "Accuracy" in name and name != "Accuracy":
        assert measured(name, SCORES) == pytest.approx(measured(name, of("Categorical")[1]))
    else:
        assert "threshold" not in METRICS.classes[name] or name in ("F1Score", "FBetaScore")
        assert "from_logits" not in METRICS.classes[name]


def test_ctc_takes_the_softmax_itself() -> None:
    scores: Any = RNG.normal(0, 3, (4, 10, 6)).astype("float32")
    labels: Any = RNG.integers(1, 6, (4, 3)).astype("int32")
    loss: Any = keras.losses.CTC()
    right = float(loss(labels, scores))
    assert float(loss(labels, keras.ops.log_softmax(scores))) == pytest.approx(right, rel=1e-4)
    assert float(loss(labels, keras.ops.softmax(scores))) != pytest.approx(right, rel=0.05)


@pytest.mark.parametrize("name", ["Dice", "Tversky"])
def test_overlaps_of_logits_are_no_fractions(name: str) -> None:
    loss: Any = getattr(keras.losses, name)()
    assert 0 <= float(loss(LABELS, of("Binary")[1])) <= 1
    assert not 0 <= float(loss(LABELS, LOGITS * (1 - 2 * LABELS))) <= 1
