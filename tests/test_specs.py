"""The specs of the repository: each checks without a warning, and its numbers are those of the real network."""

import re
from pathlib import Path

import pytest

from specc.pipeline import check_text
from specc.report import Report

FOLDER = Path(__file__).parent.parent / "specs"
SPECS = sorted(FOLDER.glob("*.yaml"))
LOSSES = [
    "mse",
    "mae",
    "mape",
    "msle",
    "squared_hinge",
    "hinge",
    "categorical_hinge",
    "binary_crossentropy",
    "log_cosh",
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
    "kl_divergence",
    "poisson",
    "cosine_similarity",
]
OPTIMIZERS = ["SGD", "RMSprop", "Adagrad", "Adadelta", "Adam", "Adamax", "Nadam"]


def checked(name: str, **settings: object) -> Report:
    path = FOLDER / f"{name}.yaml"
    return check_text(path.read_text(encoding="utf-8"), str(path), settings)


def codes(report: Report) -> set[str]:
    return {diagnostic.code for diagnostic in report.diagnostics}


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_checks_without_warnings(path: Path):
    report = checked(path.stem)
    assert report.to_dict()["ok"]
    assert [d.message for d in report.diagnostics if d.severity != "note"] == []


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_begins_with_its_schema_and_says_what_it_is(path: Path):
    text = path.read_text(encoding="utf-8")
    assert re.match(
        r"# yaml-language-server: \$schema=\.\./schemas/specc-1\.schema\.json\n# \S.*\n(# .*\n)*specc: 1\n",
        text,
    )
    assert f"name: {path.stem}\n" in text


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("quadrant_digits", 93698),
        ("quadrant_digits_channels_last", 93698),
        ("quadrant_digits_channels_first", 93698),
        ("quadrant_digits_plain", 93698),
        ("masked_sequence", 128008),
        ("forecast_shared", 2398),
        ("next_frame", 407001),
        ("next_frame_pooled", 407001),
        ("resnet50", 25636712),
        ("mobilenet_v2", 3538984),
    ],
)
def test_has_as_many_parameters_as_the_real_network(name: str, params: int):
    assert checked(name).to_dict()["totals"]["params"] == params


def test_masked_sequence_layer_by_layer():
    rows = checked("masked_sequence").to_dict()["layers"]
    assert [row["params"] for row in rows] == [0, 78336, 49408, 264, 0]
    assert [row["masked"] for row in rows] == [["time"]] * 5


def test_forecast_shared_layer_by_layer():
    rows = checked("forecast_shared").to_dict()["layers"]
    assert [row["params"] for row in rows if row["params"]] == [672, 1200, 456, 70]


def test_next_frame_layer_by_layer():
    facts = checked("next_frame").to_dict()
    counts = [row["params"] for row in facts["layers"] if row["params"]]
    assert counts == [59200, 160, 115360, 160, 115360, 160, 115360, 160, 1081]
    assert facts["totals"]["trainable"] == 406681


def test_quadrant_digits_give_4160_features_a_step():
    facts = checked("quadrant_digits").to_dict()
    lstm = next(row for row in facts["layers"] if row["op"] == "LSTM")
    assert lstm["inputs"] == [[None, 4, 4160]]
    assert codes(checked("quadrant_digits")) == {"N700", "N701", "N702"}
    assert codes(checked("quadrant_digits_channels_last")) == {"N700", "N702"}


@pytest.mark.parametrize("loss", LOSSES)
def test_regression_takes_any_loss(loss: str):
    report = checked("regression", loss=loss)
    assert report.to_dict()["ok"]
    assert ("W603" in codes(report)) == (loss in UNFIT)


# One unit without an activation is no distribution over classes, no probability, no class of -1 or 1.
UNFIT = (
    *("categorical_hinge", "binary_crossentropy", "categorical_crossentropy"),
    *("sparse_categorical_crossentropy", "kl_divergence"),
)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_regression_takes_any_optimizer(optimizer: str):
    assert codes(checked("regression", optimizer=optimizer)) == set()


def test_regression_takes_no_other_loss():
    assert codes(checked("regression", loss="mean")) == {"E112"}


def test_two_images_share_their_encoder_at_any_size():
    facts = checked("two_images", size=64, wide=256).to_dict()
    assert facts["ok"]
    dense = [row["params"] for row in facts["layers"] if row["op"] == "Dense"]
    assert dense == [(2 * 2 * 256 + 1) * 256, (256 + 1) * 256, (256 + 1) * 3]
