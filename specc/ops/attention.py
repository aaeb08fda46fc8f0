"""Layers in which every element of a sequence looks at the elements of another."""

from collections.abc import Callable
from typing import Literal

from specc.ops.axis import known_size
from specc.ops.broadcast import broadcast_size, distinct
from specc.ops.declare import Example, Inputs, Masks, Op, Shape, Shapes, Weights, op
from specc.ops.kinds import FLAG, Flag, Integer, Rate
from specc.ops.misfit import Misfit, wrong_dtype, wrong_rank
from specc.shapes.axis import FEATURE
from specc.shapes.demand import agree
from specc.shapes.dim import Size, product
from specc.shapes.shape import sizes_text
from specc.shapes.tensor import Tensor, is_float

OPTIONS = {"use_causal_mask": FLAG, "return_attention_scores": FLAG, "training": FLAG}
NAMES = ("query", "value", "key")
"""The inputs, in order; the key defaults to the value, so that it is the last one either way."""


def disagree(shapes: Shapes, operand: int, axis: int, other: int, at: int) -> Misfit:
    """E205: axis `axis` of one input is not as long as axis `at` of another."""
    a, b = NAMES[operand], NAMES[other]
    size, wanted = shapes[operand].sizes[axis], shapes[other].sizes[at]
    return Misfit(
        "E205",
        f"the {a} has {size} where the {b} has {wanted}",
        operand=operand,
        axis=axis % shapes[operand].rank,
        facts=tuple(f"the {name} is {x} {sizes_text(x)}" for name, x in zip(NAMES, shapes, strict=False)),
    )


def check_equal(
    shapes: Shapes,
    operand: int,
    axis: int,
    other: int,
    at: int,
    are_equal: Callable[[Size, Size], bool] = agree,
) -> None:
    """Raises E205 where the two sizes can never be equal."""
    if not are_equal(shapes[operand].sizes[axis], shapes[other].sizes[at]):
        raise disagree(shapes, operand, axis, other, at)


class _Scored(Op):
    """Attention without projections: scores of query and key weigh the values."""

    call_options = OPTIONS
    passes_mask = True
    uses_mask = True

    use_scale: Flag

    @property
    def sums_features(self) -> bool:
        """Whether query and key are added, so that a feature axis of size 1 is stretched."""
        raise NotImplementedError

    def result_count(self) -> int:
        return 2 if self.options.get("return_attention_scores") else 1

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The query with the features of the value; with `return_attention_scores` also (…, query, key)."""
        if not 2 <= len(inputs) <= 3:
            raise Misfit("E303", f"takes query, value and key, and is given {len(inputs)} inputs")
        shapes = tuple(tensor.shape for tensor in inputs)
        self._check(shapes)
        self._check_dtypes(inputs[0].dtype, inputs[-1].dtype, len(inputs) - 1)
        query, value, key = shapes[0], shapes[1], shapes[-1]
        last = value.axes[-1]
        dtype = self.compute_dtype
        if self.sums_features and "float16" in dtype and not is_float(inputs[0].dtype):
            dtype = "float32"  # as which sums of integers are scored
        result = Tensor(query.with_last(value.sizes[-1], last if last.given else FEATURE), dtype)
        if self.result_count() == 1:
            return (result,)
        axes = distinct((*query.axes[:-1], key.axes[-2]))
        return (result, Tensor(Shape((*query.sizes[:-1], key.sizes[-2]), axes), dtype))

    def masks(self, inputs: Inputs, results: Inputs) -> Masks:
        """The query's; E205 for one of query or value that does not spread over the scores."""
        for operand, x in enumerate(inputs[:2]):
            mask, steps = x.mask, x.shape.part(0, -1)
            if mask is not None and (mask.rank != steps.rank or (operand == 1 and steps.rank > 1)):
                from specc.ops.masking import unfit

                fact = "condition, then and else must be broadcastable"
                raise unfit(mask, steps.part(-1), fact, operand=operand)
        return super().masks(inputs, results)

    def _check(self, shapes: Shapes) -> None:
        query = shapes[0]
        if query.rank < 2:
            # Keras takes them, and lets the samples of a batch look at each other
            raise wrong_rank("a query of at least (time, feature)", query)
        for operand in range(1, len(shapes)):
            x = shapes[operand]
            if x.rank != query.rank:
                raise wrong_rank(f"a {NAMES[operand]} of as many axes as the query", x, operand=operand)
            for axis in range(query.rank - 2):
                if x.sizes[axis] != 1:
                    check_equal(shapes, operand, axis, 0, axis)
        keys = len(shapes) - 1
        features = query.sizes[-1], shapes[keys].sizes[-1]
        if self.sums_features:
            if broadcast_size(*features) is None:
                raise disagree(shapes, keys, -1, 0, -1)
        else:
            check_equal(shapes, keys, -1, 0, -1)
        check_equal(shapes, keys, -2, 1, -2)

    def _check_dtypes(self, query: str, key: str, operand: int) -> None:
        """E210 where Keras cannot score: sums of unlike dtypes, products of integers without a scale."""
        if is_float(query) and is_float(key):
            return
        if self.sums_features and (query != key or query == "bool"):
            at = 0 if is_float(key) or query == "bool" else operand
            raise wrong_dtype(query if at == 0 else key, "numbers of one dtype", operand=at)
        if not self.sums_features and not self.use_scale and not is_float(query) and not is_float(key):
            raise wrong_dtype(query)

    def cost(self, inputs: Shapes, outputs: Shapes) -> Size:
        """For each pair of query and key: the score, 1 for the softmax, 2 for each feature of the value.

        A score is 2 for each feature as a product, 3 as a sum; a scale adds 1 to the one, to the other 1
        for each feature.
        """
        query, value, key = inputs[0], inputs[1], inputs[-1]
        pairs = product(query.sizes[:-1]) * key.sizes[-2]
        scale = int(self.use_scale)
        scoring = (3 + scale if self.sums_features else 2) * query.sizes[-1]
        return pairs * (scoring + (0 if self.sums_features else scale) + 1 + 2 * value.sizes[-1])


_LISTED = (((4, 6), (5, 6)), ((4, 6), (5, 3), (5, 6)))


@op(
    *(Example({"use_scale": True}, shapes) for shapes in _LISTED),
    Example({"score_mode": "concat"}, _LISTED[0]),
    inputs="query value key? mask*!",
    takes_list=True,
)
class Attention(_Scored):
    """Dot-product attention: the values, weighed by how query and key go together."""

    use_scale: Flag = False
    score_mode: Literal["dot", "concat"] = "dot"
    dropout: Rate = 0.0
    seed: Integer | None = None

    @property
    def sums_features(self) -> bool:
        return self.score_mode == "concat"

    def weights_for(self, shapes: Shapes) -> Weights:
        """Numbers: `scale`, and `concat_score_weight` where query and key are added."""
        found: Weights = {"scale": ()} if self.use_scale else {}
        if self.sums_features:
            found["concat_score_weight"] = ()
        return found


@op(*(Example({}, shapes) for shapes in _LISTED), inputs="query value key? mask*!", takes_list=True)
class AdditiveAttention(_Scored):
    """Attention whose scores are sums of `tanh(query + key)`."""

    use_scale: Flag = True
    dropout: Rate = 0.0

    @property
    def sums_features(self) -> bool:
        return True

    def weights_for(self, shapes: Shapes) -> Weights:
        """`scale`: one number for each feature of the query."""
        return {"scale": (known_size(shapes[0], -1, "the scale"),)} if self.use_scale else {}
