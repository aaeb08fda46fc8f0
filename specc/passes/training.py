"""The `compile` section of a spec, held against the outputs that the network really has."""

from collections.abc import Mapping
from typing import Any

from specc.ir.graph import Layer, Typed
from specc.ops.declare import Op
from specc.passes.values import Failed, Findings
from specc.shapes.tensor import Tensor
from specc.syntax.tree import Node

CARRIERS = ("Reshape", "Flatten", "Permute", "Identity", "Dropout", "slice", "rearrange", "map")
"""Ops behind which a value is still what the activation before them made it."""


def check_training(section: Node, typed: Typed, found: Findings) -> tuple[Any, Mapping[str, Tensor]]:
    """The checked section, and the targets that `fit` will want by output; nothing where an output has no type."""
    from specc.passes.compile import check_compile

    outputs: dict[str, Tensor] = {}
    for output in typed.graph.outputs:
        tensor = typed.types[output.value]
        if tensor is None:
            return None, {}
        outputs[output.name] = tensor if output.promise is None else Tensor(output.promise, tensor.dtype)
    behind = {o.name: _activation(o.value, typed) for o in typed.graph.outputs}

    def evaluate(node: Node) -> Any:
        try:
            return typed.graph.evaluate(node)
        except Failed:
            return None

    training, diagnostics = check_compile(section, evaluate, outputs, behind.get)
    found.extend(diagnostics)
    return training, training.targets if training is not None else {}


def _activation(value: int, typed: Typed) -> str | None:
    """The last activation behind a value; None where it is not known."""
    makers = {v: i for i, layer in enumerate(typed.graph.layers) for v in layer.outputs}
    while value in makers:
        layer: Layer = typed.graph.layers[makers[value]]
        op = typed.ops[makers[value]]
        if isinstance(op, Op) and op.name in CARRIERS and layer.inputs[0] is not None:
            value = layer.inputs[0]
            continue
        return _of(op)
    return None


def _of(op: Op | None) -> str | None:
    inner: Any = getattr(op, "layer", op)
    if inner is None or inner.name == "Softmax":
        return "softmax" if inner is not None else None
    if inner.name in ("Dense", "Activation") or "Conv" in inner.name:
        activation = getattr(inner, "activation", None)
        return "linear" if activation is None else activation if isinstance(activation, str) else None
    return None
