"""The paths of layers as those of what stands in constructs."""

from collections.abc import Sequence

from specc.importing.items import Item, Layers, names_of_layers, read_outside, relative
from specc.importing.rows import Different

_MAX_PARTS = 12


def scope_of(item: Item, prefix: str) -> str | None:
    """The path of the construct behind `prefix` that an item may stand in."""
    name = next(names_of_layers([item]), "")
    dot = name.find(".", len(prefix))
    if dot < 0 or name.count(".") > _MAX_PARTS:
        return None
    return name[:dot] if is_within(item, name[: dot + 1]) else None


def is_within(item: Item, prefix: str) -> bool:
    """Whether the paths of an item, or of all that is mapped, begin so."""
    return all(name.startswith(prefix) for name in names_of_layers([item]))


def groups_of(inner: Layers, path: str) -> dict[str, Layers]:
    """Items by the part of their paths behind `path`; what stands there itself, or apart from its group, is in ""."""
    found: dict[str, Layers] = {}
    last = ""
    for item in inner:
        scope = scope_of(item, f"{path}.")
        key = "" if scope is None else scope[len(path) + 1 :]
        if key in found and key != last:
            key = ""
        found.setdefault(key, []).append(item)
        last = key
    return found


def are_numbered(keys: Sequence[str]) -> bool:
    """Whether these are 0, 1, 2, …"""
    return all(key == str(i) for i, key in enumerate(keys))


def inside_of(rounds: list[Layers], path: str) -> list[Layers]:
    """Rounds as they are written inside their construct; raises `Different` where they read one another."""
    found = [relative(items, f"{path}.{i}.") for i, items in enumerate(rounds)]
    if any(name.startswith(f"{path}.") for items in found for name in read_outside(items)):
        raise Different
    return found
