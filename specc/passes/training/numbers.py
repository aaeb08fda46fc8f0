"""The numbers of the arrays that the command line names: classes that there are, rows that sum to 1, no NaN."""

from collections.abc import Iterator, Mapping

from specc.arrays.judge import Found, Wanted
from specc.arrays.named import Named
from specc.arrays.scan import scan
from specc.diagnostics.model import Diagnostic
from specc.ir.graph import Typed
from specc.ops.core import Embedding
from specc.ops.families import Object, argument
from specc.ops.losses import loss_facts
from specc.ops.metrics import measure_of, metric_labels
from specc.passes.training.losses import Judged
from specc.passes.training.weighing import chooses_one, classes_of
from specc.shapes.dim import Size
from specc.shapes.shape import nameless
from specc.syntax.tree import Node

_RANGES = {
    "fractions": "numbers from 0 to 1",
    "distribution": "numbers from 0 to 1",
    "binary": "numbers that are 0 or 1",
    "signs": "numbers that are all -1 or 1, or all 0 or 1",
    "counts": "numbers of at least 0",
    "nonzero": "numbers other than 0, by which it divides",
}
_CLASSES = ("classes", "sequence")


def hold_numbers(named: Named, node: Node, layer: str | None) -> Iterator[Diagnostic]:
    """NaN in an array. Raises `FileFault`."""
    return _not_numbers(named, scan(named, Wanted()), node, layer)


def hold_input_numbers(named: Named, value: int, typed: Typed, node: Node) -> Iterator[Diagnostic]:
    """Numbers of an input that an embedding takes for those of rows which it does not have. Raises `FileFault`."""
    layer, rows = _rows_of(value, typed)
    found = scan(named, Wanted() if layer is None else Wanted("classes", rows))
    yield from _not_numbers(named, found, node, None)
    if layer is not None and "range" in found:
        message = f"`{named.shown}` holds {found['range']}, and the rows of `{layer}` are 0 to {rows - 1}"
        yield Diagnostic("E209", message, node.span)


def _rows_of(value: int, typed: Typed) -> tuple[str | None, int]:
    """The embedding with the fewest rows that a value goes into, and how many these are."""
    rows = {
        layer.name: op.input_dim
        for layer, op in zip(typed.graph.layers, typed.ops, strict=True)
        if isinstance(op, Embedding) and layer.inputs == (value,)
    }
    return min(rows.items(), key=lambda item: item[1], default=(None, 0))


def hold_weight_numbers(named: Named, node: Node, layer: str | None) -> Iterator[Diagnostic]:
    """Weights of samples that weigh wrongly. Raises `FileFault`."""
    found = scan(named, Wanted("counts"))
    yield from _not_numbers(named, found, node, layer)
    if "range" in found:
        message = f"`{named.shown}` holds {found['range']}: Keras trains away from a sample of such a weight"
        yield Diagnostic("W610", message, node.span, layer)


def hold_label_numbers(
    named: Named, judged: Judged, class_weight: Mapping[int, float] | None, node: Node, layer: str | None
) -> Iterator[Diagnostic]:
    """What is wrong with the numbers of labels, for their loss and the weights of classes. Raises `FileFault`."""
    wanted = _wanted(named, judged, class_weight)
    found = scan(named, wanted)
    yield from _not_numbers(named, found, node, layer)
    for code, message in _said(named.shown, judged, wanted, found):
        yield Diagnostic(code, message, node.span, layer)
    if "range" not in found:
        yield from _hold_truths(named, judged, node, layer)


def _hold_truths(named: Named, judged: Judged, node: Node, layer: str | None) -> Iterator[Diagnostic]:
    """W610 for the first metric that counts labels which are 0 or 1, where others are."""
    for metric, _ in judged.metrics:
        measure = measure_of(metric, judged.tensor.shape.sizes, named.array.sizes)
        reads = metric_labels(metric, measure)
        found = scan(named, Wanted("binary")) if reads is not None and reads.values == "binary" else {}
        if "range" in found:
            name = metric.name if isinstance(metric, Object) else metric
            message = f"`{name}` counts labels that are 0 or 1, and `{named.shown}` holds {found['range']}"
            yield Diagnostic("W610", message, node.span, layer)
            return


def _wanted(named: Named, judged: Judged, class_weight: Mapping[int, float] | None) -> Wanted:
    values, sizes = loss_facts(judged.loss).labels.values, judged.tensor.shape.sizes
    if judged.is_crf:
        # masked steps may hold anything
        return Wanted() if judged.is_masked else Wanted(values, judged.tags)
    labels = nameless(named.array.sizes)
    is_row = labels.rank == 1 and labels.sizes != (1,)
    is_one = class_weight is not None and not is_row and labels.rank < 2
    return Wanted(
        values,
        _number(sizes[-1]) if sizes else None,
        argument(judged.loss, "ignore_class"),
        rows=chooses_one(judged) or (class_weight is not None and is_row),
        steps=_number(sizes[0]) if values == "sequence" else None,
        whole=is_one,
        weighed=frozenset(class_weight or ()) if is_one and classes_of(judged, labels) is None else None,
    )


def _number(size: Size) -> int | None:
    return size if isinstance(size, int) else None


def _not_numbers(named: Named, found: Found, node: Node, layer: str | None) -> Iterator[Diagnostic]:
    if "nan" in found:
        message = f"`{named.shown}` holds {found['nan']}: what is trained with it is not a number"
        yield Diagnostic("W610", message, node.span, layer)


def _said(shown: str, judged: Judged, wanted: Wanted, found: Found) -> Iterator[tuple[str, str]]:
    """The codes and messages for what was found."""
    output, name = f"output `{judged.output}`", f"`{judged.name}`"
    if "range" in found and wanted.values in _CLASSES:
        last = (wanted.classes or 0) - 1
        yield "E209", f"`{shown}` holds {found['range']}, and the classes of {output} are 0 to {last}"
    elif "range" in found:
        kind = _RANGES[wanted.values]
        yield "W610", f"{name} is for labels that are {kind}, and `{shown}` holds {found['range']}"
    elif "unweighed" in found:
        yield (
            "N710",
            f"`class_weight` leaves out {found['unweighed']} of `{shown}`: Keras takes a weight of 1",
        )
    if "rows" in found and "range" not in found:
        sums = f"a row of `{shown}` sums to {found['rows']}"
        if chooses_one(judged):
            yield "W610", f"{name} is for labels that sum to 1, and {sums}"
        else:
            yield "W610", f"`class_weight` gives a row the weight of its first largest, and {sums}"
    if "fraction" in found:
        yield "W610", f"`class_weight` rounds labels to classes, and `{shown}` holds {found['fraction']}"
    if "gap" in found:
        yield (
            "E209",
            f"`{shown}` holds a 0 before a class ({found['gap']}): {name} takes as many as are not 0",
        )
    if "long" in found:
        yield "W610", f"`{shown}` takes {found['long']} to spell, and {output} has {wanted.steps:,}"
