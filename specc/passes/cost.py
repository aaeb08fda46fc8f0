"""What a network costs: parameters, FLOPs and activation memory, for each layer and in all."""

from collections.abc import Iterable
from typing import NamedTuple

from specc.ir.graph import Fold, Layer, Reading, Typed, Unfold
from specc.ops.declare import Op
from specc.shapes.dim import Size, is_anonymous, product
from specc.shapes.shape import Shape

_BITS = {"bool": 8, "string": 0}


class Row(NamedTuple):
    """One line of the table of layers.

    `flops` and `bytes` are None where nobody knows a size, `flops` and the parameters where a layer does not tell them;
    `masked` is the shape of the mask of its first result.
    """

    name: str
    op: str
    inputs: tuple[Shape, ...]
    outputs: tuple[Shape, ...]
    params: int | None
    trainable: int | None
    flops: Size | None
    bytes: Size | None
    inserted: bool
    distributed: str | None
    line: int
    reuses: str | None
    masked: Shape | None = None


class Totals(NamedTuple):
    """Sums over a network, for one sample, None where one of the numbers is; `counted` parameters are known of."""

    params: int | None
    trainable: int | None
    flops: Size | None
    activation_bytes: Size | None
    counted: int


class Spent(NamedTuple):
    """What a network may take, and what it takes; None where that depends on a size that is not known."""

    limit: int
    used: int | None


def dtype_bytes(dtype: str) -> int:
    """The bytes that one element of `dtype` takes; 0 for strings, whose size is not fixed."""
    digits = "".join(c for c in dtype if c.isdigit())
    return (int(digits) if digits else _BITS[dtype]) // 8


def rows(typed: Typed, until_failure: bool = False) -> list[Row]:
    """The table of layers, insertions written out, those left out that an error leaves without a type.

    With `until_failure` the table ends at the first of these.
    """
    table: list[Row] = []
    steps = _Steps(typed)
    for number, layer in enumerate(typed.graph.layers):
        op = typed.ops[number]
        if op is None or any(
            typed.types[v] is None for v in (*layer.inputs, *layer.outputs) if v is not None
        ):
            if until_failure:
                return table
            continue
        if isinstance(op, Fold | Unfold):
            if not layer.inserted:
                table.append(_region_row(typed, layer))
            continue
        reading = typed.readings.get(number)
        if reading is not None:
            table += _inserted(typed, layer, reading)
        table.append(_row(typed, number, layer, op, reading, steps))
    for output in typed.graph.outputs:
        shape = typed.output_reshapes.get(output.value)
        x = typed.types[output.value]
        if shape is not None and x is not None:
            line = output.node.span.first.line
            table.append(_moving(f"{output.name}.reshape", "Reshape", x.shape, shape, line))
    return table


class _Steps:
    """How often a region's layers run for one sample."""

    def __init__(self, typed: Typed) -> None:
        self.typed = typed
        self.known: dict[int, Size] = {0: 1}

    def of(self, region: int) -> Size:
        if region not in self.known:
            folded = self.typed.folded.get(region)
            around = self.typed.graph.regions[region].parent
            self.known[region] = self.of(around) * product(folded.sizes if folded else ())
        return self.known[region]


def _row(typed: Typed, number: int, layer: Layer, op: Op, reading: Reading | None, steps: _Steps) -> Row:
    inputs, outputs = _shapes(typed, layer)
    times = steps.of(layer.region)
    cores, results = inputs, outputs
    outer = 0
    if reading is not None:
        inputs = (reading.received(inputs[0]), *inputs[1:])
        outer = reading.outer
        times = times * product(inputs[0].sizes[:outer])
        cores = tuple(s.part(outer) for s in inputs)
        results = tuple(s.part(outer) for s in outputs)
    weighed = typed.weights[number]
    elements: Size = steps.of(layer.region) * product_of(outputs)
    size = dtype_bytes(typed.types[layer.outputs[0]].dtype)  # pyright: ignore[reportOptionalMemberAccess]
    return Row(
        layer.name,
        layer.cls.name,
        inputs,
        outputs,
        None if weighed is None else weighed.trainable + weighed.fixed,
        None if weighed is None else weighed.trainable,
        _told(op.cost(cores, results) * times),
        _told(elements * size),
        False,
        None if not outer else ("fold" if reading is not None and reading.unwrapped else layer.distribute),
        layer.item.key.span.first.line,
        layer.shares.name if layer.shares is not None else None,
        typed.types[layer.outputs[0]].mask,  # pyright: ignore[reportOptionalMemberAccess]
    )


def product_of(shapes: tuple[Shape, ...]) -> Size:
    """The elements of all of `shapes` together."""
    total: Size = 0
    for shape in shapes:
        total = shape.elements + total
    return total


def _told(size: Size) -> Size | None:
    return None if is_anonymous(size) else size


def _shapes(typed: Typed, layer: Layer) -> tuple[tuple[Shape, ...], tuple[Shape, ...]]:
    values = [v for v in layer.inputs if v is not None]
    if isinstance(layer.op, Op) and layer.op.masked_by:
        values = layer.op.parted(values)[0]
    inputs = tuple(typed.types[v].shape for v in values)  # pyright: ignore[reportOptionalMemberAccess]
    return inputs, tuple(typed.types[v].shape for v in layer.outputs)  # pyright: ignore[reportOptionalMemberAccess]


def _region_row(typed: Typed, layer: Layer) -> Row:
    inputs, outputs = _shapes(typed, layer)
    line = layer.item.key.span.first.line
    return Row(layer.name, "map", inputs, outputs, 0, 0, 0, 0, False, None, line, None)


def _inserted(typed: Typed, layer: Layer, reading: Reading) -> list[Row]:
    """The permute and the reshape in front of a layer."""
    found: list[Row] = []
    inputs, _ = _shapes(typed, layer)
    line = layer.item.key.span.first.line
    x = inputs[0]
    if reading.order is not None:
        x = x.ordered(reading.order)
        found.append(_moving(f"{layer.name}.permute", "Permute", inputs[0], x, line))
    if reading.core is not None:
        found.append(_moving(f"{layer.name}.reshape", "Reshape", x, reading.received(inputs[0]), line))
    return found


def _moving(name: str, op: str, before: Shape, after: Shape, line: int) -> Row:
    """An inserted layer that only moves elements, which costs nothing."""
    return Row(name, op, (before,), (after,), 0, 0, 0, 0, True, None, line, None)


def totals(table: list[Row]) -> Totals:
    """The sums over a table."""
    return Totals(
        _count(row.params for row in table),
        _count(row.trainable for row in table),
        _sum(row.flops for row in table),
        _sum(row.bytes for row in table),
        sum(row.params or 0 for row in table),
    )


def _count(numbers: Iterable[int | None]) -> int | None:
    total = _sum(numbers)
    return total if isinstance(total, int) else None


def _sum(numbers: Iterable[Size | None]) -> Size | None:
    """The sum; None where a number is not known, or the sum too long."""
    total: Size = 0
    for number in numbers:
        if number is None:
            return None
        total = total + number
    return _told(total)
