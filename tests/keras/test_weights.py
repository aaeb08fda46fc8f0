"""Sample weights that specc takes are those by which Keras weighs each loss of a sample, and no others."""

from typing import Any

import keras
import numpy as np
import pytest

from specc.ops.labels import losses_of, weights_fit
from specc.ops.losses import LOSSES, loss_facts
from tests.keras.test_losses import SAMPLES, Sizes, labels_of

WEIGHTS: tuple[Sizes, ...] = ((), (1,), (3,), (4,), (1, 1), (4, 1), (4, 3), (2, 4), (2, 4, 1), (1, 1, 1))
CASES: list[tuple[str, Sizes]] = [
    *[("MeanSquaredError", output) for output in ((1,), (3,), (4, 1), (4, 3), (2, 4, 3))],
    *[("SparseCategoricalCrossentropy", output) for output in ((3,), (4, 3), (2, 4, 3))],
    *[("BinaryCrossentropy", (4, 3)), ("CategoricalCrossentropy", (3,)), ("CosineSimilarity", (4, 3))],
    *[("Circle", (3,)), ("CTC", (4, 3)), ("Dice", (3,)), ("Dice", (4, 3)), ("MeanAbsoluteError", ())],
]

pytestmark = pytest.mark.filterwarnings("ignore")


def takes(loss: str, output: Sizes, labels: Sizes, weights: Sizes) -> bool:
    """Whether specc takes weights of this shape."""
    facts = loss_facts(LOSSES.read(loss))
    losses = None if facts.pools else losses_of(facts.labels, output, labels)
    return losses is not None and weights_fit(losses, weights)


def weighs(loss: str, output: Sizes, labels: Sizes, weights: Sizes) -> bool:
    """Whether Keras multiplies each loss of a sample by that sample's weight."""
    random = np.random.default_rng(3)
    y, p = labels_of(loss, output, labels), random.random((SAMPLES, *output)).astype("float32")
    w: Any = random.random((SAMPLES, *weights)).astype("float32")
    made = getattr(keras.losses, loss)
    each = np.asarray(made(reduction=None)(y, p))
    if each.ndim == 0:
        return False
    try:
        value = float(made()(y, p, sample_weight=w))
    except Exception:
        return False
    while w.ndim > each.ndim and w.shape[-1] == 1:
        w = w[..., 0]
    while w.ndim < each.ndim:
        w = w[..., None]
    if w.ndim != each.ndim or any(n not in (1, m) for n, m in zip(w.shape, each.shape, strict=True)):
        return False
    return bool(np.isclose(value, np.sum(each * w) / each.size, rtol=1e-4))


@pytest.mark.parametrize(("loss", "output"), CASES)
def test_weights_of_every_shape(loss: str, output: Sizes):
    labels = {"Circle": (), "CTC": (2,), "SparseCategoricalCrossentropy": output[:-1]}.get(loss, output)
    parted = [w for w in WEIGHTS if takes(loss, output, labels, w) != weighs(loss, output, labels, w)]
    assert parted == []


def test_a_mask_wants_the_axis_of_the_output():
    """Why specc refuses labels without the trailing axis of an output that has a mask."""
    x = keras.Input((4, 2))
    model = keras.Model(x, keras.layers.LSTM(1, return_sequences=True)(keras.layers.Masking()(x)))
    model.compile("sgd", "mse", run_eagerly=True)
    data = np.ones((SAMPLES, 4, 2), "float32")
    assert np.isfinite(model.train_on_batch(data, np.ones((SAMPLES, 4, 1), "float32")))
    with pytest.raises(Exception, match=r"shape|broadcast|Incompatible"):
        model.train_on_batch(data, np.ones((SAMPLES, 4), "float32"))
