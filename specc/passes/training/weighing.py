"""Weights of samples and of classes, as `fit` takes them, against the losses that are made of a sample."""

from collections.abc import Iterable, Iterator
from itertools import islice
from math import isfinite
from typing import Any, cast

from specc.diagnostics.model import Diagnostic, Edit, Fix, Note
from specc.ir.graph import Target
from specc.ops.families import Object, argument
from specc.ops.labels import Sizes, losses_of, weights_fit
from specc.ops.losses import loss_facts
from specc.ops.metrics import measure_of, weights_wanted
from specc.passes.resolution.values import Findings
from specc.passes.training.labels import Given, Trained, takes_dtype
from specc.passes.training.losses import Judged, is_written_out
from specc.shapes.shape import Shape, nameless
from specc.source import Span
from specc.syntax import tree
from specc.syntax.document import is_note
from specc.syntax.tree import Node, Scalar

KEY = "class_weight"

_SHOWN = 3
"""How many classes a message lists."""


def read_class_weight(node: Node, value: Any, found: Findings) -> dict[int, float] | None:
    """The weight of each class, `value` being what stands at `node`; None, recorded, where it is not that."""
    if not isinstance(node, tree.Mapping):
        example = "`{0: 1.0, 1: 5.0}`"
        found.error(
            "E102", f"`{KEY}` is a mapping of classes to weights, as {example}, not {node.kind}", node
        )
        return None
    is_right = True
    read: dict[int, float] = {}
    entries = [(key, at) for key, at in node.entries if not is_note(key.value)]
    given = [item for item in cast("dict[Any, Any]", value).items() if not is_note(item[0])]
    are_text = node.span.source.path.endswith(".json")  # where keys are nothing else
    for (key, at), (number, weight) in zip(entries, given, strict=False):
        if are_text and isinstance(number, str) and number.removeprefix("-").isdecimal():
            number = int(number)
        if isinstance(number, bool) or not isinstance(number, int):
            found.append(_no_class(key, number))
            is_right = False
        elif isinstance(weight, bool) or not isinstance(weight, int | float):
            found.error("E107", f"the weight of class {number} is a number, not {at.kind}", at)
            is_right = False
        else:
            read[number] = weight
            if not isfinite(weight) or weight < 0:
                why = "trains away from it" if weight < 0 else "makes a loss that is no number"
                message = f"class {number} has the weight {weight:g}: Keras takes that, and {why}"
                found.append(Diagnostic("W610", message, at.span))
    return read if is_right else None


def _no_class(key: Scalar, number: Any) -> Diagnostic:
    """E107 for what is no number of a class."""
    why = ": Keras would find no weight for it" if isinstance(number, str) else ""
    message = f"a class is an integer, not {key.kind}{why}"
    fixes: tuple[Fix, ...] = ()
    if isinstance(number, str) and number.isdecimal() and is_written_out(key):
        from specc.syntax.edits import replace

        fixes = (Fix("write the number", "safe", (replace(key, str(int(number))),)),)
    return Diagnostic("E107", message, key.span, fixes=fixes)


def hold_sample_weights(given: Given, judged: Judged, labels: Sizes | None = None) -> Iterator[Diagnostic]:
    """What is wrong with weights of samples for a loss; `labels` are the sizes of its labels, where they are known."""
    if not takes_dtype(given.tensor.dtype):
        message = f"{given.what} is {given.tensor.dtype}, and weights are numbers"
        yield Diagnostic("E210", message, given.span, given.layer)
        return
    losses = _losses(judged, labels)
    if losses is None:
        yield _unweighable(judged, given.what, given.span, given.layer)
    elif not weights_fit(losses, given.tensor.shape.sizes):
        message = (
            f"{given.what} is {given.tensor.shape} for a sample, of which `{judged.name}` makes"
            f" {f'losses {nameless(losses)}' if losses else 'one loss'} for output `{judged.output}`"
        )
        ones = nameless((1,) * len(losses))
        wanted = f"are {ones} or {nameless(losses)}" if losses else "are []: one number"
        notes = (Note(f"weights of a sample {wanted}"),)
        fixes: tuple[Fix, ...] = ()
        if given.shape is not None and is_written_out(given.shape):
            from specc.syntax.edits import replace

            text = str(_weights(judged, losses))
            fixes = (Fix(f"make weights {text}", "unsafe", (replace(given.shape, text),)),)
        yield Diagnostic("E209", message, given.span, given.layer, notes, fixes)


def hold_weighted(one: Trained, labels: Sizes | None, weights: Sizes, what: str) -> Iterator[Diagnostic]:
    """E400 for each metric that does not take weights of a sample, of these sizes, that its loss takes."""
    output = one.tensor.shape
    for metric, node in one.weighted:
        measure = measure_of(metric, output.sizes, output.sizes if labels is None else labels)
        wanted = weights_wanted(metric, measure, output.sizes, weights)
        if wanted is None:
            continue
        name = metric.name if isinstance(metric, Object) else metric
        message = (
            f"`{name}` takes weights {nameless(wanted)} of a sample for output `{one.name}` {output},"
            f" and {what} is {nameless(weights)}"
        )
        yield Diagnostic("E400", message, node.span)


def hold_class_weights(target: Target, judged: Judged, outputs: int) -> Iterator[Diagnostic]:
    """What is wrong with the weights of classes of labels that fit; the model has so many `outputs`."""
    node = target.node.get(KEY) if isinstance(target.node, tree.Mapping) else None
    assert node is not None
    labels, losses = target.tensor.shape, _losses(judged, target.tensor.shape.sizes)
    is_sequence = loss_facts(judged.loss).labels.target in ("sequence", "tags") and labels.sizes != (1,)
    fixes = () if losses is None else _as_sample_weight(target, _weights(judged, losses))
    if outputs > 1:
        message = f"`{KEY}` is for a model with one output, and this one has {outputs}"
        why = f"Keras: `{KEY}` is only supported for Models with a single output."
    elif losses and labels.rank > 1 and not is_sequence and weights_fit(losses, labels.sizes[:-1]):
        message = (
            f"`{KEY}` weighs the classes of steps where `fit` is given a `tf.data.Dataset`: Keras refuses arrays of"
            f" labels {labels}"
        )
        yield Diagnostic("W610", message, node.span, fixes=fixes)
        yield from _hold_classes(target, node, judged)
        return
    elif labels.rank > 1 or is_sequence or (losses is not None and not weights_fit(losses, ())):
        message = (
            f"`{KEY}` gives a sample the weight of its class, and a sample of target `{target.name}` {labels}"
            " has several"
        )
        silent = "Keras takes the place of the largest label for the class of the sample, without a word"
        why = silent if is_sequence and labels.rank == 1 else "Keras refuses these on the first batch"
    elif losses is None:
        yield _unweighable(judged, f"`{KEY}`", node.span)
        return
    else:
        yield from _hold_classes(target, node, judged)
        return
    yield Diagnostic("E209", message, node.span, notes=(Note(why),), fixes=fixes)


def _hold_classes(target: Target, node: Node, judged: Judged) -> Iterator[Diagnostic]:
    """E209 for classes that labels do not have, N710 for those without a weight, W610 for rows of several classes."""
    labels, weights = target.tensor.shape, target.class_weight or {}
    classes = classes_of(judged, labels)
    if classes is not None:
        strange = [number for number in weights if number not in classes]
        missing = classes.stop - classes.start - (len(weights) - len(strange))
        if strange:
            keys = {str(key.value): key for key, _ in node.entries} if isinstance(node, tree.Mapping) else {}
            message = (
                f"{_listed(strange, len(strange))} has a weight, and the classes of output `{judged.output}`"
                f" are {classes.start} to {classes.stop - 1}"
            )
            yield Diagnostic("E209", message, keys.get(str(strange[0]), node).span)
        elif missing and classes.start == 0:
            left_out = (number for number in classes if number not in weights)
            message = f"`{KEY}` leaves out {_listed(left_out, missing)}: Keras takes a weight of 1"
            yield Diagnostic("N710", message, node.span)
    if _is_row(labels) and not chooses_one(judged):
        message = (
            f"`{judged.name}` judges each number of a row by itself, and `{KEY}` gives the whole row the weight of"
            " its first largest"
        )
        yield Diagnostic("W610", message, node.span)


def chooses_one(judged: Judged) -> bool:
    """Whether a row of labels is of one class."""
    return loss_facts(judged.loss).labels.values in ("distribution", "binary")


def classes_of(judged: Judged, labels: Shape) -> range | None:
    """The classes that `labels` may have, as Keras reads them for weights; None where that is not known."""
    last = labels.sizes[-1] if _is_row(labels) else None
    match loss_facts(judged.loss).labels.values:
        case _ if last is not None:
            return range(last) if isinstance(last, int) else None
        case "classes":
            size = judged.tensor.shape.sizes[-1]
            return range(size) if isinstance(size, int) else None
        case "fractions" | "distribution" | "binary":
            return range(2)
        case "signs":
            return range(-1, 2)
        case _:
            return None


def _is_row(labels: Shape) -> bool:
    """Whether Keras takes the place of the largest number for the class, and not the number itself."""
    return labels.rank > 0 and labels.sizes[-1] != 1


def _listed(classes: Iterable[int], count: int) -> str:
    """The first of `count` classes, in words."""
    shown = [str(number) for number in islice(classes, _SHOWN)]
    if count > _SHOWN:
        return f"classes {', '.join(shown)} and {count - _SHOWN:,} more"
    return f"class {shown[0]}" if count == 1 else f"classes {', '.join(shown[:-1])} and {shown[-1]}"


def _losses(judged: Judged, labels: Sizes | None) -> Sizes | None:
    """The sizes of the losses of a sample; None where all samples make one together."""
    facts, sizes = loss_facts(judged.loss), judged.tensor.shape.sizes
    axis: Any = argument(judged.loss, "axis", -1)
    if facts.pools or not isinstance(axis, int):
        return None
    return losses_of(
        facts.labels, sizes, sizes if labels is None else labels, axis if axis < 0 else axis - len(sizes) - 1
    )


def _weights(judged: Judged, losses: Sizes) -> Shape:
    """One weight for each loss, with the names of the axes where they are those of the output."""
    before = judged.tensor.shape.part(0, len(losses))
    return before if before.sizes == losses else nameless(losses)


def _unweighable(judged: Judged, what: str, span: Span | None, layer: str | None = None) -> Diagnostic:
    message = f"`{judged.name}` makes one loss of all samples together, and {what} cannot weigh them"
    notes = (Note("Keras multiplies the loss by the mean of the weights, without a word"),)
    return Diagnostic("E209", message, span, layer, notes)


def _as_sample_weight(target: Target, shape: Shape) -> tuple[Fix, ...]:
    """Let `fit` be given a weight for each loss instead."""
    entries = target.node.entries if isinstance(target.node, tree.Mapping) else []
    key, node = next((key, node) for key, node in entries if key.value == KEY)
    span = Span(key.span.source, key.span.start, node.span.end)
    if not is_written_out(node) or "\n" in span.text:
        return ()
    title = "weigh each label by itself" if shape.rank else "weigh each sample by itself"
    return (Fix(title, "unsafe", (Edit(span, f"sample_weight: {shape}"),)),)
