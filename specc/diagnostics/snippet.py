"""Lines of a spec as a terminal shows them, with a stretch of them underlined."""

from typing import NamedTuple

from specc.diagnostics.style import Look, harmless, paint
from specc.source import Span

_WIDTH = 100
_LEAD = 20
_TAB = "    "
_MOST_LINES = 3


class Extent(NamedTuple):
    """The lines, and the columns in the first and last of them, that a span is shown on."""

    first_line: int
    first_column: int
    last_line: int
    last_column: int


def extent(span: Span) -> Extent:
    """Where to draw `span`: from its first character to behind its last one that is no white space."""
    end = span.start + len(span.text.rstrip())
    first, last = span.first, span.source.position(end)
    return Extent(*first, *last)


def last_line_shown(span: Span) -> int:
    """The greatest line number that `snippet` prints for the span."""
    return extent(span).last_line


def snippet(span: Span, gutter: int, mark: str, look: Look, color: bool) -> list[str]:
    """The lines of `span`, numbered, with what it covers underlined; of many lines the first and last."""
    place = extent(span)
    lines: list[str] = []
    numbers = range(place.first_line, place.last_line + 1)
    skips = len(numbers) > _MOST_LINES
    for number in (numbers[0], numbers[-1]) if skips else numbers:
        text = span.source.line(number)
        indent = len(text) - len(text.lstrip())
        start = place.first_column - 1 if number == place.first_line else indent
        stop = place.last_column - 1 if number == place.last_line else len(text)
        shown, lead, width = _window(text, start, stop)
        lines.append(paint(f"{number:>{gutter}} |", "place", color) + f" {shown}".rstrip())
        under = paint(mark * max(width, 1), look, color)
        lines.append(paint(" " * gutter + " |", "place", color) + f" {' ' * lead}{under}")
        if skips and number == place.first_line:
            lines.append(paint("." * min(3, gutter + 2), "place", color))
    return lines


def fitted(text: str, start: int = 0) -> str:
    """One line of any text, fit for a terminal; a long one is cut to what stands around `start`."""
    return _window(text, start, start)[0]


def _window(text: str, start: int, stop: int) -> tuple[str, int, int]:
    """The part of a line that is shown, and in terminal columns: where its stretch starts and how wide it is.

    A long line is cut to `_WIDTH` characters around the stretch from `start` to `stop`.
    """
    stop = max(start, min(stop, len(text)))
    if len(text) <= _WIDTH:
        low, high = 0, len(text)
    else:
        low = max(0, min(start - _LEAD, len(text) - _WIDTH))
        high = min(len(text), low + _WIDTH)
    stop = min(stop, high)
    lead = ("…" if low else "") + _visible(text[low:start])
    middle = _visible(text[start:stop])
    tail = _visible(text[stop:high]) + ("…" if high < len(text) else "")
    return lead + middle + tail, _columns(lead), _columns(middle)


def _visible(text: str) -> str:
    return harmless(text.replace("\t", _TAB))


def _columns(text: str) -> int:
    """How many columns of a terminal the text takes."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)
