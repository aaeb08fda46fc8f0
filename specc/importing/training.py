"""What a model was compiled with, as the `compile` section of a spec."""

import struct
from collections.abc import Callable, Sequence
from typing import Any, cast

from specc.importing.objects import Unsayable, class_of, config_of, object_from, plain
from specc.ops.losses import CRF, LOSSES
from specc.ops.metrics import METRICS
from specc.ops.optimizers import OPTIMIZERS, SCHEDULES

Section = dict[str, Any]

_OPTIONS: Section = {"run_eagerly": False, "steps_per_execution": 1}
"""The other arguments of `compile`, with their defaults; what became of `jit_compile: auto` is none of them."""


def training_from(config: Any, outputs: Sequence[str]) -> Section | None:
    """The section for what Keras wrote, None where the model was not compiled; raises `Unsayable`.

    `outputs` are the names of the outputs in Keras's order.
    """
    if not isinstance(config, dict) or not config:
        return None
    given = cast("Section", config)
    found: Section = {"optimizer": _optimizer(given.get("optimizer"))}
    parts: dict[str, Callable[[Any], Any]] = {
        "loss": _loss,
        "loss_weights": plain,
        "metrics": _metrics,
        "weighted_metrics": _metrics,
    }
    for key, make in parts.items():
        value = _by_output(given.get(key), outputs, make, key.endswith("metrics"))
        if value:
            found[key] = value
    found |= {key: given[key] for key, default in _OPTIONS.items() if given.get(key, default) != default}
    return found


def _by_output(value: Any, outputs: Sequence[str], make: Callable[[Any], Any], are_lists: bool) -> Any:
    """What is said of one output or, by name, of several; where there is one, that stands alone."""
    if value is None:
        return None
    if isinstance(value, dict) and class_of(value) is None:
        named = cast("Section", value)
    elif isinstance(value, list) and not (are_lists and not _holds_lists(value)):
        several = cast("list[Any]", value)
        if len(several) != len(outputs):
            raise Unsayable(f"is given for {len(several)} outputs, of which there are {len(outputs)}")
        named = dict(zip(outputs, several, strict=True))
    else:
        return make(value)
    if not named.keys() <= set(outputs):
        raise Unsayable("names outputs that the model does not have")
    made = {name: make(part) for name, part in named.items() if part not in (None, [])}
    return next(iter(made.values()), None) if len(outputs) == 1 else made


def _holds_lists(value: Any) -> bool:
    return bool(value) and all(isinstance(part, list | None) for part in value)


def _loss(value: Any) -> Any:
    """A loss: Keras's, or that of a `crf`, which takes no arguments."""
    if class_of(value) == "CRFLoss" and value.get("registered_name") == "specc>CRFLoss":
        if config_of(value).get("reduction") != "sum_over_batch_size":
            raise Unsayable("has a `CRFLoss` with another reduction, which a spec cannot name")
        return CRF
    return object_from(value, LOSSES)


def _metrics(value: Any) -> Any:
    several: list[Any] = cast("list[Any]", value) if isinstance(value, list) else [value]
    return [object_from(metric, METRICS) for metric in several]


def _optimizer(data: Any) -> Any:
    """An optimizer, without its name; the learning rate as it was before Keras kept it in 32 bits."""
    if class_of(data) is None:
        return data
    config = dict(config_of(data))
    config.pop("name", None)
    rate = config.get("learning_rate")
    if isinstance(rate, float):
        config["learning_rate"] = _shortest(rate)
    elif class_of(rate) is not None:
        config["learning_rate"] = object_from(rate, SCHEDULES)
    if class_of(config.get("inner_optimizer")) is not None:
        config["inner_optimizer"] = _optimizer(config["inner_optimizer"])
    return object_from({**cast("Section", data), "config": config}, OPTIMIZERS)


def _shortest(value: float) -> float:
    """The shortest number that is `value` in 32 bits, if it is one."""
    for digits in range(1, 9):
        short = float(f"{value:.{digits}g}")
        if struct.pack("f", short) == struct.pack("f", value):
            return short
    return value
