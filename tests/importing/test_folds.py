"""Folds and reshapes over sizes that are unknown: imported, they are maps and rearrangements again, exactly."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers as L
from keras import ops

import specc
from specc.importing.archive import Broken, read_config
from specc.importing.model import import_config, import_model
from tests.applications.compare import outputs, randomize

SPECS = {
    "two unknown axes": """
inputs: {x: [camera: C, time: T, feature: 3]}
layers:
  - LSTM: 4
""",
    "one unknown axis": """
inputs: {x: [time: T, height: 5, width: 5, channel: 1]}
layers:
  - Conv2D: {filters: 2, kernel_size: 3}
""",
    "images of any size": """
inputs: {x: [camera: C, time: T, height: H, width: W, channel: 2]}
layers:
  - Conv2D: {filters: 3, kernel_size: 3, padding: same}
  - GlobalAveragePooling2D
  - LSTM: 3
""",
    "a number and an unknown axis": """
inputs: {x: [camera: 5, time: T, feature: 3]}
layers:
  - LSTM: {units: 4, return_sequences: true}
""",
    "a batch of a fixed size": """
inputs: {x: {shape: [camera: C, time: T, feature: 3], batch_size: 3}}
layers:
  - LSTM: {units: 4, return_sequences: true}
""",
    "an axis behind another": """
inputs: {x: [A, B, 3]}
layers:
  - map: {over: 2, layers: [{Dense: 4}, {LSTM: {units: 3, return_sequences: true}}]}
  - reduce: {axis: 1, how: mean}
""",
    "a map in a map": """
inputs: {x: [a: A, b: B, c: C, 3]}
layers:
  - map: {over: a, layers: [{Dense: 4}, {map: {over: b, layers: [{LSTM: 3}, {Dense: 2}]}}, {Dense: 5}]}
""",
    "values from two inputs": """
inputs: {x: [a: A, b: B, 3], y: [a: A, 3]}
layers:
  - map: {over: [a], layers: [{LSTM: 3}, {Add: {}, from: [_, y]}]}
    from: x
""",
    "two folds over other axes": """
inputs: {x: [camera: C, time: T, feature: 3], y: [camera: D, time: U, feature: 3]}
layers:
  - {LSTM: 2, from: x, name: one}
  - {reuse: one, from: y, name: other}
  - {Concatenate: {axis: camera}, from: [one, other]}
""",
    "positions and weights inside": """
inputs: {x: [camera: C, time: T, feature: 3]}
layers:
  - map:
      over: camera
      layers:
        - {Dense: 3, name: dense}
        - {positions: {axis: time}}
        - {Embedding: {input_dim: 20, output_dim: 3}, name: place}
        - {Add: {}, from: [dense, place], name: sum}
        - {weight: {shape: [time: 1, feature: 3], initializer: ones}, name: start}
        - {Concatenate: {axis: 1}, from: [start, sum]}
        - LSTM: 2
""",
    "slices between": """
inputs: {x: [camera: C, time: T, feature: 3]}
layers:
  - slice: {axis: time, start: 1}
  - LSTM: {units: 3, return_sequences: true}
  - slice: {axis: camera, step: 2}
  - Conv1D: {filters: 2, kernel_size: 2, padding: causal}
  - LSTM: 3
""",
    "masks beside folds": """
inputs: {x: {shape: [text: D, sentence: S, word: W], dtype: int32}}
layers:
  - Embedding: {input_dim: 5, output_dim: 4, mask_zero: true}
  - Bidirectional: {layer: {GRU: {units: 3, return_sequences: true}}}
  - reduce: {axis: word, how: max}
  - LSTM: 2
""",
    "a mask that is given": """
inputs: {x: [camera: C, time: T, feature: 3], m: {shape: [camera: C, time: T], dtype: bool}}
layers:
  - mask: {}
    from: [x, m]
  - LSTM: 3
  - reduce: {axis: camera, how: mean}
""",
    "rearranged": """
inputs: {x: [a: A, b: B, 8]}
layers:
  - rearrange: "a b c -> b (a c)"
""",
    "split": """
inputs: {x: [time: T, feature: 8]}
layers:
  - rearrange: {pattern: "(t k) (h c) -> h t (k c)", sizes: {k: 2, h: 4}}
  - Dense: 3
""",
    "reshaped": """
inputs: {x: [T, 8]}
layers:
  - Reshape: [T // 2, 16]
""",
    "reshaped to more steps": """
inputs: {x: [T, S, 8]}
layers:
  - Reshape: [T, 2*S, 2, 2]
""",
    "merged": """
inputs: {x: [camera: C, time: T, height: 2, feature: 3]}
layers:
  - Flatten: {keep: [camera, time]}
  - LSTM: {units: 2, return_sequences: true}
  - Dense: {units: [head: 2, feature: 3]}
""",
}


def samples(model: Any, unknown: int) -> list[Any]:
    """Numbers for each input, its unknown sizes all so long."""
    rng = np.random.default_rng(unknown)
    found: list[Any] = []
    for x in model.inputs:
        shape = [x.shape[0] or 3, *(size or unknown for size in x.shape[1:])]
        found.append(rng.integers(0, 3, shape) if x.dtype != "float32" else rng.uniform(-1, 1, shape))
        found[-1] = found[-1].astype(x.dtype)
    return found


@pytest.mark.parametrize("name", SPECS)
def test_comes_back_exactly(name: str, tmp_path: Path):
    built = specc.build(f"specc: 1\nname: m{SPECS[name]}", seed=1)
    randomize(built)
    built.save(tmp_path / "model.keras")
    imported = import_model(str(tmp_path / "model.keras"))
    assert imported.text is not None, [d.message for d in imported.diagnostics]
    assert "ops.take" not in imported.text
    again = specc.build(imported.text, strict=True, weights=tmp_path / "model.keras")
    assert again.count_params() == built.count_params()
    for unknown in (2, 4):
        x = samples(built, unknown)
        for mine, theirs in zip(outputs(built, x), outputs(again, x), strict=True):
            np.testing.assert_array_equal(mine, theirs, strict=True)


def test_a_fold_is_written_as_a_map(tmp_path: Path):
    specc.build(f"specc: 1\nname: m{SPECS['two unknown axes']}", tmp_path / "model.keras")
    assert import_model(str(tmp_path / "model.keras")).text == (
        "specc: 1\nname: m\n\ninputs:\n  x: [null, null, 3]\n\nlayers:\n  - map:\n      over: 1\n"
        "      layers:\n        - {LSTM: 4, name: lstm.lstm}\n\noutputs:\n  lstm: {from: lstm.lstm}\n"
    )


def refused(model: Any, folder: Path) -> list[str]:
    model.save(folder / "model.keras")
    found = import_model(str(folder / "model.keras"))
    assert found.text is None
    assert {d.code for d in found.diagnostics} == {"E505"}
    return [d.message for d in found.diagnostics]


def numbers(x: Any, *axes: int) -> Any:
    """What specc lets a network compute: 0, 1, 2, … along axes of a value."""
    index: Any = 0
    index: Any = 0
    for at in axes:
        ones = ops.ones_like(x[tuple(slice(None) if i == at else 0 for i in range(len(x.shape)))], "int32")
        counted: Any = ops.cumsum(ones)
        size: Any = ops.sum(ones)
        back = 1 - counted
        index = -back if at == axes[0] else ops.expand_dims(index, -1) * size - back
    return index


def folded(taken_by: str) -> Any:
    """A network that takes the steps of `a` apart again by the numbers of another value."""
    a, b = keras.Input((None, 3), name="a"), keras.Input((None, 3), name="b")
    y = L.Dense(2)(ops.reshape(a, (-1, 3)))
    index = numbers({"a": a, "b": b}[taken_by], 0, 1)
    return keras.Model([a, b], [ops.take(y, index, axis=0), L.Dense(1)(b)])


def test_steps_taken_apart_by_their_own_number(tmp_path: Path):
    model = folded("a")
    model.save(tmp_path / "model.keras")
    found = import_model(str(tmp_path / "model.keras"))
    assert found.text is not None
    assert "map:" in found.text


def test_steps_taken_apart_by_the_number_of_others_are_refused(tmp_path: Path):
    assert any("take" in message for message in refused(folded("b"), tmp_path))


def test_a_number_for_the_whole_batch_is_refused(tmp_path: Path):
    x = keras.Input((3,))
    whole: Any = ops.sum(x)
    messages = refused(keras.Model(x, x * whole), tmp_path)
    assert any(
        message.endswith("reads a number that is computed for the whole batch") for message in messages
    )


def test_numbers_that_skip_some_are_refused(tmp_path: Path):
    x = keras.Input((None, 3))
    refused(keras.Model(x, ops.take(x, numbers(x, 0) * 2, axis=0)), tmp_path)


def test_the_inside_of_a_fold_is_no_output(tmp_path: Path):
    x = keras.Input((None, 3))
    messages = refused(keras.Model(x, L.Dense(2, name="inside")(ops.reshape(x, (-1, 3)))), tmp_path)
    assert messages == ["`inside` is an output within a fold"]


def configuration(folder: Path) -> dict[str, Any]:
    """What the file of a network with a fold over two unknown axes holds."""
    specc.build(f"specc: 1\nname: m{SPECS['two unknown axes']}", folder / "model.keras")
    return read_config(str(folder / "model.keras"))


def test_a_fold_with_a_second_result_is_broken(tmp_path: Path):
    config = configuration(tmp_path)
    (layer,) = [x for x in config["config"]["layers"] if x["name"] == "lstm.lstm"]
    layer["inbound_nodes"][0]["args"][0]["config"]["keras_history"][2] = 1
    with pytest.raises(Broken, match=r"`lstm.fold` makes 1 results; more are read"):
        import_config(config)


def test_a_reshape_that_is_applied_to_nothing_is_broken(tmp_path: Path):
    config = configuration(tmp_path)
    (layer,) = [x for x in config["config"]["layers"] if x["name"] == "lstm.fold.reshape"]
    layer["inbound_nodes"] = []
    with pytest.raises(Broken, match=r"`lstm.fold.reshape` is applied to nothing"):
        import_config(config)


def test_a_reshape_to_no_sizes_is_refused(tmp_path: Path):
    config = configuration(tmp_path)
    (layer,) = [x for x in config["config"]["layers"] if x["name"] == "lstm.fold.reshape"]
    layer["config"]["newshape"] = [-1, [3]]
    assert import_config(config).text is None
