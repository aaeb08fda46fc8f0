"""The `compile` section: optimizer, losses and metrics by Keras's names, held against the outputs."""

from collections.abc import Callable, Container, Iterable
from collections.abc import Mapping as MappingOf
from typing import Any, NamedTuple, cast

from specc.diagnostics.model import Diagnostic, Fix
from specc.ops.families import Family, Object, to_keras_config
from specc.ops.losses import CRF, LOSSES
from specc.ops.metrics import FLAT_METRICS, METRICS, TAG_METRICS
from specc.ops.optimizers import OPTIMIZERS
from specc.ops.wants import COUNT, FLAG, NUMBER, Fault, Want, either, one_of
from specc.passes.instances import corrected_word, inner_node
from specc.passes.losses import Judged, judge, target_of
from specc.passes.values import Failed
from specc.shapes.shape import sizes_text
from specc.shapes.tensor import Tensor
from specc.suggest import did_you_mean, nearest
from specc.syntax.tree import Mapping, Node, Scalar, Sequence

OPTIONS: MappingOf[str, Want] = {
    "run_eagerly": FLAG,
    "steps_per_execution": COUNT,
    "jit_compile": either(FLAG, one_of("auto")),
    "auto_scale_loss": FLAG,
}
"""The arguments of Keras's `compile` that are plain values."""

KEYS = ("optimizer", "loss", "loss_weights", "metrics", "weighted_metrics", *OPTIONS)

Evaluate = Callable[[Node], Any]
"""The plain value of a node; raises `Failed`, with a diagnostic recorded, where it cannot be worked out."""


class Compile(NamedTuple):
    """What a model is compiled with, in the forms that the `get` functions of Keras take.

    Losses, their weights and metrics are by output; `options` are the other arguments of Keras's `compile`,
    and `targets` the labels that `fit` will want for each output with a loss.
    """

    optimizer: Any
    loss: MappingOf[str, Any]
    loss_weights: MappingOf[str, float]
    metrics: MappingOf[str, list[Any]]
    weighted_metrics: MappingOf[str, list[Any]]
    options: MappingOf[str, Any]
    targets: MappingOf[str, Tensor]


def check_compile(
    section: Node,
    evaluate: Evaluate,
    outputs: MappingOf[str, Tensor | None],
    activation_of: Callable[[str], str | None],
    is_complete: bool = True,
    crfs: Container[str] = (),
) -> tuple[Compile | None, list[Diagnostic]]:
    """The section as Keras takes it, None where something in it is wrong, and what there is to say about it.

    `outputs` are the types of the outputs by name, None where an error stands in the way, `activation_of` the last
    activation behind each ("softmax", "linear", …), None where it is not known. Where `outputs` is not complete,
    other names may be those of outputs that are missing. `crfs`: the outputs just as a `crf` makes them.
    """
    checker = _Checker(evaluate, outputs, is_complete, crfs)
    made = checker.section(section, activation_of)
    return made, checker.found


class _Checker:
    def __init__(
        self,
        evaluate: Evaluate,
        outputs: MappingOf[str, Tensor | None],
        is_complete: bool,
        crfs: Container[str],
    ) -> None:
        self.evaluate = evaluate
        self.outputs = outputs
        self.is_complete = is_complete
        self.crfs = crfs
        self.found: list[Diagnostic] = []
        self.failed = False

    def section(self, node: Node, activation_of: Callable[[str], str | None]) -> Compile | None:
        if not isinstance(node, Mapping):
            self.error("E102", f"`compile` is a mapping, not {node.kind}", node)
            return None
        parts: dict[str, Node] = {}
        for key, value in node.entries:
            if key.value in KEYS:
                parts[str(key.value)] = value
            else:
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
        targets: dict[str, Tensor] = {}
        for name, (loss, at) in losses.items():
            made = self.outputs.get(name)
            if made is None:
                continue
            is_crf = name in self.crfs
            judged = Judged(loss, at, name, made, activation_of(name), is_crf, self.mended(at, losses))
            said = list(judge(judged))
            self.found += said
            if any(d.is_error for d in said):
                self.failed = True
            else:
                targets[name] = target_of(judged)
        if self.failed:
            return None
        return Compile(
            to_keras_config(optimizer),
            {name: to_keras_config(loss) for name, (loss, _) in losses.items()},
            weights,
            metrics,
            weighted,
            options,
            targets,
        )

    def mended(self, node: Node, losses: MappingOf[str, tuple[Any, Node]]) -> str:
        """What stands at `node`, the loss of one output or of several, with the loss that each `crf` has."""
        names = [name for name, (_, at) in losses.items() if at is node]
        if len(names) < 2:
            return CRF
        parts = (f"{name}: {CRF if name in self.crfs else node.span.text}" for name in names)
        return f"{{{', '.join(parts)}}}"

    def error(self, code: str, message: str, node: Node, *fixes: Fix) -> None:
        self.failed = True
        self.found.append(Diagnostic(code, message, node.span, fixes=fixes))

    def unknown(self, code: str, message: str, word: Node, known: tuple[str, ...]) -> None:
        """Record that a word is not known, with the nearest that is."""
        close = nearest(str(word.value), known) if isinstance(word, Scalar) else None
        self.error(code, message + did_you_mean(close), word, *corrected_word(word, close))

    def value(self, node: Node) -> tuple[Any, bool]:
        """The plain value of a node, and whether it could be worked out."""
        try:
            return self.evaluate(node), True
        except Failed:
            self.failed = True
            return None, False

    def plain(self, name: str, want: Want, node: Node) -> Any:
        """The value of an argument; None, recorded, where it is not what the argument takes."""
        value, known = self.value(node)
        if not known:
            return None
        try:
            return want.accept(value)
        except ValueError as error:
            self.error("E107", f"`{name}` {error}", node)
            return None

    def object(self, family: Family, node: Node) -> "str | Object | None":
        """The object of a family that stands at `node`; None where it is none (recorded) or null."""
        value, known = self.value(node)
        if not known or (value is None and family is not OPTIMIZERS):
            return None
        return self.read(family, node, value)

    def read(self, family: Family, node: Node, value: Any) -> "str | Object | None":
        try:
            return family.read(value)
        except Fault as fault:
            at = inner_node(node, fault.where, fault.is_key)
            code = "E401" if fault.unknown else "E106" if fault.missing else "E107"
            self.error(code, str(fault), at, *corrected_word(at, fault.suggestion))
            return None

    def by_output(
        self, node: Node | None, family: Family, key: str
    ) -> dict[str, tuple["str | Object", Node]]:
        """The object for each output: one for all, or a mapping by output."""
        if node is None:
            return {}
        parts = self.split(node, family, key)
        if parts is None:
            made = self.object(family, node)
            return {} if made is None else dict.fromkeys(self.outputs, (made, node))
        found: dict[str, tuple[str | Object, Node]] = {}
        for name, value in parts:
            made = self.object(family, value)
            if made is not None:
                found[name] = (made, value)
        return found

    def split(self, node: Node, family: Family | None, key: str) -> list[tuple[str, Node]] | None:
        """The parts of a mapping by output, unknown outputs recorded; None where it is one value for all.

        Such a value is an object of `family`, if that is given.
        """
        if not isinstance(node, Mapping):
            return None
        keys = [str(self.value(name)[0]) for name, _ in node.entries]
        is_one = len(keys) == 1 and keys[0] not in self.outputs
        if family is not None and is_one and self._is_object(keys[0], node, family):
            return None
        for word, (name, _) in zip(keys, node.entries, strict=True):
            if word not in self.outputs and self.is_complete:
                shown = ", ".join(f"`{output}`" for output in self.outputs)
                self.unknown(
                    "E402", f"there is no output `{word}` for `{key}` (but {shown})", name, (*self.outputs,)
                )
        known = self.outputs if self.is_complete else keys
        return [(word, v) for word, (_, v) in zip(keys, node.entries, strict=True) if word in known]

    def _is_object(self, word: str, node: Mapping, family: Family) -> bool:
        """Whether the only key of a mapping is meant as the name of an object, and not of an output."""
        if word in family.spelled or word in family.bare or word in family.refused:
            return True
        if nearest(word, self.outputs):
            return False
        value = node.entries[0][1]
        inner = value.value if isinstance(value, Scalar) else None
        if isinstance(value, Mapping) and len(value.entries) == 1:
            inner = value.entries[0][0].value
        return not isinstance(value, Sequence) and inner not in family.spelled and inner not in family.bare

    def metrics(self, node: Node | None) -> dict[str, list[Any]]:
        """The metrics of each output, as Keras takes them."""
        if node is None:
            return {}
        parts = self.split(node, METRICS, "metrics")
        if parts is None:
            parts = [(name, node) for name in self.outputs]
        found: dict[str, list[Any]] = {}
        read: dict[Node, list[tuple[str | Object, Node]]] = {}
        for name, value in parts:
            if value not in read:
                read[value] = list(self.listed(value))
            for metric, at in read[value]:
                self.flat(metric, at, name)
                if name in self.crfs:
                    metric = self.of_tags(metric, at, name)
                found.setdefault(name, []).append(to_keras_config(metric))
        return found

    def listed(self, node: Node) -> "Iterable[tuple[str | Object, Node]]":
        """The metrics of a list, or the only one, each with its place."""
        if isinstance(node, Sequence):
            for item in node.items:
                yield from self.listed(item)
            return
        value, _ = self.value(node)
        for one in cast(list[Any], value) if isinstance(value, list) else [] if value is None else [value]:
            made = self.read(METRICS, node, one)
            if made is not None:
                yield made, node

    def flat(self, metric: "str | Object", node: Node, output: str) -> None:
        """Record a metric that takes outputs with one axis only, for another."""
        made = self.outputs.get(output)
        if made is not None and METRICS.class_of(metric) in FLAT_METRICS and made.shape.rank != 1:
            name = METRICS.class_of(metric)
            message = f"`{name}` takes outputs with one axis and is given `{output}` {sizes_text(made.shape)}"
            self.error("E400", message, node)

    def of_tags(self, metric: "str | Object", node: Node, output: str) -> "str | Object":
        """A metric that compares the numbers of tags, others recorded.

        What `accuracy` means, Keras guesses from shapes, and would take tags for the scores of classes.
        """
        name = METRICS.class_of(metric)
        if name not in TAG_METRICS:
            message = (
                f"`{name}` does not measure tags, as output `{output}` has: `accuracy` counts the right ones"
            )
            self.error("E400", message, node)
        return METRICS.read({name: {"name": metric}}) if metric in ("accuracy", "acc") else metric

    def loss_weights(self, node: Node | None) -> dict[str, float]:
        if node is None or (isinstance(node, Scalar) and node.value is None):
            return {}
        if isinstance(node, Mapping):
            parts = self.split(node, None, "loss_weights") or []
        else:
            parts = [(name, node) for name in self.outputs]
            if len(parts) > 1:
                self.error("E107", "`loss_weights` is a mapping of outputs to numbers", node)
                return {}
        return {name: self.plain("loss_weights", NUMBER, value) for name, value in parts}
