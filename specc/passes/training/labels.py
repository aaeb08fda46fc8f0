"""Labels against the loss and the metrics of their output: what Keras refuses, pairs wrongly, or adjusts."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from specc.diagnostics.model import Diagnostic, Fix, Note
from specc.ops.families import Object, argument, snake_case
from specc.ops.labels import Labels, Sizes, Verdict, compare
from specc.ops.losses import CRF, loss_facts
from specc.ops.metrics import COUNTERPARTS, measure_of, metric_labels
from specc.passes.training.losses import Judged, Measured, is_written_out, target_of
from specc.shapes.dim import Size
from specc.shapes.dtype import INTEGERS, is_float
from specc.shapes.shape import Shape
from specc.shapes.tensor import Tensor
from specc.source import Span
from specc.syntax.tree import Node

Repair = Callable[[str, Shape], Iterable[Fix]]
"""Ways to make an output, by its name, one for labels of a shape."""

Apart = Callable[[Size, Size], str | None]
"""For which sizes of symbols what is made and what is declared are not the same, in words; None: for none."""

_SPARSE = "sparse_categorical_crossentropy"
_ONE_HOT = "categorical_crossentropy"
_WRONG: dict[Verdict, str] = {
    "refused": "Keras refuses these labels on the first batch",
    "mispaired": "Keras takes these labels without a word, and holds predictions against labels that are not theirs",
}


class Trained(NamedTuple):
    """An output that is trained or measured: its type, its loss, and its metrics, of which some are `weighted`."""

    name: str
    tensor: Tensor
    judged: Judged | None
    metrics: tuple[Measured, ...]
    weighted: tuple[Measured, ...] = ()


class Given(NamedTuple):
    """Labels that the author has.

    `what` names them in messages, `span` is where to report, and `layer` makes the output; `shape` is the node that
    says theirs, if any.
    """

    what: str
    tensor: Tensor
    span: Span | None
    layer: str | None = None
    shape: Node | None = None


Hold = Callable[[Trained], Iterable[Diagnostic]]
"""Says what is wrong with the labels of an output."""


def hold_derived(trained: Trained) -> Iterable[Diagnostic]:
    """What is wrong with metrics for the labels that the loss wants, where no others are known of."""
    if trained.judged is None:
        return ()
    return hold_metrics(trained, target_of(trained.judged), f"those for `{trained.judged.name}`")


def hold_labels(given: Given, trained: Trained, repair: Repair) -> Iterator[Diagnostic]:
    """What is wrong with labels for the loss of their output, what Keras adjusts, and metrics that do not take them."""
    dtype = given.tensor.dtype
    if not takes_dtype(dtype):
        message = f"{given.what} is {dtype}, and labels are numbers"
        yield Diagnostic("E210", message, given.span, given.layer)
        return
    judged = trained.judged
    if judged is not None:
        reads = loss_facts(judged.loss).labels
        verdict = compare(reads, judged.tensor.shape.sizes, given.tensor.shape.sizes, judged.is_masked)
        if verdict in _WRONG or _misnamed(given.tensor.shape, target_of(judged).shape):
            yield _misshapen(given, judged, verdict, repair)
            return
        adjusted = _adjustment(given.tensor, target_of(judged), verdict)
        if adjusted:
            message = f"{given.what} is {given.tensor.shape} {dtype}: {adjusted}"
            yield Diagnostic("N710", message, given.span, given.layer)
    yield from hold_metrics(trained, given.tensor, f"those of {given.what}")


def hold_symbols(given: Given, judged: Judged, repair: Repair, apart: Apart) -> Iterator[Diagnostic]:
    """E209 for labels of symbolic sizes that are what the loss takes for some sizes only."""
    labels, wanted = given.tensor.shape, target_of(judged).shape
    if labels.rank != wanted.rank:
        return
    for size, made in zip(labels.sizes, wanted.sizes, strict=True):
        witness = None if isinstance(size, int) else apart(made, size)
        if witness is not None:
            yield _misshapen(given, judged, "refused", repair, witness)
            return


def _misnamed(labels: Shape, wanted: Shape) -> bool:
    """Whether given names say that the axes of labels are others than those wanted."""
    return labels.rank == wanted.rank and any(
        a.given and b.given and a is not b for a, b in zip(labels.axes, wanted.axes, strict=True)
    )


def takes_dtype(dtype: str) -> bool:
    """Whether Keras casts an array of this dtype to the numbers that it computes with."""
    return dtype == "bool" or is_float(dtype) or dtype in INTEGERS


def hold_metrics(trained: Trained, labels: Tensor, what: str) -> Iterator[Diagnostic]:
    """E400 for each metric that does not take the labels of its output."""
    output, sizes = trained.tensor.shape, labels.shape.sizes
    for metric, node in trained.metrics:
        measure = measure_of(metric, output.sizes, sizes)
        reads = metric_labels(metric, measure)
        if reads is None:
            continue
        is_bare = (reads.whole or reads.target == "classes") and not output.rank
        if compare(reads, output.sizes, sizes) not in _WRONG and not is_bare:
            continue
        name = metric.name if isinstance(metric, Object) else metric
        if is_bare:
            message = f"`{name}` reads the last axis as a whole, and output `{trained.name}` has no axis"
        else:
            wanted = _wanted(reads, output)
            message = (
                f"`{name}` takes labels {wanted} for output `{trained.name}` {output},"
                f" and {what} are {labels.shape}"
            )
        fixes = tuple(_other_measure(metric, measure, node, output, sizes))
        yield Diagnostic("E400", message, node.span, fixes=fixes)


def _wanted(reads: Labels, output: Shape) -> Shape:
    """The labels for an output, in their plainest form; those of a sequence are as long as they like."""
    return output.part(0, -1) if reads.target in ("classes", "ids") else output


def _other_measure(
    metric: "str | Object", measure: str, node: Node, output: Shape, sizes: Sizes
) -> Iterator[Fix]:
    """The same measure for one-hot labels, or for numbers of classes, where that takes these."""
    other = COUNTERPARTS.get(measure)
    if other is None or isinstance(metric, Object) or not is_written_out(node):
        return
    from specc.syntax.edits import replace

    word = other if metric == measure else snake_case(other)
    reads = metric_labels(other, other)
    if reads is not None and compare(reads, output.sizes, sizes) not in _WRONG:
        yield Fix(f"measure by `{word}`", "safe", (replace(node, word),))


def _adjustment(given: Tensor, wanted: Tensor, verdict: Verdict) -> str | None:
    """What Keras does to labels so that they fit, in words; None for nothing that matters."""
    done: list[str] = []
    if verdict == "adjusted":
        is_longer = given.shape.rank > wanted.shape.rank
        done.append(f"Keras {'drops its' if is_longer else 'adds a'} trailing axis of size 1")
    if is_float(given.dtype) != is_float(wanted.dtype):
        done.append(f"{'and casts' if done else 'Keras casts'} it to {wanted.dtype}")
    return " ".join(done) or None


def _misshapen(
    given: Given, judged: Judged, verdict: Verdict, repair: Repair, witness: str = ""
) -> Diagnostic:
    """E209: labels of another shape than the loss takes, for the sizes of symbols that `witness` says."""
    wanted = target_of(judged).shape
    takes = "a sequence of classes" if loss_facts(judged.loss).labels.target == "sequence" else str(wanted)
    message = (
        f"{given.what} is {given.tensor.shape}, and `{judged.name}` takes {takes} for output `{judged.output}`"
        f" {judged.tensor.shape}{witness}"
    )
    fixes = [*_other_loss(given.tensor, judged, verdict), *repair(judged.output, given.tensor.shape)]
    if given.shape is not None and is_written_out(given.shape):
        from specc.syntax.edits import replace

        fixes.append(Fix(f"make labels {wanted}", "unsafe", (replace(given.shape, str(wanted)),)))
    why = _WRONG.get(verdict, "the axes have other names: Keras would take one for the other")
    is_said = "\n" not in judged.node.span.text  # a `crf` has its loss without a word in the section
    notes = (Note(why), *((Note("the loss", judged.node.span),) if is_said else ()))
    return Diagnostic("E209", message, given.span, given.layer, notes, tuple(fixes))


def _other_loss(labels: Tensor, judged: Judged, verdict: Verdict) -> Iterator[Fix]:
    """The crossentropy for numbers of classes in place of that for one-hot labels, or the other way round."""
    facts = loss_facts(judged.loss)
    if (
        not (facts.categorical and facts.probabilities)
        or judged.loss == CRF
        or not is_written_out(judged.node)
    ):
        return
    from specc.syntax.edits import replace

    is_sparse = facts.labels.target == "classes"
    other = _ONE_HOT if is_sparse else _SPARSE
    reads = loss_facts(other).labels
    if compare(reads, judged.tensor.shape.sizes, labels.shape.sizes, judged.is_masked) in _WRONG:
        return
    logits = argument(judged.loss, "from_logits", False)
    name = "CategoricalCrossentropy" if is_sparse else "SparseCategoricalCrossentropy"
    text = f"{{{name}: {{from_logits: true}}}}" if logits else other
    is_sure = verdict == "refused" and (is_sparse or labels.dtype in INTEGERS)
    what = "one-hot labels" if is_sparse else "numbers of classes"
    yield Fix(f"take the loss for {what}", "safe" if is_sure else "unsafe", (replace(judged.node, text),))
