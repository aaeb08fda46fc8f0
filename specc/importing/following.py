"""Which axes of what an op makes are as long as axes of what it reads, by the op's own rule."""

from collections.abc import Sequence

from specc.importing.extents import Extent, Extents, number_of
from specc.ops.declare import Op
from specc.shapes.demand import recording
from specc.shapes.dim import Size, unknown
from specc.shapes.shape import nameless
from specc.shapes.tensor import Tensor


def followed(op: Op, inputs: Sequence[Extents], dtypes: Sequence[str]) -> list[Extents]:
    """The axes of the results, as far as these values tell how long they are; else nothing."""
    known: list[tuple[Extent, Size]] = []
    values = [
        Tensor(nameless([_size(extent, known) for extent in axes]), dtype)
        for axes, dtype in zip(inputs, dtypes, strict=True)
    ]
    try:
        with recording() as demands:
            results = op.results(tuple(values))
    except Exception:  # what does not fit is said when the spec is checked
        return []
    if demands:
        return []
    return [tuple(_extent(size, known) for size in result.shape.sizes) for result in results]


def _size(extent: Extent, known: list[tuple[Extent, Size]]) -> Size:
    """A size for an axis; the same for those that are as long as each other."""
    number = number_of(extent)
    if number is not None:
        return number
    for other, size in known:
        if not other.isdisjoint(extent):
            return size
    known.append((extent, unknown()))
    return known[-1][1]


def _extent(size: Size, known: list[tuple[Extent, Size]]) -> Extent:
    if isinstance(size, int):
        return frozenset({size})
    nothing: Extent = frozenset()
    return next((extent for extent, same in known if same == size), nothing)
