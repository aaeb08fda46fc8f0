# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportMissingImports=false
"""Carrying the weights of one model over to another, layer by layer, by the paths of layers."""

import re
from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

import keras

import specc.backends.keras.crf  # pyright: ignore[reportUnusedImport]  # noqa: F401
from specc.backends.keras.call import KerasLayer

_STRETCH = re.compile(r"stretch_\d+")
"""The models inside the model that a deep network is built with: they add nothing to the paths of layers."""


class Carried(NamedTuple):
    """What became of the layers that hold weights: those carried over and, by path, why others were not.

    `only_here` are paths that the source lacks, `only_there` those that this model lacks.
    """

    layers: list[str]
    differing: dict[str, str]
    only_here: list[str]
    only_there: list[str]


class Unloadable(Exception):
    """Keras does not load a file; the message is in its words."""


def load_layers(path: str) -> dict[str, KerasLayer]:
    """The layers with weights in a `.keras` file, by path; raises `Unloadable`.

    Keras refuses what holds Python code. Classes that are not its own it imports: the caller has asked whether it may.
    """
    import_module("specc.layers")
    try:
        model = keras.saving.load_model(path, compile=False, safe_mode=True)
    except Exception as error:
        raise Unloadable(" ".join(f"{type(error).__name__}: {error}".split())) from None
    return {path: layer for path, layer in layers_of(model).items() if layer.weights}


def layers_of(model: Any) -> dict[str, KerasLayer]:
    """The layers of a model and of the models in it, by path."""
    found: dict[str, KerasLayer] = {}
    waiting = [(model, "")]
    while waiting:
        inside, prefix = waiting.pop()
        for layer in inside.layers:
            if isinstance(layer, keras.Model):
                is_stretch = _STRETCH.fullmatch(layer.name) is not None
                waiting.append((layer, prefix if is_stretch else f"{prefix}{layer.name}."))
            else:
                found[f"{prefix}{layer.name}"] = layer
    return found


def carry(source: Mapping[str, KerasLayer], target: Mapping[str, KerasLayer]) -> Carried:
    """Give the layers of `target` the weights of their namesakes in `source`, where the shapes are the same."""
    holding = {path: layer for path, layer in target.items() if layer.weights}
    left = dict(source)
    carried = Carried([], {}, [], [])
    for path, layer in holding.items():
        name = next((n for n in (path, f"{path}.{type(layer).__name__.lower()}") if n in left), None)
        if name is None:
            carried.only_here.append(path)
            continue
        other = left.pop(name)
        difference = _difference(layer, other)
        if difference is not None:
            carried.differing[path] = difference
            continue
        for mine, theirs in zip(layer.weights, other.weights, strict=True):
            mine.assign(theirs)
        _settle(layer)
        carried.layers.append(path)
    carried.only_there.extend(left)
    return carried


def _difference(layer: KerasLayer, other: KerasLayer) -> str | None:
    """How the weights of two layers differ in their shapes; None where they do not."""
    mine, theirs = ([tuple(weight.shape) for weight in each.weights] for each in (layer, other))
    if mine == theirs:
        return None
    return f"holds {_listed(mine)}, and in the file {_listed(theirs)}"


def _listed(shapes: list[tuple[int, ...]]) -> str:
    return ", ".join(f"({', '.join(map(str, shape))})" for shape in shapes)


def _settle(layer: Any) -> None:
    """Let a layer that computes with what it works out from its weights do so again."""
    while layer is not None:
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()
        layer = getattr(layer, "layer", None)
