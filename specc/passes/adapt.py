"""Writes out what the readings ask for, as layers of their own: permutes, merges, folds, wrappers and output reshapes.

The result is a graph that needs no adaptation. Layers that are distributed over the same axes of one another's
values share a fold: an unfold that nothing reads is left out again.
"""

from specc.ir.graph import Explicit, Fold, Folded, Layer, Output, Pending, Reading, Typed, Unfold
from specc.ir.names import take_name
from specc.ops import making, registry
from specc.ops.declare import Op
from specc.shapes.dim import is_anonymous
from specc.shapes.shape import Shape
from specc.shapes.tensor import Tensor, is_float


class Adaptation:
    """Goes through a typed graph once; values made here are numbered behind those of the graph."""

    def __init__(self, typed: Typed) -> None:
        self.typed = typed
        self.types: list[Tensor] = [t for t in typed.types if t is not None]
        if len(self.types) != len(typed.types):
            raise AssertionError("a graph with errors cannot be adapted")
        self.layers: list[Layer] = []
        self.folded = dict(typed.folded)
        self.alias: dict[int, int] = {}
        self.inside: dict[tuple[int, int], tuple[int, int]] = {}
        """The folded twin of a value, and its region, by value and number of axes."""
        self.outer_of: dict[int, int] = {}
        """Over how many axes a value has a folded twin."""
        self.taken = {i.name for i in typed.graph.inputs} | {layer.name for layer in typed.graph.layers}

    def run(self) -> Explicit:
        """The explicit graph."""
        graph, ops, readings = self.typed.graph, self.typed.ops, self.typed.readings
        for number, layer in enumerate(graph.layers):
            op = ops[number]
            assert op is not None
            if isinstance(op, Fold | Unfold) and not self.folded[op.region].sizes:
                self.alias[layer.outputs[0]] = self._real(layer.inputs[0] or 0)
                continue
            if self.alias or op is not layer.op:
                layer = self._copy(layer, op)
            reading = readings.get(number)
            if reading is not None:
                self._insert(layer, op, reading)
            elif not self._join(layer, op):
                self.layers.append(layer)
        outputs = tuple(self._output(o) for o in graph.outputs)
        return Explicit(graph, self._without_dead(outputs), self.types, self.folded, outputs)

    def _real(self, value: int) -> int:
        return self.alias.get(value, value)

    def _copy(self, layer: Layer, op: Op, inputs: tuple[int | None, ...] | None = None) -> Layer:
        wired = inputs or tuple([None if v is None else self._real(v) for v in layer.inputs])
        return layer.changed(op=op, inputs=wired)

    def _new(self, tensor: Tensor) -> int:
        self.types.append(tensor)
        return len(self.types) - 1

    def _add(self, layer: Layer, suffix: str, op: Op, value: int, result: Tensor, region: int) -> int:
        """An inserted layer beside `layer`; gives its value."""
        made = self._new(result)
        name = take_name(f"{layer.name}.{suffix}", self.taken)
        self.layers.append(Layer(name, op, (value,), (made,), layer.item, region, layer.link, inserted=True))
        return made

    def _insert(self, layer: Layer, op: Op, reading: Reading) -> None:
        inputs = [v for v in layer.inputs if v is not None]
        value = inputs[0]
        x = self.types[value]
        if reading.order is not None:
            permute = _made("Permute", "dims", [i + 1 for i in reading.order], x)
            x = Tensor(x.shape.ordered(reading.order), x.dtype)
            value = self._add(layer, "permute", permute, value, x, layer.region)
        if layer.distribute == "time_distributed" and reading.outer:
            self._wrap(layer, op, reading, [value, *inputs[1:]])
            return
        region = layer.region
        if reading.outer:
            region = self._fold(layer, reading, [value, *inputs[1:]], inputs)
        else:
            inputs[0] = value
        if reading.core is not None:
            inputs[0] = self._reshape(layer, inputs[0], reading.core, region)
        if not reading.outer:
            self.layers.append(self._copy(layer, op, tuple(inputs)))
            return
        self._unfold(layer, op, reading.outer, inputs, region)

    def _join(self, layer: Layer, op: Op) -> bool:
        """Put a layer to which leading axes are all one into the fold that its inputs come from, if they have one."""
        inputs = [v for v in layer.inputs if v is not None]
        outer = self.outer_of.get(inputs[0])
        if outer is None or not op.ignores_leading:
            return False
        twins = [self.inside.get((value, outer)) for value in inputs]
        known = [twin for twin in twins if twin is not None]
        leading = {self.types[value].shape.sizes[:outer] for value in inputs}
        ranks = {self.types[value].shape.rank for value in inputs}
        if (
            len(known) < len(twins)
            or len({region for _, region in known}) > 1
            or len(leading) + len(ranks) > 2
        ):
            return False
        self._unfold(layer, op, outer, [value for value, _ in known], known[0][1])
        return True

    def _fold(self, layer: Layer, reading: Reading, outside: list[int], inside: list[int]) -> int:
        """Fold every input of a layer; the folded values go into `inside`. Gives their region."""
        region = None
        for i, value in enumerate(outside):
            known = self.inside.get((value, reading.outer))
            if known is not None and region in (None, known[1]):
                inside[i], region = known
                continue
            shape = self.types[value].shape
            if region is None:
                region = max(len(self.typed.graph.regions), *(r + 1 for r in (*self.folded, 0)))
                over = reading.over or shape.part(0, reading.outer)
                positions = tuple(range(reading.outer))
                self.folded[region] = Folded(over.sizes, over.axes, positions, value)
            core = Tensor(shape.part(reading.outer), self.types[value].dtype)
            fold = Fold(region, tuple(range(reading.outer)))
            suffix = "fold" if i == 0 else f"fold_{i}"
            inside[i] = self._add(layer, suffix, fold, value, core, region)
            self.inside[value, reading.outer] = (inside[i], region)
            self.outer_of[value] = reading.outer
        assert region is not None
        return region

    def _unfold(self, layer: Layer, op: Op, outer: int, inputs: list[int], region: int) -> None:
        """The layer inside the fold, and its results with the `outer` axes back in front."""
        inner: list[int] = []
        for value in layer.outputs:
            tensor = self.types[value]
            inner.append(self._new(Tensor(tensor.shape.part(outer), tensor.dtype)))
        core = self._copy(layer, op, tuple(inputs))
        core.outputs = tuple(inner)
        core.region = region
        self.layers.append(core)
        positions = tuple(range(outer))
        for i, (value, twin) in enumerate(zip(layer.outputs, inner, strict=True)):
            name = take_name(f"{layer.name}.unfold" if i == 0 else f"{layer.name}.unfold_{i}", self.taken)
            unfold = Unfold(region, positions)
            made = Layer(name, unfold, (twin,), (value,), layer.item, layer.region, layer.link, inserted=True)
            self.layers.append(made)
            self.inside[value, outer] = (twin, region)
            self.outer_of[value] = outer

    def _wrap(self, layer: Layer, op: Op, reading: Reading, inputs: list[int]) -> None:
        """The layer in `TimeDistributed`, once for each axis."""
        if reading.core is not None:
            shape = reading.received(self.typed_shape(layer))
            inputs[0] = self._reshape(layer, inputs[0], shape, layer.region)
        wrapper = registry.known("TimeDistributed")
        for _ in range(reading.outer):
            op = making.wrap(wrapper, op)
        self.layers.append(self._copy(layer, op, tuple(inputs)))

    def typed_shape(self, layer: Layer) -> Shape:
        """The shape of a layer's first input, as the graph has it."""
        return self.types[self._real(layer.inputs[0] or 0)].shape

    def _reshape(self, layer: Layer, value: int, shape: Shape, region: int) -> int:
        reshape = reshaping(self.types[value], shape)
        return self._add(layer, "reshape", reshape, value, Tensor(shape, self.types[value].dtype), region)

    def _output(self, output: Output) -> Output:
        value = self._real(output.value)
        shape = self.typed.output_reshapes.get(value)
        if shape is None:
            return output._replace(value=value)
        makers = {v: layer for layer in self.layers for v in layer.outputs}
        maker = makers.get(value)
        item = maker.item if maker is not None else self.typed.graph.regions[0].item
        reshape = reshaping(self.types[value], shape)
        made = self._new(Tensor(shape, self.types[value].dtype))
        name = take_name(f"{output.name}.reshape", self.taken)
        self.layers.append(Layer(name, reshape, (value,), (made,), item, inserted=True))
        return output._replace(value=made)

    def _without_dead(self, outputs: tuple[Output, ...]) -> list[Layer]:
        """The layers without the unfolds that nothing reads."""
        used = {o.value for o in outputs} | {f.reference for f in self.folded.values()}
        for layer in self.layers:
            used.update(v for v in layer.inputs if v is not None)
        return [
            layer
            for layer in self.layers
            if not (layer.inserted and isinstance(layer.op, Unfold)) or layer.outputs[0] in used
        ]


def _made(op: str, parameter: str, value: object, x: Tensor) -> Op:
    """An inserted op, in the dtype of what it reads: else Keras would cast that to the op's."""
    dtype = {"dtype": x.dtype} if is_float(x.dtype) and x.dtype != "float32" else {}
    return making.make(registry.known(op), {parameter: value, **dtype})


def reshaping(x: Tensor, shape: Shape) -> Op:
    """The op that puts `x` into `shape`, which has as many elements; names that were given are kept.

    One size that is no number is -1, several are told apart by their symbols, or, as `x` and `shape` differ in
    axes of size 1 alone where a size is `null`, by the names of their axes.
    """
    free = [size for size in shape.sizes if not isinstance(size, int)]
    if len(free) > 1 and any(map(is_anonymous, free)):
        before = " ".join(str(axis.name) for axis in x.shape.axes)
        after = " ".join(str(axis.name) if axis.given else "1" for axis in shape.axes)
        return _made("rearrange", "pattern", f"{before} -> {after}", x)
    target: list[object] = []
    for size, axis in zip(*shape, strict=True):
        known = size if isinstance(size, int) or len(free) > 1 else -1
        target.append({axis.name: known} if axis.given else known)
    return _made("Reshape", "target_shape", target, x)


def adapt(typed: Typed) -> Explicit:
    """The explicit graph of `typed`, which must be free of errors; what needs a mask is given it."""
    explicit = written_out(typed)
    if not any(op is not None and op.brings_mask for op in typed.ops):
        return explicit
    from specc.passes.masks.carry import carry

    return carry(explicit)


def written_out(typed: Typed) -> Explicit:
    """The graph with the readings written out; masks are where Keras has them."""
    if (
        typed.readings
        or typed.folded
        or typed.output_reshapes
        or any(isinstance(layer.op, Pending) for layer in typed.graph.layers)
    ):
        return Adaptation(typed).run()
    graph = typed.graph
    return Explicit(graph, graph.layers, typed.types, {}, graph.outputs)  # pyright: ignore[reportArgumentType]
