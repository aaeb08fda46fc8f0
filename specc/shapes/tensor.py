"""The type of a value that flows between layers."""

from typing import NamedTuple

from specc.shapes.shape import Shape


class Tensor(NamedTuple):
    """One value: its shape (without the batch) and the name of its dtype."""

    shape: Shape
    dtype: str


def is_float(dtype: str) -> bool:
    """Whether `dtype` is one of the floating-point types."""
    return dtype.startswith(("float", "bfloat"))
