"""The stages in their order, from bytes to a report, and from there to a model."""

import gc
import os
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from specc.diagnostics.collector import MAX_ERRORS, TooManyErrors
from specc.diagnostics.model import Diagnostic, Edit, Fix, has_errors
from specc.ir.graph import Explicit, Typed
from specc.passes.infer import infer
from specc.passes.lint import lint
from specc.passes.notes import insertions
from specc.passes.promise import keep_promises
from specc.passes.resolve import resolve
from specc.passes.values import Findings
from specc.report import Report
from specc.shapes.tensor import Tensor
from specc.source import Source
from specc.syntax.document import Document, parse
from specc.syntax.reader import decode, read
from specc.syntax.tree import Mapping as MappingNode
from specc.syntax.tree import Node

MAX_RECHECKED = 40
"""How many fixes of one spec are applied and re-checked; those behind them are not offered."""

MAX_WORK_RECHECKED = 200_000
"""How many layers and rounds are written out again for that, in all re-checks together."""

CHARACTERS_OF_A_LAYER = 32
"""To read so much text takes about as long as to check one layer."""


class Options(NamedTuple):
    """How a spec is to be read: parameters set from outside, a variant, and whether nothing may be inserted."""

    settings: Mapping[str, Any] = {}
    variant: str | None = None
    strict: bool = False


class Checked(NamedTuple):
    """A report with what the stages behind a check need: the document, and the compile section if it is right.

    `source` is the text that was checked; None where it could not be read. `work` is how much there was to do, in
    layers and rounds; None for a check that ended at a bound.
    """

    report: Report
    document: Document | None = None
    training: Any = None
    source: Source | None = None
    work: int | None = None


def check_text(
    text: str,
    path: str = "<string>",
    settings: Mapping[str, Any] | None = None,
    variant: str | None = None,
    strict: bool = False,
) -> Report:
    """Check the text of a spec; `path` is shown in diagnostics, and its folder holds the files that it names."""
    return check_source(Source(path, text), Options(settings or {}, variant, strict)).report


def check_file(path: str, options: Options = Options()) -> Checked:
    """Check the spec in a file; a file that cannot be read is E100."""
    try:
        size = os.path.getsize(path)
        data = b"" if size > MAX_BYTES else _content(path)
    except OSError as error:
        nothing = Source(path, "")
        message = f"cannot read `{path}`: {error.strerror or error}"
        return Checked(Report(path, [Diagnostic("E100", message, _nowhere(nothing))]))
    if size > MAX_BYTES:
        message = f"a spec has at most {MAX_BYTES:,} bytes, and this one has {size:,}"
        return Checked(Report(path, [Diagnostic("E110", message, _nowhere(Source(path, "")))]))
    return check_bytes(path, data, options)


MAX_BYTES = 16 * 1024 * 1024


def check_bytes(path: str, data: bytes, options: Options = Options()) -> Checked:
    """Check a spec that was read from `path` as bytes."""
    source, found = decode(path, data)
    if source is None:
        return Checked(Report(path, found))
    return check_source(source, options)


def check_source(source: Source, options: Options, overlay: Mapping[str, str] = {}) -> Checked:
    """Check a spec; every fix that its diagnostics carry has been applied and re-checked.

    `overlay` holds texts, by path, to read in place of what stands in the files.
    """
    with _undisturbed():
        checked = _check(source, options, overlay)
        checked.report.diagnostics[:] = _proven(checked, source, options, overlay)
        return checked._replace(source=source)


@contextmanager
def _undisturbed() -> Generator[None]:
    """No garbage collection while a check makes its many small objects, none of which are garbage.

    Nor is the collector to go through all of them as soon as it is back: to freeze and unfreeze them makes them old
    without a look at them. Whoever keeps frozen objects of their own is left alone.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        if not gc.get_freeze_count():
            gc.freeze()
            gc.unfreeze()
        gc.enable()


def _check(source: Source, options: Options, overlay: Mapping[str, str]) -> Checked:
    """One pass through the stages; `overlay` holds texts to read in place of files."""
    found = Findings()
    text = overlay.get(source.path)
    if text is not None:
        source = Source(source.path, text)
    try:
        return _staged(source, options, overlay, found)
    except TooManyErrors:
        message = f"these are {MAX_ERRORS:,} errors; what else is wrong is not looked for"
        stop = Diagnostic("E110", message, found[-1].span)
        return Checked(Report(source.path, [*_sorted(found, source), stop]))


def _staged(source: Source, options: Options, overlay: Mapping[str, str], found: Findings) -> Checked:
    """The stages in their order; they end where one leaves nothing for the next."""
    root, diagnostics = read(source)
    found.extend(diagnostics)
    work = len(source.text) // CHARACTERS_OF_A_LAYER
    if root is None:
        return Checked(Report(source.path, found), work=work)
    document, diagnostics = parse(root)
    found.extend(diagnostics)
    folder = folder_of(source.path)
    if "include" in document.sections:
        from specc.passes.includes import include

        document = include(document, folder, _loader(found, overlay), found)
    graph = resolve(
        document,
        found,
        settings=options.settings,
        variant=options.variant,
        strict=options.strict,
        folder=folder,
    )
    if graph is None:
        return Checked(Report(source.path, _sorted(found, source)), document)
    typed = keep_promises(infer(graph, found), found)
    training, targets = _training(typed, found)
    if not has_errors(found):
        lint(typed, found)
        insertions(typed, found)
    report = Report(source.path, _sorted(found, source), typed, targets)
    return Checked(report, document, training, work=work + graph.steps)


def _training(typed: Typed, found: Findings) -> tuple[Any, Mapping[str, Tensor]]:
    """The `compile` section, checked, and the targets that `fit` will want."""
    section = typed.graph.document.sections.get("compile")
    if section is None:
        return None, {}
    from specc.passes.training import check_training

    return check_training(section, typed, found)


def folder_of(path: str) -> str:
    """The folder that the files of a spec must stand in; for text from elsewhere, the current one."""
    folder = "" if path.startswith("<") else os.path.dirname(path)
    return folder or "."


def _content(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _loader(found: Findings, overlay: Mapping[str, str]) -> Callable[[str, Node], Source | None]:
    def load(path: str, node: Node) -> Source | None:
        shown = _shown(path)
        if shown in overlay:
            return Source(shown, overlay[shown])
        try:
            if os.path.getsize(path) > MAX_BYTES:
                found.error("E110", f"`{shown}` has more than {MAX_BYTES:,} bytes", node)
                return None
            data = _content(path)
        except OSError as error:
            found.error("E109", f"cannot read `{shown}`: {error.strerror or error}", node)
            return None
        source, diagnostics = decode(shown, data)
        found.extend(diagnostics)
        return source

    return load


def _shown(path: str) -> str:
    """A path relative to the current folder where it is inside."""
    return path.removeprefix(os.path.join(os.getcwd(), ""))


def _nowhere(source: Source) -> Any:
    return MappingNode(source, 0, 0, []).span


def _sorted(found: Findings, source: Source) -> list[Diagnostic]:
    """In the order of the text, the spec's own first."""

    def place(diagnostic: Diagnostic) -> tuple[bool, str, int]:
        span = diagnostic.span
        if span is None:
            return (True, "", 0)
        return (span.source.path != source.path, span.source.path, span.start)

    return sorted(found, key=place)


def _proven(
    checked: Checked, source: Source, options: Options, overlay: Mapping[str, str]
) -> list[Diagnostic]:
    """The diagnostics with the fixes that work: each removes its diagnostic and adds none."""
    before = checked.report
    rechecks = MAX_RECHECKED
    work = MAX_WORK_RECHECKED
    kept: list[Diagnostic] = []
    for diagnostic in before.diagnostics:
        fixes: list[Fix] = []
        for fix in diagnostic.fixes:
            if not fix.edits:
                fixes.append(fix)
            elif rechecks and checked.work is not None and checked.work <= work:
                texts = edited(fix.edits)
                if texts is None:
                    continue
                after = _check(source, options, {**overlay, **texts})
                rechecks -= 1
                work -= MAX_WORK_RECHECKED if after.work is None else after.work
                if _works(diagnostic, before, after.report):
                    fixes.append(fix)
        kept.append(diagnostic if len(fixes) == len(diagnostic.fixes) else diagnostic._replace(fixes=tuple(fixes)))
    return kept


def _works(diagnostic: Diagnostic, before: Report, after: Report) -> bool:
    """Whether `diagnostic` is gone, and nothing new has come that was not hidden behind it."""
    known = Counter(map(_identity, before.diagnostics))
    left = Counter(map(_identity, after.diagnostics))
    this = _identity(diagnostic)
    if left[this] >= known[this]:
        return False
    grave = "EW" if before.ok else "E"
    layers = before.typed_layers
    for other in after.diagnostics:
        is_new = other.code[0] in grave and left[_identity(other)] > known[_identity(other)]
        was_hidden = other.layer not in layers if other.layer is not None else other.code[:2] == "E4"
        is_this = (other.code, other.layer) == (diagnostic.code, diagnostic.layer)  # in other words
        if is_new and (before.ok or is_this or not was_hidden):
            return False
    return True


def _identity(diagnostic: Diagnostic) -> tuple[str, str, str | None]:
    return diagnostic.code, diagnostic.message, diagnostic.layer


def edited(edits: tuple[Edit, ...]) -> dict[str, str] | None:
    """The texts, by path, that edits make of their sources; None where they clash."""
    from specc.diagnostics.fix import apply_edits

    by_source: dict[str, tuple[Source, list[Edit]]] = {}
    for edit in edits:
        by_source.setdefault(edit.span.source.path, (edit.span.source, []))[1].append(edit)
    texts: dict[str, str] = {}
    for path, (source, several) in by_source.items():
        text = apply_edits(source.text, several)
        if text is None:
            return None
        texts[path] = text
    return texts


def explicit(checked: Checked) -> Explicit:
    """The explicit graph of a check without errors."""
    assert checked.report.typed is not None
    from specc.passes.adapt import adapt

    return adapt(checked.report.typed)
