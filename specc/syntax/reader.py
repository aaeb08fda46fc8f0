"""Reads text into a tree: bytes to text, YAML to nodes, and a diagnostic for whatever cannot be read.

The parser is libyaml's, by its events; where PyYAML comes without libyaml (`HAS_LIBYAML` is False), its own
parser in Python gives the same tree, some thirty times slower.
"""

from collections.abc import Callable

import yaml
from yaml.events import StreamEndEvent

from specc.diagnostics.collector import TooManyErrors
from specc.diagnostics.model import Diagnostic, Edit
from specc.source import Source, Span
from specc.syntax.events import EventParser, Reading, Stop
from specc.syntax.tree import Node

MAX_BYTES = 16 * 1024 * 1024

ParserType = Callable[[str], EventParser]


def _parser() -> tuple[ParserType, bool]:
    try:
        from yaml._yaml import CParser
    except ImportError:
        return yaml.Loader, False
    return CParser, True


_PARSER, HAS_LIBYAML = _parser()

# PyYAML's parsers raise these on bad text: its Python loader does not check all escapes and directives.
_FAILURES = (yaml.YAMLError, UnicodeError, ValueError, OverflowError)


def decode(path: str, data: bytes) -> tuple[Source | None, list[Diagnostic]]:
    """The text of a file: UTF-8, or UTF-16 with a byte order mark. A byte order mark is dropped."""
    if len(data) > MAX_BYTES:
        return None, [
            Diagnostic("E110", f"{path}: {len(data):,} bytes; a spec has at most {MAX_BYTES:,} (16 MiB)")
        ]
    is_utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    encoding = "utf-16" if is_utf16 else "utf-8-sig"
    try:
        return Source(path, data.decode(encoding)), []
    except UnicodeDecodeError as error:
        # utf-8-sig counts from behind the mark that it has dropped.
        offset = error.start + (3 if data.startswith(b"\xef\xbb\xbf") else 0)
        source = Source(path, data.decode(encoding, errors="replace"))
        before = data[:offset].decode(encoding, errors="replace")
        name = "UTF-16" if is_utf16 else "UTF-8"
        what = f"byte {offset} ({data[offset]:#04x})" if offset < len(data) else "the end of the text"
        span = Span(source, len(before), min(len(before) + 1, len(source.text)))
        return None, [Diagnostic("E100", f"this is not {name} text: {what} does not belong there", span)]


def read(source: Source) -> tuple[Node | None, list[Diagnostic]]:
    """The tree of a spec's text, and what is wrong with it.

    The tree is None where the text cannot be read as YAML, and where parts of it had to be left out (E100,
    E102, E108, E110); duplicate keys alone (E101) leave a tree, with each key's first value.
    """
    return read_with(_PARSER, source)


def read_with(parser: ParserType, source: Source) -> tuple[Node | None, list[Diagnostic]]:
    """`read` by a given parser of PyYAML's (for tests)."""
    if len(source.text) > MAX_BYTES:
        return None, [Diagnostic("E110", f"{source.path}: longer than 16 MiB")]
    stray = source.text.find("\ufeff", 1)
    if stray >= 0:
        place = Span(source, stray, stray + 1)
        return None, [Diagnostic("E100", "a byte order mark (U+FEFF) stands inside the text", place)]
    reading = Reading(source)
    root: Node | None = None
    explained: list[Diagnostic] = []
    try:
        root = reading.run(parser(reading.text))
    except (Stop, TooManyErrors):
        pass
    except _FAILURES as error:
        explained = _explain(parser, reading, error)
    if root is not None and reading.values.cut:
        from specc.syntax.quoting import cuts_in_tree

        cuts = cuts_in_tree(root)
        if cuts:
            return None, cuts
    diagnostics = sorted([*reading.diagnostics, *explained], key=_place)
    if any(diagnostic.code != "E101" for diagnostic in diagnostics):
        return None, diagnostics
    return root, diagnostics


def _place(diagnostic: Diagnostic) -> int:
    return diagnostic.span.start if diagnostic.span else 0


def _explain(parser: ParserType, reading: Reading, error: Exception) -> list[Diagnostic]:
    """What to say where the parser gave up: of expressions that lack quotes, if quotes get it further."""
    from specc.syntax.complaints import complain, unreadable_character
    from specc.syntax.quoting import cuts_in_text

    source = reading.source
    bad = unreadable_character(source)
    if bad is not None:
        return [bad]
    mark = getattr(error, "problem_mark", None)
    stop: int = mark.index if mark is not None else len(source.text)
    in_flow = reading.flow_start is not None
    start = source.text.rfind("\n", 0, stop) + 1 if reading.flow_start is None else reading.flow_start
    cuts = cuts_in_text(source, start, stop + 1, in_flow)
    if cuts and _gets_further(parser, reading.text, [edit for cut in cuts for edit in cut.edits()], stop):
        return [cut.diagnostic() for cut in cuts]
    return [complain(source, error)]


def _gets_further(parser: ParserType, text: str, edits: list[Edit], stop: int) -> bool:
    """Whether the text, with the edits made, can be read beyond offset `stop` of the text as it is."""
    pieces: list[str] = []
    at = 0
    for edit in edits:
        pieces += (text[at : edit.span.start], edit.text)
        at = edit.span.start
    shift = sum(len(edit.text) for edit in edits if edit.span.start <= stop)
    try:
        events = parser("".join([*pieces, text[at:]]))
        while type(events.get_event()) is not StreamEndEvent:
            pass
    except _FAILURES as error:
        mark = getattr(error, "problem_mark", None)
        return mark is not None and mark.index > stop + shift
    return True
