"""The layers of an explicit graph as items: who reads what, and which of them stand inside a `map`."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from specc.ir.graph import Crossing, Explicit, Fold, Layer, Output, Unfold
from specc.ops.declare import Op
from specc.passes.repairs.spell import spelled, wiring
from specc.shapes.shape import Shape
from specc.syntax.document import IGNORE
from specc.syntax.tree import Scalar, Sequence

Items = list[dict[str, Any]]

_NUMBERED_MAP = re.compile(r"map(_\d+)?(\..*)?")


class _Frame:
    """A chain that is being written: where it stands, its items, and the value behind the last one."""

    __slots__ = ("current", "items", "prefix", "region")

    def __init__(self, region: int, prefix: str, current: int | None) -> None:
        self.region = region
        self.items: Items = []
        self.prefix = prefix
        self.current = current

    def short(self, path: str) -> str:
        """A path as it is called here."""
        return path[len(self.prefix) :] if path.startswith(self.prefix) else path


class _Leaving(NamedTuple):
    """The end of an author's `map`: its layer, and the last layer that runs inside."""

    unfold: Layer
    last: Layer | None


class Unrolling:
    """Goes through an explicit graph once.

    A value keeps its number when it enters or leaves a region: where it is read says what must be crossed.
    """

    def __init__(
        self, explicit: Explicit, policy: str | None, hidden: Mapping[str, tuple[str, ...]] = {}
    ) -> None:
        self.explicit = explicit
        self.graph = explicit.graph
        self.policy = policy
        self.hidden = hidden
        self.layers = [layer for layer in explicit.layers if not isinstance(layer.op, Crossing)]
        self.by_name = {layer.name: layer for layer in self.layers}
        self.origins: dict[int, int] = {}
        self.parents: dict[int, int] = {}
        self.starts: dict[int, int] = {}
        self.entering: dict[int, list[Shape]] = {}
        self.paths: dict[int, tuple[int, ...]] = {0: ()}
        self._cross()
        self.names: dict[int, str] = {entry.value: entry.name for entry in self.graph.inputs}
        self.results: dict[str, list[str]] = {}
        self._name()
        self.named = self._named_regions()
        self.kept = set(self.named.values())

    def items(self) -> Items:
        """All layers, those of a region in a `map`."""
        inputs = self.graph.inputs
        frames = [_Frame(0, "", inputs[0].value if len(inputs) == 1 else None)]
        for layer in self.layers:
            path = self._path(layer.region)
            while not _is_prefix(frames, path):
                self._close(frames)
            for region in path[len(frames) - 1 :]:
                self._open(region, layer, frames)
            frame = frames[-1]
            frame.items.append(self._item(layer, frame))
            frame.current = layer.outputs[0]
        while len(frames) > 1:
            self._close(frames)
        return frames[0].items

    def origin(self, output: Output) -> str | None:
        """What an output must say in `from`; None where its name is its value's."""
        region = self.named.get(output.value)
        if region is not None and self.graph.regions[region].name == output.name:
            return None
        name = self.names[self._origin(output.value)]
        return None if name == output.name else name

    def _origin(self, value: int) -> int:
        return self.origins.get(value, value)

    def _cross(self) -> None:
        """Where each value was made; for each region the one around it, and the value that enters first."""
        regions = {v: layer.region for layer in self.explicit.layers for v in layer.outputs}
        for number, region in enumerate(self.graph.regions):
            self.parents[number] = region.parent
        for layer in self.explicit.layers:
            op = layer.op
            if not isinstance(op, Crossing):
                continue
            value = layer.inputs[0]
            assert value is not None
            self.origins[layer.outputs[0]] = self._origin(value)
            if isinstance(op, Fold):
                self.starts.setdefault(op.region, self._origin(value))
                self.parents.setdefault(op.region, regions.get(value, 0))
                self.entering.setdefault(op.region, []).append(self.explicit.types[value].shape)

    def _path(self, region: int) -> tuple[int, ...]:
        """The regions that a layer stands in, from the outside; a region without axes is none."""
        found = self.paths.get(region)
        if found is None:
            folded = self.explicit.folded.get(region)
            own = (region,) if folded is not None and folded.sizes else ()
            found = self.paths[region] = (*self._path(self.parents[region]), *own)
        return found

    def _name(self) -> None:
        """The name of each value, and of all results of layers with several."""
        for layer in self.layers:
            self.names[layer.outputs[0]] = layer.name
        read = {self._origin(v) for layer in self.layers for v in layer.inputs if v is not None}
        read |= {self._origin(output.value) for output in self.explicit.outputs}
        taken = set(self.names.values())
        for layer in self.layers:
            if len(layer.outputs) == 1:
                continue
            asked = _asked(layer)
            if asked is None and read.isdisjoint(layer.outputs[1:]):
                continue
            paths = asked or [f"{layer.name}.{i}" if v in read else "_" for i, v in enumerate(layer.outputs)]
            for i, (value, path) in enumerate(zip(layer.outputs, paths, strict=True)):
                while path != "_" and path in taken and not (i == 0 and path == layer.name):
                    path += "_"
                paths[i] = path
                taken.add(path)
                if i:
                    self.names[value] = path
            self.results[layer.name] = paths

    def _named_regions(self) -> dict[int, int]:
        """The author's maps that keep their names, by the value that they give."""
        ends: dict[int, _Leaving] = {}
        inside: dict[int, list[Layer]] = {}
        for layer in self.explicit.layers:
            for region in self._path(layer.region):
                inside.setdefault(region, []).append(layer)
            op = layer.op
            if isinstance(op, Unfold) and not layer.inserted and layer.item.field("name") is not None:
                within = [x for x in inside.get(op.region, []) if not isinstance(x.op, Crossing)]
                ends[op.region] = _Leaving(layer, within[-1] if within else None)
        taken = set(self.names.values())
        found: dict[int, int] = {}
        for region, (unfold, last) in ends.items():
            prefix = f"{unfold.name}."
            layers = [x for x in inside.get(region, []) if not isinstance(x.op, Crossing)]
            whole = all(x.name.startswith(prefix) for x in layers)
            shorts = {x.name[len(prefix) :] for x in layers}
            around = ["", *(f"{prefix[: dot.start()]}." for dot in re.finditer(r"\.", prefix[:-1]))]
            hides = any(_NUMBERED_MAP.fullmatch(s) or any(p + s in taken for p in around) for s in shorts)
            ends_last = last is not None and self._origin(unfold.outputs[0]) == last.outputs[0]
            if whole and not hides and ends_last and unfold.name not in taken:
                found[unfold.outputs[0]] = region
        return found

    def _open(self, region: int, layer: Layer, frames: list[_Frame]) -> None:
        outer = frames[-1]
        start = self.starts.pop(region, None)
        if start is None:
            start = self._origin(next(v for v in layer.inputs if v is not None))
        named = region in self.kept
        item: dict[str, Any] = {"map": {"over": self._over(region), "layers": []}}
        prefix = outer.prefix
        if named:
            name = self.graph.regions[region].name
            item["name"] = outer.short(name)
            prefix = f"{name}."
        if start != outer.current:
            item["from"] = outer.short(self.names[start])
        frame = _Frame(region, prefix, start)
        item["map"]["layers"] = frame.items
        outer.items.append(item)
        frames.append(frame)

    def _close(self, frames: list[_Frame]) -> None:
        inner = frames.pop()
        frames[-1].current = inner.current

    def _over(self, region: int) -> Any:
        """The axes of a region: as the author wrote them, else by given names where they lead under these."""
        regions = self.graph.regions
        over: tuple[str | int, ...] | None = regions[region].over if region < len(regions) else None
        if over is None:
            axes = self.explicit.folded[region].axes
            over = tuple(range(1, len(axes) + 1))
            names = [axis.name for axis in axes if axis.given and axis.name is not None]
            entering = self.entering[region]
            if len(names) == len(axes) and all(
                shape.position(name) == i for shape in entering for i, name in enumerate(names)
            ):
                over = tuple(names)
        return over[0] if len(over) == 1 else list(over)

    def _item(self, layer: Layer, frame: _Frame) -> dict[str, Any]:
        op = layer.op
        assert isinstance(op, Op)
        shared = self._shared(layer)
        key, value = ("reuse", frame.short(shared.name)) if shared is not None else spelled(op, self.policy)
        item: dict[str, Any] = {key: value, "name": frame.short(layer.name)}
        if op.signature is not None and shared is None:
            item["signature"] = str(op.signature)
        origin = self._from(op, layer, frame)
        if origin is not None:
            item["from"] = origin
        if op.options != (_op(shared).options if shared is not None else {}):
            item["call"] = dict(op.options)
        results = self.results.get(layer.name)
        if results is not None:
            item["as"] = [frame.short(path) for path in results]
        if layer.name in self.hidden:
            item[IGNORE] = [*self.hidden[layer.name]]
        return item

    def _shared(self, layer: Layer) -> Layer | None:
        """The layer that this one is again; none where the two were only written alike."""
        original = layer.shares
        while original is not None and original.shares is not None:
            original = original.shares
        original = None if original is None else self.by_name.get(original.name)
        if original is None or spelled(_op(original)) != spelled(_op(layer)):
            return None
        return original

    def _from(self, op: Op, layer: Layer, frame: _Frame) -> Any:
        """The `from` of a layer; None where it reads the value before it."""
        values = [None if v is None else self._origin(v) for v in layer.inputs]
        return wiring(op.reads, op.spreads, values, frame.current, lambda v: frame.short(self.names[v]), op)


def _op(layer: Layer) -> Op:
    assert isinstance(layer.op, Op)
    return layer.op


def _is_prefix(frames: list[_Frame], path: tuple[int, ...]) -> bool:
    return tuple(frame.region for frame in frames[1:]) == path[: len(frames) - 1]


def _asked(layer: Layer) -> list[str] | None:
    """The paths that the author's `as` gives to the results; None where it does not say them outright."""
    node = layer.item.field("as")
    name = layer.item.field("name")
    if not isinstance(node, Sequence) or len(node.items) != len(layer.outputs):
        return None
    words = [item.value for item in node.items if isinstance(item, Scalar)]
    local = layer.name.rpartition(".")[2]
    if isinstance(name, Scalar):
        local = str(name.value)
    if not all(isinstance(word, str) and "$" not in word for word in words) or not layer.name.endswith(local):
        return None
    prefix = layer.name[: len(layer.name) - len(local)]
    return [str(word) if word == "_" else f"{prefix}{word}" for word in words]
