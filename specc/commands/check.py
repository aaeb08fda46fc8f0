"""`specc check`."""

from specc.commands.options import Arguments, UsageError
from specc.commands.printing import printer_for
from specc.commands.screen import Screen
from specc.commands.specs import STDIN, check_path, denied, reading_options, several_specs
from specc.diagnostics.model import Diagnostic, Fix
from specc.diagnostics.style import harmless, paint
from specc.pipeline import Options
from specc.report import Checked


def run(arguments: Arguments, screen: Screen) -> int:
    """Check all specs of the command line, fixing them first where that is asked for."""
    paths = several_specs(arguments)
    options = reading_options(arguments)
    if options.data is not None and len(paths) > 1:
        raise UsageError("`--data` is about one spec, and there are several", "check them one by one")
    unsafe, quiet = arguments.has("unsafe-fixes"), arguments.has("quiet")
    fixing = unsafe or arguments.has("fix")
    # Standard output is for the fixed text, where that is what a run is for.
    reports = screen.turned() if fixing and "-" in paths else screen
    printer = printer_for(arguments.last("format"), reports, quiet, denied(arguments))
    for path in paths:
        checked = check_path(path, options)
        if fixing:
            checked = _fix(checked, options, unsafe, quiet, screen)
        printer.add(checked.report)
    printer.finish()
    return printer.status


def _fix(checked: Checked, options: Options, unsafe: bool, quiet: bool, screen: Screen) -> Checked:
    """Apply fixes and write the files, or for standard input print the text; the check of what came of it."""
    source = checked.source
    if source is None:
        return checked
    from specc.commands.files import write_text
    from specc.commands.fixing import fix_all

    fixed = fix_all(checked, source, options, unsafe)
    if source.path == STDIN:
        screen.put(fixed.texts.get(STDIN, source.text).encode())
    for path, text in fixed.texts.items():
        if path == STDIN:
            continue
        try:
            write_text(path, text)
        except OSError as error:
            message = f"cannot write `{path}`: {error.strerror or error}"
            checked.report.diagnostics.append(Diagnostic("E502", message))
            return checked
    if not quiet:
        _tell(fixed.applied, screen)
    return fixed.checked


def _tell(applied: list[tuple[Diagnostic, Fix]], screen: Screen) -> None:
    """What was fixed, a line for each fix."""
    for diagnostic, fix in applied:
        span = diagnostic.span
        place = "" if span is None else f"{span.source.path}:{span.first.line}"
        label = paint("fixed", "help", screen.error_color)
        screen.complain(f"{label}  {harmless(place)}  {diagnostic.code}: {harmless(fix.title)}")
