"""What an op's rule raises where an op does not fit the values that it is given.

A rule knows neither the text nor the graph: it names the parameter, the input or the axis at fault, and
whoever asked it knows where those stand.
"""

from typing import NamedTuple

from specc.diagnostics.model import Applicability, Fix
from specc.shapes.dim import Size, symbols_of
from specc.shapes.shape import Shape, sizes_text


class SetArgument(NamedTuple):
    """A repair: give `parameter` of this op the value that `text` (YAML) says; None drops the argument.

    Of an op within this one, which the argument `within` holds, or an argument of that.
    """

    parameter: str
    text: str | None
    title: str
    applicability: Applicability = "safe"
    within: tuple[str, ...] = ()


class InsertBefore(NamedTuple):
    """A repair: put the layer `text` (YAML, one line, as `Permute: [time, feature]`) in front of input `operand`."""

    text: str
    title: str
    applicability: Applicability = "safe"
    operand: int = 0


class Remove(NamedTuple):
    """A repair: leave this layer out."""

    title: str
    applicability: Applicability = "safe"


class Replace(NamedTuple):
    """A repair: put the layer `text` (YAML, one line) in place of this one; the wiring beside it stays."""

    text: str
    title: str
    applicability: Applicability = "safe"


Repair = SetArgument | InsertBefore | Remove | Replace


class Misfit(Exception):
    """An op does not fit: `code` and `message` of the diagnostic, and where to point.

    `parameter` is the argument at fault; `operand` the number of the input whose origin explains it, and `axis` the
    position in it (the batch not counted); `facts` become notes, Keras's own wording among them.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        parameter: str | None = None,
        operand: int = 0,
        axis: int | None = None,
        facts: tuple[str, ...] = (),
        repairs: tuple[Repair, ...] = (),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.parameter = parameter
        self.operand = operand
        self.axis = axis
        self.facts = facts
        self.repairs = repairs
        self.fixes: tuple[Fix, ...] = ()
        """Repairs that are edits already, from those who know the text."""
        self.wanted: Size | None = None
        """The size that is wanted as a number."""


def wrong_rank(wants: str, x: Shape, *, operand: int = 0, facts: tuple[str, ...] = ()) -> Misfit:
    """E200: the op takes `wants` (as "`(time, feature)`") and is given `x`."""
    return Misfit("E200", f"takes {wants} and is given {x}", operand=operand, facts=facts)


def undefined_size(x: Shape, axis: int, what: str) -> Misfit:
    """E207: the weights need the size of an axis that is unknown or symbolic."""
    name = x.axes[axis].name
    shown = f"axis `{name}`" if name else f"axis {axis % x.rank + 1}"
    message = f"{what} needs the size of {shown} of {sizes_text(x)}, which is not a number"
    misfit = Misfit("E207", message, axis=axis)
    misfit.wanted = x.sizes[axis]
    return misfit


def too_small(
    parameter: str, window: int, size: Size, axis: str | None, *repairs: Repair, position: int | None = None
) -> Misfit:
    """E206: a window of `window` does not fit into `size` elements of the axis called `axis`, at `position`."""
    where = f"`{axis}`" if axis else "the input"
    return Misfit(
        "E206",
        f"a window of {window} does not fit into {where}, which has {size}{for_no_size(size)}",
        parameter=parameter,
        axis=position,
        facts=("Keras: Computed output size would be zero or negative",),
        repairs=repairs,
    )


def for_no_size(*sizes: Size) -> str:
    """What a message about sizes that never fit says of their symbols: ` for no size of `T``."""
    names = sorted({name for size in sizes if not isinstance(size, int) for name in symbols_of(size)})
    return f", for no size of {' and '.join(f'`{name}`' for name in names)}" if names else ""


def wrong_dtype(dtype: str, wants: str = "floats", *, operand: int = 0) -> Misfit:
    """E210: Keras computes with `wants`, and neither takes `dtype` nor casts it."""
    cast = InsertBefore("Rescaling: 1.0", "cast to floats first", "unsafe", operand)
    return Misfit("E210", f"takes {wants} and is given {dtype}", operand=operand, repairs=(cast,))


def bad_argument(parameter: str, message: str, *repairs: Repair) -> Misfit:
    """E107: the value of an argument is out of range, or does not go with the others."""
    return Misfit("E107", message, parameter=parameter, repairs=repairs)
