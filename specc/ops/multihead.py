"""Attention in several heads, over projections of its inputs."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, cast

from specc.ops.attention import NAMES, OPTIONS, check_equal
from specc.ops.axis import axis_numbers, known_size
from specc.ops.broadcast import distinct, spreads
from specc.ops.declare import Example, Inputs, Masks, Op, Shape, Shapes, Weights, op
from specc.ops.kinds import AxisRefs, Flag, Integer, Kind, Positive, Rate, checked
from specc.ops.mask_rules import T
from specc.ops.misfit import Misfit, SetArgument, bad_argument, wrong_rank
from specc.ops.objects import Constraint, Initializer, Regularizer
from specc.shapes.axis import FEATURE, inferred
from specc.shapes.demand import agree, alike
from specc.shapes.dim import Size, product
from specc.shapes.tensor import Tensor

HEAD = inferred("head")


def _sizes(value: Any) -> tuple[int, ...]:
    several: list[Any] = list(cast("list[Any]", value)) if isinstance(value, list | tuple) else [value]
    if not several or not all(isinstance(v, int) and not isinstance(v, bool) and v > 0 for v in several):
        raise ValueError("must be a positive integer or a list of them")
    return tuple(several)


_SIZE_JSON = {"type": "integer", "minimum": 1}
Sizes = Annotated[
    tuple[int, ...],
    Kind(
        "a positive integer or a list of them",
        checked(_sizes),
        {"anyOf": [_SIZE_JSON, {"type": "array", "items": _SIZE_JSON, "minItems": 1}]},
    ),
]


class Heads(Op):
    """Attention in several heads, each over projections of its inputs."""

    call_options = OPTIONS
    passes_mask = True
    uses_mask = True

    if TYPE_CHECKING:  # every subclass lists its parameters in Keras's order
        use_bias: Flag
        use_gate: Flag

    def heads(self) -> tuple[int, int]:
        """The number of heads of the query, and of key and value."""
        raise NotImplementedError

    def dims(self) -> tuple[int, int]:
        """The number of features that a head has of key and query, and of the value."""
        raise NotImplementedError

    def made(self, query: int) -> tuple[int, ...]:
        """The sizes that the result has in the place of the query's last axis, which has `query`."""
        return (query,)

    def scores(self, shapes: Shapes) -> Shape:
        """The axes of the scores: some, among them the heads, the query's attended, the value's attended."""
        raise NotImplementedError

    def attended(self, value: Shape) -> tuple[int, ...]:
        """The positions that are attended over."""
        return (0,)

    def masks_given(self, inputs: Sequence[T]) -> dict[int, T]:
        """None for the query: its result has the mask that it brings, whatever the call is given."""
        return {place: mask for place, mask in super().masks_given(inputs).items() if place}

    def check_mask(self, name: str, mask: Shape, values: Inputs, operand: int) -> None:
        """E205 for one that is not over all axes of a value but the last, or does not spread over the scores."""
        if name != "attention_mask":
            x = values[0 if name == "query_mask" else 1].shape
            if mask.rank != x.rank - 1 or not all(map(spreads, mask.sizes, x.sizes)):
                raise Misfit("E205", f"is given a mask over {mask} for {x}", operand=operand)
            return
        shapes = tuple([x.shape for x in values])
        scores, last = self.scores(shapes), 2 * len(self.attended(shapes[1]))
        outer = mask.rank - last
        if outer >= 0 and mask.rank <= scores.rank:
            over = (*scores.sizes[:outer], *scores.sizes[-last:])
            if all(map(spreads, mask.sizes, over)) and (
                mask.rank == shapes[0].rank or not self._masked(values)
            ):
                return
        fact = "the mask spreads over (query, value), and over axes before these"
        if self._masked(values):
            fact = "Keras joins the mask with those of query and value, over (query, value) alone"
        raise Misfit(
            "E205", f"is given a mask over {mask} for scores of {scores}", operand=operand, facts=(fact,)
        )

    def _masked(self, values: Inputs) -> bool:
        """Whether Keras joins the masks of these values with that of the scores."""
        return any(x.mask is not None for x in values) or any(n != "attention_mask" for n in self.masked_by)

    def pairs(self, shapes: Shapes) -> Size:
        """The number of scores."""
        return self.scores(shapes).elements

    def result_count(self) -> int:
        return 2 if self.options.get("return_attention_scores") else 1

    def refuse_flash(self) -> None:
        """Raises E107: TensorFlow has no flash attention."""
        raise bad_argument(
            "flash_attention",
            "TensorFlow has no flash attention",
            SetArgument("flash_attention", None, "let Keras choose how attention is computed"),
        )

    def weights_for(self, shapes: Shapes) -> Weights:
        """A kernel (features, heads, dim) and a bias (heads, dim) per projection; those of the output."""
        (asking, held), (dim, deep) = self.heads(), self.dims()
        query = known_size(shapes[0], -1, "the projection of the query")
        value = known_size(shapes[1], -1, "the projection of the value")
        key = known_size(shapes[-1], -1, "the projection of the key")
        kernels = {"query": (query, asking, dim), "key": (key, held, dim)}
        if self.use_gate:
            kernels["gate"] = (query, asking, deep)
        kernels["value"] = (value, held, deep)
        found: Weights = {}
        for name, shape in kernels.items():
            found[f"{name}_kernel"] = shape
            if self.use_bias:
                found[f"{name}_bias"] = shape[1:]
        out = self.made(query)
        found["output_kernel"] = (asking, deep, *out)
        if self.use_bias:
            found["output_bias"] = out
        return found

    def cost(self, inputs: Shapes, outputs: Shapes) -> Size:
        """The projections (2 for each multiply-add, 1 for each bias) and the attention.

        For each head and pair, that is 2 for each projected feature of key and value, and 1 for the softmax.
        Scaling the query costs 1 for each projected feature, a gate 2 (sigmoid and product).
        """
        query, value, key = inputs[0], inputs[1], inputs[-1]
        (asking, held), (dim, deep) = self.heads(), self.dims()
        bias = int(self.use_bias)
        asked, told = product(query.sizes[:-1]), product(value.sizes[:-1])
        projecting = asked * asking * dim * (2 * query.sizes[-1] + bias + 1)
        projecting = projecting + told * held * dim * (2 * key.sizes[-1] + bias)
        projecting = projecting + told * held * deep * (2 * value.sizes[-1] + bias)
        if self.use_gate:
            projecting = projecting + asked * asking * deep * (2 * query.sizes[-1] + bias + 2)
        attending = self.pairs(inputs) * (2 * dim + 1 + 2 * deep)
        return projecting + attending + outputs[0].elements * (2 * asking * deep + bias)


@op(
    Example({"num_heads": 2, "key_dim": 3}, ((4, 6), (5, 7))),
    Example({"num_heads": 2, "key_dim": 3, "value_dim": 5, "use_bias": False}, ((4, 6), (5, 7), (5, 8))),
    Example({"num_heads": 2, "key_dim": 3, "output_shape": [2, 3], "use_gate": True}, ((4, 6), (4, 6))),
    Example({"num_heads": 2, "key_dim": 3, "attention_axes": 2}, ((3, 4, 6), (3, 5, 6))),
    inputs="query value key? value_mask! key_mask! attention_mask!",
)
class MultiHeadAttention(Heads):
    """Attention in several heads, each over its own projections of query, key and value."""

    num_heads: Positive
    key_dim: Positive
    value_dim: Positive | None = None
    dropout: Rate = 0.0
    use_bias: Flag = True
    output_shape: Sizes | None = None
    attention_axes: AxisRefs | None = None
    sliding_window: Positive | None = None
    flash_attention: Flag | None = None
    kernel_initializer: Initializer = "glorot_uniform"
    bias_initializer: Initializer = "zeros"
    kernel_regularizer: Regularizer | None = None
    bias_regularizer: Regularizer | None = None
    activity_regularizer: Regularizer | None = None
    kernel_constraint: Constraint | None = None
    bias_constraint: Constraint | None = None
    use_gate: Flag = False
    seed: Integer | None = None

    def heads(self) -> tuple[int, int]:
        return self.num_heads, self.num_heads

    def dims(self) -> tuple[int, int]:
        return self.key_dim, self.value_dim or self.key_dim

    def made(self, query: int) -> tuple[int, ...]:
        return self.output_shape or (query,)

    def attended(self, value: Shape) -> tuple[int, ...]:
        return self._axes(value)

    def scores(self, shapes: Shapes) -> Shape:
        return self._scores(shapes, self._axes(shapes[1]))

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The query, its last axis projected; with `return_attention_scores` also (…, head, query, key)."""
        shapes = tuple(tensor.shape for tensor in inputs)
        attended = self._attended(shapes)
        query = shapes[0]
        dtype = self.compute_dtype
        result = Tensor(query.part(0, -1).join(self._projected(query)), dtype)
        if self.result_count() == 1:
            return (result,)
        return (result, Tensor(self._scores(shapes, attended), dtype))

    strips_masks = True
    overwritten = {
        "query_mask": ": Keras puts the mask that the query has in its place; give it one by `mask`"
    }

    def masks(self, inputs: Inputs, results: Inputs) -> Masks:
        """The query's; E205 for one of any input where the axis attended over is not the last before the features."""
        attended = self._axes(inputs[1].shape)
        for operand, x in enumerate(inputs):
            mask, steps = x.mask, x.shape.part(0, -1)
            if mask is not None and (mask.rank != steps.rank or attended != (steps.rank - 1,)):
                from specc.ops.masking import unfit

                at = x.shape.ordered(attended)
                raise unfit(mask, at, "The `mask` must be broadcastable to `inputs`", operand=operand)
        return super().masks(inputs, results)

    def _projected(self, query: Shape) -> Shape:
        """The axes that the result has in the place of the query's last."""
        if self.output_shape is None:
            return Shape(query.sizes[-1:], (FEATURE,))
        sizes = self.output_shape
        return Shape(sizes, (FEATURE,) if len(sizes) == 1 else (inferred("axis"),) * len(sizes))

    def _scores(self, shapes: Shapes, attended: tuple[int, ...]) -> Shape:
        """(the axes not attended over, head, the query's attended, the value's attended)."""
        query, value = shapes[0], shapes[1]
        heads = query.rank - 1
        outer = [i for i in range(heads) if i not in attended]
        projected = Shape((*query.sizes[:-1], self.num_heads), (*query.axes[:-1], HEAD))
        source = Shape((*value.sizes[:-1], self.num_heads), (*value.axes[:-1], HEAD))
        lead = outer if heads in attended else [*outer, heads]
        scores = projected.ordered([*lead, *attended]).join(source.ordered(attended))
        return Shape(scores.sizes, distinct(scores.axes))

    def _attended(self, shapes: Shapes) -> tuple[int, ...]:
        """The positions that are attended over, after every check of the inputs."""
        query = shapes[0]
        if query.rank < 2:
            raise wrong_rank("a query of at least (time, feature)", query)
        for operand in range(1, len(shapes)):
            if shapes[operand].rank != query.rank:
                text = f"a {NAMES[operand]} of as many axes as the query"
                raise wrong_rank(text, shapes[operand], operand=operand)
        attended = self._axes(shapes[1])
        for axis in range(query.rank - 1):
            if len(shapes) > 2:
                check_equal(shapes, 2, axis, 1, axis, alike)
            if axis not in attended:
                check_equal(shapes, 1, axis, 0, axis)
        self._check_kernel(query)
        self._check_masks(shapes, attended)
        return attended

    def _axes(self, value: Shape) -> tuple[int, ...]:
        if self.attention_axes is None:
            return tuple(range(value.rank - 1))
        found = axis_numbers(self.attention_axes, value, "attention_axes")
        if not found:
            raise bad_argument("attention_axes", "`attention_axes` names no axis to attend over")
        return found

    def _check_kernel(self, query: Shape) -> None:
        """E107 where flash attention is asked for: TensorFlow has none."""
        if not self.flash_attention:
            return
        scores = bool(self.options.get("return_attention_scores"))
        if self.dropout > 0 or scores or query.rank == 2:
            self.refuse_flash()

    def _check_masks(self, shapes: Shapes, attended: tuple[int, ...]) -> None:
        """E107 where a causal mask or a window, which Keras lays over the first axis, does not fit."""
        causal = bool(self.options.get("use_causal_mask"))
        if not (causal or self.sliding_window):
            return
        word = "sliding_window" if self.sliding_window else "use_causal_mask"
        at, *more = attended
        if more:
            raise bad_argument(word, f"`{word}` goes with attention over one axis, not over {len(attended)}")
        if not all(agree(x.sizes[0], x.sizes[at]) for x in shapes[:2]):
            raise bad_argument(word, f"`{word}` goes with attention over the first axis only")
