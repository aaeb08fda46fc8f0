"""Every spec of the repository, end to end: checked, built, saved, loaded without specc, run, trained a step.

All that is run elsewhere is in this one file, so that `pytest -n … --dist loadfile` builds it once.
"""

from itertools import product
from pathlib import Path

import numpy as np
import pytest

from tests.systems.conftest import Seen
from tests.systems.models import SPECS, System

QUICK = [
    System("quadrant_digits"),
    System("quadrant_digits_channels_last"),
    System("quadrant_digits_channels_first"),
    System("quadrant_digits_plain"),
    System("two_images", variant="small"),
    System("tagger", sizes={"T": 5}),
    System("tagger_crf", sizes={"T": 5}, module="specc.layers"),
    System("word_vectors", sizes={"T": 6}),
    System("regression"),
    System("sequence_labels"),
    System("sequence_labels_time_distributed"),
    System("masked_sequence"),
    System("forecast_dense"),
    System("forecast_shared"),
    System("forecast_decoder"),
    System("next_frame", sizes={"T": 3}),
    System("next_frame_pooled"),
    System("next_frame_last", sizes={"T": 3}),
    System("same_person"),
    System("tabular"),
    System("transformer", variant="tiny", sizes={"T": 7}),
    System("unet", variant="tiny"),
]
SLOW = [
    System("two_images"),
    System("transformer", sizes={"T": 7}),
    System("unet"),
    System("resnet50"),
    System("mobilenet_v2"),
]
SYSTEMS = [*QUICK, *(pytest.param(system, marks=pytest.mark.slow) for system in SLOW)]


def test_all_specs_are_here():
    assert {system.spec for system in (*QUICK, *SLOW)} == {path.stem for path in SPECS.glob("*.yaml")}


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
def test_works_end_to_end(system: System, seen: Seen):
    report = system.check()
    assert [d for d in report.diagnostics if d.severity != "note"] == []
    facts, found = report.to_dict(), seen(system)
    ((name, output),) = facts["outputs"].items()
    assert found["output_names"] == [name]
    assert found["shape"] == system.real(output["shape"])
    assert found["dtype"] == output["dtype"]
    assert found["finite"]
    assert found["params"] == facts["totals"]["params"]
    assert found["trainable"] == facts["totals"]["trainable"]
    assert found["compiled"]
    assert np.isfinite(found["loss"])
    assert found["moved"] > 0


# What SYSTEMS names are the parameters of each layer that has some, in order, and those in all.
@pytest.mark.parametrize(
    ("system", "layers", "total"),
    [
        # S5: three LSTM(128), Dense(1)
        (System("regression"), [66560, 131584, 131584, 129], 329857),
        # S7: 78336 + 49408 + 264 parameters
        (System("masked_sequence"), [78336, 49408, 264], 128008),
        # S8b: 672 + 1200 + 456 + 70 = 2398 parameters
        (System("forecast_shared"), [672, 1200, 456, 70], 2398),
        # S9: 59200, 160, 115360, … 1081, in all 407001
        (
            System("next_frame", sizes={"T": 3}),
            [59200, 160, 115360, 160, 115360, 160, 115360, 160, 1081],
            407001,
        ),
        (
            System("next_frame_pooled"),
            [59200, 160, 115360, 160, 115360, 160, 115360, 160, 1081],
            407001,
        ),
    ],
    ids=lambda value: value.name if isinstance(value, System) else "",
)
def test_has_the_parameters_of_the_real_network(system: System, layers: list[int], total: int, seen: Seen):
    found = seen(system)
    assert [count for count in found["layers"].values() if count] == layers
    assert found["params"] == total
    assert [row.params for row in system.check().layers if row.params] == layers


def test_s9_trains_all_but_the_moving_statistics(seen: Seen):
    # S9: 407001 parameters, 406681 trainable
    assert seen(System("next_frame_pooled"))["trainable"] == 406681


@pytest.mark.parametrize(
    "spec", ["quadrant_digits", "quadrant_digits_channels_last", "quadrant_digits_plain"]
)
def test_s1_gives_4160_features_a_step_to_the_lstm(spec: str):
    # S1: per step 26·5·32 = 4160 features reach the LSTM
    rows = {row["op"]: row for row in System(spec).check().to_dict()["layers"]}
    assert rows["LSTM"]["inputs"] == [[None, 4, 4160]]
    assert [row["output"] for row in rows.values() if row["op"] == "MaxPooling2D"] == [[None, 4, 26, 5, 32]]


def test_s1_merges_as_many_where_channels_come_first():
    rows = {row["op"]: row for row in System("quadrant_digits_channels_first").check().to_dict()["layers"]}
    assert rows["MaxPooling2D"]["output"] == [None, 4, 32, 26, 5]
    assert rows["LSTM"]["inputs"] == [[None, 4, 4160]]


def test_s1_has_the_same_parameters_in_all_its_forms(seen: Seen):
    found = {s.name: seen(s)["params"] for s in QUICK if s.spec.startswith("quadrant_digits")}
    assert len(found) == 4
    # 320 + 9248 + 4·5·(4160 + 5 + 1) + 300 + 510
    assert set(found.values()) == {93698}


def test_s4_takes_its_vectors_from_the_file_and_leaves_them_as_they_are(seen: Seen, folder: Path):
    system = System("word_vectors", sizes={"T": 6})
    found = seen(system)
    vectors = np.load(SPECS / "word_vectors.npy")
    assert not vectors[0].any()
    kept = np.load(folder / f"{system.name}.frozen.npz")
    assert sorted(kept.files) == ["after/0", "before/0"]
    np.testing.assert_array_equal(kept["before/0"], vectors)
    np.testing.assert_array_equal(kept["after/0"], vectors)
    assert found["params"] - found["trainable"] == vectors.size


def test_s6_is_the_same_network_plain_and_time_distributed(seen: Seen):
    plain, wrapped = (seen(s) for s in QUICK if s.spec.startswith("sequence_labels"))
    assert plain["params"] == wrapped["params"]
    assert plain["shape"] == wrapped["shape"] == [2, 10, 1]


def test_s9_foretells_one_frame_in_three_ways(seen: Seen):
    shapes = [seen(s)["shape"] for s in QUICK if s.spec.startswith("next_frame")]
    assert shapes == [[2, 1, 64, 64, 1]] * 3


# S5: every loss and every optimizer of the list can be chosen by a parameter
LOSSES = [
    *("mse", "mae", "mape", "msle", "squared_hinge", "hinge", "categorical_hinge", "binary_crossentropy"),
    *("log_cosh", "categorical_crossentropy", "sparse_categorical_crossentropy", "kl_divergence"),
    *("poisson", "cosine_similarity"),
]
OPTIMIZERS = ["SGD", "RMSprop", "Adagrad", "Adadelta", "Adam", "Adamax", "Nadam"]


def regression(loss: str, optimizer: str) -> System:
    return System("regression", settings={"loss": loss, "optimizer": optimizer})


def test_s5_each_loss_goes_with_each_optimizer():
    for loss, optimizer in product(LOSSES, OPTIMIZERS):
        facts = regression(loss, optimizer).check().to_dict()
        assert facts["ok"], (loss, optimizer)
        sparse = loss == "sparse_categorical_crossentropy"
        wanted = {"shape": [None] if sparse else [None, 1], "dtype": "int32" if sparse else "float32"}
        assert facts["targets"] == {"next": wanted}


SAMPLE = [("mape", "SGD"), ("log_cosh", "Nadam"), ("sparse_categorical_crossentropy", "Adadelta")]
PAIRS = [
    pytest.param(regression(*pair), marks=[] if pair in SAMPLE else pytest.mark.slow)
    for pair in product(LOSSES, OPTIMIZERS)
]


@pytest.mark.parametrize("system", PAIRS, ids=lambda system: system.name)
def test_s5_builds_and_trains(system: System, seen: Seen):
    found = seen(system)
    assert found["compiled"]
    assert found["shape"] == [2, 1]
    assert np.isfinite(found["loss"])
    # one class alone is always right, and a cosine of numbers knows signs only: nothing to be learned from either
    learns = system.settings["loss"] not in (
        *("categorical_crossentropy", "sparse_categorical_crossentropy", "cosine_similarity"),
    )
    assert not learns or found["moved"] > 0
