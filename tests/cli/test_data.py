"""`specc check --data`: arrays in files held against inputs, labels and sample weights; nothing of them is run."""

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specc.arrays.files import FileFault
from specc.arrays.judge import Wanted
from specc.arrays.named import Named
from specc.arrays.scan import scan
from specc.cli import main
from tests.cli.arrays import SPEC, N, codes, floats


def test_arrays_that_fit(check: Any):
    assert check({"x": floats(4), "y": floats(3), "y.sample_weight": floats()}) == []


@pytest.mark.parametrize(
    ("array", "code", "message"),
    [
        (floats(5), "E209", "`x.npy` is [5], and input `x` is [feature: 4]"),
        (floats(4, 2), "E209", "is [4, 2]"),
        (floats(), "E209", "is []"),
        (floats(4, 1), "N710", "Keras drops its trailing axis of size 1"),
        (floats(4).astype("float64"), None, ""),
        (floats(4).astype("uint8"), "N710", "Keras casts it from uint8 to float32"),
        (floats(4).astype("U3"), "E210", "is string"),
        (floats(4).astype("complex64"), "E210", "is complex64"),
        (floats(4).astype(object), "E111", "pickled objects"),
        (floats(4).astype("M8[s]"), "E111", "neither numbers nor text"),
        (np.float32(3), "E111", "a single number"),
        (floats(4)[:0], "E111", "holds no samples"),
        (np.asfortranarray(floats(4)), None, ""),
        (floats(4).astype(">f4"), None, ""),
    ],
)
def test_an_array_for_an_input(check: Any, array: Any, code: str | None, message: str):
    found = check({"x": array})
    assert codes(found) == ([] if code is None else [code])
    assert not found or message in found[0][1]


def test_keras_adds_an_axis_to_an_input(check: Any):
    assert codes(check({"x": floats(4)}, inputs="[time: 4, feature: 1]")) == ["N710"]


def test_a_channel_first_array_can_be_declared_so(check: Any, capsys: pytest.CaptureFixture[str]):
    assert codes(check({"x": floats(3, 8, 8)}, inputs="[height: 8, width: 8, channel: 3]")) == ["E209"]
    words = ["check", "spec.yaml", "--data", "x=x.npy", "--unsafe-fixes"]
    assert main(words) == 0
    assert "x: [channel: 3, height: 8, width: 8]" in Path("spec.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("loss", "labels", "expected"),
    [
        ("categorical_crossentropy", np.zeros(N, "int64"), ["E209"]),
        ("categorical_crossentropy", floats(4), ["E209"]),
        ("sparse_categorical_crossentropy", floats(3), ["E209"]),
        ("sparse_categorical_crossentropy", np.zeros(N, "int64"), []),
        ("sparse_categorical_crossentropy", np.zeros((N, 1), "int64"), ["N710"]),
        ("mean_absolute_error", floats(1), ["E209"]),
        ("mean_absolute_error", floats(3).astype("S1"), ["E210"]),
    ],
)
def test_labels(check: Any, loss: str, labels: Any, expected: list[str]):
    assert codes(check({"y": labels}, loss=loss)) == expected


def test_integer_labels_get_the_loss_for_them(check: Any):
    assert codes(check({"y": np.zeros(N, "int64")})) == ["E209"]
    assert main(["check", "spec.yaml", "--data", "y=y.npy", "--fix"]) == 0
    assert "loss: sparse_categorical_crossentropy" in Path("spec.yaml").read_text(encoding="utf-8")


def test_arrays_have_as_many_samples(check: Any):
    found = check({"x": floats(4), "y": np.zeros((N + 1, 3), "float32")})
    assert found == [("E209", "`x.npy` has 6 samples, and `y.npy` has 7")]


@pytest.mark.parametrize(
    ("weights", "expected"),
    [(floats(), []), (floats(1), []), (floats(3), ["E209"]), (floats().astype("S1"), ["E210"])],
)
def test_sample_weights(check: Any, weights: Any, expected: list[str]):
    assert codes(check({"y.sample_weight": weights})) == expected


def test_weights_of_steps(check: Any):
    steps = SPEC.replace("  - Flatten:\n    from: x\n", "")
    for weights, expected in (
        (floats(), ["E209"]),
        (floats(1), []),
        (floats(5), []),
        (floats(5, 3), ["E209"]),
    ):
        found = check({"y.sample_weight": weights}, inputs="[time: 5, feature: 4]", text=steps)
        assert [code for code in codes(found) if code != "W601"] == expected


def test_a_loss_of_the_whole_batch_cannot_be_weighed(check: Any):
    assert codes(check({"y.sample_weight": floats()}, loss="dice")) == ["E209"]


TWO = """
specc: 1
name: t
inputs:
  a: [time: T, feature: 4]
  b: [time: "{inputs}", feature: 4]
layers:
  - Conv1D: {{filters: 4, kernel_size: 5}}
    from: a
  - LSTM: {units}
    from: b
outputs: [conv1d, lstm]
"""


def test_symbols_are_bound_and_agree(check: Any):
    assert check({"a": floats(7, 4), "b": floats(7, 4)}, text=TWO, inputs="T") == []
    assert check({"a": floats(7, 4), "b": floats(15, 4)}, text=TWO, inputs="2*T + 1") == []
    assert codes(check({"a": floats(7, 4), "b": floats(8, 4)}, text=TWO, inputs="T")) == ["E209"]
    assert codes(check({"a": floats(7, 4), "b": floats(16, 4)}, text=TWO, inputs="2*T + 1")) == ["E209"]
    assert codes(check({"b": floats(16, 4)}, text=TWO, inputs="2*T + 1")) == ["E209"]


def test_a_network_is_held_against_the_sizes_of_its_data(check: Any):
    assert codes(check({"a": floats(4, 4)}, text=TWO, inputs="T")) == ["E206"]
    assert codes(check({"b": floats(9, 4)}, text=TWO, inputs="2*T + 1")) == ["E206"]


def test_labels_at_the_sizes_of_the_data(check: Any):
    steps = SPEC.replace("  - Flatten:\n    from: x\n", "  - Conv1D: {{filters: 4, kernel_size: 3}}\n")
    arrays = {"x": floats(9, 4), "y": floats(7, 3)}
    options = {"inputs": "[time: T, feature: 4]", "text": steps, "activation": "sigmoid", "loss": "mse"}
    assert [c for c in codes(check(arrays, **options)) if c != "W601"] == []
    assert "E209" in codes(check({**arrays, "y": floats(9, 3)}, **options))


def test_names(check: Any):
    found = check({"xx": floats(4)})
    assert found == [("E112", "there is no input and no output `xx` for `xx.npy`; did you mean `x`?")]


def test_an_output_without_a_loss(check: Any):
    found = check({"y": floats(3)}, text=SPEC.split("compile:", maxsplit=1)[0])
    assert codes(found) == ["W604"]


@pytest.mark.parametrize("words", [["x.npy"], ["=x.npy"], ["x="], ["x=a.npy", "--data", "x=b.npy"]])
def test_wrong_usage(check: Any, words: list[str]):
    check({})
    assert main(["check", "spec.yaml", "--data", *words]) == 2


def test_data_are_for_one_spec(check: Any):
    check({})
    Path("other.yaml").write_text("", encoding="utf-8")
    assert main(["check", "spec.yaml", "other.yaml", "--data", "x=x.npy"]) == 2
    assert main(["check", "spec.yaml", "--data-values"]) == 2


class TestArchives:
    def test_a_member_is_named(self, check: Any):
        np.savez("a.npz", rows=floats(4), labels=floats(3))
        np.savez_compressed("b.npz", rows=floats(4))
        assert check({"x": "a.npz:rows", "y": "a.npz:labels"}) == []
        assert check({"x": "b.npz"}) == []
        assert codes(check({"x": "a.npz:labels"})) == ["E209"]
        assert "has no array `row`" in check({"x": "a.npz:row"})[0][1]
        assert "write `a.npz:rows`" in check({"x": "a.npz"})[0][1]
        np.save("x.npy", floats(4))
        Path("x.npy").rename("x.npz")
        assert "is not an .npz file" in check({"x": "x.npz:rows"})[0][1]

    def test_hostile_archives(self, check: Any):
        buffer = io.BytesIO()
        np.save(buffer, floats(4))
        whole = buffer.getvalue()
        with zipfile.ZipFile("bzip.npz", "w", zipfile.ZIP_BZIP2) as archive:
            archive.writestr("rows.npy", whole)
        with zipfile.ZipFile("short.npz", "w") as archive:
            archive.writestr("rows.npy", whole[:-8])
        with zipfile.ZipFile("none.npz", "w") as archive:
            archive.writestr("rows.txt", "1 2 3")
        with zipfile.ZipFile("many.npz", "w") as archive:
            for i in range(20_000):
                archive.writestr(f"{i:040}", "")
        data = bytearray(Path("none.npz").read_bytes())
        Path("cut.npz").write_bytes(data[: len(data) // 2])
        np.savez("locked.npz", rows=floats(4))
        locked = bytearray(Path("locked.npz").read_bytes())
        locked[6] |= 1
        central = locked.rfind(b"PK\x01\x02")
        locked[central + 8] |= 1
        Path("locked.npz").write_bytes(locked)
        for name in ("bzip", "short", "none", "many", "cut", "locked"):
            assert codes(check({"x": f"{name}.npz"})) == ["E111"], name


@given(st.binary(max_size=300), st.integers(0, 700), st.booleans())
@settings(max_examples=300, deadline=None)
def test_no_bytes_are_fatal(tmp_path_factory: pytest.TempPathFactory, junk: bytes, at: int, zipped: bool):
    buffer = io.BytesIO()
    if zipped:
        np.savez_compressed(buffer, rows=np.eye(4))
    else:
        np.save(buffer, np.eye(4))
    whole = buffer.getvalue()
    path = tmp_path_factory.getbasetemp() / "junk.npy"
    path.write_bytes(whole[:at] + junk + whole[at + len(junk) :])
    named = Named("x", str(path))
    try:
        assert all(size >= 0 for size in named.array.sizes)
        scan(named, Wanted("distribution", rows=True))
    except FileFault as fault:
        assert str(fault)
