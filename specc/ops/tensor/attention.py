"""Attention, as a function."""

from specc.ops.arrays import MaybeValue, Value
from specc.ops.declare import Example, Inputs, Shape, Shapes
from specc.ops.function import DTypes, Function, function, same
from specc.ops.kinds import Flag, Number
from specc.ops.misfit import Misfit, SetArgument, bad_argument, wrong_dtype, wrong_rank
from specc.shapes.demand import agree
from specc.shapes.dim import Size, product
from specc.shapes.dtype import result_type
from specc.shapes.tensor import Tensor

_UNKNOWN = ("bool", "int8", "int16", "uint")
"""The dtypes, how their names begin, in which TensorFlow multiplies no matrices."""

_HEADS = ((4, 2, 3), (5, 2, 3), (5, 2, 3))


@function(
    Example({}, _HEADS),
    Example({"scale": 0.5, "is_causal": True}, (_HEADS[0],) * 3),
    name="dot_product_attention",
)
class DotProductAttention(Function):
    """Attention of queries to keys, as (time, head, feature), by which the values are mixed."""

    dtypes = DTypes(same)

    query: Value
    key: Value
    value: Value
    bias: MaybeValue = None
    mask: MaybeValue = None
    scale: Number | None = None
    is_causal: Flag = False
    flash_attention: Flag | None = None
    attn_logits_soft_cap: Number | None = None

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The axes of the query; E200 for others than three, E205 where they do not go together."""
        for operand, tensor in enumerate(inputs[:3]):
            if tensor.shape.rank != 3:
                raise wrong_rank("`(time, head, feature)`", tensor.shape, operand=operand)
        self._refuse_other_machines()
        query, key, value = (tensor.shape for tensor in inputs[:3])
        _check_alike(query, key, 1, 1)
        _check_alike(query, key, 2, 1)
        for axis in range(3):
            _check_alike(key, value, axis, 2)
        dtype = result_type(*(tensor.dtype for tensor in inputs[:3]))
        if dtype.startswith(_UNKNOWN):
            raise wrong_dtype(dtype)
        return (Tensor(query, self.checked_dtype(dtype)),)

    def _refuse_other_machines(self) -> None:
        """E107 for what TensorFlow does not have."""
        given = {
            "attn_logits_soft_cap": self.attn_logits_soft_cap,
            "flash_attention": self.flash_attention or None,
        }
        for name, value in given.items():
            if value is not None:
                repair = SetArgument(name, None, "let Keras choose how attention is computed")
                raise bad_argument(name, f"`{name}` is there with JAX on other machines alone", repair)

    def cost(self, inputs: Shapes, outputs: Shapes) -> Size:
        """2 for each multiply-add of the scores and of the mixing, 5 for each score."""
        query, key = inputs[0], inputs[1]
        scores = product((query.sizes[0], key.sizes[0], query.sizes[1]))
        return scores * (query.sizes[2] * 4 + 5)


def _check_alike(a: Shape, b: Shape, axis: int, operand: int) -> None:
    """E205 where an axis of queries, keys and values, as (time, head, feature), is not the same in two of them."""
    if not agree(a.sizes[axis], b.sizes[axis]):
        what = ("steps", "heads", "features")[axis]
        names = ("the queries", "the keys", "the values")
        message = (
            f"{names[operand - 1]} have {a.sizes[axis]} {what}, and {names[operand]} have {b.sizes[axis]}"
        )
        raise Misfit("E205", message, operand=operand, axis=axis)
