"""What specc says of labels under a loss is what Keras does with them: refuse, adjust, or pair them wrongly."""

from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Any

import keras
import numpy as np
import pytest

from specc.ops.losses import CRF, LOSSES, loss_facts
from specc.pipeline import check_text
from tests.keras.by_hand import BY_HAND

SAMPLES = 7
"""No other size in these tables is that."""

OUTPUTS: tuple[tuple[int, ...], ...] = ((), (1,), (3,), (4, 1))
OF_ANY_CLASS = "CategoricalGeneralizedCrossEntropy"
"""A loss that pairs each label with every prediction where they have an axis of one class: the only class is right."""
OF_STEPS = ("CTC", "CategoricalCrossentropy", "SparseCategoricalCrossentropy", OF_ANY_CLASS)
"""The losses that are looked at for more outputs every time."""
LONG = (*OUTPUTS, (4, 3), (2, 4, 3))
LOSSES_OF_KERAS = [name for name in LOSSES.classes if name != CRF]
MISPAIRED = "without a word"

Sizes = tuple[int, ...]

pytestmark = pytest.mark.filterwarnings("ignore")  # Keras's own, as of one class


def label_shapes(loss: str, output: Sizes) -> list[Sizes]:
    """The output's own shape, one axis less, trailing 1s, other counts of classes, what broadcasts, other ranks."""
    if loss == "CTC" and len(output) == 2:
        return [(), (1,), (2,), (output[0],), output, (*output, 1), (output[0], 1)]
    own = {output, (*output, 1), output[:-1], (*output[:-1], 1), (*output[:-1], 2)}
    return sorted({*own, (), (1,), (3,), (5,), (4,), (1, 3), (4, 1), (4, 5), (4, 1, 1), (1, 4, 3)})


def cases(outputs: tuple[Sizes, ...]) -> Iterator[tuple[str, Sizes]]:
    for loss, output in product(LOSSES_OF_KERAS, outputs):
        if output[-1:] == (1,) and loss == OF_ANY_CLASS:
            continue
        if not judged(loss, output, output, "float32") & {"E400"}:
            yield loss, output


def judged(loss: str, output: Sizes, labels: Sizes, dtype: str) -> set[str]:
    """The codes of what specc says of labels, and whether they are said to be paired wrongly."""
    *outer, last = output or (1,)
    scalar = "  - slice: {axis: feature, index: 0}\n    name: scalar\n" if not output else ""
    report = check_text(
        f"specc: 1\nname: t\ninputs: {{x: [{''.join(f'{size}, ' for size in outer)}feature: 2]}}\n"
        f"layers:\n  - Dense: {{units: {last}, activation: sigmoid}}\n{scalar}"
        f"outputs:\n  y: {{from: {'scalar' if scalar else 'dense'}}}\n"
        f"targets: {{y: {{shape: {list(labels)}, dtype: {dtype}}}}}\ncompile: {{loss: {{{loss}: {{}}}}}}\n"
    )
    found = [d for d in report.diagnostics if d.code != "W603"]
    notes = "".join(note.text for d in found for note in d.notes)
    return {d.code for d in found} | ({MISPAIRED} if MISPAIRED in notes else set())


@cache
def model_of(output: Sizes) -> tuple[Any, list[Any], Any]:
    """A model with one Dense layer, its weights, and a batch for it."""
    keras.utils.set_random_seed(len(output))
    x = keras.Input((*output[:-1], 2))
    y = keras.layers.Dense(output[-1] if output else 1, activation="sigmoid")(x)
    y = keras.layers.Rescaling(1.0)(
        y
    )  # a loss looks through a sigmoid at the logits behind it, but not through this
    made = keras.Model(x, y if output else y[:, 0])
    return (
        made,
        made.get_weights(),
        np.random.default_rng(0).normal(size=(SAMPLES, *output[:-1], 2)).astype("float32"),
    )


def labels_of(loss: str, output: Sizes, shape: Sizes) -> Any:
    """Labels of a shape, with numbers that the loss takes."""
    random = np.random.default_rng(1)
    if loss == "CTC":
        return np.resize([1, 2], (SAMPLES, *shape))
    highest = output[-1] if loss_facts(LOSSES.read({loss: {}})).labels.target == "classes" else 2
    return random.integers(0, highest, (SAMPLES, *shape))


def happens(loss: str, output: Sizes, labels: Sizes, dtype: str, eager: bool = True) -> str:
    """What a training step of Keras does: `refuses`, or computes the `right` or a `wrong` loss."""
    model, weights, x = model_of(output)
    model.set_weights(weights)
    model.compile("sgd", getattr(keras.losses, loss)(), run_eagerly=eager)
    y = labels_of(loss, output, labels).astype(dtype)
    predicted = np.asarray(model(x), "float64")
    try:
        value = float(np.asarray(model.train_on_batch(x, y)))
    except Exception:
        return "refuses"
    wanted = BY_HAND[loss](y.astype("float64"), predicted)
    return "right" if wanted is not None and np.isclose(value, wanted, rtol=1e-4, atol=1e-6) else "wrong"


def agree(loss: str, output: Sizes, labels: Sizes, dtype: str = "float32", eager: bool = True) -> str | None:
    """Where specc and Keras part, in words."""
    said, done = judged(loss, output, labels, dtype), happens(loss, output, labels, dtype, eager)
    says = "right" if not said & {"E209", "E210"} else "wrong" if MISPAIRED in said else "refuses"
    return None if says == done else f"{loss} {labels} under {output}: specc {says}, Keras {done}"


@pytest.mark.parametrize("loss", LOSSES_OF_KERAS)
def test_every_shape_of_labels(loss: str):
    wanted = (*OUTPUTS, (4, 3)) if loss in OF_STEPS else OUTPUTS
    outputs = [output for name, output in cases(wanted) if name == loss]
    assert outputs
    parted = [agree(loss, output, labels) for output in outputs for labels in label_shapes(loss, output)]
    assert [p for p in parted if p] == []


@pytest.mark.parametrize("dtype", ["int32", "bool", "uint8", "float64", "float16", "int64"])
@pytest.mark.parametrize(
    "loss", ["MeanSquaredError", "BinaryCrossentropy", "CategoricalCrossentropy", "Hinge"]
)
def test_every_dtype_of_labels(loss: str, dtype: str):
    assert agree(loss, (3,), (3,), dtype) is None
    cast = {"N710"} if not dtype.startswith("float") else set[str]()
    assert judged(loss, (3,), (3,), dtype) == cast


def test_text_is_no_label():
    assert judged("MeanSquaredError", (3,), (3,), "string") == {"E210"}
    model, _, x = model_of((3,))
    model.compile("sgd", "mse", run_eagerly=True)
    with pytest.raises(Exception, match=r"Cast|string|str"):
        model.train_on_batch(x, np.full((SAMPLES, 3), "a"))


def test_what_is_adjusted_is_said():
    assert judged("MeanSquaredError", (4, 1), (4,), "float32") == {"N710"}
    assert judged("SparseCategoricalCrossentropy", (3,), (1,), "int32") == {"N710"}
    assert judged("MeanSquaredError", (3,), (3,), "float32") == set()


@pytest.mark.parametrize(
    ("loss", "output", "labels", "is_silly"),
    [
        ("CTC", (4, 3), [1, 2, 1, 2, 0, 0], False),
        ("CTC", (4, 3), [1, 2, 1, 2, 1, 0], True),
        ("CTC", (4, 3), [1, 1, 2, 2, 0, 0], True),
        ("MeanAbsolutePercentageError", (3,), [1, 2, 3], False),
        ("MeanAbsolutePercentageError", (3,), [1, 0, 3], True),
    ],
)
def test_numbers_that_make_a_silly_loss(loss: str, output: Sizes, labels: list[int], is_silly: bool):
    """What `--data-values` warns of: no path spells a sequence, and nothing can be a share of 0."""
    model, _, x = model_of(output)
    model.compile("sgd", getattr(keras.losses, loss)(), run_eagerly=True)
    value = float(np.asarray(model.test_on_batch(x, np.tile(labels, (SAMPLES, 1)))))
    assert (value > 500) == is_silly


def test_a_0_inside_a_sequence_ends_it_somewhere_else():
    """As many of the front are read as are not 0: of `1 0 2` two, and what the third is does not matter."""
    model, _, x = model_of((4, 3))
    model.compile("sgd", keras.losses.CTC(), run_eagerly=True)
    gap, other, meant = (
        float(np.asarray(model.test_on_batch(x, np.tile(labels, (SAMPLES, 1)))))
        for labels in ([1, 0, 2], [1, 0, 1], [1, 2, 0])
    )
    assert gap == other
    assert not np.isclose(gap, meant)


@pytest.mark.slow
@pytest.mark.parametrize("loss", LOSSES_OF_KERAS)
def test_every_shape_of_labels_in_a_graph(loss: str):
    outputs = [output for name, output in cases(LONG) if name == loss]
    parted = [agree(loss, o, labels, eager=False) for o in outputs for labels in label_shapes(loss, o)]
    assert [p for p in parted if p] == []
