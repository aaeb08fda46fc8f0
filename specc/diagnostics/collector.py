"""Diagnostics as they are found: each once, and no more errors than anyone would read."""

from collections.abc import Iterable
from typing import NoReturn

from specc.diagnostics.model import Diagnostic

MAX_ERRORS = 1000


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
        """Record a finding, unless it has been recorded."""
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
