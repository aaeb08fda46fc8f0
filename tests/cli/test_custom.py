"""Layers of one's own on the command line: counts that nobody knows, and the option that lets them be imported."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

SPEC = """\
specc: 1
name: own
inputs:
  x: [time: 4, feature: 3]
layers:
  - Dense: 5
  - cli_own_layers:Scale: 2
    signature: (*s, c) -> (*s, c)
    name: scale
"""

LAYERS = """\
import keras

class Scale(keras.layers.Layer):
    def __init__(self, by, **kwargs):
        super().__init__(**kwargs)
        self.by = by

    def call(self, x):
        return self.by * x
"""


@pytest.fixture(autouse=True)
def _own(folder: Path) -> None:
    (folder / "own.yaml").write_text(SPEC, encoding="utf-8")
    (folder / "counted.yaml").write_text(SPEC.replace("(*s, c)\n", "(*s, c); params 0\n"), encoding="utf-8")
    (folder / "cli_own_layers.py").write_text(LAYERS, encoding="utf-8")


def test_check_says_at_least(run: Run):
    done = run("check", "own.yaml")
    expected = "ok  own.yaml  own: 2 layers, at least 20 parameters, output scale [time: 4, feature: 5]\n"
    assert (done.status, done.out) == (0, expected)
    assert run("check", "counted.yaml").out.count("layers, 20 parameters,") == 1


def test_show_has_a_question_mark(run: Run):
    done = run("show", "own.yaml")
    (row,) = [line for line in done.out.splitlines() if line.startswith("scale")]
    assert row.split()[1:] == ["cli_own_layers:Scale", "[time:", "4,", "feature:", "5]", "?", "?", "80B"]
    assert done.out.splitlines()[-1] == "at least 20 parameters, ? FLOPs and 160B of activations a sample"


def test_json_has_null(run: Run):
    found = json.loads(run("check", "own.yaml", "--format", "json").out)
    scale = found["layers"][1]
    assert (scale["params"], scale["trainable"], scale["flops"]) == (None, None, None)
    totals = found["totals"]
    assert (totals["params"], totals["trainable"], totals["flops"]) == (None, None, None)
    counted = json.loads(run("check", "counted.yaml", "--format", "json").out)
    assert (counted["totals"]["params"], counted["totals"]["trainable"]) == (20, 20)


def test_build_imports_nothing_by_itself(run: Run, folder: Path):
    done = run("build", "own.yaml", "--out", "own.keras")
    assert done.status == 1
    assert "error[E500]: `cli_own_layers:Scale` is imported only where that is allowed" in done.out
    assert "help: build with `--allow-custom`, if what `cli_own_layers` does may be run here" in done.out
    assert not (folder / "own.keras").exists()


def test_build_where_it_is_allowed(run: Run, folder: Path):
    done = run("build", "own.yaml", "--out", "own.keras", "--allow-custom")
    assert done.status == 0
    assert done.out.startswith("built  own.keras  own: 2 layers, at least 20 parameters")
    assert (folder / "own.keras").exists()


def test_build_tells_what_a_layer_does(run: Run, folder: Path):
    text = SPEC.replace("-> (*s, c)", "-> (*s, 2*c)")
    (folder / "own.yaml").write_text(text, encoding="utf-8")
    done = run("build", "own.yaml", "--out", "own.keras", "--allow-custom")
    assert done.status == 1
    assert "error[E500]: `scale` was promised as (4, 10) and built as (4, 5)" in done.out
    assert "note: the signature of `cli_own_layers:Scale` is `(*s, c) -> (*s, 2*c)`" in done.out


def test_expand_keeps_the_signature(run: Run, folder: Path):
    expanded = run("expand", "own.yaml").out
    assert 'signature: "(*s, c) -> (*s, c)"' in expanded
    (folder / "again.yaml").write_text(expanded, encoding="utf-8")
    assert run("expand", "again.yaml").out == expanded
