"""Layers that turn values into categories, and categories into vectors: encodings, bins and hashes."""

from itertools import pairwise
from typing import Annotated, Any, cast

from specc.ops.declare import Example, Inputs, Op, Place, Shape, Unary, op
from specc.ops.kinds import POLICIES, Flag, Kind, Number, NumberList, Positive, Schema, checked, words
from specc.ops.merge import need_two
from specc.ops.misfit import InsertBefore, Misfit, SetArgument, bad_argument, wrong_rank
from specc.shapes.axis import FEATURE
from specc.shapes.dim import Size
from specc.shapes.shape import sizes_text
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
class CategoryEncoding(Encoder):
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

    @property
    def compute_dtype(self) -> str:
        """That of variables: Keras does not ask for the other one of a mixed policy."""
        policy = self.policy or "float32"
        return "float32" if policy.startswith("mixed") else policy

    def result_dtype(self, dtype: str) -> str:
        return self.compute_dtype

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


def _salt(value: Any) -> Any:
    keys = tuple(cast("list[Any]", value)) if isinstance(value, list | tuple) else (value, value)
    if len(keys) != 2 or not all(map(is_int64, keys)):
        raise ValueError("must be an integer of 64 bits, or a list of two")
    return keys


def is_int64(value: Any) -> bool:
    """Whether a plain value is an integer that 64 bits hold."""
    return isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63


_KEY: Schema = {"type": "integer"}
Salt = Annotated[
    tuple[int, int],
    Kind(
        "an integer, or a list of two",
        checked(_salt),
        {"anyOf": [_KEY, {"type": "array", "items": _KEY, "minItems": 2, "maxItems": 2}]},
    ),
]
"""The key of a hash."""


def _value(value: Any) -> Any:
    if not isinstance(value, str | int | float):
        raise ValueError("must be text, a number, or true or false")
    if isinstance(value, int) and not is_int64(int(value)):
        raise ValueError("must be an integer of 64 bits")
    return value


AnyValue = Annotated[
    str | float,
    Kind("text, a number, or true or false", checked(_value), {"type": ["string", "number", "boolean"]}),
]


@op(
    Example({"num_bins": 4}, ((3,),), "string"),
    Example({"num_bins": 4, "output_mode": "multi_hot", "mask_value": 0}, ((3,),), "int32"),
    Example({"num_bins": 4, "output_mode": "one_hot", "salt": [1, 2]}, ((3, 1),), "string"),
)
class Hashing(Encoder):
    """Puts each value into one of `num_bins` bins by a hash, without a vocabulary."""

    has_policy = False

    num_bins: Positive
    mask_value: AnyValue | None = None
    salt: Salt | None = None
    output_mode: Mode = "int"
    sparse: Flag = False
    dtype: CategoryDtype | None = None

    @property
    def depth(self) -> int:
        return self.num_bins

    @property
    def policy(self) -> str | None:
        """Integers, where indices are made."""
        return self.dtype or (None if self.encodes else "int64")

    @property
    def compute_dtype(self) -> str:
        policy = self.policy or "float32"
        return "float32" if policy.startswith("mixed") else policy

    def result_dtype(self, dtype: str) -> str:
        return self.compute_dtype

    def output(self, x: Shape) -> Shape:
        """As every encoder; E200 for a `one_hot` of which Keras announces another shape than it makes."""
        y = super().output(x)
        if self.output_mode == "one_hot" and (x.sizes[-1:] != (1,) or x.sizes[-2:] == (1, 1)):
            raise self._wrong(x)
        return y

    def _wrong(self, x: Shape) -> Misfit:
        fact = (
            "Keras announces a shape without the axes that it makes here; `CategoryEncoding` encodes any axes"
        )
        repair = SetArgument(
            "output_mode", "int", "make indices, to be encoded by `CategoryEncoding`", "unsafe"
        )
        return Misfit(
            "E200",
            f"encodes one value a row, a last axis of size 1, and is given {sizes_text(x)}",
            facts=(fact,),
            repairs=(repair,),
        )

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """Indices or vectors; E107 where the dtype is none for them, or `mask_value` none of the input."""
        made = super().results(inputs)
        if not self.encodes and self.compute_dtype not in INDEX_DTYPES:
            whole = SetArgument("dtype", None, "make int64 indices")
            raise bad_argument("dtype", f"indices are int32 or int64, not `{self.dtype}`", whole)
        refuse_narrow(self, self.counts)
        dtype = inputs[0].dtype
        if self.mask_value is not None and self.num_bins > 1 and not _is_value(self.mask_value, dtype):
            raise bad_argument("mask_value", f"`mask_value` is no value of the input, which is {dtype}")
        return made


def _is_value(value: str | float, dtype: str) -> bool:
    """Whether TensorFlow makes a value of `dtype` of a plain one."""
    if isinstance(value, str):
        return dtype == "string"
    if dtype == "bool" or isinstance(value, bool):
        return isinstance(value, bool) and dtype == "bool"
    if dtype == "uint64" and value < 0:
        return False
    return is_float(dtype) or (dtype != "string" and isinstance(value, int))


@op(
    Example({"num_bins": 4}, ((1,), (1,)), "string"),
    Example({"num_bins": 4, "output_mode": "one_hot"}, ((), ()), "int32"),
    takes_list=True,
    inputs="inputs+",
)
class HashedCrossing(Op):
    """Puts each pair of two values into one of `num_bins` bins by a hash."""

    takes_text = True
    has_policy = False

    num_bins: Positive
    output_mode: Annotated[str, words("int", "one_hot")] = "int"
    sparse: Flag = False
    dtype: CategoryDtype | None = None

    @property
    def policy(self) -> str | None:
        """Integers, where indices are made."""
        return self.dtype or ("int64" if self.output_mode == "int" else None)

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """An index or vector; E303 unless it crosses two values, E200 for more than one each, E210 for floats."""
        need_two(inputs, self.name)
        x = inputs[0].shape
        for i, each in enumerate(inputs):
            if each.shape.sizes not in ((), (1,)):
                raise wrong_rank("one value a sample, `[]` or `[1]`", each.shape, operand=i)
            if each.shape.sizes != x.sizes:
                message = f"crosses values of one shape: {sizes_text(x)} and {sizes_text(each.shape)}"
                raise Misfit("E205", message, operand=i)
            if is_float(each.dtype) or each.dtype == "bool":
                cast = InsertBefore("ops.cast: {dtype: int32}", "cast to int32 first", "unsafe", i)
                raise Misfit(
                    "E210", f"takes integers or text and is given {each.dtype}", operand=i, repairs=(cast,)
                )
        if self.output_mode == "int":
            return (Tensor(x, self.compute_dtype),)
        dense_only(self.sparse)
        return (Tensor(one_hot(x, self.num_bins), self.compute_dtype),)
