"""Text that a user wrote, and places in it."""

from bisect import bisect_right
from typing import NamedTuple


class Position(NamedTuple):
    """A place in a text; `line` and `column` count from 1, columns in characters."""

    line: int
    column: int


class Source:
    """One text with the path to show for it (`<stdin>` or `<string>` where it is no file)."""

    __slots__ = ("_starts", "path", "text")

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self._starts: list[int] | None = None

    def __repr__(self) -> str:
        return f"Source({self.path!r}, {len(self.text)} characters)"

    @property
    def starts(self) -> list[int]:
        """The offset at which each line starts; made when it is first asked for."""
        if self._starts is None:
            starts = [0]
            find = self.text.find
            at = find("\n")
            while at >= 0:
                starts.append(at + 1)
                at = find("\n", at + 1)
            self._starts = starts
        return self._starts

    def position(self, offset: int) -> Position:
        """Line and column of the character at `offset`."""
        starts = self.starts
        line = bisect_right(starts, offset)
        return Position(line, offset - starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """The text of line `number` (from 1) without its line break."""
        starts = self.starts
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")


class Span(NamedTuple):
    """A stretch of a source, from character offset `start` up to but not including `end`."""

    source: Source
    start: int
    end: int

    @property
    def first(self) -> Position:
        """Where the span starts."""
        return self.source.position(self.start)

    @property
    def last(self) -> Position:
        """Where the span ends: the place just behind its last character."""
        return self.source.position(self.end)

    @property
    def text(self) -> str:
        """What stands there."""
        return self.source.text[self.start : self.end]
