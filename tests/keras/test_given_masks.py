# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false, reportAttributeAccessIssue=false
"""Masks that calls are given as values: the models are those written by hand in Keras, in all of their forms."""

import json
import re
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers as L

from specc.backends.emit.module import emit
from specc.backends.keras.lower import lower
from specc.backends.keras.verify import verify
from specc.importing.model import import_config
from specc.passes.expand import expand
from specc.pipeline import Options, check_source, explicit
from specc.source import Source

RANDOM = np.random.default_rng(0)

INPUTS = """
inputs:
  x: [time: 6, feature: 3]
  y: [time: 4, feature: 3]
  h: [feature: 4]
  film: [time: 6, height: 5, width: 5, channel: 2]
  series: [series: 2, time: 6, feature: 3]
  m: {shape: [time: 6], dtype: bool}
  k: {shape: [time: 4], dtype: bool}
  scores: {shape: [query: 6, key: 4], dtype: bool}
  heads: {shape: [head: 2, query: 1, key: 4], dtype: bool}
  each: {shape: [time: 6, feature: 3], dtype: bool}
  column: {shape: [time: 6, one: 1], dtype: bool}
  ms: {shape: [series: 2, time: 6], dtype: bool}
layers:
"""

SIZES = {
    "x": (6, 3),
    "y": (4, 3),
    "h": (4,),
    "film": (6, 5, 5, 2),
    "series": (2, 6, 3),
    "m": (6,),
    "k": (4,),
    "scores": (6, 4),
    "heads": (2, 1, 4),
    "each": (6, 3),
    "column": (6, 1),
    "ms": (2, 6),
}
FLOATS = {"x", "y", "h", "film", "series"}

Hand = Callable[[Any], Any]


def case(name: str, item: str, origin: str, hand: Hand) -> Any:
    return pytest.param(f"  - {item}\n    from: {{{origin}}}\n", hand, id=name)


def folded(i: Any) -> Any:
    x = keras.ops.reshape(i["series"], (-1, 6, 3))
    made = L.GRU(4)(x, mask=keras.ops.reshape(i["ms"], (-1, 6)))
    return keras.ops.reshape(made, (-1, 2, 4))


MHA = "MultiHeadAttention: {num_heads: 2, key_dim: 3}"
GQA = "GroupQueryAttention: {head_dim: 3, num_query_heads: 2, num_key_value_heads: 1}"

CASES = [
    case("lstm", "LSTM: 4", "sequences: x, mask: m", lambda i: L.LSTM(4)(i["x"], mask=i["m"])),
    case(
        "states",
        "LSTM: {units: 4, return_sequences: true}",
        "sequences: x, initial_state: [h, h], mask: m",
        lambda i: L.LSTM(4, return_sequences=True)(i["x"], initial_state=[i["h"], i["h"]], mask=i["m"]),
    ),
    case(
        "gru",
        "GRU: {units: 4, go_backwards: true}",
        "sequences: x, initial_state: h, mask: m",
        lambda i: L.GRU(4, go_backwards=True)(i["x"], initial_state=[i["h"]], mask=i["m"]),
    ),
    case(
        "simple",
        "SimpleRNN: {units: 4, unroll: true}",
        "sequences: x, mask: m",
        lambda i: L.SimpleRNN(4, unroll=True)(i["x"], mask=i["m"]),
    ),
    case(
        "rnn",
        "RNN: {cell: [{GRUCell: 4}, {LSTMCell: 2}], zero_output_for_mask: true, return_sequences: true}",
        "sequences: x, mask: m",
        lambda i: L.RNN([L.GRUCell(4), L.LSTMCell(2)], return_sequences=True, zero_output_for_mask=True)(
            i["x"], mask=i["m"]
        ),
    ),
    case(
        "both directions",
        "Bidirectional: {layer: {GRU: {units: 4, return_sequences: true}}}",
        "sequences: x, mask: m",
        lambda i: L.Bidirectional(L.GRU(4, return_sequences=True))(i["x"], mask=i["m"]),
    ),
    case(
        "both directions, from states",
        "Bidirectional: {layer: {GRU: 4}, merge_mode: sum}",
        "sequences: x, initial_state: [h, h], mask: m",
        lambda i: L.Bidirectional(L.GRU(4), merge_mode="sum")(
            i["x"], initial_state=[i["h"], i["h"]], mask=i["m"]
        ),
    ),
    case(
        "film",
        "ConvLSTM2D: {filters: 2, kernel_size: 3}",
        "sequences: film, mask: m",
        lambda i: L.ConvLSTM2D(2, 3)(i["film"], mask=i["m"]),
    ),
    case("a fold", "GRU: 4", "sequences: series, mask: ms", folded),
    pytest.param(
        "  - GRU: 4\n    distribute: time_distributed\n    from: {sequences: series, mask: ms}\n",
        lambda i: L.TimeDistributed(L.GRU(4))(i["series"], mask=i["ms"]),
        id="a wrapper",
    ),
    case(
        "an author's wrapper",
        "TimeDistributed: {layer: {LSTM: 4}}",
        "inputs: series, mask: ms",
        lambda i: L.TimeDistributed(L.LSTM(4))(i["series"], mask=i["ms"]),
    ),
    case(
        "pooling",
        "GlobalAveragePooling1D:",
        "inputs: x, mask: m",
        lambda i: L.GlobalAveragePooling1D()(i["x"], mask=i["m"]),
    ),
    case(
        "batch statistics",
        "BatchNormalization:",
        "inputs: x, mask: m",
        lambda i: L.BatchNormalization()(i["x"], mask=i["m"]),
    ),
    case("softmax", "Softmax: 1", "inputs: x, mask: each", lambda i: L.Softmax(1)(i["x"], mask=i["each"])),
    case(
        "softmax of columns",
        "Softmax: 1",
        "inputs: x, mask: column",
        lambda i: L.Softmax(1)(i["x"], mask=i["column"]),
    ),
    case(
        "scores of heads",
        MHA,
        "query: x, value: y, attention_mask: heads",
        lambda i: L.MultiHeadAttention(2, 3)(i["x"], i["y"], attention_mask=i["heads"]),
    ),
    case(
        "scores and values",
        MHA,
        "query: x, value: y, attention_mask: scores, value_mask: k",
        lambda i: L.MultiHeadAttention(2, 3)(i["x"], i["y"], attention_mask=i["scores"], value_mask=i["k"]),
    ),
    case(
        "keys",
        MHA,
        "query: x, value: y, key: y, key_mask: k",
        lambda i: L.MultiHeadAttention(2, 3)(i["x"], i["y"], key=i["y"], key_mask=i["k"]),
    ),
    case(
        "keys that are values",
        MHA,
        "query: x, value: y, key_mask: k",
        lambda i: L.MultiHeadAttention(2, 3)(i["x"], i["y"], key_mask=i["k"]),
    ),
    case(
        "groups",
        GQA,
        "query: x, value: y, query_mask: m, value_mask: k, attention_mask: scores",
        lambda i: L.GroupQueryAttention(3, 2, 1)(
            i["x"], i["y"], query_mask=i["m"], value_mask=i["k"], attention_mask=i["scores"]
        ),
    ),
    case(
        "dot products",
        "Attention:",
        "query: x, value: y, mask: [m, k]",
        lambda i: L.Attention()([i["x"], i["y"]], mask=[i["m"], i["k"]]),
    ),
    case(
        "sums",
        "AdditiveAttention: {use_scale: false}",
        "query: x, value: y, key: y, mask: [null, k]",
        lambda i: L.AdditiveAttention(use_scale=False)([i["x"], i["y"], i["y"]], mask=[None, i["k"]]),
    ),
]


def model_of(text: str) -> tuple[Any, Any]:
    checked = check_source(Source("case.yaml", text), Options())
    wrong = [d for d in checked.report.diagnostics if d.severity == "error" or d.code == "W602"]
    assert wrong == [], [d.message for d in wrong]
    whole = explicit(checked)
    built = lower(whole, seed=1)
    typed = checked.report.typed
    assert typed is not None
    weights = {layer.name: one for layer, one in zip(typed.graph.layers, typed.weights, strict=True)}
    assert verify(built, whole, weights) == []
    return checked, built.model


def inputs(count: int = 3) -> dict[str, Any]:
    """A batch, in which the first step of every mask counts."""
    made: dict[str, Any] = {}
    for name, sizes in SIZES.items():
        if name in FLOATS:
            made[name] = RANDOM.normal(size=(count, *sizes)).astype("float32")
        else:
            made[name] = RANDOM.random((count, *sizes)) < 0.6
            made[name][..., 0] = True
    return made


def same(one: Any, other: Any, x: dict[str, Any], weights: list[Any]) -> None:
    """Both make the same of a batch with these weights, in training too."""
    for training in (False, True):
        one.set_weights(weights)
        other.set_weights(weights)
        np.testing.assert_allclose(
            one([x[i.name] for i in one.inputs], training=training),
            other([x[i.name] for i in other.inputs], training=training),
            rtol=1e-5,
            atol=1e-5,
        )


def used(text: str) -> str:
    """A spec with those of the inputs that its layers read."""
    head = INPUTS.split("layers:\n", maxsplit=1)[0]
    words = re.findall(r"\w+", text.split("from:")[1])
    kept = [
        line for line in head.splitlines() if not line.startswith("  ") or line.split(":")[0].strip() in words
    ]
    return "specc: 1\nname: case\n" + "\n".join(kept) + "\nlayers:\n" + text


@pytest.mark.parametrize(("text", "hand"), CASES)
@pytest.mark.filterwarnings("ignore:.*passed an input with a mask:UserWarning")
def test_models_are_those_of_keras(text: str, hand: Hand) -> None:
    """Built, expanded, emitted, imported: each makes what the layers called by hand make, and so are their masks."""
    checked, model = model_of(used(text))
    given = {n: keras.Input(s, dtype="float32" if n in FLOATS else "bool", name=n) for n, s in SIZES.items()}
    result = hand(given)
    by_hand = keras.Model([given[i.name] for i in model.inputs], result)
    x, weights = inputs(), model.get_weights()
    same(model, by_hand, x, weights)
    if "series" not in text:
        mask, wanted = (getattr(one.outputs[0], "_keras_mask", None) for one in (model, by_hand))
        assert (mask is None) == (wanted is None)

    _, again = model_of(expand(checked.report.typed))
    same(again, by_hand, x, weights)

    scope: dict[str, Any] = {}
    exec(emit(explicit(checked)), scope)
    emitted = scope["build_model"]()
    same(emitted, by_hand, x, weights)

    if hand is folded:
        return
    read = import_config(json.loads(by_hand.to_json()))
    assert read.text is not None, [d.message for d in read.diagnostics]
    assert "mask" in read.text.split("layers:")[1]
    _, back = model_of(read.text)
    same(back, by_hand, x, weights)


@pytest.mark.parametrize(("text", "hand"), [each for each in CASES if each.id in ("lstm", "pooling", "keys")])
def test_masked_steps_do_not_matter(text: str, hand: Hand) -> None:
    _, model = model_of(used(text))
    x = inputs()
    other = {
        **x,
        "x": np.where(x["m"][..., None], x["x"], 7.0),
        "y": np.where(x["k"][..., None], x["y"], 7.0),
    }
    if "query" in text:
        other["x"] = x["x"]
    one, two = ([each[i.name] for i in model.inputs] for each in (x, other))
    np.testing.assert_allclose(model(one), model(two), rtol=1e-5, atol=1e-5)
