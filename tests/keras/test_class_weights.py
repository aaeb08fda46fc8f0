"""What specc says of the weights of samples and classes is what Keras makes of them."""

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from specc.pipeline import check_text
from tests.keras.by_hand import BY_HAND
from tests.keras.test_losses import (
    LOSSES_OF_KERAS,
    MISPAIRED,
    OF_ANY_CLASS,
    OUTPUTS,
    SAMPLES,
    Sizes,
    judged,
    label_shapes,
    labels_of,
    model_of,
)

LONG = ("CTC", "SparseCategoricalCrossentropy", "CategoricalCrossentropy", "BinaryCrossentropy")
"""The losses that are looked at for outputs of steps too."""
WEIGHTS = {0: 0.5, 1: 2.0, 2: 7.0}

pytestmark = pytest.mark.filterwarnings("ignore")


def spec(loss: str, output: Sizes, target: str, more: str = "") -> set[str]:
    """The codes of what specc says of an entry of `targets`, and whether Keras is said to be silent."""
    *outer, last = output or (1,)
    scalar = "  - slice: {axis: feature, index: 0}\n    name: scalar\n" if not output else ""
    report = check_text(
        f"specc: 1\nname: t\ninputs: {{x: [{''.join(f'{size}, ' for size in outer)}feature: 2]}}\n"
        f"layers:\n  - Dense: {{units: {last}, activation: sigmoid}}\n{scalar}{more}"
        f"outputs:\n  y: {{from: {'scalar' if scalar else 'dense'}}}\n"
        f"targets: {{y: {target}}}\ncompile: {{loss: {{{loss}: {{}}}}}}\n"
    )
    found = [d for d in report.diagnostics if d.code != "W603"]
    notes = "".join(note.text for d in found for note in d.notes)
    return {d.code for d in found} | ({MISPAIRED} if "without a word" in notes else set())


def by_hand(loss: str, y: Any, predicted: Any, weights: Any) -> float | None:
    """The mean over samples, each of which is the mean of its losses, weighed."""
    one = [BY_HAND[loss](y[i : i + 1], predicted[i : i + 1]) for i in range(SAMPLES)]
    wanted = [value * weight for value, weight in zip(one, weights, strict=True) if value is not None]
    return float(np.mean(wanted)) if len(wanted) == SAMPLES else None


def of_steps(loss: str, labels: Any, predicted: Any) -> float:
    """The mean over all steps, each of which is weighed by its own class."""
    places = [*np.ndindex(labels.shape[:-1])]
    classes = labels[..., 0] if labels.shape[-1] == 1 else np.argmax(labels, -1)
    predicted = predicted.reshape(*labels.shape[:-1], -1)
    values = [BY_HAND[loss](labels[at][None], predicted[at][None]) for at in places]
    return float(
        np.mean([WEIGHTS[int(classes[at])] * (v or 0) for at, v in zip(places, values, strict=True)])
    )


def classes_in(loss: str, labels: Any) -> Any:
    """The class of each sample, None where labels are several."""
    if labels.ndim == 1 or labels.shape[1:] == (1,):
        return labels.reshape(SAMPLES).astype(int)
    return np.argmax(labels, -1) if labels.ndim == 2 and loss != "CTC" else None


def happens(loss: str, output: Sizes, labels: Any, as_dataset: bool = False) -> str:
    """What Keras makes of the weights: it `refuses`, or computes the `right` or a `wrong` loss."""
    model, start, x = model_of(output)
    model.set_weights(start)
    model.compile("sgd", getattr(keras.losses, loss)(), run_eagerly=True)
    predicted = np.asarray(model(x), "float64")
    try:
        if as_dataset:
            batches = tf.data.Dataset.from_tensor_slices((x, labels)).batch(SAMPLES)
            (value,) = model.fit(batches, class_weight=WEIGHTS).history["loss"]
        else:
            value = float(np.asarray(model.train_on_batch(x, labels, class_weight=WEIGHTS)))
    except Exception:
        return "refuses"
    if as_dataset:
        return (
            "right" if np.isclose(value, of_steps(loss, labels, predicted), rtol=1e-4, atol=1e-6) else "wrong"
        )
    classes = classes_in(loss, labels)
    if classes is None:
        return "wrong"
    wanted = by_hand(loss, labels.astype("float64"), predicted, [WEIGHTS[c] for c in classes])
    return "right" if wanted is not None and np.isclose(value, wanted, rtol=1e-4, atol=1e-6) else "wrong"


@pytest.mark.parametrize("loss", [name for name in LOSSES_OF_KERAS if name != "Circle"])
def test_class_weights_of_every_shape_of_labels(loss: str):
    parted: list[str] = []
    outputs = (*OUTPUTS, (4, 3)) if loss in LONG else OUTPUTS
    for output in outputs if loss != OF_ANY_CLASS else [(3,)]:
        for sizes in label_shapes(loss, output):
            if judged(loss, output, sizes, "float32") & {"E209", "E400"}:
                continue
            labels = labels_of(loss, output, sizes).astype("float32")
            classes = classes_in(loss, labels)
            highest = 0 if classes is None else int(classes.max())
            entry = ", ".join(f"{number}: {WEIGHTS[number]}" for number in range(highest + 1))
            said = spec(loss, output, f"{{shape: {list(sizes)}, class_weight: {{{entry}}}}}")
            is_for_datasets = len(sizes) > 1 and "W610" in said
            says = "right" if "E209" not in said else "wrong" if MISPAIRED in said else "refuses"
            does = happens(loss, output, labels, as_dataset=is_for_datasets)
            if is_for_datasets and happens(loss, output, labels) != "refuses":
                parted.append(f"{sizes} under {output}: Keras takes arrays")
            if says != does:
                parted.append(f"{sizes} under {output}: specc {says}, Keras {does}")
    assert parted == []


@pytest.mark.parametrize(
    ("loss", "is_doubtful"), [("BinaryCrossentropy", True), ("CategoricalCrossentropy", False)]
)
def test_a_row_of_several_classes_has_the_weight_of_the_first(loss: str, is_doubtful: bool):
    codes = spec(loss, (3,), "{shape: [3], class_weight: {0: 0.5, 1: 2, 2: 7}}")
    assert ("W610" in codes) == is_doubtful
    labels = np.tile([0.0, 1.0, 1.0], (SAMPLES, 1))
    model, _, x = model_of((3,))
    model.compile("sgd", getattr(keras.losses, loss)(), run_eagerly=True)
    predicted = np.asarray(model(x), "float64")
    value = float(np.asarray(model.train_on_batch(x, labels, class_weight=WEIGHTS)))
    assert np.isclose(value, by_hand(loss, labels, predicted, [2.0] * SAMPLES) or 0, rtol=1e-4)


def test_a_class_without_a_weight_weighs_1():
    assert spec("BinaryCrossentropy", (1,), "{shape: [1], class_weight: {1: 2}}") == {"N710"}
    labels = np.array([[0.0], [1.0], [1.0], [0.0], [1.0], [0.0], [0.0]])
    model, _, x = model_of((1,))
    model.compile("sgd", "binary_crossentropy", run_eagerly=True)
    predicted = np.asarray(model(x), "float64")
    wanted = by_hand("BinaryCrossentropy", labels, predicted, 1 + labels[:, 0])
    value = float(np.asarray(model.train_on_batch(x, labels, class_weight={1: 2})))
    assert np.isclose(value, wanted or 0, rtol=1e-4)


def test_classes_as_text_are_not_found():
    assert spec("BinaryCrossentropy", (1,), '{shape: [1], class_weight: {"1": 2, 0: 1}}') == {"E107"}
    labels = np.ones((SAMPLES, 1))
    model, start, x = model_of((1,))
    model.compile("sgd", "binary_crossentropy", run_eagerly=True)
    model.set_weights(start)
    plain = float(np.asarray(model.train_on_batch(x, labels)))
    model.set_weights(start)
    assert np.isclose(plain, float(np.asarray(model.train_on_batch(x, labels, class_weight={"1": 2, 0: 1}))))


def fits(outputs: int, **weights: Any) -> bool:
    x = keras.Input((2,))
    made = {name: keras.layers.Dense(1)(x) for name in ("y", "z")[:outputs]}
    model = keras.Model(x, made if outputs > 1 else made["y"])
    model.compile("sgd", "mse")
    labels: Any = {name: np.zeros((SAMPLES, 1)) for name in made}
    try:
        model.fit(np.ones((SAMPLES, 2)), labels if outputs > 1 else labels["y"], **weights)
    except ValueError:
        return False
    return True


def test_class_weights_are_for_one_output_alone():
    def codes(outputs: str, entry: str) -> set[str]:
        report = check_text(
            "specc: 1\nname: t\ninputs: {x: [2]}\nlayers:\n  - Dense: 1\n    name: y\n  - Dense: 1\n    name: z\n"
            f"    from: x\noutputs: {outputs}\ntargets: {{y: {entry}}}\ncompile: {{loss: mse}}\n"
        )
        return {d.code for d in report.diagnostics if d.is_error}

    weights, ones = {0: 1.0}, np.ones(SAMPLES)
    assert fits(1, class_weight=weights)
    assert not codes("[y]", "{shape: [1], class_weight: {0: 1.0}}")
    assert not fits(2, class_weight=weights)
    assert codes("[y, z]", "{shape: [1], class_weight: {0: 1.0}}") == {"E209"}
    assert not fits(1, class_weight=weights, sample_weight=ones)
    assert codes("[y]", "{shape: [1], class_weight: {0: 1.0}, sample_weight: []}") == {"E107"}
    assert fits(2, sample_weight={"y": ones, "z": None})
    assert not codes("[y, z]", "{shape: [1], sample_weight: []}")


WEIGHED: tuple[Sizes, ...] = ((), (1,), (3,), (4,), (4, 1), (4, 3))


@pytest.mark.parametrize("output", [(1,), (3,), (4, 3)])
def test_sample_weights_of_every_shape(output: Sizes):
    """Keras's loss is the mean of losses, each times the weight of its own sample, and step."""
    random = np.random.default_rng(4)
    labels = random.random((SAMPLES, *output))
    model, start, x = model_of(output)
    for sizes in WEIGHED:
        weights = random.random((SAMPLES, *sizes))
        model.set_weights(start)
        model.compile("sgd", "mse", run_eagerly=True)
        losses = np.mean((labels - np.asarray(model(x), "float64")) ** 2, -1)
        try:
            value = float(np.asarray(model.train_on_batch(x, labels, sample_weight=weights)))
            shape = (SAMPLES, *sizes[: losses.ndim - 1]) + (1,) * (losses.ndim - 1 - len(sizes))
            right = weights.size == np.prod(shape) and np.isclose(
                value, np.mean(losses * weights.reshape(shape)), rtol=1e-4
            )
        except Exception:
            right = False
        said = spec("mean_squared_error", output, f"{{shape: {list(output)}, sample_weight: {list(sizes)}}}")
        assert ("E209" not in said) == right, sizes
