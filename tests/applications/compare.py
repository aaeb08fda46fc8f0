# pyright: reportAttributeAccessIssue=false, reportOptionalMemberAccess=false, reportCallIssue=false
# pyright: reportArgumentType=false, reportOperatorIssue=false, reportOptionalOperand=false
"""Two Keras models held against each other: layers, shapes, parameters, and what they make of a batch."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import keras
import numpy as np

TOLERANCE = 1e-5
"""How far outputs may be apart, relative to the largest of them."""


class Difference(AssertionError):
    """Two models are not the same."""


class Facts(NamedTuple):
    """What two models that are the same have in common, and how far their outputs are apart."""

    layers: int
    parameters: int
    apart: float


def randomize(model: Any, seed: int = 1) -> None:
    """Change every vector of weights, which start as zeros and ones (and must stay positive)."""
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        if len(weight.shape) == 1:
            value = keras.ops.convert_to_numpy(weight)
            noise = rng.uniform(0.05, 0.2, value.shape)
            weight.assign((value * (1 + noise) + noise).astype(value.dtype))
    _finalize(model)


def _finalize(model: Any) -> None:
    """Let normalizations see their weights anew: they compute with what they work out from them."""
    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.Normalization) and layer.input_mean is None:
            layer.finalize_state()


def enliven(model: Any) -> None:
    """Let batch normalizations see data, so that what a network makes of samples depends on all of its layers."""
    layers = [x for x in model._flatten_layers() if isinstance(x, keras.layers.BatchNormalization)]
    momenta = [layer.momentum for layer in layers]
    for layer in layers:
        layer.momentum = 0.0
    model(keras.tree.pack_sequence_as(graph(model).input, batch(model, seed=2, size=2)), training=True)
    for layer, momentum in zip(layers, momenta, strict=True):
        layer.momentum = momentum


def graph(model: Any) -> Any:
    """The functional model that a sequential one is."""
    return getattr(model, "_functional", None) or model


def batch(model: Any, seed: int = 1, most: float = 255, size: int = 1, unknown: int = 224) -> list[Any]:
    """Random samples for each input in its order, by the shapes that the model takes; `unknown` sizes are that."""
    rng = np.random.default_rng(seed)
    made: list[Any] = []
    for x in model.inputs:
        shape = [size, *(s or unknown for s in x.shape[1:])]
        numbers = rng.uniform(0, most, shape) if "float" in x.dtype else rng.integers(0, 3, shape)
        brightness = np.linspace(1, 0.5, size).reshape([-1, *[1] * (len(shape) - 1)])
        made.append((numbers * brightness).astype(x.dtype))
    return made


def table(model: Any, prefix: str = "") -> dict[str, tuple[Any, ...]]:
    """The layers and functions of a model and of the models in it, by path: the shapes that each makes."""
    found: dict[str, tuple[Any, ...]] = {}
    for operation in model.operations:
        if isinstance(operation, keras.layers.InputLayer):
            continue
        path = f"{prefix}{operation.name}"
        if isinstance(operation, keras.Model):
            found |= table(graph(operation), _inside(prefix, operation))
        else:
            made = operation._inbound_nodes[0].output_tensors
            found[path] = tuple(tuple(x.shape) for x in made)
    return found


def _inside(prefix: str, model: Any) -> str:
    """What the paths in a nested model begin with; a stretch, which a very deep network is cut into, adds nothing."""
    return prefix if re.fullmatch(r"stretch_\d+", model.name) else f"{prefix}{model.name}."


def hand_over(model: Any, other: Any) -> None:
    """Give the layers of `other` the weights of those of `model`, by path."""
    mine, theirs = (dict(_leaves(graph(m))) for m in (model, other))
    if mine.keys() != theirs.keys():
        raise Difference(f"layers differ: {sorted(mine.keys() ^ theirs.keys())[:6]}")
    for path, layer in theirs.items():
        layer.set_weights(mine[path].get_weights())
    _finalize(other)


def _leaves(model: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The layers with weights of a model and of the models in it, by path."""
    for layer in model.layers:
        path = f"{prefix}{layer.name}"
        if isinstance(layer, keras.Model):
            yield from _leaves(graph(layer), _inside(prefix, layer))
        elif layer.weights:
            yield path, layer


def same(model: Any, other: Any, x: list[Any]) -> Facts:
    """Raises `Difference` where `other` is not `model` again, weights included."""
    mine, theirs = (table(graph(m)) for m in (model, other))
    if mine != theirs:
        raise Difference(f"layers differ: {sorted({*mine.items()} ^ {*theirs.items()}, key=str)[:6]}")
    if model.count_params() != other.count_params():
        raise Difference(f"{model.count_params():,} parameters, and {other.count_params():,}")
    return Facts(len(mine), model.count_params(), apart(outputs(model, x), outputs(other, x)))


def outputs(model: Any, x: list[Any]) -> list[Any]:
    """What a model makes of arrays for its inputs, as arrays in the order of its outputs."""
    made = model(keras.tree.pack_sequence_as(graph(model).input, x), training=False)
    several = list(made.values()) if isinstance(made, dict) else made
    several = several if isinstance(several, list | tuple) else [several]
    return [keras.ops.convert_to_numpy(y) for y in several]


def apart(mine: list[Any], theirs: list[Any]) -> float:
    """How far two lists of arrays are apart; raises `Difference` past the tolerance, or where they say nothing."""
    if [y.shape for y in mine] != [y.shape for y in theirs]:
        raise Difference(f"outputs are {[y.shape for y in mine]}, and {[y.shape for y in theirs]}")
    worst = 0.0
    for a, b in zip(mine, theirs, strict=True):
        if not np.isfinite(a).all() or np.abs(a[0] - a[-1]).max() < 100 * TOLERANCE * np.abs(a).max():
            raise Difference("an output is not finite, or hardly depends on the sample: it shows nothing")
        worst = max(worst, float(np.abs(a - b).max() / max(float(np.abs(a).max()), 1e-30)))
    if worst > TOLERANCE:
        raise Difference(f"outputs are {worst:.1e} apart")
    return worst
