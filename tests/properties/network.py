"""What two specs must have in common to be the same network."""

from typing import Any

from specc.ir.graph import Crossing, Typed
from specc.ops.declare import Op
from specc.passes.adapt import adapt
from specc.passes.repairs.spell import spelled
from specc.shapes.shape import Shape, json_shape
from specc.shapes.tensor import Tensor


def network(typed: Typed) -> dict[str, Any]:
    """The inputs, the layers in order with all that Keras is told of them, and the outputs."""
    explicit = adapt(typed)
    origins: dict[int, int] = {}
    for layer in explicit.layers:
        if isinstance(layer.op, Crossing) and layer.inputs[0] is not None:
            origins[layer.outputs[0]] = origins.get(layer.inputs[0], layer.inputs[0])
    names = {entry.value: entry.name for entry in explicit.graph.inputs}
    layers: list[Any] = []
    weights = {layer.name: weighed for layer, weighed in zip(typed.graph.layers, typed.weights, strict=True)}
    for layer in explicit.layers:
        if isinstance(layer.op, Crossing):
            continue
        assert isinstance(layer.op, Op)
        names.update((value, f"{layer.name}/{i}") for i, value in enumerate(layer.outputs))
        key, arguments = spelled(layer.op)
        if isinstance(arguments, dict):
            arguments = {k: v for k, v in arguments.items() if k != "dtype"}
        layers.append(
            {
                "name": layer.name,
                "op": (key, arguments, dict(layer.op.options)),
                "reads": [None if v is None else names[origins.get(v, v)] for v in layer.inputs],
                "makes": [_sizes(explicit.types[v].shape) for v in layer.outputs],
                "params": weights.get(layer.name, (0, 0)),
            }
        )
    return {
        "inputs": [(e.name, _given(e.tensor), e.batch, e.sparse) for e in explicit.graph.inputs],
        "layers": layers,
        "outputs": [(o.name, _full(typed.types, explicit, o)) for o in explicit.outputs],
    }


def _sizes(shape: Shape) -> Any:
    """Sizes as JSON has them: one unknown size is as good as another."""
    return json_shape(shape, None)


def _given(tensor: Tensor | None) -> Any:
    assert tensor is not None
    return json_shape(tensor.shape, None), [a.name for a in tensor.shape.axes if a.given], tensor.dtype


def _full(types: Any, explicit: Any, output: Any) -> Any:
    tensor = explicit.types[output.value]
    return json_shape(tensor.shape, None), [a.name for a in tensor.shape.axes], tensor.dtype
