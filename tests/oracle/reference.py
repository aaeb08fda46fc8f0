"""Keras's answer to a case: the layers made by plain calls, a functional model of them, and a batch of 2."""

import warnings
from functools import reduce
from math import prod
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from specc.ops import making, registry
from specc.ops.declare import parameters_of
from specc.ops.misfit import Misfit
from tests.oracle.case import Case, Step, called_masks, op_class
from tests.oracle.values import TEXTS

keras.config.disable_traceback_filtering()
tf.get_logger().setLevel("CRITICAL")

BATCH = 2
MODULES = {
    "initializer": keras.initializers,
    "regularizer": keras.regularizers,
    "constraint": keras.constraints,
    "activation": keras.layers,
}


class Made(NamedTuple):
    """A layer's results as Keras announces them (batch left out), and its parameters."""

    shapes: tuple[tuple[int | None, ...], ...]
    trainable: int
    fixed: int


class Ran(NamedTuple):
    """The results of a layer on a batch; None: a size that is another one in training."""

    shapes: tuple[tuple[int | None, ...], ...]
    dtypes: tuple[str, ...]


class Answer(NamedTuple):
    """What Keras says: `stage` is `ok`, or where it failed (`build` or `batch`) with `error`."""

    stage: str
    error: str
    made: tuple[Made, ...]
    ran: tuple[Ran, ...]

    @property
    def ok(self) -> bool:
        """Whether Keras builds the case and runs a batch."""
        return self.stage == "ok"


def ask_keras(case: Case) -> Answer:
    """Build the case and run a batch through it, for training and not."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            model, layers, results = _build(case)
        except Exception as error:
            text = _text(error)
            forget()  # a weight that could not be made within another layer's call would be tried again and again
            return Answer("build", text, (), ())
        made = tuple(_made(layer, values) for layer, values in zip(layers, results, strict=True))
        try:
            return Answer("ok", "", made, _run(case, model, layers, results))
        except Exception as error:
            return Answer("batch", _text(error), made, ())


def _text(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:600]}"


def _build(case: Case) -> tuple[Any, list[Any], list[list[Any]]]:
    values: dict[str, Any] = {}
    for i, (sizes, dtype) in enumerate(zip(case.inputs, case.dtypes, strict=True)):
        values[f"x{i}"] = keras.Input(sizes, batch_size=case.batch, dtype=dtype, name=f"x{i}")
    inputs = dict(values)
    layers: list[Any] = []
    results: list[list[Any]] = []
    for i, step in enumerate(case.steps):
        layer = make_layer(step.op, step.arguments, name=f"l{i}")
        masks = {name: values[mask] for name, mask in step.masks.items()}
        made = _call(layer, step, [values[name] for name in step.reads], masks)
        several = keras.tree.flatten(made)
        values[f"l{i}"] = several[0]
        values |= dict(zip(step.results, several, strict=False))
        layers.append(layer)
        results.append(several)
    read = {name for step in case.steps for name in (*step.reads, *step.masks.values())}
    inputs = {name: value for name, value in inputs.items() if name in read}
    return keras.Model(inputs, [value for several in results for value in several]), layers, results


class Function:
    """A function of `keras.ops` with its arguments, as a layer without weights."""

    trainable_weights: tuple[Any, ...] = ()
    compute_dtype = "float32"

    def __init__(self, op: str, arguments: dict[str, Any]) -> None:
        self.op: Any = op_class(op)
        self.function: Any = reduce(getattr, op.split("."), keras)
        self.arguments = arguments

    def count_params(self) -> int:
        return 0

    def _flatten_layers(self) -> list[Any]:
        return []

    def __call__(self, inputs: list[Any]) -> Any:
        """What the function makes of the inputs, in the order of the operands that are not given."""
        given = {name: self.argument(name, value, inputs) for name, value in self.arguments.items()}
        reads = [each for each in self.op.call_inputs if each.name not in given]
        if self.op.name == "ops.einsum":
            return self.function(given.pop("subscripts", None), *inputs, **given)
        if self.op.takes_list:
            return self.function(inputs, **given)
        if len(inputs) > len(reads):
            raise TypeError(f"{self.op.name} takes {len(reads)} values")
        named = {each.name: x for each, x in zip(reads, inputs, strict=False)}
        return self.function(**named, **given)

    def argument(self, name: str, value: Any, inputs: list[Any]) -> Any:
        """Constants that a function computes with are arrays; numbers too, where Keras does not take them."""
        if value is None:
            return None
        if hasattr(self.op, "scales") and name in self.op.scales:
            return np.asarray(value, "float32")
        known = parameters_of(self.op)
        if name not in known or not known[name].kind.is_operand:
            return tuple(value) if isinstance(value, list) else value
        if isinstance(value, int | float):
            if self.op.takes_numbers and not isinstance(value, bool):
                return value
            reads = [each for each in self.op.call_inputs if each.name not in self.arguments]
            meeting = [x.dtype for e, x in zip(reads, inputs, strict=False) if e.name not in self.op.apart]
            return np.asarray(value, keras.backend.result_type(*meeting, type(value)))
        tensor: Any = keras.ops.convert_to_tensor(value)
        return np.asarray(value, keras.backend.standardize_dtype(tensor.dtype))


def make_layer(op: str, arguments: dict[str, Any], **more: Any) -> Any:
    """The Keras layer, or function, of that name with arguments as a spec has them."""
    if op.startswith("ops."):
        return Function(op, arguments)
    own = arguments.get("dtype")
    made = {name: _argument(name, value, own) for name, value in arguments.items()}
    return getattr(keras.layers, op)(**made, **more)


def _argument(name: str, value: Any, dtype: Any) -> Any:
    """An argument as Keras takes it; layers as arguments have the dtype of the layer that they are for."""
    word = name.rpartition("_")[2]
    if word == "layers":
        return [_argument("layer", each, dtype) for each in value]
    if word in ("cell", "cells") and isinstance(value, list):
        cells = [_argument("cell", each, dtype) for each in value]
        return cells if word == "cells" else keras.layers.StackedRNNCells(cells, **_with_dtype({}, dtype))
    if word in ("layer", "cell") and value is not None:
        op, arguments = next(iter(value.items())) if isinstance(value, dict) else (value, {})
        first = making.first_parameter(registry.known(op))
        given = arguments if isinstance(arguments, dict | None) else {str(first): arguments}
        return make_layer(op, _with_dtype(given or {}, dtype))
    if word in MODULES and isinstance(value, dict):
        cls_name, arguments = next(iter(value.items()))
        cls = getattr(MODULES[word], cls_name)
        more = _with_dtype({}, dtype) if word == "activation" else {}
        if isinstance(arguments, dict):
            return cls(**arguments, **more)
        return cls(**more) if arguments is None else cls(arguments, **more)
    return tuple(_argument("", v, None) for v in value) if isinstance(value, list) else value


def _with_dtype(arguments: dict[str, Any], dtype: Any) -> dict[str, Any]:
    return arguments if dtype is None else {"dtype": dtype} | arguments


def _call(layer: Any, step: Step, inputs: list[Any], masks: dict[str, Any]) -> Any:
    """What the layer makes of its inputs, given by the names of its call as a user would."""
    if isinstance(layer, Function):
        return layer(inputs)
    wanted = op_class(step.op).call_inputs
    if op_class(step.op).takes_list:
        return layer(inputs, **called_masks(step, masks), **step.options)
    named: dict[str, Any] = dict(masks)
    for i, each in enumerate(wanted[1:], start=1):
        if len(inputs) > i:
            named[each.name] = _nested(step, inputs[i:]) if each.many else inputs[i]
    return layer(
        inputs[0], *inputs[len(wanted) if not wanted[-1].many else len(inputs) :], **named, **step.options
    )


def _nested(step: Step, values: list[Any]) -> list[Any]:
    """The states of several cells, those of each in a list; as they are where there is no such op."""
    try:
        return making.make(op_class(step.op), step.arguments).nested(values)
    except (making.ArgumentErrors, Misfit):
        return values


def _made(layer: Any, values: list[Any]) -> Made:
    trainable = sum(prod(weight.shape) for weight in layer.trainable_weights)
    shapes = tuple(tuple(value.shape[1:]) for value in values)
    return Made(shapes, trainable, layer.count_params() - trainable)


def _run(case: Case, model: Any, layers: list[Any], results: list[list[Any]]) -> tuple[Ran, ...]:
    given = {f"x{i}": kind for i, kind in enumerate(zip(case.inputs, case.dtypes, strict=True))}
    read = {name for step in case.steps for name in (*step.reads, *step.masks.values())}
    divides = any(isinstance(layer, Function) for layer in layers)
    arrays = {name: _batch(*kind, divides) for name, kind in given.items() if name in read}
    if any("Adaptive" in op for op in case.ops):
        # Eagerly, TensorFlow ends the process by a division by zero where a window does not fit.
        tf.function(model)(arrays)
    if _ends_the_process(case, results):
        raise ValueError("TensorFlow ends the process where a transform is to have no length")
    call = _as_in_fit(model) if _differs_in_fit(layers) else model
    still = _listed(call(arrays, training=False))
    flat = _listed(call(arrays, training=True))
    for loss in model.losses if call is model else ():
        float(loss)
    for layer in layers:
        for weight in layer.trainable_weights:
            if weight.constraint is not None:
                weight.constraint(weight)
    ran: list[Ran] = []
    for several in results:
        pairs = [(still.pop(0), flat.pop(0)) for _ in several]
        ran.append(
            Ran(
                tuple(_sizes(a, b) for a, b in pairs),
                tuple(keras.backend.standardize_dtype(b.dtype) for _, b in pairs),
            )
        )
    return tuple(ran)


def _ends_the_process(case: Case, results: list[list[Any]]) -> bool:
    """Whether one of the transforms has no length, or its result no elements."""
    for step, several in zip(case.steps, results, strict=True):
        if step.op in ("ops.rfft", "ops.irfft", "ops.stft", "ops.istft") and (
            step.arguments.get("fft_length") == 0 or any(0 in value.shape for value in several)
        ):
            return True
    return False


def _listed(values: Any) -> list[Any]:
    return list(values) if isinstance(values, list | tuple) else [values]


def _sizes(still: Any, trained: Any) -> tuple[int | None, ...]:
    """The sizes of a result (batch left out) that are the same in training."""
    pairs = zip(still.shape[1:], trained.shape[1:], strict=True)
    return tuple(int(n) if n == m else None for n, m in pairs)


def _differs_in_fit(layers: list[Any]) -> bool:
    """Whether `fit` and `predict` do otherwise than a plain call: in a graph, layers for images cast first."""
    every = (inner for layer in layers for inner in layer._flatten_layers())
    return any("image_preprocessing" in type(layer).__module__ for layer in every)


def _as_in_fit(model: Any) -> Any:
    """The model as `fit` and `predict` call it: in a graph, for any batch."""
    specs = {x.name: tf.TensorSpec(x.shape, x.dtype) for x in model.inputs}

    def call(arrays: Any, training: bool) -> Any:
        run = tf.function(
            lambda given: (model(given, training=training), model.losses), input_signature=[specs]
        )
        return run(arrays)[0]

    return call


def _batch(sizes: tuple[int, ...], dtype: str, ones: bool) -> Any:
    """A batch of floats, or of zeros or ones."""
    shape = (BATCH, *sizes)
    if dtype == "string":
        return tf.constant(np.resize(TEXTS, shape).tolist(), shape=shape)
    if dtype.startswith(("float", "bfloat")):
        return tf.cast(np.random.default_rng(0).uniform(size=shape), dtype)
    return tf.cast(tf.ones(shape), dtype) if ones else tf.zeros(shape, dtype)


def forget() -> None:
    """Let go of what Keras keeps of models."""
    keras.backend.clear_session(free_memory=False)
