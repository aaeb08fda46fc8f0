"""The `compile` section of a spec, held against the outputs that the network really has."""

from collections.abc import Mapping
from typing import Any

from specc.ir.graph import Typed
from specc.passes.activations import activation_behind, maker_positions
from specc.passes.compile import check_compile
from specc.passes.values import Findings
from specc.shapes.tensor import Tensor
from specc.syntax.tree import Node


def check_training(section: Node, typed: Typed, found: Findings) -> tuple[Any, Mapping[str, Tensor]]:
    """The checked section, and the targets that `fit` will want by output; nothing where an output has no type."""
    outputs: dict[str, Tensor] = {}
    for output in typed.graph.outputs:
        tensor = typed.types[output.value]
        if tensor is None:
            return None, {}
        outputs[output.name] = output.declared(tensor)
    makers = maker_positions(typed)
    behind = {o.name: activation_behind(o.value, typed, makers) for o in typed.graph.outputs}

    training, diagnostics = check_compile(section, typed.graph.evaluate, outputs, behind.get)
    found.extend(diagnostics)
    return training, training.targets if training is not None else {}
