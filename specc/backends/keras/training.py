# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportMissingImports=false
"""Compiling a model for training as its spec says."""

from collections.abc import Sequence
from typing import Any

import keras

from specc.ir.graph import Output


def compile_model(model: Any, outputs: Sequence[Output], training: Any) -> None:
    """Give `model` the optimizer, losses and metrics of a checked `compile` section.

    What is given by output stands alone where there is one output, which is bare in Keras.
    """
    alone = outputs[0].name if len(outputs) == 1 else None

    def own(given: Any) -> Any:
        return given.get(alone) if alone is not None and _by_output(given) else given

    model.compile(
        optimizer=keras.optimizers.get(training.optimizer),
        loss=_each(keras.losses.get, own(training.loss)),
        loss_weights=own(training.loss_weights),
        metrics=_each(_metric, own(training.metrics)),
    )


def _by_output(given: Any) -> bool:
    return isinstance(given, dict) and "class_name" not in given


def _metric(given: Any) -> Any:
    """Names stay names: which accuracy is meant depends on the output."""
    return given if isinstance(given, str) else keras.metrics.get(given)


def _each(make: Any, given: Any) -> Any:
    """`given` with each configuration in it made into an object."""
    if given is None:
        return None
    if isinstance(given, list | tuple):
        return [_each(make, item) for item in given]
    if _by_output(given):
        return {name: _each(make, item) for name, item in given.items()}
    return make(given)
