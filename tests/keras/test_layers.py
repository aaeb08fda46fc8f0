"""Every op becomes what was inferred of it, by its examples."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from specc.backends.keras.lower import Built, lower
from specc.backends.keras.verify import verify
from specc.ops import registry
from specc.ops.declare import Example, Op
from tests.keras.elsewhere import Elsewhere
from tests.keras.network import Network, make, shape

CASES = [
    pytest.param(word, example, id=f"{word}-{i}")
    for word in registry.names()
    for i, example in enumerate((registry.find(word) or Op).examples)
]


def built(network: Network, *values: int) -> Built:
    explicit = network.explicit(**{f"out_{i}": value for i, value in enumerate(values)})
    result = lower(explicit, seed=1)
    assert verify(result, explicit, network.weights) == []
    return result


def values(sizes: tuple[int, ...], dtype: str) -> Any:
    random = np.random.default_rng(0)
    if dtype == "string":
        return keras.ops.convert_to_tensor(random.choice(["a", "b"], (2, *sizes)))
    if dtype.startswith("int"):
        return random.integers(0, 3, (2, *sizes)).astype(dtype)
    return random.normal(size=(2, *sizes)).astype(dtype)


@pytest.mark.parametrize(("word", "example"), CASES)
def test_an_example_is_built_as_inferred(word: str, example: Example) -> None:
    network = Network()
    inputs = [network.input(f"x{i}", *sizes, dtype=example.dtype) for i, sizes in enumerate(example.shapes)]
    results = network.add_all(make(word, example.arguments), *inputs, name="layer")
    result = built(network, *results)
    if word.startswith("ConvLSTM") and example.arguments.get("data_format") == "channels_first":
        return  # TensorFlow runs those on accelerators only
    arrays = [values(sizes, example.dtype) for sizes in example.shapes]
    if word == "ops.cholesky":
        arrays = [np.abs(x) for x in arrays]  # matrices of one number that is not negative
    outputs = result.model(arrays if len(arrays) > 1 else arrays[0])
    outputs = outputs if isinstance(outputs, dict) else {"out_0": outputs}
    for i, value in enumerate(results):
        tensor = network.types[value]
        made = zip(tensor.shape.sizes, outputs[f"out_{i}"].shape[1:], strict=True)
        assert all(n == m or not isinstance(n, int) for n, m in made)
        assert keras.backend.standardize_dtype(outputs[f"out_{i}"].dtype) == tensor.dtype


def single(op: Op, x: Any, *sizes: Any, layer: str = "layer") -> tuple[Any, Any]:
    """What an op makes of `x`, an input of these sizes, and the model."""
    network = Network()
    value = network.input("x", *sizes, dtype=str(x.dtype))
    model = built(network, network.add(op, value, name=layer)).model
    return np.asarray(model(x)), model


X = np.random.default_rng(0).normal(size=(3, 4, 6, 5)).astype("float32")


@pytest.mark.parametrize("unknown", [False, True])
def test_dense_with_several_axes(unknown: bool) -> None:
    op = make("Dense", {"units": [{"time": 3}, {"series": 2}], "activation": "tanh"})
    y, model = single(op, X, None if unknown else 4, None if unknown else 6, 5)
    dense = model.get_layer("layer")
    assert dense.units == 6
    np.testing.assert_allclose(y, np.asarray(dense(X)).reshape(3, 4, 6, 3, 2), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "sizes", [(4, 6, 5), (None, None, 5), (None, 6, 5), (4, 6, None), (None, None, None)]
)
def test_flatten_with_kept_axes(sizes: tuple[int | None, ...]) -> None:
    named = [
        (name, shape(size).sizes[0]) for name, size in zip(("time", "height", "feature"), sizes, strict=True)
    ]
    y, _ = single(make("Flatten", {"keep": ["time"]}), X, *named)
    np.testing.assert_array_equal(y, X.reshape(3, 4, 30))
    y, _ = single(make("Flatten", {"keep": "height"}), X, *named)
    np.testing.assert_array_equal(y, X.transpose(0, 2, 1, 3).reshape(3, 6, 20))


def test_names_of_axes_become_numbers() -> None:
    y, _ = single(make("Permute", {"dims": ["c", "a", "b"]}), X, ("a", 4), ("b", 6), ("c", 5))
    np.testing.assert_array_equal(y, X.transpose(0, 3, 1, 2))
    y, _ = single(make("Softmax", {"axis": "b"}), X, ("a", 4), ("b", 6), ("c", 5))
    np.testing.assert_allclose(y.sum(2), 1, rtol=1e-5)
    inner = {"Softmax": {"axis": "b"}}
    y, _ = single(make("TimeDistributed", {"layer": inner}), X, ("a", 4), ("b", 6), ("c", 5))
    np.testing.assert_allclose(y.sum(2), 1, rtol=1e-5)


def test_wrapped_ops_that_become_several_layers(tmp_path: Path) -> None:
    named = ("a", 4), ("b", 6), ("c", 5)
    elsewhere = Elsewhere(tmp_path)
    y, model = single(make("TimeDistributed", {"layer": {"Dense": [{"d": 2}, 3]}}), X, *named)
    assert y.shape == (3, 4, 6, 2, 3)
    elsewhere.add("dense", model, x=X)
    y, model = single(make("TimeDistributed", {"layer": {"Flatten": {"keep": "c"}}}), X, *named)
    np.testing.assert_array_equal(y, X.swapaxes(2, 3))
    y, _ = single(make("TimeDistributed", {"layer": {"Permute": ["c", "b"]}}), X, *named)
    np.testing.assert_array_equal(y, X.swapaxes(2, 3))
    y, model = single(make("TimeDistributed", {"layer": {"Reshape": [{"d": 3}, 2, -1]}}), X, *named)
    np.testing.assert_array_equal(y, X.reshape(3, 4, 3, 2, 5))
    elsewhere.add("reshape", model, x=X)
    elsewhere.check()


@pytest.mark.parametrize("unknown", [False, True])
def test_rearrange(unknown: bool) -> None:
    a, b, c = (None, None, 5) if unknown else (4, 6, 5)
    y, _ = single(make("rearrange", {"pattern": "a b c -> b (a c)"}), X, a, b, c)
    np.testing.assert_array_equal(y, X.transpose(0, 2, 1, 3).reshape(3, 6, 20))
    op = make("rearrange", {"pattern": "(a d) b c -> (b d) a c", "sizes": {"d": 2}})
    y, _ = single(op, X, a, b, c)
    np.testing.assert_array_equal(y, X.reshape(3, 2, 2, 6, 5).transpose(0, 3, 2, 1, 4).reshape(3, 12, 2, 5))
    y, _ = single(make("rearrange", {"pattern": "a b c -> a b c"}), X, a, b, c)
    np.testing.assert_array_equal(y, X)


def test_slice() -> None:
    y, _ = single(make("slice", {"axis": 2, "start": 1, "stop": -1, "step": 2}), X, 4, None, 5)
    np.testing.assert_array_equal(y, X[:, :, 1:-1:2])
    y, _ = single(make("slice", {"axis": -1, "index": -2}), X, 4, None, 5)
    np.testing.assert_array_equal(y, X[..., -2])


@pytest.mark.parametrize("how", ["mean", "sum", "max", "min", "first", "last"])
@pytest.mark.parametrize("keepdims", [False, True])
def test_reduce(how: str, keepdims: bool) -> None:
    y, _ = single(make("reduce", {"axis": [1, 3], "how": how, "keepdims": keepdims}), X, None, 6, 5)
    ends = {"first": X[:, :1, :, :1], "last": X[:, -1:, :, -1:]}
    whole = ends[how] if how in ends else getattr(np, how)(X, axis=(1, 3), keepdims=True)
    np.testing.assert_allclose(y, whole if keepdims else whole[:, 0, :, 0], rtol=1e-5, atol=1e-6)


def test_positions() -> None:
    y, _ = single(make("positions", {"axis": 2}), X, None, None, 5)
    np.testing.assert_array_equal(y, np.tile(np.arange(6), (3, 1)))


def test_a_weight_is_an_array_with_its_initializer() -> None:
    op = make("weight", {"shape": [2, 3, 4], "initializer": "ones"})
    y, model = single(op, X, 4, 6, 5)
    np.testing.assert_array_equal(y, np.ones((3, 2, 3, 4)))
    assert model.count_params() == 24
    assert model.get_layer("layer").count_params() == 24
    y, _ = single(make("weight", {"shape": [7]}), X, None, None, None)
    np.testing.assert_array_equal(y, np.zeros((3, 7)))


@pytest.mark.parametrize("radius", [0, 2, 5])
def test_lrn_is_tensorflows(radius: int) -> None:
    import tensorflow as tf

    arguments = {"depth_radius": radius, "bias": 1.5, "alpha": 0.3, "beta": 0.6}
    y, _ = single(make("lrn", arguments), X * 3, 4, None, 5)
    np.testing.assert_allclose(y, tf.nn.local_response_normalization(X * 3, **arguments), rtol=2e-5)


def test_embed_has_the_vectors_of_the_file(tmp_path: Any) -> None:
    vectors = np.random.default_rng(0).normal(size=(9, 4))
    np.save(tmp_path / "words.npy", vectors)
    op: Any = make("embed", {"vectors": "words.npy"})
    tokens = np.array([[1, 2, 0], [8, 0, 0]], "int32")
    y, model = single(op.located(str(tmp_path)), tokens, None)
    np.testing.assert_allclose(y, vectors.astype("float32")[tokens])
    assert model.get_layer("layer").mask_zero
    assert model.trainable_weights == []


def test_inputs_by_name_states_and_options() -> None:
    network = Network()
    x, z = network.input("x", 5, 8), network.input("z", 7, 8)
    attention = make("MultiHeadAttention", {"num_heads": 2, "key_dim": 3}, use_causal_mask=True)
    y = network.add(attention, x, z, name="attention")
    seq, h, c = network.add_all(make("LSTM", {"units": 4, "return_state": True}), y, name="encoder")
    last = network.add(make("LSTM", {"units": 4}), x, h, c, name="decoder")
    both = network.add(make("Concatenate", {"axis": "feature"}), seq, last, name="both")
    result = built(network, both, h)
    x_, z_ = (np.random.default_rng(i).normal(size=(2, n, 8)).astype("float32") for i, n in ((0, 5), (1, 7)))
    model = result.model
    inner = model.get_layer("attention")(x_, z_, use_causal_mask=True)
    s, h_, c_ = model.get_layer("encoder")(inner)
    wanted = np.concatenate([s, model.get_layer("decoder")(x_, initial_state=[h_, c_])], -1)
    np.testing.assert_allclose(model([x_, z_])["out_0"], wanted, rtol=1e-5, atol=1e-6)


def test_shared_weights_are_one_layer() -> None:
    network = Network()
    x = network.input("x", 4, 6)
    dense = make("Dense", {"units": [3, 2]})
    one = network.add(dense, x, name="dense")
    two = network.add(dense, network.add(make("ReLU"), x), name="again", shares=network.layers[0])
    result = built(network, one, two)
    assert result.model.count_params() == 42
    assert [o.name for o in result.model.operations if type(o).__name__ == "Reshape"] == [
        "dense.reshape",
        "again",
    ]
    x_ = X[:, :, 0, :1].repeat(6, -1)
    outputs = result.model(x_)
    dense = result.model.get_layer("dense")
    np.testing.assert_allclose(
        outputs["out_1"], np.asarray(dense(np.maximum(x_, 0))).reshape(3, 4, 3, 2), rtol=1e-5
    )


@pytest.mark.parametrize("wrapped", [False, True])
def test_channels_first_convolve_on_any_machine(wrapped: bool) -> None:
    conv = {"filters": 3, "kernel_size": 2, "strides": 2, "data_format": "channels_first"}
    op = make("TimeDistributed", {"layer": {"Conv2D": conv}}) if wrapped else make("Conv2D", conv)
    x = np.random.default_rng(0).normal(size=(3, 2, 4, 6, 5)).astype("float32")
    x = x if wrapped else x[:, 0]
    y, model = single(op, x, *x.shape[1:])
    kernel, bias = model.get_layer("layer").get_weights()
    rows = np.moveaxis(x, -3, -1).reshape(-1, 6, 5, 4)
    wanted = keras.ops.conv(rows, kernel, strides=2, padding="valid", data_format="channels_last") + bias
    wanted = np.moveaxis(np.asarray(wanted), -1, -3).reshape(y.shape)
    np.testing.assert_allclose(y, wanted, rtol=1e-5, atol=1e-5)
    model.compile(optimizer="sgd", loss="mse")
    assert np.isfinite(model.train_on_batch(x, wanted))


def test_the_global_configuration_of_keras_does_not_matter() -> None:
    keras.config.set_image_data_format("channels_first")
    keras.config.set_dtype_policy("mixed_float16")
    try:
        conv = {"filters": 2, "kernel_size": 3}
        _, model = single(make("Conv2D", conv), X, 4, 6, 5)
    finally:
        keras.config.set_image_data_format("channels_last")
        keras.config.set_dtype_policy("float32")
    assert model.get_layer("layer").data_format == "channels_last"
    assert model.output.dtype == "float32"


def test_a_dtype_policy_is_passed_on() -> None:
    network = Network()
    x = network.input("x", 4, 6)
    inner = {"layer": {"LSTM": 3}, "dtype": "mixed_bfloat16"}
    y = network.add(make("Bidirectional", inner), x, name="both")
    y = network.add(make("Dense", {"units": 3, "dtype": "bfloat16"}), y, name="dense")
    model = built(network, y).model
    assert model.get_layer("both").forward_layer.cell.kernel.dtype == "float32"
    assert model.get_layer("dense").kernel.dtype == "bfloat16"
    assert model.output.dtype == "bfloat16"


def test_masks_have_path_names_too() -> None:
    network = Network()
    x = network.input("x", 5, dtype="int32")
    y = network.add(make("Embedding", {"input_dim": 9, "output_dim": 3, "mask_zero": True}), x, name="any")
    y = network.add(make("Masking"), y, name="reshape")
    y = network.add(make("LSTM", {"units": 2}), y, name="not_equal")
    model = built(network, y).model
    names = {operation.name for operation in model.operations}
    assert names == {"x", "any", "reshape", "reshape.notequal", "reshape.any", "not_equal", "out_0"}
