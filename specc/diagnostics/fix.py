"""Applies the edits of fixes to texts, and chooses the fixes that can be applied together."""

from bisect import bisect_left, insort
from collections.abc import Iterable

from specc.diagnostics.model import Diagnostic, Edit, Fix


def apply_edits(text: str, edits: Iterable[Edit]) -> str | None:
    """The text with all edits made, by their offsets; None if two of them overlap or one is out of bounds.

    The same edit given twice is made once; insertions at one place are made in the order given.
    """
    pieces: list[str] = []
    at = 0
    distinct = dict.fromkeys(_key(edit) for edit in edits)
    for start, end, new in sorted(distinct, key=lambda key: key[:2]):
        if not at <= start <= end <= len(text):
            return None
        pieces += (text[at:start], new)
        at = end
    return "".join([*pieces, text[at:]])


def by_path(edits: Iterable[Edit]) -> dict[str, list[Edit]]:
    """The edits, each once and in the order of their places, by the paths of their sources."""
    found: dict[str, list[Edit]] = {}
    for edit in sorted(dict.fromkeys(edits), key=lambda edit: (edit.span.source.path, *_key(edit)[:2])):
        found.setdefault(edit.span.source.path, []).append(edit)
    return found


def edited(edits: Iterable[Edit]) -> dict[str, str] | None:
    """The texts, by path, that edits make of their sources; None where they clash."""
    texts: dict[str, str] = {}
    for path, several in by_path(edits).items():
        text = apply_edits(several[0].span.source.text, several)
        if text is None:
            return None
        texts[path] = text
    return texts


def select(diagnostics: Iterable[Diagnostic], unsafe: bool) -> list[tuple[Diagnostic, Fix]]:
    """The fixes to apply: of each diagnostic its first safe one, or with `unsafe` its first one.

    Fixes come whole or not at all: one that overlaps with an earlier one's edits is left for another run.
    """
    selected: list[tuple[Diagnostic, Fix]] = []
    taken: dict[str, list[tuple[int, int, str]]] = {}
    for diagnostic in diagnostics:
        fix = _pick(diagnostic, unsafe)
        if fix is None or not all(_fits(edit, taken) for edit in fix.edits):
            continue
        selected.append((diagnostic, fix))
        for edit in fix.edits:
            made = taken.setdefault(edit.span.source.path, [])
            if not _is_made(made, _key(edit)):
                insort(made, _key(edit))
    return selected


def _pick(diagnostic: Diagnostic, unsafe: bool) -> Fix | None:
    """The fix to apply: a safe one before any other; never one without edits."""
    editing = [fix for fix in diagnostic.fixes if fix.edits]
    for fix in editing:
        if fix.applicability == "safe":
            return fix
    return editing[0] if unsafe and editing else None


def _key(edit: Edit) -> tuple[int, int, str]:
    return edit.span.start, edit.span.end, edit.text


def _clash(first: tuple[int, int, str], second: tuple[int, int, str]) -> bool:
    """Whether two edits of two fixes, the first starting no later, overlap or insert at one place."""
    return second[0] < first[1] or first[:2] == second[:2]


def _is_made(made: list[tuple[int, int, str]], key: tuple[int, int, str]) -> bool:
    place = bisect_left(made, key)
    return place < len(made) and made[place] == key


def _fits(edit: Edit, taken: dict[str, list[tuple[int, int, str]]]) -> bool:
    """Whether the edit overlaps with none of those taken; these are sorted and do not overlap."""
    made = taken.get(edit.span.source.path, [])
    key = _key(edit)
    place = bisect_left(made, key)
    if place < len(made) and (made[place] == key or _clash(key, made[place])):
        return made[place] == key
    return place == 0 or not _clash(made[place - 1], key)
