"""Initializers, regularizers, constraints and activations as arguments of layers, in Keras's names."""

from types import MappingProxyType
from typing import Annotated

from specc.ops.families import Family, Object, to_keras_config
from specc.ops.wants import FLAG, TEXT, Wants, either, integer, list_of, number, one_of, optional, required

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

_NUMBER = number()
_INTEGER = integer()
_AXES = either(_INTEGER, list_of(_INTEGER, "a list of integers"))
_SEED: Wants = {"seed": optional(_INTEGER)}
_FANS: Wants = {**_SEED, "input_axes": optional(_AXES), "output_axes": optional(_AXES)}

INITIALIZERS = Family(
    "initializer",
    "keras.initializers",
    {
        "Constant": {"value": required(_NUMBER)},
        "GlorotNormal": _FANS,
        "GlorotUniform": _FANS,
        "HeNormal": _FANS,
        "HeUniform": _FANS,
        "Identity": {"gain": _NUMBER},
        "LecunNormal": _FANS,
        "LecunUniform": _FANS,
        "Ones": {},
        "Orthogonal": {"gain": _NUMBER, **_SEED},
        "RandomNormal": {"mean": _NUMBER, "stddev": _NUMBER, **_SEED},
        "RandomUniform": {"minval": _NUMBER, "maxval": _NUMBER, **_SEED},
        "STFT": {
            "side": one_of("real", "imag"),
            "window": optional(TEXT),
            "scaling": optional(one_of("density", "spectrum")),
            "periodic": FLAG,
        },
        "TruncatedNormal": {"mean": _NUMBER, "stddev": _NUMBER, **_SEED},
        "VarianceScaling": {
            "scale": number("a positive number", above=0),
            "mode": one_of("fan_in", "fan_out", "fan_avg"),
            "distribution": one_of("truncated_normal", "untruncated_normal", "uniform"),
            **_FANS,
        },
        "Zeros": {},
    },
).alias(
    normal="RandomNormal",
    uniform="RandomUniform",
    one="Ones",
    zero="Zeros",
    IdentityInitializer="Identity",
    OrthogonalInitializer="Orthogonal",
    STFTInitializer="STFT",
)

REGULARIZERS = Family(
    "regularizer",
    "keras.regularizers",
    {
        "L1": {"l1": _NUMBER},
        "L1L2": {"l1": _NUMBER, "l2": _NUMBER},
        "L2": {"l2": _NUMBER},
        "OrthogonalRegularizer": {"factor": _NUMBER, "mode": one_of("rows", "columns")},
    },
)

CONSTRAINTS = Family(
    "constraint",
    "keras.constraints",
    {
        "MaxNorm": {"max_value": _NUMBER, "axis": _AXES},
        "MinMaxNorm": {"min_value": _NUMBER, "max_value": _NUMBER, "rate": _NUMBER, "axis": _AXES},
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
        "ELU": {"alpha": _NUMBER},
        "LeakyReLU": {"negative_slope": number("a number of at least 0", at_least=0)},
        "ReLU": {
            "max_value": optional(number("a number of at least 0", at_least=0)),
            "negative_slope": number("a number of at least 0", at_least=0),
            "threshold": number("a number of at least 0", at_least=0),
        },
    },
    bare={
        **{name: name for name in _FUNCTIONS},
        "swish": "silu",
        "hard_swish": "hard_silu",
    },
    refused=MappingProxyType(
        {
            "glu": "halves the last axis, which no activation of a layer may do",
            "threshold": "needs arguments, which no name can give",
            "PReLU": _LAYER,
            "prelu": _LAYER,
        }
    ),
)

Initializer = Annotated[str | Object, INITIALIZERS.kind]
Regularizer = Annotated[str | Object, REGULARIZERS.kind]
Constraint = Annotated[str | Object, CONSTRAINTS.kind]
Activation = Annotated[str | Object, ACTIVATIONS.kind]
