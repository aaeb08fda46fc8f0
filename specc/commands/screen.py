"""Where the command line writes: results to standard output, everything else to standard error."""

import os
from typing import TextIO

from specc.diagnostics.style import ColorChoice, use_color

_LEAST_COLUMNS = 40


class Screen:
    """Standard output and standard error, with what is known of the terminal behind them.

    `color` and `error_color` say whether each is coloured.
    """

    def __init__(self, out: TextIO, err: TextIO, choice: ColorChoice = "auto") -> None:
        self.out = out
        self.err = err
        self.color = use_color(choice, out)
        self.error_color = use_color(choice, err)

    def say(self, text: str) -> None:
        """Write lines to standard output."""
        self.out.write(text + "\n")

    def put(self, data: bytes) -> None:
        """Write bytes to standard output as they are."""
        self.out.flush()
        self.out.buffer.write(data)
        self.out.buffer.flush()

    def complain(self, text: str) -> None:
        """Write lines to standard error."""
        self.err.write(text + "\n")

    def turned(self) -> "Screen":
        """A screen that says on standard error, because standard output is for something else."""
        turned = Screen(self.err, self.err)
        turned.color = turned.error_color = self.error_color
        return turned

    @property
    def columns(self) -> int | None:
        """The width of the terminal; None where the output is no terminal and nothing has to fit."""
        given = os.environ.get("COLUMNS", "")
        if given.isdigit() and int(given) > 0:
            return max(int(given), _LEAST_COLUMNS)
        if not self.out.isatty():
            return None
        try:
            return max(os.get_terminal_size(self.out.fileno()).columns, _LEAST_COLUMNS)
        except OSError:
            return None

    def progress(self, text: str) -> None:
        """Show what is going on, on a terminal only, in place of what was shown so before; nothing for ""."""
        if self.err.isatty():
            self.err.write(f"\r\x1b[K{text}")
            self.err.flush()
