"""The stages in their order, from bytes to a report, and from there to a model."""

import gc
import os
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, NamedTuple

from specc.diagnostics.collector import MAX_ERRORS, TooManyErrors
from specc.diagnostics.model import Diagnostic, Note, has_errors
from specc.ir.graph import Explicit, Typed
from specc.passes.inference.infer import infer
from specc.passes.inference.promise import keep_promises
from specc.passes.lints.lint import lint
from specc.passes.lints.notes import insertions
from specc.passes.resolution.resolve import resolve
from specc.passes.resolution.values import Findings, TooLarge
from specc.report import Checked, Report
from specc.shapes.tensor import Tensor
from specc.source import Source, Span
from specc.syntax.document import Document
from specc.syntax.parser import parse
from specc.syntax.reader import MAX_BYTES, decode, read
from specc.syntax.tree import Node

CHARACTERS_OF_A_LAYER = 32
"""To read so much text takes about as long as to check one layer."""


Step = Callable[[str], None]
"""Told what is done next, in words for a person."""


def silent(_: str) -> None:
    """A `Step` for nobody."""


class Options(NamedTuple):
    """How a spec is to be read: parameters set from outside, a variant, and whether nothing may be inserted.

    `data` (a `specc.passes.training.data.Data`) are arrays that it is held against.
    """

    settings: Mapping[str, Any] = {}
    variant: str | None = None
    strict: bool = False
    data: Any = None


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
    except (OSError, ValueError) as error:  # ValueError: no path that a system takes
        message = f"cannot read `{path}`: {getattr(error, 'strerror', None) or error}"
        return Checked(Report(path, [Diagnostic("E100", message, _start_of(path))]))
    if size > MAX_BYTES:
        message = f"a spec has at most {MAX_BYTES:,} bytes, and this one has {size:,}"
        return Checked(Report(path, [Diagnostic("E110", message, _start_of(path))]))
    return check_bytes(path, data, options)


def check_bytes(path: str, data: bytes, options: Options = Options()) -> Checked:
    """Check a spec that was read from `path` as bytes."""
    source, found = decode(path, data)
    if source is None:
        return Checked(Report(path, found))
    return check_source(source, options)


def check_source(
    source: Source, options: Options, overlay: Mapping[str, str] = {}, prove: bool = True
) -> Checked:
    """Check a spec; every fix that its diagnostics carry has been applied and re-checked, unless `prove` is false.

    `overlay` holds texts, by path, to read in place of what stands in the files.
    """
    with _undisturbed():
        checked = _check(source, options, overlay)
        if prove and any(diagnostic.fixes for diagnostic in checked.report.diagnostics):
            from specc.proof import proven

            def recheck(texts: Mapping[str, str]) -> Checked:
                return _check(source, options, {**overlay, **texts})

            checked.report.diagnostics[:] = proven(checked, recheck)
        return checked._replace(source=source, options=options)


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
    except TooLarge:
        return Checked(Report(source.path, _sorted(found, source)))
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
        from specc.passes.resolution.includes import include

        document = include(document, folder, _loader(found, overlay), found)
    with _binding(options.settings, document):
        graph = resolve(
            document,
            found,
            settings=options.settings,
            variant=options.variant,
            strict=options.strict,
            folder=folder,
        )
        typed = infer(graph, found)
    if typed.demands:
        from specc.passes.inference.demands import settle

        typed = settle(typed, found)
    typed = keep_promises(typed, found)
    training, targets, bound = _training(typed, options.data, found)
    if bound and not has_errors(found):
        found.extend(_where_bound(source, options, overlay, bound))
    spent: Mapping[str, Any] = {}
    if "budget" in document.sections:
        from specc.passes.budget import hold_budget

        spent = hold_budget(document.sections["budget"], typed, found)
    if not has_errors(found):
        lint(typed, found)
        if any(op is not None and op.brings_mask for op in typed.ops):
            from specc.passes.masks.lint import follow_masks

            typed = follow_masks(typed, training.loss if training is not None else (), found)
        insertions(typed, found)
    if document.ignores:
        from specc.passes.lints.ignore import hide

        typed = typed._replace(hidden=hide(document, typed.graph, found))
    report = Report(source.path, _sorted(found, source), typed, targets, spent)
    return Checked(report, document, training, work=work + graph.steps)


def _binding(settings: Mapping[str, Any], document: Document) -> AbstractContextManager[None]:
    """While this lasts, symbols are read as the sizes that they are set to."""
    if not settings:
        return nullcontext()
    from specc.passes.resolution.settings import binding_symbols

    return binding_symbols(settings, document)


def _training(
    typed: Typed, data: Any, found: Findings
) -> tuple[Any, Mapping[str, Tensor], Mapping[str, int]]:
    """The `compile` section, checked, the targets that `fit` will want, and the symbols that the data bind."""
    sections = typed.graph.document.sections
    if data is None and "compile" not in sections and "targets" not in sections:
        return None, {}, {}
    from specc.passes.training.training import check_training

    return check_training(sections.get("compile"), typed, found, data)


def _where_bound(
    source: Source, options: Options, overlay: Mapping[str, str], bound: Mapping[str, int]
) -> list[Diagnostic]:
    """What is wrong at the sizes that the data have, and with the data at those."""
    free = {name: size for name, size in bound.items() if name not in options.settings}
    if not free:
        return []
    again = _check(source, options._replace(settings={**options.settings, **free}), overlay)
    note = Note(f"where {', '.join(f'{name} = {size}' for name, size in free.items())}, as in the data")
    return [d._replace(notes=(*d.notes, note)) for d in again.report.diagnostics if d.is_error]


def folder_of(path: str) -> str:
    """The folder that the files of a spec must stand in; for text from elsewhere, the current one."""
    folder = "" if path.startswith("<") else os.path.dirname(path)
    return folder or "."


def _content(path: str) -> bytes:
    """What stands in a file; of one without an end (a device, a pipe) just more than a spec may have."""
    with open(path, "rb") as file:
        return file.read(MAX_BYTES + 1)


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


def _start_of(path: str) -> Span:
    """The place for what is wrong with a file that was not read."""
    return Span(Source(path, ""), 0, 0)


def _sorted(found: Findings, source: Source) -> list[Diagnostic]:
    """In the order of the text, the spec's own first."""

    def place(diagnostic: Diagnostic) -> tuple[bool, str, int]:
        span = diagnostic.span
        if span is None:
            return (True, "", 0)
        return (span.source.path != source.path, span.source.path, span.start)

    return sorted(found, key=place)


def explicit(checked: Checked) -> Explicit:
    """The explicit graph of a check without errors; a symbol that can have one size only is that number in it."""
    typed = checked.report.typed
    assert typed is not None
    from specc.passes.adapt import adapt

    if typed.solution is not None and checked.source is not None:
        from specc.passes.inference.demands import numbers

        numbers_of = numbers(typed)
        if numbers_of:
            settings = {**checked.options.settings, **numbers_of}
            options = checked.options._replace(settings=settings, data=None)
            again = check_source(checked.source, options, prove=False).report
            typed = again.typed if again.ok and again.typed is not None else typed
    return adapt(typed)
