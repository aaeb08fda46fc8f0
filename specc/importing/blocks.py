"""Layers under one name that stand in several places, as blocks: with parameters where they differ."""

from collections.abc import Iterator, Sequence
from typing import Any, cast

from specc.importing.items import Item, Layers, chains_in
from specc.importing.naming import without_names
from specc.importing.rows import COUNTED, Different, as_uses, kind_of
from specc.ir.names import free_name
from specc.passes.repairs.spell import Expression


def word_of(item: Item) -> str:
    """What a block is called by the name of its use."""
    return item["name"].rpartition(".")[2]


def unsaved(items: Layers) -> list[list[Item]]:
    """The uses whose layers stand beside them: those with none inside, those with only such inside, and so on.

    The deepest come first.
    """
    found: list[list[tuple[int, Item]]] = []
    _collect(items, 0, found)
    return [[item for _, item in sorted(uses, key=lambda use: -use[0])] for uses in found]


def _collect(items: Layers, depth: int, found: list[list[tuple[int, Item]]]) -> int:
    """Sort the uses in a chain by how many stand inside one another; gives the largest such number."""
    most = 0
    for item in items:
        height = max((_collect(chain, depth + 1, found) for chain in chains_in(item)), default=0)
        if isinstance(item.get("use"), list):
            found += [[] for _ in range(height + 1 - len(found))]
            found[height].append((depth, item))
            height += 1
        most = max(most, height)
    return most


def save_blocks(items: Layers, blocks: dict[str, Any]) -> None:
    """Put the layers of all uses into `blocks`: those that are alike into one.

    The deepest have the first choice of a name, for a name that is written must not hide one that is seen there.
    """
    for uses in unsaved(items):
        alike: dict[str, list[Item]] = {}
        for item in uses:
            alike.setdefault(f"{word_of(item)} {_structure(item['use'])}", []).append(item)
        for several in alike.values():
            try:
                _save(several, blocks)
            except Different:
                same: dict[str, list[Item]] = {}
                for item in several:
                    same.setdefault(repr(item["use"]), []).append(item)
                for each in same.values():
                    _save(each, blocks)


def _save(uses: Sequence[Item], blocks: dict[str, Any]) -> None:
    """Make one block for uses; raises `Different`."""
    several = [{name for name, _ in _free(item["use"])} for item in uses]
    free = several[0].intersection(*several)
    layers, columns = as_uses([item["use"] for item in uses], free)
    kept = dict(_free(layers))
    params = {name: kind_of(column) for name, column in columns.items()}
    params |= {name: each.kind for name, each in kept.items() if name not in columns}
    block = free_name(word_of(uses[0]), lambda name: name in blocks, 2)
    section: dict[str, Any] = {"layers": without_names([layers])[0]}
    if params:
        declared = {name: {} if kind is None else {"type": kind} for name, kind in params.items()}
        section = {"params": declared, **section}
    blocks[block] = section
    for i, item in enumerate(uses):
        name, origin = item.pop("name"), item.pop("from", None)
        item["use"] = block
        if params:
            item["with"] = {p: columns[p][i] if p in columns else kept[p] for p in params}
        item["name"] = name
        if origin is not None:
            item["from"] = origin


def _structure(items: Layers) -> list[Any]:
    """What must be the same in layers that can share a block."""
    return [([*item], item.get("name"), [_structure(chain) for chain in chains_in(item)]) for item in items]


def _free(data: Any) -> Iterator[tuple[str, Expression]]:
    """The parameters in plain data that are those of what is around it."""
    if isinstance(data, Expression):
        yield data[1:], data
    elif isinstance(data, list):
        for part in cast("list[Any]", data):
            yield from _free(part)
    elif isinstance(data, dict):
        item = cast("Item", data)
        bound = {name for word in COUNTED if isinstance(item.get(word), dict) for name in item[word]}
        for part in item.values():
            yield from (found for found in _free(part) if found[0] not in bound)
