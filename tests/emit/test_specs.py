"""Emitted code of the specs of the repository: it is what a build is, without specc."""

import json
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from specc.backends.keras.build import build_model
from specc.pipeline import check_file, explicit
from specc.report import Checked
from tests.emit.alike import differences
from tests.emit.programs import hold_format, program, run_all

FOLDER = Path(__file__).parents[2] / "specs"
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
OWN = ("tagger_crf",)
"""Models with layers of specc's own."""

FAST = ("forecast_shared", "next_frame_last", "quadrant_digits", "resnet50", "tagger_crf", "word_vectors")
"""A map, a fold over an unknown length, a fold, blocks in loops, the layer of specc's own, vectors from a file."""

GROUPS = {"fast": FAST, "slow": tuple(name for name in NAMES if name not in FAST)}
CASES = [
    pytest.param(group, name, marks=[pytest.mark.slow] if group == "slow" else [], id=name)
    for group, names in GROUPS.items()
    for name in names
]


@pytest.fixture(scope="module")
def checked() -> dict[str, Checked]:
    return {name: check_file(str(FOLDER / f"{name}.yaml")) for name in NAMES}


@pytest.fixture(scope="module")
def programs(checked: dict[str, Checked]) -> dict[str, str]:
    return {name: program(explicit(each), each.training) for name, each in checked.items()}


Made = tuple[Path, dict[str, Any]]
"""A folder with the models that programs have saved, and facts by name."""


@pytest.fixture(scope="module")
def made(programs: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Made]:
    """What the programs of a group of specs make; each group runs once."""

    @cache
    def run(group: str) -> Made:
        chosen = {name: programs[name] for name in GROUPS[group]}
        folder = tmp_path_factory.mktemp("emitted")
        for path in FOLDER.glob("*.npy"):
            (folder / path.name).write_bytes(path.read_bytes())
        alone = {name: text for name, text in chosen.items() if name not in OWN}
        facts = run_all(alone, folder)
        own = tmp_path_factory.mktemp("own")
        ours = {name: text for name, text in chosen.items() if name in OWN}
        others = run_all(ours, own, alone=False) if ours else {}
        for name in others:
            (own / f"{name}.keras").rename(folder / f"{name}.keras")
        return folder, facts | others

    return run


def built(checked: Checked) -> Any:
    assert checked.report.typed is not None
    typed = checked.report.typed
    weights = dict(zip((layer.name for layer in typed.graph.layers), typed.weights, strict=True))
    return build_model(explicit(checked), weights, checked.training, seed=1).model


@pytest.mark.parametrize(("group", "name"), CASES)
def test_emitted_code_builds_the_same(
    group: str, name: str, checked: dict[str, Checked], made: Callable[[str], Made]
) -> None:
    folder, facts = made(group)
    model = built(checked[name])
    config = json.loads(json.dumps(model.get_config()))
    assert differences(config, facts[name]["config"]) == []
    assert facts[name]["params"] == model.count_params()
    assert facts[name]["compiled"] == model.compiled
    path = folder / f"{name}.keras"
    if path.exists():
        hold_values(model, keras.saving.load_model(path, compile=False))


def hold_values(model: Any, loaded: Any) -> None:
    """Fail unless the models answer alike, once they have the same weights."""
    for layer in loaded.layers:
        layer.set_weights(model.get_layer(layer.name).get_weights())
    random = np.random.default_rng(1)
    values = [_values(random, [n or 3 for n in x.shape], x.dtype) for x in model.inputs]
    one, other = (x(keras.tree.pack_sequence_as(x.input, values)) for x in (model, loaded))
    keras.tree.map_structure(np.testing.assert_array_equal, one, other)


def _values(random: np.random.Generator, sizes: list[int], dtype: str) -> Any:
    if dtype.startswith("int"):
        return random.integers(0, 5, sizes).astype(dtype)
    return random.normal(size=sizes).astype(dtype)


def test_vectors_come_from_their_file(made: Callable[[str], Made]) -> None:
    folder, _ = made("fast")
    loaded: Any = keras.saving.load_model(folder / "word_vectors.keras", compile=False)
    vectors = np.load(FOLDER / "word_vectors.npy")
    np.testing.assert_array_equal(loaded.get_layer("embed").get_weights()[0], vectors)


def test_emitted_code_is_formatted(programs: dict[str, str], tmp_path: Path) -> None:
    hold_format(programs, tmp_path)


def test_blocks_are_functions_and_repeats_are_loops(programs: dict[str, str]) -> None:
    golden = Path(__file__).parent / "golden"
    for name in ("resnet50", "unet", "transformer", "two_images"):
        path = golden / f"{name}.txt"
        if os.environ.get("UPDATE_GOLDENS"):
            path.write_text(programs[name], encoding="utf-8")
        assert programs[name] == path.read_text("utf-8")
