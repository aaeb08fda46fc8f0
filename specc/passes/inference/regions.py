"""The axes that a `map`, or a block that is distributed, takes from values that enter and gives to those that leave."""

from collections.abc import Mapping
from functools import cached_property

from specc.ir.graph import Crossing, Fold, Folded, Graph, Layer, Region
from specc.ops.axis import axis_numbers
from specc.ops.misfit import Misfit
from specc.shapes.demand import Demand, agree, at_least, recording
from specc.shapes.dim import Size, Symbol, bind, is_anonymous, is_known, symbol, symbols_of
from specc.shapes.shape import Shape, as_time
from specc.shapes.tensor import Tensor


class Regions:
    """The axes of each region, found when the first value enters it."""

    def __init__(self, graph: Graph, types: list[Tensor | None]) -> None:
        self.layers = graph.layers
        self.regions = graph.regions
        self.types = types
        self.symbols: frozenset[str] = frozenset()
        """The symbols of the network's inputs."""
        self.folded: dict[int, Folded] = {}
        self.promised: list[Demand] = []
        """What the block of the last crossing promises of sizes that are no numbers."""
        self.own: dict[int, dict[str, Size]] = {}
        """What the symbols of each block's own are in this use of it, by region."""

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
        own = {} if is_known(promise.sizes) else self._own_sizes(op.region)
        for i, (promised, size) in enumerate(zip(promise.sizes, x.sizes, strict=True)):
            with recording() as demands:
                is_kept = agree(self._meant(promised, size, own), size)
                is_kept = is_kept and all(at_least(own.get(name, 1), 1) for name in symbols_of(promised))
            self.promised += demands
            if not is_kept:
                is_own = {name: own[name] for name in symbols_of(promised) if name in own}
                where = "".join(f", where `{name}` is {size}" for name, size in sorted(is_own.items()))
                raise Misfit("E209", f"promises an input {promise} and is given {x}{where}", axis=i)
            wanted, found = promise.axes[i], x.axes[i]
            if wanted.given and found.given and wanted is not found:
                raise Misfit(
                    "E203",
                    f"promises an input {promise}, and axis `{found.name}` stands where it has `{wanted.name}`",
                )

    def _meant(self, promised: Size, size: Size, own: Mapping[str, Size]) -> Size:
        """The size that a block promises, its own symbols being what they are; that given where nobody knows."""
        if isinstance(promised, int):
            return promised
        if is_anonymous(promised) or symbols_of(promised) - self.symbols - own.keys():
            return size
        return bind(promised, own)

    def _own_sizes(self, region: int) -> dict[str, Size]:
        """What the symbols are that a block promises and no input of the network has, each use another.

        One that stands alone is the size that is there; else the only one of a `2*N + 1` is what that comes to.
        """
        if region in self.own:
            return self.own[region]
        known = self.own[region] = {}
        promised = [pair for pair in self._promises(region) if symbols_of(pair[0]) - self.symbols]
        for wanted, size in promised:
            if str(wanted).isidentifier():
                known.setdefault(str(wanted), size)
        for wanted, size in promised:
            names = symbols_of(wanted) - self.symbols - known.keys()
            if len(names) == 1:
                (name,) = names
                solved = _solved(bind(wanted, known), name, size)
                if solved is not None:
                    known[name] = solved
        return known

    def own_of(self, layer: Layer) -> Mapping[str, Size]:
        """What the symbols of the block that a layer stands in are."""
        return self.own.get(self._block_around(layer), {})

    def untold(self, layer: Layer) -> frozenset[str]:
        """The symbols that the block around a layer promises, and of which nothing tells what they are."""
        pairs = self._promises(self._block_around(layer))
        names = {name for wanted, _ in pairs for name in symbols_of(wanted)}
        return frozenset(names) - self.symbols - self.own_of(layer).keys()

    def _block_around(self, layer: Layer) -> int:
        """The region that the innermost block around a layer is; -1 where it is none."""
        region, link = layer.region, layer.link
        while region and self.regions[region].over is not None:
            region = self.regions[region].parent
        while link is not None and (link.frame is None or link.frame.block is None):
            link = link.outer
        is_block = (
            link is not None and link.frame is not None and link.frame.path == self.regions[region].name
        )
        return region if region and is_block else -1

    def _promises(self, region: int) -> list[tuple[Size, Size]]:
        """The sizes that a block promises of its inputs, and those that are there."""
        found: list[tuple[Size, Size]] = []
        for promise, value in self._promised_inputs.get(region, ()):
            given = self.types[value]
            if given is not None and given.shape.rank >= promise.rank:
                found += zip(
                    promise.sizes, given.shape.part(given.shape.rank - promise.rank).sizes, strict=True
                )
        return found

    @cached_property
    def _promised_inputs(self) -> dict[int, list[tuple[Shape, int]]]:
        """The promises of the blocks that are regions, each with the value that is given."""
        found: dict[int, list[tuple[Shape, int]]] = {}
        for layer in self.layers:
            op = layer.op
            if isinstance(op, Fold) and op.promise is not None:
                found.setdefault(op.region, []).append((op.promise, layer.inputs[0] or 0))
        return found


def _solved(wanted: Size, name: str, size: Size) -> Size | None:
    """What the symbol `name` is if `wanted`, a multiple of it by a number and perhaps more, comes to `size`."""
    factor = 0 if isinstance(wanted, int) else dict(wanted.terms).get((Symbol(name),), 0)
    rest = wanted - factor * symbol(name)
    return (size - rest) // factor if factor > 0 and name not in symbols_of(rest) else None


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
