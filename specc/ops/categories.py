"""Layers that turn values into categories, and categories into vectors: encodings and bins."""

from itertools import pairwise
from typing import Annotated

from specc.ops.declare import Example, Inputs, Op, Place, Shape, Unary, op
from specc.ops.kinds import POLICIES, Flag, Number, NumberList, Positive, words
from specc.ops.misfit import InsertBefore, Misfit, SetArgument, bad_argument, wrong_rank
from specc.shapes.axis import FEATURE
from specc.shapes.dim import Size
from specc.shapes.tensor import Tensor, is_float

Mode = Annotated[str, words("int", "one_hot", "multi_hot", "count")]
INDEX_DTYPES = ("int32", "int64")
CategoryDtype = Annotated[str, words(*POLICIES, *INDEX_DTYPES)]
"""What a layer that makes categories may be told to make: indices, or vectors of floats."""


_COUNTED = (*INDEX_DTYPES, "bool")
"""The dtypes, besides floats, that TensorFlow counts the values of."""


def one_hot(x: Shape, depth: Size) -> Shape:
    """An axis of `depth` behind all others, or in the place of a last one of size 1."""
    before = x.part(0, -1) if x.sizes and x.sizes[-1] == 1 else x
    return before.join(Shape((depth,), (FEATURE,)))


def dense_only(given: bool, parameter: str = "sparse") -> None:
    """E107 where a layer shall make sparse or ragged values: what other layers make of those is not known here."""
    if given:
        drop = SetArgument(parameter, None, "make a dense value")
        raise bad_argument(parameter, f"`{parameter}` values are not supported: every value is dense", drop)


class Encoder(Unary):
    """An op that makes indices, or encodes them: each by itself (`one_hot`), or those of a sample together."""

    takes_text = True

    @property
    def mode(self) -> str:
        """What is made."""
        return getattr(self, "output_mode", "int")

    @property
    def depth(self) -> int:
        """The number of categories."""
        raise NotImplementedError

    @property
    def encodes(self) -> bool:
        """Whether vectors are made, not indices."""
        return self.mode != "int"

    @property
    def counts(self) -> bool:
        """Whether a sample becomes one vector."""
        return self.mode not in ("int", "one_hot")

    @property
    def places(self) -> tuple[Place, ...] | None:
        """One axis of indices, where they are encoded together."""
        return ("feature",) if self.counts else None

    def output(self, x: Shape) -> Shape:
        """The same axes, or an axis of features in the place of the last one or behind it; E107 for sparse values."""
        dense_only(getattr(self, "sparse", False))
        if not self.encodes:
            return x
        return x.with_last(self.depth, FEATURE) if self.counts else one_hot(x, self.depth)

    def flops(self, x: Shape, y: Shape) -> Size:
        """1 for each index: a comparison or a step of counting."""
        return x.elements


class PlainEncoder(Encoder):
    """An encoder that makes what its policy has for variables: Keras does not ask a mixed one for the other dtype."""

    @property
    def compute_dtype(self) -> str:
        policy = self.policy or "float32"
        return "float32" if policy.startswith("mixed") else policy

    def result_dtype(self, dtype: str) -> str:
        return self.compute_dtype


def refuse_text(x: Tensor, operand: int = 0) -> None:
    """E210 for words where numbers are read."""
    if x.dtype == "string":
        hint = "`StringLookup` turns words into indices, `Hashing` without a vocabulary"
        raise Misfit("E210", "takes numbers and is given text", operand=operand, facts=(hint,))


def refuse_narrow(op: Op, counts: bool) -> None:
    """E107 where counts shall be made in a dtype that TensorFlow does not count in."""
    if counts and op.compute_dtype in ("float16", "bfloat16"):
        wide = SetArgument("dtype", "float32", "count in `float32`", "unsafe")
        raise bad_argument("dtype", f"TensorFlow does not count in `{op.compute_dtype}`", wide)


@op(
    Example({"num_tokens": 4}, ((3,),), "int32"),
    Example({"num_tokens": 4, "output_mode": "one_hot"}, ((3, 1),), "int32"),
    Example({"num_tokens": 4, "output_mode": "count", "dtype": "int32"}, ((3,),), "int64"),
)
class CategoryEncoding(PlainEncoder):
    """Encodes indices from 0 to `num_tokens - 1`."""

    announces_dtype = False

    num_tokens: Positive | None = None
    output_mode: Annotated[str, words("one_hot", "multi_hot", "count")] = "multi_hot"
    sparse: Flag = False
    dtype: CategoryDtype | None = None

    @property
    def depth(self) -> int:
        if self.num_tokens is None:
            raise Misfit("E106", "needs `num_tokens`, the number of categories")
        return self.num_tokens

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """Vectors; E210 for text, and for integers that TensorFlow does not count."""
        x = inputs[0]
        refuse_text(x)
        made = super().results(inputs)
        refuse_narrow(self, self.counts)
        if self.counts and not is_float(x.dtype) and x.dtype not in _COUNTED:
            cast = InsertBefore("ops.cast: {dtype: int32}", "cast to int32 first")
            raise Misfit("E210", f"counts int32 and int64, and is given {x.dtype}", repairs=(cast,))
        return made


@op(
    Example({"bin_boundaries": [0.0, 1.0, 2.5]}, ((3, 2),)),
    Example({"bin_boundaries": [0, 1], "output_mode": "one_hot"}, ((3, 1),), "int32"),
    Example({"bin_boundaries": [0, 1], "output_mode": "multi_hot"}, ((3, 2),)),
)
class Discretization(Encoder):
    """Says in which bin a number lies: one of those between `bin_boundaries`, or beyond them."""

    takes_text = False
    lacks = ("trainable",)

    bin_boundaries: NumberList | None = None
    num_bins: Positive | None = None
    epsilon: Number = 0.01
    output_mode: Mode = "int"
    sparse: Flag = False
    dtype: CategoryDtype | None = None

    @property
    def places(self) -> tuple[Place, ...] | None:
        """Any axes: the first is the one that is counted over."""
        return None

    @property
    def _boundaries(self) -> tuple[float, ...]:
        if self.num_bins is not None:
            why = "a spec holds no data to measure bins on: give `bin_boundaries`, and no `num_bins`"
            raise bad_argument("num_bins", why)
        if self.bin_boundaries is None:
            raise Misfit("E106", "needs `bin_boundaries`")
        given = self.bin_boundaries
        if any(b < a for a, b in pairwise(given)):
            raise bad_argument("bin_boundaries", "`bin_boundaries` must grow from each one to the next")
        return given

    @property
    def depth(self) -> int:
        return len(self._boundaries) + 1

    def output(self, x: Shape) -> Shape:
        """The same axes, or features behind them; counted over the first axis, which goes."""
        depth = self.depth
        if not self.counts:
            return super().output(x)
        dense_only(self.sparse)
        if not x.sizes:
            raise wrong_rank("at least one axis", x, facts=("Keras counts over the batch",))
        return x.part(1).join(Shape((depth,), (FEATURE,)))

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """Indices are int32; E210 for uint64, which TensorFlow does not sort into bins."""
        if inputs[0].dtype == "uint64":
            raise Misfit("E210", "takes floats or narrower integers, and is given uint64")
        made = super().results(inputs)
        refuse_narrow(self, self.counts and inputs[0].shape.rank == 1)
        return made

    def result_dtype(self, dtype: str) -> str:
        return self.compute_dtype if self.encodes else "int32"
