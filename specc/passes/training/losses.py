"""A loss against the output that it is for: what cannot train, what is seldom meant, and the labels."""

from collections.abc import Iterable
from typing import Any, NamedTuple, cast

from specc.diagnostics.model import Diagnostic, Edit, Fix, Note
from specc.ops.families import Object, argument
from specc.ops.losses import CRF, LOSSES, loss_facts
from specc.shapes.axis import NAMELESS
from specc.shapes.dim import unknown
from specc.shapes.shape import Shape, sizes_text
from specc.shapes.tensor import Tensor, is_float
from specc.syntax.tree import Mapping, Node, Scalar

_PROBABILITIES = ("sigmoid", "softmax", "hard_sigmoid", "sparsemax", "sparse_sigmoid")
_FALLS_SHORT = ("log_softmax", "log_sigmoid", "linear")

Measured = tuple[str | Object, Node]
"""A metric, and where it stands."""


class Judged(NamedTuple):
    """A loss at `node`, the output that it is for, and the last activation behind that, None if unknown.

    `tags`: how many are known to the `crf` that makes the output, where nothing stands behind it; `mended` is what
    could stand at `node` then. `is_masked`: the output has a mask. `metrics` are those of the output, with their
    places; `is_shared` says that some of them may be metrics of other outputs too.
    """

    loss: str | Object
    node: Node
    output: str
    tensor: Tensor
    activation: str | None
    tags: int | None = None
    mended: str = CRF
    is_masked: bool = False
    metrics: tuple[Measured, ...] = ()
    is_shared: bool = False

    @property
    def is_crf(self) -> bool:
        """Whether a `crf` makes the output."""
        return self.tags is not None

    @property
    def name(self) -> str:
        """The loss as a message has it."""
        return LOSSES.class_of(self.loss)


def target_of(judged: Judged) -> Tensor:
    """The labels that `fit` will want."""
    shape = judged.tensor.shape
    match loss_facts(judged.loss).labels.target:
        case "same":
            return Tensor(shape, "float32")
        case "classes" | "ids":
            is_lone = shape.rank > 1 and shape.sizes[-1] == 1  # Keras drops such an axis of the output itself
            return Tensor(shape if is_lone else shape.part(0, -1), "int32")
        case "sequence":
            return Tensor(Shape((unknown(),), (NAMELESS,)), "int32")
        case "tags":
            return Tensor(shape, "int32")


def judge(judged: Judged) -> Iterable[Diagnostic]:
    """What is wrong with a loss for its output; one mistake, one diagnostic."""
    if judged.is_crf != (judged.loss == CRF):
        return (_of_another_kind(judged),)
    refused = None if judged.is_crf else _refused(judged)
    if refused is not None:
        return (Diagnostic("E400", refused, judged.node.span),)
    doubtful = _doubtful(judged)
    return () if doubtful is None else (doubtful,)


def _of_another_kind(judged: Judged) -> Diagnostic:
    """E400 for a `crf` with another loss than its own, or that loss for what no `crf` makes."""
    if not judged.is_crf:
        message = (
            f"`{CRF}` is the loss of tags straight from a `crf`, and output `{judged.output}` is not that"
        )
        return Diagnostic("E400", message, judged.node.span)
    message = (
        f"`{judged.name}` cannot train output `{judged.output}`, which a `crf` makes: its loss is `{CRF}`"
    )
    fixes: tuple[Fix, ...] = ()
    if is_written_out(judged.node) and "\n" not in judged.node.span.text:
        from specc.syntax.edits import replace

        fixes = (Fix("train it by its log-likelihood", "safe", (replace(judged.node, judged.mended),)),)
    return Diagnostic("E400", message, judged.node.span, fixes=fixes)


def _refused(judged: Judged) -> str | None:
    facts, shape, name = loss_facts(judged.loss), judged.tensor.shape, judged.name
    output = f"`{judged.output}`"
    if not is_float(judged.tensor.dtype):
        return f"no gradient for `{name}` flows through output {output}, which is {judged.tensor.dtype}"
    if facts.rank is not None and shape.rank != facts.rank:
        axes = "one axis" if facts.rank == 1 else f"{facts.rank} axes"
        return f"`{name}` takes outputs with {axes} and is given {output} {sizes_text(shape)}"
    if (facts.labels.whole or facts.categorical) and not shape.rank:
        return f"`{name}` reads the last axis as a whole, and output {output} has no axis"
    for one in _axes(judged.loss):
        if not -shape.rank - 1 <= one <= shape.rank:
            return f"`{name}` is told axis {one}, which output {output} {sizes_text(shape)} does not have"
        if facts.labels.target == "classes" and one not in (-1, shape.rank):
            return f"`{name}` takes classes along the last axis only, and is told axis {one}"
    return None


def _axes(loss: str | Object) -> tuple[int, ...]:
    axis: Any = argument(loss, "axis", -1)
    if axis is None:
        return ()
    return cast(tuple[int, ...], axis) if isinstance(axis, tuple) else (axis,)


def _doubtful(judged: Judged) -> Diagnostic | None:
    facts, shape, name = loss_facts(judged.loss), judged.tensor.shape, judged.name
    activation, output = judged.activation, f"output `{judged.output}`"
    if facts.categorical and _axes(judged.loss) == (-1,) and shape.sizes[-1] == 1:
        if activation == "softmax":
            return None  # that softmax has its own warning
        message = f"`{name}` chooses between classes, and {output} has only one"
        return _warn(judged, message, *_instead(judged))
    if facts.labels.target == "sequence" and activation == "softmax":
        message = f"`{name}` takes the softmax of what it is given, and {output} is a softmax already"
        return _warn(judged, message, Fix("let the output be linear", "display"))
    if not facts.probabilities or activation is None:
        return None
    if argument(judged.loss, "from_logits", False):
        if activation in _PROBABILITIES:
            message = (
                f"`{name}` is told that {output} has logits, and its {activation} has made probabilities"
            )
            return _warn(judged, message, *_from_logits(judged, "false"))
        return None
    if facts.categorical and activation == "sigmoid":
        message = f"`{name}` expects probabilities that sum to 1, and {output} has a sigmoid for each class"
        return _warn(judged, message, *_instead(judged))
    last = "softmax" if facts.categorical or facts.labels.whole else "sigmoid"
    advice = Fix(f"let a {last} make the output", "display")
    if activation in _FALLS_SHORT:
        message = f"`{name}` expects probabilities, and {output} has logits: its activation is {activation}"
        fixes = _from_logits(judged, "true") if activation == "linear" else ()
        return _warn(judged, message, *fixes, advice)
    if activation not in _PROBABILITIES:
        message = f"`{name}` expects probabilities, and the {activation} of {output} makes none"
        return _warn(judged, message, advice)
    return None


def _warn(judged: Judged, message: str, *fixes: Fix) -> Diagnostic:
    notes = (Note(f"output `{judged.output}` is {judged.tensor.shape}"),)
    return Diagnostic("W603", message, judged.node.span, notes=notes, fixes=fixes)


def is_written_out(node: Node) -> bool:
    """Whether a node says what it means, and no parameter has a part in it."""
    return "$" not in node.span.text


def _instead(judged: Judged) -> Iterable[Fix]:
    """Losses that judge each element by itself, where the labels may stay as they are."""
    if loss_facts(judged.loss).labels.target == "classes" or not is_written_out(judged.node):
        return
    from specc.syntax.edits import replace

    if judged.activation == "linear":
        edit = replace(judged.node, "mean_squared_error")
        yield Fix("predict a number", "unsafe", (edit,))
        edit = replace(judged.node, "{BinaryCrossentropy: {from_logits: true}}")
    else:
        edit = replace(judged.node, "binary_crossentropy")
    yield Fix("judge each element by itself", "unsafe", (edit,))


def _from_logits(judged: Judged, value: str) -> Iterable[Fix]:
    """Tell the loss whether it is given logits, where it takes that."""
    if not is_written_out(judged.node) or "from_logits" not in LOSSES.classes[judged.name]:
        return
    edit = setting(judged.node, judged.name, "from_logits", value)
    if edit is None:
        return
    if value == "false":
        yield Fix("tell the loss that these are probabilities", "unsafe", (edit,))
        return
    from specc.passes.training.logits import telling

    told = telling(judged)
    what = "the loss and the metrics" if told else "the loss"
    yield Fix(f"tell {what} that these are logits", "unsafe", (edit, *told))


def setting(node: Node, name: str, argument: str, value: str) -> Edit | None:
    """Gives the object of class `name` that is written out at `node` another argument."""
    from specc.syntax.edits import add_key, replace

    if isinstance(node, Scalar):
        return replace(node, f"{{{name}: {{{argument}: {value}}}}}")
    inside = node.entries[0][1] if isinstance(node, Mapping) else None
    return add_key(inside, argument, value) if isinstance(inside, Mapping) else None
