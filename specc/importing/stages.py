"""Finds residuals, branches and repeats in a chain whose layers have the paths that they would have in these.

A heuristic over items and their names, all of which must be written: what it makes is held against the network of the
file before anyone sees it.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from specc.importing.blocks import save_blocks, unsaved, word_of
from specc.importing.items import (
    Item,
    Layers,
    chains_in,
    in_full,
    names_in,
    names_of_layers,
    read_outside,
    relative,
    value_of,
    with_chains,
    with_origin,
)
from specc.importing.naming import without_names
from specc.importing.rows import Different, as_rows
from specc.ops import registry

_MAX_PARTS = 12


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
            path = _scope(items[at], prefix)
            end = at + 1
            if path is None:
                found.append(self.item(items[at], prefix, current))
            else:
                while end < len(items) and _within(items[end], f"{path}."):
                    end += 1
                merge = items[end] if end < len(items) and items[end].get("name") == path else None
                inside = items[at:end]
                blocks = merge is None or not _are_branches(inside, merge)
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
            return _merged(inner, self.read(merge), path, current)
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
        inner, origin = _started(inner)
        if is_lone or not _reads_before(inner[0]) or read_outside(inner):
            return None
        return _construct({"use": relative(inner, f"{path}.")}, path, origin)

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


def _scope(item: Item, prefix: str) -> str | None:
    """The path of the construct behind `prefix` that an item may stand in."""
    name = next(names_of_layers([item]), "")
    dot = name.find(".", len(prefix))
    if dot < 0 or name.count(".") > _MAX_PARTS:
        return None
    return name[:dot] if _within(item, name[: dot + 1]) else None


def _within(item: Item, prefix: str) -> bool:
    """Whether the paths of an item, or of all that is mapped, begin so."""
    return all(name.startswith(prefix) for name in names_of_layers([item]))


def _repeated(inner: Layers, path: str) -> Item | None:
    """A `repeat` of rounds `path.0`, `path.1`, …: each reads the value of the one before."""
    groups = _groups(inner, path)
    if not _are_numbered([*groups]):
        return None
    rounds = [*groups.values()]
    rounds[0], origin = _started(rounds[0])
    if not all(_reads_before(each[0]) for each in rounds):
        return None
    try:
        layers, rows = as_rows(_inside(rounds, path))
    except Different:
        return None
    return _construct({"repeat": rows, "layers": layers}, path, origin)


def _merged(inner: Layers, merge: Item, path: str, current: str | None) -> Item | None:
    """What ends with a merge of its own name: an `each`, `branches` or a `residual`."""
    (op, value), *rest = merge.items()
    origin = merge.get("from")
    if {*dict(rest)} != {"name", "from"} or not isinstance(origin, list) or not _merges(op, value):
        return None
    reads = _reads(merge, inner)
    ends = Ends(reads, path, current, op if value == {} else {op: value})
    groups = _groups(inner, path)
    if _are_numbered([*groups]):
        return _each(groups, ends) or _branches(groups, ends)
    return _residual(inner, ends) or _branches(groups, ends)


def _reads(merge: Item, inner: Layers) -> list[str]:
    """The values that a merge behind `inner` reads."""
    return [value_of(inner[-1]) if name == "_" else name for name in names_in(merge.get("from", "_"))]


def _are_branches(inside: Layers, merge: Item) -> bool:
    """Whether a merge reads the last values of what stands in front of it, branch by branch."""
    scopes: dict[str | None, str] = {_scope(item, f"{merge['name']}."): value_of(item) for item in inside}
    return [*scopes.values()] == _reads(merge, inside)


def _merges(word: str, value: Any) -> bool:
    """Whether an op takes a list of values."""
    cls = registry.find(word)
    return cls is not None and registry.make(cls, registry.as_arguments(cls, value)).reads[-1].many


class Ends(NamedTuple):
    """A merge: the values that it reads, its path, the value in front of what it merges, and its op."""

    reads: list[str]
    path: str
    current: str | None
    op: Any

    def construct(self, chains: dict[str, Any], default: str, origin: str | None) -> Item:
        """The construct that holds these chains and merges them; `default` is how it does if it does not say."""
        merge = {} if self.op == default else {"merge": self.op}
        return _construct({**chains, **merge}, self.path, origin)


def _each(groups: dict[str, Layers], ends: Ends) -> Item | None:
    """Chains that are alike but for arguments, or for the value that each reads."""
    chains = [*groups.values()]
    if [value_of(chain[-1]) for chain in chains] != ends.reads:
        return None
    started = _from_one(chains, ends)
    if started is None and not all(isinstance(chain[0].get("from"), str) for chain in chains):
        return None
    chains, origin = started or (chains, None)
    try:
        layers, rows = as_rows(_inside(chains, ends.path))
    except Different:
        return None
    return ends.construct({"each": rows, "layers": layers}, "Concatenate", origin)


def _branches(groups: dict[str, Layers], ends: Ends) -> Item | None:
    """Branches by their numbers, some of which may be empty, or by their names."""
    is_list = _are_numbered([*groups])
    words = [str(i) for i in range(len(ends.reads))] if is_list else [*groups]
    started = _from_one([groups.get(word, []) for word in words], ends)
    if started is None or "" in groups or not groups.keys() <= {*words}:
        return None
    chains, origin = started
    inside = {w: relative(chain, f"{ends.path}.{w}.") for w, chain in zip(words, chains, strict=True)}
    return ends.construct({"branches": [*inside.values()] if is_list else inside}, "Concatenate", origin)


def _residual(inner: Layers, ends: Ends) -> Item | None:
    """A body, and a shortcut beside it or none."""
    beside = f"{ends.path}.shortcut."
    body = [item for item in inner if not _within(item, beside)]
    started = _from_one([body, inner[len(body) :]], ends) if body == inner[: len(body)] else None
    if started is None:
        return None
    (body, shortcut), origin = started
    chains = {"residual": relative(body, f"{ends.path}."), "shortcut": relative(shortcut, beside)}
    return ends.construct({key: chain for key, chain in chains.items() if chain}, "Add", origin)


def _from_one(chains: list[Layers], ends: Ends) -> tuple[list[Layers], str | None] | None:
    """The chains, all of which read one value and give those that are merged, and the `from` of their construct."""
    if len(chains) != len(ends.reads) or not any(chains):
        return None
    start, origin = ends.current, next(chain for chain in chains if chain)[0].get("from")
    origin = origin if isinstance(origin, str) else None
    start = origin or ends.current
    found: list[Layers] = []
    for chain, read in zip(chains, ends.reads, strict=True):
        if read != (value_of(chain[-1]) if chain else start):
            return None
        is_first = not any(found)
        first = [_reading(item, start, is_first) for item in chain[:1]]
        if None in first:
            return None
        found.append([*(item for item in first if item is not None), *chain[1:]])
    return found, origin


def _reading(item: Item, start: str | None, is_first: bool) -> Item | None:
    """The first item of a chain, which reads the value `start` as the one before it; None where it does not.

    `is_first`: that of the first chain, which may have that value in front of it as it stands.
    """
    origin = item.get("from")
    if is_first and not isinstance(origin, str):
        return item if _reads_before(item) else None
    if start is None or origin is None:
        return None
    if isinstance(origin, str):
        return _without_origin(item) if origin == start else None
    if _reads_before(item):
        return None
    made = {**item, "from": with_origin(origin, lambda name: "_" if name == start else name)}
    return made if _reads_before(made) else None


def _started(chain: Layers) -> tuple[Layers, str | None]:
    """A chain whose first item reads the value before it, and the `from` of what it stands in."""
    origin = chain[0].get("from")
    return ([_without_origin(chain[0]), *chain[1:]], origin) if isinstance(origin, str) else (chain, None)


def _reads_before(item: Item) -> bool:
    """Whether an item reads the value before it."""
    return "from" not in item or "_" in names_in(item["from"])


def _groups(inner: Layers, path: str) -> dict[str, Layers]:
    """Items by the part of their paths behind `path`; what stands there itself, or apart from its group, is in ""."""
    found: dict[str, Layers] = {}
    last = ""
    for item in inner:
        scope = _scope(item, f"{path}.")
        key = "" if scope is None else scope[len(path) + 1 :]
        if key in found and key != last:
            key = ""
        found.setdefault(key, []).append(item)
        last = key
    return found


def _are_numbered(keys: Sequence[str]) -> bool:
    """Whether these are 0, 1, 2, …"""
    return all(key == str(i) for i, key in enumerate(keys))


def _inside(rounds: list[Layers], path: str) -> list[Layers]:
    """Rounds as they are written inside their construct; raises `Different` where they read one another."""
    found = [relative(items, f"{path}.{i}.") for i, items in enumerate(rounds)]
    if any(name.startswith(f"{path}.") for items in found for name in read_outside(items)):
        raise Different
    return found


def _construct(chains: dict[str, Any], path: str, origin: str | None) -> Item:
    return {**chains, "name": path} if origin is None else {**chains, "name": path, "from": origin}


def _without_origin(item: Item) -> Item:
    return {key: value for key, value in item.items() if key != "from"}
