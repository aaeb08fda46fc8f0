"""What dtype comes of several, by Keras's rules of promotion."""

FLOATS = ("bfloat16", "float16", "float32", "float64")
INTEGERS = tuple(f"{sign}int{width}" for sign in ("", "u") for width in (8, 16, 32, 64))

_WIDTHS = (8, 16, 32, 64)
_WEAK = {"int": "int32", "float": "float32"}
"""Python's numbers, which give way to what has a width; and what they are where nothing has."""


def is_float(dtype: str) -> bool:
    """Whether `dtype` is one of the floating-point types."""
    return dtype.startswith(("float", "bfloat"))


def holds(dtype: str, number: float) -> bool:
    """Whether a value of `dtype` can be this number, floats rounded."""
    if is_float(dtype):
        return True
    if dtype == "bool":
        return isinstance(number, bool)
    width = int(dtype.lstrip("uint"))
    low, high = (0, 2**width) if dtype.startswith("u") else (-(2 ** (width - 1)), 2 ** (width - 1))
    return isinstance(number, int) and low <= number < high


def result_type(*dtypes: str) -> str:
    """The dtype in which Keras computes with values of these; `int` and `float` are numbers of Python.

    None of them is text. Keras has no unsigned integers of 64 bits: they become those of 32.
    """
    known = set(dtypes)
    strong = known - _WEAK.keys()
    floats = {dtype for dtype in strong if is_float(dtype)}
    if floats or "float" in known:
        return _widest_float(floats) if floats else "float32"
    return _integer(strong) or ("int32" if "int" in known else "bool")


def _widest_float(floats: set[str]) -> str:
    """The float that holds all these; the two of 16 bits meet in 32."""
    if len(floats) == 1:
        return next(iter(floats))
    return "float64" if "float64" in floats else "float32"


def _integer(dtypes: set[str]) -> str | None:
    """The dtype that holds all these integers and truth values; None where there are truth values alone."""
    unsigned = max((int(d.removeprefix("uint")) for d in dtypes if d.startswith("uint")), default=0)
    signed = max((int(d.removeprefix("int")) for d in dtypes if d.startswith("int")), default=0)
    if not signed:
        return f"uint{min(unsigned, 32)}" if unsigned else None
    if unsigned < signed:
        return f"int{signed}"
    return next((f"int{width}" for width in _WIDTHS if width > unsigned), "float32")
