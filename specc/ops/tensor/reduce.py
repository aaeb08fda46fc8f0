"""Sums, means and other figures along axes, and what runs along one."""

from specc.ops.arrays import Scalar
from specc.ops.declare import Example, Inputs
from specc.ops.function import (
    NO_FLOATS,
    TEXT,
    DTypes,
    always,
    behind_batch,
    counted,
    floating,
    function,
    need_held,
    rows,
    same,
    without,
)
from specc.ops.kinds import AxisRef, AxisRefs, DType
from specc.ops.misfit import InsertBefore, bad_argument
from specc.ops.tensor.rules import Elementwise, Reducing
from specc.shapes.tensor import Tensor

_NARROW = ("bool", "int8", "int16")


def summed(dtype: str) -> str:
    """Integers no narrower than 32 bits."""
    if dtype in _NARROW:
        return "int32"
    return "uint32" if dtype in ("uint8", "uint16") else dtype


def _product(dtype: str) -> str:
    """The same, and unsigned ones no wider."""
    return "uint32" if dtype == "uint64" else summed(dtype)


rows(
    Reducing,
    {
        "amax": "The largest along axes.",
        "amin": "The smallest along axes.",
        "nanmax": "The largest along axes of those that are numbers.",
        "nanmin": "The smallest along axes of those that are numbers.",
    },
)
rows(
    Reducing,
    {"all": "Whether none along axes is zero.", "any": "Whether one along axes is not zero."},
    dtypes=DTypes(always("bool")),
)
rows(
    Reducing,
    {
        "mean": "The mean along axes.",
        "median": "The median along axes.",
        "nanmean": "The mean along axes of those that are numbers.",
        "nanstd": "The standard deviation along axes of those that are numbers.",
        "nanvar": "The variance along axes of those that are numbers.",
        "std": "The standard deviation along axes.",
        "var": "The variance along axes.",
    },
    dtypes=DTypes(floating),
)
rows(
    Reducing,
    {"nanmedian": "The median along axes of those that are numbers."},
    dtypes=DTypes(floating, NO_FLOATS),
)
rows(
    Reducing,
    {"nansum": "The sum along axes of those that are numbers.", "sum": "The sum along axes."},
    dtypes=DTypes(summed),
)
rows(
    Reducing,
    {"ptp": "The largest less the smallest along axes."},
    dtypes=DTypes(same, ("bool", *TEXT)),
)
rows(Reducing, {"nanprod": "The product along axes of those that are numbers."}, dtypes=DTypes(_product))


@function(Example({"axis": 1}, ((4, 3),)))
class Prod(Reducing):
    """The product along axes."""

    dtypes = DTypes(_product)
    lacks = ("trainable",)

    dtype: DType | None = None  # pyright: ignore[reportIncompatibleVariableOverride]

    def checked_dtype(self, dtype: str, operand: int = 0) -> str:
        """E107 for another dtype than the input's, which Keras announces and does not make."""
        made = super().checked_dtype(dtype, operand)
        if self.dtype is None:
            return made
        if self.dtype != dtype:
            cast = InsertBefore(f"ops.cast: {self.dtype}", "cast first", "unsafe")
            raise bad_argument(
                "dtype", f"Keras makes no {self.dtype} of {dtype} here, whatever it says", cast
            )
        return dtype


class Extreme(Reducing):
    """The largest or smallest along axes, `initial` counted in."""

    initial: Scalar | None = None

    def checked_dtype(self, dtype: str, operand: int = 0) -> str:
        made = super().checked_dtype(dtype, operand)
        if self.initial is not None:
            need_held(self.initial, made, "initial")
        return made


rows(Extreme, {"max": "The largest along axes.", "min": "The smallest along axes."})


@function(Example({"axis": 1}, ((4, 3),)), name="count_nonzero")
class CountNonzero(Elementwise):
    """How many along axes are not zero."""

    dtypes = DTypes(always("int32"), ())

    axis: AxisRefs | None = None

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The axes gone."""
        x = inputs[0]
        shape = without(x.shape, behind_batch(self.axis, x.shape), False)
        return (Tensor(shape, self.checked_dtype(x.dtype)),)

    @property
    def ignores_leading(self) -> bool:
        return False


class Searching(Reducing):
    """The number of an element along one axis."""

    examples = (Example({"axis": 1}, ((4, 3),)), Example({"axis": -1, "keepdims": True}, ((4, 3),)))
    dtypes = DTypes(always("int32"))

    axis: AxisRef | None = None  # pyright: ignore[reportIncompatibleVariableOverride]


rows(
    Searching,
    {
        "argmax": "The number of the largest along an axis.",
        "argmin": "The number of the smallest along an axis.",
        "nanargmax": "The number of the largest along an axis of those that are numbers.",
        "nanargmin": "The number of the smallest along an axis of those that are numbers.",
    },
)


class Cumulating(Elementwise):
    """Adds up, or multiplies, along an axis."""

    examples = (Example({"axis": 1}, ((4, 3),)),)
    dtypes = DTypes(counted)
    lacks = ("trainable",)

    axis: AxisRef | None = None
    dtype: DType | None = None  # pyright: ignore[reportIncompatibleVariableOverride]

    @property
    def ignores_leading(self) -> bool:
        return self.axis == -1

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The same axes; E203 for all of them, the batch included."""
        behind_batch(self.axis, inputs[0].shape)
        return super().results(inputs)

    def checked_dtype(self, dtype: str, operand: int = 0) -> str:
        made = super().checked_dtype(dtype, operand)
        return counted(self.dtype or made)


rows(
    Cumulating,
    {
        "cumprod": "The products of all so far along an axis.",
        "cumsum": "The sums of all so far along an axis.",
        "nancumprod": "The products of all numbers so far along an axis.",
        "nancumsum": "The sums of all numbers so far along an axis.",
    },
)
