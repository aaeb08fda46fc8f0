"""From the events of a YAML parser to a tree, in one pass that neither recurses nor expands an alias."""

import re
from typing import Any, Protocol

from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from specc.diagnostics.collector import Collector
from specc.diagnostics.model import Diagnostic, Edit, Fix
from specc.source import Source, Span
from specc.suggest import nearest
from specc.syntax.dollars import first_unclosed
from specc.syntax.scalars import NumberTooLongError, resolve
from specc.syntax.tree import Mapping, Node, Scalar, Sequence

MAX_DEPTH = 100
MAX_NODES = 10_000_000

_PROPERTIES = re.compile(r"(?:[&!][^\s,\[\]{}]*(?:\s|#.*)*)+")
_TAG = re.compile(r"!(?:<[^>\s]*>|[^\s,\[\]{}]*)")
_ESCAPED_PAIR = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_SURROGATE = re.compile("[\ud800-\udfff]")


class EventParser(Protocol):
    """A parser of PyYAML's, in C or in Python; its events have no types."""

    def get_event(self) -> Any: ...


class Stop(Exception):
    """Reading cannot go on; the diagnostics say why."""


class _Values(dict[str, "str | float | bool | None"]):
    """The values of plain scalars by their text, each text resolved once."""

    __slots__ = ("cut",)

    def __init__(self) -> None:
        self.cut = False

    def __missing__(self, text: str) -> str | float | bool | None:
        value = self[text] = resolve(text)
        if "$(" in text and first_unclosed(text) is not None:
            self.cut = True
        return value


class Reading:
    """One pass over the events of one text."""

    __slots__ = (
        "_anchors",
        "_pairs",
        "_surrogates",
        "diagnostics",
        "flow_start",
        "source",
        "text",
        "values",
    )

    def __init__(self, source: Source) -> None:
        text = source.text
        self.source = source
        self._anchors: dict[str, tuple[Node, int, int] | None] = {}
        self._surrogates = "\\ud" in text or "\\uD" in text
        self._pairs: dict[str, str] = {}
        if text.startswith("\ufeff"):
            text = "\n" + text[1:]
        if self._surrogates and text.lstrip().startswith(("{", "[")):
            text = _ESCAPED_PAIR.sub(self._stand_in, text)
        self.text = text
        self.values = _Values()
        self.diagnostics = Collector()
        self.flow_start: int | None = None

    def run(self, parser: EventParser) -> Node | None:  # noqa: C901 (the hot loop: calls would slow it)
        """The root of the first document."""
        get_event = parser.get_event
        source, text, values = self.source, self.text, self.values
        stack: list[
            tuple[list[Node], list[tuple[Scalar, Node]], bool, Scalar | None, int, str | None, int, int]
        ] = []
        # The collection being read: a list's items or a mapping's entries and its last key.
        items: list[Node] = []
        entries: list[tuple[Scalar, Node]] = []
        in_mapping = False
        key: Scalar | None = None
        start = end = nodes = deepest = 0
        anchor: str | None = None
        nodes_before = deepest_before = 0
        node: Node
        while True:
            event = get_event()
            kind: type[object] = event.__class__
            if kind is ScalarEvent:
                nodes += 1
                begin = event.start_mark.index
                end = event.end_mark.index
                if event.tag is None and event.implicit[0]:
                    try:
                        value = values[event.value]
                    except NumberTooLongError as error:
                        self._report("E110", str(error), begin, end)
                        raise Stop from None
                else:
                    value, end = self._text(event, begin, end)
                if event.anchor is not None or event.tag is not None:
                    begin = self._behind_properties(event, begin, end)
                    node = Scalar(source, begin, end, value)
                    if event.anchor is not None:
                        self._anchors[event.anchor] = (node, 1, 0)
                else:
                    node = Scalar(source, begin, end, value)
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                nodes += 1
                stack.append((items, entries, in_mapping, key, start, anchor, nodes_before, deepest_before))
                start = event.start_mark.index
                anchor = None
                if event.anchor is not None or event.tag is not None:
                    start = self._open(event)
                    anchor = event.anchor
                    nodes_before, deepest_before, deepest = nodes - 1, deepest, len(stack)
                if len(stack) > deepest:
                    deepest = len(stack)
                    if deepest > MAX_DEPTH:
                        self._too_deep(start, start + 1)
                if self.flow_start is None and text[start] in "{[":
                    self.flow_start = start
                in_mapping = kind is MappingStartEvent
                items = []
                entries = []
                key = None
                continue
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                if text[start] in "{[":
                    end = event.end_mark.index
                    if self.flow_start == start:
                        self.flow_start = None
                if in_mapping:
                    if len(entries) > 1:
                        keys = {key.value for key, _ in entries}
                        if len(keys) != len(entries) or "<<" in keys:
                            entries = self._settled(entries)
                    elif entries and entries[0][0].value == "<<":
                        entries = self._settled(entries)
                    node = Mapping(source, start, end, entries)
                else:
                    node = Sequence(source, start, end, items)
                if anchor is not None:
                    self._anchors[anchor] = (node, nodes - nodes_before, deepest - len(stack) + 1)
                    deepest = max(deepest, deepest_before)
                items, entries, in_mapping, key, start, anchor, nodes_before, deepest_before = stack.pop()
            elif kind is AliasEvent:
                begin, end = event.start_mark.index, event.end_mark.index
                node, size, height = self._alias(event, begin, end)
                nodes += size
                deepest = max(deepest, len(stack) + height)
                if nodes > MAX_NODES:
                    self._report(
                        "E110", f"with its aliases, the spec has more than {MAX_NODES:,} nodes", begin, end
                    )
                    raise Stop
                if deepest > MAX_DEPTH:
                    self._too_deep(begin, end)
            elif kind is StreamEndEvent:
                break
            else:
                if kind is DocumentStartEvent and items:
                    begin, end = event.start_mark.index, event.end_mark.index
                    self._report("E100", "a spec is one document: this starts a second one", begin, end)
                    raise Stop
                continue

            if not in_mapping:
                items.append(node)
            elif key is not None:
                entries.append((key, node))
                key = None
            elif isinstance(node, Scalar):
                key = node
            else:
                message = f"a key is one value, not {node.kind}"
                self._report("E100", message, node.start, max(node.end, node.start + 1))
                key = Scalar(source, node.start, node.end, f"key at {node.start}")

        root = items[0] if items else None
        if root is None or (isinstance(root, Scalar) and root.value is None and root.start == root.end):
            self._report("E100", "the spec is empty", 0, 0)
        return root

    def _report(self, code: str, message: str, start: int, end: int) -> None:
        self.diagnostics.append(Diagnostic(code, message, Span(self.source, start, end)))

    def _too_deep(self, start: int, end: int) -> None:
        self._report("E110", f"more than {MAX_DEPTH} levels of nesting", start, end)
        raise Stop

    def _stand_in(self, pair: re.Match[str]) -> str:
        """JSON's escape of one character by two surrogates, as an escape of YAML's that is as long."""
        high, low = (int(half, 16) for half in pair.groups())
        char = chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
        filler = next(c for c in map(chr, range(0xE000, 0xF8FF)) if c not in self.source.text)
        self._pairs[char + filler * 2] = char
        return f"\\U{ord(char):08x}{filler * 2}"

    def _text(self, event: Any, start: int, end: int) -> tuple[str, int]:
        """The value of a scalar that is not plain, and where it ends (PyYAML's block scalars run on)."""
        value = event.value
        if event.style in ("|", ">"):
            end = start + len(self.text[start:end].rstrip())
        elif self._surrogates:
            for long, char in self._pairs.items():
                value = value.replace(long, char)
            if _SURROGATE.search(value):
                self._report("E100", "half of a surrogate pair is no character", start, end)
        return value, end

    def _behind_properties(self, event: Any, start: int, end: int) -> int:
        self._refuse_tag(event, start)
        found = _PROPERTIES.match(self.text, start, end)
        return found.end() if found else start

    def _open(self, event: Any) -> int:
        """Where a collection with an anchor or a tag itself starts."""
        self._refuse_tag(event, event.start_mark.index)
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        end: int = event.end_mark.index
        return end - 1 if event.flow_style else end

    def _refuse_tag(self, event: Any, start: int) -> None:
        if event.tag is None:
            return
        properties = _PROPERTIES.match(self.text, start)
        tag = _TAG.search(self.text, start, properties.end() if properties else len(self.text))
        place = Span(self.source, *(tag.span() if tag else (start, start + 1)))
        behind = place.end + (self.text[place.end : place.end + 1] == " ")
        remove = Fix("remove the tag", "unsafe", (Edit(Span(self.source, place.start, behind), ""),))
        message = f"a spec is plain data: the tag `{place.text}` is not read"
        self.diagnostics.append(Diagnostic("E100", message, place, fixes=(remove,)))

    def _alias(self, event: Any, start: int, end: int) -> tuple[Node, int, int]:
        """The node that an alias names, how many nodes it holds and how many levels it has."""
        name = event.anchor
        if name not in self._anchors:
            near = nearest(name, [known for known, node in self._anchors.items() if node is not None])
            hint = f"; did you mean `*{near}`?" if near else ""
            self._report("E100", f"no anchor `&{name}` stands before this alias{hint}", start, end)
            return Scalar(self.source, start, end, None), 1, 0
        target = self._anchors[name]
        if target is None:
            self._report(
                "E100", f"`*{name}` stands inside `&{name}`: a spec cannot contain itself", start, end
            )
            return Scalar(self.source, start, end, None), 1, 0
        return target

    def _settled(self, entries: list[tuple[Scalar, Node]]) -> list[tuple[Scalar, Node]]:
        """The entries without duplicates and merge keys, imported for the first mapping that has any."""
        from specc.syntax.merging import settled

        return settled(entries, self.diagnostics)
