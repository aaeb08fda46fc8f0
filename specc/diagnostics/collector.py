"""Diagnostics as they are found: each once, and no more errors than anyone would read."""

from collections.abc import Iterable
from typing import NoReturn

from specc.diagnostics.model import Diagnostic

MAX_ERRORS = 1000
MAX_MESSAGE = 1000
"""How many characters a message has: what it quotes may be any text."""


class TooManyErrors(Exception):
    """`MAX_ERRORS` have been recorded; more are not looked for."""


class Collector(list[Diagnostic]):
    """A list that takes the same finding at the same place once, however many rounds come by it.

    Raises `TooManyErrors` with the last error that it takes, so that a spec that is wrong throughout ends a check
    soon.
    """

    def __init__(self) -> None:
        super().__init__()
        self._known: set[tuple[str, str, object]] = set()
        self._errors = 0

    def append(self, diagnostic: Diagnostic) -> None:
        """Record a finding, unless it has been recorded; its message in one line of printable characters."""
        message = diagnostic.message
        if len(message) > MAX_MESSAGE or not message.isprintable():
            diagnostic = diagnostic._replace(message=_in_one_line(message))
        key = (diagnostic.code, diagnostic.message, diagnostic.span)
        if key in self._known:
            return
        self._known.add(key)
        super().append(diagnostic)
        if diagnostic.is_error:
            self._errors += 1
            if self._errors >= MAX_ERRORS:
                raise TooManyErrors

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Record several findings."""
        for diagnostic in diagnostics:
            self.append(diagnostic)

    def __iadd__(self, diagnostics: Iterable[Diagnostic]) -> NoReturn:
        raise TypeError("a collector is extended by `extend`")


def _in_one_line(message: str) -> str:
    if len(message) > MAX_MESSAGE:
        message = message[: MAX_MESSAGE - 1] + "…"
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in message)
