"""`specc build`."""

import os

from specc.commands.options import Arguments, UsageError
from specc.commands.printing import TextPrinter, network, printer_for
from specc.commands.screen import Screen
from specc.commands.specs import check_path, denied, reading_options, single_spec
from specc.commands.table import memory
from specc.diagnostics.style import harmless, paint
from specc.report import Checked


def run(arguments: Arguments, screen: Screen) -> int:
    """Check a spec, build its model and write it."""
    path = single_spec(arguments)
    out = _out(arguments)
    seed = _seed(arguments.last("seed"))
    options = reading_options(arguments)
    style = arguments.last("format")
    printer = printer_for(style, screen, arguments.has("quiet"), denied(arguments))
    screen.progress(f"checking {harmless(path)}")
    checked = check_path(path, options)
    report = checked.report
    allowed = arguments.has("allow-custom")
    weights = arguments.last("weights")
    built = not printer.fails(report) and _build(checked, out, seed, allowed, weights, screen)
    screen.progress("")
    if built and isinstance(printer, TextPrinter):
        printer.print_diagnostics(report)
        if not printer.quiet:
            size = memory(os.path.getsize(out))
            label = paint("built", "help", screen.color)
            screen.say(f"{label}  {harmless(out)}  {network(report)}, {size}")
        return 0
    printer.add(report)
    printer.finish()
    return printer.status


def _build(
    checked: Checked, out: str, seed: int | None, allowed: bool, weights: str | None, screen: Screen
) -> bool:
    """Build the model and write it; what stands in the way goes into the report."""
    from specc.building import SpecError, build_checked

    try:
        build_checked(checked, out, seed, screen.progress, allowed, weights)
    except SpecError:
        return False
    return True


def _out(arguments: Arguments) -> str:
    out = arguments.last("out")
    if out is None:
        raise UsageError("`specc build` needs a file for the model", "add `--out model.keras`")
    if not out.endswith(".keras"):
        stem = os.path.splitext(out)[0] or "model"
        message = f"`{out}` is no name for a model: Keras's format has the suffix `.keras`"
        raise UsageError(message, f"write `--out {stem}.keras`")
    return out


def _seed(given: str | None) -> int | None:
    if given is None:
        return None
    if not given.isascii() or not given.isdigit() or len(given) > 18:
        raise UsageError(f"`--seed {given}` is no seed", "a seed is a whole number from 0, as `--seed 1`")
    return int(given)
