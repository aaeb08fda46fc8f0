"""Layers that turn values into categories by a hash, without a vocabulary."""

from typing import Annotated, Any, cast

from specc.ops.categories import (
    INDEX_DTYPES,
    CategoryDtype,
    Mode,
    PlainEncoder,
    dense_only,
    one_hot,
    refuse_narrow,
)
from specc.ops.declare import Example, Inputs, Op, Shape, op
from specc.ops.kinds import Flag, Kind, Positive, Schema, checked, is_int64, words
from specc.ops.merge import need_two
from specc.ops.misfit import InsertBefore, Misfit, SetArgument, bad_argument, wrong_rank
from specc.shapes.shape import sizes_text
from specc.shapes.tensor import Tensor, is_float


def _salt(value: Any) -> Any:
    keys = tuple(cast("list[Any]", value)) if isinstance(value, list | tuple) else (value, value)
    if len(keys) != 2 or not all(map(is_int64, keys)):
        raise ValueError("must be an integer of 64 bits, or a list of two")
    return keys


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
class Hashing(PlainEncoder):
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
