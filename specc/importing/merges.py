"""Finds what ends with a merge that has the name in front of the paths of its layers."""

from typing import Any, NamedTuple

from specc.importing.items import (
    Item,
    Layers,
    construct_of,
    names_in,
    reads_before,
    relative,
    value_of,
    with_origin,
    without_origin,
)
from specc.importing.paths import are_numbered, groups_of, inside_of, is_within, scope_of
from specc.importing.rows import Different, as_rows
from specc.ops import making, registry


class Ends(NamedTuple):
    """A merge: the values that it reads, its path, the value in front of what it merges, and its op."""

    reads: list[str]
    path: str
    current: str | None
    op: Any

    def construct(self, chains: dict[str, Any], default: str, origin: str | None) -> Item:
        """The construct that holds these chains and merges them; `default` is how it does if it does not say."""
        merge = {} if self.op == default else {"merge": self.op}
        return construct_of({**chains, **merge}, self.path, origin)


def merged(inner: Layers, merge: Item, path: str, current: str | None) -> Item | None:
    """What ends with a merge of its own name: an `each`, `branches` or a `residual`."""
    (op, value), *rest = merge.items()
    origin = merge.get("from")
    if {*dict(rest)} != {"name", "from"} or not isinstance(origin, list) or not _merges(op, value):
        return None
    reads = _reads(merge, inner)
    ends = Ends(reads, path, current, op if value == {} else {op: value})
    groups = groups_of(inner, path)
    if are_numbered([*groups]):
        return _each(groups, ends) or _branches(groups, ends)
    return _residual(inner, ends) or _branches(groups, ends)


def _reads(merge: Item, inner: Layers) -> list[str]:
    """The values that a merge behind `inner` reads."""
    return [value_of(inner[-1]) if name == "_" else name for name in names_in(merge.get("from", "_"))]


def are_branches(inside: Layers, merge: Item) -> bool:
    """Whether a merge reads the last values of what stands in front of it, branch by branch."""
    scopes: dict[str | None, str] = {scope_of(item, f"{merge['name']}."): value_of(item) for item in inside}
    return [*scopes.values()] == _reads(merge, inside)


def _merges(word: str, value: Any) -> bool:
    """Whether an op takes a list of values."""
    cls = registry.find(word)
    return cls is not None and making.make(cls, making.as_arguments(cls, value)).reads[-1].many


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
        layers, rows = as_rows(inside_of(chains, ends.path))
    except Different:
        return None
    return ends.construct({"each": rows, "layers": layers}, "Concatenate", origin)


def _branches(groups: dict[str, Layers], ends: Ends) -> Item | None:
    """Branches by their numbers, some of which may be empty, or by their names."""
    is_list = are_numbered([*groups])
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
    body = [item for item in inner if not is_within(item, beside)]
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
        return item if reads_before(item) else None
    if start is None or origin is None:
        return None
    if isinstance(origin, str):
        return without_origin(item) if origin == start else None
    if reads_before(item):
        return None
    made = {**item, "from": with_origin(origin, lambda name: "_" if name == start else name)}
    return made if reads_before(made) else None
