"""Arithmetic and what else computes element by element."""

from collections.abc import Mapping

from specc.ops.arrays import Scalar, flat
from specc.ops.declare import Example
from specc.ops.function import (
    NO_FLOATS,
    NO_INTEGERS,
    TRUTHS,
    UNSIGNED,
    DTypes,
    counted,
    floating,
    function,
    need_held,
    rows,
    same,
)
from specc.ops.kinds import DType, Integer, Number
from specc.ops.misfit import bad_argument, wrong_dtype
from specc.ops.tensor.rules import Binary, Elementwise, wide_float
from specc.shapes.dtype import is_float, result_type

_INTEGERS = ("int", "uint", "bool")

rows(
    Elementwise,
    {
        "abs": "The size of each number.",
        "absolute": "The size of each number.",
    },
    unchanged=("uint", "bool"),
)
rows(Elementwise, {"trunc": "Each number without its fraction."}, unchanged=_INTEGERS)
rows(
    Elementwise,
    {
        "angle": "The angle of each number in the complex plane: 0, or pi where it is negative.",
        "arccos": "The angle of which each number is the cosine.",
        "arccosh": "The inverse hyperbolic cosine.",
        "arcsin": "The angle of which each number is the sine.",
        "arcsinh": "The inverse hyperbolic sine.",
        "arctan": "The angle of which each number is the tangent.",
        "arctanh": "The inverse hyperbolic tangent.",
        "ceil": "The next whole number, upwards.",
        "cos": "The cosine of each angle.",
        "cosh": "The hyperbolic cosine.",
        "exp": "e to the power of each number.",
        "exp2": "2 to the power of each number.",
        "expm1": "e to the power of each number, less 1.",
        "fabs": "The size of each number, as a float.",
        "floor": "The next whole number, downwards.",
        "log": "The natural logarithm.",
        "log10": "The logarithm to base 10.",
        "log1p": "The natural logarithm of each number and 1.",
        "log2": "The logarithm to base 2.",
        "sin": "The sine of each angle.",
        "sinc": "sin(pi x) / (pi x).",
        "sinh": "The hyperbolic sine.",
        "sqrt": "The square root.",
        "tan": "The tangent of each angle.",
        "tanh": "The hyperbolic tangent.",
    },
    dtypes=DTypes(floating),
)
rows(Elementwise, {"cbrt": "The cube root."}, dtypes=DTypes(wide_float))
rows(
    Elementwise,
    {"i0": "The modified Bessel function of order 0."},
    dtypes=DTypes(wide_float, ("bfloat16", "string")),
)
rows(
    Elementwise,
    {"deg2rad": "Degrees as radians.", "rad2deg": "Radians as degrees."},
    dtypes=DTypes(wide_float, ("uint64", "string")),
)
rows(
    Elementwise,
    {
        "conj": "The complex conjugate: each real number itself.",
        "conjugate": "The complex conjugate: each real number itself.",
        "real": "The real part: each real number itself.",
    },
    dtypes=DTypes(same, TRUTHS),
    unchanged=(*_INTEGERS, "float", "bfloat"),
)
rows(
    Elementwise,
    {"copy": "The same again.", "imag": "The imaginary part: 0 for each real number."},
    dtypes=DTypes(same, ()),
)
rows(Elementwise, {"negative": "Each number with the other sign."}, dtypes=DTypes(same, UNSIGNED))
rows(
    Elementwise,
    {"reciprocal": "1 divided by each number."},
    dtypes=DTypes(same, NO_FLOATS),
    announces_dtype=False,
)
rows(Elementwise, {"sign": "-1, 0 or 1."}, dtypes=DTypes(same, ("uint64", *TRUTHS)))
rows(
    Elementwise,
    {"square": "Each number times itself."},
    dtypes=DTypes(counted),
)


@function(Example({"decimals": 1}, ((4, 3),)))
class Round(Elementwise):
    """Rounds to so many decimals, halves to the even side."""

    dtypes = DTypes(same, TRUTHS)
    unchanged = _INTEGERS

    decimals: Integer = 0


@function(Example({"nan": 1.0, "posinf": 6.0}, ((4, 3),)), name="nan_to_num")
class NanToNum(Elementwise):
    """Puts numbers in the place of those that are none: NaN and the infinities."""

    dtypes = DTypes(same, ())
    unchanged = _INTEGERS

    nan: Number = 0.0
    posinf: Number | None = None
    neginf: Number | None = None


class Filled(Elementwise):
    """As many elements, all alike."""

    examples = (Example({}, ((4, 3),)), Example({"dtype": "int32"}, ((4, 3),)))
    lacks = ("trainable",)

    dtype: DType | None = None  # pyright: ignore[reportIncompatibleVariableOverride]

    def checked_dtype(self, dtype: str, operand: int = 0) -> str:
        return self.dtype or super().checked_dtype(dtype, operand)


rows(Filled, {"zeros_like": "As many zeros."}, dtypes=DTypes(same, ()))
rows(Filled, {"ones_like": "As many ones."})


@function(Example({"fill_value": 2.5}, ((4, 3),)), name="full_like")
class FullLike(Elementwise):
    """As many elements, all of them one number."""

    lacks = ("trainable",)

    fill_value: Scalar
    dtype: DType | None = None  # pyright: ignore[reportIncompatibleVariableOverride]

    def checked_dtype(self, dtype: str, operand: int = 0) -> str:
        """The dtype told, or that of the values; E107 where it cannot hold the number."""
        made = self.dtype or super().checked_dtype(dtype, operand)
        need_held(self.fill_value, made, "fill_value")
        return made


_NOT_TRUTHS = DTypes(same, TRUTHS)

rows(
    Binary,
    {
        "add": "The sum, element by element.",
        "maximum": "The larger of two, element by element.",
        "minimum": "The smaller of two, element by element.",
        "fmax": "The larger of two, or the one that is a number.",
        "fmin": "The smaller of two, or the one that is a number.",
        "multiply": "The product, element by element.",
        "subtract": "The first less the second.",
    },
    dtypes=_NOT_TRUTHS,
)
rows(
    Binary,
    {"divide": "The quotient, as a float.", "true_divide": "The quotient, as a float."},
    dtypes=DTypes(floating),
)
rows(
    Binary,
    {
        "arctan2": "The angle of the point (x2, x1).",
        "divide_no_nan": "The quotient, and 0 where the second is 0.",
        "logaddexp": "The logarithm of the sum of two exponentials.",
        "logaddexp2": "The logarithm of the sum of two exponentials, to base 2.",
        "nextafter": "The float next to the first, towards the second.",
    },
    dtypes=DTypes(floating),
    takes_numbers=False,
)
rows(
    Binary,
    {
        "mod": "What a division leaves, with the sign of the divisor.",
        "fmod": "What a division leaves, with the sign of the dividend.",
    },
    dtypes=DTypes(counted),
    takes_numbers=False,
)
rows(
    Binary,
    {"heaviside": "0 below zero, 1 above, the second at zero.", "hypot": "The root of the sum of squares."},
    dtypes=DTypes(wide_float, TRUTHS),
    takes_numbers=False,
)


@function(Example({"x_min": -1.0, "x_max": 1}, ((4, 3),)))
class Clip(Elementwise):
    """Cuts what is below `x_min` or above `x_max`."""

    dtypes = DTypes(counted)

    x_min: Scalar
    x_max: Scalar

    def checked_dtype(self, dtype: str, operand: int = 0) -> str:
        """The dtype of the input; E107 for bounds that it cannot hold."""
        made = super().checked_dtype(dtype, operand)
        need_held(self.x_min, made, "x_min")
        need_held(self.x_max, made, "x_max")
        return made


_WHOLE = (Example({}, ((4, 3), (4, 3)), "int32"), Example({"x2": 2}, ((4, 3),), "int32"))

rows(
    Binary,
    {"gcd": "The greatest number that divides both."},
    dtypes=DTypes(same, NO_INTEGERS),
    examples=_WHOLE,
    takes_numbers=False,
)


@function(*_WHOLE)
class Lcm(Binary):
    """The smallest number that both divide."""

    dtypes = DTypes(same, NO_INTEGERS)
    takes_numbers = False

    def merged_dtype(self, dtypes: Mapping[str, str]) -> str:
        """An integer; E210 for truth values among the two."""
        if "bool" in dtypes.values():
            raise wrong_dtype("bool", "integers", operand=[*dtypes.values()].index("bool"))
        return super().merged_dtype(dtypes)


@function(Example({"x2": 2}, ((4, 3),)))
class Ldexp(Binary):
    """The first times 2 to the power of the second."""

    dtypes = DTypes(floating)
    takes_numbers = False
    apart = ("x1",)

    def merged_dtype(self, dtypes: Mapping[str, str]) -> str:
        """A float; E210 for a second that is no integer."""
        if dtypes["x2"].startswith(NO_INTEGERS):
            raise wrong_dtype(dtypes["x2"], "an integer for `x2`", operand=len(self.reads) - 1)
        return self.checked_dtype(result_type(*dtypes.values()))


@function(*Binary.examples, name="floor_divide")
class FloorDivide(Binary):
    """The quotient, rounded downwards."""

    dtypes = _NOT_TRUTHS

    def merged_dtype(self, dtypes: Mapping[str, str]) -> str:
        """That of both together; E107 for integers by 0."""
        made = super().merged_dtype(dtypes)
        divisor = vars(self).get("x2")
        if not is_float(made) and divisor is not None and 0 in flat(divisor):
            raise bad_argument("x2", "integers cannot be divided by 0")
        return made


@function(*Binary.examples)
class Power(Binary):
    """The first to the power of the second."""

    dtypes = DTypes(same, TRUTHS)

    def merged_dtype(self, dtypes: Mapping[str, str]) -> str:
        """That of both together; E107 for integers to a negative power."""
        made = super().merged_dtype(dtypes)
        exponent = vars(self).get("x2")
        if not is_float(made) and exponent is not None and any(number < 0 for number in flat(exponent)):
            raise bad_argument("x2", "integers have no negative powers: write a float, as `-1.0`")
        return made
