"""Expressions that YAML cuts short, and the quotes that they need.

Within `{}` and `[]` a plain scalar ends at a comma or a bracket, everywhere at ` #`: `{units: $(min(3, 4))}`
reaches a reader as `$(min(3` and `4))`. What was meant can still be read off the source text.
"""

import re
from typing import NamedTuple

from specc.diagnostics.model import Diagnostic, Edit, Fix
from specc.source import Source, Span
from specc.syntax.dollars import REACH, closing, first_unclosed
from specc.syntax.tree import Mapping, Node, Scalar, Sequence

# Where thousands of expressions are cut, the first ones tell enough.
_MOST_CUTS = 100
_SHOWN = 60

_IN_FLOW = re.compile(r"\$\$|\$\(|[,\[\]{}\n]|:(?=[\s,\[\]{}]|\Z)|\s#")
_IN_BLOCK = re.compile(r"\$\$|\$\(|\n|:(?=\s|\Z)|\s#")
_TUPLE = re.compile(r"\( *-?\d+(?: *, *-?\d+)* *,? *\)")
_BEFORE = re.compile(r"""(?:[\[{,\n]|[:\-?](?=\s))\s*(?=[^\s"'])""")


def unclosed_expression(node: Node) -> Span | None:
    """The place of the expression that `node`, a scalar, opens and does not close; None where there is none.

    The span reaches to the `)` that stands further on in the line, where YAML cut the scalar short; it ends
    with the scalar where no `)` follows.
    """
    if not isinstance(node, Scalar) or not isinstance(node.value, str) or "$(" not in node.value:
        return None
    if first_unclosed(node.value) is None:
        return None
    text = node.source.text
    within = first_unclosed(text[node.start : node.end])
    if within is None:
        return node.span
    start = node.start + within
    return Span(node.source, start, closing(text, start + 1, one_line=True) or node.end)


def written_tuple(node: Node) -> Edit | None:
    """The edit that makes a list of the tuple of numbers which `node` opens, whether YAML cuts it or not."""
    found = _TUPLE.match(node.source.text, node.start)
    if found is None or found.end() < node.end:
        return None
    return Edit(Span(node.source, *found.span()), f"[{found.group()[1:-1].rstrip(', ')}]")


class Cut(NamedTuple):
    """A plain scalar that holds an expression which YAML cuts: the scalar's intended extent."""

    source: Source
    start: int
    end: int

    def edits(self) -> tuple[Edit, ...]:
        """The edits that put it into quotes."""
        text = self.source.text[self.start : self.end]
        quote = "'" if '"' in text or "\\" in text else '"'
        inner = [self.start + i for i, char in enumerate(text) if char == "'"] if quote == "'" else []
        return tuple(Edit(Span(self.source, at, at), quote) for at in (self.start, *inner, self.end))

    def diagnostic(self) -> Diagnostic:
        """The finding, with the quotes as its repair."""
        fix = Fix("put it into quotes", "safe", self.edits())
        place = Span(self.source, self.start, self.end)
        message = f"YAML cuts this expression short: `{_clipped(place.text)}` needs quotes around it"
        return Diagnostic("E108", message, place, fixes=(fix,))


def intended_end(text: str, start: int, in_flow: bool) -> int | None:
    """Where a plain scalar at `start` ends, its expressions taken whole; None if one is never closed."""
    stops = _IN_FLOW if in_flow else _IN_BLOCK
    at = start
    while found := stops.search(text, at):
        match found.group():
            case "$$":
                at = found.end()
            case "$(":
                end = closing(text, found.end() - 1, one_line=True)
                if end is None:
                    return None
                at = end
            case _:
                return start + len(text[start : found.start()].rstrip())
    return start + len(text[start:].rstrip())


def cuts_in_tree(root: Node) -> list[Diagnostic]:
    """A finding for every plain scalar of the tree that opens an expression and does not close it."""
    found: list[Diagnostic] = []
    seen: set[int] = set()
    pending: list[tuple[Node, bool]] = [(root, False)]
    while pending and len(found) < _MOST_CUTS:
        node, in_flow = pending.pop()
        if isinstance(node, Scalar):
            diagnostic = _cut(node, in_flow)
            if diagnostic is not None and id(node) not in seen:
                found.append(diagnostic)
                seen.add(id(node))
        elif id(node) not in seen:
            seen.add(id(node))
            inside = in_flow or node.source.text[node.start] in "{["
            children: list[Node] = []
            if isinstance(node, Mapping):
                for entry in node.entries:
                    children += entry
            elif isinstance(node, Sequence):
                children += node.items
            pending += [(child, inside) for child in reversed(children)]
    found.sort(key=lambda diagnostic: diagnostic.span.start if diagnostic.span else 0)
    return found


def _cut(node: Scalar, in_flow: bool) -> Diagnostic | None:
    text = node.source.text
    if node.start == node.end or text[node.start] in "\"'|>":
        return None
    place = unclosed_expression(node)
    if place is None:
        return None
    end = intended_end(text, node.start, in_flow)
    if end is None or end <= node.end:
        return Diagnostic("E108", f"the expression `{_clipped(place.text)}` has no closing `)`", place)
    return Cut(node.source, node.start, end).diagnostic()


def cuts_in_text(source: Source, start: int, stop: int, in_flow: bool) -> list[Cut]:
    """The plain scalars between `start` and `stop` with an expression that YAML would cut, by the text alone.

    A guess, for text that YAML cannot read: the caller tries whether quotes help.
    """
    text = source.text
    cuts: list[Cut] = []
    at = start = max(start, stop - 4 * REACH)
    while (at := text.find("$(", at, stop)) >= 0:
        begin = start
        for mark in _BEFORE.finditer(text, start, at + 1):
            begin = mark.end()
        end = intended_end(text, begin, in_flow)
        written = _IN_FLOW if in_flow else _IN_BLOCK
        if end is not None and end > at and not set("\"'") & set(text[begin:at]):
            stops = [m for m in written.finditer(text, begin, end) if not m.group().startswith("$")]
            if stops:
                cuts.append(Cut(source, begin, end))
            at = start = end
        else:
            at += 2
            start = begin
    return cuts


def _clipped(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
