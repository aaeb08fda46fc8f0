"""The type of a value that flows between layers."""

from typing import NamedTuple

from specc.shapes.dtype import is_float
from specc.shapes.shape import Shape

__all__ = ["Tensor", "is_float"]


class Tensor(NamedTuple):
    """One value: its shape (without the batch) and the name of its dtype."""

    shape: Shape
    dtype: str
