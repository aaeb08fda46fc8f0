# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportMissingImports=false
"""Compiling a model for training as its spec says."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras

from specc.ir.graph import Output
from specc.ops.losses import CRF
from specc.passes.training.compile import Compile


def compile_model(model: Any, outputs: Sequence[Output], training: Compile) -> None:
    """Give `model` its optimizer, losses and metrics; what is by output stands alone where there is one."""
    alone = outputs[0].name if len(outputs) == 1 else None

    def by_output(given: Mapping[str, Any], make: Callable[[Any], Any]) -> Any:
        made = {name: make(value) for name, value in given.items()}
        return (made or None) if alone is None else made.get(alone)

    weights = training.loss_weights and {name: training.loss_weights.get(name, 1.0) for name in training.loss}
    model.compile(
        optimizer=keras.optimizers.get(training.optimizer),
        loss=by_output(training.loss, loss_of),
        loss_weights=by_output(weights, float),
        metrics=by_output(training.metrics, _metrics),
        weighted_metrics=by_output(training.weighted_metrics, _metrics),
        **training.options,
    )


def loss_of(given: Any) -> Any:
    """The loss; one with arguments is made by its class, for `get` does not know all of them."""
    if given == CRF:
        from specc.backends.keras.crf import CRFLoss

        return CRFLoss()
    if isinstance(given, str):
        return keras.losses.get(given)
    return getattr(keras.losses, given["class_name"])(**given["config"])


def _metrics(several: Sequence[Any]) -> list[Any]:
    """Names stay names: which accuracy is meant depends on the output."""
    return [given if isinstance(given, str) else keras.metrics.get(given) for given in several]
