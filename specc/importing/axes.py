"""The names of the axes of inputs, where the layers that read them leave no doubt."""

from collections.abc import Iterator, Sequence

from specc.ir.graph import Layer, Typed
from specc.ops.declare import Op, Place

_SPACES = {2: ("height", "width"), 3: ("depth", "height", "width")}
_SEQUENCE: tuple[Place, ...] = ("time", "feature")


def input_names(typed: Typed) -> dict[str, tuple[str, ...]]:
    """By input, the names of all its axes; an input that several readings fit, or none, has no entry."""
    readers: dict[int, list[Layer]] = {}
    for layer in typed.graph.layers:
        for value in {v for v in layer.inputs if v is not None}:
            readers.setdefault(value, []).append(layer)
    found: dict[str, tuple[str, ...]] = {}
    for entry in typed.graph.inputs:
        readings = set(_readings(entry.value, readers, typed))
        if len(readings) == 1 and (names := next(iter(readings))) is not None:
            found[entry.name] = names
    return found


def _readings(value: int, readers: dict[int, list[Layer]], typed: Typed) -> Iterator[tuple[str, ...] | None]:
    """What each layer that reads a value takes its axes for, looking behind those that keep them all."""
    waiting, seen = [value], {value}
    while waiting:
        value = waiting.pop()
        for layer in readers.get(value, ()):
            op = layer.op
            if not isinstance(op, Op):
                continue
            made = layer.outputs[0]
            if op.places is None and len(layer.inputs) == 1 and typed.types[made] == typed.types[value]:
                if made not in seen:
                    seen.add(made)
                    waiting.append(made)
            else:
                yield _reading(op.places) if value == layer.inputs[0] else None


def _reading(places: Sequence[Place] | None) -> tuple[str, ...] | None:
    """The names for what an op reads at each axis: an image (or a volume) or a sequence; else None."""
    if places is None:
        return None
    if tuple(places) == _SEQUENCE:
        return _SEQUENCE
    spaces = iter(_SPACES.get(places.count("space"), ()))
    if (
        set(places) == {"space", "feature"}
        and places.count("feature") == 1
        and places.count("space") in _SPACES
    ):
        return tuple("channel" if place == "feature" else next(spaces) for place in places)
    return None
