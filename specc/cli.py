"""The command line: `specc COMMAND …`. Exit status 0: no errors; 1: errors in a spec; 2: wrong usage.

Results go through `Screen`; this module alone turns exceptions into words and a status.
"""

import os
import sys
from io import TextIOWrapper

from specc.commands.options import (
    COMMANDS,
    HELP,
    Arguments,
    UsageError,
    find_command,
    help_text,
    overview,
    read_arguments,
)
from specc.commands.screen import Screen
from specc.diagnostics.style import harmless

OK, WRONG_USAGE, INTERNAL_ERROR, INTERRUPTED, BROKEN_PIPE = 0, 2, 70, 130, 141


def main(words: list[str] | None = None) -> int:
    """Run the command line (`sys.argv` unless `words` are given) and return the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # What a terminal cannot show is escaped rather than fatal.
            stream.reconfigure(errors="backslashreplace")
    try:
        status = _run(sys.argv[1:] if words is None else words)
        sys.stdout.flush()
    except UsageError as error:
        hint = f"\nhint: {harmless(error.hint)}" if error.hint else ""
        sys.stderr.write(f"specc: {harmless(str(error))}{hint}\n")
        return WRONG_USAGE
    except BrokenPipeError:
        # Whoever read the output has gone; what is still in the buffer must not fail again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except KeyboardInterrupt:
        sys.stderr.write("\nspecc: interrupted\n")
        return INTERRUPTED
    except Exception as error:
        if os.environ.get("SPECC_DEBUG"):
            raise
        said = " ".join(f"{type(error).__name__}: {error}".split())
        sys.stderr.write(
            f"specc: internal error: {harmless(said)}\n"
            "This is a fault of specc: please report it, with the spec and the output under SPECC_DEBUG=1.\n"
        )
        return INTERNAL_ERROR
    return status


def _run(words: list[str]) -> int:
    if not words:
        raise UsageError("no command was given", f"one of {', '.join(COMMANDS)}; see `specc --help`")
    first, *rest = words
    if first in ("--help", "-h", "help"):
        if first == "help" and rest:
            return _print(help_text(find_command(rest[0])))
        return _print(overview())
    if first == "--version":
        from specc import __version__

        return _print(f"specc {__version__}")
    if first.startswith("-"):
        hint = "options stand behind a command; see `specc --help`"
        raise UsageError(f"`specc` has no option `{first}` in front of a command", hint)
    arguments = read_arguments(find_command(first), rest)
    if arguments.has(HELP.name):
        return _print(help_text(arguments.command))
    from specc.commands.printing import color_choice

    return _dispatch(arguments, Screen(sys.stdout, sys.stderr, color_choice(arguments.last("color"))))


def _dispatch(arguments: Arguments, screen: Screen) -> int:
    """Run a command; each imports what it needs."""
    match arguments.command.name:
        case "check":
            from specc.commands.check import run
        case "build":
            from specc.commands.build import run
        case "show":
            from specc.commands.show import run
        case "explain":
            from specc.commands.explain import run
        case "expand":
            from specc.commands.write import expand as run
        case "emit":
            from specc.commands.write import emit as run
        case "import":
            from specc.commands.importing import run
        case _:
            from specc.commands.write import schema as run
    return run(arguments, screen)


def _print(text: str) -> int:
    sys.stdout.write(text + "\n")
    return OK
