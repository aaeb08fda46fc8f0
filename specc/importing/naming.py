"""Which layers need their name written: those that would be called otherwise without."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from specc.importing.items import Item, Layers, chains_in, with_chains
from specc.passes.resolution.scope import Names, Scope, default_name

_ATTEMPTS = 5


class Wanted(NamedTuple):
    """The name that a layer must have (None: any will do), and the word that names it where it has none."""

    name: str | None
    word: str


def names_of(layers: Sequence[Wanted], taken: Iterable[str]) -> tuple[list[str], list[bool]]:
    """The names of layers in their order, and whether each must be written; `taken` are those of the inputs.

    A name that is written is no longer free for layers without one. So what is written can only grow, until all have
    the names that they must have; where that takes long, all are written.
    """
    inputs = dict.fromkeys(taken, 0)
    written = [layer.name is not None and not _is_numbered(layer.name, layer.word) for layer in layers]
    for attempt in range(_ATTEMPTS):
        scope, names = Scope("", None), Names()
        names.values.update(inputs)
        scope.reserved = frozenset(
            str(x.name) for x, is_written in zip(layers, written, strict=True) if is_written
        )
        found: list[str] = []
        wrong: list[int] = []
        for i, layer in enumerate(layers):
            name = layer.name if written[i] else names.automatic(scope, default_name(layer.word))
            assert name is not None
            if layer.name not in (None, name):
                wrong.append(i)
            names.values[name] = 0
            found.append(name)
        if not wrong:
            return found, written
        for i in wrong if attempt < _ATTEMPTS - 2 else range(len(layers)):
            written[i] = layers[i].name is not None
    raise AssertionError("names that are written are what they must be")


def _is_numbered(name: str, word: str) -> bool:
    return re.fullmatch(rf"{re.escape(default_name(word))}(_\d+)?", name) is not None


def without_names(chains: Sequence[Layers], taken: Iterable[str] = ()) -> list[list[Any]]:
    """The chains of one item, or of a network, without the names that its items would have by themselves."""
    flat = [[*_layers(chain)] for chain in chains]
    found = [names_of([Wanted(item["name"], _word(item)) for item in items], taken)[1] for items in flat]
    names = [
        (item["name"], is_written)
        for items, written in zip(flat, found, strict=True)
        for item, is_written in zip(items, written, strict=True)
    ]
    written = {name for name, is_written in names if is_written}
    is_reserved = any(name in written for name, is_written in names if not is_written)
    flags = iter([is_written or is_reserved for _, is_written in names])
    return [[_unnamed(item, flags) for item in chain] for chain in chains]


def _layers(items: Layers) -> Iterator[Item]:
    """The items that have a name in a chain: a `map` has none, and what is inside has."""
    for item in items:
        if "map" in item:
            yield from _layers(item["map"]["layers"])
        else:
            yield item


def _word(item: Item) -> str:
    """The word that names an item which has no name."""
    key = next(iter(item))
    return item["use"] if key == "use" else key


def _unnamed(item: Item, flags: Iterator[bool]) -> Any:
    """An item without its name, unless the next flag says that it must have it, and the same for what is inside."""
    if "map" in item:
        return with_chains(item, [[_unnamed(each, flags) for each in item["map"]["layers"]]])
    kept = item if next(flags) else {word: value for word, value in item.items() if word != "name"}
    made = with_chains(kept, without_names(chains_in(kept)))
    key = next(iter(made))
    return key if made == {key: {}} else made
