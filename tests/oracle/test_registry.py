"""Every class of `keras.layers` and function of `keras.ops` is an op, an alias of one, or refused with a reason."""

import inspect
from collections.abc import Iterator
from types import ModuleType

import keras
import pytest

from specc.ops import catalog, registry
from specc.ops.refused import REFUSED
from specc.ops.tensor.none import NONE

CLASSES = sorted(name for name, value in vars(keras.layers).items() if inspect.isclass(value))


@pytest.mark.parametrize("name", CLASSES)
def test_every_layer_of_keras_is_an_op_or_refused(name: str) -> None:
    assert (registry.find(name) is None) == (name in REFUSED)


def test_only_what_keras_has_is_refused() -> None:
    assert set(REFUSED) <= set(vars(keras.layers))


def test_an_alias_is_the_class_that_it_stands_for() -> None:
    layers = {alias: name for alias, name in catalog.ALIASES.items() if not alias.startswith("ops.")}
    assert layers
    for alias, name in layers.items():
        assert getattr(keras.layers, alias) is getattr(keras.layers, name)


def _paths(module: ModuleType) -> Iterator[str]:
    """The names of functions in a module of `keras.ops`, and, behind its name, in those that it holds."""
    for name, value in vars(module).items():
        if inspect.ismodule(value):
            yield from (f"{name}.{path}" for path in _paths(value))
        elif not name.startswith("_"):
            yield name


@pytest.mark.parametrize("path", sorted(_paths(keras.ops)))
def test_every_function_of_keras_is_an_op_or_none_with_a_reason(path: str) -> None:
    assert (registry.find(f"ops.{path}") is None) == (path.rpartition(".")[2] in NONE)


def test_only_what_keras_has_is_said_to_be_none() -> None:
    assert NONE.keys() <= {path.rpartition(".")[2] for path in _paths(keras.ops)}
