"""From one spec, folded or wrapped in TimeDistributed, and from a spec of unknown length: the same function."""

from typing import Any

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import specc
from specc.backends.keras.weights import layers_of

STEP = (6, 5, 2)
LAYERS = {
    "Conv2D: {filters: 3, kernel_size: 2, activation: relu}": 3,
    "Conv2DTranspose: {filters: 2, kernel_size: 2, strides: 2}": 3,
    "SeparableConv2D: {filters: 3, kernel_size: 2}": 3,
    "MaxPooling2D: {pool_size: 2, padding: same}": 3,
    "ZeroPadding2D: 1": 3,
    "BatchNormalization": 3,
    "Dropout: 0.5": 3,
    "Dense: 4": 3,
}
HEADS = ["GlobalAveragePooling2D", "Flatten: {keep: [time]}", "LSTM: 3"]


def built(layers: list[str], steps: object, distribute: str) -> Any:
    items = "\n".join(f"  - {layer}\n    name: layer_{i}" for i, layer in enumerate(layers))
    items = items.replace("  - BatchNormalization\n", "  - BatchNormalization:\n").replace(
        "ing2D\n", "ing2D:\n"
    )
    height, width, channel = STEP
    return specc.build(
        f"specc: 1\nname: net\ndistribute: {distribute}\ninputs:\n"
        f"  x: [time: {steps}, height: {height}, width: {width}, channel: {channel}]\nlayers:\n{items}\n",
        seed=1,
    )


def copy_weights(source: Any, target: Any) -> None:
    """By the paths of layers; where the last one is folded, its unfold has the path and it a longer one."""
    sources = {name.partition(".")[0]: layer for name, layer in layers_of(source).items() if layer.weights}
    for name, layer in layers_of(target).items():
        if layer.weights:
            layer.set_weights(sources[name.partition(".")[0]].get_weights())


def array(batch: int, steps: int) -> np.ndarray:
    return np.random.default_rng(batch * 100 + steps).normal(size=(batch, steps, *STEP)).astype("float32")


def equal(a: Any, b: Any) -> None:
    np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=1e-4, atol=1e-5)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(sorted(LAYERS)), min_size=1, max_size=3), st.sampled_from(HEADS))
def test_folded_wrapped_and_of_unknown_length_are_one_function(layers: list[str], head: str) -> None:
    chain = [*layers, head]
    folded, wrapped = built(chain, 4, "fold"), built(chain, 4, "time_distributed")
    free = built(chain, "null", "fold")
    assert (
        any(isinstance(layer, keras.layers.TimeDistributed) for layer in wrapped.layers) or head == HEADS[1]
    )
    assert not any(isinstance(layer, keras.layers.TimeDistributed) for layer in folded.layers)
    copy_weights(folded, wrapped)
    copy_weights(folded, free)
    x = array(3, 4)
    y = folded(x)
    equal(wrapped(x), y)
    equal(free(x), y)


@pytest.mark.parametrize("batch", [1, 2, 5])
@pytest.mark.parametrize("steps", [1, 3, 7])
def test_an_unknown_length_is_a_loop_over_the_steps(batch: int, steps: int, convolution: Any) -> None:
    model, layers = convolution
    x = array(batch, steps)
    wanted = []
    for i in range(steps):
        y = x[:, i]
        for layer in layers:
            y = layer(y)
        wanted.append(np.asarray(y))
    equal(model(x), np.stack(wanted, 1))


@pytest.fixture(scope="module")
def convolution() -> Any:
    chain = [next(iter(LAYERS)), "MaxPooling2D: 2", "GlobalAveragePooling2D"]
    model = built(chain, "null", "fold")
    layers = layers_of(model)
    layers["layer_2"] = layers["layer_2.globalaveragepooling2d"]  # the unfold, the output, has the name
    return model, [layers[f"layer_{i}"] for i in range(len(chain))]


def test_a_training_step_is_the_same() -> None:
    chain = [next(iter(LAYERS)), "MaxPooling2D: 2", "LSTM: 3"]
    models = [built(chain, 4, "fold"), built(chain, 4, "time_distributed"), built(chain, "null", "fold")]
    x, y = array(6, 4), np.random.default_rng(0).normal(size=(6, 3))
    for model in models[1:]:
        copy_weights(models[0], model)
    for model in models:
        model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse")
        model.train_on_batch(x, y)
    for model in models[1:]:
        equal(model(x), models[0](x))
    assert models[0].count_params() == models[1].count_params() == models[2].count_params()
