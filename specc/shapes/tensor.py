"""The type of a value that flows between layers."""

from collections.abc import Iterable
from typing import NamedTuple

from specc.shapes.shape import Shape


class Tensor(NamedTuple):
    """One value: its shape (without the batch) and the name of its dtype."""

    shape: Shape
    dtype: str


def is_float(dtype: str) -> bool:
    """Whether `dtype` is one of the floating-point types."""
    return dtype.startswith(("float", "bfloat"))


_WIDTHS = (8, 16, 32, 64)


def promoted(dtypes: Iterable[str]) -> str:
    """The dtype that holds the values of all these, none of them floats, as Keras promotes them."""
    known = [dtype for dtype in dtypes if dtype != "bool"]
    if not known:
        return "bool"
    unsigned = max((int(d.removeprefix("uint")) for d in known if d.startswith("uint")), default=0)
    signed = max((int(d.removeprefix("int")) for d in known if d.startswith("int")), default=0)
    if not signed:
        return f"uint{unsigned}"
    if unsigned < signed:
        return f"int{signed}"
    return next((f"int{width}" for width in _WIDTHS if width > unsigned), "float32")
