# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportMissingImports=false
"""Lowering: the layers of an explicit graph become a functional Keras model."""

import random

import keras

from specc.backends.keras.builder import Builder, BuildError, Built, refused
from specc.backends.keras.call import Call, KerasTensor
from specc.backends.keras.held import broken_promise
from specc.ir.graph import Explicit

__all__ = ["BuildError", "Built", "lower", "refused"]


def lower(explicit: Explicit, seed: int | None = None) -> Built:
    """The model with its initial weights; raises `BuildError`.

    With a `seed` the weights depend on it and on the paths of the layers alone; the state of Python's
    generator, which Keras draws its seeds from, is what it was before.
    """
    state = random.getstate()
    try:
        return _Holding(keras, explicit, seed).model()
    except BuildError:
        raise
    except Exception as error:
        raise BuildError(refused("Keras does not build the model", error)) from error
    finally:
        if seed is not None:
            random.setstate(state)


class _Holding(Builder):
    """Holds layers that are none of Keras's against what was inferred of them, while it builds."""

    def hold(self, call: Call, made: list[KerasTensor]) -> None:
        found = broken_promise(call, made)
        if found is not None:
            raise BuildError(found)
