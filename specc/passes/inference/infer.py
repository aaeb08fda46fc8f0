"""The type of every value, the reading of every layer, and everything that does not fit."""

from functools import cached_property

from specc.diagnostics.model import Fix
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
from specc.ops.declare import Inputs, Op, Weights
from specc.ops.misfit import Misfit
from specc.passes.inference.fitted import NOTHING, Found, fitted
from specc.passes.inference.pending import settled
from specc.passes.inference.refused import are_known, refuse_empty, refuse_untold
from specc.passes.inference.regions import Regions
from specc.passes.resolution.values import Findings
from specc.shapes.demand import at_least, recording
from specc.shapes.dim import is_known, symbols_of
from specc.shapes.shape import Shape, nameless
from specc.shapes.tensor import Tensor
from specc.suggest import did_you_mean, nearest


class Inference:
    """Goes through a graph once, in the order in which it runs."""

    def __init__(self, graph: Graph, found: Findings) -> None:
        self.graph = graph
        self.found = found
        self.batch = graph.batch
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
        from specc.passes.inference.blame import Blame

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
            self.demands += [Demanded(demand, number, True) for demand in self.regions.promised]
            self.ops[number], self.types[layer.outputs[0]] = crossing, result
            return
        if isinstance(op, Pending):
            op = settled(op, layer, inputs[0].shape if inputs else nameless(()), self.found)
            if op is None:
                return
        if self.regions.own:
            op = self._told(op, layer)
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
            self.blame.warn(warning, layer)
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
                found = fitted(op, layer, inputs, self.batch)
                if are_known(found.results):
                    return found
            with recording() as demands:
                found = fitted(op, layer, inputs, self.batch, demands)
                refuse_empty(found.results, inputs, demands)
        except Misfit:
            self._refuse_strange(op, layer)
            raise
        self._refuse_strange(op, layer)
        self._refuse_untold(found, inputs[0].shape)
        return found

    def _refuse_untold(self, found: Found, x: Shape) -> None:
        """E207 for a size that a reshape makes and that no axis tells when it runs."""
        reading, y = found.reading, found.results[0].shape
        if reading is not AS_WRITTEN:
            x, y = reading.received(x).part(reading.outer), y.part(reading.outer)
        target = found.op.regrouped(x, y)
        if target:
            refuse_untold(x, target, (t.shape for t in self.types if t is not None))

    def _told(self, op: Op, layer: Layer) -> Op:
        """The op with what the symbols of the block that it stands in are."""
        own = self.regions.own_of(layer)
        if not any(name in own for _, name in op.asked_symbols()):
            return op
        from specc.ops.symbols import told

        return told(op, own)

    def _refuse_strange(self, op: Op, layer: Layer) -> None:
        """E107 for a symbol that an argument asks for and no input has."""
        for parameter, name in op.asked_symbols():
            if name in self.regions.symbols:
                continue
            if name in self.regions.untold(layer):
                message = f"asks for the size `{name}`, which the inputs of its block do not tell"
                misfit = Misfit("E107", message, parameter=parameter)
                misfit.fixes = (
                    Fix(f"let an axis of an input be `{name}` alone, as `[time: {name}]`", "display"),
                )
                raise misfit
            hint = did_you_mean(nearest(name, {*self.regions.symbols, *self.regions.own_of(layer)}))
            message = f"asks for the size `{name}`, which no input has{hint}"
            raise Misfit("E107", message, parameter=parameter)

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


def infer(graph: Graph, found: Findings) -> Typed:
    """Types for every value of `graph`; what does not fit is recorded, and what only suffers from it stays silent."""
    return Inference(graph, found).run()
