"""Attention whose query has more heads than key and value, which serve several of them each."""

from specc.ops.attention import NAMES, check_equal
from specc.ops.broadcast import distinct
from specc.ops.declare import Example, Inputs, Shape, Shapes, op
from specc.ops.kinds import Flag, Integer, Positive, Rate
from specc.ops.misfit import Misfit, SetArgument, wrong_rank
from specc.ops.multihead import HEAD, Heads
from specc.ops.objects import Constraint, Initializer, Regularizer
from specc.shapes.axis import FEATURE
from specc.shapes.demand import alike
from specc.shapes.tensor import Tensor

_HEADS = {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2}


@op(
    Example(_HEADS, ((4, 6), (5, 6))),
    Example({**_HEADS, "use_bias": False, "use_gate": True}, ((4, 6), (4, 6), (4, 7))),
    inputs="query value key? query_mask! value_mask! key_mask! attention_mask!",
)
class GroupQueryAttention(Heads):
    """Attention in heads that share their projections of key and value in groups."""

    head_dim: Positive
    num_query_heads: Positive
    num_key_value_heads: Positive
    dropout: Rate = 0.0
    use_bias: Flag = True
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
        return self.num_query_heads, self.num_key_value_heads

    def dims(self) -> tuple[int, int]:
        return self.head_dim, self.head_dim

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The query, its features new; with `return_attention_scores` also (head, query, key)."""
        shapes = tuple(tensor.shape for tensor in inputs)
        self._check(shapes)
        query, dtype = shapes[0], self.compute_dtype
        result = Tensor(query.with_last(query.sizes[-1], FEATURE), dtype)
        if self.result_count() == 1:
            return (result,)
        return (result, Tensor(self.scores(shapes), dtype))

    def scores(self, shapes: Shapes) -> Shape:
        query, value = shapes[0], shapes[1]
        axes = distinct((HEAD, query.axes[0], value.axes[0]))
        return Shape((self.num_query_heads, query.sizes[0], value.sizes[0]), axes)

    def _check(self, shapes: Shapes) -> None:
        for operand, x in enumerate(shapes):
            if x.rank != 2:
                raise wrong_rank(f"a {NAMES[operand]} of (time, feature)", x, operand=operand)
        check_equal(shapes, 1, -1, 0, -1)
        if len(shapes) > 2:
            check_equal(shapes, 2, 0, 1, 0, alike)
        asking, held = self.heads()
        if asking % held:
            divisors = [n for n in range(min(asking, held), 0, -1) if asking % n == 0]
            raise Misfit(
                "E208",
                f"{asking} heads of the query do not divide into {held} groups",
                parameter="num_key_value_heads",
                facts=("Keras: `num_query_heads` must be divisible by `num_key_value_heads`",),
                repairs=(
                    SetArgument("num_key_value_heads", str(divisors[0]), f"{divisors[0]} groups", "unsafe"),
                ),
            )
        if self.flash_attention:
            self.refuse_flash()
