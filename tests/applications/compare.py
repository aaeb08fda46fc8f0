"""Two Keras models held against each other: layers, shapes, parameters, and what they make of a batch."""

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


def batch(model: Any, seed: int = 1) -> Any:
    """One random sample for each input, by the shapes that the model takes; unknown sizes are 224."""
    rng = np.random.default_rng(seed)
    made = [
        rng.uniform(0, 255, [1, *(s or 224 for s in x.shape[1:])]).astype("float32") for x in model.inputs
    ]
    return made[0] if len(made) == 1 else made


def table(model: Any, prefix: str = "") -> dict[str, tuple[Any, ...]]:
    """The layers and functions of a model and of the models in it, by path: the shapes that each makes."""
    found: dict[str, tuple[Any, ...]] = {}
    for operation in model.operations:
        if isinstance(operation, keras.layers.InputLayer):
            continue
        path = f"{prefix}{operation.name}"
        if isinstance(operation, keras.Model):
            found |= table(getattr(operation, "_functional", None) or operation, f"{path}.")
        else:
            made = operation.output
            several = (
                list(made.values())
                if isinstance(made, dict)
                else made
                if isinstance(made, list | tuple)
                else [made]
            )
            found[path] = tuple(tuple(x.shape) for x in several)
    return found


def same(model: Any, other: Any, x: Any) -> Facts:
    """Raises `Difference` where `other` is not `model` again, weights included."""
    mine, theirs = (table(getattr(m, "_functional", None) or m) for m in (model, other))
    if mine != theirs:
        raise Difference(f"layers differ: {sorted({*mine.items()} ^ {*theirs.items()}, key=str)[:6]}")
    if model.count_params() != other.count_params():
        raise Difference(f"{model.count_params():,} parameters, and {other.count_params():,}")
    return Facts(len(mine), model.count_params(), apart(outputs(model, x), outputs(other, x)))


def outputs(model: Any, x: Any) -> list[Any]:
    """What a model makes of a batch, as arrays in the order of its outputs."""
    made = model(x, training=False)
    several = [made[name] for name in sorted(made)] if isinstance(made, dict) else made
    several = several if isinstance(several, list | tuple) else [several]
    return [keras.ops.convert_to_numpy(y) for y in several]


def apart(mine: list[Any], theirs: list[Any]) -> float:
    """How far two lists of arrays are apart; raises `Difference` past the tolerance, or where they say nothing."""
    if [y.shape for y in mine] != [y.shape for y in theirs]:
        raise Difference(f"outputs are {[y.shape for y in mine]}, and {[y.shape for y in theirs]}")
    worst = 0.0
    for a, b in zip(mine, theirs, strict=True):
        if not np.isfinite(a).all():
            raise Difference("an output is not finite: it shows nothing")
        worst = max(worst, float(np.abs(a - b).max() / max(float(np.abs(a).max()), 1e-30)))
    if worst > TOLERANCE:
        raise Difference(f"outputs are {worst:.1e} apart")
    return worst
