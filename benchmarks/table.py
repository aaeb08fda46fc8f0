"""The table of figures, each with its peer, the ratio and the budget."""

from collections.abc import Sequence
from typing import NamedTuple

OVER = "<<< OVER BUDGET"


class Row(NamedTuple):
    """One figure of specc's and of its peer; `met` is None where there is no budget."""

    figure: str
    ours: str
    peer: str
    peer_name: str
    ratio: str
    budget: str = ""
    met: bool | None = None


HEAD = Row("figure", "specc", "peer", "which is", "ratio", "budget")


def render(rows: Sequence[Row]) -> str:
    """The rows as lines of text, a missed budget marked at the end of its line."""
    cells = [[*row[:6], ""] for row in (HEAD, *rows)]
    for line, row in zip(cells[1:], rows, strict=True):
        line[6] = {True: "ok", False: OVER, None: ""}[row.met]
    widths = [max(len(line[i]) for line in cells) for i in range(7)]
    lines = ["  ".join(map(_cell, range(7), line, widths)).rstrip() for line in cells]
    lines.insert(1, "-" * max(map(len, lines)))
    missed = sum(row.met is False for row in rows)
    kept = sum(row.met is True for row in rows)
    return "\n".join([*lines, "", f"{kept} budgets kept, {missed} missed"])


def _cell(column: int, text: str, width: int) -> str:
    return text.rjust(width) if column in (1, 2, 4, 5) else text.ljust(width)


def milliseconds(seconds: float) -> str:
    """A time in milliseconds, or in seconds where it is long."""
    return f"{seconds * 1000:,.0f} ms" if seconds < 10 else f"{seconds:,.1f} s"
