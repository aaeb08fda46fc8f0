"""A reshape whose sizes are unknown as a `rearrange`: which axes merge, and which are split by how much."""

from collections.abc import Iterator
from itertools import count
from string import ascii_lowercase
from typing import Any, NamedTuple

from specc.importing.extents import Extent, Extents, are_alike, number_of


class Wanted(NamedTuple):
    """An axis as long as these together, divided by `step`, `times` a number."""

    axes: Extents
    step: int = 1
    times: int = 1


class _Part:
    """What is left of an axis of the source: all of it, or a number that it was split by."""

    __slots__ = ("at", "extent", "size")

    def __init__(self, at: int, extent: Extent) -> None:
        self.at = at
        self.extent = extent
        self.size = number_of(extent)


class _Uneven(Exception):
    """An axis is neither a product of whole neighbours nor a factor of one."""


def letters() -> Iterator[str]:
    """Names for the factors of axes."""
    for i in count():
        yield ascii_lowercase[i % 26] + (str(i // 26) if i > 25 else "")


def rearranging(source: Extents, wanted: list[Wanted], names: Iterator[str]) -> dict[str, Any] | None:
    """The arguments of the `rearrange` that puts the axes of `source` into the wanted ones; None if there is none."""
    try:
        return _Regrouping(source, names).arguments(wanted)
    except _Uneven:
        return None


class _Regrouping:
    """Goes through the axes of the source from the left, and names the factors that they are split into."""

    def __init__(self, source: Extents, names: Iterator[str]) -> None:
        self.left = [_Part(i, extent) for i, extent in enumerate(source) if number_of(extent) != 1]
        self.factors: list[list[str]] = [[] for _ in source]
        self.sizes: dict[str, int] = {}
        self.names = names

    def arguments(self, wanted: list[Wanted]) -> dict[str, Any]:
        groups = [self.group(each) for each in wanted]
        if self.left:
            raise _Uneven
        pattern = f"{_side(self.factors)} -> {_side(groups)}"
        split = {name for names in self.factors if len(names) > 1 for name in names}
        sizes = {name: size for name, size in self.sizes.items() if name in split}
        return {"pattern": pattern, "sizes": sizes} if sizes else {"pattern": pattern}

    def group(self, wanted: Wanted) -> list[str]:
        """The factors that an axis of the result is made of."""
        first, *others = wanted.axes
        size = number_of(first)
        if size is not None and not others and wanted.step == 1:
            return list(self.numbered(size * wanted.times))
        axes = [each for each in wanted.axes if number_of(each) != 1]
        return [*self.whole(axes, wanted.step), *self.numbered(wanted.times)]

    def numbered(self, size: int) -> Iterator[str]:
        """The next factors, which are so many together."""
        while size > 1:
            part = self.left[0] if self.left else None
            if part is None or not part.size:
                raise _Uneven
            if size % part.size == 0:
                size //= part.size
                del self.left[0]
                yield self.named(part.at, part.size)
            elif part.size % size == 0:
                part.size //= size
                yield self.named(part.at, size)
                return
            else:
                raise _Uneven

    def whole(self, axes: list[Extent], step: int) -> Iterator[str]:
        """The next axes, but for `step` elements at their end, which stay."""
        parts, self.left = self.left[: len(axes)], self.left[len(axes) :]
        if not are_alike([part.extent for part in parts], axes):
            raise _Uneven
        while step > 1:
            if not parts:
                raise _Uneven
            part = parts[-1]
            if part.size is not None and step % part.size == 0:
                self.left.insert(0, parts.pop())
                step //= part.size
                continue
            if part.size is not None and part.size % step:
                raise _Uneven
            rest = _Part(part.at, frozenset({step}))
            parts[-1] = _Part(part.at, frozenset() if part.size is None else frozenset({part.size // step}))
            self.left.insert(0, rest)
            step = 1
        for part in parts:
            yield self.named(part.at, part.size)

    def named(self, at: int, size: int | None) -> str:
        """A name for the next factor of an axis of the source."""
        name = next(self.names)
        self.factors[at].append(name)
        if size is not None:
            self.sizes[name] = size
        return name


def _side(groups: list[list[str]]) -> str:
    return " ".join(
        f"({' '.join(names)})" if len(names) > 1 else names[0] if names else "1" for names in groups
    )
