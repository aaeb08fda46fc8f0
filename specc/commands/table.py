"""The table of layers as text."""

from collections.abc import Iterable
from typing import NamedTuple

from specc.commands.printing import parameters
from specc.diagnostics.style import harmless, paint
from specc.passes.cost import Row, Totals
from specc.shapes.dim import Size
from specc.shapes.symbolic import Symbolic

_GAP = "  "
_LEAST_NAME = 12
_LEAST_SHAPE = 18
_UNITS = "kMGTP"
_SHORT = 24
"""The longest amount over symbols that is shown."""


class Column(NamedTuple):
    """A column: its heading, and whether it holds numbers, which stand to the right."""

    heading: str
    numbers: bool = False


_COLUMNS = (
    Column("name"),
    Column("op"),
    Column("result"),
    Column("parameters", numbers=True),
    Column("FLOPs", numbers=True),
    Column("memory", numbers=True),
    Column(""),
)
_NAME, _SHAPE = 0, 2
_DROPPED = (5, 4)
"""What gives way where the terminal is too narrow: the activation memory, then the FLOPs."""


def table_lines(rows: Iterable[Row], columns: int | None, color: bool) -> list[str]:
    """The table, a heading first; with `columns`, made to fit so many of a terminal, by wrapping shapes."""
    cells = [_cells(row) for row in rows]
    shown = [i for i in range(len(_COLUMNS)) if i == _NAME or any(row[i] for row in cells)]
    widths = [max(len(c.heading), *(len(row[i]) for row in cells)) for i, c in enumerate(_COLUMNS)]
    if columns is not None:
        _fit(shown, widths, columns)
    heading = _lines(tuple(column.heading for column in _COLUMNS), shown, widths)
    lines = [paint(line, "strong", color) for line in heading]
    for row in cells:
        own = _lines(row, shown, widths)
        lines += [paint(line, "note", color) for line in own] if row[-1] == "inserted" else own
    return lines


def _cells(row: Row) -> tuple[str, ...]:
    remark = "inserted" if row.inserted else "" if row.reuses is None else f"weights of {row.reuses}"
    if row.distributed is not None:
        how = "by TimeDistributed" if row.distributed == "time_distributed" else "folded"
        remark = f"{remark}, {how}" if remark else how
    if row.masked is not None:
        over = ", ".join(axis.name or str(size) for size, axis in zip(*row.masked, strict=True))
        masked = f"masked over {over}" if over else "masked"
        remark = f"{remark}, {masked}" if remark else masked
    return (
        harmless(row.name),
        harmless(row.op),
        harmless(" ".join(map(str, row.outputs))),
        "?" if row.params is None else f"{row.params:,}" if row.params else "",
        count(row.flops) if row.flops != 0 else "",
        memory(row.bytes) if row.bytes != 0 else "",
        harmless(remark),
    )


def _fit(shown: list[int], widths: list[int], columns: int) -> None:
    """Make the columns fit: wrap shapes, leave out what can be missed, cut names."""

    def excess() -> int:
        return sum(widths[i] for i in shown) + len(_GAP) * (len(shown) - 1) - columns

    widths[_SHAPE] = max(min(widths[_SHAPE], _LEAST_SHAPE), widths[_SHAPE] - max(excess(), 0))
    for column in _DROPPED:
        if excess() > 0 and column in shown:
            shown.remove(column)
    if excess() > 0:
        widths[_NAME] = max(min(widths[_NAME], _LEAST_NAME), widths[_NAME] - excess())


def _lines(row: tuple[str, ...], shown: list[int], widths: list[int]) -> list[str]:
    """One row; of more than one line where its shape is wrapped."""
    shapes = _wrapped(row[_SHAPE], widths[_SHAPE])
    lines: list[str] = []
    for number, shape in enumerate(shapes):
        cells: list[str] = []
        for i in shown:
            text = shape if i == _SHAPE else "" if number else row[i]
            if i == _NAME:
                text = _cut(text, widths[i])
            cells.append(text.rjust(widths[i]) if _COLUMNS[i].numbers else text.ljust(widths[i]))
        lines.append(_GAP.join(cells).rstrip())
    return lines


def _wrapped(text: str, width: int) -> list[str]:
    """A shape in lines of at most `width`, broken behind commas where that can be."""
    lines: list[str] = []
    while len(text) > width:
        at = text.rfind(", ", 0, width) + 1
        if at <= 0:
            break
        lines.append(text[:at])
        text = " " + text[at + 1 :]
    return [*lines, text]


def _cut(text: str, width: int) -> str:
    """The text with its middle left out where it is too long: both ends of a path tell."""
    if len(text) <= width:
        return text
    head = (width - 1) // 2
    return f"{text[:head]}…{text[len(text) - (width - 1 - head) :]}"


def totals_line(totals: Totals) -> str:
    """The sums in one line."""
    fixed = 0 if totals.params is None or totals.trainable is None else totals.params - totals.trainable
    params = parameters(totals) + (f" ({fixed:,} not trained)" if fixed else "")
    flops, held = count(totals.flops), memory(totals.activation_bytes)
    return f"{params}, {flops} FLOPs and {held} of activations a sample"


def count(number: Size | None) -> str:
    """A number with three digits and a unit: `1.66M`, `220*H*W`; `?` for one not known, or too long."""
    return _scaled(number, 1000, "") if isinstance(number, int) else _expressed(number)


def memory(size: Size | None) -> str:
    """A number of bytes with three digits and a unit: `12.5KiB`, `16*T B`; `?` for one not known, or too long."""
    if isinstance(size, int):
        return _scaled(size, 1024, "B")
    text = _expressed(size)
    return text if text == "?" else f"({text}) B" if " + " in text else f"{text} B"


def _expressed(size: Symbolic | None) -> str:
    text = "?" if size is None or size.weight > _SHORT else str(size)
    return text if len(text) <= _SHORT else "?"


def _scaled(number: int, step: int, unit: str) -> str:
    if number < step:
        return f"{number}{unit}"
    value, power = number / step, 0
    while value >= step - 0.5 and power < len(_UNITS) - 1:
        value, power = value / step, power + 1
    digits = 2 if value < 9.995 else 1 if value < 99.95 else 0
    prefix = _UNITS[power] if step == 1000 else f"{_UNITS[power].upper()}i"
    return f"{value:.{digits}f}{prefix}{unit}"
