"""`specc import`, as a user runs it."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from specc.cli import main

DENSE = {
    "module": "keras.layers",
    "class_name": "Dense",
    "config": {"name": "kind", "units": 3, "activation": "softmax"},
}
INPUT = {
    "module": "keras.layers",
    "class_name": "InputLayer",
    "config": {"name": "x", "batch_shape": [None, 4]},
}
SPEC = """\
specc: 1
name: small

inputs:
  x: [4]

layers:
  - {Dense: {units: 3, activation: softmax}, name: kind}

outputs:
  kind: [3]
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return saved(tmp_path, DENSE)


def saved(folder: Path, *layers: object) -> Path:
    config = {
        "class_name": "Sequential",
        "module": "keras",
        "config": {"name": "small", "layers": [INPUT, *layers]},
    }
    with zipfile.ZipFile(folder / "small.keras", "w") as file:
        file.writestr("config.json", json.dumps(config))
    return folder / "small.keras"


def test_prints_the_spec(model: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["import", str(model)]) == 0
    assert capsys.readouterr() == (SPEC, "")


def test_writes_the_spec(model: Path, capsys: pytest.CaptureFixture[str]):
    out = model.with_name("small.yaml")
    assert main(["import", str(model), "--out", str(out)]) == 0
    assert out.read_text() == SPEC
    assert capsys.readouterr() == ("", "")


def test_writes_nothing_where_a_layer_cannot_be_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = saved(
        tmp_path, {"module": "keras.layers", "class_name": "Lambda", "config": {"name": "trick"}}, DENSE
    )
    assert main(["import", str(path), "--out", str(tmp_path / "small.yaml")]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "error[E505]: `trick` is a `Lambda`" in err
    assert not (tmp_path / "small.yaml").exists()


@pytest.mark.parametrize("words", [[], ["a.keras", "b.keras"]])
def test_takes_one_model(words: list[str], capsys: pytest.CaptureFixture[str]):
    assert main(["import", *words]) == 2
    assert "takes one model" in capsys.readouterr().err


def test_a_function_is_not_called_without_leave(capsys: pytest.CaptureFixture[str]):
    assert main(["import", "os:getcwd"]) == 1
    assert "--allow-custom" in capsys.readouterr().err


def test_a_function_makes_a_model(tmp_path: Path):
    (tmp_path / "made_here.py").write_text(
        "import keras\n\n\ndef make():\n    x = keras.Input((4,), name='x')\n"
        "    return keras.Model(x, keras.layers.Dense(3, activation='softmax', name='kind')(x), name='small')\n"
        "\n\ndef fail():\n    raise RuntimeError('no model today')\n"
    )
    command = [sys.executable, "-m", "specc", "import", "--allow-custom"]
    done = subprocess.run(
        [*command, "made_here:make"], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert (done.stdout, done.returncode) == (SPEC, 0), done.stderr
    done = subprocess.run(
        [*command, "made_here:fail"], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 1
    assert "no model today" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_is_read_without_keras(model: Path):
    script = f"""
import sys
from specc.cli import main
assert main(["import", {str(model)!r}]) == 0
assert not {{"keras", "tensorflow", "numpy"}} & set(sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
