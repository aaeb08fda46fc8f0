"""The axes that a `map`, or a block that is distributed, takes from values that enter and gives to those that leave."""

from specc.ir.graph import Crossing, Fold, Folded, Graph, Layer, Region
from specc.ops.axis import axis_numbers
from specc.ops.misfit import Misfit
from specc.shapes.demand import Demand, agree, recording
from specc.shapes.dim import Size, is_anonymous, symbols_of
from specc.shapes.shape import Shape, as_time
from specc.shapes.tensor import Tensor


class Regions:
    """The axes of each region, found when the first value enters it."""

    def __init__(self, graph: Graph, types: list[Tensor | None]) -> None:
        self.regions = graph.regions
        self.types = types
        self.symbols: frozenset[str] = frozenset()
        """The symbols of the network's inputs."""
        self.folded: dict[int, Folded] = {}
        self.promised: list[Demand] = []
        """What the block of the last crossing promises of sizes that are no numbers."""
        self._own: dict[tuple[int, str], Size] = {}

    def cross(self, op: Crossing, layer: Layer, x: Tensor) -> tuple[Crossing, Tensor]:
        """The crossing with its positions, and the type of the value on the other side."""
        self.promised = []
        if isinstance(op, Fold):
            positions = self._entering(op, layer, x.shape)
            inside = x.shape.without(positions)
            if op.promise is not None:
                inside = _taken_for(op.promise, inside)
            return Fold(op.region, positions), Tensor(inside, x.dtype)
        positions, shape = _restored(self.folded[op.region], x.shape)
        return type(op)(op.region, positions), Tensor(shape, x.dtype)

    def _entering(self, op: Fold, layer: Layer, x: Shape) -> tuple[int, ...]:
        region = self.regions[op.region]
        known = self.folded.get(op.region)
        positions = self._leading(op, x, known) if region.over is None else _positions(region, x, known)
        if known is None:
            outer = as_time(x.ordered(positions), x.without(positions))
            self.folded[op.region] = Folded(outer.sizes, outer.axes, positions, layer.inputs[0] or 0)
        else:
            _hold_against(known, x, positions)
        return positions

    def _leading(self, op: Fold, x: Shape, known: Folded | None) -> tuple[int, ...]:
        """A block that promises the shape of an input is distributed over what leads a longer value."""
        if op.promise is None:
            return tuple(range(len(known.sizes) if known else 0))
        extra = x.rank - op.promise.rank
        if extra < 0:
            raise Misfit("E200", f"promises an input {op.promise} and is given {x}")
        self._keep_promise(op, op.promise, x.part(extra))
        return tuple(range(extra))

    def _keep_promise(self, op: Fold, promise: Shape, x: Shape) -> None:
        for i, (promised, size) in enumerate(zip(promise.sizes, x.sizes, strict=True)):
            with recording() as demands:
                is_kept = agree(self._meant(op, promised, size), size)
            self.promised += demands
            if not is_kept:
                raise Misfit("E209", f"promises an input {promise} and is given {x}", axis=i)
            wanted, found = promise.axes[i], x.axes[i]
            if wanted.given and found.given and wanted is not found:
                raise Misfit(
                    "E203",
                    f"promises an input {promise}, and axis `{found.name}` stands where it has `{wanted.name}`",
                )

    def _meant(self, op: Fold, promised: Size, size: Size) -> Size:
        """The size that a block promises: a symbol that no input of the network has is its own, in each use another."""
        if isinstance(promised, int):
            return promised
        own = symbols_of(promised) - self.symbols
        if not own:
            return size if is_anonymous(promised) else promised
        if str(promised) not in own:
            return size
        return self._own.setdefault((op.region, str(promised)), size)


def _taken_for(promise: Shape, x: Shape) -> Shape:
    """A value inside a block: of the numbers that are promised, where it has symbols."""
    sizes = zip(promise.sizes, x.sizes, strict=True)
    return Shape(tuple(p if isinstance(p, int) and not is_anonymous(s) else s for p, s in sizes), x.axes)


def _positions(region: Region, x: Shape, known: Folded | None) -> tuple[int, ...]:
    over = region.over or ()
    if known is not None and not any(isinstance(a, int) for a in over):
        here = [x.position(str(name)) for name in over]
        if all(i is None for i in here):
            return ()
    return axis_numbers(over, x, "over")


def _hold_against(known: Folded, x: Shape, positions: tuple[int, ...]) -> None:
    for size, i in zip(known.sizes, positions, strict=False):
        if not agree(size, x.sizes[i]):
            raise Misfit("E205", f"runs over {size} steps, and {x} has {x.sizes[i]} there")


def _restored(folded: Folded, x: Shape) -> tuple[tuple[int, ...], Shape]:
    """Each axis where it stood, counted from the front; leading, where the result is too short."""
    leading = [i for i, at in enumerate(folded.positions) if at > x.rank + len(folded.positions) - 1]
    placed = sorted(
        (i for i in range(len(folded.positions)) if i not in leading), key=lambda i: folded.positions[i]
    )
    sizes, axes = list(x.sizes), list(x.axes)
    where: dict[int, int] = {}
    for i in placed:
        at = min(folded.positions[i], len(sizes))
        sizes.insert(at, folded.sizes[i])
        axes.insert(at, folded.axes[i])
        where[i] = at
    for i in reversed(leading):
        sizes.insert(0, folded.sizes[i])
        axes.insert(0, folded.axes[i])
        where = {k: v + 1 for k, v in where.items()}
        where[i] = 0
    positions = tuple(where[i] for i in range(len(folded.positions)))
    return positions, Shape(tuple(sizes), tuple(axes))
