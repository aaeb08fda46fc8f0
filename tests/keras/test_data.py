"""Arrays that specc takes for an input are those that a functional model of Keras takes, adjusted or not."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from specc.arrays.named import Named
from specc.passes.training.data import Data
from specc.pipeline import Options, check_source
from specc.source import Source

SAMPLES = 7
INPUTS: tuple[tuple[tuple[int | None, ...], str], ...] = (
    ((), "float32"),
    ((3,), "float32"),
    ((4, 1), "float32"),
    ((4, 3), "float32"),
    ((None, 3), "float32"),
    ((4,), "int32"),
    ((4,), "string"),
)
ARRAYS = ((), (1,), (3,), (4,), (4, 1), (4, 3), (3, 1), (4, 1, 1), (5, 3), (4, 3, 1), (3, 4))
DTYPES = ("float32", "float64", "int64", "bool", "uint8", "S2")

pytestmark = pytest.mark.filterwarnings("ignore")


def said(shape: tuple[int | None, ...], dtype: str, path: Path) -> set[str]:
    """The codes of what specc says of the array in a file."""
    sizes = ", ".join("null" if size is None else str(size) for size in shape)
    text = (
        f"specc: 1\nname: t\ninputs: {{x: {{shape: [{sizes}], dtype: {dtype}}}}}\n"
        "layers:\n  - Identity:\n    name: y\n"
    )
    data = Data((Named("x", str(path)),))
    report = check_source(Source("t.yaml", text), Options(data=data)).report
    return {d.code for d in report.diagnostics}


def runs(shape: tuple[int | None, ...], dtype: str, array: Any) -> bool:
    """Whether a model with such an input runs with the array, and makes what it has announced.

    Keras lets arrays pass that have a last axis of 1 in place of the input's, and leaves it to the layers to notice.
    """
    x = keras.Input(shape, dtype=dtype)
    try:
        made = keras.Model(x, keras.layers.Identity()(x)).predict_on_batch(array).shape[1:]
    except Exception:
        return False
    return len(made) == len(shape) and all(n in (None, m) for n, m in zip(shape, made, strict=True))


@pytest.mark.parametrize(("shape", "dtype"), INPUTS)
def test_every_shape(shape: tuple[int | None, ...], dtype: str, tmp_path: Path):
    parted: list[Any] = []
    for sizes in ARRAYS:
        array = np.zeros((SAMPLES, *sizes), "S2" if dtype == "string" else "float32")
        np.save(tmp_path / "x.npy", array)
        if ("E209" in said(shape, dtype, tmp_path / "x.npy")) == runs(shape, dtype, array):
            parted.append(sizes)
    assert parted == []


@pytest.mark.parametrize("dtype", ["float32", "int32", "string"])
def test_every_dtype(dtype: str, tmp_path: Path):
    for given in DTYPES:
        array = np.zeros((SAMPLES, 3), given)
        np.save(tmp_path / "x.npy", array)
        codes = said((3,), dtype, tmp_path / "x.npy")
        assert ("E210" in codes) != runs((3,), dtype, array), given
        assert codes <= {"E210", "N710"}
