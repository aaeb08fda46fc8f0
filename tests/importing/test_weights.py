# pyright: reportAttributeAccessIssue=false, reportMissingImports=false
"""Weights from a file, layer by layer: what is carried over, what is not, and what is said of it."""

import warnings
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers as L

import specc
from specc.pipeline import Options, check_source
from specc.source import Source

HEAD = "specc: 1\nname: m\ninputs: {x: [4]}\nlayers:\n"


def built(layers: str, weights: Path | None = None, **options: Any) -> tuple[Any, list[tuple[str, str]]]:
    """The model of some layers, and what was found that is no error."""
    from specc.building import build_checked

    checked = check_source(Source("<string>", HEAD + layers), Options())
    made = build_checked(checked, weights=weights, **options)
    return made, [(d.code, d.message) for d in checked.report.diagnostics]


@pytest.fixture
def source(tmp_path: Path) -> tuple[Any, Path]:
    x = keras.Input((4,), name="x")
    y = L.Dense(3, name="one", bias_initializer="random_normal")(x)
    y = L.Dense(3, name="two", bias_initializer="random_normal")(y)
    model = keras.Model(x, L.Dense(2, name="three")(y))
    model.save(tmp_path / "m.keras")
    return model, tmp_path / "m.keras"


def test_a_new_last_layer_keeps_its_own(source: tuple[Any, Path]):
    model, path = source
    made, found = built(
        "  - {Dense: 3, name: one}\n  - {Dense: 3, name: two}\n  - {Dense: 5, name: last}\n", path
    )
    for name in ("one", "two"):
        for mine, theirs in zip(made.get_layer(name).weights, model.get_layer(name).weights, strict=True):
            assert np.array_equal(mine, theirs)
    codes = [code for code, _ in found]
    assert codes == ["N708", "W607", "W607"]
    messages = [message for _, message in found]
    assert messages[0] == f"2 of 3 layers with weights have those of `{path}`"
    assert "`last`, which keeps its initial ones" in messages[1]
    assert "no layer takes the weights of `three`" in messages[2]


def test_other_shapes_are_not_forced(source: tuple[Any, Path]):
    _, path = source
    _, found = built("  - {Dense: 3, name: one}\n  - {Dense: 7, name: two}\n", path)
    assert (
        "W607",
        "`two` keeps its initial weights: it holds (3, 7), (7), and in the file (3, 3), (3)",
    ) in found


def test_where_nothing_fits_nothing_is_built(source: tuple[Any, Path]):
    with pytest.raises(specc.SpecError, match="E507: no layer has a namesake"):
        built("  - {Dense: 3, name: other}\n", source[1])


def test_a_file_that_is_no_model(tmp_path: Path):
    (tmp_path / "m.keras").write_bytes(b"no archive")
    with pytest.raises(specc.SpecError, match="E504"):
        built("  - {Dense: 3, name: one}\n", tmp_path / "m.keras")


def test_a_stranger_s_class_is_not_imported(source: tuple[Any, Path], tmp_path: Path):
    import sys
    import zipfile

    (tmp_path / "evil_weights.py").write_text("raise SystemExit('imported')\n")
    path = tmp_path / "evil.keras"
    with zipfile.ZipFile(source[1]) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "config.json":
                own = b'"module": "keras.layers", "class_name": "Dense"'
                assert own in data
                data = data.replace(own, own.replace(b"keras.layers", b"evil_weights"))
            new.writestr(name, data)
    sys.path.insert(0, str(tmp_path))
    try:
        with pytest.raises(specc.SpecError, match="which is not Keras's own"):
            built("  - {Dense: 3, name: one}\n", path)
    finally:
        sys.path.remove(str(tmp_path))
    assert "evil_weights" not in sys.modules


def test_a_lambda_is_refused_by_keras(tmp_path: Path):
    x = keras.Input((4,))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        keras.Model(x, L.Dense(3, name="one")(L.Lambda(lambda x: x + 1)(x))).save(tmp_path / "m.keras")
    with pytest.raises(specc.SpecError, match="E504: Keras does not load"):
        built("  - {Dense: 3, name: one}\n", tmp_path / "m.keras")


def test_layers_behind_reshaped_outputs_are_found_by_their_paths(tmp_path: Path):
    text = "  - Dense: {units: [time: 2, feature: 3]}\n    name: future\noutputs: [future]\n"
    first, _ = built(text, out=tmp_path / "m.keras")
    again, found = built(text, tmp_path / "m.keras")
    assert found[0][0] == "N708"
    assert len(found) == 1
    for a, b in zip(first.weights, again.weights, strict=True):
        assert np.array_equal(a, b)


def test_a_model_without_weights_needs_none(tmp_path: Path):
    built("  - Flatten\n", out=tmp_path / "m.keras")
    assert built("  - Flatten\n", tmp_path / "m.keras")[1] == []
