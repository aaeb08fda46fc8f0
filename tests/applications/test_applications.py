"""A few networks of `keras.applications`, imported, built and emitted again; `make applications` takes all of them."""

from pathlib import Path

import pytest

import specc
from tests.applications.compare import Difference, batch, same
from tests.applications.harness import make, there_and_back, tidy

SMALL = ["MobileNetV2", "EfficientNetB0", "ResNet50", "NASNetMobile", "MobileNetV3Small"]
OF_THEIR_OWN = ["ConvNeXtTiny"]
"""Those with layers that are not public in Keras."""


@pytest.mark.parametrize("name", [*SMALL, *OF_THEIR_OWN])
def test_comes_back_the_same(name: str, tmp_path: Path):
    tidy()
    there_and_back(make(name), tmp_path, allow_custom=name in OF_THEIR_OWN)


def test_without_the_weights_it_is_another(tmp_path: Path):
    tidy()
    model = make("MobileNetV2")
    there_and_back(model, tmp_path)
    with pytest.raises(Difference, match="apart"):
        same(model, specc.build(tmp_path / "model.yaml"), batch(model, size=2))
