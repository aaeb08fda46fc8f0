"""The type of every value, the reading of every layer, and everything that does not fit."""

from math import prod

from specc.ir.graph import (
    AS_WRITTEN,
    Fold,
    Graph,
    Layer,
    Pending,
    Reading,
    Typed,
    Unfold,
    Weighed,
)
from specc.ops import registry
from specc.ops.declare import Op, Weights, axis_number
from specc.ops.misfit import Misfit
from specc.passes.blame import Blame
from specc.passes.fit import contradicts, described, fit, rank_misfit
from specc.passes.instances import Instances
from specc.passes.regions import Regions
from specc.passes.values import Findings
from specc.shapes.dim import is_known
from specc.shapes.shape import Shape
from specc.shapes.tensor import Tensor
from specc.syntax.expressions import ExpressionError

NOTHING = Weighed(0, 0)


class Inference:
    """Goes through a graph once, in the order in which it runs."""

    def __init__(self, graph: Graph, found: Findings) -> None:
        self.graph = graph
        self.found = found
        self.types: list[Tensor | None] = [None] * graph.values
        self.ops: list[Op | None] = [None] * len(graph.layers)
        self.readings: dict[int, Reading] = {}
        self.weights: list[Weighed] = [NOTHING] * len(graph.layers)
        self.blame = Blame(graph, found, self.types)
        self.regions = Regions(graph, self.types)
        self.shared: dict[Layer, Weights] = {}

    def run(self) -> Typed:
        """The types of all values."""
        for entry in self.graph.inputs:
            self.types[entry.value] = entry.tensor
        originals = {id(layer.shares) for layer in self.graph.layers if layer.shares is not None}
        types = self.types
        for number, layer in enumerate(self.graph.layers):
            inputs: list[Tensor | None] = []
            for value in layer.inputs:
                tensor = None if value is None else types[value]
                if tensor is None and value is not None:
                    break
                inputs.append(tensor)
            else:
                try:
                    self._layer(number, layer, tuple(inputs), id(layer) in originals)  # pyright: ignore
                except Misfit as misfit:
                    self.blame.report(misfit, layer)
        return Typed(self.graph, types, self.ops, self.readings, self.weights, self.regions.folded, {})

    def _layer(self, number: int, layer: Layer, inputs: tuple[Tensor, ...], is_shared: bool) -> None:
        op = layer.op
        if isinstance(op, Fold | Unfold):
            crossing, result = self.regions.cross(op, layer, inputs[0])
            self.ops[number], self.types[layer.outputs[0]] = crossing, result
            return
        if isinstance(op, Pending):
            op = self._settled(op, layer, inputs[0].shape)
            if op is None:
                return
        places = op.places
        reading = AS_WRITTEN if places is None else fit(op, places, inputs[0].shape)
        if op.name == "TimeDistributed":
            op, reading = self._unwrapped(op, reading, inputs[0].shape)
        self.ops[number] = op
        if reading is AS_WRITTEN:
            results = op.results(inputs)
        else:
            if self.graph.strict:
                self.blame.strict(op, _forbidden(op, inputs[0].shape), layer, reading, inputs[0].shape)
                return
            self._allowed(op, layer, reading, inputs[0].shape)
            self.readings[number] = reading
            inputs, results = self._distributed(op, reading, inputs)
        if not layer.inserted:
            shapes = tuple([None if t is None else t.shape for t in inputs])  # pyright: ignore
            self._weigh(number, op, layer, shapes, is_shared)  # pyright: ignore
            if type(op).warnings is not Op.warnings:
                for warning in op.warnings(shapes, tuple([t.shape for t in results])):  # pyright: ignore
                    self.blame.report(warning, layer)
        for value, tensor in zip(layer.outputs, results, strict=False):
            self.types[value] = tensor

    def _allowed(self, op: Op, layer: Layer, reading: Reading, x: Shape) -> None:
        """Whether what the reading asks for may be inserted at all."""
        if not reading.outer:
            return
        if getattr(op, "stateful", False):
            raise Misfit("E200", f"is stateful, and so cannot be distributed over {x.part(0, reading.outer)}")
        sizes = reading.received(x).sizes[: reading.outer]
        if layer.distribute == "time_distributed" and not is_known(sizes):
            message = "cannot be wrapped in `TimeDistributed` over an axis of unknown size"
            raise Misfit("E200", message, facts=("Keras runs such a wrapper over the batch size",))

    def _distributed(
        self, op: Op, reading: Reading, inputs: tuple[Tensor, ...]
    ) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
        """What the op reads at one step, and the results with the axes that it is distributed over in front."""
        received = reading.received(inputs[0].shape)
        outer = received.part(0, reading.outer)
        cores = [Tensor(received.part(reading.outer), inputs[0].dtype)]
        for other in inputs[1:]:
            if other is not None and other.shape.sizes[: reading.outer] != outer.sizes:  # pyright: ignore
                raise Misfit("E205", f"is distributed over {outer}, which {other.shape} does not have in front")
            cores.append(Tensor(other.shape.part(reading.outer), other.dtype))
        results = op.results(tuple(cores))
        return tuple(cores), tuple([Tensor(outer.join(r.shape), r.dtype) for r in results])

    def _unwrapped(self, op: Op, reading: Reading, x: Shape) -> tuple[Op, Reading]:
        """An author's `TimeDistributed` over an axis of unknown size is folded."""
        received = reading.received(x)
        if received.rank <= reading.outer or isinstance(received.sizes[reading.outer], int):
            return op, reading
        text = "an axis of unknown size is folded: Keras's `TimeDistributed` would run over the batch size"
        over = received.part(0, reading.outer + 1)
        note = ("N705", text)
        unwrapped = reading._replace(
            outer=reading.outer + 1, over=over, notes=(*reading.notes, note), unwrapped=True
        )
        return op.layer, unwrapped  # pyright: ignore

    def _settled(self, pending: Pending, layer: Layer, x: Shape) -> Op | None:
        """The op of a layer whose arguments ask for sizes of the value that it receives."""

        def size(axis: str | int) -> int:
            found = received.sizes[axis_number(axis, received)]
            if not isinstance(found, int):
                raise Misfit("E207", f"`size({axis})` of {received} is not a number")
            return found

        received = x
        try:
            probe = pending.make(lambda axis: 1)
            if probe.places is not None:
                received = fit(probe, probe.places, x).received(x)
        except (registry.ArgumentErrors, ExpressionError):
            pass
        try:
            return pending.make(size)
        except registry.ArgumentErrors as errors:
            Instances(self.found, None, None).report(errors, layer.item, pending.cls, layer.link)
        except ExpressionError as error:
            node = layer.item.value or layer.item.node
            self.found.error("E108", error.message, node, link=layer.link, layer=layer.name)
        return None

    def _weigh(self, number: int, op: Op, layer: Layer, shapes: tuple[Shape, ...], is_shared: bool) -> None:
        """The parameters of a layer; a layer that shares weights must find them as they were built."""
        weights = op.weights_for(shapes)
        if layer.shares is not None:
            self._held_against(layer.shares, weights)
            return
        if is_shared:
            self.shared[layer] = weights
        if weights:
            total = sum([prod(shape) for shape in weights.values()])
            fixed = op.frozen(weights)
            kept = sum([prod(weights[name]) for name in fixed]) if fixed else 0
            self.weights[number] = Weighed(total - kept, kept)

    def _held_against(self, original: Layer, weights: Weights) -> None:
        built = self.shared.get(original)
        if built is None or built == weights:
            return
        name = next((n for n in weights if built.get(n) != weights[n]), next(iter(built)))
        raise Misfit(
            "E212",
            f"shares the weights of `{original.name}`, whose `{name}` was built as {built.get(name)}, "
            f"and would need {weights.get(name)}",
            facts=("Keras: Input is incompatible with the layer",),
        )


def _forbidden(op: Op, x: Shape) -> Misfit:
    """Why `adapt: strict` refuses what a reading would insert."""
    places = op.places or ()
    if x.rank != len(places):
        return rank_misfit(places, x)
    named = next((a.name for i, a in enumerate(x.axes) if contradicts(places, i, a)), None)
    message = f"reads {described(places)}, and `{named}` of {x} is not where it reads it"
    return Misfit("E203", message)


def infer(graph: Graph, found: Findings) -> Typed:
    """Types for every value of `graph`; what does not fit is recorded, and what only suffers from it stays silent."""
    return Inference(graph, found).run()
