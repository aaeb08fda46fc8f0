"""The faults of the systems, mended on the command line: what `--fix` leaves checks, in the author's layout."""

import contextlib
import io
import json
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from specc.cli import main
from tests.systems.models import SPECS


class Fault(NamedTuple):
    """A line of a spec that is wrong, what check says, and the lines to be found in its place."""

    title: str
    inputs: str
    layers: str
    code: str
    mended: str
    options: tuple[str, ...] = ("--fix",)
    rest: str = ""


QUADRANTS = """
  - Conv2D: {filters: 32, kernel_size: 3, activation: relu}
  - Conv2D: {filters: 32, kernel_size: 3, activation: relu}
  - MaxPooling2D: 2
"""
FRAMES = """
  - ConvLSTM2D: {filters: 4, kernel_size: 3, padding: same, return_sequences: true}
  - Conv3D: {filters: 1, kernel_size: 3, padding: same, activation: sigmoid}
    name: frame
"""
FAULTS = [
    Fault(
        "S1 reshape of one step",
        "image: [26, 5, 32]",
        "  - Reshape: [784]  # as of MNIST\n",
        "E202",
        "  - Reshape: [4160]  # as of MNIST\n",
    ),
    Fault(
        "S1 reshape of all steps",
        "image: [time: 4, height: 56, width: 14, channel: 1]",
        f"{QUADRANTS}\n  - Reshape: [4, 784]\n  - LSTM: 5\n",
        "E202",
        "  - Reshape: [4, 4160]\n",
    ),
    Fault(
        "S1 flattened too early",
        "image: [4, 56, 14, 1]",
        f"{QUADRANTS}\n  - Flatten\n  - LSTM: 5  # units\n",
        "E200",
        f"{QUADRANTS}\n  - LSTM: 5  # units\n",
    ),
    Fault(
        "S1 strict convolution",
        "image: [4, 1, 56, 14]",
        "  - Conv2D: {filters: 32, kernel_size: 3}\n",
        "E200",
        "  - TimeDistributed: {layer: {Conv2D: {filters: 32, kernel_size: 3, data_format: channels_first}}}\n",
        ("--strict", "--fix"),
    ),
    Fault(
        "S3 a tagger of last steps",
        "tokens: {shape: [time: T], dtype: int32}",
        "  - Embedding: {input_dim: 100, output_dim: 8}\n"
        "  - Bidirectional: {layer: {LSTM: 8}}  # units\n  - crf: 9\n",
        "E200",
        "  - Bidirectional: {layer: {LSTM: {units: 8, return_sequences: true}}}  # units\n  - crf: 9\n",
    ),
    Fault(
        "S4 vectors of another width",
        "tokens: {shape: [time: T], dtype: int32}",
        "  - embed: {vectors: word_vectors.npy, output_dim: 300}\n  - LSTM: 4\n",
        "E202",
        "  - embed: {vectors: word_vectors.npy, output_dim: 8}\n",
    ),
    Fault(
        "S5 sequence given up",
        "last: [time: 1, feature: 1]",
        "  - LSTM: 128\n  - LSTM: 128\n  - LSTM: 128\n  - Dense: 1\n",
        "E200",
        "  - LSTM: {units: 128, return_sequences: true}\n" * 2 + "  - LSTM: 128\n",
    ),
    Fault(
        "S5 categorical loss on one unit",
        "last: [feature: 1]",
        "  - Dense: 1\n",
        "W603",
        "  loss: mean_squared_error\n",
        ("--unsafe-fixes",),
        "compile:\n  optimizer: adam\n  loss: categorical_crossentropy\n",
    ),
    Fault(
        "S6 labels of two features under one",
        "x: [time: 10, feature: 1]",
        "  - LSTM: {units: 20, return_sequences: true}\n  - Dense: {units: 1, activation: sigmoid}\n    name: y\n",
        "E209",
        "  - Dense: {units: 2, activation: sigmoid}\n",
        ("--unsafe-fixes",),
        "targets: {y: [time: 10, feature: 2]}\ncompile:\n  loss: binary_crossentropy\n",
    ),
    Fault(
        "S6 one label for a sequence",
        "x: [time: 10, feature: 1]",
        "  - LSTM: {units: 20, return_sequences: true}\n  - Dense: {units: 1, activation: sigmoid}\n    name: y\n",
        "E209",
        "  - LSTM: {units: 20, return_sequences: false}\n",
        ("--unsafe-fixes",),
        "targets: {y: []}\ncompile:\n  loss: binary_crossentropy\n",
    ),
    Fault(
        "S7 labels of the steps that are cut off",
        "x: [time: 362, feature: 24]",
        "  - LSTM: {units: 1, return_sequences: true}\n  - slice: {axis: time, start: 5}\n    name: y\n",
        "E209",
        "targets: {y: [time: 357, feature: 1]}\n",
        ("--unsafe-fixes",),
        "targets: {y: [time: 362, feature: 1]}\ncompile:\n  loss: mse\n",
    ),
    Fault(
        "S8 scrambled on the way in, without names",
        "past: [40, 2]",
        "  - Reshape: [2, 40, 1]\n",
        "W600",
        "  - Permute: [2, 1]\n  - Reshape: [2, 40, 1]\n",
        ("--unsafe-fixes",),
    ),
    Fault(
        "S8 scrambled on the way in, with names",
        "past: [time: 40, series: 2]",
        "  - Reshape: [2, 40, 1]\n",
        "E203",
        "  - Permute: [series, time]\n  - Reshape: [2, 40, 1]\n",
    ),
    Fault(
        "S8 scrambled on the way out, without names",
        "future: [2, 10]",
        "  - Reshape: [10, 2]\n",
        "W600",
        "  - Permute: [2, 1]\n",
        ("--unsafe-fixes",),
    ),
    Fault(
        "S8 scrambled on the way out, with names",
        "future: [series: 2, time: 10]",
        "  - Reshape: [10, 2]\n",
        "E203",
        "  - Permute: [time, series]\n",
    ),
    Fault(
        "S9 ten frames for one",
        "film: [time: 10, height: 8, width: 8, channel: 1]",
        FRAMES,
        "E209",
        "  - reduce: {axis: time, how: mean, keepdims: true}\n    name: frame\n",
        ("--unsafe-fixes",),
        "outputs:\n  frame: [time: 1, height: 8, width: 8, channel: 1]\n",
    ),
]


def checked(path: Path, *options: str) -> dict[str, Any]:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        status = main(["check", str(path), "--format", "json", *options])
    facts = json.loads(printed.getvalue())
    assert status == (0 if facts["ok"] else 1)
    return facts


def written(fault: Fault, folder: Path) -> Path:
    path = folder / "spec.yaml"
    layers = fault.layers.strip("\n")
    text = f"specc: 1\nname: fault\ninputs:\n  {fault.inputs}\nlayers:\n{layers}\n{fault.rest}"
    path.write_text(text, encoding="utf-8")
    shutil.copy(SPECS / "word_vectors.npy", folder)
    return path


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.title)
def test_is_caught_and_mended(fault: Fault, tmp_path: Path):
    path = written(fault, tmp_path)
    before = path.read_text(encoding="utf-8")
    strict = fault.options[:-1]
    found = [d for d in checked(path, *strict)["diagnostics"] if d["severity"] != "note"]
    assert [d["code"] for d in found] == [fault.code]
    assert found[0]["fixes"][0]["edits"]
    assert path.read_text(encoding="utf-8") == before
    checked(path, *fault.options)
    assert fault.mended.strip("\n") in path.read_text(encoding="utf-8")
    left = checked(path, *strict)
    assert left["ok"]
    assert [d for d in left["diagnostics"] if d["severity"] != "note"] == []


def test_s9_has_three_repairs(tmp_path: Path):
    (found,) = checked(written(FAULTS[-1], tmp_path))["diagnostics"]
    assert found["code"] == "E209"
    texts = ["".join(edit["text"] for edit in fix["edits"]) for fix in found["fixes"]]
    assert len(texts) == 3
    for word, text in zip(("reduce", "AveragePooling3D", "Conv2D"), texts, strict=True):
        assert word in text


def test_s2_encoder_fed_both_frames(tmp_path: Path):
    encoder = "  - Conv2D: {filters: 8, kernel_size: 3}\n  - Flatten\n  - Dense: 16"
    fault = Fault("", "images: [frame: 2, height: 32, width: 32, channel: 1]", encoder, "E200", "")
    found = checked(written(fault, tmp_path), "--strict")["diagnostics"]
    assert [d["code"] for d in found] == ["E200"]


SHARED = "  - map: {over: frame, layers: [{use: encoder}]}"
DOUBLED = """\
  - each: {frame: [0, 1]}
    layers:
      - slice: {axis: frame, index: $frame}
      - use: encoder
      - Reshape: [frame: 1, feature: 16]
    merge: {Concatenate: {axis: frame}}"""


def test_s2_shared_and_doubled_encoders_are_told_apart_by_show(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    rest = """
blocks:
  encoder:
    layers:
      - Conv2D: {filters: 8, kernel_size: 3}
      - Flatten
      - Dense: 16
"""
    # the encoder has (9·1 + 1)·8 + (30·30·8 + 1)·16 = 115296 parameters, the LSTM 4·8·(16 + 8 + 1)
    for layers, params, encoders in ((SHARED, "116,096", 1), (DOUBLED, "231,392", 2)):
        inputs = "images: [frame: 2, height: 32, width: 32, channel: 1]"
        path = written(Fault("", inputs, f"{layers}\n  - LSTM: 8", "", "", rest=rest), tmp_path)
        assert main(["show", str(path)]) == 0
        shown = capsys.readouterr().out
        assert params in shown
        assert shown.count("115,216") == encoders


@pytest.mark.parametrize("name", ["missing.npy", "flat.npy", "text.npy"])
def test_s4_vectors_that_are_none(name: str, tmp_path: Path):
    import numpy as np

    np.save(tmp_path / "flat.npy", np.zeros(8, "float32"))
    (tmp_path / "text.npy").write_text("the 0.1 0.2\n", encoding="utf-8")
    layers = f"  - embed: {{vectors: {name}}}\n  - LSTM: 4"
    fault = Fault("", "tokens: {shape: [time: T], dtype: int32}", layers, "E111", "")
    assert [d["code"] for d in checked(written(fault, tmp_path))["diagnostics"]] == ["E111"]
