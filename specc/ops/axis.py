"""The axes that arguments name or number, and the sizes of those that weights need."""

from collections.abc import Sequence

from specc.ops.misfit import Misfit, undefined_size
from specc.shapes.shape import Shape
from specc.suggest import did_you_mean, nearest


def known_size(x: Shape, axis: int, what: str) -> int:
    """The size of an axis that weights need; raises E207 where it is no number."""
    size = x.sizes[axis]
    if not isinstance(size, int):
        raise undefined_size(x, axis, what)
    return size


def axis_number(axis: int | str, x: Shape, parameter: str = "axis", new: int = 0) -> int:
    """The position (batch not counted) of an axis given by Keras's number or by name.

    `new` counts the axes that the op adds, where this is one of them: by number alone. E203 where there is no such
    axis, or it is the batch.
    """
    if isinstance(axis, str) and new:
        raise Misfit("E203", "a new axis has no name to be called by yet", parameter=parameter)
    if isinstance(axis, str):
        found = [i for i, a in enumerate(x.axes) if a.name == axis]
        if len(found) != 1:
            many = "no axis" if not found else "more than one axis"
            close = None if found else nearest(axis, [a.name for a in x.axes if a.name is not None])
            message = f"{x} has {many} called `{axis}`{did_you_mean(close)}"
            raise Misfit("E203", message, parameter=parameter)
        return found[0]
    rank = x.rank + 1 + new
    if not -rank <= axis < rank:
        raise Misfit("E203", f"axis {axis} does not exist in {x}", parameter=parameter)
    if axis % rank == 0:
        raise Misfit("E203", f"axis {axis} of {x} is the batch", parameter=parameter)
    return axis % rank - 1


def axis_numbers(axes: int | str | Sequence[int | str], x: Shape, parameter: str = "axis") -> tuple[int, ...]:
    """The positions of one axis or several; E203 where one is named twice."""
    several = [axes] if isinstance(axes, int | str) else axes
    found = tuple(axis_number(axis, x, parameter) for axis in several)
    if len(set(found)) < len(found):
        raise Misfit("E203", f"an axis of {x} is named twice", parameter=parameter)
    return found
