"""Diagnostics as text for a terminal: the line with its span marked, the facts, the repair as a diff."""

from collections.abc import Iterable, Iterator, Sequence

from specc.diagnostics.fix import apply_edits, by_path
from specc.diagnostics.model import Applicability, Diagnostic, Edit, Fix, Severity
from specc.diagnostics.snippet import fitted, last_line_shown, snippet
from specc.diagnostics.style import harmless, paint
from specc.source import Source, Span

_MOST_DIFF_LINES = 16
_MOST_COMPARED = 200
_SUFFIX: dict[Applicability, str] = {"safe": "", "unsafe": " (your choice)", "display": ""}


def render(diagnostic: Diagnostic, color: bool = False) -> str:
    """The diagnostic as lines of text, without a line break at the end."""
    severity = diagnostic.severity
    head = paint(f"{severity}[{diagnostic.code}]", severity, color)
    lines = [head + paint(f": {harmless(diagnostic.message)}", "strong", color)]
    gutter = len(str(max(_line_numbers(diagnostic), default=0)))
    span = diagnostic.span
    if span is not None:
        lines += _place(span, gutter, color)
        lines += snippet(span, gutter, "^", severity, color)
    lines += _notes(diagnostic, gutter, color)
    for step in diagnostic.chain:
        where = f" ({_where(step.span, span)})" if step.span else ""
        lines.append(_fact(gutter, harmless(step.text) + where, color))
    for fix in diagnostic.fixes:
        lines += _fix(fix, span.source if span else None, gutter, color)
    return "\n".join(lines)


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """How many there are of each kind: "2 errors, 1 warning"; "no errors" where there is none of any."""
    counts: dict[Severity, int] = {"error": 0, "warning": 0, "note": 0}
    for diagnostic in diagnostics:
        counts[diagnostic.severity] += 1
    said = [f"{count} {kind}{'s' * (count > 1)}" for kind, count in counts.items() if count]
    return ", ".join(said) or "no errors"


def _line_numbers(diagnostic: Diagnostic) -> Iterator[int]:
    """The numbers of the last lines of all that will be shown, for the width of the gutter."""
    spans = [diagnostic.span, *(note.span for note in diagnostic.notes)]
    for span in spans:
        if span is not None:
            yield last_line_shown(span)
    for fix in diagnostic.fixes:
        added = 0
        for edit in fix.edits:
            added += edit.text.count("\n")
            yield last_line_shown(edit.span) + added


def _place(span: Span, gutter: int, color: bool) -> list[str]:
    line, column = span.first
    arrow = paint(" " * gutter + "-->", "place", color)
    return [f"{arrow} {harmless(span.source.path)}:{line}:{column}", _bar(gutter, color)]


def _bar(gutter: int, color: bool) -> str:
    return paint(" " * gutter + " |", "place", color)


def _fact(gutter: int, text: str, color: bool) -> str:
    return paint(" " * gutter + " =", "place", color) + f" {text}"


def _where(span: Span, near: Span | None) -> str:
    """A place in words: by its line alone where it is in the file that was just named."""
    line = span.first.line
    same = near is not None and near.source.path == span.source.path
    return f"line {line}" if same else f"{harmless(span.source.path)}:{line}"


def _notes(diagnostic: Diagnostic, gutter: int, color: bool) -> Iterator[str]:
    """Each note with its place; its line too where that is not on the screen already."""
    shown = {_row(diagnostic.span)} if diagnostic.span else set[tuple[str, int]]()
    for note in diagnostic.notes:
        place = f" ({harmless(note.span.source.path)}:{note.span.first.line})" if note.span else ""
        head, *rest = note.text.split("\n")
        label = paint("note", "note", color)
        yield _fact(gutter, f"{label}: {harmless(head)}{'' if rest else place}", color)
        for index, line in enumerate(rest, 1):
            yield f"{' ' * gutter}         {harmless(line)}{place if index == len(rest) else ''}"
        if note.span is not None and _row(note.span) not in shown:
            shown.add(_row(note.span))
            yield from snippet(note.span, gutter, "-", "note", color)


def _row(span: Span) -> tuple[str, int]:
    return span.source.path, span.first.line


def _fix(fix: Fix, near: Source | None, gutter: int, color: bool) -> Iterator[str]:
    label = paint("help", "help", color)
    yield f"{label}: {harmless(fix.title)}{_SUFFIX[fix.applicability]}"
    for path, edits in by_path(fix.edits).items():
        if near is None or path != near.path:
            yield f"{' ' * gutter}--> {harmless(path)}"
        for hunk in _hunks(edits):
            yield from _diff(hunk, gutter, color)


def _hunks(edits: list[Edit]) -> list[list[Edit]]:
    """The edits of one source, those together whose lines touch."""
    hunks: list[list[Edit]] = []
    for edit in edits:
        if hunks and edit.span.first.line <= hunks[-1][-1].span.last.line + 1:
            hunks[-1].append(edit)
        else:
            hunks.append([edit])
    return hunks


def _diff(edits: list[Edit], gutter: int, color: bool) -> Iterator[str]:
    """The lines that the edits take away and those that they put there instead."""
    source = edits[0].span.source
    first = edits[0].span.first.line
    last = max(edit.span.last.line for edit in edits)
    start = source.starts[first - 1]
    stop = source.starts[last] if last < len(source.starts) else len(source.text)
    local = [Edit(Span(source, e.span.start - start, e.span.end - start), e.text) for e in edits]
    result = apply_edits(source.text[start:stop], local)
    if result is None:
        return
    old, new = _split(source.text[start:stop]), _split(result)
    same = _same(old, new)
    tail = _same(old[same:][::-1], new[same:][::-1])
    old, new = old[same : len(old) - tail], new[same : len(new) - tail]
    first += same
    if not old and first > 1:
        yield f"{paint(f'{first - 1:>{gutter}}  ', 'place', color)} {fitted(source.line(first - 1))}".rstrip()
    for low, high, start, stop in _changes(old, new):
        at = _same(old[low], new[start]) if low < high and start < stop else 0  # where a long line is cut to
        for number, line in _few(list(enumerate(old[low:high], first + low))):
            yield paint(f"{number:>{gutter}} - {fitted(line, at)}".rstrip(), "removed", color)
        for number, line in _few(list(enumerate(new[start:stop], first + start))):
            yield paint(f"{number:>{gutter}} + {fitted(line, at)}".rstrip(), "added", color)


def _changes(old: list[str], new: list[str]) -> list[tuple[int, int, int, int]]:
    """Which lines of `old` (from, to) become which of `new` (from, to)."""
    if min(len(old), len(new)) < 2 or len(old) + len(new) > _MOST_COMPARED:
        return [(0, len(old), 0, len(new))]
    from difflib import SequenceMatcher

    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [(a, b, c, d) for kind, a, b, c, d in matcher.get_opcodes() if kind != "equal"]


def _same(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines, or characters, at the start are the same."""
    for index, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return index
    return min(len(one), len(other))


def _split(text: str) -> list[str]:
    return [line.rstrip("\r") for line in text.removesuffix("\n").split("\n")] if text else []


def _few(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    if len(lines) <= _MOST_DIFF_LINES:
        return lines
    left = len(lines) - _MOST_DIFF_LINES
    return [*lines[:_MOST_DIFF_LINES], (lines[_MOST_DIFF_LINES][0], f"… {left} more lines")]
