"""What the compiler has to say: diagnostics, the notes behind them, and the edits that repair them."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from specc.source import Span

Severity = Literal["error", "warning", "note"]
Applicability = Literal["safe", "unsafe", "display"]

_SEVERITIES: dict[str, Severity] = {"E": "error", "W": "warning", "N": "note"}


class Note(NamedTuple):
    """A fact behind a diagnostic, with the place that it is about, if it has one."""

    text: str
    span: Span | None = None


class Edit(NamedTuple):
    """Replace what `span` covers (nothing, where it is empty) by `text`."""

    span: Span
    text: str


class Fix(NamedTuple):
    """A way to repair what a diagnostic is about.

    `safe`: behaviour is kept, or nothing could run before and one reading is left; `unsafe`: a choice for
    the user; `display`: advice without edits.
    """

    title: str
    applicability: Applicability
    edits: tuple[Edit, ...] = ()


def corrected(place: Span, meant: str | None) -> tuple[Fix, ...]:
    """The fix that writes the word that was meant in the place of another, if it is known which."""
    return (Fix(f"write `{meant}`", "safe", (Edit(place, meant),)),) if meant else ()


class Diagnostic(NamedTuple):
    """One finding: a stable code, a message that stands alone, and the smallest place to change.

    `layer` is the path of the layer concerned; `chain` says how the place was reached, innermost first
    ("in block `bottleneck`, used here", "round 3 of `stage`").
    """

    code: str
    message: str
    span: Span | None = None
    layer: str | None = None
    notes: tuple[Note, ...] = ()
    fixes: tuple[Fix, ...] = ()
    chain: tuple[Note, ...] = ()

    @property
    def severity(self) -> Severity:
        """Told by the code's first letter: E error, W warning, N note."""
        return _SEVERITIES[self.code[0]]

    @property
    def is_error(self) -> bool:
        """Whether a check fails by it."""
        return self.code[0] == "E"


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether any of `diagnostics` is an error."""
    return any(d.code[0] == "E" for d in diagnostics)
