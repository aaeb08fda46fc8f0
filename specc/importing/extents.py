"""How long axes are, as far as a file says: what is known to be as long as an axis."""

from collections.abc import Iterable, Sequence
from math import prod
from typing import TypeAlias

from specc.importing.records import Sizes, Value

Extent: TypeAlias = frozenset[int | tuple[Value | None, int]]
"""All that an axis is as long as: a number, and axes of values whose sizes are unknown, or the batch."""
Extents: TypeAlias = tuple[Extent, ...]

BATCH = (None, 0)


def number_of(extent: Extent) -> int | None:
    """The size, if it is known."""
    return next((size for size in extent if isinstance(size, int)), None)


def product_of(extents: Sequence[Extent]) -> int | None:
    """The product of sizes, if all are known."""
    sizes = [number_of(extent) for extent in extents]
    return None if None in sizes else prod(size for size in sizes if size is not None)


def are_alike(some: Sequence[Extent], others: Sequence[Extent]) -> bool:
    """Whether axes are as many, and each as long as the other in its place."""
    return len(some) == len(others) and not any(map(frozenset[object].isdisjoint, some, others))


def joined(extents: Iterable[Extent]) -> Extent:
    """One extent, for axes that are as long as each other."""
    return frozenset(each for extent in extents for each in extent)


def axes_of(value: Value, sizes: Sizes) -> Extents:
    """The axes of a value of these sizes."""
    return tuple(frozenset({(value, i) if size is None else size}) for i, size in enumerate(sizes))
