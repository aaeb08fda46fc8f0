"""Keras's losses with their default arguments, by hand: labels and predictions of the same samples in NumPy.

Each takes the labels as they are given, and brings them to the shape that the loss is about; None where they
cannot be that, for there are not as many of them as there are predictions.
"""

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np

EPSILON = 1e-7
Array = Any
Loss = Callable[[Array, Array], "float | None"]


def _paired(loss: Callable[[Array, Array], Array]) -> Loss:
    """A loss of labels that are shaped as the predictions."""

    def by_hand(y: Array, p: Array) -> float | None:
        trimmed = [tuple(n for n in shape if n != 1) for shape in (y.shape, p.shape)]
        return float(np.mean(loss(y.reshape(p.shape), p))) if trimmed[0] == trimmed[1] else None

    return by_hand


def _unit(x: Array) -> Array:
    return x / np.sqrt(np.maximum(np.sum(x**2, -1, keepdims=True), 1e-12))


def _clipped(p: Array) -> Array:
    return np.clip(p, EPSILON, 1 - EPSILON)


def _shares(p: Array) -> Array:
    return _clipped(p / np.sum(p, -1, keepdims=True))


def _binary(y: Array, p: Array) -> Array:
    return -(y * np.log(_clipped(p)) + (1 - y) * np.log(1 - _clipped(p)))


def _focal(y: Array, p: Array) -> Array:
    return (1 - y * p - (1 - y) * (1 - p)) ** 2 * _binary(y, p)


def _signed(y: Array) -> Array:
    return 2 * y - 1 if np.all((y == 0) | (y == 1)) else y


def _categorical_hinge(y: Array, p: Array) -> Array:
    return np.maximum(np.max((1 - y) * p, -1) - np.sum(y * p, -1) + 1, 0)


def _categorical_focal(y: Array, p: Array) -> Array:
    share = _shares(p)
    return np.sum(0.25 * (1 - share) ** 2 * -y * np.log(share), -1)


def _divergence(y: Array, p: Array) -> Array:
    y, p = np.clip(y, EPSILON, 1), np.clip(p, EPSILON, 1)
    return np.sum(y * np.log(y / p), -1)


def _overlap(y: Array, p: Array, misses: float) -> Array:
    both = np.sum(y * p)
    return 1 - both / (both + misses * (np.sum(y * (1 - p)) + np.sum((1 - y) * p)) + EPSILON)


def _huber(y: Array, p: Array) -> Array:
    off = np.abs(y - p)
    return np.where(off <= 1, off**2 / 2, off - 0.5)


def _logarithmic(y: Array, p: Array) -> Array:
    return (np.log(np.maximum(p, EPSILON) + 1) - np.log(np.maximum(y, EPSILON) + 1)) ** 2


def _sparse(y: Array, p: Array) -> float | None:
    """One number of a class for each place of the predictions."""
    wanted = p.shape[:-1]
    if y.shape not in (wanted, (*wanted, 1), (*wanted, 1, 1)):
        return None
    share = _clipped(p) / np.sum(_clipped(p), -1, keepdims=True)
    chosen = np.take_along_axis(share, y.reshape(*wanted, 1).astype(int), -1)
    return float(np.mean(-np.log(chosen)))


def _generalized(y: Array, p: Array) -> float | None:
    """One number of a class for each place of the predictions; `q` is 0.5."""
    if y.shape != p.shape[:-1]:
        return None
    chosen = np.take_along_axis(p, y[..., None].astype(int), -1)
    return float(np.mean((1 - np.sqrt(chosen)) / 0.5))


def _circle(y: Array, p: Array) -> float | None:
    """Pairs of samples of one label are to be alike, others not (gamma 80, margin 0.4); the mean over hard samples."""
    if y.size != len(p):
        return None
    same = y.reshape(-1, 1) == y.reshape(1, -1)
    distance = np.maximum(1 - p @ p.T, 0)
    with np.errstate(divide="ignore"):
        near = np.where(
            same & ~np.eye(len(p), dtype=bool), -80 * (0.4 + distance) * (0.4 - distance), -np.inf
        )
        far = np.where(~same, 80 * np.maximum(1.4 - distance, 0) * (0.6 - distance), -np.inf)
        total = np.log(np.sum(np.exp(near), 1)) + np.log(np.sum(np.exp(far), 1))
    losses = np.logaddexp(0, total)
    return float(np.sum(losses) / np.sum(losses > 0))


def _ctc(y: Array, p: Array) -> float | None:
    """All ways to spell the labels in as many steps as there are, blanks (0) and repetitions taken out."""
    if y.ndim != 2 or p.ndim != 3:
        return None
    share = np.exp(p) / np.sum(np.exp(p), -1, keepdims=True)
    steps, classes = p.shape[1:]
    losses: list[float] = []
    for labels, chances in zip(y.astype(int), share, strict=True):
        total = 0.0
        for path in product(range(classes), repeat=steps):
            spelled = [c for i, c in enumerate(path) if c and (i == 0 or path[i - 1] != c)]
            if spelled == list(labels):
                total += float(np.prod([chances[i, c] for i, c in enumerate(path)]))
        losses.append(-np.log(total) if total else np.inf)
    return float(np.mean(losses))


BY_HAND: dict[str, Loss] = {
    "BinaryCrossentropy": _paired(_binary),
    "BinaryFocalCrossentropy": _paired(_focal),
    "CTC": _ctc,
    "CategoricalCrossentropy": _paired(lambda y, p: -np.sum(y * np.log(_shares(p)), -1)),
    "CategoricalFocalCrossentropy": _paired(_categorical_focal),
    "CategoricalGeneralizedCrossEntropy": _generalized,
    "CategoricalHinge": _paired(_categorical_hinge),
    "Circle": _circle,
    "CosineSimilarity": _paired(lambda y, p: -np.sum(_unit(y) * _unit(p), -1)),
    "Dice": _paired(lambda y, p: 1 - 2 * np.sum(y * p) / (np.sum(y) + np.sum(p) + EPSILON)),
    "Hinge": _paired(lambda y, p: np.maximum(1 - _signed(y) * p, 0)),
    "Huber": _paired(_huber),
    "KLDivergence": _paired(_divergence),
    "LogCosh": _paired(lambda y, p: np.log(np.cosh(p - y))),
    "MeanAbsoluteError": _paired(lambda y, p: np.abs(y - p)),
    "MeanAbsolutePercentageError": _paired(lambda y, p: 100 * np.abs(y - p) / np.maximum(np.abs(y), EPSILON)),
    "MeanSquaredError": _paired(lambda y, p: (y - p) ** 2),
    "MeanSquaredLogarithmicError": _paired(_logarithmic),
    "Poisson": _paired(lambda y, p: p - y * np.log(p + EPSILON)),
    "SparseCategoricalCrossentropy": _sparse,
    "SquaredHinge": _paired(lambda y, p: np.maximum(1 - _signed(y) * p, 0) ** 2),
    "Tversky": _paired(lambda y, p: _overlap(y, p, 0.5)),
}
