"""A network as a chain of items, as a spec has it: who reads what, and what has to be said of it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from specc.importing.archive import Broken
from specc.importing.counting import Along, Rows
from specc.importing.extents import Extents, are_alike
from specc.importing.naming import Wanted, names_of
from specc.importing.records import Application, Network, Record, Value, leaves, values_of
from specc.ops.declare import Op
from specc.ops.parameters import CallInput
from specc.passes.repairs.spell import wiring


class Piece(NamedTuple):
    """One item: its key with the value beside it, the name that it must have (or None) and the word for it without.

    `reads` holds the values that it reads, in the order in which its `op` (None: a block) reads them, None where one
    is not given; `gives` those that it makes; `fields` what else stands beside it; `over` the leading axes that it is
    mapped over.
    """

    key: str
    value: Any
    name: str | None
    word: str
    op: Op | None
    reads: list[Value | None]
    gives: list[Value]
    fields: dict[str, Any]
    over: Extents = ()


class Chain(NamedTuple):
    """The items of a network, and what its values are called."""

    items: list[Any]
    names: dict[Value, str]
    last: Value | None


def in_order(network: Network) -> list[tuple[Record, int]]:
    """The applications that the outputs need, each behind those that it reads: branch after branch.

    Raises `Broken` where layers read one another in a circle.
    """
    ordered: list[tuple[Record, int]] = []
    done: dict[tuple[str, int], bool] = {}
    for output in leaves(network.outputs):
        waiting = [(output.layer, output.node)]
        while waiting:
            key = waiting[-1]
            record = network.records[key[0]]
            if done.get(key):
                waiting.pop()
                continue
            reads = _sources(record.applications[key[1]]) if record.applications else []
            if key not in done:
                done[key] = False
                new = [(v.layer, v.node) for v in reversed(reads) if not done.get((v.layer, v.node))]
                if any(k in done for k in new):
                    raise Broken(f"`{key[0]}` reads what is made of its own result")
                waiting += new
            else:
                done[key] = True
                ordered.append((record, key[1]))
                waiting.pop()
    return ordered


def _sources(application: Application) -> list[Value]:
    """The values that a call is given, and those whose sizes tell where the elements go."""
    rows = (argument for argument in application.arguments if isinstance(argument, Rows))
    measured = [length.value for each in rows for length in each.sizes if isinstance(length, Along)]
    return [*values_of(application), *measured]


def chain(
    pieces: Sequence[Piece], inputs: Sequence[Value], outputs: Sequence[Value], is_named: bool
) -> Chain:
    """The items for pieces that stand in the order in which they run; `is_named`: every name is written."""
    wanted = [Wanted(piece.name, piece.word) for piece in pieces]
    called, written = names_of(wanted, (value.layer for value in inputs))
    read = {v for piece in pieces for v in piece.reads} | set(outputs)
    names: dict[Value, str] = {value: value.layer for value in inputs}
    items: list[Any] = []
    current = inputs[0] if len(inputs) == 1 else None
    taken = {*called, *names.values()}
    inside: list[Any] = items
    over: Extents = ()
    for piece, name, is_written in zip(pieces, called, written, strict=True):
        is_inside = are_alike(piece.over, over)
        over = piece.over
        if not is_inside:
            inside = items
            if over:
                start = piece.reads[0]
                items.append(_map(len(over), None if start == current or start is None else names[start]))
                inside, current = items[-1]["map"]["layers"], start
        item: dict[str, Any] = {piece.key: piece.value}
        if is_written or is_named:
            item["name"] = name
        origin = _origin(piece, names, current)
        if origin is not None:
            item["from"] = origin
        item |= piece.fields
        results = [
            name,
            *("_" if v not in read else _result(name, i, taken) for i, v in enumerate(piece.gives[1:], 1)),
        ]
        if any(result != "_" for result in results[1:]):
            item["as"] = ["_", *results[1:]]
        names.update((v, r) for v, r in zip(piece.gives, results, strict=True) if r != "_")
        inside.append(piece.key if item == {piece.key: {}} else item)
        current = piece.gives[0]
    return Chain(items, names, current)


def _map(over: int, origin: str | None) -> dict[str, Any]:
    """A `map` over so many leading axes, with no layers yet."""
    item: dict[str, Any] = {"map": {"over": 1 if over == 1 else list(range(1, over + 1)), "layers": []}}
    return item if origin is None else {**item, "from": origin}


def _result(name: str, index: int, taken: set[str]) -> str:
    """A new name for another result than the first."""
    found = f"{name}.{index}"
    while found in taken:
        found += "_"
    taken.add(found)
    return found


def _origin(piece: Piece, names: dict[Value, str], current: Value | None) -> Any:
    """The `from` of an item; None where it reads the value before it."""
    op = piece.op
    inputs, spreads = (_BLOCK, False) if op is None else (op.reads, op.spreads)
    return wiring(inputs, spreads, piece.reads, current, names.__getitem__, op)


_BLOCK = (CallInput("inputs", many=True),)
