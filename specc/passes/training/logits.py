"""Metrics that measure probabilities, of an output that has logits."""

from collections.abc import Iterator
from typing import NamedTuple

from specc.diagnostics.model import Diagnostic, Edit, Fix
from specc.ops.families import argument
from specc.ops.metrics import ON_LOGITS, measure_of
from specc.passes.training.losses import Judged, is_written_out, setting, target_of
from specc.syntax.tree import Node


class _Misled(NamedTuple):
    """A metric at `node`, its name, and the edit that tells it of logits, if there is one."""

    node: Node
    name: str
    edit: Edit | None


def doubt_metrics(judged: Judged) -> Iterator[Diagnostic]:
    """W603 for each metric that takes logits for probabilities; the loss is told that they are logits."""
    if judged.activation != "linear":
        return
    for node, name, edit in _misled(judged):
        output = f"output `{judged.output}`"
        message = f"`{name}` expects probabilities, and {output} has logits, as its loss is told"
        fixes = () if edit is None else (Fix("tell the metric that these are logits", "unsafe", (edit,)),)
        yield Diagnostic("W603", message, node.span, fixes=fixes)


def telling(judged: Judged) -> tuple[Edit, ...]:
    """What tells the metrics of an output that it has logits."""
    return tuple(edit for _, _, edit in _misled(judged) if edit is not None)


def _misled(judged: Judged) -> Iterator[_Misled]:
    """The metrics that would take logits for probabilities, without a word on what they are given."""
    output, labels = judged.tensor.shape, target_of(judged).shape
    for metric, node in judged.metrics:
        measure = measure_of(metric, output.sizes, labels.sizes)
        if measure not in ON_LOGITS or argument(metric, "top_k") is not None:
            continue
        told = ON_LOGITS[measure]
        name = metric if isinstance(metric, str) else measure
        if told is None:
            yield _Misled(node, name, None)
        elif argument(metric, told[0]) is None:
            may_edit = is_written_out(node) and not judged.is_shared
            yield _Misled(node, name, setting(node, measure, *told) if may_edit else None)
