"""The figures of a run as a table of a page, by family of ops, one for each Keras."""

import re
from collections import Counter
from importlib.metadata import version
from pathlib import Path

from specc.ops.catalog import FAMILIES
from tests.oracle.run import Figures

KERAS = version("keras")
HEADINGS = ("cases", "valid", "invalid", "agreed", "in ledger", "disagreed")


def write(path: str, total: Figures, cases: int, seeds: list[int]) -> None:
    """Put the table in the place of the one that the page has for this Keras, or behind all others."""
    page = Path(path)
    text = page.read_text()
    section = "\n".join((f"## Keras {KERAS}", "", *_table(total, cases, seeds), ""))
    old = re.compile(rf"^## Keras {re.escape(KERAS)}\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    made, replaced = old.subn(lambda _: section + "\n", text)
    page.write_text((made if replaced else f"{text.rstrip()}\n\n{section}").rstrip() + "\n")


def _table(total: Figures, cases: int, seeds: list[int]) -> list[str]:
    numbers = Counter[tuple[str, str]]()
    for family, ops in FAMILIES.items():
        for heading in HEADINGS:
            numbers[_shown(family), heading] += sum(total.counts[op, heading] for op in ops)
    rows = [family for family in dict.fromkeys(map(_shown, FAMILIES)) if numbers[family, "cases"]]
    for heading in HEADINGS:
        numbers["all", heading] = sum(numbers[row, heading] for row in rows)
    command = f"python -m tests.oracle --cases {cases} --seed {' '.join(map(str, seeds))}"
    return [
        f"`{command}`",
        "",
        f"| family | {' | '.join(HEADINGS)} |",
        f"| --- |{' ---: |' * len(HEADINGS)}",
        *(
            f"| {row} | {' | '.join(f'{numbers[row, h]:,}' for h in HEADINGS)} |"
            for row in (*sorted(rows), "all")
        ),
    ]


def _shown(family: str) -> str:
    """The name of a family in the table: functions are told by `ops`."""
    return family.replace("tensor.", "ops: ").replace("_", " ")
