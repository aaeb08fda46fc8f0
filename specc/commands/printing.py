"""Reports in the formats of the command line."""

import re
from collections.abc import Container

from specc.commands.screen import Screen
from specc.diagnostics.model import Diagnostic
from specc.diagnostics.style import ColorChoice, harmless, paint
from specc.passes.cost import Totals
from specc.report import Report

_MOST_ROWS = 30
_READ = 100
"""How many rows, and characters of what is needed, somebody reads."""


class Printer:
    """Prints reports one after the other; `finish` prints what stands behind all of them.

    `quiet` leaves out notes and what is not about mistakes, `deny` has the codes of warnings that count as mistakes.
    """

    def __init__(self, screen: Screen, quiet: bool = False, deny: Container[str] = ()) -> None:
        self.screen = screen
        self.quiet = quiet
        self.deny = deny
        self.reports = 0
        self.failures = 0

    def fails(self, report: Report) -> bool:
        """Whether the command fails by this report."""
        return not report.ok or any(d.code in self.deny for d in report.diagnostics)

    def add(self, report: Report) -> None:
        """Print one report, as soon as it is there."""
        self.reports += 1
        self.failures += self.fails(report)
        self.show(report)

    def show(self, report: Report) -> None:
        """Print a report in the format."""
        raise NotImplementedError

    def finish(self) -> None:
        """Print what is about all reports together."""

    def shown(self, report: Report) -> list[Diagnostic]:
        """The diagnostics to print."""
        return [d for d in report.diagnostics if not self.quiet or d.severity != "note"]

    @property
    def status(self) -> int:
        """The exit status."""
        return 1 if self.failures else 0


class TextPrinter(Printer):
    """For people: diagnostics, the table of layers up to a failure, and one line for each spec."""

    def show(self, report: Report) -> None:
        """Print the diagnostics, and what became of the spec."""
        self.print_diagnostics(report)
        if not report.ok and not self.quiet:
            self._table(report)
        if not self.quiet or self.fails(report):
            self.screen.say(self._verdict(report))
            if not self.fails(report):
                for line in needs(report):
                    self.screen.say(f"    {line}")

    def print_diagnostics(self, report: Report) -> None:
        """Print the diagnostics alone: a line for a mere note, else all of it and an empty line behind."""
        pending = False
        for diagnostic in self.shown(report):
            if diagnostic.severity == "note" and not diagnostic.notes and not diagnostic.fixes:
                self.screen.say(_note_line(diagnostic, self.screen.color))
                pending = True
                continue
            from specc.diagnostics.text import render

            if pending:
                self.screen.say("")
                pending = False
            self.screen.say(f"{render(diagnostic, self.screen.color)}\n")
        if pending:
            self.screen.say("")

    def _table(self, report: Report) -> None:
        """The layers up to the first that failed, where it is their shapes that are at fault."""
        if report.typed is None or not any(d.code.startswith("E2") for d in report.diagnostics):
            return
        from specc.commands.table import table_lines
        from specc.passes.cost import rows

        table = rows(report.typed, until_failure=True)
        if table:
            lines = table_lines(table[-_MOST_ROWS:], self.screen.columns, self.screen.color)
            left_out = len(table) - _MOST_ROWS
            note = [f"({left_out:,} layers before these)"] if left_out > 0 else []
            self.screen.say("\n".join([*note, *lines, ""]))

    def _verdict(self, report: Report) -> str:
        path = harmless(report.path)
        color = self.screen.color
        if not self.fails(report):
            return f"{paint('ok', 'help', color)}  {path}  {network(report)}"
        from specc.diagnostics.text import summary

        return f"{paint('failed', 'error', color)}  {path}  {summary(report.diagnostics)}"

    def finish(self) -> None:
        """Count the specs where there are several."""
        if self.reports > 1 and not self.quiet:
            passed = self.reports - self.failures
            failed = f", {self.failures:,} with errors" if self.failures else ""
            self.screen.say(f"{self.reports:,} specs: {passed:,} ok{failed}")


PLACES_SHOWN = 3
"""How many layers are named for one constraint."""


def network(report: Report) -> str:
    """The network in a few words: its size and what comes out of it."""
    layers = sum(not row.inserted for row in report.layers)
    outputs = [f"{harmless(name)} {harmless(str(tensor.shape))}" for name, tensor in report.outputs.items()]
    parts = [
        f"{layers:,} layer{'s' * (layers != 1)}",
        parameters(report.totals),
        f"output{'s' * (len(outputs) != 1)} {', '.join(outputs)}",
    ]
    return f"{harmless(report.name or '')}: {', '.join(parts)}"


def needs(report: Report) -> list[str]:
    """What the network needs of its symbols, a line each, with the first layers or inputs that need it.

    What is too long to be read is of too many periods to be solved: one size is soon tried.
    """
    return [f"needs {_need(each.text)} (from {_places(each.places)})" for each in report.constraints]


def _need(text: str) -> str:
    if len(text) <= _READ:
        return text
    names = " and ".join(sorted(set(re.findall(r"[A-Za-z_]\w*", text)) - {"and", "or", "in", "not"}))
    return f"what is too long to be solved for {names}: try sizes by `--set`, or see `--format json`"


def _places(places: tuple[tuple[str, int], ...]) -> str:
    shown = [f"`{harmless(name)}`, line {line}" for name, line in places[:PLACES_SHOWN]]
    more = len(places) - len(shown)
    return ", and ".join([*shown, *([f"{more} more"] if more else [])])


def parameters(totals: Totals) -> str:
    """How many parameters there are, or, where a layer does not tell, how many at least."""
    least = "at least " if totals.params is None else ""
    return f"{least}{totals.counted:,} parameters"


def _note_line(diagnostic: Diagnostic, color: bool) -> str:
    """A note in one line, with its place."""
    span = diagnostic.span
    place = "" if span is None else f" ({harmless(span.source.path)}:{span.first.line})"
    return f"{paint(f'note[{diagnostic.code}]', 'note', color)}: {harmless(diagnostic.message)}{place}"


class JsonPrinter(Printer):
    """For programs: one object a line for each spec."""

    def show(self, report: Report) -> None:
        """Print the report's object."""
        from json import dumps

        self.screen.say(dumps(report.to_dict()))


class GithubPrinter(Printer):
    """For GitHub Actions: one workflow command for each diagnostic."""

    def show(self, report: Report) -> None:
        """Print the commands."""
        from specc.diagnostics.github import command

        for diagnostic in self.shown(report):
            self.screen.say(command(diagnostic, report.path))


class SarifPrinter(Printer):
    """For code scanning: one log, printed at the end."""

    def __init__(self, screen: Screen, quiet: bool = False, deny: Container[str] = ()) -> None:
        super().__init__(screen, quiet, deny)
        self.found: list[tuple[str, Diagnostic]] = []

    def show(self, report: Report) -> None:
        """Keep the diagnostics for the end."""
        self.found += [(report.path, diagnostic) for diagnostic in self.shown(report)]

    def finish(self) -> None:
        """Print the log."""
        from json import dumps

        from specc import __version__
        from specc.diagnostics.sarif import to_sarif

        self.screen.say(dumps(to_sarif(self.found, __version__), indent=2))


_PRINTERS = {"text": TextPrinter, "json": JsonPrinter, "sarif": SarifPrinter, "github": GithubPrinter}


def printer_for(name: str | None, screen: Screen, quiet: bool = False, deny: Container[str] = ()) -> Printer:
    """The printer for a format; text where none is named."""
    return _PRINTERS[name or "text"](screen, quiet, deny)


def color_choice(given: str | None) -> ColorChoice:
    """What `--color` was given; `auto` where it was not."""
    return "always" if given == "always" else "never" if given == "never" else "auto"
