"""`specc check --data`: arrays in files held against inputs, labels and sample weights; nothing of them is run."""

import io
import json
import struct
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

SPEC = """
specc: 1
name: t
inputs:
  x: {inputs}
layers:
  - Flatten:
    from: x
  - Dense: {{units: {units}, activation: {activation}}}
    name: y
compile:
  optimizer: adam
  loss: {loss}
"""
N = 6


@pytest.fixture
def check(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Checks a spec against arrays, given by the names that they are for; gives what is said of them."""
    monkeypatch.chdir(tmp_path)

    def run(
        arrays: dict[str, Any],
        *options: str,
        inputs: str = "[feature: 4]",
        units: int = 3,
        activation: str = "softmax",
        loss: str = "categorical_crossentropy",
        text: str = SPEC,
    ) -> list[tuple[str, str]]:
        spec = text.format(inputs=inputs, units=units, activation=activation, loss=loss)
        Path("spec.yaml").write_text(spec, encoding="utf-8")
        words = ["check", "spec.yaml", "--format", "json", *options]
        for name, array in arrays.items():
            if not isinstance(array, str):
                np.save(f"{name}.npy", array)
            words += ["--data", f"{name}={array if isinstance(array, str) else f'{name}.npy'}"]
        status = main(words)
        found = json.loads(capsys.readouterr().out)["diagnostics"]
        assert status == any(d["severity"] == "error" for d in found)
        return [(d["code"], d["message"]) for d in found]

    return run


def codes(found: list[tuple[str, str]]) -> list[str]:
    return [code for code, _ in found]


def floats(*sizes: int) -> Any:
    return np.zeros((N, *sizes), "float32")


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


@given(
    st.lists(st.lists(st.integers(-1, 3), min_size=3, max_size=3), min_size=1, max_size=7),
    st.sampled_from("CF"),
    st.sampled_from(["uint8", "int64", ">f4", "float64"]),
)
@settings(max_examples=150, deadline=None)
def test_stretches_and_orders_make_no_difference(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[int]], order: Any, dtype: str
):
    """What is found by stretches of four numbers, in whatever order they stand, is what NumPy finds in the whole."""
    array = np.array(rows, order=order).astype(dtype, order="K")
    path = tmp_path_factory.getbasetemp() / "stretches.npy"
    np.save(path, array)
    plain = array.astype("float64")

    def found(wanted: Wanted) -> set[str]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("specc.arrays.scan.STRETCH", 4)
            return set(scan(Named("x", str(path)), wanted))

    def kinds(**are: Any) -> set[str]:
        return {kind for kind, is_so in are.items() if is_so}

    sums = np.abs(plain.sum(1) - 1).max() > 0.001
    outside = ((plain < 0) | (plain > 1)).any()
    assert found(Wanted("distribution", rows=True)) == kinds(range=outside, rows=sums)
    assert found(Wanted("counts")) == kinds(range=(plain < 0).any())
    assert found(Wanted("nonzero")) == kinds(range=(plain == 0).any())
    strange = (plain != 255) & ((plain < 0) | (plain > 2))  # -1 as an unsigned byte is ignored
    assert found(Wanted("classes", 3, 255)) == kinds(range=strange.any())
    assert found(Wanted(whole=True, weighed=frozenset((0, 1)))) == kinds(unweighed=outside)
    assert found(Wanted("signs")) == kinds(
        range=not (set(plain.flat) <= {0, 1} or set(plain.flat) <= {-1, 1})
    )
    if not array.flags.f_contiguous:
        ends = [max((i + 1 for i, x in enumerate(row) if x), default=0) for row in plain]
        gap = any(0 in row[:end] for row, end in zip(plain, ends, strict=True))
        steps = [
            end + sum(row[1:end] == row[: end - 1]) if end else 0
            for row, end in zip(plain, ends, strict=True)
        ]
        assert found(Wanted("sequence", 300, steps=2)) - {"range"} == kinds(gap=gap, long=max(steps) > 2)


class TestValues:
    @pytest.mark.parametrize(
        "dtype", ["int8", "uint8", "int16", "int32", "int64", "uint64", "float32", ">f8", "f2"]
    )
    def test_classes_that_are_not_there(self, check: Any, dtype: str):
        loss = "sparse_categorical_crossentropy"
        labels = np.array([0, 1, 2, 0, 1, 2]).astype(dtype)
        assert codes(check({"y": labels}, "--data-values", loss=loss)) in ([], ["N710"])
        labels[4] = 3
        found = check({"y": labels}, "--data-values", loss=loss)
        assert found[-1] == ("E209", "`y.npy` holds 3 (sample 4), and the classes of output `y` are 0 to 2")
        assert "E209" not in codes(check({"y": labels}, loss=loss))

    def test_a_class_that_is_ignored(self, check: Any):
        loss = "{SparseCategoricalCrossentropy: {ignore_class: -1}}"
        labels = np.array([0, -1, 2, 0, 1, 2])
        assert check({"y": labels}, "--data-values", loss=loss) == []
        labels[0] = -2
        assert codes(check({"y": labels}, "--data-values", loss=loss)) == ["E209"]

    def test_classes_are_whole_numbers(self, check: Any):
        labels = np.array([0, 1, 2, 0.5, 1, 2])
        found = check({"y": labels}, "--data-values", loss="sparse_categorical_crossentropy")
        assert "holds 0.5 (sample 3)" in found[-1][1]

    def test_rows_that_do_not_sum_to_1(self, check: Any):
        labels = np.eye(3, dtype="float32")[[0, 1, 2, 0, 1, 2]]
        assert check({"y": labels}, "--data-values") == []
        labels[2, 0] = 1
        ((code, message),) = check({"y": labels}, "--data-values")
        assert code == "W610"
        assert "sums to 2 (sample 2)" in message

    @pytest.mark.parametrize(
        ("loss", "wrong"),
        [
            ("binary_crossentropy", 2),
            ("binary_crossentropy", -1),
            ("poisson", -1),
            ("hinge", 0.5),
            ("hinge", 3),
        ],
    )
    def test_numbers_that_the_loss_is_not_for(self, check: Any, loss: str, wrong: float):
        labels = np.eye(3, dtype="float32")[[0, 1, 2, 0, 1, 2]]
        assert check({"y": labels}, "--data-values", loss=loss, activation="sigmoid") == []
        labels[5, 1] = wrong
        ((code, message),) = check({"y": labels}, "--data-values", loss=loss, activation="sigmoid")
        assert code == "W610"
        assert f"holds {wrong:g} (sample 5)" in message

    def test_signs_are_of_one_kind(self, check: Any):
        labels = np.where(np.eye(3, dtype="float32")[[0, 1, 2, 0, 1, 2]] > 0, 1.0, -1.0)
        assert check({"y": labels}, "--data-values", loss="hinge", activation="tanh") == []
        labels[3, 1] = 0
        assert codes(check({"y": labels}, "--data-values", loss="hinge", activation="tanh")) == ["W610"]

    @pytest.mark.parametrize("bad", [np.nan, np.inf])
    def test_what_is_no_number(self, check: Any, bad: float):
        rows = floats(4)
        rows[1, 2] = bad
        ((code, message),) = check({"x": rows}, "--data-values")
        assert code == "W610"
        assert "(sample 1)" in message

    def test_columns_first(self, check: Any):
        labels = np.asfortranarray(np.zeros((N, 3)))
        labels[4, 1] = 7
        found = check({"y": labels}, "--data-values")
        assert codes(found) == ["W610"]
        assert "holds 7 (sample 4)" in found[0][1]

    def test_rows_of_columns_first(self, check: Any, tmp_path: Path):
        labels = np.asfortranarray(np.eye(3)[[0, 1, 2, 0, 1, 2]])
        assert check({"y": labels}, "--data-values") == []
        labels[2, 0] = 0.5
        assert "a row of `y.npy` sums to 1.5 (sample 2)" in check({"y": labels}, "--data-values")[0][1]
        many = np.asfortranarray(np.full((50_000, 4, 3), 1 / 3, "float32"))
        many[49_000, 2, 1] = 1
        np.save(tmp_path / "y.npy", many)
        found = scan(Named("y", str(tmp_path / "y.npy")), Wanted("distribution", rows=True))
        assert found == {"rows": "1.66667 (sample 49,000)"}

    def test_shares_are_not_0(self, check: Any):
        loss = "mean_absolute_percentage_error"
        labels = np.full((N, 3), 5.0)
        assert check({"y": labels}, "--data-values", loss=loss, activation="linear") == []
        labels[3, 1] = 0
        ((code, message),) = check({"y": labels}, "--data-values", loss=loss, activation="linear")
        assert code == "W610"
        assert "numbers other than 0, by which it divides, and `y.npy` holds 0 (sample 3)" in message

    @pytest.mark.parametrize(
        ("labels", "expected"),
        [
            ([1, 2, 0, 0, 0, 0], []),  # a sequence that is filled up may be longer than the steps
            ([1, 2, 1, 2, 0, 0], []),
            ([1, 2, 1, 2, 1, 0], [("W610", "takes 5 steps (sample 1) to spell, and output `y` has 4")]),
            ([1, 1, 2, 2, 0, 0], [("W610", "takes 6 steps (sample 1)")]),
            ([1, 0, 2, 0, 0, 0], [("E209", "holds a 0 before a class (sample 1)")]),
            ([1, 3, 0, 0, 0, 0], [("E209", "holds 3 (sample 1), and the classes of output `y` are 0 to 2")]),
            ([1, -1, 0, 0, 0, 0], [("E209", "holds -1 (sample 1)")]),
        ],
    )
    def test_sequences(self, check: Any, labels: list[int], expected: list[tuple[str, str]]):
        steps = SPEC.replace("  - Flatten:\n    from: x\n", "")
        array = np.array([[1] + 5 * [0], labels, 6 * [0]] * 2)
        given = {"inputs": "[time: 4, feature: 4]", "text": steps, "loss": "ctc", "activation": "linear"}
        found = check({"y": array}, "--data-values", **given)
        assert [code for code, _ in found] == [code for code, _ in expected]
        assert all(part in message for (_, message), (_, part) in zip(found, expected, strict=True))

    def test_tags(self, check: Any):
        text = SPEC.replace("  - Flatten:\n    from: x\n", "").replace(
            "Dense: {{units: {units}, activation: {activation}}}", "crf: {{units: {units}}}"
        )
        given = {"inputs": "[time: 4, feature: 4]", "text": text, "loss": "crf"}
        tags = np.tile([0, 1, 2, 1], (N, 1))
        assert check({"y": tags}, "--data-values", **given) == []
        tags[5, 3] = 3
        ((code, message),) = check({"y": tags}, "--data-values", **given)
        assert code == "E209"
        assert "holds 3 (sample 5), and the classes of output `y` are 0 to 2" in message
        masked = text.replace(
            "  - crf", "  - Masking\n  - crf"
        )  # what stands at masked steps does not matter
        assert check({"y": tags}, "--data-values", **{**given, "text": masked}) == []

    def test_weights_below_0(self, check: Any):
        weights = np.ones(N)
        assert check({"y.sample_weight": weights}, "--data-values") == []
        weights[1] = -2
        ((code, message),) = check({"y.sample_weight": weights}, "--data-values")
        assert code == "W610"
        assert "holds -2 (sample 1)" in message

    @pytest.mark.parametrize(
        ("loss", "array", "expected"),
        [
            ("mean_squared_error", [0, 1, 2, 3, 1, 1], [("N710", "leaves out 3 (sample 3) of `y.npy`")]),
            (
                "mean_squared_error",
                [0, 1, 2, 1.5, 1, 1],
                [
                    ("W610", "rounds labels to classes"),
                ],
            ),
            ("mean_squared_error", [0, 1, 2, 2, 1, 1], []),
            ("binary_crossentropy", [0, 1, 1, 0.25, 1, 1], [("W610", "holds 0.25 (sample 3)")]),
        ],
    )
    def test_weights_of_classes(
        self, check: Any, loss: str, array: list[float], expected: list[tuple[str, str]]
    ):
        text = SPEC + "targets: {{y: {{shape: [1], class_weight: {{0: 1, 1: 2, 2: 3}}}}}}\n"
        if loss == "binary_crossentropy":
            text = text.replace(", 2: 3", "")
        given = {"text": text, "loss": loss, "units": 1, "activation": "sigmoid"}
        found = check({"y": np.array(array, "float32")[:, None]}, "--data-values", **given)
        assert [code for code, _ in found] == [code for code, _ in expected]
        assert all(part in message for (_, message), (_, part) in zip(found, expected, strict=True))

    def test_rows_of_several_classes(self, check: Any):
        text = (
            SPEC
            + "targets: {{y: {{shape: [3], class_weight: {{0: 1, 1: 2, 2: 3}}, x-specc-ignore: W610}}}}\n"
        )
        given = {"text": text, "loss": "binary_crossentropy", "activation": "sigmoid"}
        labels = np.eye(3)[[0, 1, 2, 0, 1, 2]]
        assert check({"y": labels}, "--data-values", **given) == []
        labels[4, 0] = 1
        ((code, message),) = check({"y": labels}, "--data-values", **given)
        assert code == "W610"
        assert "first largest, and a row of `y.npy` sums to 2 (sample 4)" in message

    @pytest.mark.parametrize("metric", ["accuracy", "AUC", "F1Score", "{Precision: {class_id: 1}}"])
    def test_metrics_that_count_truths(self, check: Any, metric: str):
        """Keras's `accuracy` finds no tanh of a hinge right where the label is -1."""
        text = SPEC + f"  metrics: [mse, {metric.replace('{', '{{').replace('}', '}}')}]\n"
        units = 1 if metric == "accuracy" else 3
        given = {"text": text, "units": units, "activation": "tanh", "loss": "hinge"}
        labels = np.ones((N, units))
        assert check({"y": labels}, "--data-values", **given) == []
        labels[3, 0] = -1
        ((code, message),) = check({"y": labels}, "--data-values", **given)
        assert code == "W610"
        assert "counts labels that are 0 or 1, and `y.npy` holds -1 (sample 3)" in message

    def test_words_that_are_not_there(self, check: Any):
        embedding = "  - Embedding: {{input_dim: 10, output_dim: 4}}\n    from: x\n  - Flatten\n"
        text = SPEC.replace("  - Flatten:\n    from: x\n", embedding)
        given = {"text": text, "inputs": "{shape: [4], dtype: int32}"}
        words = np.full((N, 4), 9)
        assert check({"x": words}, "--data-values", **given) == []
        for wrong in (10, -1):
            words[2, 1] = wrong
            found = check({"x": words}, "--data-values", **given)
            message = f"`x.npy` holds {wrong} (sample 2), and the rows of `embedding` are 0 to 9"
            assert found == [("E209", message)]

    def test_both_kinds_of_weights(self, check: Any):
        text = SPEC + "targets: {{y: {{shape: [3], class_weight: {{0: 1, 1: 2, 2: 3}}}}}}\n"
        ((code, message),) = check({"y.sample_weight": np.ones(N)}, text=text)
        assert code == "E209"
        assert "weighs samples, and target `y` has a `class_weight`" in message

    def test_long_arrays_are_read_in_stretches(self, tmp_path: Path):
        labels = np.zeros(300_000, "uint8")
        labels[-1] = 9
        np.save(tmp_path / "y.npy", labels)
        found = scan(Named("y", str(tmp_path / "y.npy")), Wanted("classes", 9))
        assert found == {"range": "9 (sample 299,999)"}

    def test_an_archive_that_holds_less_than_it_says(self, tmp_path: Path):
        buffer = io.BytesIO()
        np.save(buffer, np.zeros((4, 2)))
        whole = bytearray(buffer.getvalue())
        path = tmp_path / "z.npz"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("y.npy", bytes(whole[:-20]))
        data = path.read_bytes()
        short, long = struct.pack("<I", len(whole) - 20), struct.pack("<I", len(whole))
        path.write_bytes(data.replace(short, long))
        with pytest.raises(FileFault):
            scan(Named("y", str(path)), Wanted())
