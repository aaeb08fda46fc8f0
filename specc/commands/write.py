"""`specc schema`, `specc expand` and `specc emit`, which print a text or write it to a file."""

from specc.commands.files import replace_file
from specc.commands.options import Arguments, UsageError
from specc.commands.screen import Screen
from specc.diagnostics.style import harmless


def schema(arguments: Arguments, screen: Screen) -> int:
    """Print the JSON Schema of the language."""
    if arguments.operands:
        raise UsageError("`specc schema` takes no operands", f"try `{arguments.command.example}`")
    from specc.ops.libraries import faults
    from specc.schema import text

    for name, fault in faults().items():
        screen.complain(f"the ops of the library `{name}` cannot be loaded: {harmless(fault)}")
    return write(text(), arguments, screen)


def expand(arguments: Arguments, screen: Screen) -> int:
    """Print the spec with everything written out; of one with errors, these, on standard error."""
    from specc.commands.printing import printer_for
    from specc.commands.specs import check_path, reading_options, single_spec
    from specc.expanding import expanded

    checked = check_path(single_spec(arguments), reading_options(arguments))
    report = checked.report
    if not report.ok or report.typed is None:
        printer = printer_for("text", screen.turned())
        printer.add(report)
        return printer.status
    return write(expanded(checked), arguments, screen)


def emit(arguments: Arguments, screen: Screen) -> int:
    """Print Keras code for the model of a spec; of one with errors, these, on standard error."""
    from specc.backends.emit.module import emit as emitted
    from specc.commands.printing import printer_for
    from specc.commands.specs import check_path, reading_options, single_spec
    from specc.pipeline import explicit

    checked = check_path(single_spec(arguments), reading_options(arguments))
    report = checked.report
    if not report.ok or report.typed is None:
        printer = printer_for("text", screen.turned())
        printer.add(report)
        return printer.status
    return write(emitted(explicit(checked), checked.training), arguments, screen)


def write(text: str, arguments: Arguments, screen: Screen) -> int:
    """Print a text, or write it to the file that `--out` names; returns the exit status."""
    out = arguments.last("out")
    if out is None:
        screen.put(text.encode())
        return 0
    try:
        replace_file(out, text.encode())
    except OSError as error:
        screen.complain(f"error[E502]: cannot write `{out}`: {error.strerror or error}")
        return 1
    return 0
