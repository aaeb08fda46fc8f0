# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportMissingImports=false
"""Functions of `keras.ops`, called by their names."""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import numpy as np

from specc.backends.keras.call import Call, KerasTensor
from specc.backends.keras.layers import keras_axes
from specc.ops.declare import parameters_of
from specc.ops.function import Function
from specc.shapes.shape import Shape
from specc.shapes.tensor import Tensor


def keras_function(keras: Any, op: Function) -> Callable[..., Any]:
    """The function that an op stands for: `keras.ops.image.resize` for `ops.image.resize`."""
    return reduce(getattr, op.name.split("."), keras)


def function_arguments(op: Function, types: Sequence[Tensor | None]) -> dict[str, Any]:
    """The arguments as the function takes them, for inputs of these types."""
    known = parameters_of(type(op))
    dtypes = op.operand_dtypes(op.operands(types))
    found: dict[str, Any] = {}
    for name, value in op.arguments.items():
        if known[name].kind.is_axis:
            value = keras_axes(value, _first(types))
        elif name in dtypes:
            value = constant(op, value, dtypes[name])
        found[name] = value
    if "data_format" in known and found.get("data_format") is None:
        found["data_format"] = "channels_last"
    return found


def _first(types: Sequence[Tensor | None]) -> Shape:
    first = types[0]
    assert first is not None, "a function has a first input"
    return first.shape


def constant(op: Function, value: Any, dtype: str) -> Any:
    """A constant operand: a number as it is where Keras takes it so, else an array."""
    if op.takes_numbers and type(value) in (int, float):
        return value
    return np.asarray(value, np.dtype(dtype))


def add(call: Call) -> KerasTensor:
    """The sum; a constant goes in front, for Keras takes one behind for a bias, and may lay it along another axis."""
    constant = function_arguments(call.op, call.types).get("x2")
    if isinstance(constant, np.ndarray):
        return call.do(call.ops.add, constant, call.x)
    return function(call)


def function(call: Call) -> KerasTensor:
    """What the function of the op makes of the inputs."""
    op: Function = call.op
    arguments = function_arguments(op, call.types)
    if op.takes_list:
        return call.do(keras_function(call.keras, op), call.inputs, **arguments)
    operands = {each.name: x for each, x in zip(op.reads, call.inputs, strict=False) if x is not None}
    return call.do(keras_function(call.keras, op), **operands, **arguments)


def einsum(call: Call) -> KerasTensor:
    """The function that takes its values one by one, behind the equation."""
    return call.do(call.ops.einsum, call.op.subscripts, *call.inputs)
