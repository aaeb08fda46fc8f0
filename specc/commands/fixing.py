"""Applying fixes to the files of a spec."""

import os
from typing import NamedTuple

from specc.diagnostics.fix import apply_edits, select
from specc.diagnostics.model import Diagnostic, Edit, Fix
from specc.pipeline import Options, check_source
from specc.report import Checked
from specc.source import Source

_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be", b"\xef\xbb\xbf": "utf-8"}
MAX_ROUNDS = 20
"""How often a spec is checked and mended: a fix may bring to light what the next one is for."""


class Fixed(NamedTuple):
    """What fixing came to: the last check, the fixes in their order, and the new texts by path."""

    checked: Checked
    applied: list[tuple[Diagnostic, Fix]]
    texts: dict[str, str]


def fix_all(checked: Checked, source: Source, options: Options, unsafe: bool) -> Fixed:
    """Apply fixes to a spec that was checked, until none is left that applies. No file is written."""
    texts: dict[str, str] = {}
    applied: list[tuple[Diagnostic, Fix]] = []
    for _ in range(MAX_ROUNDS):
        chosen = select(checked.report.diagnostics, unsafe)
        if not chosen:
            break
        new, after = _apply(chosen, texts, source, options)
        if len(chosen) > 1 and _errors(after) >= _errors(checked):
            # Each was proven alone; together they may stand in one another's way.
            chosen = chosen[:1]
            new, after = _apply(chosen, texts, source, options)
        applied += chosen
        texts, checked = new, after
    return Fixed(checked, applied, texts)


def _apply(
    chosen: list[tuple[Diagnostic, Fix]], texts: dict[str, str], source: Source, options: Options
) -> tuple[dict[str, str], Checked]:
    by_path: dict[str, list[Edit]] = {}
    for _, fix in chosen:
        for edit in fix.edits:
            by_path.setdefault(edit.span.source.path, []).append(edit)
    new = dict(texts)
    for path, edits in by_path.items():
        text = apply_edits(edits[0].span.source.text, edits)
        if text is not None:
            new[path] = text
    return new, check_source(source, options, new)


def _errors(checked: Checked) -> int:
    return sum(diagnostic.is_error for diagnostic in checked.report.diagnostics)


def write_text(path: str, text: str) -> None:
    """Replace what stands in a file, in one step, its encoding and permissions kept; raises OSError."""
    target = os.path.realpath(path)
    with open(target, "rb") as file:
        start = file.read(3)
    replace_file(target, _encoded(text, start), os.stat(target).st_mode & 0o7777)


def _encoded(text: str, start: bytes) -> bytes:
    """The text as bytes with the byte order mark that the file began with."""
    for mark, encoding in _MARKS.items():
        if start.startswith(mark):
            return mark + text.encode(encoding)
    return text.encode()


def replace_file(path: str, data: bytes, mode: int | None = None) -> None:
    """Write a file in one step: it holds what it held before, or all of `data`; raises OSError."""
    target = os.path.realpath(path)
    beside = f"{target}.{os.getpid()}.tmp"
    try:
        with open(beside, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            os.chmod(beside, mode)
        os.replace(beside, target)
    except OSError:
        if os.path.lexists(beside):
            os.unlink(beside)
        raise
