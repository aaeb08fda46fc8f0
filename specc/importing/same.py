"""Whether two specs say the same network: the same layers by their paths, wired in the same way."""

from typing import Any

from specc.ir.graph import Crossing, Graph
from specc.ops.core import Identity
from specc.ops.declare import Op
from specc.passes.repairs.spell import spelled
from specc.report import Report


def are_same(one: Report, other: Report) -> bool:
    """Whether two specs that check say one network, whatever the order in which their branches stand."""
    assert one.typed is not None
    assert other.typed is not None
    return _facts(one.typed.graph) == _facts(other.typed.graph)


def _facts(graph: Graph) -> dict[str, Any]:
    """For each layer by its path: op, arguments, what it reads and is mapped over; and what the outputs are.

    An `Identity` that does nothing but name an output is none: a build adds it where the value has another name.
    """
    read = {value for layer in graph.layers for value in layer.inputs}
    named = {(output.name, output.value) for output in graph.outputs if output.value not in read}
    values: dict[int, Any] = {entry.value: entry.name for entry in graph.inputs}
    found: dict[str, Any] = {}
    for layer in graph.layers:
        reads = [None if value is None else values[value] for value in layer.inputs]
        if isinstance(layer.op, Crossing | Identity) and (
            isinstance(layer.op, Crossing) or (layer.name, layer.outputs[0]) in named
        ):
            values[layer.outputs[0]] = reads[0]
            continue
        assert isinstance(layer.op, Op)
        values.update((value, (layer.name, i)) for i, value in enumerate(layer.outputs))
        shares = None if layer.shares is None else layer.shares.name
        found[layer.name] = (
            repr(spelled(layer.op)),
            repr(layer.op.options),
            layer.op.masked_by,
            reads,
            shares,
            _over(graph, layer.region),
        )
    return {**found, "": [(output.name, values[output.value]) for output in graph.outputs]}


def _over(graph: Graph, region: int) -> list[Any]:
    """What a region is mapped over, with those around it."""
    found: list[Any] = []
    while region:
        found.append(graph.regions[region].over)
        region = graph.regions[region].parent
    return found
