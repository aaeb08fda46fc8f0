"""Explicit graphs written by hand, for tests of the lowering alone."""

from typing import Any

import numpy as np

from specc.ir.graph import Explicit, Fold, Folded, Graph, Input, Layer, Output, Unfold, Weighed
from specc.ops import making, registry
from specc.ops.declare import Op
from specc.shapes.axis import given
from specc.shapes.dim import Size, unknown
from specc.shapes.shape import Shape
from specc.shapes.tensor import Tensor
from specc.source import Source
from specc.syntax.document import Item
from specc.syntax.tree import Mapping, Scalar

_SOURCE = Source("<test>", "layer")
_NODE = Mapping(_SOURCE, 0, 5, [])


def shape(*sizes: Size | tuple[str, Size] | None) -> Shape:
    """A shape: sizes, named sizes, and None for an unknown size."""
    entries = [s if isinstance(s, tuple) else (None, s) for s in sizes]
    return Shape(
        tuple(unknown() if size is None else size for _, size in entries),
        tuple(given(name) for name, _ in entries),
    )


def make(word: str, arguments: dict[str, Any] | None = None, **options: Any) -> Op:
    """An op by its name; `options` are call arguments."""
    cls = registry.find(word)
    assert cls is not None, word
    op = making.make(cls, arguments or {})
    if options:
        op.__dict__["options"] = options
    return op


class Network:
    """An explicit graph while it is put together; values are numbers."""

    def __init__(self) -> None:
        self.inputs: list[Input] = []
        self.layers: list[Layer] = []
        self.types: list[Tensor] = []
        self.weights: dict[str, Weighed] = {}
        self.folded: dict[int, Folded] = {}

    def input(self, name: str, *sizes: Any, dtype: str = "float32", batch: int | None = None) -> int:
        value = self._value(Tensor(shape(*sizes), dtype))
        self.inputs.append(Input(name, value, self.types[value], _NODE, batch))
        return value

    def add(self, op: Op, *inputs: int | None, name: str = "", shares: Layer | None = None) -> int:
        """The first result of a layer."""
        return self.add_all(op, *inputs, name=name, shares=shares)[0]

    def add_all(
        self, op: Op, *inputs: int | None, name: str = "", shares: Layer | None = None
    ) -> tuple[int, ...]:
        read = tuple(self.types[v] for v in inputs if v is not None)
        results = tuple(self._value(t) for t in op.results(read))
        weights = {} if shares else op.weights_for(tuple(t.shape for t in read))
        frozen = op.frozen(weights)
        fixed = sum(int(np.prod(weights[w])) for w in frozen)
        whole = sum(int(np.prod(s)) for s in weights.values())
        return self._layer(op, inputs, results, name, Weighed(whole - fixed, fixed), shares)

    def fold(self, x: int, *positions: int, region: int = 1, name: str = "") -> int:
        """`x` without the axes at `positions`; the first fold of a region says what its axes are."""
        whole = self.types[x].shape
        if region not in self.folded:
            axes = whole.ordered(positions)
            self.folded[region] = Folded(axes.sizes, axes.axes, positions, x)
        inner = whole.ordered([i for i in range(whole.rank) if i not in positions])
        result = self._value(Tensor(inner, self.types[x].dtype))
        return self._layer(Fold(region, positions), (x,), (result,), name, Weighed(0, 0), None)[0]

    def unfold(self, x: int, *positions: int, region: int = 1, name: str = "") -> int:
        folded = self.folded[region]
        inner = self.types[x].shape
        placed = dict(zip(positions, zip(folded.sizes, folded.axes, strict=True), strict=True))
        rest = iter(zip(inner.sizes, inner.axes, strict=True))
        entries = [placed[i] if i in placed else next(rest) for i in range(inner.rank + len(placed))]
        result = self._value(
            Tensor(Shape(tuple(e[0] for e in entries), tuple(e[1] for e in entries)), self.types[x].dtype)
        )
        return self._layer(Unfold(region, positions), (x,), (result,), name, Weighed(0, 0), None)[0]

    def explicit(self, **outputs: int) -> Explicit:
        found = tuple(Output(name, value, None, _NODE) for name, value in outputs.items())
        known: dict[str, Any] = {"name": "network", "inputs": tuple(self.inputs), "layers": self.layers}
        graph = Graph(*(known.get(field) for field in Graph._fields))  # pyright: ignore[reportArgumentType]
        return Explicit(graph, self.layers, self.types, self.folded, found)

    def _value(self, tensor: Tensor) -> int:
        self.types.append(tensor)
        return len(self.types) - 1

    def _layer(self, op: Op, inputs: Any, results: Any, name: str, weighed: Weighed, shares: Any) -> Any:
        name = name or f"{op.name.lower()}_{len(self.layers)}"
        item = Item(_NODE, Scalar(_SOURCE, 0, 5, op.name), None)
        self.layers.append(Layer(name, op, tuple(inputs), tuple(results), item, shares=shares))
        self.weights[name] = weighed
        return results
