# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportMissingImports=false
"""Keras layers with the arguments that an op was given."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from specc.backends.keras.call import Call, KerasLayer, KerasTensor
from specc.backends.keras.own import apply_own, layer_class
from specc.ops.axis import axis_number
from specc.ops.custom import BARE
from specc.ops.declare import Op, parameters_of
from specc.ops.objects import to_keras_config
from specc.shapes.dim import Size
from specc.shapes.shape import Shape
from specc.shapes.tensor import Tensor


def keras_layer(keras: Any, op: Op, shape: Shape, name: str, dtype: str = "float32") -> KerasLayer:
    """The Keras layer that `op` stands for, for an input of `shape`.

    What check relies on and Keras leaves to its global configuration is said: the dtype policy (`dtype` where
    the op has none of its own) and the data format.
    """
    arguments = keras_arguments(keras, op, shape, op.policy or dtype)
    first = (arguments.pop(BARE),) if op.is_open and BARE in arguments else ()
    return layer_class(keras, op)(*first, **arguments, name=name)


def keras_arguments(keras: Any, op: Op, shape: Shape, dtype: str) -> dict[str, Any]:
    """The arguments as Keras takes them: axes as numbers, objects as configurations, layers as layers."""
    if op.is_open:
        return {**op.arguments, "dtype": dtype}
    known = parameters_of(type(op))
    found: dict[str, Any] = {}
    for name, value in op.arguments.items():
        if isinstance(value, Op):
            inside = shape.part(1) if op.name == "TimeDistributed" else shape
            value = wrapped_layer(keras, value, inside, type(value).__name__.lower(), dtype)
        elif name == "cells":
            value = [
                wrapped_layer(keras, c, shape, f"{type(c).__name__.lower()}_{i}", dtype)
                for i, c in enumerate(value)
            ]
        elif (op.name, name) in _PLAIN:
            value = _PLAIN[op.name, name](op, shape)
        elif known[name].kind.is_axis:
            value = keras_axes(value, shape)
        else:
            value = to_keras_config(value)
            if isinstance(value, dict) and value.get("module") == "keras.layers":
                value["config"]["dtype"] = dtype  # an activation that is a layer computes as its layer does
        found[name] = value
    if "data_format" in known and found.get("data_format") is None:
        found["data_format"] = "channels_last"
    found["dtype"] = dtype
    return found


def _target(op: Any, x: Shape) -> list[int]:
    """The target of a reshape as it is written; its -1 worked out where a size over symbols takes what is left."""
    written = known_or_rest(entry.size for entry in op.target_shape)
    return written if written.count(-1) <= 1 else known_or_rest(op.output(x).sizes)


_PLAIN: dict[tuple[str, str], Callable[[Any, Shape], Any]] = {
    ("Permute", "dims"): lambda op, x: [i + 1 for i in op.order(x)],
    ("Reshape", "target_shape"): _target,
    ("EinsumDense", "equation"): lambda op, x: op.written(x)[0],
    ("EinsumDense", "output_shape"): lambda op, x: op.written(x)[1],
    ("StringLookup", "vocabulary"): lambda op, x: list(op.words),
    ("IntegerLookup", "vocabulary"): lambda op, x: list(op.words),
    ("TextVectorization", "vocabulary"): lambda op, x: list(op.words),
    ("TextVectorization", "ngrams"): lambda op, x: op.ngrams,
}
"""The arguments that Keras takes otherwise than a spec has them: names of axes, and sizes that the input has."""


def known_or_rest(sizes: Iterable[Size]) -> list[int]:
    """Sizes as the target of a reshape, -1 for those that are no numbers."""
    return [size if isinstance(size, int) else -1 for size in sizes]


CONVOLUTIONS = ("Conv1D", "Conv2D", "Conv3D", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose")


def is_turned(op: Any) -> bool:
    """Whether a convolution, or one whose kernel is normalized, is told that the channels come first.

    TensorFlow convolves so on accelerators only (Keras turns the other window ops by itself). So it is built
    with the channels last, its kernel is the same, and its input and result are transposed: see `turns`.
    """
    if op.name == "SpectralNormalization":
        return is_turned(op.layer)
    return op.name in CONVOLUTIONS and op.arguments.get("data_format") == "channels_first"


def turns(rank: int) -> tuple[list[int], list[int]]:
    """The orders of a sample's `rank` axes, from 1, that take the first axis to the end and back."""
    return [*range(2, rank + 1), 1], [rank, *range(1, rank)]


def turned_layer(keras: Any, op: Op, shape: Shape, name: str, dtype: str) -> KerasLayer:
    """The convolution itself, with the channels last."""
    return keras_layer(keras, _turned(op), shape, name, dtype)


def _turned(op: Any) -> Op:
    turned = (
        {"layer": _turned(op.layer)}
        if op.name == "SpectralNormalization"
        else {"data_format": "channels_last"}
    )
    return type(op).holding({**vars(op), **turned})


def wrapped_layer(keras: Any, op: Any, shape: Shape, name: str, dtype: str) -> KerasLayer:
    """A layer for a wrapper to hold: one layer, also where an op becomes several."""
    dtype = op.policy or dtype
    if is_turned(op):
        there, back = (keras.layers.Permute(order, dtype=dtype) for order in turns(shape.rank))
        return keras.Sequential(
            [there, turned_layer(keras, op, shape, op.name.lower(), dtype), back], name=name
        )
    if op.name == "Dense" and not isinstance(op.units, int):
        arguments = keras_arguments(keras, op, shape, dtype) | {"units": op.width}
        first = keras.layers.Dense(**arguments)
    elif op.name == "Flatten" and op.keep is not None:
        kept, rest = op.order(shape)
        first = keras.layers.Permute([i + 1 for i in (*kept, *rest)], dtype=dtype)
    elif op.name == "Pipeline":
        return pipeline_layer(keras, op, shape, name, dtype)
    else:
        return keras_layer(keras, op, shape, name, dtype)
    target = known_or_rest(op.output(shape).sizes)
    return keras.Sequential([first, keras.layers.Reshape(target, dtype=dtype)], name=name)


def pipeline_layer(keras: Any, op: Any, shape: Shape, name: str, dtype: str) -> KerasLayer:
    """A `Pipeline`, which has no dtype of its own: its layers have."""
    steps = enumerate(op.steps(Tensor(shape, op.compute_dtype)))
    layers = [
        wrapped_layer(keras, layer, x.shape, f"{type(layer).__name__.lower()}_{i}", dtype)
        for i, (layer, x, _) in steps
    ]
    return keras.layers.Pipeline(layers, name=name)


def keras_axes(value: Any, shape: Shape) -> Any:
    """Axes as Keras's numbers; numbers stay what they are."""
    if isinstance(value, list | tuple):
        return [keras_axes(v, shape) for v in value]
    return axis_number(value, shape) + 1 if isinstance(value, str) else value


def apply(call: Call) -> Any:
    """What the Keras layer of the op makes of the inputs."""
    layer = call.object(lambda name: keras_layer(call.keras, call.op, call.shape, name))
    made = invoke(call.op, layer, call.inputs)
    return list(_flat(made)) if call.op.nests_results else made


def _flat(made: Any) -> Iterator[KerasTensor]:
    """Results in lists within lists, one by one."""
    if isinstance(made, list | tuple):
        for each in made:
            yield from _flat(each)
    else:
        yield made


def invoke(op: Op, layer: KerasLayer, inputs: list[KerasTensor]) -> Any:
    """What the `layer` of an op makes of inputs, given as its call takes them."""
    if op.signature is not None:
        return apply_own(op, layer, inputs)
    named: dict[str, Any] = dict(op.options)
    if op.masked_by:
        values, masks = op.parted(inputs)
        inputs, named = [*values], named | op.masks_as_called(masks)
    if op.takes_list:
        return layer([x for x in inputs if x is not None], **named)
    for i, wanted in enumerate(op.reads[1:], start=1):
        given = inputs[i:] if wanted.many else inputs[i : i + 1]
        if given and given[0] is not None:
            named[wanted.name] = op.nested(given) if wanted.many else given[0]
    return layer(inputs[0], **named)
