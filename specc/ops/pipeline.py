"""A chain of layers as one layer."""

from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from typing import Annotated

from specc.ops.declare import Example, Inputs, Masks, Op, Place, Shape, Shapes, Weights, op
from specc.ops.kinds import TRAINING, Kind, checked
from specc.ops.misfit import Misfit, bad_argument, wrong_dtype, wrong_rank
from specc.ops.nesting import about, frozen_within, ops_in, prefixed, refuse_gather, wrapped_parts
from specc.ops.pointwise import Pointwise
from specc.ops.wrappers import as_layer
from specc.shapes.dim import Size
from specc.shapes.tensor import Tensor

_TEXT = "a list of layers, as `[RandomFlip, {RandomZoom: 0.2}]`"
_ONE = {"anyOf": [{"type": "string"}, {"type": "object", "minProperties": 1, "maxProperties": 1}]}
Layers = Annotated[
    tuple[Op, ...],
    Kind(
        "a list of layers",
        checked(lambda value: ops_in(value, as_layer, _TEXT)),
        {"type": "array", "minItems": 1, "items": _ONE},
    ),
]


@op(
    Example(
        {"layers": ["RandomFlip", {"RandomZoom": 0.2}, {"Resizing": {"height": 4, "width": 4}}]}, ((6, 5, 3),)
    ),
    Example(
        {"layers": [{"Conv2D": {"filters": 2, "kernel_size": 3}}, "Flatten", {"Dense": 4}]}, ((6, 5, 3),)
    ),
)
class Pipeline(Op):
    """Runs layers one after the other, as one layer; `dtype` is that of the layers that say none."""

    lacks = ("trainable",)
    call_options = TRAINING
    takes_mask = True
    announces_mask = False

    layers: Layers

    @property
    def parts(self) -> Mapping[str, Op]:
        """The layers by the prefix of their weights, each with its dtype."""
        return {f"layer{i}": self._with_dtype(layer) for i, layer in enumerate(self.layers)}

    def _with_dtype(self, layer: Op) -> Op:
        if layer.policy is not None or self.dtype is None:
            return layer
        layer = copy(layer)
        vars(layer)["dtype"] = self.dtype
        return layer

    @property
    def places(self) -> tuple[Place, ...] | None:
        """Those of the first layer that does not take values of any axes as they are."""
        return next((layer.places for layer in self.layers if not isinstance(layer, Pointwise)), None)

    @property
    def takes_text(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        """What the first layer says."""
        return self.layers[0].takes_text

    @property
    def makes_mask(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        return any(layer.makes_mask for layer in self.layers)

    def masks(self, inputs: Inputs, results: Inputs) -> Masks:
        """What the layers make of it, one after the other, once the model runs; Keras does not announce it."""
        mask = inputs[0].mask
        for layer, x, y in self.steps(inputs[0]):
            read = (x._replace(mask=mask),)
            mask = next(iter(layer.masks(read, (y,)) if mask is not None or layer.makes_mask else ()), None)
        return (mask,)

    @property
    def stateful(self) -> bool:
        """Whether a layer keeps states from batch to batch."""
        return any(getattr(layer, "stateful", False) for layer in self.layers)

    def fold_difference(self) -> tuple[str, str] | None:
        return next(filter(None, (layer.fold_difference() for layer in self.layers)), None)

    def steps(self, x: Tensor) -> Iterator[tuple[Op, Tensor, Tensor]]:
        """Each layer with what it reads and what it makes; raises the `Misfit` of the first that does not fit."""
        for layer in self.parts.values():
            try:
                _check(layer, x)
                (y,) = layer.results((x,))
                refuse_gather(layer, x.shape, y.shape)
            except Misfit as fault:
                told = about(fault, "layers")
                told.message = f"`{layer.name}` {fault.message}"
                raise told from None
            yield layer, x, y
            x = y

    def _shapes(self, x: Shape) -> Iterator[tuple[Op, Shape, Shape]]:
        for layer, before, after in self.steps(Tensor(x, self.compute_dtype)):
            yield layer, before.shape, after.shape

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """What the last layer makes."""
        *_, (_, _, made) = self.steps(inputs[0])
        return (made,)

    def weights_for(self, shapes: Shapes) -> Weights:
        """Those of each layer, as `layer0_…`, `layer1_…`."""
        found: Weights = {}
        for i, (layer, x, _) in enumerate(self._shapes(shapes[0])):
            try:
                found |= prefixed(f"layer{i}", layer.weights_for((x,)))
            except Misfit as fault:
                raise about(fault, "layers") from None
        return found

    def wrapped(self, weights: Weights) -> Iterable[tuple[Op, Weights]]:
        return wrapped_parts(self.parts, weights)

    def frozen(self, weights: Weights) -> frozenset[str]:
        return frozen_within({prefix: layer.frozen for prefix, layer in self.parts.items()}, weights)

    def cost(self, inputs: Shapes, outputs: Shapes) -> Size:
        """The sum over the layers."""
        total: Size = 0
        for layer, x, y in self._shapes(inputs[0]):
            total += layer.cost((x,), (y,))
        return total


def _check(layer: Op, x: Tensor) -> None:
    """E107 for a layer that does not make one value of one, E200 for other axes than it reads, E210 for text."""
    needed = [read for read in layer.reads if read.required]
    if layer.takes_list or len(needed) != 1:
        raise bad_argument("layers", "takes several inputs, and gets one")
    if layer.result_count() != 1:
        raise bad_argument("layers", "makes several results, and may make one")
    places = layer.places
    if places is not None and len(places) != x.shape.rank:
        raise wrong_rank(f"{len(places)} axes", x.shape)
    if x.dtype == "string" and not layer.takes_text:
        raise wrong_dtype("string", "numbers")
