"""Comparisons, truth values, bits, and choices between values."""

from collections.abc import Mapping

from specc.ops.arrays import Operand
from specc.ops.declare import Example, Inputs
from specc.ops.function import NO_INTEGERS, TRUTHS, DTypes, always, function, rows, same
from specc.ops.kinds import Flag, Number
from specc.ops.misfit import Misfit, wrong_dtype
from specc.ops.tensor.rules import Binary, Broadcasting, Elementwise
from specc.shapes.tensor import Tensor

_TRUTH = always("bool")

rows(
    Elementwise,
    {
        "isfinite": "Whether each is a number, and not infinite.",
        "isinf": "Whether each is infinite.",
        "isnan": "Whether each is no number.",
        "isneginf": "Whether each is infinite and negative.",
        "isposinf": "Whether each is infinite and positive.",
        "isreal": "Whether each is real.",
    },
    dtypes=DTypes(_TRUTH, ()),
)
rows(
    Elementwise,
    {"logical_not": "Whether each is zero.", "signbit": "Whether each is negative."},
    dtypes=DTypes(_TRUTH),
)
rows(
    Elementwise,
    {"bitwise_invert": "Each bit turned.", "bitwise_not": "Each bit turned."},
    dtypes=DTypes(same, NO_INTEGERS),
    examples=(Example({}, ((4, 3),), dtype="int32"),),
)
rows(
    Binary,
    {"equal": "Whether two are equal.", "not_equal": "Whether two differ."},
    dtypes=DTypes(_TRUTH, ()),
)
rows(
    Binary,
    {
        "greater": "Whether the first is larger.",
        "greater_equal": "Whether the first is larger, or they are equal.",
        "less": "Whether the first is smaller.",
        "less_equal": "Whether the first is smaller, or they are equal.",
    },
    dtypes=DTypes(_TRUTH, TRUTHS),
)
rows(
    Binary,
    {
        "logical_and": "Whether neither is zero.",
        "logical_or": "Whether not both are zero.",
        "logical_xor": "Whether one of two is zero.",
    },
    dtypes=DTypes(_TRUTH),
)


@function(Example({}, ((4, 3), (4, 3))), Example({"x2": 0.5, "atol": 0.1}, ((4, 3),)))
class IsClose(Binary):
    """Whether two are equal, but for `atol + rtol * abs(x2)`."""

    dtypes = DTypes(_TRUTH, ())

    rtol: Number = 1e-5
    atol: Number = 1e-8
    equal_nan: Flag = False


class Bits(Broadcasting):
    """A function of the bits of two integers."""

    examples = (
        Example({}, ((4, 3), (4, 3)), dtype="int32"),
        Example({"y": 1}, ((4, 3),), dtype="int32"),
    )
    dtypes = DTypes(same, NO_INTEGERS)
    takes_numbers = False

    x: Operand
    y: Operand

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The shape of `x`; E205 where `y` would stretch it, of which Keras says nothing."""
        made = super().results(inputs)[0]
        x = self.operands(inputs)["x"]
        if not isinstance(x, Tensor) or x.shape.sizes != made.shape.sizes:
            message = f"makes {made.shape} where Keras announces the shape of `x`: let that be the larger"
            raise Misfit("E205", message)
        return (made,)


rows(
    Bits,
    {
        "bitwise_and": "The bits that both have.",
        "bitwise_left_shift": "The bits of the first, moved to the left by the second.",
        "bitwise_or": "The bits that either has.",
        "bitwise_right_shift": "The bits of the first, moved to the right by the second.",
        "bitwise_xor": "The bits that one of two has.",
        "left_shift": "The bits of the first, moved to the left by the second.",
        "right_shift": "The bits of the first, moved to the right by the second.",
    },
)


@function(
    Example({}, ((4, 3), (4, 3), (4, 3))),
    Example({"x2": 0.0}, ((4, 1), (4, 3))),
    Example({"x1": 1, "x2": [0, 1, 2]}, ((4, 3),)),
)
class Where(Broadcasting):
    """Takes elements of `x1` where `condition` is true, else of `x2`."""

    takes_numbers = False
    dtypes = DTypes(same, ())
    apart = ("condition",)

    condition: Operand
    x1: Operand = None  # pyright: ignore[reportAssignmentType]
    x2: Operand = None  # pyright: ignore[reportAssignmentType]

    def merged_dtype(self, dtypes: Mapping[str, str]) -> str:
        """That of the two; E210 for a condition of text."""
        if dtypes["condition"] == "string":
            raise wrong_dtype("string", "truth values or numbers")
        return super().merged_dtype(dtypes)
