"""`specc check --data … --data-values`: the numbers of arrays, for losses, metrics, weights and embeddings."""

import io
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
from tests.cli.arrays import SPEC, N, codes, floats


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
