"""The numbers of the arrays that the command line names: classes that there are, rows that sum to 1, no NaN."""

from collections.abc import Iterator

from specc.arrays.named import Named
from specc.arrays.scan import scan
from specc.diagnostics.model import Diagnostic
from specc.ops.families import argument
from specc.ops.losses import CRF, loss_facts
from specc.passes.labels import Trained
from specc.syntax.tree import Node

_RANGES = {
    "fractions": "numbers from 0 to 1",
    "distribution": "numbers from 0 to 1",
    "binary": "numbers that are 0 or 1",
    "signs": "numbers that are all -1 or 1, or all 0 or 1",
    "counts": "numbers of at least 0",
}


def hold_numbers(named: Named, labels: Trained | None, node: Node, layer: str | None) -> Iterator[Diagnostic]:
    """What is wrong with the numbers of an array, the labels of an output where that is given. Raises `FileFault`."""
    judged = None if labels is None else labels.judged
    facts = None if judged is None or judged.loss == CRF else loss_facts(judged.loss)
    values = "any" if facts is None else facts.labels.values
    last = None if judged is None or not judged.tensor.shape.rank else judged.tensor.shape.sizes[-1]
    classes = last if isinstance(last, int) else None
    ignored = None if judged is None else argument(judged.loss, "ignore_class")
    found = scan(named, values, classes, ignored)
    if "nan" in found:
        message = f"`{named.shown}` holds {found['nan']}: what is trained with it is not a number"
        yield Diagnostic("W610", message, node.span, layer)
    if judged is None:
        return
    if "range" in found and values == "classes":
        message = (
            f"`{named.shown}` holds {found['range']}, and the classes of output `{judged.output}`"
            f" are 0 to {(classes or 0) - 1}"
        )
        yield Diagnostic("E209", message, node.span, layer)
    elif "range" in found:
        wanted = _RANGES[values]
        message = (
            f"`{judged.name}` is for labels that are {wanted}, and `{named.shown}` holds {found['range']}"
        )
        yield Diagnostic("W610", message, node.span, layer)
    if "rows" in found:
        message = f"`{judged.name}` is for labels that sum to 1, and a row of `{named.shown}` sums to {found['rows']}"
        yield Diagnostic("W610", message, node.span, layer)
