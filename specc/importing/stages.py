"""Finds residuals, branches, repeats and blocks in a chain whose layers have the paths that they would have in these.

A heuristic over items and their names, all of which must be written: what it makes is held against the network of the
file before anyone sees it.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from specc.importing.blocks import save_blocks, unsaved, word_of
from specc.importing.items import (
    Item,
    Layers,
    chains_in,
    construct_of,
    in_full,
    names_of_layers,
    read_outside,
    reads_before,
    relative,
    started,
    value_of,
    with_chains,
    with_origin,
)
from specc.importing.merges import are_branches, merged
from specc.importing.naming import without_names
from specc.importing.paths import are_numbered, groups_of, inside_of, is_within, scope_of
from specc.importing.rows import Different, as_rows


def has_paths(items: list[Any]) -> bool:
    """Whether anything can be found: a layer with a path for a name."""
    return any("." in name for name in names_of_layers(in_full(items)))


def with_stages(items: list[Any], inputs: Sequence[str], blocks: dict[str, Any]) -> list[Any]:
    """The items with what is found in them, and names where they must be; new blocks are put into `blocks`.

    `inputs` are the names of the values that the items start from.
    """
    named = in_full(items)
    current = inputs[0] if len(inputs) == 1 else None
    found = _Finder(named, None).folded(named, "", current)
    words = Counter(word_of(item) for uses in unsaved(found) for item in uses)
    several = {word for word, count in words.items() if count > 1}
    if len(several) < len(words):
        found = _Finder(named, several).folded(named, "", current)
    save_blocks(found, blocks)
    return without_names([found], inputs)[0]


class _Finder:
    """Goes through a chain from the inside of its paths out. Names are whole paths outside of what is found.

    `words`: what a block may be called (None: anything).
    """

    def __init__(self, items: Layers, words: set[str] | None) -> None:
        self.words = words
        self.taken = {*names_of_layers(items)}
        self.called: dict[str, str] = {}
        """The repeats and blocks that go by the value of their last layer, by the name of that."""

    def folded(self, items: Layers, prefix: str, current: str | None, has_blocks: bool = True) -> Layers:
        """The items, all behind `prefix`, with what is found; `current` is the value before them."""
        found: Layers = []
        at = 0
        while at < len(items):
            path = scope_of(items[at], prefix)
            end = at + 1
            if path is None:
                found.append(self.item(items[at], prefix, current))
            else:
                while end < len(items) and is_within(items[end], f"{path}."):
                    end += 1
                merge = items[end] if end < len(items) and items[end].get("name") == path else None
                inside = items[at:end]
                blocks = merge is None or not are_branches(inside, merge)
                inner = self.folded(inside, f"{path}.", current, blocks)
                made = self.construct(inner, merge, path, current, has_blocks)
                end += made is not None and merge is not None
                found += inner if made is None else [made]
            current = value_of(found[-1])
            at = end
        return found

    def construct(
        self, inner: Layers, merge: Item | None, path: str, current: str | None, has_blocks: bool
    ) -> Item | None:
        """What layers with paths behind `path` are, with the layer of that name if it stands behind them."""
        is_output = merge == {"Identity": {}, "name": path}
        if merge is not None and not is_output:
            return merged(inner, self.read(merge), path, current)
        if path in self.taken and not is_output:
            return None
        made = _repeated(inner, path) or (self.block(inner, path) if has_blocks else None)
        if made is not None:
            self.called[value_of(inner[-1])] = path
        return made

    def block(self, inner: Layers, path: str) -> Item | None:
        """A block of several layers, which read nothing from outside but the value before them."""
        word = path.rpartition(".")[2]
        if word.isdigit() or word == "shortcut" or not (self.words is None or word in self.words):
            return None
        is_lone = len(inner) == 1 and ("use" in inner[0] or not chains_in(inner[0]))
        inner, origin = started(inner)
        if is_lone or not reads_before(inner[0]) or read_outside(inner):
            return None
        return construct_of({"use": relative(inner, f"{path}.")}, path, origin)

    def item(self, item: Item, prefix: str, current: str | None) -> Item:
        """A layer, or a `map` with what is found inside it."""
        item = self.read(item)
        if "map" not in item:
            return item
        return with_chains(item, [self.folded(item["map"]["layers"], prefix, item.get("from", current))])

    def read(self, item: Item) -> Item:
        """An item that reads repeats by their own names."""
        return {**item, "from": with_origin(item["from"], self.call)} if "from" in item else item

    def call(self, name: str) -> str:
        """What a value is called, now that it may be that of a repeat."""
        while name in self.called:
            name = self.called[name]
        return name


def _repeated(inner: Layers, path: str) -> Item | None:
    """A `repeat` of rounds `path.0`, `path.1`, …: each reads the value of the one before."""
    groups = groups_of(inner, path)
    if not are_numbered([*groups]):
        return None
    rounds = [*groups.values()]
    rounds[0], origin = started(rounds[0])
    if not all(reads_before(each[0]) for each in rounds):
        return None
    try:
        layers, rows = as_rows(inside_of(rounds, path))
    except Different:
        return None
    return construct_of({"repeat": rows, "layers": layers}, path, origin)
