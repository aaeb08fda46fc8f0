"""Building as a whole: outputs, seeds, what is reported when it goes wrong."""

import random
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from specc.backends.keras.lower import BuildError, lower
from specc.backends.keras.verify import verify
from specc.backends.keras.weights import layers_of
from specc.ir.graph import Weighed
from specc.shapes.shape import nameless
from specc.shapes.tensor import Tensor
from tests.keras.network import Network, make


def dense_network(*names: str) -> tuple[Network, list[int]]:
    network = Network()
    x = network.input("x", 4)
    return network, [network.add(make("Dense", {"units": 3}), x, name=name) for name in names]


def test_a_single_output_stays_bare_and_has_its_name() -> None:
    network, (y,) = dense_network("dense")
    model = lower(network.explicit(dense=y)).model
    assert model.output_names == ["dense"]
    assert [type(layer).__name__ for layer in model.layers] == ["InputLayer", "Dense"]
    model = lower(network.explicit(digit=y)).model
    assert model.output_names == ["digit"]
    assert type(model.get_layer("digit")).__name__ == "Identity"


def test_an_output_of_shared_weights_has_its_name() -> None:
    network = Network()
    x = network.input("x", 4)
    y = network.add(make("Dense", {"units": 4}), x, name="first")
    z = network.add(make("Dense", {"units": 4}), y, name="again", shares=network.layers[-1])
    model = lower(network.explicit(again=z)).model
    assert model.output_names == ["again"]
    assert model.count_params() == 20


def test_several_outputs_form_a_dict() -> None:
    network, (a, b) = dense_network("a", "b")
    model = lower(network.explicit(b=a, digit=b, again=b)).model
    assert sorted(model.output) == ["again", "b", "digit"]
    x = np.ones((2, 4), "float32")
    np.testing.assert_array_equal(model(x)["b"], model.get_layer("a")(x))
    np.testing.assert_array_equal(model(x)["digit"], model(x)["again"])


def test_an_input_can_be_an_output() -> None:
    network = Network()
    x = network.input("x", 4, dtype="int32")
    model = lower(network.explicit(y=x)).model
    assert model.output.dtype == "int32"
    np.testing.assert_array_equal(model(np.arange(8).reshape(2, 4)), np.arange(8).reshape(2, 4))


def test_several_inputs_come_by_name_or_in_order() -> None:
    network = Network()
    values = [network.input(name, 2) for name in ("zeta", "alpha")]
    model = lower(network.explicit(y=network.add(make("Subtract"), *values))).model
    one, two = np.ones((1, 2)), np.zeros((1, 2))
    np.testing.assert_array_equal(model({"alpha": two, "zeta": one}), one)
    np.testing.assert_array_equal(model([one, two]), one)


def initial(seed: int | None, *names: str) -> dict[str, Any]:
    network, values = dense_network(*names)
    dropped = network.add(make("Dropout", {"rate": 0.5}), values[-1], name="dropout")
    model = lower(
        network.explicit(y=dropped, **{f"{n}_": v for n, v in zip(names, values, strict=True)}), seed
    ).model
    found = {name: np.array(model.get_layer(name).kernel) for name in names}
    return found | {"dropout": np.array(model.get_layer("dropout").seed_generator.state)}


def test_a_seed_makes_initial_weights_reproducible_by_path() -> None:
    first, again = initial(7, "a", "b"), initial(7, "new", "b", "a")
    for name in ("a", "b", "dropout"):
        np.testing.assert_array_equal(first[name], again[name])
    assert np.abs(first["a"] - first["b"]).max() > 0
    assert np.abs(first["a"] - initial(8, "a")["a"]).max() > 0
    assert np.abs(initial(None, "a")["a"] - initial(None, "a")["a"]).max() > 0


def test_a_seed_leaves_the_generators_of_the_process_alone() -> None:
    random.seed(3)
    np.random.seed(3)
    python, numpy = random.getstate(), np.random.get_state(legacy=False)
    initial(7, "a")
    assert random.getstate() == python
    assert str(np.random.get_state(legacy=False)) == str(numpy)


def test_what_keras_refuses_is_a_diagnostic_at_its_layer() -> None:
    network, (y,) = dense_network("dense")
    network.add(make("Conv2D", {"filters": 2, "kernel_size": 3}), network.input("z", 8, 8, 1), name="conv")
    network.layers[-1].inputs = (y,)
    with pytest.raises(BuildError) as raised:
        lower(network.explicit(y=y))
    found = raised.value.diagnostic
    assert (found.code, found.layer) == ("E503", "conv")
    assert found.span is not None
    assert "ndim=4" in found.notes[0].text
    assert "\n" not in found.notes[0].text


def test_a_difference_of_shapes_is_found() -> None:
    network, (y,) = dense_network("dense")
    explicit = network.explicit(y=y)
    built = lower(explicit)
    explicit.types[y] = Tensor(nameless([5]), "float32")
    (found,) = verify(built, explicit, network.weights)
    assert (found.code, found.layer) == ("E503", "dense")
    assert found.message == "`dense` was inferred as (5,) and built as (3,)"
    explicit.types[y] = Tensor(nameless([3]), "float16")
    (found,) = verify(built, explicit, network.weights)
    assert found.message == "`dense` was inferred as float16 and built as float32"


def test_a_difference_of_parameters_is_found() -> None:
    network, (y,) = dense_network("dense")
    explicit = network.explicit(y=y)
    built = lower(explicit)
    (found,) = verify(built, explicit, {"dense": Weighed(14, 2)})
    assert found.message == (
        "`dense` was inferred to have 14 parameters and 2 that are not trained and built with 15 parameters"
    )


def test_frozen_parameters_and_moving_statistics_are_told_apart() -> None:
    network = Network()
    x = network.input("x", 4)
    y = network.add(make("BatchNormalization"), x, name="norm")
    y = network.add(make("Dense", {"units": 2, "trainable": False}), y, name="frozen")
    explicit = network.explicit(y=y)
    assert network.weights == {"norm": Weighed(8, 8), "frozen": Weighed(0, 10)}
    assert verify(lower(explicit), explicit, network.weights) == []


def test_layers_are_found_by_path() -> None:
    network, values = dense_network("stage.2.conv", "b")
    model = lower(network.explicit(y=values[0], z=values[1])).model
    assert isinstance(layers_of(model)["stage.2.conv"], keras.layers.Dense)


def test_the_same_network_is_built_the_same_way_twice() -> None:
    def config() -> str:
        network = Network()
        x = network.fold(network.input("x", None, 5, 3), 0)
        y = network.add(make("Masking"), x)
        y = network.add(make("Bidirectional", {"layer": {"LSTM": 2}}), y, name="both")
        y = network.unfold(y, 0)
        return lower(network.explicit(y=y), seed=1).model.to_json()

    assert config() == config()


@pytest.mark.parametrize("kind", ["dense", "fold", "turned"])
def test_an_output_has_its_name_where_the_layer_of_that_name_is_not_the_last(
    kind: str, tmp_path: Path
) -> None:
    network = Network()
    x = network.input("x", 3, 4, 5)
    if kind == "dense":
        y = network.add(make("Dense", {"units": [{"time": 3}, {"series": 2}]}), x, name="future")
    elif kind == "fold":
        conv = make("Conv1D", {"filters": 2, "kernel_size": 2})
        y = network.unfold(network.add(conv, network.fold(x, 0), name="future"), 0, name="future.unfold")
    else:
        conv = make("Conv2D", {"filters": 2, "kernel_size": 2, "data_format": "channels_first"})
        y = network.add(conv, x, name="future")
    explicit = network.explicit(future=y)
    built = lower(explicit)
    assert verify(built, explicit, network.weights) == []
    built.model.save(tmp_path / "model.keras")
    loaded: Any = keras.models.load_model(tmp_path / "model.keras")
    assert built.model.output_names == loaded.output_names == ["future"]
    sample = np.ones((2, 3, 4, 5))
    np.testing.assert_array_equal(loaded(sample), built.model(sample))
