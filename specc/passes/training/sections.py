"""Reads sections of a spec that are about training: objects of Keras's families, plain values, parts by output."""

from collections.abc import Callable, Iterable
from collections.abc import Mapping as MappingOf
from typing import Any

from specc.diagnostics.model import Diagnostic, Fix, has_errors
from specc.ops.families import Family, Object
from specc.ops.optimizers import OPTIMIZERS
from specc.ops.wants import Fault, Want
from specc.passes.resolution.instances import corrected_word, inner_node
from specc.passes.resolution.values import Failed
from specc.shapes.tensor import Tensor
from specc.suggest import did_you_mean, nearest
from specc.syntax.tree import Mapping, Node, Scalar, Sequence

Evaluate = Callable[[Node], Any]
"""The plain value of a node; raises `Failed`, with a diagnostic recorded, where it cannot be worked out."""


class SectionReader:
    """Reads nodes, and records what is wrong in `found`; `failed` says whether anything was.

    `outputs` are the types of the outputs by name, None where an error stands in the way; where they are not complete,
    other names may be those of outputs that are missing.
    """

    def __init__(
        self, evaluate: Evaluate, outputs: MappingOf[str, Tensor | None], is_complete: bool = True
    ) -> None:
        self.evaluate = evaluate
        self.outputs = outputs
        self.is_complete = is_complete
        self.found: list[Diagnostic] = []
        self.failed = False

    def say(self, diagnostics: Iterable[Diagnostic]) -> bool:
        """Record diagnostics; whether none of them is an error."""
        said = list(diagnostics)
        self.found += said
        is_right = not has_errors(said)
        self.failed |= not is_right
        return is_right

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

    def by_position(self, node: Sequence, key: str) -> None:
        """Record that a list, as Keras has it with one entry for each output, is a mapping by output here."""
        fixes: tuple[Fix, ...] = ()
        text = node.span.text
        if len(node.items) == len(self.outputs) and self.is_complete and "$" not in text and "\n" not in text:
            from specc.syntax.edits import replace

            parts = zip(self.outputs, node.items, strict=True)
            mapping = ", ".join(f"{name}: {item.span.text}" for name, item in parts)
            fixes = (Fix("name the outputs", "safe", (replace(node, f"{{{mapping}}}"),)),)
        self.error("E107", f"`{key}` is one for all outputs, or a mapping of outputs to theirs", node, *fixes)

    def by_output(
        self, node: Node | None, family: Family, key: str
    ) -> dict[str, tuple["str | Object", Node]]:
        """The object for each output: one for all, or a mapping by output."""
        if node is None:
            return {}
        if isinstance(node, Sequence):
            self.by_position(node, key)
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
