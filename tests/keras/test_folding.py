"""Folding equals a loop over the steps, for known and unknown sizes alike."""

from itertools import product
from pathlib import Path

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specc.backends.keras.lower import Built, lower
from specc.backends.keras.verify import verify
from tests.keras.elsewhere import Elsewhere
from tests.keras.network import Network, make

RANDOM = np.random.default_rng(0)


def built(network: Network, **outputs: int) -> Built:
    explicit = network.explicit(**outputs)
    result = lower(explicit, seed=1)
    assert verify(result, explicit, network.weights) == []
    return result


def array(*sizes: int) -> np.ndarray:
    return RANDOM.normal(size=sizes).astype("float32")


def equal(a: object, b: object) -> None:
    np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=1e-5, atol=1e-5)


def conv_network(time: int | None, height: int | None) -> Network:
    network = Network()
    x = network.input("x", time, height, 5, 3)
    inside = network.fold(x, 0, name="conv.fold")
    conv = network.add(make("Conv2D", {"filters": 4, "kernel_size": 3}), inside, name="conv")
    network.unfold(conv, 0, name="conv.unfold")
    return network


@pytest.mark.parametrize(("time", "height"), list(product((4, None), (6, None))))
def test_one_axis(time: int | None, height: int | None) -> None:
    result = built(conv_network(time, height), y=3)
    conv = result.model.get_layer("conv")
    for batch, steps in ((1, 1), (3, 4), (5, 2), (1, 7)):
        x = array(batch, time or steps, 6, 5, 3)
        equal(result.model(x), np.stack([conv(x[:, i]) for i in range(x.shape[1])], 1))


def test_a_fixed_batch_stays_known() -> None:
    network = Network()
    x = network.input("x", None, 6, batch=8)
    inside = network.fold(x, 0)
    result = built(
        network, y=network.unfold(network.add(make("Dense", {"units": 3}), inside, name="dense"), 0)
    )
    assert result.model.output.shape == (8, None, 3)
    assert not [op for op in result.model.operations if type(op).__name__ == "Take"]
    x = array(8, 5, 6)
    equal(result.model(x), result.model.get_layer("dense")(x))


@pytest.mark.parametrize(
    ("a", "b", "inner"), [(2, 3, 5), (None, 3, 5), (2, None, 5), (None, None, 5), (None, None, None)]
)
def test_two_axes_that_do_not_lead(a: int | None, b: int | None, inner: int | None) -> None:
    network = Network()
    x = network.input("x", inner, a, 4, b)
    inside = network.fold(x, 3, 1)
    conv = network.add(make("Conv1D", {"filters": 2, "kernel_size": 2}), inside, name="conv")
    result = built(network, y=network.unfold(conv, 0, 2))
    layer = result.model.get_layer("conv")
    for batch, (i, j, k) in product((1, 3), ((2, 3, 5), (1, 1, 2), (4, 2, 3))):
        x = array(batch, inner or k, a or i, 4, b or j)
        y = np.asarray(result.model(x))
        assert y.shape == (batch, x.shape[4], x.shape[1] - 1, x.shape[2], 2)
        for m, n in np.ndindex(x.shape[4], x.shape[2]):
            equal(y[:, m, :, n], layer(x[:, :, n, :, m]))


@pytest.mark.parametrize("time", [4, None])
def test_a_value_without_the_axes_is_repeated(time: int | None) -> None:
    network = Network()
    x, z = network.input("x", time, 3), network.input("z", 2)
    both = network.add(make("Concatenate"), network.fold(x, 0), network.fold(z))
    result = built(network, y=network.unfold(both, 0))
    for batch, steps in ((1, 1), (3, 4), (2, 6)):
        a, b = array(batch, time or steps, 3), array(batch, 2)
        wanted = np.concatenate([a, np.repeat(b[:, None], a.shape[1], 1)], -1)
        equal(result.model({"x": a, "z": b}), wanted)
        equal(result.model([a, b]), wanted)


def nested_network(outer: int | None, inner: int | None) -> Network:
    network = Network()
    x = network.input("x", outer, inner, 6, 2)
    step = network.fold(x, 0, region=1)
    word = network.fold(step, 0, region=2)
    encoded = network.add(make("LSTM", {"units": 3}), word, name="word")
    words = network.unfold(encoded, 0, region=2)
    sentence = network.add(make("GRU", {"units": 4}), words, name="sentence")
    network.unfold(sentence, 0, region=1)
    return network


@pytest.mark.parametrize(("outer", "inner"), list(product((3, None), (4, None))))
def test_a_fold_within_a_fold(outer: int | None, inner: int | None) -> None:
    result = built(nested_network(outer, inner), y=6)
    word, sentence = result.model.get_layer("word"), result.model.get_layer("sentence")
    for batch, m, n in ((1, 1, 1), (2, 3, 4), (3, 5, 2)):
        x = array(batch, outer or m, inner or n, 6, 2)
        wanted = [
            sentence(np.stack([word(x[:, i, j]) for j in range(x.shape[2])], 1)) for i in range(x.shape[1])
        ]
        equal(result.model(x), np.stack(wanted, 1))


def test_folded_models_train_and_load_without_specc(tmp_path: Path) -> None:
    elsewhere = Elsewhere(tmp_path)
    for time, height in product((4, None), (6, None)):
        model = built(conv_network(time, height), y=3).model
        elsewhere.add(f"conv_{time}_{height}", model, x=array(3, 4, 6, 5, 3))
    model = built(nested_network(None, None), y=6).model
    before = [np.array(v) for v in model.trainable_variables]
    model.compile(optimizer=keras.optimizers.SGD(0.5), loss="mse")
    model.fit(array(4, 3, 2, 6, 2), array(4, 3, 4), verbose=0)
    assert all(
        np.abs(a - np.array(b)).max() > 0 for a, b in zip(before, model.trainable_variables, strict=True)
    )
    elsewhere.add("nested", model, x=array(2, 5, 3, 6, 2))
    elsewhere.check()


def test_operations_have_path_names() -> None:
    model = built(nested_network(None, None), y=6).model
    names = [operation.name for operation in model.operations]
    assert len(set(names)) == len(names)
    layers = ("map_", "word", "sentence", "x", "y")
    assert all(name.startswith(layers) for name in names)


@st.composite
def crossings(draw: st.DrawFn) -> tuple[list[int | None], list[int], list[int], list[int]]:
    """Sizes (None: unknown), the axes of a region in any order, where they stand afterwards, real sizes."""
    real = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    known = draw(st.lists(st.booleans(), min_size=len(real), max_size=len(real)))
    count = draw(st.integers(1, len(real)))
    places = st.permutations(range(len(real))).map(lambda order: order[:count])
    sizes = [size if k else None for size, k in zip(real, known, strict=True)]
    return sizes, draw(places), draw(places), real


@given(case=crossings(), batch=st.integers(1, 3))
@settings(max_examples=40, deadline=None)
def test_any_axes_come_back_wherever_they_are_wanted(
    case: tuple[list[int | None], list[int], list[int], list[int]], batch: int
) -> None:
    sizes, taken, put, real = case
    network = Network()
    inside = network.fold(network.input("x", *sizes), *taken)
    result = built(network, y=network.unfold(inside, *put))
    x = array(batch, *real)
    wanted = np.moveaxis(x, [i + 1 for i in taken], [i + 1 for i in put])
    np.testing.assert_array_equal(result.model(x), wanted)


def test_folding_is_time_distributed_where_that_works() -> None:
    network = Network()
    x = network.input("x", 4, 6, 5)
    conv = {"filters": 3, "kernel_size": 2, "activation": "relu"}
    folded = network.unfold(network.add(make("Conv1D", conv), network.fold(x, 0), name="conv"), 0)
    wrapped = network.add(make("TimeDistributed", {"layer": {"Conv1D": conv}}), x, name="wrapped")
    model = built(network, folded=folded, wrapped=wrapped).model
    model.get_layer("wrapped").set_weights(model.get_layer("conv").get_weights())
    outputs = model(array(3, 4, 6, 5))
    equal(outputs["folded"], outputs["wrapped"])
