"""Arrays that the command line names, against inputs, labels and sample weights; and the symbols that they bind."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

from specc.arrays.files import FileFault
from specc.arrays.named import Array, Held, Named
from specc.diagnostics.model import Diagnostic, Fix, Note, has_errors
from specc.ir.graph import Input, Layer, Output, Typed, makers_of
from specc.passes.resolution.values import Findings
from specc.passes.training.labels import Given, Repair, Trained, hold_labels, takes_dtype
from specc.passes.training.losses import Judged, is_written_out
from specc.passes.training.weighing import hold_sample_weights, hold_weighted
from specc.shapes.dim import Size, bind, is_anonymous, symbols_of
from specc.shapes.dtype import is_float
from specc.shapes.shape import Shape, nameless
from specc.shapes.tensor import Tensor
from specc.suggest import did_you_mean, nearest
from specc.syntax.tree import Mapping as MappingNode
from specc.syntax.tree import Node

WEIGHTS = ".sample_weight"
"""Behind the name of an output: the weights of its samples."""

_MOST = 1 << 48


class Data(NamedTuple):
    """The arrays that a check is given, and whether the numbers of those in files are to be looked at too."""

    arrays: tuple[Named | Held, ...] = ()
    with_values: bool = False


class _Bound(NamedTuple):
    """What a symbol is, and the array that says so."""

    size: int
    by: Named | Held


def hold_data(
    data: Data,
    typed: Typed,
    trained: Mapping[str, Trained],
    repair: Repair,
    found: Findings,
    is_wrong: bool = False,
) -> dict[str, int]:
    """Record what is wrong with the arrays; gives the sizes that they have for symbols.

    `is_wrong`: so is the `compile` section, so that outputs may be trained that are not among those.
    """
    holder = _Holder(typed, trained, repair, is_wrong)
    first: tuple[Named | Held, int] | None = None
    for named in data.arrays:
        place = holder.place(named)
        if place is None:
            found.append(holder.unknown(named))
            continue
        try:
            array = named.array
            if not array.samples:
                message = f"`{named.shown}` holds no samples"
                found.append(Diagnostic("E111", message, place.node.span, place.layer))
                continue
            said = [*place.hold(named, array)]
            found.extend(said)
            if data.with_values and isinstance(named, Named):
                found.extend(_numbers(named, place, typed, not has_errors(said)))
        except FileFault as fault:
            found.append(Diagnostic("E111", str(fault), place.node.span, place.layer))
            continue
        if first is None:
            first = (named, array.samples)
        elif first[1] != array.samples:
            message = (
                f"`{first[0].shown}` has {first[1]:,} samples, and `{named.shown}` has {array.samples:,}"
            )
            notes = (
                Note("Keras: Data cardinality is ambiguous. Make sure all arrays contain the same number"),
            )
            found.append(Diagnostic("E209", message, place.node.span, place.layer, notes))
    return {name: bound.size for name, bound in holder.bound.items()}


class _Place(NamedTuple):
    """What an array is for: how it is held, where that stands in the text, the number of the value that is an input.

    For labels, also their loss and the weights of classes.
    """

    hold: Callable[[Named | Held, Array], Iterable[Diagnostic]]
    node: Node
    layer: str | None = None
    value: int | None = None
    judged: Judged | None = None
    class_weight: Mapping[int, float] | None = None
    are_weights: bool = False


def _numbers(named: Named, place: _Place, typed: Typed, fits: bool) -> Iterable[Diagnostic]:
    """What is wrong with the numbers of an array, which `fits` what it is for."""
    from specc.passes.training.numbers import (
        hold_input_numbers,
        hold_label_numbers,
        hold_numbers,
        hold_weight_numbers,
    )

    if place.value is not None and fits:
        return hold_input_numbers(named, place.value, typed, place.node)
    if place.are_weights and fits:
        return hold_weight_numbers(named, place.node, place.layer)
    if place.judged is None or not fits:
        return hold_numbers(named, place.node, place.layer)
    return hold_label_numbers(named, place.judged, place.class_weight, place.node, place.layer)


class _Holder:
    def __init__(self, typed: Typed, trained: Mapping[str, Trained], repair: Repair, is_wrong: bool) -> None:
        self.is_wrong = is_wrong
        self.typed = typed
        self.trained = trained
        self.repair = repair
        self.inputs = {entry.name: entry for entry in typed.graph.inputs}
        self.outputs = {output.name: output for output in typed.graph.outputs}
        self.targets = {target.name: target for target in typed.graph.targets}
        self.makers = makers_of(typed.graph.layers)
        self.bound: dict[str, _Bound] = {}

    def place(self, named: Named | Held) -> _Place | None:
        """What the array is for; None where nothing has its name."""
        entry = self.inputs.get(named.name)
        if entry is not None:
            return _Place(partial(self.hold_input, entry), entry.node, value=entry.value)
        for suffix, hold in (("", self.hold_target), (WEIGHTS, self.hold_weights)):
            output = self.outputs.get(named.name.removesuffix(suffix))
            if output is not None and named.name.endswith(suffix):
                return self.of_output(output, hold, is_weights=bool(suffix))
        return None

    def of_output(
        self, output: Output, hold: Callable[..., Iterable[Diagnostic]], is_weights: bool
    ) -> _Place:
        layer: Layer | None = self.makers.get(output.value)
        node = output.node if layer is None else layer.item.key
        name = None if layer is None else layer.name
        held = partial(hold, output, node, name)
        one, target = self.trained.get(output.name), self.targets.get(output.name)
        return _Place(
            held,
            node,
            name,
            judged=None if one is None else one.judged,
            class_weight=None if target is None or len(self.outputs) > 1 else target.class_weight,
            are_weights=is_weights,
        )

    def unknown(self, named: Named | Held) -> Diagnostic:
        """E112 for an array that is for nothing there is."""
        known = (*self.inputs, *self.outputs)
        hint = did_you_mean(nearest(named.name, known))
        message = f"there is no input and no output `{named.name}` for `{named.shown}`{hint}"
        shown = ", ".join(f"`{name}`" for name in known)
        document = self.typed.graph.document
        place = document.sections.get("inputs", document.node)
        return Diagnostic("E112", message, place.span, notes=(Note(f"there are {shown}"),))

    def hold_input(self, entry: Input, named: Named | Held, array: Array) -> Iterator[Diagnostic]:
        """An array against the input that it is for."""
        if entry.tensor is None:
            return
        shape, dtype = entry.tensor.shape, entry.tensor.dtype
        if (array.dtype == "string") != (dtype == "string") or not (
            array.dtype == "string" or takes_dtype(array.dtype)
        ):
            message = f"`{named.shown}` is {array.dtype}, and input `{entry.name}` is {dtype}"
            yield Diagnostic("E210", message, entry.node.span)
            return
        sizes, done = _aligned(array.sizes, shape)
        if not self.agree(sizes, shape, named):
            message = f"`{named.shown}` is {nameless(array.sizes)}, and input `{entry.name}` is {shape}"
            notes = (*self.whose(shape), Note("Keras: Invalid input shape for input"))
            fixes = tuple(_declared(entry, shape, array.sizes))
            yield Diagnostic("E209", message, entry.node.span, notes=notes, fixes=fixes)
            return
        if "string" not in (array.dtype, dtype) and is_float(array.dtype) != is_float(dtype):
            cuts = ", and cuts fractions off" if is_float(array.dtype) else ""
            done.append(f"casts it from {array.dtype} to {dtype}{cuts}")
        if done:
            message = f"`{named.shown}` for input `{entry.name}` {shape}: Keras {' and '.join(done)}"
            yield Diagnostic("N710", message, entry.node.span)

    def agree(self, sizes: tuple[int, ...], shape: Shape, named: Named | Held) -> bool:
        """Whether an array has the sizes of an input; symbols are bound by it."""
        return len(sizes) == shape.rank and all(
            self.bind(wanted, size, named) for size, wanted in zip(sizes, shape.sizes, strict=True)
        )

    def bind(self, wanted: Size, size: int, named: Named | Held) -> bool:
        """Whether `wanted` can be `size`, given what is bound already; binds its symbol if only one size is left."""
        wanted = bind(wanted, {name: bound.size for name, bound in self.bound.items()})
        if isinstance(wanted, int):
            return wanted == size
        symbols = symbols_of(wanted)
        if size < 1 or len(symbols) != 1 or is_anonymous(wanted):
            return size >= 1
        (symbol,) = symbols
        least = _least(wanted, symbol, size)
        if least is None or bind(wanted, {symbol: least}) != size:
            return False
        if bind(wanted, {symbol: least + 1}) != size:
            self.bound[symbol] = _Bound(least, named)
        return True

    def whose(self, shape: Shape) -> Iterator[Note]:
        """The arrays that say what the symbols of a shape are."""
        names = sorted({name for size in shape.sizes for name in symbols_of(size)} & set(self.bound))
        return (
            Note(f"`{name}` is {self.bound[name].size} by `{self.bound[name].by.shown}`") for name in names
        )

    def hold_target(
        self, output: Output, node: Node, layer: str | None, named: Named | Held, array: Array
    ) -> Iterable[Diagnostic]:
        """Labels against the loss and the metrics of their output."""
        one = self.trained.get(output.name)
        if one is None:
            return self.unused(output, named, node, layer)
        tensor = Tensor(nameless(array.sizes), array.dtype)
        return hold_labels(Given(f"`{named.shown}`", tensor, node.span, layer), one, self.repair)

    def hold_weights(
        self, output: Output, node: Node, layer: str | None, named: Named | Held, array: Array
    ) -> Iterator[Diagnostic]:
        """Sample weights against the losses that are made of a sample."""
        one = self.trained.get(output.name)
        if one is None or one.judged is None:
            yield from self.unused(output, named, node, layer)
            return
        target = self.targets.get(output.name)
        if target is not None and target.class_weight is not None:
            message = f"`{named.shown}` weighs samples, and target `{output.name}` has a `class_weight`"
            notes = (Note("Keras: You cannot `class_weight` and `sample_weight` at the same time."),)
            yield Diagnostic("E209", message, node.span, layer, notes)
            return
        tensor = Tensor(nameless(array.sizes), array.dtype)
        said = [*hold_sample_weights(Given(f"`{named.shown}`", tensor, node.span, layer), one.judged)]
        yield from said or hold_weighted(one, None, array.sizes, f"`{named.shown}`")

    def unused(
        self, output: Output, named: Named | Held, node: Node, layer: str | None
    ) -> Iterator[Diagnostic]:
        """W604 for what is for an output without a loss."""
        if self.typed.types[output.value] is not None and not self.is_wrong:
            message = f"nothing uses `{named.shown}`: output `{output.name}` has neither a loss nor metrics"
            yield Diagnostic("W604", message, node.span, layer)


def _aligned(sizes: tuple[int, ...], shape: Shape) -> tuple[tuple[int, ...], list[str]]:
    """The sizes as Keras brings them to the rank of an input, and what it does for that."""
    if len(sizes) == shape.rank + 1 and sizes[-1] == 1:
        return sizes[:-1], ["drops its trailing axis of size 1"]
    if len(sizes) == shape.rank - 1 and shape.sizes[-1] == 1:
        return (*sizes, 1), ["adds a trailing axis of size 1"]
    return sizes, []


def _least(size: Size, symbol: str, wanted: int) -> int | None:
    """The least value of `symbol` with which `size`, which grows with it, reaches `wanted`."""

    def reaches(value: int) -> bool:
        made = bind(size, {symbol: value})
        return isinstance(made, int) and made >= wanted

    high = 1
    while not reaches(high):
        high *= 2
        if high > _MOST:
            return None
    low = high // 2 + 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if reaches(middle) else (middle + 1, high)
    return high


def _declared(entry: Input, shape: Shape, sizes: tuple[int, ...]) -> Iterator[Fix]:
    """Declare the input as the data are: its axes in their order, or the sizes that they have."""
    node = entry.node.get("shape") if isinstance(entry.node, MappingNode) else entry.node
    if node is None or not is_written_out(node) or 0 in sizes:
        return
    from specc.syntax.edits import replace

    left = list(range(shape.rank))
    order = [next((i for i in left if shape.sizes[i] == size and not left.remove(i)), None) for size in sizes]
    if len(sizes) == shape.rank and None not in order:
        text = str(shape.ordered([i for i in order if i is not None]))
        yield Fix("declare the axes in the order of the data", "unsafe", (replace(node, text),))
        return
    axes = shape.axes if len(sizes) == shape.rank else nameless(sizes).axes
    text = str(Shape(sizes, axes))
    yield Fix("declare the sizes of the data", "unsafe", (replace(node, text),))
