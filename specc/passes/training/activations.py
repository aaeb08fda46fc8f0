"""Which activation made a value what it is."""

from typing import Any

from specc.ir.graph import Typed
from specc.ops.declare import Op

CARRIERS = (
    *("Reshape", "Flatten", "Permute", "Identity", "Dropout", "slice", "rearrange", "map"),
    *("GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D"),
)
"""Ops behind which a value is still what the activation before them made it."""


FUNCTIONS = frozenset(
    f"ops.{name}"
    for name in ("softmax", "log_softmax", "sigmoid", "log_sigmoid", "hard_sigmoid", "sparsemax")
)
"""The functions of `keras.ops` that are such an activation."""

UNBOUNDED = {"ReLU": "relu", "LeakyReLU": "leaky_relu", "PReLU": "prelu", "ELU": "elu"}
"""The layers that are an activation with no end."""


def maker_positions(typed: Typed) -> dict[int, int]:
    """The position of the layer that makes each value."""
    return {v: i for i, layer in enumerate(typed.graph.layers) for v in layer.outputs}


def activation_behind(value: int, typed: Typed, makers: dict[int, int]) -> str | None:
    """The last activation behind a value; None where it is not known. `makers`: see `maker_positions`."""
    while value in makers:
        layer = typed.graph.layers[makers[value]]
        op = typed.ops[makers[value]]
        if isinstance(op, Op) and op.name in CARRIERS and layer.inputs[0] is not None:
            value = layer.inputs[0]
            continue
        return activation_of(op)
    return None


def activation_of(op: Op | None) -> str | None:
    """The activation that an op ends with; None where that is not known."""
    inner: Any = getattr(op, "layer", op)
    if inner is None or inner.name == "Softmax":
        return "softmax" if inner is not None else None
    if inner.name in UNBOUNDED and getattr(inner, "max_value", None) is None:
        return UNBOUNDED[inner.name]
    if hasattr(inner, "return_sequences") and getattr(inner, "activation", None) == "tanh":
        return "tanh"
    if inner.name in FUNCTIONS:
        return inner.name.removeprefix("ops.")
    if inner.name in ("Dense", "Activation") or "Conv" in inner.name:
        activation = getattr(inner, "activation", None)
        return "linear" if activation is None else activation if isinstance(activation, str) else None
    return None
