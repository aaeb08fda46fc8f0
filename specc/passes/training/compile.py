"""The `compile` section: optimizer, losses and metrics by Keras's names, held against the outputs."""

from collections.abc import Callable, Iterable
from collections.abc import Mapping as MappingOf
from types import MappingProxyType
from typing import Any, NamedTuple, cast

from specc.diagnostics.model import Diagnostic
from specc.ops.families import Object, argument, to_keras_config
from specc.ops.losses import CRF, LOSSES
from specc.ops.metrics import FLAT_METRICS, METRICS, TAG_METRICS
from specc.ops.optimizers import OPTIMIZERS
from specc.ops.wants import COUNT, FLAG, NUMBER, Want, either, one_of
from specc.passes.training.labels import Hold, Trained, hold_derived
from specc.passes.training.losses import Judged, Measured, judge
from specc.passes.training.sections import Evaluate, SectionReader
from specc.shapes.shape import sizes_text
from specc.shapes.tensor import Tensor
from specc.syntax.document import is_note
from specc.syntax.tree import Mapping, Node, Scalar, Sequence

OPTIONS: MappingOf[str, Want] = {
    "run_eagerly": FLAG,
    "steps_per_execution": COUNT,
    "jit_compile": either(FLAG, one_of("auto")),
    "auto_scale_loss": FLAG,
}
"""The arguments of Keras's `compile` that are plain values."""

KEYS = ("optimizer", "loss", "loss_weights", "metrics", "weighted_metrics", *OPTIONS)


class Compile(NamedTuple):
    """What a model is compiled with, in the forms that the `get` functions of Keras take.

    Losses, their weights and metrics are by output; `options` are the other arguments of Keras's `compile`.
    """

    optimizer: Any
    loss: MappingOf[str, Any]
    loss_weights: MappingOf[str, float]
    metrics: MappingOf[str, list[Any]]
    weighted_metrics: MappingOf[str, list[Any]]
    options: MappingOf[str, Any]


def check_compile(
    section: Node,
    evaluate: Evaluate,
    outputs: MappingOf[str, Tensor | None],
    activation_of: Callable[[str], str | None],
    is_complete: bool = True,
    crfs: MappingOf[str, int] = MappingProxyType({}),
    hold: Hold = hold_derived,
) -> tuple[Compile | None, list[Diagnostic]]:
    """The section as Keras takes it, None where something in it is wrong, and what there is to say about it.

    `outputs` are the types of the outputs by name, None where an error stands in the way, `activation_of` the last
    activation behind each ("softmax", "linear", …), None where it is not known. Where `outputs` is not complete,
    other names may be those of outputs that are missing. `crfs`: the outputs just as a `crf` makes them, and its tags.
    `hold` says what is wrong with the labels of an output whose loss is right.
    """
    checker = _Checker(evaluate, outputs, is_complete, crfs, hold)
    made = checker.section(section, activation_of)
    return made, checker.found


class _Checker(SectionReader):
    def __init__(
        self,
        evaluate: Evaluate,
        outputs: MappingOf[str, Tensor | None],
        is_complete: bool,
        crfs: MappingOf[str, int],
        hold: Hold,
    ) -> None:
        super().__init__(evaluate, outputs, is_complete)
        self.crfs = crfs
        self.hold = hold

    def section(self, node: Node, activation_of: Callable[[str], str | None]) -> Compile | None:
        if not isinstance(node, Mapping):
            self.error("E102", f"`compile` is a mapping, not {node.kind}", node)
            return None
        parts: dict[str, Node] = {}
        for key, value in node.entries:
            if key.value in KEYS:
                parts[str(key.value)] = value
            elif not is_note(key.value):
                self.unknown("E103", f"`compile` has no key `{key.value}`", key, KEYS)
        optimizer: Any = "rmsprop"
        if "optimizer" in parts:
            optimizer = self.object(OPTIMIZERS, parts["optimizer"])
        losses = self.by_output(parts.get("loss"), LOSSES, "loss")
        losses |= {name: (CRF, node) for name in self.outputs if name in self.crfs and name not in losses}
        metrics = self.metrics(parts.get("metrics"))
        weighted = self.metrics(parts.get("weighted_metrics"))
        weights = self.loss_weights(parts.get("loss_weights"))
        options = {
            name: self.plain(name, want, parts[name]) for name, want in OPTIONS.items() if name in parts
        }
        if options.get("run_eagerly") and options.get("jit_compile") is True:
            self.error("E107", "`jit_compile` does not go with `run_eagerly`", parts["jit_compile"])
        is_shared = len(self.outputs) > 1 and not all(
            isinstance(parts.get(key), Mapping | None) for key in ("metrics", "weighted_metrics")
        )
        for name, made in self.outputs.items():
            if made is None:
                continue
            judged = None
            measured = (*metrics.get(name, ()), *weighted.get(name, ()))
            if name in losses:
                loss, at = losses[name]
                judged = Judged(
                    loss,
                    at,
                    name,
                    made,
                    activation_of(name),
                    self.crfs.get(name),
                    self.mended(at, losses),
                    made.mask is not None,
                    measured,
                    is_shared,
                )
                if not self.say(judge(judged)):
                    continue
                if measured and argument(loss, "from_logits"):
                    from specc.passes.training.logits import doubt_metrics

                    self.say(doubt_metrics(judged))
            self.say(self.hold(Trained(name, made, judged, measured, (*weighted.get(name, ()),))))
        if self.failed:
            return None
        return Compile(
            to_keras_config(optimizer),
            {name: to_keras_config(loss) for name, (loss, _) in losses.items()},
            weights,
            {name: [to_keras_config(metric) for metric, _ in several] for name, several in metrics.items()},
            {name: [to_keras_config(metric) for metric, _ in several] for name, several in weighted.items()},
            options,
        )

    def mended(self, node: Node, losses: MappingOf[str, tuple[Any, Node]]) -> str:
        """What stands at `node`, the loss of one output or of several, with the loss that each `crf` has."""
        names = [name for name, (_, at) in losses.items() if at is node]
        if len(names) < 2:
            return CRF
        parts = (f"{name}: {CRF if name in self.crfs else node.span.text}" for name in names)
        return f"{{{', '.join(parts)}}}"

    def metrics(self, node: Node | None) -> dict[str, list[Measured]]:
        """The metrics of each output, with their places."""
        if node is None:
            return {}
        if isinstance(node, Sequence) and any(isinstance(item, Sequence) for item in node.items):
            self.by_position(node, "metrics")
            return {}
        parts = self.split(node, METRICS, "metrics")
        if parts is None:
            parts = [(name, node) for name in self.outputs]
        found: dict[str, list[Measured]] = {}
        read: dict[Node, list[Measured]] = {}
        for name, value in parts:
            if value not in read:
                read[value] = list(self.listed(value))
            for metric, at in read[value]:
                of_output = self.of_tags(metric, at, name) if name in self.crfs else metric
                if of_output is not None and self.takes_axes(metric, at, name):
                    found.setdefault(name, []).append((of_output, at))
        return found

    def listed(self, node: Node) -> Iterable[Measured]:
        """The metrics of a list, or the only one, each with its place."""
        if isinstance(node, Sequence):
            for item in node.items:
                if isinstance(item, Sequence):
                    self.error("E107", "the metrics of an output are one list, with no list in it", item)
                else:
                    yield from self.listed(item)
            return
        value, _ = self.value(node)
        for one in cast(list[Any], value) if isinstance(value, list) else [] if value is None else [value]:
            made = self.read(METRICS, node, one)
            if made is not None:
                yield made, node

    def takes_axes(self, metric: "str | Object", node: Node, output: str) -> bool:
        """Whether a metric takes outputs with so many axes; if not, it is recorded."""
        made = self.outputs.get(output)
        if made is not None and METRICS.class_of(metric) in FLAT_METRICS and made.shape.rank != 1:
            name = METRICS.class_of(metric)
            message = f"`{name}` takes outputs with one axis and is given `{output}` {sizes_text(made.shape)}"
            self.error("E400", message, node)
            return False
        return True

    def of_tags(self, metric: "str | Object", node: Node, output: str) -> "str | Object | None":
        """A metric that compares the numbers of tags; None, recorded, for another.

        What `accuracy` means, Keras guesses from shapes, and would take tags for the scores of classes.
        """
        name = METRICS.class_of(metric)
        if name not in TAG_METRICS:
            message = (
                f"`{name}` does not measure tags, as output `{output}` has: `accuracy` counts the right ones"
            )
            self.error("E400", message, node)
            return None
        return METRICS.read({name: {"name": metric}}) if metric in ("accuracy", "acc") else metric

    def loss_weights(self, node: Node | None) -> dict[str, float]:
        if node is None or (isinstance(node, Scalar) and node.value is None):
            return {}
        if isinstance(node, Mapping):
            parts = self.split(node, None, "loss_weights") or []
        elif isinstance(node, Sequence):
            self.by_position(node, "loss_weights")
            return {}
        else:
            parts = [(name, node) for name in self.outputs]
            if len(parts) > 1:
                self.error("E107", "`loss_weights` is a mapping of outputs to numbers", node)
                return {}
        return {name: self.plain("loss_weights", NUMBER, value) for name, value in parts}
