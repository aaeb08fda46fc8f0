# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportMissingImports=false
"""Lowering: the layers of an explicit graph become a functional Keras model."""

import random
from typing import Any

import keras

from specc.backends.keras.builder import Builder, BuildError, Built, refused
from specc.backends.keras.call import KerasLayer
from specc.ir.graph import Explicit

__all__ = ["BuildError", "Built", "find_layers", "lower", "refused"]


def lower(explicit: Explicit, seed: int | None = None) -> Built:
    """The model with its initial weights; raises `BuildError`.

    With a `seed` the weights depend on it and on the paths of the layers alone; the state of Python's
    generator, which Keras draws its seeds from, is what it was before.
    """
    state = random.getstate()
    try:
        return Builder(keras, explicit, seed).model()
    except BuildError:
        raise
    except Exception as error:
        raise BuildError(refused("Keras does not build the model", error)) from error
    finally:
        if seed is not None:
            random.setstate(state)


def find_layers(model: Any) -> dict[str, KerasLayer]:
    """The layers of a built model by path, those within nested models too."""
    found: dict[str, KerasLayer] = {}
    waiting: list[Any] = [model]
    while waiting:
        for layer in waiting.pop().layers:
            if isinstance(layer, keras.Model):
                waiting.append(layer)
            else:
                found[layer.name] = layer
    return found
