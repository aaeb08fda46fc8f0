"""Values for parameters, good and bad, by the kind of the parameter."""

from random import Random
from typing import Any

from specc.ops.parameters import Parameter

INITIALIZERS: tuple[Any, ...] = (
    *("zeros", "ones", "he_normal", "HeNormal", "glorot_uniform", "orthogonal", "lecun_uniform", "normal"),
    {"RandomNormal": {"stddev": 0.1}},
    {"Constant": 0.5},
    {"VarianceScaling": {"scale": 2.0, "mode": "fan_out", "seed": 3}},
    {"TruncatedNormal": {"mean": 0, "stddev": 1}},
    {"Identity": {"gain": 0.5}},
    {"Orthogonal": {"gain": 2.0}},
)
REGULARIZERS: tuple[Any, ...] = (
    *("l2", "L1", "l1l2"),
    {"L2": 1e-4},
    {"L1L2": {"l1": 0.1, "l2": 0.2}},
    {"OrthogonalRegularizer": {"factor": 0.1, "mode": "columns"}},
)
CONSTRAINTS: tuple[Any, ...] = (
    *("non_neg", "MaxNorm", "unit_norm"),
    {"MaxNorm": {"max_value": 3, "axis": 0}},
    {"MinMaxNorm": {"min_value": 0.1, "max_value": 2.0, "rate": 0.5}},
    {"UnitNorm": 0},
    {"MaxNorm": {"max_value": 2, "axis": [0, 1]}},
)
ACTIVATIONS: tuple[Any, ...] = (
    *(
        "relu",
        "tanh",
        "sigmoid",
        "linear",
        "gelu",
        "silu",
        "elu",
        "selu",
        "softplus",
        "hard_sigmoid",
        "swish",
    ),
    *(
        "softmax",
        "log_softmax",
        "relu6",
        "mish",
        "celu",
        "leaky_relu",
        "exponential",
        "softsign",
        "sparsemax",
    ),
    *("hard_shrink", "tanh_shrink", "squareplus", "log_sigmoid", "hard_silu", "sparse_plus"),
    {"LeakyReLU": 0.1},
    {"ReLU": {"max_value": 6.0}},
    {"ELU": {"alpha": 0.5}},
)
TEXTS = ("a b", "b a b")
"""What stands in a batch of text, in turns."""
DTYPES = ("float16", "bfloat16", "float32", "float64", "mixed_float16", "mixed_bfloat16")

_OBJECTS = {
    "initializer": INITIALIZERS,
    "regularizer": REGULARIZERS,
    "constraint": CONSTRAINTS,
    "activation": ACTIVATIONS,
}


def good_value(rng: Random, parameter: Parameter, rank: int) -> Any:
    """A value that the parameter takes; axes are those of a value of `rank` axes. None: leave it out."""
    name, kind = parameter.name, parameter.kind
    word = name.rpartition("_")[2]
    if word in _OBJECTS:
        return rng.choice(_OBJECTS[word])
    expected = kind.core.get("expected")
    if expected is not None:
        return rng.choice(expected)
    if kind.is_axis:
        return _axes(rng, rank, several=kind.text.endswith("list of them"))
    chosen = _BY_NAME.get(name) or _BY_TEXT.get(kind.text)
    return chosen(rng) if chosen is not None else None


def _axes(rng: Random, rank: int, several: bool) -> Any:
    axes = [a for a in range(-rank, rank + 1) if a]
    if not several or rng.random() < 0.5 or rank == 1:
        return rng.choice(axes)
    return sorted(rng.sample(range(1, rank + 1), 2))


def _spread(n: int, low: int, high: int) -> Any:
    def make(rng: Random) -> Any:
        if n == 1 or rng.random() < 0.6:
            return rng.randint(low, high)
        return [rng.randint(low, high) for _ in range(n)]

    return make


def _sides(n: int) -> Any:
    def side(rng: Random) -> Any:
        return rng.randint(0, 2) if rng.random() < 0.5 else [rng.randint(0, 2), rng.randint(0, 2)]

    def make(rng: Random) -> Any:
        return rng.randint(0, 2) if rng.random() < 0.3 else [side(rng) for _ in range(n)]

    return side if n == 1 else make


_BY_NAME: dict[str, Any] = {
    "dtype": lambda rng: rng.choice(DTYPES),
    "input_dim": lambda rng: rng.randint(2, 6),
    "output_dim": lambda rng: rng.randint(1, 5),
    "filters": lambda rng: rng.choice((1, 2, 3, 4, 6)),
    "seed": lambda rng: rng.randint(-2, 99),
    "epsilon": lambda rng: rng.choice((1e-3, 1e-5, 0, 1)),
    "momentum": lambda rng: rng.choice((0.9, 0.99, 0, 1)),
    "flash_attention": lambda rng: rng.random() < 0.2,
    "sliding_window": lambda rng: rng.randint(1, 4),
    "renorm_clipping": lambda rng: rng.choice(({"rmax": 3, "rmin": 0.3, "dmax": 5}, {"rmax": 2.5}, {})),
    "stddev": lambda rng: rng.choice((0, 0.1, 0.5, 1)),
}

_BY_TEXT: dict[str, Any] = {
    "true or false": lambda rng: rng.random() < 0.5,
    "a positive integer": _spread(1, 1, 3),
    "a positive integer or a list of 2": _spread(2, 1, 3),
    "a positive integer or a list of 3": _spread(3, 1, 3),
    "a positive integer or a list of them": lambda rng: rng.choice((1, 4, [3], [2, 3])),
    "a positive integer, or a list of sizes, with names or without": lambda rng: rng.randint(1, 5),
    "a non-negative integer": _spread(1, 0, 1),
    "a non-negative integer or a list of 2": _spread(2, 0, 1),
    "a non-negative integer or a list of 3": _spread(3, 0, 1),
    "an integer of at least 0 or a list of 2": _sides(1),
    "an integer of at least 0, or for each of the 2 axes an integer or a list of 2": _sides(2),
    "an integer of at least 0, or for each of the 3 axes an integer or a list of 2": _sides(3),
    "a positive integer, or -1": lambda rng: rng.choice((1, 2, 3, -1)),
    "a number": lambda rng: rng.choice((0, 1, 0.5, -1.5)),
    "a number of at least 0": lambda rng: rng.choice((0, 1, 0.25, 6)),
    "a number from 0 to 1": lambda rng: rng.choice((0, 0.1, 0.5, 1.0)),
    "a positive number": lambda rng: rng.choice((0.2, 1, 3)),
    "a number from 0 to 1, or a list of 2": lambda rng: rng.choice((0, 0.3, 1, [0.1, 0.5], [1, 0])),
    "a number from -1 to 1, or a list of 2": lambda rng: rng.choice((0, -0.3, 1, [-0.5, 0.5], [1, 0.2])),
    "a number above -1 up to 1, or a list of 2": lambda rng: rng.choice((0, -0.3, 1, [-0.5, 0.5], [1, 0])),
    "an integer from 1 to 8, or a list of 2": lambda rng: rng.choice((1, 3, 8, [2, 5], [4, 4], [8, 1])),
    "an odd positive integer or a list of 2": lambda rng: rng.choice((1, 3, [1, 5], [3, 3])),
    "a list of two positive integers": lambda rng: [rng.randint(1, 4), rng.randint(1, 8)],
    "a list of two numbers that differ": lambda rng: rng.choice(([0, 1], [0, 255], [-1.0, 1], [1, 0])),
    "a number, or a list of three": lambda rng: rng.choice((0, 0.5, 200, [0, 0.5, 1])),
    "a number, or lists of numbers": lambda rng: rng.choice((0.5, 2, -1)),
}

LISTED = frozenset(("kernel_size", "strides", "dilation_rate", "pool_size", "output_padding"))
"""Parameters for which a positive integer may also be a list of one."""

_ANYTHING: tuple[Any, ...] = (0, -1, 1.5, "bogus", [], [1, 2, 3, 4], None, {"a": 1}, 7, -3)
_BAD: dict[str, tuple[Any, ...]] = {
    "initializer": ("bogus", {"HeNormal": {"sede": 1}}, {"Constant": {}}, {"Bogus": {}}, 1.5),
    "regularizer": (
        "bogus",
        "l1_l2",
        {"L2": {"l3": 1}},
        {"L3": 0.1},
        {"OrthogonalRegularizer": {"mode": "x"}},
    ),
    "constraint": ("bogus", {"MaxNorm": {"maximum": 1}}, {"Bogus": 1}),
    "activation": (
        "bogus",
        "glu",
        {"ReLU": {"max_value": -1}},
        {"LeakyReLU": -1},
        {"Bogus": {}},
        "threshold",
    ),
    "dtype": ("bogus", "int32", "float31", "bool"),
    "padding": ("SAME", "full", "causal", -1, [1, 2, 3, 4], [1, -1]),
    "data_format": ("channels_last_", "NHWC", 1),
    "rate": (-0.1, 1.1, 1, 2, "bogus"),
    "dropout": (-0.1, 1.1, 2, "bogus"),
    "recurrent_dropout": (-0.1, 1.1, 2),
    "stddev": (-0.1, 1.1, 2),
    "seed": (1.5, "bogus"),
    "axis": (0, 9, -9, [], [1, 1], [-1, 9], 1.5, "bogus"),
    "axes": (0, 9, -9, [1], [1, 1, 1], [0, 1], [9, 1], "bogus"),
    "attention_axes": (0, 9, -9, [], [1, 9]),
    "shared_axes": (0, 9, -1, -9, [1, 1], []),
    "target_shape": ([-1, -1], [0], [7, 5], [-1, 11], [2, -2], [], "bogus", 3),
    "dims": ([1, 1], [0, 1], [2, 3], [], [1], "bogus", 1, [1, 2, 3, 4, 5]),
    "cell": ("LSTMCell", {"LSTM": 3}, {"LSTMCell": {"unit": 3}}, [], [{"LSTMCell": 0}], {"Dense": 3}, 3),
    "cells": ([], [{"Dense": 3}], {"LSTMCell": 3}, [{"GRUCell": {}}], 3),
    "layer": ("Bogus", {"Dense": {}}, {"LSTM": {"unit": 3}}, "Add", {"Dense": -1}, 3),
    "layers": (
        "Flatten",
        [],
        [{"Bogus": {}}],
        ["Add"],
        [{"LSTM": {"units": 2, "return_state": True}}],
        {"Dense": 2},
        3,
    ),
    "backward_layer": ("Bogus", {"Dense": 3}, {"LSTM": {"units": 3}}, 3),
    "noise_shape": ([2, 9], [1, 1, 1, 1, 1, 1], [9], [None, 9, 9], [0], 3),
    "renorm_clipping": ({"rmax": 1, "rmin": 2}, {"max": 1}, {"dmax": -1}, 3),
    "equation": (
        "ab,bc->ad",
        "aab,bc->ac",
        "ab,bc->ca",
        "ab,bc",
        "...ab,bc->ac",
        "abc,cd->abd",
        "ab,ac->ac",
        3,
    ),
    "bias_axes": ("q", "a", "", "bq", 1),
    "output_shape": ([None], [2, 2, 2], 7, [0], [], None, "bogus"),
    "factor": (-1.1, 1.1, 2, 9, [0.5], [0, 2], [-3, 0.5], [0.1, 0.2, 0.3], [0.2, "a"], "bogus"),
    "range": ([1], [0, 1, 2], 5, "bogus", [1, 1], [0, "a"]),
    "interpolation": ("cubic", "bilinear_", 1),
    "mode": ("edge", "bogus", "flip", 1),
    "tile_grid_size": (2, [0, 2], [2, 2, 2], [1.5, 2], "bogus"),
    "groups": (0, -2, 5, 7, "bogus", 1.5),
    "output_mode": ("bogus", "tf-idf", "int", "one_hot", "count", 1),
    "vocabulary": ([], ["a b", "a b"], ["a b", 3], [0, 1], [0, 0], ["[UNK]"], [None], {"a": 1}, 3),
    "idf_weights": ([0.5], [], [0.5, "a"], [[0.5]], 1.5, [1, 2, 3, 4, 5, 6, 7, 8]),
    "mask_token": ("a b", 0, "b a b", 1.5, []),
    "oov_token": (None, "a b", 0, 1.5, []),
    "mask_value": ("a", 1.5, [], {"a": 1}),
    "salt": ([1], [1, 2, 3], "a", 1.5, 3, [1, "a"]),
    "ngrams": (0, -1, "a", [], [0], [1, "a"], 9),
    "bin_boundaries": ([2.0, 1.0], [], [[1.0]], ["a"], 3, [1, 1]),
    "num_bins": (0, -1, 3, "a", 1.5),
    "window": ("bogus", "kaiser", [1.0], [], 3, ["kaiser", 4.0], "sinc"),
    "fft_length": (1, 3, 0, -1, 1.5, 4096),
    "frame_step": (0, 99, -1, 1.5),
    "sequence_length": (99, 0, -1, 3),
}


def bad_value(rng: Random, parameter: Parameter) -> Any:
    """A value that the parameter may well not take."""
    special = _BAD.get(parameter.name) or _BAD.get(parameter.name.rpartition("_")[2])
    return rng.choice(special if special is not None and rng.random() < 0.7 else _ANYTHING)
