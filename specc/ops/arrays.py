"""Arguments that are a number or lists of numbers, as NumPy would take them."""

from collections.abc import Callable, Iterator
from typing import Annotated, Any, cast

from specc.ops.kinds import NOTHING, Kind, Schema, checked
from specc.ops.wants import shown
from specc.shapes.demand import agree
from specc.shapes.dim import Size
from specc.shapes.shape import Shape

Array = float | tuple["Array", ...]


def _lists(value: Any, number: Callable[[Any], float]) -> Array:
    """What `number` makes of a number, or of each one in equally long lists."""
    if not isinstance(value, list | tuple):
        return number(value)
    items = tuple([_lists(item, number) for item in cast(list[Any], value)])
    if len({array_shape(item) for item in items}) > 1:
        raise ValueError("the lists must be equally long")
    return items


def _float(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"must hold numbers, not `{shown(value)}`")
    return float(value)


def _as_written(value: Any) -> float:
    if not isinstance(value, int | float):
        raise ValueError(f"must hold numbers, not `{shown(value)}`")
    return value


def _array(value: Any) -> Array:
    return _lists(value, _float)


def _constant(value: Any) -> Array:
    made = _lists(value, _as_written)
    if 0 in array_shape(made):
        raise ValueError("must hold numbers, not an empty list")
    return made


def array_shape(value: Array) -> tuple[int, ...]:
    """The sizes of a number (none) or of equally long lists of numbers."""
    if not isinstance(value, tuple):
        return ()
    return (len(value), *(array_shape(value[0]) if value else ()))


_NUMBERS: Schema = {"type": ["number", "array"], "items": {"type": ["number", "array"]}}
Numbers = Annotated[Array, Kind("a number, or lists of numbers", checked(_array), _NUMBERS)]


def _scalar(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"must be a number, not `{shown(value)}`")
    return value


Scalar = Annotated[float, Kind("a number", checked(_scalar), {"type": "number"})]
"""A number as it is written: an integer stays one."""

_ENTRIES: Schema = {"type": ["number", "boolean", "array"]}
Operand = Annotated[
    Array,
    Kind(
        "a value, or a constant: a number, true or false, or lists of them",
        checked(_constant),
        _ENTRIES | {"items": _ENTRIES},
        is_operand=True,
    ),
]
"""What a function computes with: a value that the layer reads, unless the author gives a constant."""


def _no_argument(value: Any) -> Any:
    raise ValueError("is a value; name it in `from`, beside the function")


Value = Annotated[
    object, Kind("a value that the layer reads", checked(_no_argument), NOTHING, is_operand=True)
]
Values = Annotated[
    object, Kind("a list of values that the layer reads", checked(_no_argument), NOTHING, is_operand=True)
]
MaybeOperand = Operand | None
MaybeValue = Value | None
"""What a function may go without."""


def flat(value: Array) -> Iterator[float]:
    """The numbers of an array, in order."""
    if isinstance(value, tuple):
        for item in value:
            yield from flat(item)
    else:
        yield value


def array_dtype(value: Array) -> str:
    """The dtype of a constant: a bare number is one of Python, `int` or `float`; lists are 32 bits wide."""
    kinds = {type(number) for number in flat(value)}
    kind = "float" if float in kinds or not kinds else "int" if int in kinds else "bool"
    return kind if kind == "bool" or not isinstance(value, tuple) else f"{kind}32"


def spreads(sizes: tuple[int, ...], x: Shape) -> bool:
    """Whether an array of these sizes broadcasts to samples of shape `x`, and makes them no larger."""
    whole: tuple[Size, ...] = (1, *x.sizes)
    if len(sizes) > len(whole):
        return False
    behind = whole[len(whole) - len(sizes) :]
    return all(n == 1 or agree(n, size) for n, size in zip(sizes, behind, strict=True))
