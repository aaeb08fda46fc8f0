"""The systems of `specs/`: built, imported from what was built, and built again with the same weights."""

from pathlib import Path

import pytest

import specc
from specc.importing.model import import_model
from tests.applications.compare import batch, outputs, randomize

SPECS = sorted((Path(__file__).parents[2] / "specs").glob("*.yaml"))
LARGE = ("mobilenet_v2", "resnet50", "unet", "two_images")
PARAMETERS = [pytest.param(s, id=s.stem, marks=[pytest.mark.slow] * (s.stem in LARGE)) for s in SPECS]


@pytest.mark.parametrize("path", PARAMETERS)
def test_comes_back(path: Path, tmp_path: Path):
    built = specc.build(path, seed=1)
    randomize(built)
    built.save(tmp_path / "model.keras")
    imported = import_model(str(tmp_path / "model.keras"))
    assert imported.text is not None, [d.message for d in imported.diagnostics]
    assert not imported.diagnostics
    again = specc.build(imported.text, strict=True, weights=tmp_path / "model.keras")
    assert again.count_params() == built.count_params()
    x = batch(built, most=1, size=2, unknown=6)
    for a, b in zip(outputs(built, x), outputs(again, x), strict=True):
        assert abs(a - b).max() <= 1e-5 * abs(a).max()


def test_steps_become_a_map(tmp_path: Path):
    specc.build(SPECS[0].parent / "quadrant_digits.yaml", tmp_path / "model.keras")
    imported = import_model(str(tmp_path / "model.keras"))
    assert imported.text is not None
    assert "- map:" in imported.text
    assert "reshape" not in imported.text.replace("lstm.reshape", "").lower().replace(
        "reshape: [4, 4160]", ""
    )
