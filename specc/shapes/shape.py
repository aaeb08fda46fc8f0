"""Shapes: lists of named sizes, the batch axis left out."""

from collections.abc import Container, Sequence
from math import prod
from typing import NamedTuple

from specc.shapes.axis import NAMELESS, TIME, Axis
from specc.shapes.dim import Size, product, to_json

MAX_AXES = 254
MAX_ELEMENTS = 2**63 - 1
"""What TensorFlow can count; it has the batch beside that many axes."""


class Shape(NamedTuple):
    """Sizes and axes of one sample, in order; both tuples are equally long."""

    sizes: tuple[Size, ...]
    axes: tuple[Axis, ...]

    @property
    def rank(self) -> int:
        """The number of axes, the batch not counted."""
        return len(self.sizes)

    @property
    def elements(self) -> Size:
        """The number of elements of one sample."""
        return product(self.sizes)

    @property
    def has_given_names(self) -> bool:
        """Whether the author named any of the axes."""
        return any(axis.given for axis in self.axes)

    def part(self, start: int, stop: int | None = None) -> "Shape":
        """The axes from `start` up to `stop`."""
        return Shape(self.sizes[start:stop], self.axes[start:stop])

    def join(self, other: "Shape") -> "Shape":
        """These axes, followed by those of `other`."""
        return Shape(self.sizes + other.sizes, self.axes + other.axes)

    def ordered(self, order: Sequence[int]) -> "Shape":
        """The axes in another order: position `i` of the result is axis `order[i]`."""
        return Shape(tuple(self.sizes[i] for i in order), tuple(self.axes[i] for i in order))

    def without(self, positions: Container[int]) -> "Shape":
        """The axes but for those at `positions`."""
        return self.ordered([i for i in range(self.rank) if i not in positions])

    def resized(self, position: int, size: Size) -> "Shape":
        """The same with another size of one axis."""
        return Shape((*self.sizes[:position], size, *self.sizes[position + 1 :]), self.axes)

    def with_last(self, size: Size, axis: Axis) -> "Shape":
        """The same with another last axis."""
        return Shape((*self.sizes[:-1], size), (*self.axes[:-1], axis))

    def position(self, name: str) -> int | None:
        """The position of the only axis called `name`; None if there is none, or more than one."""
        found = [i for i, axis in enumerate(self.axes) if axis.name == name]
        return found[0] if len(found) == 1 else None

    def __str__(self) -> str:
        """As a spec writes it: `[time: 4, 56, channel: 1]`."""
        return "[" + ", ".join(map(_entry, self.sizes, self.axes)) + "]"


def excess(shape: Shape) -> str | None:
    """Why no tensor has this shape, however much memory there is; None where one may have it."""
    if shape.rank > MAX_AXES:
        return f"has {shape.rank:,} axes, and no tensor has more than {MAX_AXES}"
    if prod([size for size in shape.sizes if isinstance(size, int)]) > MAX_ELEMENTS:
        return "has more elements than a tensor can have, 2**63 or more"
    return None


def _entry(size: Size, axis: Axis) -> str:
    return str(size) if axis.name is None else f"{axis.name}: {size}"


def as_time(outer: Shape, inner: Shape) -> Shape:
    """Axes that something is distributed over; one without a name is time, unless `inner` has that."""
    if outer.axes == (NAMELESS,) and inner.position("time") is None:
        return Shape(outer.sizes, (TIME,))
    return outer


def nameless(sizes: Sequence[Size]) -> Shape:
    """A shape of axes without names."""
    return Shape(tuple(sizes), (NAMELESS,) * len(sizes))


def sizes_text(shape: Shape) -> str:
    """The sizes alone: `(4, 26, T)`."""
    inner = ", ".join(map(str, shape.sizes))
    return f"({inner},)" if shape.rank == 1 else f"({inner})"


def json_shape(shape: Shape, batch: int | None) -> list[int | str | None]:
    """The sizes with the batch in front, as `--format json` prints them."""
    return [batch, *map(to_json, shape.sizes)]


def json_axes(shape: Shape) -> list[str | None]:
    """The names with the batch's in front."""
    return ["batch", *(axis.name for axis in shape.axes)]
