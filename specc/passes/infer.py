"""The type of every value, the reading of every layer, and everything that does not fit."""

from functools import cached_property
from math import prod
from typing import NamedTuple

from specc.ir.graph import (
    AS_WRITTEN,
    Demanded,
    Fold,
    Graph,
    Layer,
    Pending,
    Reading,
    Typed,
    Unfold,
    Weighed,
)
from specc.ops.declare import Inputs, Op, Weights, within
from specc.ops.misfit import Misfit
from specc.ops.ranks import check_objects
from specc.passes.fit import fit, rank_misfit, unwrappable
from specc.passes.pending import settled
from specc.passes.refused import are_known, refuse_empty, refuse_excess, refuse_heavy, refuse_text
from specc.passes.regions import Regions
from specc.passes.values import Findings
from specc.shapes.demand import Demand, agree, at_least, recording
from specc.shapes.dim import is_known, symbols_of
from specc.shapes.shape import Shape
from specc.shapes.tensor import Tensor
from specc.suggest import did_you_mean, nearest

NOTHING = Weighed(0, 0)


class Found(NamedTuple):
    """What is known of an op on its inputs: it is the same wherever the two meet again."""

    op: Op
    reading: Reading
    results: tuple[Tensor, ...]
    weights: Weights
    weighed: Weighed | None
    warnings: tuple[Misfit, ...]
    demands: tuple[Demand, ...] = ()


class Inference:
    """Goes through a graph once, in the order in which it runs."""

    def __init__(self, graph: Graph, found: Findings) -> None:
        self.graph = graph
        self.found = found
        self.types: list[Tensor | None] = [None] * graph.values
        self.ops: list[Op | None] = [None] * len(graph.layers)
        self.readings: dict[int, Reading] = {}
        self.weights: list[Weighed | None] = [NOTHING] * len(graph.layers)
        self.regions = Regions(graph, self.types)
        self.demands: list[Demanded] = []
        self._known: dict[tuple[Op, str, Inputs], Found] = {}
        self._built: dict[Layer, Weights] = {}
        self._originals = {layer.shares for layer in graph.layers if layer.shares is not None}

    @cached_property
    def blame(self):
        """What reports misfits, imported for the first of them."""
        from specc.passes.blame import Blame

        return Blame(self.graph, self.found, self.types)

    def run(self) -> Typed:
        """The types of all values."""
        types = self.types
        for entry in self.graph.inputs:
            types[entry.value] = entry.tensor
        self._enter()
        for number, layer in enumerate(self.graph.layers):
            inputs = tuple([None if value is None else types[value] for value in layer.inputs])
            if None in inputs and any(v is not None and types[v] is None for v in layer.inputs):
                continue
            try:
                self._layer(number, layer, inputs)  # pyright: ignore[reportArgumentType]
            except Misfit as misfit:
                self.blame.report(misfit, self._reader(misfit, layer))
        return Typed(
            self.graph, types, self.ops, self.readings, self.weights, self.regions.folded, {}, self.demands
        )

    def _enter(self) -> None:
        """What inputs demand of their symbols: that no axis is empty."""
        for i, entry in enumerate(self.graph.inputs, start=-len(self.graph.inputs)):
            if entry.tensor is None or is_known(entry.tensor.shape.sizes):
                continue
            self.regions.symbols |= frozenset().union(*map(symbols_of, entry.tensor.shape.sizes))
            with recording() as demands:
                for size in entry.tensor.shape.sizes:
                    at_least(size, 1)
            self.demands += [Demanded(demand, i) for demand in demands]

    def _reader(self, misfit: Misfit, layer: Layer) -> Layer:
        """The layer to blame: for a value that cannot enter a region, the one inside that reads it."""
        while isinstance(layer.op, Fold) and layer.op.promise is None and misfit.parameter is None:
            value = layer.outputs[0]
            reader = next((other for other in self.graph.layers if value in other.inputs), None)
            if reader is None:
                break
            misfit.operand = reader.inputs.index(value)
            layer = reader
        return layer

    def _layer(self, number: int, layer: Layer, inputs: Inputs) -> None:
        op = layer.op
        if isinstance(op, Fold | Unfold):
            with recording() as demands:
                crossing, result = self.regions.cross(op, layer, inputs[0])
            self.demands += [Demanded(demand, number) for demand in demands]
            self.ops[number], self.types[layer.outputs[0]] = crossing, result
            return
        if isinstance(op, Pending):
            op = settled(op, layer, inputs[0].shape, self.found)
            if op is None:
                return
        key = (op, layer.distribute, inputs)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._infer(op, layer, inputs)
        if op.stands_alone is not None and (over := self._steps(layer, found.reading)):
            raise Misfit("E200", f"cannot run once for each step of {over}: {op.stands_alone}")
        if found.reading is AS_WRITTEN:
            self.ops[number] = found.op
        elif self.graph.strict:
            # What follows is checked as if this were mended: it has insertions of its own to be told of.
            self.blame.report(self.blame.forbidden(found.op, layer, found.reading, inputs[0].shape), layer)
        else:
            self.ops[number] = found.op
            self.readings[number] = found.reading
        for warning in found.warnings:
            self.blame.report(warning, layer)
        if found.demands:
            self.demands += [Demanded(demand, number) for demand in found.demands]
        for value, tensor in zip(layer.outputs, found.results, strict=False):
            self.types[value] = tensor
        if layer.shares is not None:
            self._hold_against(layer.shares, found.weights)
        else:
            self.weights[number] = found.weighed
            if layer in self._originals:
                self._built[layer] = found.weights

    def _infer(self, op: Op, layer: Layer, inputs: Inputs) -> Found:
        """What is known of an op on these inputs, with what it demands of sizes that are no numbers."""
        try:
            if are_known(inputs):
                found = self._worked_out(op, layer, inputs)
                if are_known(found.results):
                    return found
            with recording() as demands:
                found = self._worked_out(op, layer, inputs)
                refuse_empty(found.results, inputs, demands)
        except Misfit:
            self._refuse_strange(op)
            raise
        self._refuse_strange(op)
        if not demands:
            return found
        return found._replace(demands=tuple(dict.fromkeys(demands)))

    def _refuse_strange(self, op: Op) -> None:
        """E107 for a symbol that an argument asks for and no input has."""
        for parameter, name in op.asked_symbols():
            if name not in self.regions.symbols:
                hint = did_you_mean(nearest(name, self.regions.symbols))
                message = f"asks for the size `{name}`, which no input has{hint}"
                raise Misfit("E107", message, parameter=parameter)

    def _worked_out(self, op: Op, layer: Layer, inputs: Inputs) -> Found:
        x = inputs[0].shape
        places = op.places
        reading = AS_WRITTEN if places is None else fit(op, places, x)
        if op.name == "TimeDistributed":
            op, reading = self._unwrapped(op, reading, x)
        reading = _differing(op, reading, layer.distribute)
        refuse_text(op, inputs)
        results = inner = op.results(inputs) if reading is AS_WRITTEN else ()
        if reading is not AS_WRITTEN:
            self._allow(op, layer, reading, x)
            try:
                inputs, inner, results = _distributed(op, reading, inputs)
            except Misfit as misfit:
                if misfit.code == "E206" and not x.has_given_names:
                    raise rank_misfit(
                        op, places or (), x
                    ) from None  # the guess that the last axes are meant fails
                raise
        refuse_excess(results)
        self._hold_state(op)
        shapes = tuple([None if t is None else t.shape for t in inputs])  # pyright: ignore[reportUnnecessaryComparison]
        weights = op.weights_for(shapes)  # pyright: ignore[reportArgumentType]
        if weights:
            refuse_heavy(weights)
        check_objects(op, weights, inner)
        warnings = tuple(op.warnings(shapes, tuple([t.shape for t in inner])))  # pyright: ignore[reportArgumentType]
        return Found(op, reading, results, weights, _weighed(op, weights), warnings)

    def _hold_state(self, op: Op) -> None:
        """A layer that keeps states from batch to batch needs to know the batch's size."""
        inner: Op = getattr(op, "layer", op)
        if getattr(inner, "stateful", False) and self.graph.batch is None:
            fact = "Keras: If an RNN is stateful, it needs to know its batch size"
            message = "is stateful, and needs a fixed `batch_size` on the input"
            raise Misfit("E207", message, parameter="stateful", facts=(fact,))

    def _allow(self, op: Op, layer: Layer, reading: Reading, x: Shape) -> None:
        """Whether what the reading asks for may be inserted at all."""
        if not reading.outer:
            return
        if getattr(getattr(op, "layer", op), "stateful", False):
            raise Misfit("E200", f"is stateful, and so cannot be distributed over {x.part(0, reading.outer)}")
        if layer.distribute == "time_distributed" and op.result_count() > 1:
            raise Misfit("E200", "makes several results, and a `TimeDistributed` may make one")
        sizes = reading.received(x).sizes[: reading.outer]
        if layer.distribute == "time_distributed" and not is_known(sizes):
            raise unwrappable()

    def _steps(self, layer: Layer, reading: Reading) -> str:
        """The axes that a layer runs over, by itself or in the regions that it stands in; empty without any."""
        over = [reading.over] if reading.over is not None else []
        region = layer.region
        while region:
            folded = self.regions.folded.get(region)
            if folded is not None:
                over.insert(0, Shape(folded.sizes, folded.axes))
            region = self.graph.regions[region].parent
        return " and ".join(str(shape) for shape in over if shape.rank)

    def _unwrapped(self, op: Op, reading: Reading, x: Shape) -> tuple[Op, Reading]:
        """An author's `TimeDistributed` over an axis of unknown size is folded."""
        received = reading.received(x)
        if received.rank <= reading.outer or isinstance(received.sizes[reading.outer], int):
            return op, reading
        text = "an axis of unknown size is folded: Keras's `TimeDistributed` would run over the batch size"
        over = received.part(0, reading.outer + 1)
        note = ("N705", text)
        unwrapped = reading._replace(
            outer=reading.outer + 1,
            core=None if reading.core is None else reading.core.part(1),
            over=over,
            notes=(*reading.notes, note),
            unwrapped=True,
        )
        return op.layer, unwrapped  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]

    def _hold_against(self, original: Layer, weights: Weights) -> None:
        built = self._built.get(original)
        if built is None or built == weights:
            return
        name = next((n for n in weights if built.get(n) != weights[n]), next(iter(built)))
        raise Misfit(
            "E212",
            f"shares the weights of `{original.name}`, whose `{name}` was built as {built.get(name)}, "
            f"and would need {weights.get(name)}",
            facts=("Keras: Input is incompatible with the layer",),
        )


def _differing(op: Op, reading: Reading, distribute: str) -> Reading:
    """The notes with what training does otherwise in a fold than in a wrapper."""
    difference = op.fold_difference() if reading.outer else None
    if difference is None:
        return reading
    told = difference[distribute == "time_distributed" and not reading.unwrapped]
    return reading._replace(
        notes=tuple([(c, f"{t} ({told})" if c in ("N700", "N705") else t) for c, t in reading.notes])
    )


def _distributed(op: Op, reading: Reading, inputs: Inputs) -> tuple[Inputs, Inputs, Inputs]:
    """What the op reads at one step, what it makes there, and its results with the distributed axes in front."""
    received = reading.received(inputs[0].shape)
    outer = received.part(0, reading.outer)
    cores = [Tensor(received.part(reading.outer), inputs[0].dtype)]
    for other in inputs[1:]:
        leading = other.shape.sizes[: reading.outer]
        if len(leading) < reading.outer or not all(map(agree, leading, outer.sizes)):
            raise Misfit("E205", f"is distributed over {outer}, which {other.shape} does not have in front")
        cores.append(Tensor(other.shape.part(reading.outer), other.dtype))
    results = op.results(tuple(cores))
    return tuple(cores), results, tuple([Tensor(outer.join(r.shape), r.dtype) for r in results])


def _weighed(op: Op, weights: Weights) -> Weighed | None:
    """How many parameters there are, trainable and not; None where nobody knows."""
    if not all(part.is_counted for part in within(op)):
        return None
    if not weights:
        return NOTHING
    fixed = op.frozen(weights)
    total = sum([prod(shape) for shape in weights.values()])
    kept = sum([prod(weights[name]) for name in fixed]) if fixed else 0
    return Weighed(total - kept, kept)


def infer(graph: Graph, found: Findings) -> Typed:
    """Types for every value of `graph`; what does not fit is recorded, and what only suffers from it stays silent."""
    return Inference(graph, found).run()
