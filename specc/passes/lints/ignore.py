"""Warnings that a spec asks to be silent about: `x-specc-ignore` hides those that stand in the same mapping."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping

from specc.diagnostics.explain import codes
from specc.diagnostics.model import Diagnostic, Edit, Fix, corrected, has_errors
from specc.ir.graph import Graph
from specc.ir.link import chain_of
from specc.passes.resolution.values import Findings
from specc.source import Source, Span
from specc.suggest import did_you_mean, nearest
from specc.syntax import edits
from specc.syntax.document import IDLE, IGNORE, Document
from specc.syntax.document import Ignore as Written
from specc.syntax.tree import Scalar, Sequence

_READ_LATER = ("inputs", "outputs", "targets", "compile")
OF_A_BUILD = "W607"
"""The warning that no check gives, and so none can hide."""


class Ignore:
    """The codes that a mapping is silent about, and where each of them is written."""

    __slots__ = ("codes", "outer", "span", "written")

    def __init__(self, written: Written, codes: dict[str, Scalar]) -> None:
        self.written = written
        self.span = written.span
        self.codes = codes
        self.outer: Ignore | None = None


class Ignores:
    """All of a spec. Mappings lie side by side or in one another, so each knows the next one around it."""

    def __init__(self, document: Document, found: Findings) -> None:
        self.whole: Ignore | None = None
        self._of: dict[Source, list[Ignore]] = {}
        known = silenced()
        # what an alias stands for is read as often as it stands
        unique = {id(written.node): written for written in document.ignores}
        for written in unique.values():
            ignore = Ignore(written, _codes(written, known, found))
            if written.node is document.node:
                self.whole = ignore
            self._of.setdefault(written.node.source, []).append(ignore)
        self._starts: dict[Source, list[int]] = {}
        for source, several in self._of.items():
            several.sort(key=lambda ignore: (ignore.span.start, -ignore.span.end))
            self._starts[source] = [ignore.span.start for ignore in several]
            around: list[Ignore] = []
            for ignore in several:
                while around and around[-1].span.end < ignore.span.end:
                    around.pop()
                ignore.outer = around[-1] if around else None
                around.append(ignore)

    def __iter__(self) -> Iterator[Ignore]:
        for several in self._of.values():
            yield from several

    def around(self, place: Span) -> Iterator[Ignore]:
        """Those that a place stands in, from the inside."""
        at = bisect_right(self._starts.get(place.source, ()), place.start) - 1
        ignore = self._of[place.source][at] if at >= 0 else None
        while ignore is not None:
            if place.end <= ignore.span.end:
                yield ignore
            ignore = ignore.outer

    def hiding(self, code: str, places: Iterable[Span | None]) -> Scalar | None:
        """What hides a warning about `places`, the first of them first: the code as it is written; or None."""
        for place in places:
            for ignore in self.around(place) if place is not None else ():
                if code in ignore.codes:
                    return ignore.codes[code]
        return None if self.whole is None else self.whole.codes.get(code)


def hide(document: Document, graph: Graph, found: Findings) -> Mapping[str, tuple[str, ...]]:
    """Take the warnings out of `found` that the author silences; gives the codes of these by layer or input (else "").

    E107 for what is the code of no warning; W608 for a code that hides nothing, where there are no errors.
    """
    ignores = Ignores(document, found)
    left: list[Diagnostic] = []
    hidden: dict[str, tuple[str, ...]] = {}
    used: set[Scalar] = set()
    seen: set[tuple[str, Span | None]] = set()
    entries: dict[Span | None, str] = {entry.node.span: entry.name for entry in graph.inputs}
    for diagnostic in found:
        code = diagnostic.code
        if code[0] == "W":
            places = (diagnostic.span, *(note.span for note in diagnostic.chain))
            scalar = ignores.hiding(code, places)
            if scalar is not None:
                used.add(scalar)
                if _is_kept(diagnostic, document, graph):
                    layer = diagnostic.layer or entries.get(diagnostic.span, "")
                    hidden[layer] = tuple(sorted({*hidden.get(layer, ()), code}))
                continue
            if diagnostic.layer is not None and (code, diagnostic.span) in seen:
                continue  # one mistake of a block that is used often
            seen.add((code, diagnostic.span))
        left.append(diagnostic)
    found[:] = left
    if not has_errors(found):
        found.extend(_idle(ignores, used, document, graph))
    return hidden


def silenced() -> list[str]:
    """The codes that may be silenced: those of all warnings of a check."""
    return [code for code in codes() if code[0] == "W" and code != OF_A_BUILD]


def _codes(written: Written, known: list[str], found: Findings) -> dict[str, Scalar]:
    """The codes of warnings that a list, or a single one, has; whatever else stands there is an error."""
    node = written.value
    made: dict[str, Scalar] = {}
    for entry in node.items if isinstance(node, Sequence) else [node]:
        if not isinstance(entry, Scalar) or not isinstance(entry.value, str):
            found.error("E102", f"`{IGNORE}` takes codes of warnings, as `[W601]`, not {entry.kind}", entry)
        elif entry.value in known:
            made[entry.value] = entry
        else:
            meant = entry.value.upper()
            is_sure = meant in known and entry.span.text == entry.value
            fixes = corrected(entry.span, meant) if is_sure else ()
            found.error("E107", _why_not(entry.value, known), entry, fixes=fixes)
    return made


def _why_not(code: str, known: list[str]) -> str:
    if code == OF_A_BUILD:
        return f"`{code}` is said by a build, and no spec silences it"
    if code in codes():
        kind = "an error" if code[0] == "E" else "a note"
        return f"`{code}` is {kind}, and only warnings are silenced"
    return f"there is no warning `{code}`{did_you_mean(nearest(code, known))}"


def _idle(ignores: Ignores, used: set[Scalar], document: Document, graph: Graph) -> Iterator[Diagnostic]:
    """W608 for the codes that hide nothing, but in what is left out of the network, or silent about W608 itself."""
    idle = [
        (ignore, code, scalar)
        for ignore in ignores
        for code, scalar in ignore.codes.items()
        if scalar not in used and code != IDLE and ignores.hiding(IDLE, (scalar.span,)) is None
    ]
    living: set[Ignore] = _living(ignores, graph) if idle else set()
    for ignore, code, scalar in idle:
        if ignore in living or not _holds_layers(ignore, document):
            yield Diagnostic(
                IDLE, f"`{code}` hides no warning here", scalar.span, fixes=_dropped(ignore, scalar)
            )


def _living(ignores: Ignores, graph: Graph) -> set[Ignore]:
    """The ignores that layers of the network stand in."""
    living: set[Ignore] = set()
    links: set[int] = set()
    for layer in graph.layers:
        living.update(ignores.around(layer.item.key.span))
        if id(layer.link) not in links:
            links.add(id(layer.link))
            for note in chain_of(layer.link):
                living.update(ignores.around(note.span) if note.span is not None else ())
    return living


def _is_kept(diagnostic: Diagnostic, document: Document, graph: Graph) -> bool:
    """Whether an expanded spec has what a warning is about: it has neither parameters nor blocks that are unused."""
    if diagnostic.code != "W604" or diagnostic.layer is not None or diagnostic.span is None:
        return True
    span = diagnostic.span
    return _stands_in(span, document, _READ_LATER) or any(node.span == span for _, _, node, _ in graph.named)


def _holds_layers(ignore: Ignore, document: Document) -> bool:
    """Whether a mapping is an item or a block, of which nothing may be there."""
    return not _stands_in(ignore.span, document, ("params", *_READ_LATER))


def _stands_in(span: Span, document: Document, sections: Iterable[str]) -> bool:
    parts = [document.sections.get(name) for name in sections]
    return any(
        part is not None and part.source is span.source and part.start <= span.start and span.end <= part.end
        for part in parts
    )


def _dropped(ignore: Ignore, scalar: Scalar) -> tuple[Fix, ...]:
    value = ignore.written.value
    is_one = not isinstance(value, Sequence) or len(value.items) == 1
    edit: Edit | None = edits.remove_key(ignore.written.node, IGNORE) if is_one else edits.remove_item(scalar)
    return () if edit is None else (Fix("take it out", "safe", (edit,)),)
