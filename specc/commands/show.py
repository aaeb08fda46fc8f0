"""`specc show`."""

from specc.commands.options import Arguments
from specc.commands.printing import needs, printer_for
from specc.commands.screen import Screen
from specc.commands.specs import check_path, reading_options, single_spec
from specc.commands.table import table_lines, totals_line
from specc.diagnostics.style import harmless, paint
from specc.report import Report


def run(arguments: Arguments, screen: Screen) -> int:
    """Print the table of layers; of a spec with errors, these and the table up to the first failure."""
    path = single_spec(arguments)
    report = check_path(path, reading_options(arguments)).report
    style = arguments.last("format")
    if style != "json" and report.ok:
        _show(report, screen)
        return 0
    printer = printer_for(style, screen)
    printer.add(report)
    return printer.status


def _show(report: Report, screen: Screen) -> None:
    """The name, inputs, table, outputs and totals."""
    lines = [paint(harmless(report.name or ""), "strong", screen.color)]
    for kind, tensors in (("input", report.inputs), ("output", report.outputs)):
        lines += [
            f"{kind:<6}  {harmless(name)} {harmless(str(tensor.shape))} {tensor.dtype}"
            for name, tensor in tensors.items()
        ]
    if report.batch is not None:
        lines.append(f"batch   {report.batch}")
    lines += needs(report)
    lines += ["", *table_lines(report.layers, screen.columns, screen.color), "", totals_line(report.totals)]
    screen.say("\n".join(lines))
