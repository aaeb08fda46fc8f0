"""Items as plain data: the chains inside them, and the names that they have and read.

The layers of a block stand beside its `use` until all such blocks are known.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate
from typing import Any, cast

Item = dict[str, Any]
Layers = list[Item]

_CHAINS = ("layers", "residual", "shortcut")


def in_full(items: Iterable[Any]) -> Layers:
    """Items as mappings, in a `map` too, even where an op stands alone."""
    full: Layers = [{item: {}} if isinstance(item, str) else item for item in items]
    return [with_chains(item, map(in_full, chains_in(item))) for item in full]


def chains_in(item: Item) -> list[Layers]:
    """The chains of a construct."""
    found: list[Layers] = []
    for word, value in item.items():
        if word in _CHAINS or (word == "use" and isinstance(value, list)):
            found.append(cast("Layers", value))
        elif word == "branches":
            found += cast("dict[str, Layers]", value).values() if isinstance(value, dict) else value
        elif word == "map":
            found.append(value["layers"])
    return found


def with_chains(item: Item, chains: Iterable[Layers]) -> Item:
    """A construct with other chains, in the order of `chains_in`."""
    rest = iter(chains)
    made: Item = {}
    for word, value in item.items():
        if word in _CHAINS or (word == "use" and isinstance(value, list)):
            made[word] = next(rest)
        elif word == "branches" and isinstance(value, dict):
            made[word] = {key: next(rest) for key in cast("dict[str, Any]", value)}
        elif word == "branches":
            made[word] = [next(rest) for _ in value]
        elif word == "map":
            made[word] = {**value, "layers": next(rest)}
        else:
            made[word] = value
    return made


def names_of_layers(items: Layers) -> Iterator[str]:
    """The names of items; a `map` without one adds none, and has those of what is inside."""
    for item in items:
        if "map" in item and "name" not in item:
            yield from names_of_layers(item["map"]["layers"])
        else:
            yield item.get("name", "")


def value_of(item: Item) -> str:
    """What the value of an item is called."""
    return value_of(item["map"]["layers"][-1]) if "map" in item else item.get("name", "")


def with_origin(origin: Any, call: Callable[[str], str]) -> Any:
    """What stands in `from` (or `as`), with `call` of every name in it."""
    if isinstance(origin, dict):
        return {key: with_origin(part, call) for key, part in cast("dict[str, Any]", origin).items()}
    if isinstance(origin, list):
        return [with_origin(part, call) for part in cast("list[Any]", origin)]
    return call(origin) if isinstance(origin, str) else origin


def names_in(origin: Any) -> list[str]:
    """The names that stand in a `from`."""
    found: list[str] = []
    with_origin(origin, lambda name: found.append(name) or name)
    return found


def renamed(item: Item, call: Callable[[str], str]) -> Item:
    """An item with `call` of every name that it, and what is inside it, has or reads."""
    made = with_chains(item, [[renamed(each, call) for each in chain] for chain in chains_in(item)])
    for word in ("name", "reuse", "from", "as"):
        if word in made:
            made[word] = with_origin(made[word], call)
    return made


def relative(items: Layers, prefix: str) -> Layers:
    """Items as they are written where names begin with `prefix` by themselves."""
    return [renamed(item, lambda name: name.removeprefix(prefix)) for item in items]


def read_outside(items: Layers) -> set[str]:
    """The names that a chain reads, and that do not stand in it."""
    local = {*names_of_layers(items)} | {name for item in items for name in item.get("as", ())}
    found: set[str] = set()
    for item in items:
        found.update(names_in(item.get("from")), names_in(item.get("reuse")))
        found.update(name for chain in chains_in(item) for name in read_outside(chain))
    return {
        name
        for name in found
        if name != "_" and local.isdisjoint(accumulate(name.split("."), "{}.{}".format))
    }


def construct_of(chains: dict[str, Any], path: str, origin: str | None) -> Item:
    """A construct with these chains, its name, and its `from` if it says where it starts."""
    return {**chains, "name": path} if origin is None else {**chains, "name": path, "from": origin}


def started(chain: Layers) -> tuple[Layers, str | None]:
    """A chain whose first item reads the value before it, and the `from` of what it stands in."""
    origin = chain[0].get("from")
    return ([without_origin(chain[0]), *chain[1:]], origin) if isinstance(origin, str) else (chain, None)


def reads_before(item: Item) -> bool:
    """Whether an item reads the value before it."""
    return "from" not in item or "_" in names_in(item["from"])


def without_origin(item: Item) -> Item:
    """An item without its `from`."""
    return {key: value for key, value in item.items() if key != "from"}
