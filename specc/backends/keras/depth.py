"""Cutting a deep network into stretches, each of which becomes a model within the model.

Keras walks a functional model recursively: more than about 989 layers in sequence exceed Python's default
limit, when the model is built and when it is loaded. A stretch becomes one layer of the model around it.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import NamedTuple

from specc.ir.graph import Crossing, Explicit, Layer, Unfold
from specc.ops.declare import Op
from specc.shapes.dim import is_known

NESTED_ABOVE = 900
"""The depth up to which a network stays one flat model."""
STRETCH = 300
"""The depth of a stretch of a deeper one."""

_DEPTHS = {"lrn": 9, "positions": 5, "rearrange": 8, "reduce": 9, "weight": 7, "slice": 2, "Dense": 2}


class Stretch(NamedTuple):
    """Layers in the order in which they run; `nested`: as a model of their own."""

    layers: list[Layer]
    nested: bool


class TooDeep(Exception):
    """`layer` shares its weights over a network so deep that it cannot be cut into stretches."""

    def __init__(self, layer: Layer) -> None:
        super().__init__(
            f"all uses of `{layer.name}` must stand in one model, {NESTED_ABOVE} layers deep at most"
        )
        self.layer = layer


def owner_of(layer: Layer) -> Layer:
    """The layer whose weights `layer` uses: itself, unless it shares another's."""
    while layer.shares is not None:
        layer = layer.shares
    return layer


def reads(layer: Layer, explicit: Explicit) -> list[int]:
    """The values that a layer needs to see."""
    found = [v for v in layer.inputs if v is not None]
    reference = reads_reference(layer, explicit)
    return found if reference is None else [*found, reference]


def reads_reference(layer: Layer, explicit: Explicit) -> int | None:
    """The value, beside its inputs, that a fold or unfold may read the sizes off; None if there is none."""
    op = layer.op
    if not isinstance(op, Crossing):
        return None
    folded = explicit.folded[op.region]
    if isinstance(op, Unfold):
        known = all(is_known(explicit.types[v].shape.sizes) for v in layer.outputs)
    else:
        known = bool(op.positions) or is_known(folded.sizes)
    return None if known else folded.reference


def is_deep(explicit: Explicit) -> bool:
    """Whether the network is so deep that it is built of nested models."""
    return _depth(explicit, lambda layer: reads(layer, explicit)) > NESTED_ABOVE


def stretches(explicit: Explicit) -> list[Stretch]:
    """The network in stretches, in the order in which they run; one that is not nested where it is not deep.

    All applications of a layer that is applied in several stretches stand outside of them: Keras cannot load
    a layer that two nested models share.
    """
    wanted = {layer.name: reads(layer, explicit) for layer in explicit.layers}

    def reading(layer: Layer) -> list[int]:
        return wanted[layer.name]

    if _depth(explicit, reading) <= NESTED_ABOVE:
        return [Stretch(explicit.layers, nested=False)]
    outside: set[str] = set()
    while True:
        places = _places(explicit, reading, outside)
        spread = _spread(explicit.layers, places) - outside
        if not spread:
            break
        outside |= spread
    if len(set(places.values())) > NESTED_ABOVE:
        raise TooDeep(next(layer for layer in explicit.layers if layer.name in outside))
    return _grouped(explicit.layers, places)


def _cost(layer: Layer) -> int:
    """How many Keras operations in sequence a layer becomes, at most."""
    assert isinstance(layer.op, Op), "an explicit graph has no pending ops"
    return 14 if isinstance(layer.op, Crossing) else _DEPTHS.get(layer.op.name, 1)


def _depth(explicit: Explicit, reading: Callable[[Layer], list[int]]) -> int:
    deepest: dict[int, int] = defaultdict(int)
    for layer in explicit.layers:
        depth = max((deepest[v] for v in reading(layer)), default=0) + _cost(layer)
        for value in layer.outputs:
            deepest[value] = depth
    return max(deepest.values(), default=0)


def _places(
    explicit: Explicit, reading: Callable[[Layer], list[int]], outside: set[str]
) -> dict[str, tuple[int, bool]]:
    """By path: the number of the stretch that a layer belongs to, and whether it stands in front of it."""
    places: dict[str, tuple[int, bool]] = {}
    at: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for layer in explicit.layers:
        stretch, depth = max((at[v] for v in reading(layer)), default=(0, 0))
        pinned = owner_of(layer).name in outside
        cost = _cost(layer)
        if pinned:
            stretch += depth > 0
            after = (stretch + 1, 0)
        elif depth + cost > STRETCH:
            stretch += 1
            after = (stretch, cost)
        else:
            after = (stretch, depth + cost)
        places[layer.name] = (stretch, pinned)
        for value in layer.outputs:
            at[value] = after
    return places


def _spread(layers: list[Layer], places: dict[str, tuple[int, bool]]) -> set[str]:
    """The paths of the layers whose weights are used in more than one stretch."""
    used: dict[str, set[tuple[int, bool]]] = defaultdict(set)
    for layer in layers:
        used[owner_of(layer).name].add(places[layer.name])
    return {owner for owner, where in used.items() if len(where) > 1}


def _grouped(layers: list[Layer], places: dict[str, tuple[int, bool]]) -> list[Stretch]:
    inside: dict[int, list[Layer]] = defaultdict(list)
    before: dict[int, list[Layer]] = defaultdict(list)
    for layer in layers:
        stretch, pinned = places[layer.name]
        (before if pinned else inside)[stretch].append(layer)
    found: list[Stretch] = []
    for number in range(max(inside.keys() | before.keys()) + 1):
        if number in before:
            found.append(Stretch(before[number], nested=False))
        if number in inside:
            found.append(Stretch(inside[number], nested=len(inside[number]) > 1))
    return found
