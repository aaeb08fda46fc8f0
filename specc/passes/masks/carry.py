"""Carries masks as tensors beside the values that Keras would not hand them on with.

A layer that leaves masked steps out reads such a value through a `Masking` layer, whose input is set to a number that
nothing else is at the steps where the mask is false; so does an output, that its loss may see the mask. The padding
of what is read so is 0. All of this is ordinary layers of the explicit graph.
"""

from collections.abc import Iterable
from typing import Any

from specc.ir.graph import Crossing, Explicit, Fold, Layer, Output, Unfold, makers_of
from specc.ir.masked import Masked, first_mask, op_of, replaced_masks, values_of
from specc.ir.names import take_name
from specc.ops import making, registry
from specc.ops.axis import axis_number, axis_numbers
from specc.ops.declare import Op
from specc.passes.masks.lost import sources_of
from specc.passes.masks.masked import carries, is_behind, masked, may_be_given
from specc.shapes.axis import NAMELESS
from specc.shapes.shape import Shape
from specc.shapes.tensor import Tensor, is_float

PADDING = {"float16": -6e4}
"""What stands at masked steps in front of a `Masking` layer."""
_PADDING = -1e30


def carry(explicit: Explicit) -> Explicit:
    """The same graph with masks, and with what carries those that Keras would lose on the way to what needs them."""
    found = masked(explicit)
    return _Carrying(explicit, found).run()


class _Carrying:
    def __init__(self, explicit: Explicit, found: Masked) -> None:
        self.explicit = explicit
        self.found = found
        self.types = found.types
        self.makers = makers_of(explicit.layers)
        self.handed = found.handed
        self.needed: set[int] = set()
        """The values whose masks are needed as tensors."""
        self.tensors: dict[int, int] = {}
        """The mask of a value, as a value."""
        self.steps: dict[int, int] = {}
        """The mask over the axes of a region, as a value."""
        self.attached: dict[int, int] = {}
        """A value as Keras sees it masked, by value."""
        self.layers: list[Layer] = []
        self.taken = {i.name for i in explicit.graph.inputs} | {layer.name for layer in explicit.layers}

    def run(self) -> Explicit:
        wants = {layer: self._wants(layer) for layer in self.explicit.layers}
        shown = [o.value for o in self.explicit.outputs if self._may_show(o.value)]
        self.needed.update(v for values in wants.values() for v in values)
        self.needed.update(shown)
        if not self.needed:
            return self.explicit._replace(types=self.types)
        self._need_sources()
        for layer in self.explicit.layers:
            self.layers.append(self._reading(layer, wants[layer]))
            for value in layer.outputs:
                if value in self.needed:
                    self.tensors[value] = self._tensor(layer, value)
        outputs = tuple(self._output(o) if o.value in shown else o for o in self.explicit.outputs)
        return self.explicit._replace(layers=self.layers, types=self.types, outputs=outputs)

    def _wants(self, layer: Layer) -> list[int]:
        """The values whose masks the layer needs and would not see."""
        op = op_of(layer)
        inputs = self.found.read(layer)
        values = values_of(layer)
        seen = [v for v, x in zip(values, inputs, strict=True) if x.mask is not None]
        wants: list[int] = []
        if op.name == "reduce":
            wants = seen[:1] if seen and len(values) == 1 and op.leaves_out(inputs) else []
        elif op.uses_mask:
            given = {*self.found.seen.get(layer, {}), *replaced_masks(layer)}
            lacking = [v for v in dict.fromkeys(seen) if v not in given]
            wants = [
                v for v in lacking if v not in self.handed and may_be_given(self.types[v], layer, self.types)
            ]
        return wants

    def _may_show(self, value: int) -> bool:
        """Whether a `Masking` layer can give an output its mask."""
        tensor = self.types[value]
        if tensor.mask is None or value in self.handed or not is_float(tensor.dtype):
            return False
        return tensor.mask.rank < tensor.shape.rank

    def _need_sources(self) -> None:
        """What the masks that are needed are computed from is needed too."""
        for layer in reversed(self.explicit.layers):
            if self.needed.isdisjoint(layer.outputs):
                continue
            source = self._region_mask(layer)
            if source is not None:
                self.needed.add(source)
            else:
                sources = sources_of(layer, self.types)
                self.needed.update(v for v in sources if self.found.mask_carried(v) is not None)

    def _region_mask(self, layer: Layer) -> int | None:
        """For a value that leaves a region without a mask of its own: the one that has that of the region's steps."""
        op = layer.op
        if not isinstance(op, Unfold):
            return None
        inner, made = self.types[layer.inputs[0] or 0].mask, self.types[layer.outputs[0]].mask
        if inner is not None and made is not None and made.rank == inner.rank + len(op.positions):
            return None
        steps = self.found.steps.get(op.region)
        return None if steps is None else steps.value

    def _reading(self, layer: Layer, wants: list[int]) -> Layer:
        """The layer, reading the values whose masks it needs so that it sees them."""
        if not wants:
            return layer
        if op_of(layer).name == "reduce":
            return layer.changed(inputs=(layer.inputs[0], self.tensors[wants[0]]))
        if op_of(layer).strips_masks:
            self.attached.clear()  # it takes masks off, and so reads values that nothing else does
        seen = {v: self._attach(v) for v in wants}
        if op_of(layer).strips_masks:
            self.attached.clear()
        return layer.changed(inputs=tuple([None if v is None else seen.get(v, v) for v in layer.inputs]))

    def _attach(self, value: int) -> int:
        """A value with its mask, for whatever reads it."""
        if value in self.attached:
            return self.attached[value]
        maker, tensor = self.makers[value], self.types[value]
        mask, shape, read = self.tensors[value], tensor.shape, value
        while (x := self.types[mask].shape).rank < shape.rank:
            wide = Tensor(x.join(Shape((1,), (NAMELESS,))), "bool")
            mask = self._add(maker, "mask", _made("ops.expand_dims", axis=-1), (mask,), wide)
        if not is_float(tensor.dtype):
            tensor = tensor._replace(dtype="float32")
            read = self._add(maker, "float", _made("ops.cast", dtype="float32"), (value,), tensor)
        number = PADDING.get(tensor.dtype, _PADDING)
        padded = self._add(
            maker, "padding", _made("ops.where", x2=number), (mask, read), tensor._replace(mask=None)
        )
        policy = {} if tensor.dtype == "float32" else {"dtype": tensor.dtype}
        masking = _made("Masking", mask_value=number, **policy)
        result = tensor._replace(mask=shape.part(0, -1))
        made = self.attached[value] = self._add(maker, "masking", masking, (padded,), result)
        return made

    def _output(self, output: Output) -> Output:
        """An output with its mask; its name goes to what gives it that."""
        made = self._attach(output.value)
        maker, last = self.makers[output.value], self.layers[-1]
        if maker.name == output.name and carries(maker) and op_of(maker).name != "Dense":
            at = next(i for i, layer in enumerate(self.layers) if layer.name == maker.name)
            self.layers[at] = self.layers[at].changed(name=take_name(f"{maker.name}.unmasked", self.taken))
            self.layers[-1] = last.changed(name=maker.name)
        return output._replace(value=made)

    def _tensor(self, layer: Layer, value: int) -> int:
        """The mask of a result of a layer, from what it reads or from the masks of that."""
        op, shape = op_of(layer), self.found.mask_carried(value)
        assert shape is not None
        values = values_of(layer)
        x = self.types[values[0]]
        given = first_mask(layer)
        if given is not None:
            return given
        result = Tensor(shape, "bool")
        if op.name == "mask":
            return values[1] if self.types[values[1]].dtype == "bool" else self.tensors[values[1]]
        if op.makes_mask:
            return self._made_anew(layer, op, values[0], result)
        source = self._region_mask(layer)
        if source is not None:
            return self._region_tensor(layer, source, result)
        mask = self.tensors.get(values[0], -1)
        match op.name:
            case "map":
                assert isinstance(op, Crossing)
                return self._across(layer, op, mask, result)
            case "slice":
                at = axis_number(op.arguments["axis"], x.shape)
                if x.mask is None or at >= x.mask.rank:
                    return mask
                return self._add(
                    layer, "mask", _made("slice", **{**op.arguments, "axis": at + 1}), (mask,), result
                )
            case "reduce":
                assert x.mask is not None
                gone = [i + 1 for i in axis_numbers(op.arguments["axis"], x.shape) if i < x.mask.rank]
                keepdims = bool(op.arguments.get("keepdims"))
                if not gone:
                    return mask
                return self._add(
                    layer, "mask", _made("ops.any", axis=gone, keepdims=keepdims), (mask,), result
                )
            case "Concatenate":
                return self._joined(layer, op, values, result)
            case _:
                sources = sources_of(layer, self.types)
                return self._either(layer, [self.tensors[v] for v in sources], result)

    def _across(self, layer: Layer, op: Crossing, mask: int, result: Tensor) -> int:
        """A mask that crosses into a region or out of it; one that is over none of its axes is repeated inside."""
        shape = result.shape
        if op.region not in self.found.repeated or not is_behind(op, shape):
            return self._add(layer, "mask", type(op)(op.region, op.positions), (mask,), result)
        if isinstance(op, Fold):
            return self._add(layer, "mask", Fold(op.region), (mask,), result)
        steps = self.explicit.folded[op.region]
        behind = tuple(range(shape.rank, shape.rank + len(op.positions)))
        every = Tensor(shape.join(Shape(steps.sizes, steps.axes)), "bool")
        unfolded = self._add(layer, "mask", Unfold(op.region, behind), (mask,), every)
        gone = [i + 1 for i in behind]
        return self._add(layer, "mask", _made("ops.any", axis=gone), (unfolded,), result)

    def _made_anew(self, layer: Layer, op: Op, value: int, result: Tensor) -> int:
        """The mask that `Masking`, or an embedding of indices of which 0 is padding, reads off its input."""
        x = self.types[value]
        number = op.arguments.get("mask_value", 0.0) if op.name == "Masking" else 0
        number = number if is_float(x.dtype) else int(number)
        differs = self._add(
            layer, "mask", _made("ops.not_equal", x2=number), (value,), Tensor(x.shape, "bool")
        )
        if op.name != "Masking":
            return differs
        return self._add(layer, "mask", _made("ops.any", axis=-1), (differs,), result)

    def _region_tensor(self, layer: Layer, source: int, result: Tensor) -> int:
        """The mask over the steps of a region: false where nothing of a step counts."""
        op = op_of(layer)
        assert isinstance(op, Crossing)
        if op.region not in self.steps:
            mask = self.types[self.tensors[source]].shape
            positions = self.explicit.folded[op.region].positions
            inner = [i + 1 for i in range(mask.rank) if i not in positions]
            made = self.tensors[source]
            if inner:
                made = self._add(layer, "mask", _made("ops.any", axis=inner), (made,), result)
            self.steps[op.region] = made
        return self.steps[op.region]

    def _joined(self, layer: Layer, op: Op, values: list[int], result: Tensor) -> int:
        """The masks of joined values, joined; of features, any of them."""
        at = axis_number(op.arguments.get("axis", -1), self.types[values[0]].shape)
        masks: list[int] = []
        for value in values:
            shape = self.types[value].shape
            if value in self.tensors:
                masks.append(self.tensors[value])
                continue
            ones = _made("ops.ones_like", dtype="bool")
            every = self._add(layer, "mask", ones, (value,), Tensor(shape, "bool"))
            steps = Tensor(shape.part(0, -1), "bool")
            masks.append(self._add(layer, "mask", _made("ops.any", axis=-1), (every,), steps))
        if at < result.shape.rank:
            return self._add(layer, "mask", _made("ops.concatenate", axis=at + 1), tuple(masks), result)
        return self._either(layer, masks, result)

    def _either(self, layer: Layer, masks: Iterable[int], result: Tensor) -> int:
        """What holds where any of the masks does."""
        first, *others = dict.fromkeys(masks)
        for other in others:
            first = self._add(layer, "mask", _made("ops.logical_or"), (first, other), result)
        return first

    def _add(self, layer: Layer, suffix: str, op: Op, inputs: tuple[int, ...], result: Tensor) -> int:
        """A layer beside `layer`; gives its value."""
        self.types.append(result)
        made = len(self.types) - 1
        name = take_name(f"{layer.name}.{suffix}", self.taken)
        self.layers.append(
            Layer(name, op, inputs, (made,), layer.item, layer.region, layer.link, inserted=True)
        )
        return made


def _made(word: str, **arguments: Any) -> Op:
    return making.make(registry.known(word), arguments)
