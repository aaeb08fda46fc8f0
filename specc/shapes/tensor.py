"""The type of a value that flows between layers."""

from typing import NamedTuple

from specc.shapes.dtype import is_float
from specc.shapes.shape import Shape

__all__ = ["Tensor", "is_float"]


class Tensor(NamedTuple):
    """One value: its shape (without the batch), the name of its dtype, and the shape of its mask, if it has one."""

    shape: Shape
    dtype: str
    mask: Shape | None = None
