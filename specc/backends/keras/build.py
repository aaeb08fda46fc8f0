# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportMissingImports=false
"""From an explicit graph to a compiled Keras model that is what was inferred."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import keras

from specc.backends.keras.load import undisturbed
from specc.backends.keras.lower import BuildError, lower, refused
from specc.backends.keras.own import unusable
from specc.backends.keras.training import compile_model
from specc.backends.keras.verify import verify
from specc.diagnostics.model import Diagnostic
from specc.ir.graph import Explicit, Weighed
from specc.passes.training.compile import Compile


class Outcome(NamedTuple):
    """A model with its layers by path, or what stood in its way."""

    model: Any
    diagnostics: list[Diagnostic]
    layers: Mapping[str, Any] = {}


def build_model(
    explicit: Explicit,
    weights: Mapping[str, Weighed | None],
    training: Compile | None = None,
    seed: int | None = None,
) -> Outcome:
    """Build, verify and compile the model; E500 or E503 (and no model) where it is not made as it was inferred.

    `weights` holds the inferred parameters by path, `training` the checked `compile` section, if there is
    one. A `seed` makes the initial weights reproducible.
    """
    with undisturbed():
        if found := unusable(keras, explicit.layers):
            return Outcome(None, found)
        try:
            built = lower(explicit, seed)
        except BuildError as error:
            return Outcome(None, [error.diagnostic])
        found = verify(built, explicit, weights)
        if found:
            return Outcome(None, found)
        if training is not None:
            try:
                compile_model(built.model, explicit.outputs, training)
            except Exception as error:
                return Outcome(None, [refused("Keras does not compile the model", error)])
        return Outcome(built.model, [], built.layers)
