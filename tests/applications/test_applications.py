"""A few networks of `keras.applications`, imported, built and emitted again; `make applications` takes all of them."""

from pathlib import Path

import keras
import pytest

import specc
from tests.applications.compare import Difference, batch, same
from tests.applications.harness import make, there_and_back, tidy

SMALL = ["MobileNetV2", "MobileNetV3Small", "ResNet50"]
OF_THEIR_OWN = ["ConvNeXtTiny"]
"""Those with layers that are not public in Keras."""


@pytest.mark.parametrize("name", [*SMALL, *OF_THEIR_OWN])
def test_comes_back_the_same(name: str, tmp_path: Path):
    tidy()
    there_and_back(make(name), tmp_path, allow_custom=name in OF_THEIR_OWN)


def test_without_the_weights_it_is_another(tmp_path: Path):
    image = keras.Input((8, 8, 3))
    model = keras.Model(image, keras.layers.Dense(4)(keras.layers.Conv2D(4, 3)(image)), name="small")
    there_and_back(model, tmp_path)
    with pytest.raises(Difference, match="apart"):
        same(model, specc.build(tmp_path / "model.yaml"), batch(model, size=2))
