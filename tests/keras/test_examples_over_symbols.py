"""Every op, by its examples, with symbols in the place of sizes: what check accepts builds, and runs at those sizes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import specc
from specc.ops import registry
from specc.ops.declare import Example, Op
from specc.pipeline import check_text
from specc.shapes.dim import is_anonymous
from tests.keras.test_layers import CASES, values
from tests.properties.symbolic import allows

Sizes = list[list[Any]]
NAMES = "ABCDEFGHIJKLMNOP"


def over_symbols(shapes: tuple[tuple[int, ...], ...], one: str | None) -> Iterator[Sizes]:
    """The shapes with `one` in the place of each size; with a symbol for each number, and with one for each axis."""
    for i, shape in enumerate(shapes):
        for j in range(len(shape)):
            found: Sizes = [list(each) for each in shapes]
            found[i][j] = one
            yield found
    numbers = sorted({size for shape in shapes for size in shape})
    yield [[NAMES[numbers.index(size)] for size in shape] for shape in shapes]
    names = iter(NAMES)
    yield [[next(names) for _ in shape] for shape in shapes]


def written(word: str, example: Example, shapes: Sizes) -> str:
    """A spec of the op alone, as JSON, which is YAML too."""
    inputs = {f"x{i}": {"shape": shape, "dtype": example.dtype} for i, shape in enumerate(shapes)}
    layer = {word: example.arguments, "from": list(inputs) if len(inputs) > 1 else "x0", "name": "layer"}
    return json.dumps({"specc": 1, "name": "a", "inputs": inputs, "layers": [layer]})


def runs(word: str, example: Example) -> bool:
    """Whether TensorFlow runs it on a CPU, whatever the numbers are."""
    is_turned = word.startswith("ConvLSTM") and example.arguments.get("data_format") == "channels_first"
    return not is_turned and word != "ops.cholesky"


@pytest.mark.parametrize("one", ["T", None])
@pytest.mark.parametrize(("word", "example"), CASES)
def test_what_is_accepted_builds_and_runs(
    word: str, example: Example, one: str | None, tmp_path: Path
) -> None:
    path = tmp_path / "spec.json"
    concrete = check_text(written(word, example, [list(shape) for shape in example.shapes]))
    expected = concrete.layers[-1].outputs[0].sizes
    for shapes in over_symbols(example.shapes, one):
        text = written(word, example, shapes)
        report = check_text(text)
        if not report.ok:
            continue
        path.write_text(text, encoding="utf-8")
        model = specc.build(path)
        sizes = {
            name: size
            for names, shape in zip(shapes, example.shapes, strict=True)
            for name, size in zip(names, shape, strict=True)
            if isinstance(name, str)
        }
        if runs(word, example) and allows(report, sizes):
            arrays = [values(shape, example.dtype) for shape in example.shapes]
            made = keras.tree.flatten(model(arrays if len(arrays) > 1 else arrays[0]))
            for size, wanted in zip(np.shape(made[0])[1:], expected, strict=True):
                assert size == wanted or is_anonymous(wanted), text


def test_examples_have_sizes_that_may_be_symbols() -> None:
    """Most of them: those that no weight depends on."""
    accepted = 0
    for word in registry.names():
        for example in (registry.find(word) or Op).examples:
            accepted += any(
                check_text(written(word, example, s)).ok for s in over_symbols(example.shapes, "T")
            )
    assert accepted > 0.8 * len(CASES)
