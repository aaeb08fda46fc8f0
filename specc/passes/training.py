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
    """The checked section, and the targets that `fit` will want by output, as far as the outputs have types."""
    outputs: dict[str, Tensor | None] = {}
    behind: dict[str, str | None] = {}
    makers = maker_positions(typed)
    for output in typed.graph.outputs:
        tensor = typed.types[output.value]
        outputs[output.name] = None if tensor is None else output.declared(tensor)
        if tensor is not None:
            behind[output.name] = activation_behind(output.value, typed, makers)
    is_complete = not any(d.code[:2] in ("E1", "E3") for d in found)
    crfs = {output.name for output in typed.graph.outputs if _is_crf(output.value, typed, makers)}
    training, diagnostics = check_compile(
        section, typed.graph.evaluate, outputs, behind.get, is_complete, crfs
    )
    found.extend(diagnostics)
    return training, training.targets if training is not None else {}


def _is_crf(value: int, typed: Typed, makers: Mapping[int, int]) -> bool:
    """Whether a `crf` makes a value, which is then an output as it is."""
    op = typed.ops[makers[value]] if value in makers else None
    return op is not None and op.name == "crf" and value not in typed.output_reshapes
