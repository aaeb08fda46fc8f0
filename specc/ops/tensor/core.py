"""The functions that Keras has in `keras.ops` alone."""

from specc.ops.declare import REQUIRED, Example
from specc.ops.function import NO_FLOATS, DTypes, rows, same
from specc.ops.kinds import DType
from specc.ops.tensor.rules import Elementwise, Reducing

rows(
    Elementwise,
    {
        "erf": "The error function.",
        "erfc": "1 less the error function.",
        "erfinv": "The inverse of the error function.",
        "rsqrt": "1 divided by the square root.",
    },
    dtypes=DTypes(same, NO_FLOATS),
)
rows(
    Reducing,
    {"logsumexp": "The logarithm of the sum of the exponentials along axes."},
    dtypes=DTypes(same, NO_FLOATS),
    announces_dtype=False,
)


class Casting(Elementwise):
    """The same in another dtype."""

    examples = (Example({"dtype": "float16"}, ((4, 3),)),)
    lacks = ("trainable",)

    dtype: DType = REQUIRED  # pyright: ignore[reportIncompatibleVariableOverride]

    def checked_dtype(self, dtype: str, operand: int = 0) -> str:
        super().checked_dtype(dtype, operand)
        return self.dtype


rows(
    Casting,
    {
        "cast": "The same in another dtype.",
        "saturate_cast": "The same in another dtype, cut to what that can hold.",
    },
)
