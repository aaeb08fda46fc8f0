"""Deep networks become models within a model, and load."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from specc.backends.keras import depth
from specc.backends.keras.depth import NESTED_ABOVE, TooDeep, is_deep, stretches
from specc.backends.keras.lower import BuildError, lower
from specc.backends.keras.verify import verify
from specc.backends.keras.weights import layers_of
from specc.building import build_checked
from specc.ir.graph import Explicit
from specc.pipeline import Options, check_source
from specc.source import Source
from tests.keras.elsewhere import Elsewhere
from tests.keras.network import Network, make

X = np.random.default_rng(0).normal(size=(2, 3)).astype("float32")
DENSE = {"units": 3, "kernel_initializer": "identity"}


def built(network: Network, explicit: Explicit) -> Any:
    result = lower(explicit, seed=1)
    assert verify(result, explicit, network.weights) == []
    return result.model


def chain(length: int) -> tuple[Network, Explicit]:
    network = Network()
    x = network.input("x", 3)
    for i in range(length):
        x = network.add(make("Dense", DENSE), x, name=f"stage.{i}.dense")
    return network, network.explicit(y=x)


def residual(rounds: int) -> tuple[Network, Explicit]:
    """A network in which two values live at every depth."""
    network = Network()
    x = network.input("x", 3)
    old = x
    for i in range(rounds):
        inner = network.add(make("Dense", DENSE), x, name=f"res.{i}.dense")
        x, old = network.add(make("Subtract"), inner, old, name=f"res.{i}"), x
    return network, network.explicit(y=x, side=old)


def test_a_network_that_is_not_deep_stays_flat() -> None:
    network, explicit = chain(NESTED_ABOVE // 2)
    assert not is_deep(explicit)
    assert [part.nested for part in stretches(explicit)] == [False]
    del network


def test_a_build_tells_that_models_are_nested(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(depth, "NESTED_ABOVE", 20)
    monkeypatch.setattr(depth, "STRETCH", 6)
    for layers, nested in ((5, False), (15, True)):
        text = f"specc: 1\nname: n\ninputs: {{x: [3]}}\nlayers: [{', '.join(['Dense: 3'] * layers)}]\n"
        checked = check_source(Source("<string>", text), Options())
        model = build_checked(checked)
        notes = [d for d in checked.report.diagnostics if d.code == "N706"]
        assert [d.span.text for d in notes if d.span] == ["layers"] * nested
        assert any(isinstance(layer, keras.Model) for layer in model.layers) == nested


def test_the_stretches_hold_every_layer_once_behind_what_it_reads() -> None:
    _, explicit = residual(2000)
    assert is_deep(explicit)
    parts = stretches(explicit)
    assert all(part.nested for part in parts)
    assert len(parts) > 4
    seen = {0}
    for layer in (layer for part in parts for layer in part.layers):
        assert seen.issuperset(v for v in layer.inputs if v is not None)
        assert seen.isdisjoint(layer.outputs)
        seen.update(layer.outputs)
    assert len(seen) == 4001


@pytest.mark.parametrize(
    ("make_network", "length"),
    [(chain, 2000), (chain, 5000), (residual, 1000)],
    ids=["2000", "5000", "residual"],
)
@pytest.mark.slow
def test_deep_networks_build_save_and_load(tmp_path: Path, make_network: Any, length: int) -> None:
    network, explicit = make_network(length)
    model = built(network, explicit)
    layers = layers_of(model)
    assert {layer.name for layer in network.layers} <= layers.keys()
    assert model.count_params() == sum(w.trainable for w in network.weights.values())
    if make_network is chain:
        np.testing.assert_allclose(model(X), X, rtol=1e-4)
    elsewhere = Elsewhere(tmp_path)
    elsewhere.add("deep", model, x=X)
    elsewhere.check()


def chain_of_identities(length: int) -> tuple[Network, Explicit]:
    network = Network()
    x = network.input("x", 3)
    for i in range(length):
        x = network.add(make("Identity"), x, name=f"id.{i}")
    return network, network.explicit(y=x)


@pytest.mark.slow
def test_the_deepest_flat_network_loads(tmp_path: Path) -> None:
    network, explicit = chain_of_identities(NESTED_ABOVE)
    assert [part.nested for part in stretches(explicit)] == [False]
    elsewhere = Elsewhere(tmp_path)
    elsewhere.add("flat", built(network, explicit), x=X)
    elsewhere.check()


def shared(length: int, gap: int) -> tuple[Network, Explicit]:
    """One dense layer applied again and again, `gap` layers apart."""
    network = Network()
    x = network.input("x", 3)
    owner = None
    for i in range(length):
        if i % gap == 0:
            x = network.add(make("Dense", DENSE), x, name=f"shared.{i}", shares=owner)
            owner = owner or network.layers[0]
        else:
            x = network.add(make("Identity"), x, name=f"id.{i}")
    return network, network.explicit(y=x)


def test_weights_shared_too_often_for_keras_are_refused() -> None:
    _, explicit = shared(1200, 1)
    with pytest.raises(TooDeep):
        stretches(explicit)
    with pytest.raises(BuildError) as raised:
        lower(explicit)
    assert raised.value.diagnostic.code == "E503"
    assert "shared.0" in raised.value.diagnostic.message


@pytest.fixture
def shallow_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Networks count as deep above 20 layers, so that small ones show what happens to deep ones."""
    monkeypatch.setattr(depth, "NESTED_ABOVE", 20)
    monkeypatch.setattr(depth, "STRETCH", 8)


def nested_models(model: Any) -> int:
    return sum(isinstance(layer, keras.Model) for layer in model.layers)


@pytest.mark.usefixtures("shallow_limits")
def test_stretches_load_without_specc(tmp_path: Path) -> None:
    elsewhere = Elsewhere(tmp_path)
    network, explicit = residual(15)
    model = built(network, explicit)
    assert nested_models(model) > 2
    assert {layer.name for layer in network.layers} <= layers_of(model).keys()
    elsewhere.add("residual", model, x=X)

    network, explicit = shared(42, 9)
    model = built(network, explicit)
    assert nested_models(model) > 2
    assert model.count_params() == 12
    layers_of(model)["shared.0"].kernel.assign(np.eye(3) * 2)
    np.testing.assert_allclose(model(X), X * 32, rtol=1e-5)
    elsewhere.add("shared", model, x=X)

    model, x = folded()
    elsewhere.add("folded", model, x=x)
    elsewhere.check()


def folded() -> tuple[Any, Any]:
    """A folded network that is cut between its fold and its unfold, the number of steps unknown."""
    network = Network()
    x = network.input("x", None, 4, 3)
    y = network.fold(x, 0)
    for i in range(10):
        y = network.add(make("Dense", DENSE), y, name=f"in.{i}")
    y = network.add(make("LSTM", {"units": 3}), y, name="lstm")
    y = network.unfold(y, 0)
    for i in range(10):
        y = network.add(make("Dense", DENSE), y, name=f"out.{i}")
    model = built(network, network.explicit(y=y))
    a = np.random.default_rng(0).normal(size=(2, 5, 4, 3)).astype("float32")
    lstm = layers_of(model)["lstm"]
    np.testing.assert_allclose(model(a), np.stack([lstm(a[:, i]) for i in range(5)], 1), rtol=1e-4, atol=1e-5)
    return model, a


@pytest.mark.usefixtures("shallow_limits")
def test_masks_cross_the_borders_of_stretches() -> None:
    network = Network()
    x = network.input("x", 6, 3)
    y = network.add(make("Masking"), x, name="mask")
    for i in range(25):
        y = network.add(make("Dense", DENSE), y, name=f"dense.{i}")
    y = network.add(make("LSTM", {"units": 2}), y, name="lstm")
    model = built(network, network.explicit(y=y))
    assert nested_models(model) > 2
    a = np.random.default_rng(0).normal(size=(2, 6, 3)).astype("float32")
    a[1, 4:] = 0
    wanted = layers_of(model)["lstm"](a, mask=np.any(a != 0, -1))
    with pytest.warns(UserWarning, match="mask"):
        found = model(a)
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)


@pytest.mark.usefixtures("shallow_limits")
def test_outputs_have_their_names_outside_of_the_stretches() -> None:
    network, _ = chain(42)
    last = network.layers[-1].name
    model = built(network, network.explicit(**{last: len(network.types) - 1, "half": 21}))
    assert nested_models(model) > 2
    assert sorted(model.output_names) == ["half", last]
