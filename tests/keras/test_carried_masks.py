"""Padding makes no difference: models whose masks cross constructs, folds and reshapes, against shorter samples."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from specc.backends.keras.lower import lower
from specc.pipeline import Options, check_source, explicit
from specc.report import Checked
from specc.source import Source

RANDOM = np.random.default_rng(0)


def check(text: str, **settings: Any) -> Checked:
    return check_source(Source("case.yaml", f"specc: 1\nname: case\n{text}"), Options(settings))


def model_of(text: str, **settings: Any) -> Any:
    checked = check(text, **settings)
    assert [d for d in checked.report.diagnostics if d.severity != "note"] == []
    return lower(explicit(checked), seed=1).model


def padded(x: Any, steps: int, axis: int = 1) -> Any:
    """`x` with so many steps of zeros behind."""
    widths = [(0, 0)] * x.ndim
    widths[axis] = (0, steps)
    return np.pad(x, widths)


def samples(*sizes: int) -> Any:
    return RANDOM.uniform(0.2, 0.9, sizes).astype("float32")


def loss(model: Any, x: Any, y: Any) -> float:
    model.compile(loss="mse")
    return float(model.evaluate(x, y, verbose=0))


CUT = """
inputs: {x: [time: T, feature: 3]}
layers:
  - Masking: 0.0
  - LSTM: {units: 4, return_sequences: true}
  - LSTM: {units: 1, return_sequences: true}
  - slice: {axis: time, start: 2}
    name: answer
outputs: [answer]
"""
SERIES = """
inputs: {x: [series: 2, time: T, feature: 3]}
layers:
  - Masking: 0.0
  - LSTM: {units: 4, return_sequences: true}
  - Dense: 1
    name: answer
outputs: [answer]
"""
RESHAPED = """
inputs: {x: [time: T, feature: 4]}
layers:
  - Masking: 0.0
  - LSTM: {units: 4, return_sequences: true}
    name: lstm
outputs:
  lstm: [time: T, row: 2, column: 2]
"""
DENSE = """
inputs: {x: [time: T, feature: 3]}
layers:
  - Masking: 0.0
  - Dense: {units: [row: 2, column: 2]}
    name: answer
outputs: [answer]
"""


@pytest.mark.parametrize(
    ("text", "axis", "made"),
    [(CUT, 1, (5, 1)), (SERIES, 2, (2, 7, 1)), (RESHAPED, 1, (7, 2, 2)), (DENSE, 1, (7, 2, 2))],
    ids=["cut", "series", "reshaped", "dense"],
)
@pytest.mark.parametrize("size", [None, 7], ids=["symbol", "number"])
def test_a_loss_leaves_padding_out(text: str, axis: int, made: tuple[int, ...], size: int | None) -> None:
    features = 4 if text == RESHAPED else 3
    outer = (2,) if text == SERIES else ()
    model = model_of(text, **({} if size is None else {"T": size}))
    x, y = samples(3, *outer, 4, features), samples(3, *made)
    short = model_of(text)
    short.set_weights(model.get_weights())
    kept = y[:, :, : 4 - (7 - made[1])] if outer else y[:, : 4 - (7 - made[0])]
    wanted = np.mean((np.asarray(short(x)) - kept) ** 2)
    assert loss(short, x, kept) == pytest.approx(wanted, rel=1e-5)
    assert loss(model, padded(x, 3, axis), y) == pytest.approx(wanted, rel=1e-5)


def test_a_saved_model_leaves_padding_out_too(tmp_path: Path) -> None:
    model = model_of(CUT)
    model.save(tmp_path / "m.keras")
    again = keras.saving.load_model(tmp_path / "m.keras")
    x, y = padded(samples(3, 4, 3), 3), samples(3, 5, 1)
    assert loss(again, x, y) == pytest.approx(loss(model, x, y))
    assert loss(again, x, y) != pytest.approx(np.mean((np.asarray(model(x)) - y) ** 2))


AFTER_CONV = """
inputs: {x: [time: T, height: 5, width: 5, channel: 2]}
layers:
  - Masking: 0.0
  - Conv2D: {filters: 3, kernel_size: 3, bias_initializer: ones}
  - MaxPooling2D: 2
  - LSTM: 4
"""
STATES = """
inputs: {x: [time: T, feature: 3]}
layers:
  - Masking: 0.0
    name: m
  - LSTM: 4
    name: state
  - GRU: 4
    from: {sequences: m, initial_state: state}
"""
LAST = """
inputs: {x: [series: 2, time: T, feature: 3]}
layers:
  - Masking: 0.0
  - LSTM: {units: 4, return_sequences: true}
  - reduce: {axis: time, how: last}
outputs: [reduce]
"""
WORDS = """
inputs: {x: [sentence: 3, word: T, feature: 3]}
layers:
  - Masking: 0.0
  - map: {over: sentence, layers: [{LSTM: 4}]}
  - LSTM: 2
"""
ATTENTION = """
inputs: {x: [time: T, feature: 3]}
layers:
  - Masking: 0.0
  - slice: {axis: time, start: 1}
  - MultiHeadAttention: {num_heads: 1, key_dim: 2}
  - GlobalAveragePooling1D
"""
MERGED = """
inputs: {x: [time: T, feature: 3]}
layers:
  - Masking: 0.0
    name: m
  - LSTM: {units: 3, return_sequences: true}
    name: a
  - rearrange: {pattern: "time (f one) -> time f one", sizes: {one: 1}}
    name: b
    from: m
  - rearrange: "time f one -> time (f one)"
  - Add:
    from: [a, _]
  - Attention:
    from: [_, _]
  - Bidirectional: {layer: {GRU: 2}}
"""
NORMED = """
inputs: {x: [time: T, feature: 3]}
layers:
  - Masking: 0.0
  - lrn: {depth_radius: 1}
  - Concatenate: {axis: time}
    from: [_, _]
  - LSTM: 2
"""


JOINED = """
inputs: {x: [time: T, feature: 3]}
layers:
  - Masking: 0.0
    name: m
  - Conv1D: {filters: 2, kernel_size: 1, bias_initializer: ones}
    name: c
  - mask:
    from: [c, m]
  - Concatenate:
    from: [m, _]
  - Dense: 4
  - LSTM: 2
"""
ADDED = """
inputs: {x: [time: T, feature: 3]}
layers:
  - Masking: 0.0
    name: m
  - positions: {axis: time}
  - Embedding: {input_dim: 9, output_dim: 3}
  - mask:
    from: [_, m]
  - Add:
    from: [m, _]
  - MultiHeadAttention: {num_heads: 1, key_dim: 2}
  - GlobalAveragePooling1D
"""
OWN = """
inputs: {x: [time: T, feature: 3]}
layers:
  - ops.not_equal: {x2: 0.0}
  - ops.any: {axis: 2}
  - mask:
    from: [x, _]
  - Dense: {units: 2, bias_initializer: ones}
  - LSTM: 2
"""
BEHIND = """
inputs: {x: [time: T, feature: 4]}
layers:
  - Masking: 0.0
  - rearrange: {pattern: "time (f g) -> time f g", sizes: {f: 2}}
  - map: {over: f, layers: [{GRU: {units: 2, return_sequences: true}}]}
  - rearrange: "time f g -> time (f g)"
  - LSTM: 2
"""
RESIDUAL = """
inputs: {x: [time: T, feature: 3]}
layers:
  - Masking: 0.0
  - residual:
      - Rescaling: 1.0
      - MultiHeadAttention: {num_heads: 1, key_dim: 2}
  - Attention:
    from: [_, _]
  - slice: {axis: time, index: 0}
"""


def reducing(how: str) -> str:
    return f"""
inputs: {{x: [time: T, feature: 3]}}
layers:
  - Masking: 0.0
  - Dense: {{units: 4, bias_initializer: ones}}
  - reduce: {{axis: time, how: {how}}}
"""


@pytest.mark.parametrize(
    ("text", "sizes", "axis"),
    [
        pytest.param(AFTER_CONV, (5, 5, 2), 1, id="a fold and a reshape"),
        pytest.param(LAST, (2, 3), 2, id="a reduction that is an output"),
        pytest.param(ATTENTION, (3,), 1, id="attention behind a slice"),
        pytest.param(MERGED, (3,), 1, id="a merge of masks of both kinds"),
        pytest.param(NORMED, (3,), 1, id="joined"),
        pytest.param(RESIDUAL, (3,), 1, id="a residual around attention"),
        pytest.param(JOINED, (3,), 1, id="joined features"),
        pytest.param(ADDED, (3,), 1, id="positions added"),
        pytest.param(BEHIND, (4,), 1, id="a map over an axis behind"),
        pytest.param(OWN, (3,), 1, id="a mask of one's own"),
        *(
            pytest.param(reducing(how), (3,), 1, id=how)
            for how in ("mean", "sum", "max", "min", "last", "first")
        ),
    ],
)
@pytest.mark.filterwarnings("ignore:.*passed an input with a mask:UserWarning")
def test_results_do_not_hang_on_padding(text: str, sizes: tuple[int, ...], axis: int) -> None:
    model = model_of(text)
    x = samples(2, *sizes[: axis - 1], 4, *sizes[axis - 1 :])
    np.testing.assert_allclose(model(padded(x, 3, axis)), model(x), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "text",
    [
        RESIDUAL.replace("      - Rescaling: 1.0\n", ""),
        NORMED.replace("  - lrn", "  - ops.abs\n  - lrn"),
        reducing("mean").replace("  - Dense", "  - ops.abs\n  - Dense"),
        STATES,
        JOINED.replace("  - mask:\n    from: [c, m]\n", ""),
        ADDED.replace("  - mask:\n    from: [_, m]\n", ""),
    ],
    ids=["a residual around attention", "a join", "a function", "states", "joined features", "a sum"],
)
@pytest.mark.filterwarnings("ignore:.*passed an input with a mask:UserWarning")
def test_where_a_mask_is_lost_results_hang_on_padding(text: str) -> None:
    checked = check_source(Source("case.yaml", f"specc: 1\nname: case\n{text}"), Options())
    assert [d.code for d in checked.report.diagnostics if d.severity != "note"] == ["W602"]
    model = lower(explicit(checked), seed=1).model
    x = samples(2, 4, 3)
    assert not np.allclose(model(padded(x, 3)), model(x), rtol=1e-3)


def test_sentences_without_words_are_passed_over() -> None:
    model = model_of(WORDS)
    x = samples(2, 2, 4, 3)
    short = model_of(WORDS.replace("sentence: 3", "sentence: 2"))
    short.set_weights(model.get_weights())
    np.testing.assert_allclose(model(padded(padded(x, 3, 2), 1, 1)), short(x), rtol=1e-5, atol=1e-6)


def test_what_stands_at_padded_steps_does_not_matter() -> None:
    text = """
inputs: {x: {shape: [series: 2, token: T], dtype: int32}}
layers:
  - Embedding: {input_dim: 9, output_dim: 4, mask_zero: true}
    name: words
  - LSTM: {units: 3, return_sequences: true}
  - slice: {axis: token, start: 1}
  - GRU: {units: 2, return_sequences: true}
    name: answer
outputs: [answer]
"""
    model = model_of(text)
    x = RANDOM.integers(1, 9, (2, 2, 5))
    x[:, :, 3:] = 0
    before = np.asarray(model(x))
    vectors = model.get_layer("words").get_weights()[0]
    vectors[0] = 1e3
    model.get_layer("words").set_weights([vectors])
    np.testing.assert_array_equal(np.asarray(model(x))[:, :, :2], before[:, :, :2])
    assert not np.asarray(model(x))[:, :, 2:].any()  # padded outputs are 0


@pytest.mark.parametrize("layer", ["LSTM: 3", "GlobalAveragePooling1D:"])
def test_integers_are_given_masks(layer: str) -> None:
    text = f"""
inputs: {{x: {{shape: [time: T, feature: 4], dtype: int32}}}}
layers:
  - Masking: 0
  - slice: {{axis: time, start: 1}}
  - {layer}
"""
    model, x = model_of(text), RANDOM.integers(1, 5, (2, 4, 4))
    np.testing.assert_allclose(np.asarray(model(padded(x, 3))), np.asarray(model(x)), rtol=1e-5)


@pytest.mark.parametrize("how", ["mean", "sum", "max", "min", "last", "first"])
@pytest.mark.parametrize("keepdims", [False, True])
def test_reducing_by_a_mask_of_ones_own(how: str, keepdims: bool) -> None:
    text = f"""
inputs: {{x: [time: 4, feature: 3], m: {{shape: [time: 4], dtype: bool}}}}
layers:
  - reduce: {{axis: time, how: {how}, keepdims: {str(keepdims).lower()}}}
    from: {{inputs: x, mask: m}}
"""
    x, mask = samples(2, 4, 3) - 0.5, np.array([[True, False, True, False], [False] * 4])
    made = np.asarray(model_of(text)([x, mask]))
    kept = x[0, [0, 2]]
    wanted = {"last": kept[-1], "first": kept[0]}.get(how)
    wanted = getattr(kept, how)(axis=0) if wanted is None else wanted
    assert made.shape == ((2, 1, 3) if keepdims else (2, 3))
    np.testing.assert_allclose(made.reshape(2, 3), [wanted, np.zeros(3)], rtol=1e-6)


SEVERAL = """
inputs: {x: [time: 6, feature: 4]}
layers:
  - Masking
  - ops.cast: float32
    name: same
  - LSTM: 3
    name: last
  - LSTM: {units: 3, return_sequences: true}
    from: same
    name: steps
  - slice: {axis: time, start: 1}
    name: later
  - ops.exp:
    from: steps
    name: raised
outputs: [last, steps, later, raised]
compile: {optimizer: adam, loss: {last: mse, steps: mse, later: mae, raised: mse}}
"""


def test_each_of_several_losses_leaves_padding_out_where_its_output_has_a_mask():
    checked = check(SEVERAL)
    warnings = [d for d in checked.report.diagnostics if d.code[0] == "W"]
    assert [(d.code, d.layer) for d in warnings] == [("W602", "raised")]
    assert "the loss of `raised` would have used" in warnings[0].message
    assert check(SEVERAL.replace(", raised: mse", "")).report.diagnostics == []
    model = lower(explicit(checked), seed=1).model
    model.compile(loss={"last": "mse", "steps": "mse", "later": "mae", "raised": "mse"})
    x = padded(samples(2, 3, 4), 3)
    made = model.predict(x, verbose=0)
    wanted = {name: np.full_like(value, 0.5) for name, value in made.items()}
    losses = model.evaluate(x, wanted, verbose=0, return_dict=True)
    far = {name: np.abs(value - 0.5) for name, value in made.items()}
    counts = np.any(x != 0, axis=-1)
    assert losses["last_loss"] == pytest.approx(np.mean(far["last"] ** 2), rel=1e-5)
    assert losses["steps_loss"] == pytest.approx(np.mean(far["steps"][counts] ** 2), rel=1e-5)
    assert losses["later_loss"] == pytest.approx(np.mean(far["later"][counts[:, 1:]]), rel=1e-5)
    assert losses["raised_loss"] == pytest.approx(np.mean(far["raised"] ** 2), rel=1e-5)
