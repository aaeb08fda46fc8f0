# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportMissingImports=false
"""The ops that become something else than the Keras layer of their name with their arguments."""

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from specc.backends.keras.call import Call, KerasLayer, KerasTensor
from specc.backends.keras.elements import ones_along, regrouped, transpose
from specc.backends.keras.folding import fold, unfold
from specc.backends.keras.functions import add, einsum
from specc.backends.keras.layers import (
    CONVOLUTIONS,
    apply,
    invoke,
    is_turned,
    keras_arguments,
    keras_layer,
    known_or_rest,
    pipeline_layer,
    turned_layer,
    turns,
)
from specc.backends.keras.leaving_out import reduce_masked
from specc.backends.keras.own import class_called
from specc.ir.graph import Fold
from specc.ops.axis import axis_number, axis_numbers
from specc.ops.objects import to_keras_config

Lowering = Callable[[Call], Any]


def crossing(call: Call) -> KerasTensor:
    """A value that enters or leaves a region."""
    return fold(call) if isinstance(call.op, Fold) else unfold(call)


def dense(call: Call) -> KerasTensor:
    """A dense layer; where `units` lists sizes, one of their product and a reshape."""
    if isinstance(call.op.units, int):
        return apply(call)

    def make(name: str) -> KerasLayer:
        arguments = keras_arguments(call.keras, call.op, call.shape, call.dtype)
        return call.keras.layers.Dense(**arguments | {"units": call.op.width}, name=name)

    y = call.object(make)(call.x)
    before = call.shape.sizes[:-1]
    return regrouped(call, y, (*before, call.op.width), call.results[0].shape.sizes)


def convolution(call: Call) -> KerasTensor:
    """Keras's layer; where the channels come first, one with the channels last between two transpositions."""
    if not is_turned(call.op):
        return apply(call)
    there, back = turns(len(call.x.shape) - 1)
    layer = call.object(lambda name: turned_layer(call.keras, call.op, call.shape, name, call.dtype))
    return transpose(call, layer(transpose(call, call.x, [0, *there])), [0, *back])


def reshape(call: Call) -> KerasTensor:
    """Keras's layer where all sizes but one are known, and no mask is carried that it would lose; else a gather."""
    if call.results[0].mask is not None:
        return regrouped(call, call.x, call.shape.sizes, call.results[0].shape.sizes)
    if known_or_rest(call.results[0].shape.sizes).count(-1) <= 1:
        return apply(call)
    return regrouped(call, call.x, call.shape.sizes, call.results[0].shape.sizes)


def flatten(call: Call) -> KerasTensor:
    """Keras's layer, or, with kept axes, a transposition and a reshape."""
    if call.op.keep is None:
        return apply(call)
    kept, rest = call.op.order(call.shape)
    order = (*kept, *rest)
    x = transpose(call, call.x, [0, *(i + 1 for i in order)])
    sizes = call.shape.ordered(order).sizes
    return _changed(call, regrouped(call, x, sizes, call.results[0].shape.sizes))


def rearrange(call: Call) -> KerasTensor:
    """Split, transposed, merged."""
    plan = call.op.plan(call.shape)
    x = regrouped(call, call.x, call.shape.sizes, plan.split)
    x = transpose(call, x, [0, *(i + 1 for i in plan.order)])
    ordered = [plan.split[i] for i in plan.order]
    return _changed(call, regrouped(call, x, ordered, plan.result.sizes))


def _changed(call: Call, y: KerasTensor) -> KerasTensor:
    """`y`, which has the layer's name for its own even where nothing had to be done."""
    if y is not call.x:
        return y
    return call.keras.layers.Identity(name=call.layer.name, dtype=call.dtype)(y)


def take_slice(call: Call) -> KerasTensor:
    """Part of an axis, or one element of it."""
    op = call.op
    step = None if op.step == 1 else op.step
    part = slice(op.start, op.stop, step) if op.index is None else op.index
    before = (slice(None),) * (axis_number(op.axis, call.shape) + 1)
    return call.do(lambda: call.x[(*before, part)])


def mask(call: Call) -> KerasTensor:
    """The value itself: its mask is carried beside it."""
    return _changed(call, call.x)


_REDUCERS = ("mean", "sum", "max", "min")


def reduce(call: Call) -> KerasTensor:
    """One value for each axis that goes: `keras.ops`, or the element at one end."""
    op = call.op
    axes = [i + 1 for i in axis_numbers(op.axis, call.shape)]
    if len(call.inputs) > 1 and call.inputs[1] is not None:
        return reduce_masked(call, axes)
    if op.how in _REDUCERS:
        return call.do(getattr(call.ops, op.how), call.x, axis=axes, keepdims=op.keepdims)
    at = 0 if op.how == "first" else -1
    one = slice(at, at + 1 or None) if op.keepdims else at
    key = tuple(one if i in axes else slice(None) for i in range(max(axes) + 1))
    return call.do(lambda: call.x[key])


def positions(call: Call) -> KerasTensor:
    """The running count of the axis, less one, for each sample."""
    axis = axis_number(call.op.axis, call.shape) + 1
    key = tuple(slice(None) if i in (0, axis) else 0 for i in range(len(call.x.shape)))
    part = call.x if len(key) == 2 else call.do(lambda: call.x[key])
    one = call.do(call.ops.ones_like, part, dtype="int32")
    return call.do(call.ops.subtract, call.do(call.ops.cumsum, one, axis=1), 1)


def weight(call: Call) -> KerasTensor:
    """An embedding, looked up at all its rows for each sample: Keras has no layer that is a bare array."""
    op = call.op
    shape = [entry.size for entry in op.shape]
    rows, width = prod(shape[:-1]), shape[-1]

    def make(name: str) -> KerasLayer:
        return call.keras.layers.Embedding(
            rows,
            width,
            embeddings_initializer=_initial(op.initializer),
            embeddings_regularizer=to_keras_config(op.regularizer),
            embeddings_constraint=to_keras_config(op.constraint),
            trainable=op.trainable,
            name=name,
            dtype=call.dtype,
        )

    one = ones_along(call, call.x, 0)
    none = call.do(call.ops.expand_dims, call.do(call.ops.zeros_like, one), 1)
    y = call.object(make)(call.do(call.ops.subtract, none, -np.arange(rows, dtype="int32")))
    return regrouped(call, y, (rows, width), shape)


def _initial(initializer: Any) -> Any:
    return "zeros" if initializer is None else to_keras_config(initializer)


def lrn(call: Call) -> KerasTensor:
    """Running sums of the squares over padded channels; a window's sum is the difference of two of them."""
    op, x = call.op, call.x
    dtype = call.results[0].dtype
    wide = x if dtype in ("float32", "float64") else call.do(call.ops.cast, x, "float32")
    last = len(x.shape) - 1
    reach = op.depth_radius
    padding = [*([(0, 0)] * last), (reach + 1, reach)]
    squares = call.do(call.ops.pad, call.do(call.ops.square, wide), padding)
    sums = call.do(call.ops.cumsum, squares, axis=last)
    ahead = call.do(lambda: sums[(..., slice(2 * reach + 1, None))])
    behind = call.do(lambda: sums[(..., slice(None, -(2 * reach + 1)))])
    scaled = call.do(call.ops.multiply, call.do(call.ops.subtract, ahead, behind), op.alpha)
    norm = call.do(call.ops.power, call.do(call.ops.add, scaled, op.bias), op.beta)
    y = call.do(call.ops.divide, wide, norm)
    return y if wide is x else call.do(call.ops.cast, y, dtype)


def embed(call: Call) -> KerasTensor:
    """An embedding that holds the vectors of the file."""
    op = call.op
    layer = call.object(
        lambda name: call.keras.layers.Embedding(
            op.file.rows,
            op.file.width,
            embeddings_initializer="zeros",
            mask_zero=op.mask_zero,
            trainable=op.trainable,
            name=name,
            dtype=call.dtype,
        )
    )
    is_new = not layer.built
    y = layer(call.x)
    if is_new:
        layer.embeddings.assign(np.load(op.file.path, mmap_mode="r", allow_pickle=False))
    return y


def reversible(call: Call) -> KerasTensor:
    """Keras's layer; called in reverse it announces its compute dtype, whatever it makes: a cast says what that is."""
    y, dtype = apply(call), call.results[0].dtype
    return y if call.op.compute_dtype == dtype else call.do(call.ops.cast, y, dtype)


def crf(call: Call) -> KerasTensor:
    """The layer that `import specc.layers` registers."""

    def make(name: str) -> KerasLayer:
        return class_called(call.keras, "specc.layers:CRF")(
            **keras_arguments(call.keras, call.op, call.shape, call.dtype), name=name
        )

    return invoke(call.op, call.object(make), call.inputs)


def pipeline(call: Call) -> KerasTensor:
    """Keras's layer, its own layers with the dtype that they have in it."""

    def make(name: str) -> KerasLayer:
        return pipeline_layer(call.keras, call.op, call.shape, name, call.dtype)

    return invoke(call.op, call.object(make), call.inputs)


def equalization(call: Call) -> KerasTensor:
    """A pipeline of one: no functional model holds a layer whose result is its input itself."""

    def make(name: str) -> KerasLayer:
        layer = keras_layer(call.keras, call.op, call.shape, "equalization", call.dtype)
        return call.keras.layers.Pipeline([layer], name=name)

    return invoke(call.op, call.object(make), call.inputs)


LOWERINGS: dict[str, Lowering] = {
    "map": crossing,
    "ops.add": add,
    "ops.einsum": einsum,
    "Dense": dense,
    "Equalization": equalization,
    "Flatten": flatten,
    "Pipeline": pipeline,
    "Reshape": reshape,
    "ReversibleEmbedding": reversible,
    "crf": crf,
    "embed": embed,
    "lrn": lrn,
    "mask": mask,
    "positions": positions,
    "rearrange": rearrange,
    "reduce": reduce,
    "slice": take_slice,
    "weight": weight,
    **dict.fromkeys((*CONVOLUTIONS, "SpectralNormalization"), convolution),
}
"""By name of the op; all others are `specc.backends.keras.layers.apply`."""
