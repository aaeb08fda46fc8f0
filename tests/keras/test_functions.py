"""Functions of keras.ops in a model: they compute what NumPy does, under the names of a spec, and load again."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import specc

X: Any = np.random.default_rng(0).normal(size=(2, 4, 4)).astype("float32")


def build(layers: str, inputs: str = "{x: [4, 4]}", more: str = "") -> Any:
    text = f"specc: 1\nname: net\n{more}\ninputs: {inputs}\nlayers: {layers}\n"
    return specc.build(text)


def made(layers: str, *arrays: Any, **options: str) -> Any:
    model = build(layers, **options)
    several = [*arrays]
    return np.asarray(model(several if len(several) > 1 else several[0]))


@pytest.mark.parametrize(
    ("layers", "wanted"),
    [
        ("[ops.subtract: 1.5]", X - 1.5),
        ("[ops.subtract: {x1: 1.5}]", 1.5 - X),
        ("[ops.add: [1, 2, 3, 4]]", X + np.array([1, 2, 3, 4])),
        ("[ops.add: [[1], [2], [3], [4]]]", X + np.array([[1], [2], [3], [4]])),
        ("[ops.add: {x1: [[1], [2], [3], [4]]}]", X + np.array([[1], [2], [3], [4]])),
        ("[ops.add: [[[1], [2], [3], [4]]]]", X + np.array([[[1], [2], [3], [4]]])),
        ("[ops.hypot: 2]", np.hypot(X, 2)),
        ("[{ops.where: {x2: 0}, from: {condition: x, x1: x}}]", X),
        ("[{ops.greater: 0, name: m}, {ops.where: {x2: 0}, from: [m, x]}]", np.maximum(X, 0)),
        ("[ops.mean: {axis: [1, 2]}]", X.mean((1, 2))),
        ("[ops.norm: {ord: 1, axis: -1}]", np.abs(X).sum(-1)),
        ("[ops.quantile: {q: 0.25, axis: 1}]", np.quantile(X, 0.25, axis=1)),
        ("[ops.average: {axis: 1, weights: [1, 2, 3, 4]}]", np.average(X, axis=1, weights=[1, 2, 3, 4])),
        ("[ops.isin: [0.0, 1.0]]", np.isin(X, [0.0, 1.0])),
        ("[ops.layer_normalization: {beta: [1, 2, 3, 4]}, ops.mean: 1, ops.mean: -1]", np.full(2, 2.5)),
    ],
)
def test_a_function_computes_what_numpy_does(layers: str, wanted: Any) -> None:
    found = made(layers, X)
    assert found.shape == wanted.shape
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)


def test_operands_are_read_in_the_order_of_their_names() -> None:
    found = made("[{ops.subtract: {}, from: {x2: y, x1: x}}]", X, 2 * X, inputs="{x: [4, 4], y: [4, 4]}")
    np.testing.assert_allclose(found, -X)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64"])
def test_constants_take_the_dtype_of_values(dtype: str) -> None:
    model = build("[ops.multiply: 2.5, ops.logaddexp: 1]", f"{{x: {{shape: [4, 4], dtype: {dtype}}}}}")
    assert keras.backend.standardize_dtype(model(keras.ops.cast(X, dtype)).dtype) == dtype


def test_a_function_has_the_name_of_its_value() -> None:
    model = build(
        "[{Dense: 4, name: a}, {ops.max: -1, name: b}, ops.relu, {ops.add: [1, 2, 3, 4], name: total}]",
        more="outputs: [a, b, total]",
    )
    assert sorted(model.output) == ["a", "b", "total"]
    assert [operation.name for operation in model.operations] == ["x", "a", "b", "relu", "total"]


def test_a_function_is_used_again_and_within_steps() -> None:
    layers = "[{ops.divide: 2.0, name: half}, {reuse: half}, {map: {over: 1, layers: [ops.max: {axis: -1}]}}]"
    np.testing.assert_allclose(made(layers, X), (X / 4).max(-1), rtol=1e-6)


def test_results_are_told_apart() -> None:
    layers = "[{ops.moments: {axes: [1]}, as: [mean, variance]}, {ops.subtract: {}, from: [mean, variance]}]"
    np.testing.assert_allclose(made(layers, X), X.mean(1) - X.var(1), rtol=1e-4, atol=1e-6)


def test_a_model_with_functions_loads(tmp_path: Path) -> None:
    model = build(
        "[{ops.mean: {axis: 1, keepdims: true}, name: m}, {ops.subtract: {}, from: [x, m]}, ops.add: [1, 2, 3, 4],"
        " ops.clip: {x_min: -1, x_max: 2.5}, {ops.where: {x2: [[0.5]]}, from: {condition: x, x1: _}}, ops.softmax]"
    )
    model.save(tmp_path / "m.keras")
    loaded: Any = keras.models.load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(np.asarray(loaded(X)), np.asarray(model(X)))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64"])
@pytest.mark.parametrize(
    "first", ["ops.reciprocal", "ops.logsumexp: {axis: 1, keepdims: true}", "ops.normalize"]
)
def test_what_keras_announces_wrongly_is_built_upon(dtype: str, first: str) -> None:
    model = build(f"[{first}, ops.add: 1.0, Dense: 3]", f"{{x: {{shape: [4], dtype: {dtype}}}}}")
    assert model(keras.ops.ones((2, 4), dtype)).shape == (2, 3)
