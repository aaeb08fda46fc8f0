"""The `budget` of a spec: how many parameters, FLOPs and bytes of activations a network may take (E403)."""

import re
from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, NamedTuple

from specc.diagnostics.model import Diagnostic, Note, has_errors
from specc.ir.graph import Typed
from specc.passes.cost import Row, Spent, rows
from specc.passes.resolution.values import Findings
from specc.passes.training.sections import SectionReader
from specc.shapes.dim import is_known
from specc.syntax.document import is_note
from specc.syntax.tree import Mapping as MappingNode
from specc.syntax.tree import Node

MOST_NAMED = 5
"""How many of the layers that cost most are named."""

_AMOUNT = re.compile(r"(\d[\d_]{0,30}(?:\.\d{1,30})?(?:e\+?\d{1,2})?) ?([kKMGT]?)(i?B)?", re.ASCII)
_THOUSANDS = {"": 0, "k": 1, "K": 1, "M": 2, "G": 3, "T": 4}


class Limit(NamedTuple):
    """What a budget bounds: the words for it, and what a layer takes of it (None where nobody knows)."""

    unit: str
    of: Callable[[Row], int | None]
    is_memory: bool = False


def _flops(row: Row) -> int | None:
    return row.flops if isinstance(row.flops, int) else None


def _bytes(row: Row) -> int | None:
    return row.bytes if isinstance(row.bytes, int) else None


LIMITS = {
    "params": Limit("parameters", attrgetter("params")),
    "flops": Limit("FLOPs for a sample", _flops),
    "activation_memory": Limit("bytes of activations for a sample", _bytes, is_memory=True),
}


def hold_budget(section: Node, typed: Typed, found: Findings) -> Mapping[str, Spent]:
    """Hold a network against the section, unless it has errors; gives what was bounded, by key."""
    reader = SectionReader(typed.graph.evaluate, {})
    is_whole = not has_errors(found)
    spent: dict[str, Spent] = {}
    table: list[Row] | None = None
    if not isinstance(section, MappingNode):
        reader.error("E102", f"`budget` is a mapping, not {section.kind}", section)
    for key, node in section.entries if isinstance(section, MappingNode) else ():
        if is_note(key.value):
            continue
        limit = LIMITS.get(str(key.value))
        if limit is None:
            reader.unknown("E103", f"`budget` has no key `{key.value}`", key, tuple(LIMITS))
            continue
        value, is_known = reader.value(node)
        if not is_known or value is None:
            continue
        try:
            most = amount(value, limit.is_memory)
        except ValueError as error:
            reader.error("E107", f"`{key.value}` {error}", node)
            continue
        if is_whole:
            table = rows(typed) if table is None else table
            spent[str(key.value)] = Spent(most, _held(limit, most, table, node, reader))
    found.extend(reader.found)
    return spent


def amount(value: Any, is_memory: bool) -> int:
    """The number that a plain value stands for, rounded down: `5e6`, `1.5M`, for memory `256MiB` or `1.5GB` too."""
    units = "a number or text like `256MiB`, `1.5GB`" if is_memory else "a number or text like `5M`, `1.5G`"
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf"):
        return int(value)
    match = _AMOUNT.fullmatch(value) if isinstance(value, str) else None
    if match is None or (match[3] and not is_memory) or (match[3] == "iB" and not match[2]):
        raise ValueError(f"must be {units}, not `{value}`")
    base = 1024 if match[3] == "iB" else 1000
    return int(float(match[1].replace("_", "")) * base ** _THOUSANDS[match[2]])


def _held(limit: Limit, most: int, table: list[Row], node: Node, reader: SectionReader) -> int | None:
    """What the layers take in all; recorded where that is more than `most`, or not known."""
    known = [(cost, row) for row in table if (cost := limit.of(row)) is not None]
    total = sum(cost for cost, _ in known)
    unknown = [row for row in table if limit.of(row) is None]
    if total > most:
        least = "at least " if unknown else ""
        message = f"the network takes {least}{total:,} {limit.unit}, and its budget is {most:,}"
        costly = sorted(known, key=lambda pair: -pair[0])[:MOST_NAMED]
        notes = tuple(
            Note(f"`{row.name}` (line {row.line}) takes {cost:,}, {100 * cost / total:.0f} %")
            for cost, row in costly
            if cost
        )
        reader.found.append(Diagnostic("E403", message, node.span, notes=notes))
    elif unknown:
        first = unknown[0]
        others = f" (and {len(unknown) - 1:,} more)" if len(unknown) > 1 else ""
        message = f"the budget of {limit.unit} is not held: nobody knows what `{first.name}` takes{others}"
        is_free = not all(is_known(shape.sizes) for shape in (*first.inputs, *first.outputs))
        notes = (Note("a symbol is given a size by `--set`, as in `--set T=128`"),) if is_free else ()
        reader.found.append(Diagnostic("N711", message, node.span, first.name, notes))
    return None if unknown else total
