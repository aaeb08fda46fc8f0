"""Which values are masked: the masks that Keras hands on, and those that specc carries around what it inserts.

Keras knows of a mask only while layers hand it on, and no function of `keras.ops` does. So a mask of a value that a
construct, a fold or an inserted reshape makes is carried beside it (`specc.passes.masks.carry`), to what needs it.
"""

from collections.abc import Callable

from specc.ir.graph import Crossing, Explicit, Fold, Layer, Unfold
from specc.ir.masked import Lost, Masked, Steps, is_written_down, nothing_known, op_of, values_of
from specc.ops.declare import Inputs, Masks
from specc.ops.misfit import Misfit
from specc.passes.masks.lost import lose
from specc.shapes.shape import Shape
from specc.shapes.tensor import Tensor, is_float

Report = Callable[[Misfit, Layer], None]


def masked(explicit: Explicit, report: Report | None = None) -> Masked:
    """The masks of all values; `report` is told of layers that Keras would run into an error with theirs."""
    return _Following(explicit, report).run()


class _Following:
    """Goes through a graph once.

    Keras follows masks twice: while a model is built, and when it runs. What a layer takes as its `mask` while it is
    built is written into the model; all else, losses too, sees the masks that there are when it runs. The two differ
    behind a layer that takes masks off: it does so when the model runs, for whatever runs after it.
    """

    def __init__(self, explicit: Explicit, report: Report | None) -> None:
        self.layers = explicit.layers
        self.report = report
        self.found = nothing_known([t._replace(mask=None) for t in explicit.types])
        self.announced = self.found.announced
        self.takers: dict[int, list[Layer]] = {}
        """The layers that take the mask off a value."""
        for layer in self.layers:
            if op_of(layer).strips_masks:
                for value in layer.inputs:
                    if value is not None:
                        self.takers.setdefault(value, []).append(layer)
        self.turns = _turns(self.layers) if self.takers else {}

    def run(self) -> Masked:
        types = self.found.types
        for layer in self.layers:
            values = values_of(layer)
            differ = [v for v in values if v in self.announced or v in self.takers]
            if differ:
                self._look(layer, differ)
            inputs = self.found.read(layer)
            if (
                any(x.mask is not None for x in inputs)
                or op_of(layer).makes_mask
                or isinstance(layer.op, Unfold)
            ):
                try:
                    _hold_given(layer, self.found)
                    made = masks_of(layer, inputs, self.found)
                except Misfit as misfit:
                    if self.report is not None:
                        self.report(misfit, layer)
                    continue
                known = all(
                    v in self.found.handed for v, x in zip(values, inputs, strict=True) if x.mask is not None
                )
                hands = op_of(layer).brings_mask or op_of(layer).uses_mask or known
                for value, mask in zip(layer.outputs, made, strict=False):
                    types[value] = types[value]._replace(mask=mask)
                    if mask is not None and hands and not carries(layer):
                        self.found.handed.add(value)
                    if mask is not None and not op_of(layer).announces_mask:
                        self.announced[value] = None
            if differ and not carries(layer):
                self._announce(layer, values)
            lose(layer, inputs, self.found)
        for value, takers in self.takers.items():
            mask = types[value].mask
            if mask is not None and value in self.found.handed:
                self.found.taken[value] = Lost(takers[0], mask)
        return self.found

    def _look(self, layer: Layer, values: list[int]) -> None:
        """Note what masks a layer sees of values that are not those that they were made with."""
        types = self.found.types
        if is_written_down(layer, types) and self._announced(values[0]).mask is not None:
            self.found.seen[layer] = {v: self.announced[v] for v in values if v in self.announced}
            return
        off: dict[int, Lost] = {}
        for value in values:
            mask = types[value].mask
            taker = next((t for t in self.takers.get(value, ()) if self.turns[t] < self.turns[layer]), None)
            if taker is not None and mask is not None and value in self.found.handed:
                off[value] = Lost(taker, mask)
        self.found.seen[layer] = dict.fromkeys(off)
        self.found.stripped[layer] = off

    def _announce(self, layer: Layer, values: list[int]) -> None:
        """Note the masks that the results have while the model is built."""
        masks = [self.found.types[v] for v in layer.inputs[len(values) :] if v is not None]
        before = op_of(layer).laid((*[self._announced(v) for v in values], *masks))
        made: Masks = ()
        if op_of(layer).makes_mask or any(x.mask is not None for x in before):
            try:
                made = masks_of(layer, before, self.found)
            except Misfit:
                return
        for i, value in enumerate(layer.outputs):
            mask = made[i] if i < len(made) else None
            if mask != self.found.types[value].mask:
                self.announced[value] = mask

    def _announced(self, value: int) -> Tensor:
        """The type of a value while the model is built."""
        tensor = self.found.types[value]
        return tensor._replace(mask=self.announced[value]) if value in self.announced else tensor


def _turns(layers: list[Layer]) -> dict[Layer, tuple[int, int]]:
    """When each layer runs: Keras runs those first that most others run after."""
    behind: dict[int, int] = {}
    turns: dict[Layer, tuple[int, int]] = {}
    for number in range(len(layers) - 1, -1, -1):
        layer = layers[number]
        depth = max((behind.get(v, 0) for v in layer.outputs), default=0)
        turns[layer] = (-depth, -number)
        for value in layer.inputs:
            if value is not None:
                behind[value] = max(behind.get(value, 0), depth + 1)
    return turns


def masks_of(layer: Layer, inputs: Inputs, found: Masked) -> Masks:
    """The masks of the results of a layer, in order; raises `Misfit`."""
    op = op_of(layer)
    results = tuple([found.types[v] for v in layer.outputs])
    if isinstance(op, Crossing):
        return (_crossed(op, layer, inputs[0], results[0].shape, found),)
    if layer.inserted and op.name == "Reshape":
        return (_in_front(inputs[0], results[0].shape),)
    return op.masks(inputs, results)


def carries(layer: Layer) -> bool:
    """Whether Keras knows nothing of the masks that the layer's results have."""
    op = op_of(layer)
    return isinstance(op, Crossing) or op.carries_mask or (layer.inserted and op.name == "Reshape")


def may_be_given(x: Tensor, layer: Layer, types: list[Tensor]) -> bool:
    """Whether a `Masking` layer in front of `layer` can give it the mask of `x`: one over all axes but the last.

    Integers are cast for that to the floats that `layer` would make of them.
    """
    op = op_of(layer)
    if x.mask is None or not (is_float(x.dtype) or ("int" in x.dtype and op.compute_dtype == "float32")):
        return False
    if x.mask.rank == x.shape.rank - 1:
        return True
    if x.mask.rank >= x.shape.rank:
        return False
    whole = x._replace(mask=x.shape.part(0, -1))
    try:
        op.masks((whole, *(types[v] for v in values_of(layer)[1:])), ())
    except Misfit:
        return False
    return True


def _hold_given(layer: Layer, found: Masked) -> None:
    """Holds the masks that the call of a layer is given against those that its values have; raises `Misfit`."""
    op = op_of(layer)
    if op.masked_by:
        from specc.ops.masking import check_given

        seen, own = found.seen.get(layer, {}), [v for v in layer.inputs if v is not None]
        types = [found.types[v]._replace(mask=seen.get(v, found.types[v].mask)) for v in own]
        check_given(op, tuple(types), tuple([found.types[v] for v in layer.outputs]))


def _in_front(x: Tensor, result: Shape) -> Shape | None:
    """The mask of a value that is reshaped, where its axes stay in front as they are."""
    if x.mask is None or x.shape.sizes[: x.mask.rank] != result.sizes[: x.mask.rank]:
        return None
    return result.part(0, x.mask.rank)


def _crossed(op: Crossing, layer: Layer, x: Tensor, result: Shape, found: Masked) -> Shape | None:
    """The mask inside is over the axes of it that stay; over those that leave, and outside, it is the region's.

    One that is over none of the region's axes, which stand behind its own, is the same inside and outside.
    """
    mask, count = x.mask, len(op.positions)
    if isinstance(op, Fold):
        if mask is None:
            return None
        value = layer.inputs[0]
        assert value is not None
        if all(i < mask.rank for i in op.positions):
            if count:
                found.steps.setdefault(op.region, Steps(value, mask.ordered(op.positions)))
            return result.part(0, mask.rank - count) if mask.rank > count else None
        if not is_behind(op, mask):
            return None
        found.repeated.add(op.region)
        return result.part(0, mask.rank)
    if mask is not None and op.region in found.repeated and is_behind(op, mask):
        return result.part(0, mask.rank)
    if mask is not None and all(i < mask.rank + count for i in op.positions):
        return result.part(0, mask.rank + count)
    leads = op.positions == tuple(range(count))
    return result.part(0, count) if leads and op.region in found.steps else None


def is_behind(op: Crossing, mask: Shape) -> bool:
    """Whether the axes of a region stand behind those of a mask."""
    return bool(op.positions) and all(i >= mask.rank for i in op.positions)
