"""Initializers, regularizers, constraints and activations as arguments of layers, in Keras's names."""

from typing import Annotated

from specc.ops.families import Family, Object, to_keras_config
from specc.ops.wants import (
    AT_LEAST_0,
    FLAG,
    INTEGER,
    INTEGERS,
    NUMBER,
    POSITIVE,
    TEXT,
    Wants,
    either,
    one_of,
    optional,
    required,
)

__all__ = [
    "ACTIVATIONS",
    "CONSTRAINTS",
    "INITIALIZERS",
    "REGULARIZERS",
    "Activation",
    "Constraint",
    "Initializer",
    "Object",
    "Regularizer",
    "to_keras_config",
]

_AXES = either(INTEGER, INTEGERS)
_SEED: Wants = {"seed": optional(INTEGER)}
_FANS: Wants = {**_SEED, "input_axes": optional(_AXES), "output_axes": optional(_AXES)}

INITIALIZERS = Family(
    "initializer",
    "keras.initializers",
    {
        "Constant": {"value": required(NUMBER)},
        "GlorotNormal": _FANS,
        "GlorotUniform": _FANS,
        "HeNormal": _FANS,
        "HeUniform": _FANS,
        "Identity": {"gain": NUMBER},
        "LecunNormal": _FANS,
        "LecunUniform": _FANS,
        "Ones": {},
        "Orthogonal": {"gain": NUMBER, **_SEED},
        "RandomNormal": {"mean": NUMBER, "stddev": NUMBER, **_SEED},
        "RandomUniform": {"minval": NUMBER, "maxval": NUMBER, **_SEED},
        "STFT": {
            "side": one_of("real", "imag"),
            "window": optional(TEXT),
            "scaling": optional(one_of("density", "spectrum")),
            "periodic": FLAG,
        },
        "TruncatedNormal": {"mean": NUMBER, "stddev": NUMBER, **_SEED},
        "VarianceScaling": {
            "scale": POSITIVE,
            "mode": one_of("fan_in", "fan_out", "fan_avg"),
            "distribution": one_of("truncated_normal", "untruncated_normal", "uniform"),
            **_FANS,
        },
        "Zeros": {},
    },
    aliases={
        "normal": "RandomNormal",
        "uniform": "RandomUniform",
        "one": "Ones",
        "zero": "Zeros",
        "IdentityInitializer": "Identity",
        "OrthogonalInitializer": "Orthogonal",
        "STFTInitializer": "STFT",
    },
)

REGULARIZERS = Family(
    "regularizer",
    "keras.regularizers",
    {
        "L1": {"l1": NUMBER},
        "L1L2": {"l1": NUMBER, "l2": NUMBER},
        "L2": {"l2": NUMBER},
        "OrthogonalRegularizer": {"factor": NUMBER, "mode": one_of("rows", "columns")},
    },
)

CONSTRAINTS = Family(
    "constraint",
    "keras.constraints",
    {
        "MaxNorm": {"max_value": NUMBER, "axis": _AXES},
        "MinMaxNorm": {"min_value": NUMBER, "max_value": NUMBER, "rate": NUMBER, "axis": _AXES},
        "NonNeg": {},
        "UnitNorm": {"axis": _AXES},
    },
)

_FUNCTIONS = (
    *("celu", "elu", "exponential", "gelu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_tanh"),
    *("leaky_relu", "linear", "log_sigmoid", "log_softmax", "mish", "relu", "relu6", "selu", "sigmoid"),
    *("silu", "soft_shrink", "softmax", "softplus", "softsign", "sparse_plus", "sparse_sigmoid", "sparsemax"),
    *("squareplus", "tanh", "tanh_shrink"),
)
_LAYER = "needs weights of its own: write it as a layer behind this one"

ACTIVATIONS = Family(
    "activation",
    "keras.layers",
    {
        # Layers serve as activations too: they save and load in plain Keras.
        "ELU": {"alpha": NUMBER},
        "LeakyReLU": {"negative_slope": AT_LEAST_0},
        "ReLU": {
            "max_value": optional(AT_LEAST_0),
            "negative_slope": AT_LEAST_0,
            "threshold": AT_LEAST_0,
        },
    },
    bare={
        **{name: name for name in _FUNCTIONS},
        "swish": "silu",
        "hard_swish": "hard_silu",
    },
    refused={
        "glu": "halves the last axis, which no activation of a layer may do",
        "threshold": "needs arguments, which no name can give",
        "PReLU": _LAYER,
        "prelu": _LAYER,
    },
)

Initializer = Annotated[str | Object, INITIALIZERS.kind]
Regularizer = Annotated[str | Object, REGULARIZERS.kind]
Constraint = Annotated[str | Object, CONSTRAINTS.kind]
Activation = Annotated[str | Object, ACTIVATIONS.kind]
