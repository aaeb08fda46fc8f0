"""What to say where YAML cannot be read: PyYAML's complaints in words that help its user."""

import re

from specc.diagnostics.model import Diagnostic, Edit, Fix, Note
from specc.source import Source, Span

_UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TABS = re.compile(r"\t+")
_ESCAPE = re.compile(r"\\[xuU][0-9a-fA-F]*")
_BARE = re.compile(r"^( *- +)([A-Za-z_][\w.]*)[ \t]*(?:#[^\n]*)?\n(?:[ \t]*(?:#[^\n]*)?\n)*\Z", re.MULTILINE)
_KEY = re.compile(r"[ \t]*(?:- +)*([^\s#:][^:\n]*):(?=\s|\Z)")


def unreadable_character(source: Source) -> Diagnostic | None:
    """A finding for the first character that YAML forbids: control characters, halves of surrogate pairs."""
    found = _UNREADABLE.search(source.text)
    if found is None:
        return None
    message = f"the character U+{ord(found.group()):04X} cannot stand in YAML text"
    return Diagnostic("E100", message, Span(source, *found.span()))


def complain(source: Source, error: Exception) -> Diagnostic:
    """A finding for what a parser of PyYAML's raised, C or Python, at its smallest place."""
    problem = str(getattr(error, "problem", None) or error)
    mark = getattr(error, "problem_mark", None)
    text = source.text
    stop: int = min(mark.index, len(text)) if mark is not None else len(text)
    context = getattr(error, "context_mark", None)
    opening: int | None = context.index if context is not None else None

    if "cannot start any token" in problem:
        return _no_token(source, stop)
    if "mapping values are not allowed" in problem:
        return _second_value(source, stop)
    if "sequence entries are not allowed" in problem:
        return _error(
            source,
            stop,
            "a list cannot start on the line of its key: put its items on lines of their own",
        )
    if opening is not None:
        if "unexpected end of stream" in problem:
            return _error(source, opening, "this quote is never closed")
        if "',' or ']'" in problem or "',' or '}'" in problem:
            return _open_flow(source, opening, stop)
        if "escape" in problem:
            return _bad_escape(source, opening, stop)
        bare = _bare_word(source, stop)
        if bare is not None:
            return _no_colon(bare)
        if "expected '-'" in problem or ("<block end>" in problem and text[opening : opening + 1] == "-"):
            return _error(
                source,
                stop,
                "this stands among the items of a list, but does not start with `- `",
                "the list starts here",
                opening,
            )
        if "expected key" in problem or "<block end>" in problem:
            return _no_key(source, opening, stop)
    if "could not find expected ':'" in problem:
        place = opening if opening is not None else stop
        return _error(source, place, "a `:` is missing behind this key, or it is indented wrongly")
    if "node content" in problem:
        found = f"`{text[stop]}`" if stop < len(text) else "the end"
        return _error(source, stop, f"a value should stand here, not {found}")
    return _error(source, stop, f"this cannot be read as YAML: {problem}")


def _error(source: Source, at: int, message: str, note: str = "", note_at: int = 0) -> Diagnostic:
    notes = (Note(note, _char(source, note_at)),) if note else ()
    return Diagnostic("E100", message, _char(source, at), notes=notes)


def _char(source: Source, at: int) -> Span:
    """The character at an offset; the end of the text where the offset lies there."""
    return Span(source, min(at, len(source.text)), min(at + 1, len(source.text)))


def _no_token(source: Source, at: int) -> Diagnostic:
    tabs = _TABS.match(source.text, at)
    if tabs is None:
        char = source.text[at : at + 1]
        return _error(source, at, f"a value cannot start with `{char}`: put it into quotes")
    place = Span(source, *tabs.span())
    spaces = Fix("indent by spaces", "unsafe", (Edit(place, "  " * len(tabs.group())),))
    return Diagnostic("E100", "YAML is indented by spaces, not by tabs", place, fixes=(spaces,))


def _second_value(source: Source, colon: int) -> Diagnostic:
    text = source.text
    start = text.rfind("\n", 0, colon) + 1
    first = _KEY.match(text, start, colon + 1)
    if first is not None and first.end() <= colon:
        value = text[first.end() : colon].strip()
        return _error(
            source,
            colon,
            f"a second `:` in one line: put what follows `{first.group(1)}:` into quotes, "
            f"or start a new line before `{value}`",
        )
    key = Span(source, colon - len(text[start:colon].lstrip()), colon)
    bare = _bare_word(source, key.start)
    if bare is not None:
        return _no_colon(bare)
    message = f"the key `{key.text}` stands where the value before it goes on: indent it as its neighbours"
    return Diagnostic("E100", message, key)


def _bare_word(source: Source, at: int) -> Span | None:
    """The `Flatten` of an item `- Flatten` on the line above, where what stands at `at` is in line with it."""
    start = source.text.rfind("\n", 0, at) + 1
    bare = _BARE.search(source.text, 0, start)
    in_line = bare is not None and len(bare.group(1)) == at - start
    return Span(source, *bare.span(2)) if bare is not None and in_line else None


def _no_colon(word: Span) -> Diagnostic:
    """An op without arguments, and keys beside it."""
    message = f"`{word.text}` has keys beside it, and so needs a colon: `{word.text}:`"
    colon = Edit(Span(word.source, word.end, word.end), ":")
    return Diagnostic("E100", message, word, fixes=(Fix("put the colon", "safe", (colon,)),))


def _open_flow(source: Source, opening: int, stop: int) -> Diagnostic:
    text = source.text
    bracket = text[opening : opening + 1]
    close = "}" if bracket == "{" else "]"
    if not text[stop:].strip():
        return _error(source, opening, f"this `{bracket}` is never closed by a `{close}`")
    return _error(
        source,
        stop,
        f"`,` or `{close}` should stand here, not `{text[stop]}`",
        f"this `{bracket}` is still open",
        opening,
    )


def _bad_escape(source: Source, opening: int, stop: int) -> Diagnostic:
    backslash = source.text.rfind("\\", opening, stop + 1)
    at = backslash if backslash >= 0 else stop
    escape = _ESCAPE.match(source.text, at)
    if escape is not None:
        place = Span(source, *escape.span())
        return Diagnostic("E100", f"the escape `{place.text}` is no character", place)
    place = Span(source, at, min(at + 2, len(source.text)))
    message = f"`{place.text}` is no escape in YAML: write `\\\\` for a backslash, or use single quotes"
    return Diagnostic("E100", message, place)


def _no_key(source: Source, opening: int, stop: int) -> Diagnostic:
    text = source.text
    before = text[text.rfind("\n", 0, stop) + 1 : stop].rstrip()
    if before.endswith(('"', "'")):
        return _error(source, stop, "nothing can follow the closing quote: put all of the value into quotes")
    what = "an item of a list" if text[stop : stop + 1] == "-" else f"`{text[stop : stop + 1]}`"
    return _error(
        source,
        stop,
        f"a `key:` should stand here, not {what}; is it indented wrongly?",
        "the mapping starts here",
        opening,
    )
