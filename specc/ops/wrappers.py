"""Layers that run another layer: over both directions of a sequence, or at every step of it."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from specc.ops.declare import Example, Inputs, Masks, Op, Place, Shape, Shapes, Weights, op
from specc.ops.kinds import FLAG, Kind, checked
from specc.ops.making import make_nested
from specc.ops.misfit import Misfit, bad_argument, wrong_rank
from specc.ops.nesting import about, frozen_within, prefixed, refuse_gather, wrapped_parts
from specc.ops.pointwise import Pointwise
from specc.ops.recurrent import Recurrent
from specc.shapes.dim import Size
from specc.shapes.shape import as_time, sizes_text
from specc.shapes.tensor import Tensor, is_float


def as_layer(value: Any) -> Op:
    """The layer that an argument stands for; raises ValueError for a construct."""
    made = make_nested(value)
    if made.keras is None and not made.name[0].isupper():
        kind = "function" if made.name.startswith("ops.") else "construct"
        raise ValueError(f"`{made.name}` is a {kind}, not a layer")
    return made


LayerRef = Annotated[
    Op,
    Kind(
        "a layer: a name, or `{Name: arguments}`",
        checked(as_layer),
        {"anyOf": [{"type": "string"}, {"type": "object", "minProperties": 1, "maxProperties": 1}]},
    ),
]
"""A layer as an argument; the value is the op."""

_NO_WEIGHTS = Kind("null: weights are loaded when the model is built", {"type": "none"}, {"type": "null"})


@op(
    Example({"layer": {"LSTM": 4}}, ((5, 7),)),
    Example({"layer": {"GRU": {"units": 4, "return_sequences": True}}, "merge_mode": "sum"}, ((5, 7),)),
    Example({"layer": {"LSTM": {"units": 4, "return_state": True}}, "merge_mode": None}, ((5, 7),)),
    inputs="sequences initial_state* mask!",
)
class Bidirectional(Op):
    """Runs a recurrent layer forwards, a second one backwards, and merges what they make."""

    layer: LayerRef
    merge_mode: Literal["sum", "mul", "concat", "ave"] | None = "concat"
    weights: Annotated[None, _NO_WEIGHTS] = None
    backward_layer: LayerRef | None = None

    call_options = {"training": FLAG}
    uses_mask = True
    takes_mask = True

    @property
    def places(self) -> tuple[Place, ...] | None:
        return self.layer.places

    def masks(self, inputs: Inputs, results: Inputs) -> Masks:
        """That of the layer for what both directions make, merged or not."""
        layer = self.layer.called(masked_by=self.masked_by) if self.masked_by else self.layer
        made = layer.masks(inputs, results)
        return made * 2 if self.merge_mode is None else made

    def leaves_out(self, inputs: Inputs) -> bool:
        """As its layers."""
        return self.layer.leaves_out(inputs) or bool(self.masked_by)

    def _both(self) -> tuple[Recurrent, Recurrent]:
        """The layers for the two directions; E107 where they are not recurrent or do not go together."""
        ahead, back = self.layer, self.backward_layer or self.layer
        if not isinstance(ahead, Recurrent):
            raise bad_argument("layer", f"takes a recurrent layer, not `{ahead.name}`")
        if not isinstance(back, Recurrent):
            raise bad_argument("backward_layer", f"takes a recurrent layer, not `{back.name}`")
        if self.backward_layer is None:
            if ahead.go_backwards:
                raise bad_argument("layer", "`layer` must not set `go_backwards`: the second copy of it does")
            return ahead, back
        if ahead.go_backwards == back.go_backwards:
            raise bad_argument("backward_layer", "exactly one of the two layers must set `go_backwards`")
        for word in ("stateful", "return_sequences", "return_state"):
            if getattr(ahead, word) != getattr(back, word):
                raise bad_argument("backward_layer", f"both layers must have the same `{word}`")
        return ahead, back

    def result_count(self) -> int:
        states = self.layer.result_count() - 1
        return (2 if self.merge_mode is None else 1) + 2 * states

    @property
    def nests_results(self) -> bool:
        return any(layer.nests_results for layer in self._both())

    def nested(self, values: list[Any]) -> list[Any]:
        """The states of both directions, each as its layer takes them."""
        ahead, back = self._both()
        return [*ahead.nested(values[: ahead.state_count]), *back.nested(values[ahead.state_count :])]

    def fold_difference(self) -> tuple[str, str] | None:
        return self.layer.fold_difference()

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The merged results (both where `merge_mode` is null), then the states of each direction."""
        ahead, back = self._both()
        half = self._half(inputs, ahead, back)
        try:
            y = ahead.results((inputs[0], *inputs[1 : 1 + half]))
        except Misfit as fault:
            raise about(fault, "layer") from None
        try:
            z = back.results((inputs[0], *inputs[1 + half :]))
        except Misfit as fault:
            states_before = half if fault.operand else 0
            fault = about(fault, "backward_layer" if self.backward_layer else "layer")
            fault.operand += states_before
            raise fault from None
        if [t.shape.sizes for t in y] != [t.shape.sizes for t in z]:
            raise bad_argument(
                "backward_layer",
                f"`backward_layer` makes {sizes_text(z[0].shape)} and `layer` {sizes_text(y[0].shape)}",
            )
        dtype = self.compute_dtype
        first = Tensor(y[0].shape, dtype)
        states = tuple(
            Tensor(t.shape, t.dtype if layer.dtype else dtype)
            for layer, made in ((ahead, y), (back, z))
            for t in made[1:]
        )
        if self.merge_mode is None:
            return (first, first, *states)
        if self.merge_mode == "concat":
            shape = first.shape
            first = Tensor(shape.with_last(2 * shape.sizes[-1], shape.axes[-1]), dtype)
        return (first, *states)

    def _half(self, inputs: Inputs, ahead: Recurrent, back: Recurrent) -> int:
        """The number of initial states for the first direction; E303 where both need another number."""
        given = len(inputs) - 1
        wanted = ahead.state_count + back.state_count
        if given not in (0, wanted):
            raise Misfit("E303", f"starts from {wanted} states and is given {given}", operand=1)
        if given and len({len(layer.nested([None] * layer.state_count)) for layer in (ahead, back)}) > 1:
            message = (
                "starts from no states: Keras gives half of them to each direction, which take unlike numbers"
            )
            raise Misfit("E303", message, operand=1)
        return ahead.state_count if given else 0

    def weights_for(self, shapes: Shapes) -> Weights:
        """Those of both layers, as `forward_…` and `backward_…`."""
        ahead, back = self._both()
        return {
            **prefixed("forward", ahead.weights_for(shapes[:1])),
            **prefixed("backward", back.weights_for(shapes[:1])),
        }

    def wrapped(self, weights: Weights) -> Iterable[tuple[Op, Weights]]:
        ahead, back = self._both()
        return wrapped_parts({"forward": ahead, "backward": back}, weights)

    def frozen(self, weights: Weights) -> frozenset[str]:
        if not self.trainable:
            return frozenset(weights)
        ahead, back = self._both()
        return frozen_within({"forward": ahead.frozen, "backward": back.frozen}, weights)

    def cost(self, inputs: Shapes, outputs: Shapes) -> Size:
        """Both directions, and what merges them: 1 for each element (`ave`: 2, `concat` nothing)."""
        ahead, back = self._both()
        x = inputs[0]
        made = tuple(t.shape for t in ahead.results((Tensor(x, self.compute_dtype),)))
        merging = {"sum": 1, "mul": 1, "ave": 2}.get(self.merge_mode or "", 0)
        return ahead.cost((x,), made) + back.cost((x,), made) + merging * made[0].elements


@op(
    Example({"layer": {"Dense": 4}}, ((5, 7),)),
    Example({"layer": "Flatten"}, ((5, 7, 2),)),
    Example({"layer": {"Conv2D": {"filters": 3, "kernel_size": 2}}}, ((4, 6, 5, 2),)),
    inputs="inputs mask!",
)
class TimeDistributed(Op):
    """Runs a layer at every step of the first axis, with the same weights."""

    layer: LayerRef

    call_options = {"training": FLAG}
    passes_mask = True
    takes_mask = True

    @property
    def uses_mask(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        """What the wrapped layer says."""
        return self.layer.uses_mask

    def masks(self, inputs: Inputs, results: Inputs) -> Masks:
        """The input's, whatever axes the result has; E205 where the layer does not take what a step has of it."""
        mask, x = inputs[0].mask, inputs[0].shape
        if mask is not None and mask.rank > 0:
            step = Tensor(x.part(1), inputs[0].dtype, mask.part(1))
            if self.layer.uses_mask or isinstance(self.layer, Pointwise):
                self.layer.masks((step,), results)
        return super().masks(inputs, results)

    def check_mask(self, name: str, mask: Shape, values: Inputs, operand: int) -> None:
        """E205 unless it is over the axis of the steps, and perhaps more."""
        super().check_mask(name, mask, values, operand)
        if not mask.rank:
            raise Misfit("E205", "is given a mask that is not over the steps", operand=operand)

    @property
    def places(self) -> tuple[Place, ...] | None:
        inner = self.layer.places
        return None if inner is None else ("any", *inner)

    @property
    def takes_text(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        """What the wrapped layer says."""
        return self.layer.takes_text

    def fold_difference(self) -> tuple[str, str] | None:
        return self.layer.fold_difference()

    def asked_symbols(self) -> Iterable[tuple[str, str]]:
        return [("layer", name) for _, name in self.layer.asked_symbols()]

    def _check(self, x: Shape) -> None:
        """E107 for a layer that does not make one value of one, E200 for a value of too few axes."""
        needed = [i for i in self.layer.call_inputs if i.required]
        if self.layer.takes_list or len(needed) != 1:
            raise bad_argument("layer", f"`{self.layer.name}` takes several inputs and gets one at a step")
        if self.layer.result_count() != 1:
            raise bad_argument("layer", f"`{self.layer.name}` makes several results, and may make one")
        dtype = self.layer.dtype
        if dtype is not None and dtype != (self.dtype or "float32"):
            raise bad_argument(
                "layer", f"runs its layer in its own dtype, {self.dtype or 'float32'}, not in {dtype}"
            )
        if x.rank < 2:
            raise wrong_rank("steps, and at least one axis behind them", x)

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """What the layer makes of one step, the axis of the steps in front."""
        x = inputs[0].shape
        self._check(x)
        try:
            made = self.layer.results((Tensor(x.part(1), inputs[0].dtype),))[0]
            refuse_gather(self.layer, x.part(1), made.shape)
        except Misfit as fault:
            raise about(fault, "layer", axes_before=1) from None
        dtype = self.compute_dtype if is_float(made.dtype) else made.dtype
        return (Tensor(self._steps(x, made.shape), dtype),)

    def _steps(self, x: Shape, made: Shape) -> Shape:
        """What is made of one step behind the axis of the steps; of several axes without names none is time."""
        if isinstance(self.layer, TimeDistributed):
            return x.part(0, 2).join(made.part(1))
        return as_time(x.part(0, 1), x.part(1)).join(made)

    def weights_for(self, shapes: Shapes) -> Weights:
        """Those of the layer, once for all steps."""
        try:
            return self.layer.weights_for((shapes[0].part(1),))
        except Misfit as fault:
            raise about(fault, "layer", axes_before=1) from None

    def wrapped(self, weights: Weights) -> Iterable[tuple[Op, Weights]]:
        return ((self.layer, weights),)

    def frozen(self, weights: Weights) -> frozenset[str]:
        return self.layer.frozen(weights) if self.trainable else frozenset(weights)

    def cost(self, inputs: Shapes, outputs: Shapes) -> Size:
        """The layer's FLOPs, once for each step."""
        return inputs[0].sizes[0] * self.layer.cost((inputs[0].part(1),), (outputs[0].part(1),))
