"""Arguments that are a number or lists of numbers, as NumPy would take them."""

from typing import Annotated, Any, cast

from specc.ops.kinds import Kind, Schema, checked
from specc.ops.wants import shown
from specc.shapes.dim import Size
from specc.shapes.shape import Shape

Array = float | tuple["Array", ...]


def _array(value: Any) -> Array:
    if isinstance(value, list | tuple):
        items = tuple(map(_array, cast(list[Any], value)))
        if len({array_shape(item) for item in items}) > 1:
            raise ValueError("the lists must be equally long")
        return items
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"must hold numbers, not `{shown(value)}`")
    return float(value)


def array_shape(value: Array) -> tuple[int, ...]:
    """The sizes of a number (none) or of equally long lists of numbers."""
    if not isinstance(value, tuple):
        return ()
    return (len(value), *(array_shape(value[0]) if value else ()))


_NUMBERS: Schema = {"type": ["number", "array"], "items": {"type": ["number", "array"]}}
Numbers = Annotated[Array, Kind("a number, or lists of numbers", checked(_array), _NUMBERS)]


def spreads(sizes: tuple[int, ...], x: Shape) -> bool:
    """Whether an array of these sizes broadcasts to samples of shape `x`, and makes them no larger."""
    whole: tuple[Size, ...] = (1, *x.sizes)
    if len(sizes) > len(whole):
        return False
    behind = whole[len(whole) - len(sizes) :]
    return all(
        n == 1 or n == size or not isinstance(size, int) for n, size in zip(sizes, behind, strict=True)
    )
