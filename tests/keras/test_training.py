"""A checked `compile` section becomes Keras's."""

from typing import Any

import keras
import numpy as np
import pytest

from specc.backends.keras.build import build_model
from specc.passes.training.compile import Compile
from tests.keras.network import Network, make

X = np.random.default_rng(0).normal(size=(8, 4)).astype("float32")
Y = np.eye(3, dtype="float32")[np.arange(8) % 3]


def training(optimizer: Any, loss: dict[str, Any], **parts: Any) -> Compile:
    given = {"loss_weights": {}, "metrics": {}, "weighted_metrics": {}, "options": {}}
    return Compile(optimizer=optimizer, loss=loss, **{**given, **parts})


def compiled(section: Compile, *names: str) -> Any:
    network = Network()
    x = network.input("x", 4)
    dense = make("Dense", {"units": 3, "activation": "softmax"})
    outputs = {name: network.add(dense, x, name=name) for name in names}
    outcome = build_model(network.explicit(**outputs), network.weights, section, seed=1)
    assert outcome.diagnostics == []
    return outcome.model


def test_an_optimizer_with_a_schedule() -> None:
    decay = {"initial_learning_rate": 0.5, "decay_steps": 10, "decay_rate": 0.9}
    schedule = {"module": "keras.optimizers.schedules", "class_name": "ExponentialDecay", "config": decay}
    optimizer = {"class_name": "SGD", "config": {"learning_rate": schedule, "momentum": 0.9}}
    model = compiled(
        training(optimizer, {"digit": "categorical_crossentropy"}, metrics={"digit": ["accuracy"]}), "digit"
    )
    assert isinstance(model.optimizer, keras.optimizers.SGD)
    assert model.optimizer.momentum == 0.9
    assert float(model.optimizer.learning_rate) == pytest.approx(0.5)
    history = model.fit(X, Y, epochs=2, verbose=0).history
    assert set(history) == {"loss", "accuracy"}
    assert history["loss"][1] < history["loss"][0]


def test_what_is_given_by_output_stands_alone_with_one_output() -> None:
    loss = {"digit": {"class_name": "CategoricalCrossentropy", "config": {"label_smoothing": 0.1}}}
    model = compiled(
        training("adam", loss, loss_weights={"digit": 2.0}, metrics={"digit": ["accuracy"]}), "digit"
    )
    assert model.fit(X, Y, verbose=0).history.keys() == {"loss", "accuracy"}
    assert model.evaluate(X, Y, verbose=0, return_dict=True).keys() == {"loss", "accuracy"}


def test_several_outputs() -> None:
    loss = {"a": "categorical_crossentropy", "b": {"class_name": "Huber", "config": {"delta": 0.5}}}
    model = compiled(training("adam", loss, loss_weights={"b": 0.5}, metrics={"a": ["accuracy"]}), "a", "b")
    history = model.fit(X, {"a": Y, "b": Y}, verbose=0).history
    assert {"loss", "a_loss", "b_loss", "a_accuracy"} <= history.keys()


def test_an_output_without_a_loss() -> None:
    options = {"run_eagerly": True, "steps_per_execution": 2}
    model = compiled(training("sgd", {"b": "mse"}, options=options), "a", "b")
    assert model.run_eagerly
    wanted = np.mean((np.asarray(model(X)["b"]) - Y) ** 2)
    assert model.evaluate(X, {"b": Y}, verbose=0) == pytest.approx(wanted, rel=1e-4)


def test_what_keras_does_not_compile_is_a_diagnostic() -> None:
    network = Network()
    y = network.add(make("Dense", {"units": 3}), network.input("x", 4), name="dense")
    section = training({"class_name": "SGD", "config": {"speed": 1}}, {"y": "mse"})
    outcome = build_model(network.explicit(y=y), network.weights, section)
    assert outcome.model is None
    assert [d.code for d in outcome.diagnostics] == ["E503"]
