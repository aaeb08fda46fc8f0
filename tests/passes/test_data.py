"""`specc.check(…, data=…)`: arrays in memory, and in files, against a spec."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

import specc
from specc.pipeline import check_text

SPEC = """
specc: 1
name: t
inputs:
  x: [time: T, feature: 4]
layers:
  - LSTM: 8
  - Dense: {units: 3, activation: softmax}
    name: y
compile:
  optimizer: adam
  loss: sparse_categorical_crossentropy
"""
N = 6


class Thing(NamedTuple):
    """What says of itself that it is an array."""

    shape: Any
    dtype: Any


def codes(**data: Any) -> list[str]:
    given = {name.replace("__", "."): array for name, array in data.items()}
    return [d.code for d in specc.check(SPEC, data=given).diagnostics]


def test_arrays_that_fit():
    assert codes(x=np.zeros((N, 9, 4), "float32"), y=np.zeros(N, "int64"), y__sample_weight=np.ones(N)) == []
    assert codes() == []


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (np.zeros((N, 3)), ["E209"]),
        (np.zeros((N, 1), "uint8"), ["N710"]),
        (np.full(N, "a"), ["E210"]),
        (np.full(N, b"a"), ["E210"]),
        (np.zeros(N, "complex64"), ["E210"]),
        (np.zeros(N, "M8[s]"), ["E210"]),
        (np.full(N, None), ["E111"]),
        (np.zeros(()), ["E111"]),
        (Thing((N,), "torch.int64"), []),
        (Thing([N], "int32"), []),
    ],
)
def test_labels(array: Any, expected: list[str]):
    assert codes(y=array) == expected


@pytest.mark.parametrize("what", [[0, 1, 2], 3, None, Thing((None,), "int32"), Thing((N,), None)])
def test_what_is_no_array(what: Any):
    with pytest.raises(TypeError, match=r"data\['y'\] must be a path, or have a `shape`"):
        codes(y=what)


def test_files_and_what_is_in_memory(tmp_path: Path):
    np.save(tmp_path / "x.npy", np.zeros((N, 9, 4), "float32"))
    np.savez(tmp_path / "y.npz", labels=np.zeros(N, "int64"), others=np.zeros((N, 3)))
    labels = f"{tmp_path / 'y.npz'}:labels"
    assert codes(x=tmp_path / "x.npy", y=labels) == []
    assert codes(x=str(tmp_path / "x.npy"), y=np.zeros(N + 1, "int64")) == ["E209"]
    assert codes(x=tmp_path / "y.npy") == ["E111"]


def test_names_and_messages():
    (found,) = specc.check(SPEC, data={"yy": np.zeros(N)}).diagnostics
    assert (found.code, found.message) == (
        "E112",
        "there is no input and no output `yy` for `data['yy']`; did you mean `y`?",
    )
    (found,) = specc.check(SPEC, data={"y": np.zeros((N, 3))}).diagnostics
    assert found.message.startswith("`data['y']` is [3], and `SparseCategoricalCrossentropy` takes []")


def test_classes_in_json_are_text():
    spec = """{"specc": 1, "name": "t", "inputs": {"x": [4]}, "layers": [{"Dense": 1, "name": "y"}],
      "targets": {"y": {"shape": [1], "class_weight": {"0": 1, "1": 5, "-1": 2}}}, "compile": {"loss": "hinge"}}"""
    assert check_text(spec, "spec.json").diagnostics == []
    wrong = check_text(spec.replace('"-1"', '"2"'), "spec.json").diagnostics
    assert [(d.code, d.span.text) for d in wrong if d.span is not None] == [("E209", '"2"')]
    assert {d.code for d in check_text(spec, "spec.yaml").diagnostics} == {"E107"}
