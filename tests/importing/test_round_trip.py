# pyright: reportAttributeAccessIssue=false, reportMissingImports=false, reportArgumentType=false
# pyright: reportOptionalSubscript=false, reportOptionalOperand=false, reportOperatorIssue=false, reportCallIssue=false
"""Small models of every kind: saved, imported, checked, built with the same weights, and the same again."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers as L
from keras import ops

import specc
from specc.importing.model import import_model
from specc.layers import CRF, CRFLoss
from tests.applications.compare import apart, batch, outputs, randomize

Model = Any


def imported(model: Model, folder: Path) -> str:
    """The spec of a model, by way of its file."""
    model.save(folder / "model.keras")
    found = import_model(str(folder / "model.keras"))
    assert found.text is not None, [d.message for d in found.diagnostics]
    assert not found.diagnostics, [d.message for d in found.diagnostics]
    (folder / "model.yaml").write_text(found.text)
    return found.text


def again(model: Model, folder: Path, **options: Any) -> Model:
    """The model that comes of the spec of a model, with its weights: it makes the same of a batch."""
    randomize(model)
    imported(model, folder)
    report = specc.check(folder / "model.yaml", strict=True)
    assert report.ok, [d.message for d in report.diagnostics]
    built = specc.build(folder / "model.yaml", strict=True, weights=folder / "model.keras", **options)
    x = batch(model, most=1, size=3)
    apart(outputs(model, x), outputs(built, x))
    assert built.count_params() == model.count_params()
    return built


MODELS: dict[str, Callable[[], Model]] = {}


def model(make: Callable[[], Model]) -> Callable[[], Model]:
    MODELS[make.__name__] = make
    return make


@model
def sequential() -> Model:
    return keras.Sequential(
        [
            keras.Input((8, 8, 3), name="image"),
            L.Conv2D(4, 3, activation="relu", kernel_initializer="he_normal", kernel_regularizer="l2"),
            L.MaxPooling2D(),
            L.BatchNormalization(axis=3),
            L.Flatten(),
            L.Dropout(0.5),
            L.Dense(3, activation="softmax"),
        ]
    )


@model
def functional() -> Model:
    x = keras.Input((8, 8, 3), name="image")
    y = L.Conv2D(4, 3, padding="same")(x)
    z = L.Conv2D(4, (1, 3), strides=(1, 1), padding="same", dilation_rate=(1, 2), use_bias=False)(y)
    return keras.Model(x, L.Concatenate()([L.Add()([y, z]), z, x]))


@model
def channels_first() -> Model:
    x = keras.Input((3, 8, 8))
    y = L.MaxPooling2D(2, data_format="channels_first")(x)
    return keras.Model(x, L.GlobalAveragePooling2D(data_format="channels_first")(y))


@model
def several_inputs_and_outputs() -> Model:
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    y = L.Dense(4, name="left")(a)
    return keras.Model([a, b], [L.Add(name="sum")([y, b]), L.Dense(2, name="right")(b), y])


@model
def outputs_by_name() -> Model:
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    return keras.Model({"a": a, "b": b}, {"second": L.Dense(3)(b), "first": L.Dense(2)(a)})


@model
def shared() -> Model:
    a, b = keras.Input((4,)), keras.Input((4,))
    dense = L.Dense(3, name="tower")
    return keras.Model([a, b], L.Dot(axes=1)([dense(a), dense(b)]))


@model
def nested() -> Model:
    i = keras.Input((4,))
    inner = keras.Model(i, L.Add()([i, L.Dense(4, name="d")(i)]), name="inner")
    deeper = keras.Sequential([keras.Input((4,)), inner, L.Dense(5, name="d")], name="deeper")
    x = keras.Input((4,))
    return keras.Model(x, L.Dense(2, name="d")(deeper(x)))


@model
def nested_twice() -> Model:
    i, j = keras.Input((4,), name="i"), keras.Input((4,), name="j")
    inner = keras.Model([i, j], [L.Subtract()([i, j]), L.Dense(4)(j)], name="inner")
    a, b = keras.Input((4,)), keras.Input((4,))
    p, q = inner([a, b])
    r, s = inner([q, p])
    return keras.Model([a, b], [L.Add()([r, s]), L.Multiply()([p, s])])


@model
def nested_by_name() -> Model:
    i, j = keras.Input((4,), name="i"), keras.Input((4,), name="j")
    inner = keras.Model({"j": j, "i": i}, {"z": L.Subtract()([i, j]), "y": L.Dense(4)(j)}, name="inner")
    a, b = keras.Input((4,)), keras.Input((4,))
    made = inner({"i": a, "j": b})
    return keras.Model([a, b], L.Subtract()([made["z"], made["y"]]))


@model
def operators() -> Model:
    x = keras.Input((8, 6))
    y = x[:, 1:, ::2] * 2.5 + 1
    z = ops.mean(y, axis=1, keepdims=True) - y
    w = ops.concatenate([z, y], axis=-1)[..., -1]
    return keras.Model(x, ops.relu(-w) / (ops.square(w) + 0.5))


@model
def functions() -> Model:
    x, y = keras.Input((5,)), keras.Input((5,))
    z = ops.where(ops.greater(x, y), x, 0.0)
    z = ops.maximum(ops.subtract(1.0, z), y**2)
    return keras.Model([x, y], [ops.softmax(z), ops.sum(z, axis=-1), ops.clip(z, 0.1, 0.6)])


@model
def states() -> Model:
    x = keras.Input((6, 3))
    y, h, c = L.LSTM(4, return_sequences=True, return_state=True)(x)
    z = L.LSTM(4, name="decoder")(y, initial_state=[h, c])
    w, s = L.GRU(4, return_state=True)(y)
    return keras.Model(x, [z, w, s])


@model
def wrappers() -> Model:
    x = keras.Input((5, 6, 3))
    y = L.TimeDistributed(L.Conv1D(4, 2, activation="relu"))(x)
    y = L.TimeDistributed(L.Flatten())(y)
    y = L.Bidirectional(L.LSTM(3, return_sequences=True), merge_mode="ave")(y)
    y = L.Bidirectional(L.GRU(3), backward_layer=L.GRU(3, go_backwards=True, activation="relu"))(y)
    return keras.Model(x, y)


@model
def attention() -> Model:
    x, m = keras.Input((5, 6)), keras.Input((5, 6))
    y = L.MultiHeadAttention(2, 3, name="self")(x, x, use_causal_mask=True)
    y = L.LayerNormalization()(L.Add()([x, y]))
    z, scores = L.MultiHeadAttention(2, 3, value_dim=5, name="cross")(y, m, return_attention_scores=True)
    return keras.Model([x, m], [L.Attention(use_scale=True)([z, m]), scores])


@model
def masks_that_attention_takes_off() -> Model:
    """A mask is given again behind `MultiHeadAttention`, which takes it off the value that has it."""
    x, y = keras.Input((6, 3)), keras.Input((7, 3))
    seen, said = keras.Input((6,), dtype="bool"), keras.Input((7,), dtype="bool")
    memory = L.LSTM(4, return_sequences=True)(x, mask=seen)
    query = L.GRU(4, return_sequences=True)(y, mask=said)
    z = L.MultiHeadAttention(2, 4)(query, memory, value_mask=seen)
    return keras.Model([x, y, seen, said], L.Attention()([z, memory], mask=[said, seen]))


@model
def embedded() -> Model:
    x = keras.Input((7,), dtype="int32", name="tokens")
    y = L.Embedding(5, 4, mask_zero=True)(x)
    return keras.Model(x, L.Dense(3)(L.LSTM(4)(y)))


@model
def any_length() -> Model:
    x = keras.Input((None, 3), name="steps")
    return keras.Model(x, L.Dense(2)(L.GRU(4, return_sequences=True)(L.Conv1D(4, 3, padding="causal")(x))))


@model
def objects() -> Model:
    x = keras.Input((6,))
    y = L.Dense(
        4, activation=L.LeakyReLU(0.1), kernel_initializer=keras.initializers.RandomNormal(0, 0.1, seed=3)
    )(x)
    y = L.Dense(
        4, kernel_constraint=keras.constraints.MaxNorm(3), bias_regularizer=keras.regularizers.L1L2(0.1)
    )(y)
    y = L.Dense(4, activation="gelu", kernel_initializer=keras.initializers.VarianceScaling(2.0, "fan_out"))(
        y
    )
    return keras.Model(x, L.Dense(4, activation=L.ReLU(6.0))(y))


@model
def frozen() -> Model:
    x = keras.Input((4,))
    made = keras.Model(x, L.BatchNormalization()(L.Dense(3, name="kept")(x)))
    made.get_layer("kept").trainable = False
    return made


@model
def normalized() -> Model:
    x = keras.Input((4,))
    layer = L.Normalization()
    layer.adapt(np.arange(20, dtype="float32").reshape(5, 4))
    return keras.Model(x, L.Dense(3)(layer(x)))


@model
def policies() -> Model:
    x = keras.Input((4,))
    y = L.Dense(3, dtype="mixed_bfloat16")(L.Dense(5, dtype="mixed_bfloat16")(x))
    return keras.Model(x, L.Activation("softmax", dtype="float32")(y))


@pytest.mark.parametrize("name", MODELS)
def test_is_the_same_again(name: str, tmp_path: Path):
    again(MODELS[name](), tmp_path)


def test_a_crf_is_trained_by_its_own_loss(tmp_path: Path) -> None:
    tokens = keras.Input((None,), dtype="int32", name="tokens")
    x = L.Embedding(9, 6, mask_zero=True)(tokens)
    made = keras.Model(tokens, CRF(3, transition_regularizer="l2", name="tag")(x))
    made.compile("adam", loss=CRFLoss(), metrics=[keras.metrics.Accuracy()])
    built = again(made, tmp_path)
    assert isinstance(built.loss, CRFLoss)
    assert "loss: crf\n" in (tmp_path / "model.yaml").read_text(encoding="utf-8")
