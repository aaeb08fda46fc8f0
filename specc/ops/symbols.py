"""Sizes that are written as symbols, or as expressions over them: `T`, `2*T + 1`, `T // 4`.

>>> str(size_in("(2*T + 2) // 2"))
'T + 1'
"""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, cast

from specc.diagnostics.model import Fix
from specc.ops.declare import Op
from specc.ops.entries import Entry
from specc.ops.misfit import Misfit
from specc.shapes.demand import at_least
from specc.shapes.dim import Size, Symbolic, bind, is_anonymous, symbol
from specc.syntax.expression_tree import Binary, Constant, ExpressionError, Form, Name, Unary
from specc.syntax.expressions import parse_expression

_ARITHMETIC: dict[str, Callable[[Size, Size], Size]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "//": lambda a, b: a // b,
    "%": lambda a, b: a % b,
}
_MAX_POWER = 8
_MAX_NUMBER = 2**63


class Symbols:
    """The symbols that a spec has been seen to have, and those that are numbers from outside (`--set T=128`)."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self.values = values
        self.seen: set[str] = set()


_bound: ContextVar[Symbols | None] = ContextVar("bound", default=None)


@contextmanager
def binding(values: Mapping[str, object]) -> Generator[None]:
    """While this lasts, symbols that `values` names are read as its sizes."""
    token = _bound.set(Symbols(values))
    try:
        yield
    finally:
        _bound.reset(token)


def bound_symbols() -> Symbols:
    """The symbols of the innermost `binding`; none where there is none."""
    return _bound.get() or Symbols({})


def is_size(value: object) -> bool:
    """Whether a symbol can be this."""
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value < _MAX_NUMBER


def meant_by(text: str) -> str | None:
    """The size that was meant by what is none, where one reading is left."""
    if text == "None":
        return "null"
    halved = text.replace("/", "//")
    try:
        size_in(halved)
    except ValueError:
        return None
    return halved


def size_in(text: str) -> Size:
    """The size that `text` stands for, at least 1 for some sizes of its symbols; ValueError with a message."""
    if text == "None":
        raise ValueError("`None` is no size: one that nobody knows is `null`")
    try:
        size = _value(parse_expression(text).tree)
    except ExpressionError as error:
        raise ValueError(f"`{text}` is no size: {error.message}") from None
    if is_anonymous(size):
        raise ValueError("the size is too long an expression to compute with")
    if isinstance(size, int) and size < 1:
        raise ValueError(f"a size is at least 1, and `{text}` is {size}")
    if not at_least(size, 1):
        raise ValueError(f"a size is at least 1, and `{text}` is that for no size of its symbols")
    return size


def told(op: Op, sizes: Mapping[str, Size]) -> Op:
    """The op with these sizes in the place of symbols; raises `Misfit` (E107, E207) where that is no size."""
    return op.holding({name: _told(value, sizes, name) for name, value in vars(op).items()})


def _told(value: Any, sizes: Mapping[str, Size], parameter: str) -> Any:
    if isinstance(value, Symbolic):
        return _told_size(value, sizes, parameter)
    if isinstance(value, Entry):
        return value._replace(size=_told(value.size, sizes, parameter))
    if isinstance(value, Op):
        return value.holding({name: _told(each, sizes, parameter) for name, each in vars(value).items()})
    if type(value) is tuple:
        return tuple([_told(each, sizes, parameter) for each in cast("tuple[Any, ...]", value)])
    if type(value) is dict:
        entries = cast("dict[Any, Any]", value).items()
        return {key: _told(each, sizes, parameter) for key, each in entries}
    return value


def _told_size(wanted: Symbolic, sizes: Mapping[str, Size], parameter: str) -> Size:
    size = bind(wanted, sizes)
    if is_anonymous(size):
        unknown = Misfit(
            "E207", f"asks for the size `{wanted}`, which nobody knows here", parameter=parameter
        )
        unknown.fixes = (Fix("write -1 for it, or let an input name the size, as `[time: T]`", "display"),)
        raise unknown
    if not at_least(size, 1):
        raise Misfit("E107", f"asks for the size `{wanted}`, which is {size} here", parameter=parameter)
    return size


def _value(form: Form) -> Size:
    match form:
        case Name(name):
            return _named(name, form)
        case Constant(value) if isinstance(value, int) and not isinstance(value, bool):
            return value
        case Unary("-" | "+" as sign, operand):
            size = _value(operand)
            return -1 * size if sign == "-" else size
        case Binary(operator, left, right) if operator in _ARITHMETIC:
            return _bounded(_worked_out(operator, _value(left), _value(right), form), form)
        case Binary("**", left, Constant(power)) if isinstance(power, int) and 0 <= power <= _MAX_POWER:
            size, result = _value(left), 1
            for _ in range(power):
                result = result * size
            return _bounded(result, form)
        case Binary("/", _, _):
            raise _error("sizes are divided by `//`, which rounds down", form)
        case _:
            raise _error("sizes are put together by `+ - * // %`", form)


def _named(name: str, form: Form) -> Size:
    if name.startswith("_"):
        raise _error("a symbol starts with a letter", form)
    symbols = bound_symbols()
    symbols.seen.add(name)
    value = symbols.values.get(name)
    return value if isinstance(value, int) and is_size(value) else symbol(name)


def _worked_out(operator: str, left: Size, right: Size, form: Form) -> Size:
    if operator in ("//", "%") and (not isinstance(right, int) or right < 1):
        raise _error(f"`{operator}` takes a positive number on its right", form)
    return _ARITHMETIC[operator](left, right)


def _bounded(size: Size, form: Form) -> Size:
    if isinstance(size, int) and abs(size) >= _MAX_NUMBER:
        raise _error("the number is too large: sizes reach to 2**63", form)
    return size


def _error(message: str, form: Form) -> ExpressionError:
    return ExpressionError(message, form.start, form.end)
