"""Every class of `keras.layers` is an op, an alias of one, or refused with a reason."""

import inspect

import keras
import pytest

from specc.ops import registry
from specc.ops.refused import REFUSED

CLASSES = sorted(name for name, value in vars(keras.layers).items() if inspect.isclass(value))


@pytest.mark.parametrize("name", CLASSES)
def test_every_layer_of_keras_is_an_op_or_refused(name: str) -> None:
    assert (registry.find(name) is None) == (name in REFUSED)


def test_only_what_keras_has_is_refused() -> None:
    assert set(REFUSED) <= set(vars(keras.layers))


def test_an_alias_is_the_class_that_it_stands_for() -> None:
    layers = {alias: name for alias, name in registry.ALIASES.items() if not alias.startswith("ops.")}
    assert layers
    for alias, name in layers.items():
        assert getattr(keras.layers, alias) is getattr(keras.layers, name)
