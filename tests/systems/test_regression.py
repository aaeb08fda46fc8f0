"""S5: the loss and the optimizer of a network are parameters; each of the list goes with each."""

from itertools import product

import numpy as np
import pytest

from tests.systems.conftest import Seen
from tests.systems.models import System

LOSSES = [
    *("mse", "mae", "mape", "msle", "squared_hinge", "hinge", "categorical_hinge", "binary_crossentropy"),
    *("log_cosh", "categorical_crossentropy", "sparse_categorical_crossentropy", "kl_divergence"),
    *("poisson", "cosine_similarity"),
]
OPTIMIZERS = ["SGD", "RMSprop", "Adagrad", "Adadelta", "Adam", "Adamax", "Nadam"]


def chosen(loss: str, optimizer: str) -> System:
    return System("regression", settings={"loss": loss, "optimizer": optimizer})


def test_each_loss_goes_with_each_optimizer():
    for loss, optimizer in product(LOSSES, OPTIMIZERS):
        facts = chosen(loss, optimizer).check().to_dict()
        assert facts["ok"], (loss, optimizer)
        sparse = loss == "sparse_categorical_crossentropy"
        wanted = {"shape": [None] if sparse else [None, 1], "dtype": "int32" if sparse else "float32"}
        assert facts["targets"] == {"next": wanted}


SAMPLE = [("mape", "SGD"), ("log_cosh", "Nadam"), ("sparse_categorical_crossentropy", "Adadelta")]
PAIRS = [
    pytest.param(chosen(*pair), marks=[] if pair in SAMPLE else pytest.mark.slow)
    for pair in product(LOSSES, OPTIMIZERS)
]


@pytest.mark.parametrize("system", PAIRS, ids=lambda system: system.name)
def test_builds_and_trains(system: System, seen: Seen):
    found = seen(system)
    assert found["compiled"]
    assert found["shape"] == [2, 1]
    assert np.isfinite(found["loss"])
    # one class alone is always right, and a cosine of numbers knows signs only: nothing to be learned from either
    learns = system.settings["loss"] not in (
        *("categorical_crossentropy", "sparse_categorical_crossentropy", "cosine_similarity"),
    )
    assert not learns or found["moved"] > 0
