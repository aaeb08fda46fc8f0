"""The CRF layer and its loss: against all paths, one by one, and in Keras's own trainer.

Little here is about TensorFlow: it runs under other `KERAS_BACKEND`s too.
"""

import inspect
import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import specc
import specc.layers
from specc.backends.keras import crf, depth
from specc.backends.keras.crf import Potentials
from specc.layers import CRF, CRFLoss
from specc.ops.declare import parameters_of
from specc.ops.parameters import REQUIRED
from specc.ops.registry import known

ROOT = Path(__file__).parents[2]
UNITS, STEPS, BATCH = (1, 2, 3, 4), (1, 2, 3, 5), 6


def drawn(units: int, steps: int, seed: int = 0) -> Potentials:
    """Potentials of BATCH sequences with masks of all kinds: in front, in the middle, behind, of everything."""
    random = np.random.default_rng([units, steps, seed])
    emissions, transitions, left, right = (
        random.normal(size=size).astype("float32")
        for size in ((BATCH, steps, units), (units, units), (units,), (units,))
    )
    mask = random.random((BATCH, steps)) > 0.35
    mask[0], mask[1] = True, False
    return Potentials(emissions, transitions, left, right, mask)


def tensors(paths: Potentials) -> Potentials:
    return Potentials(*map(keras.ops.convert_to_tensor, paths))


def array(x: Any) -> Any:
    return keras.ops.convert_to_numpy(x)


def scored(paths: Potentials, sample: int) -> Iterator[tuple[tuple[int, ...], float]]:
    """Every path over the steps of a sample that are there, and its score."""
    steps = np.flatnonzero(paths.mask[sample])
    for path in product(range(len(paths.left)), repeat=len(steps)):
        score = sum(float(paths.emissions[sample, t, tag]) for t, tag in zip(steps, path, strict=True))
        score += sum(float(paths.transitions[a, b]) for a, b in pairwise(path))
        yield path, score + float(paths.left[path[0]] + paths.right[path[-1]] if path else 0)


@pytest.mark.parametrize(("units", "steps"), [*product(UNITS, STEPS)])
def test_all_paths_one_by_one(units: int, steps: int) -> None:
    paths = drawn(units, steps)
    tags = np.random.default_rng(units).integers(0, units, (BATCH, steps)).astype("int32")
    total = array(crf.log_partition(tensors(paths)))
    likelihood = array(crf.log_likelihood(tensors(paths), keras.ops.convert_to_tensor(tags)))
    best = array(crf.best_path(tensors(paths)))
    for i in range(BATCH):
        found = dict(scored(paths, i))
        partition = np.logaddexp.reduce(list(found.values())) if paths.mask[i].any() else 0
        assert total[i] == pytest.approx(partition, abs=1e-4)
        given = found[tuple(tags[i][paths.mask[i]].tolist())]
        assert likelihood[i] == pytest.approx(given - partition, abs=1e-4)
        assert tuple(best[i][paths.mask[i]].tolist()) == max(found, key=lambda path: found[path])
        assert not best[i][~paths.mask[i]].any()


def test_the_probabilities_of_all_paths_sum_to_1() -> None:
    paths = tensors(drawn(3, 4, seed=1))._replace(mask=keras.ops.ones((BATCH, 4), "bool"))
    likely = [
        array(crf.log_likelihood(paths, keras.ops.convert_to_tensor([path] * BATCH, "int32")))
        for path in product(range(3), repeat=4)
    ]
    np.testing.assert_allclose(np.exp(likely).sum(0), 1, rtol=1e-4)


@pytest.mark.parametrize("absent", [0, 2, 4])
def test_a_masked_step_is_as_good_as_absent(absent: int) -> None:
    paths = drawn(4, 5)
    mask = np.ones((BATCH, 5), bool)
    mask[:, absent] = False
    masked = tensors(paths._replace(mask=mask))
    kept = [t for t in range(5) if t != absent]
    short = tensors(paths._replace(emissions=paths.emissions[:, kept], mask=mask[:, kept]))
    tags = np.random.default_rng(0).integers(0, 4, (BATCH, 5)).astype("int32")
    strange = np.where(mask, tags, -7).astype("int32")
    np.testing.assert_allclose(
        array(crf.log_likelihood(masked, keras.ops.convert_to_tensor(strange))),
        array(crf.log_likelihood(short, keras.ops.convert_to_tensor(tags[:, kept]))),
        rtol=1e-5,
    )
    np.testing.assert_array_equal(array(crf.best_path(masked))[:, kept], array(crf.best_path(short)))


def test_scores_of_any_size_are_finite() -> None:
    paths = drawn(3, 200)
    paths = paths._replace(emissions=paths.emissions * 1e4, transitions=paths.transitions * 1e4)
    tags = keras.ops.zeros((BATCH, 200), "int32")
    assert np.isfinite(array(crf.log_likelihood(tensors(paths), tags))).all()


def network(units: int = 3, behind: Any = None, **options: Any) -> Any:
    """Tokens 1 to 8, 0 is the padding, through a CRF named `tag`."""
    tokens = keras.Input((None,), dtype="int32")
    x = keras.layers.Embedding(9, 6, mask_zero=True, name="embedding")(tokens)
    tags = CRF(units, name="tag", **options)(x)
    return keras.Model(tokens, tags if behind is None else behind(tags))


def corpus() -> tuple[np.ndarray, np.ndarray]:
    """Sentences of 1 to 7 tokens; a tag is the token before, modulo 3: nothing that a step alone can know."""
    random = np.random.default_rng(0)
    tokens = random.integers(1, 9, (64, 7)).astype("int32")
    tokens[np.arange(7) >= random.integers(1, 8, (64, 1))] = 0
    return tokens, (tokens % 3).astype("int32")


TOKENS, TAGS = corpus()
REAL = TOKENS > 0


def compiled(model: Any, **options: Any) -> Any:
    model.compile(keras.optimizers.Adam(0.05), loss=CRFLoss(), metrics=[keras.metrics.Accuracy()], **options)
    return model


@pytest.mark.parametrize("how", [{}, {"jit_compile": False}, {"jit_compile": True}, {"run_eagerly": True}])
def test_trains_however_keras_runs_it(how: dict[str, Any]) -> None:
    model = compiled(network(), **how)
    history = model.fit(TOKENS, TAGS, batch_size=16, epochs=4, verbose=0).history
    assert history["loss"][-1] < 0.5 * history["loss"][0]
    predicted = model.predict(TOKENS, verbose=0)
    assert predicted.dtype == "int32"
    assert not predicted[~REAL].any()
    loss, accuracy = model.evaluate(TOKENS, TAGS, verbose=0)
    assert accuracy == pytest.approx((predicted == TAGS)[REAL].mean(), abs=1e-5)
    assert loss < history["loss"][0]


def test_the_loss_is_the_mean_of_the_sequences_and_weighs_them() -> None:
    model = compiled(network(use_boundary=False))
    embedded = model.get_layer("embedding")(TOKENS)
    paths = model.get_layer("tag").potentials(embedded, keras.ops.convert_to_tensor(REAL))
    each = -array(crf.log_likelihood(paths, keras.ops.convert_to_tensor(TAGS)))
    weights = np.random.default_rng(0).random(64).astype("float32")
    for labels, given, wanted in (
        (TAGS, None, each.mean()),
        (TAGS[..., None], None, each.mean()),
        (TAGS, weights, (each * weights).mean()),
    ):
        loss, _ = compiled(model).evaluate(TOKENS, labels, 64, sample_weight=given, verbose=0)
        assert loss == pytest.approx(wanted, rel=1e-4)


def test_the_gradient_is_that_of_finite_differences() -> None:
    """By way of one step of gradient descent, which every backend can do."""
    model = network(dtype="float64")
    layer = model.get_layer("tag")
    layer.transition.assign(np.random.default_rng(1).normal(size=(3, 3)))
    model.compile(keras.optimizers.SGD(1.0), loss=CRFLoss(dtype="float64"))
    before = [array(v).astype("float64") for v in layer.trainable_variables]

    def loss(number: int, place: tuple[int, ...], by: float) -> float:
        changed = before[number].copy()
        changed[place] += by
        paths = {v.name: value for v, value in zip(layer.trainable_variables, before, strict=True)}
        paths[layer.trainable_variables[number].name] = changed
        x = array(model.get_layer("embedding")(TOKENS)).astype("float64")
        emissions = x @ paths["kernel"] + paths["bias"]
        ends = paths["left_boundary"], paths["right_boundary"]
        made = Potentials(emissions, paths["transition"], *ends, REAL)
        return -float(array(crf.log_likelihood(tensors(made), keras.ops.convert_to_tensor(TAGS))).mean())

    wanted = [
        np.array([(loss(n, at, 1e-4) - loss(n, at, -1e-4)) / 2e-4 for at in np.ndindex(value.shape)])
        for n, value in enumerate(before)
    ]
    model.train_on_batch(TOKENS, TAGS)
    for value, variable, gradient in zip(before, layer.trainable_variables, wanted, strict=True):
        moved = value - array(variable)
        np.testing.assert_allclose(moved.ravel(), gradient, rtol=1e-3, atol=1e-5, err_msg=variable.name)


def test_several_outputs_with_other_losses() -> None:
    tokens = keras.Input((None,), dtype="int32")
    x = keras.layers.Embedding(9, 6, mask_zero=True)(tokens)
    outputs = {
        "first": CRF(3, name="first")(x),
        "kind": keras.layers.Dense(1, name="kind")(keras.layers.LSTM(2)(x)),
        "second": CRF(2, name="second")(x),
    }
    model: Any = keras.Model(tokens, outputs)
    losses = {"first": CRFLoss(), "kind": "mse", "second": CRFLoss()}
    weights = {"first": 0.5, "kind": 2.0, "second": 1.0}
    metrics = {"second": [keras.metrics.Accuracy()]}
    model.compile("adam", loss=losses, loss_weights=weights, metrics=metrics)
    y = {"first": TAGS, "kind": np.ones((64, 1)), "second": TAGS % 2}
    found = model.evaluate(TOKENS, y, batch_size=64, verbose=0, return_dict=True)
    parts = 0.5 * found["first_loss"] + 2 * found["kind_loss"] + found["second_loss"]
    assert found["loss"] == pytest.approx(parts, rel=1e-4)
    before = found["first_loss"], found["second_loss"]
    model.fit(TOKENS, y, epochs=8, batch_size=8, verbose=0)
    found = model.evaluate(TOKENS, y, verbose=0, return_dict=True)
    assert (found["first_loss"], found["second_loss"]) < before
    assert found["second_loss"] < before[1]


@pytest.mark.parametrize("policy", ["float16", "bfloat16", "mixed_float16", "mixed_bfloat16", "float64"])
def test_trains_under_any_policy(policy: str) -> None:
    model = compiled(network(dtype=policy))
    history = model.fit(TOKENS, TAGS, batch_size=16, epochs=4, verbose=0).history
    assert history["loss"][-1] < 0.7 * history["loss"][0]


def test_carries_its_scores_out_of_nested_models() -> None:
    tokens = keras.Input((None,), dtype="int32")
    named = keras.layers.Identity(name="named")(network()(tokens))
    history = compiled(keras.Model(tokens, named)).fit(TOKENS, TAGS, epochs=2, verbose=0).history
    assert history["loss"][1] < history["loss"][0]


DEEP = """
specc: 1
name: deep
inputs: {tokens: {shape: [time: T], dtype: int32}}
layers:
  - Embedding: {input_dim: 9, output_dim: 6}
  - repeat: 2
    layers: [{Dense: 6}]
  - crf: 3
    name: tag
  - repeat: 12
    name: level
    from: embedding
    layers: [{Dense: 6}]
outputs: [tag, level]
compile: {optimizer: adam, loss: {level: mse}, metrics: {tag: accuracy}}
"""


def test_stretches_of_a_deep_network_hand_the_scores_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(depth, "NESTED_ABOVE", 20)
    monkeypatch.setattr(depth, "STRETCH", 8)
    model = specc.build(DEEP, seed=1)
    owner = next(
        inner for inner in model.layers if "tag" in [layer.name for layer in getattr(inner, "layers", [])]
    )
    assert len(owner.outputs) == 2
    labels = {"tag": TAGS, "level": np.zeros((*TAGS.shape, 6))}
    history = model.fit(TOKENS, labels, epochs=2, verbose=0).history
    assert history["tag_loss"][-1] < history["tag_loss"][0]
    predicted = model.predict(TOKENS, verbose=0)["tag"]
    accuracy = model.evaluate(TOKENS, labels, verbose=0, return_dict=True)["tag_accuracy"]
    assert accuracy == pytest.approx((predicted == TAGS).mean(), abs=1e-5)


def test_a_loss_away_from_its_layer_says_so() -> None:
    model = compiled(network(behind=lambda tags: keras.ops.add(tags, 0)), run_eagerly=True)
    with pytest.raises(ValueError, match="an output that a CRF layer makes, and nothing behind it"):
        model.fit(TOKENS, TAGS, verbose=0)


@pytest.mark.parametrize(
    ("labels", "weights", "message"),
    [
        (TAGS, REAL.astype("float32"), r"weighs whole sequences: sample_weight is \(batch,\), not \(32, 7\)"),
        (np.eye(3)[TAGS], None, r"takes the numbers of tags, \(batch, time\), not \(32, 7, 3\)"),
    ],
)
def test_labels_and_weights_of_another_shape_are_refused(labels: Any, weights: Any, message: str) -> None:
    model = network()
    model.compile(loss=CRFLoss(), run_eagerly=True)
    with pytest.raises(ValueError, match=message):
        model.fit(TOKENS, labels, sample_weight=weights, verbose=0)


def test_there_is_at_least_one_tag() -> None:
    with pytest.raises(ValueError, match="`units`, the number of tags, must be a positive integer, not 0"):
        CRF(0)


def test_is_saved_and_loaded_with_all_that_it_was_given(tmp_path: Path) -> None:
    given = {
        "use_bias": False,
        "transition_initializer": "glorot_uniform",
        "boundary_regularizer": "l2",
        "kernel_constraint": "non_neg",
    }
    model = compiled(network(**given))
    model.fit(TOKENS, TAGS, verbose=0)
    model.save(tmp_path / "model.keras")
    again: Any = keras.saving.load_model(tmp_path / "model.keras")
    assert again.get_layer("tag").get_config() == model.get_layer("tag").get_config()
    np.testing.assert_array_equal(again.predict(TOKENS, verbose=0), model.predict(TOKENS, verbose=0))
    assert again.evaluate(TOKENS, TAGS, verbose=0) == pytest.approx(
        model.evaluate(TOKENS, TAGS, verbose=0), rel=1e-5
    )
    history = again.fit(TOKENS, TAGS, epochs=2, verbose=0).history
    assert history["loss"][1] < history["loss"][0]


def test_keras_says_what_to_import(tmp_path: Path) -> None:
    network().save(tmp_path / "model.keras")
    script = "import keras, sys\ntry:\n    keras.saving.load_model(sys.argv[1])\nexcept TypeError as error:\n"
    script += "    print(error)\nimport specc.layers\nkeras.saving.load_model(sys.argv[1])\nprint('loaded')"
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "model.keras")],
        env={**os.environ, "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    said, loaded = done.stdout.strip().rsplit("\n", 1)
    assert loaded == "loaded"
    assert "Could not locate class 'CRF'" in said
    assert "make sure they are all imported" in said
    assert "'module': 'specc.layers'" in said


def test_the_op_takes_what_the_layer_takes() -> None:
    parameters = inspect.signature(CRF.__init__).parameters.values()
    theirs = {p.name: p.default for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD and p.name != "self"}
    ours = {n: p.default for n, p in parameters_of(known("crf")).items() if n not in ("trainable", "dtype")}
    assert ours.pop("units") is REQUIRED
    assert theirs.pop("units") is inspect.Parameter.empty
    assert ours == theirs


def test_no_backend_is_named() -> None:
    text = inspect.getsource(crf)
    assert not any(word in text for word in ("tensorflow", "import tf", "import jax", "import torch"))
    assert specc.layers.__all__ == ["CRF", "CRFLoss"]
