"""Keras's optimizers and learning-rate schedules, as a spec writes them.

Optimizers that need objects of Python (`MultiOptimizer`) cannot be written in a spec.
"""

from typing import Any, cast

from specc.ops.families import Family, Object
from specc.ops.wants import (
    AT_LEAST_0,
    COUNT,
    FLAG,
    FRACTION,
    NUMBER,
    NUMBERS,
    POSITIVE,
    STEPS,
    TEXT,
    Fault,
    Want,
    Wants,
    integer,
    list_of,
    optional,
    required,
)

_DECAY: Wants = {"initial_learning_rate": required(NUMBER), "decay_steps": required(COUNT)}
_RATE_DECAY: Wants = {**_DECAY, "decay_rate": required(NUMBER), "staircase": FLAG, "name": TEXT}


def _check_schedule(name: str, arguments: dict[str, Any]) -> None:
    if name == "PiecewiseConstantDecay" and len(arguments["boundaries"]) != len(arguments["values"]) - 1:
        raise Fault("needs one value more than `boundaries`", ("values",))


SCHEDULES = Family(
    "learning-rate schedule",
    "keras.optimizers.schedules",
    {
        "CosineDecay": {
            **_DECAY,
            "alpha": NUMBER,
            "name": TEXT,
            "warmup_target": optional(NUMBER),
            "warmup_steps": STEPS,
        },
        "CosineDecayRestarts": {
            "initial_learning_rate": required(NUMBER),
            "first_decay_steps": required(COUNT),
            "t_mul": NUMBER,
            "m_mul": NUMBER,
            "alpha": NUMBER,
            "name": TEXT,
        },
        "ExponentialDecay": _RATE_DECAY,
        "InverseTimeDecay": _RATE_DECAY,
        "PiecewiseConstantDecay": {
            "boundaries": required(NUMBERS),
            "values": required(NUMBERS),
            "name": TEXT,
        },
        "PolynomialDecay": {
            **_DECAY,
            "end_learning_rate": NUMBER,
            "power": NUMBER,
            "cycle": FLAG,
            "name": TEXT,
        },
    },
    spell=lambda name: (name,),
    bare={},
    check=_check_schedule,
)


def _read_rate(value: Any) -> Any:
    if isinstance(value, str | dict):
        return SCHEDULES.read(cast(Any, value))
    return NUMBER.accept(value)


_RATE = Want("a number or a learning-rate schedule", _read_rate, {"anyOf": [NUMBER.json, SCHEDULES.json]})


_COMMON: Wants = {
    "weight_decay": optional(NUMBER),
    "clipnorm": optional(POSITIVE),
    "clipvalue": optional(POSITIVE),
    "global_clipnorm": optional(POSITIVE),
    "use_ema": FLAG,
    "ema_momentum": FRACTION,
    "ema_overwrite_frequency": optional(COUNT),
    "loss_scale_factor": optional(NUMBER),
    "gradient_accumulation_steps": optional(integer("an integer of at least 2", at_least=2)),
    "name": optional(TEXT),
}
_LR: Wants = {"learning_rate": _RATE}
_BETAS: Wants = {"beta_1": NUMBER, "beta_2": NUMBER}
_EPSILON: Wants = {"epsilon": NUMBER}
_ADAM: Wants = {**_LR, **_BETAS, **_EPSILON}
_CLIPS = ("clipnorm", "clipvalue", "global_clipnorm")


def _lower(name: str) -> tuple[str, ...]:
    return name.lower(), name, name.upper()


def _check_optimizer(name: str, arguments: dict[str, Any]) -> None:
    clips = [clip for clip in _CLIPS if arguments.get(clip) is not None]
    if len(clips) > 1:
        raise Fault(f"only one of `{clips[0]}` and `{clips[1]}` can be given", (clips[1],))


_OPTIMIZERS: dict[str, Wants] = {
    "Adadelta": {**_LR, "rho": NUMBER, **_EPSILON, **_COMMON},
    "Adafactor": {
        **_LR,
        "beta_2_decay": NUMBER,
        "epsilon_1": NUMBER,
        "epsilon_2": NUMBER,
        "clip_threshold": NUMBER,
        "relative_step": FLAG,
        **_COMMON,
    },
    "Adagrad": {**_LR, "initial_accumulator_value": NUMBER, **_EPSILON, **_COMMON},
    "Adam": {**_ADAM, "amsgrad": FLAG, **_COMMON},
    "AdamW": {**_LR, "weight_decay": NUMBER, **_BETAS, **_EPSILON, "amsgrad": FLAG}
    | {name: want for name, want in _COMMON.items() if name != "weight_decay"},
    "Adamax": {**_ADAM, **_COMMON},
    "Ftrl": {
        **_LR,
        "learning_rate_power": NUMBER,
        "initial_accumulator_value": AT_LEAST_0,
        "l1_regularization_strength": AT_LEAST_0,
        "l2_regularization_strength": AT_LEAST_0,
        "l2_shrinkage_regularization_strength": AT_LEAST_0,
        "beta": NUMBER,
        **_COMMON,
    },
    "Lion": {**_LR, "beta_1": FRACTION, "beta_2": NUMBER, **_COMMON},
    "Muon": {
        **_LR,
        "adam_beta_1": NUMBER,
        "adam_beta_2": NUMBER,
        "adam_weight_decay": NUMBER,
        **_EPSILON,
        **_COMMON,
        "exclude_layers": optional(list_of(TEXT, "a list of texts")),
        "exclude_embeddings": FLAG,
        "muon_a": NUMBER,
        "muon_b": NUMBER,
        "muon_c": NUMBER,
        "adam_lr_ratio": NUMBER,
        "momentum": NUMBER,
        "ns_steps": COUNT,
        "nesterov": FLAG,
        "rms_rate": NUMBER,
    },
    "Nadam": {**_ADAM, **_COMMON},
    "RMSprop": {
        **_LR,
        "rho": NUMBER,
        "momentum": NUMBER,
        **_EPSILON,
        "centered": FLAG,
        **_COMMON,
    },
    "SGD": {**_LR, "momentum": FRACTION, "nesterov": FLAG, **_COMMON},
    "ScheduleFreeAdamW": {**_ADAM, "warmup_steps": STEPS, **_COMMON},
}


def _read_inner(value: Any) -> Object:
    found = OPTIMIZERS.read(value)
    return found if isinstance(found, Object) else Object(OPTIMIZERS.module, OPTIMIZERS.spelled[found], ())


_OPTIMIZERS["LossScaleOptimizer"] = {
    "inner_optimizer": required(Want("an optimizer", _read_inner, {"type": ["string", "object"]})),
    "initial_scale": POSITIVE,
    "dynamic_growth_steps": COUNT,
    "name": optional(TEXT),
}

OPTIMIZERS = Family("optimizer", "keras.optimizers", _OPTIMIZERS, spell=_lower, check=_check_optimizer)
