"""Layers for images train, predict, and are loaded again in plain Keras; what they draw is seen in training alone."""

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import specc
from specc.ops import catalog, registry
from specc.ops.declare import Op

NAMES = [
    name for family in catalog.FAMILIES if family.startswith("image_") for name in catalog.FAMILIES[family]
]


def built(tmp_path: Path, sizes: list[Any], *layers: Any, dtype: str = "float32") -> Any:
    """The model of these layers, loaded from its file."""
    spec = {
        "specc": 1,
        "name": "images",
        "inputs": {"x": {"shape": sizes, "dtype": dtype}},
        "layers": list(layers),
    }
    path = tmp_path / "images.json"
    path.write_text(json.dumps(spec))
    model: Any = specc.build(path)
    model.save(tmp_path / "images.keras")
    return keras.models.load_model(tmp_path / "images.keras")


@pytest.mark.parametrize("name", NAMES)
def test_a_loaded_layer_trains_on_whole_numbers(tmp_path: Path, name: str) -> None:
    cls = registry.find(name) or Op
    arguments = cls.examples[0].arguments
    model = built(
        tmp_path, [9, 8, 3], {name: arguments}, "GlobalAveragePooling2D", {"Dense": 1}, dtype="uint8"
    )
    model.compile("sgd", "mse")
    x = np.random.default_rng(0).integers(0, 255, (4, 9, 8, 3)).astype("uint8")
    model.train_on_batch(x, np.zeros((4, 1)))
    assert model.predict(x, verbose=0).shape == (4, 1)


@pytest.mark.parametrize(
    "layer", [{"RandomBrightness": [1, 1]}, {"Pipeline": [{"RandomBrightness": [1, 1]}]}]
)
def test_what_is_drawn_is_seen_in_training_alone(tmp_path: Path, layer: dict[str, Any]) -> None:
    model = built(tmp_path, [4, 4, 1], layer)
    x = np.zeros((2, 4, 4, 1), "float32")
    assert np.max(model(x, training=True)) == 255
    assert np.max(model.predict(x, verbose=0)) == 0


def test_every_step_of_a_video_has_a_draw_of_its_own(tmp_path: Path) -> None:
    model = built(
        tmp_path, [{"time": 64}, {"height": 2}, {"width": 2}, {"channel": 1}], {"RandomBrightness": 0.5}
    )
    y = np.asarray(model(np.full((1, 64, 2, 2, 1), 128, "float32"), training=True))
    assert len(np.unique(y[0, :, 0, 0, 0])) > 60
    assert np.all(y[0, :, 0, 0] == y[0, :, 1, 1])


def test_a_crop_in_the_middle_cuts_what_a_crop_at_random_leaves(tmp_path: Path) -> None:
    """Out of training a crop at random leaves images as they are."""
    layers = (
        {"RandomCrop": {"height": 3, "width": 2}},
        {"CenterCrop": {"height": 3, "width": 2}},
        "Flatten",
        {"Dense": 1},
    )
    model = built(tmp_path, [5, 6, 1], *layers)
    x = np.random.default_rng(0).normal(size=(2, 5, 6, 1)).astype("float32")
    middle = x[:, 1:4, 2:4]
    kernel, bias = model.layers[-1].get_weights()
    expected = middle.reshape(2, -1) @ kernel + bias
    np.testing.assert_allclose(model.predict(x, verbose=0), expected, rtol=1e-5, atol=1e-6)
    assert model(x, training=True).shape == (2, 1)


def test_an_equalization_spreads_tones_in_training(tmp_path: Path) -> None:
    model = built(tmp_path, [4, 4, 1], "Equalization")
    x = np.arange(16, dtype="float32").reshape(1, 4, 4, 1)
    np.testing.assert_array_equal(model.predict(x, verbose=0), x)
    np.testing.assert_array_equal(np.asarray(model(x, training=True)), x * 17)
