"""`specc import`."""

from specc.commands.options import Arguments, UsageError
from specc.commands.printing import TextPrinter
from specc.commands.screen import Screen
from specc.commands.write import write
from specc.diagnostics.style import harmless
from specc.report import Report


def run(arguments: Arguments, screen: Screen) -> int:
    """Print the spec of a model; what stands in the way, or was left out, on standard error."""
    model = _model(arguments)
    screen.progress(f"reading {harmless(model)}")
    from specc.importing.model import import_model

    imported = import_model(model, allow_custom=arguments.has("allow-custom"), step=screen.progress)
    screen.progress("")
    report = Report(model, imported.diagnostics)
    printer = TextPrinter(screen.turned())
    if imported.text is None:
        printer.add(report)
        return printer.status
    printer.print_diagnostics(report)
    return write(imported.text, arguments, screen)


def _model(arguments: Arguments) -> str:
    if len(arguments.operands) != 1:
        count = "no model" if not arguments.operands else "more than one"
        hint = f"try `{arguments.command.example}`"
        raise UsageError(f"`specc import` takes one model and was given {count}", hint)
    return arguments.operands[0]
