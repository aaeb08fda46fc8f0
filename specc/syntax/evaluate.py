"""Values of expressions, within bounds: integers up to 2**63, texts and lists up to 10,000."""

from collections.abc import Callable
from typing import Any

from specc.suggest import did_you_mean, nearest
from specc.syntax.expression_tree import (
    Binary,
    Call,
    Comparison,
    Conditional,
    Constant,
    Environment,
    ExpressionError,
    Form,
    Index,
    Listing,
    Name,
    Size,
    SizeOf,
    Unary,
    Value,
)
from specc.syntax.tree import kind_of

MAX_INTEGER = 2**63
MAX_ITEMS = 10_000
_MAX_EXPONENT = 64
_MAX_PLACES = 300

_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "//": lambda a, b: a // b,
    "%": lambda a, b: a % b,
}
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


class Evaluator:
    """Evaluates forms with the values of names, and of `size(axis)` where that is allowed."""

    __slots__ = ("_environment", "_size")

    def __init__(self, environment: Environment, size: SizeOf | None) -> None:
        self._environment = environment
        self._size = size

    def value(self, form: Form) -> Value:
        """The value of a form; raises `ExpressionError` at the smallest part that has none."""
        # The commonest forms first; `match` takes twice as long.
        if isinstance(form, Name):
            return self._name(form.name, form)
        if isinstance(form, Constant):
            return form.value
        if isinstance(form, Binary):
            return self._binary(form)
        if isinstance(form, Comparison):
            return self._comparison(form)
        if isinstance(form, Conditional):
            return self.value(form.then if self.value(form.test) else form.other)
        if isinstance(form, Unary):
            return _unary(form.operator, self.value(form.operand), form)
        if isinstance(form, Index):
            return _index(self.value(form.of), self.value(form.index), form)
        if isinstance(form, Listing):
            return _bounded([self.value(item) for item in form.items], form)
        if isinstance(form, Call):
            arguments = [self.value(argument) for argument in form.arguments]
            return _bounded(_call(form.function, arguments, form), form)
        assert isinstance(form, Size)
        if self._size is None:
            raise _error("`size` can be used only in a layer's own arguments", form)
        return self._size(form.axis)

    def _binary(self, form: Binary) -> Value:
        left = self.value(form.left)
        if form.operator == "and":
            return left and self.value(form.right)
        if form.operator == "or":
            return left or self.value(form.right)
        return _arithmetic(form.operator, left, self.value(form.right), form)

    def _name(self, name: str, form: Form) -> Value:
        if name in self._environment:
            return self._environment[name]
        hint = did_you_mean(nearest(name, self._environment))
        raise _error(f"no parameter is called `{name}`{hint}", form)

    def _comparison(self, form: Comparison) -> bool:
        left = self.value(form.first)
        for symbol, operand in form.rest:
            right = self.value(operand)
            if symbol not in ("==", "!=") and not (
                (_is_number(left) and _is_number(right)) or _both(left, right, str)
            ):
                raise _error(f"`{symbol}` cannot compare {kind_of(left)} with {kind_of(right)}", form)
            if not _COMPARE[symbol](left, right):
                return False
            left = right
        return True


def _error(message: str, form: Form) -> ExpressionError:
    return ExpressionError(message, form.start, form.end)


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float)


def _both(left: object, right: object, kind: type) -> bool:
    return isinstance(left, kind) and isinstance(right, kind)


def _weight(value: Value, limit: int) -> int:
    """How many items a list holds, those of its lists included; counting stops above `limit`."""
    if not isinstance(value, list):
        return 0
    total = len(value)
    for item in value:
        if total > limit:
            break
        total += _weight(item, limit - total)
    return total


def _bounded(value: Value, form: Form) -> Value:
    if isinstance(value, int) and not -MAX_INTEGER <= value <= MAX_INTEGER:
        raise _error("the number is too large: integers reach to 2**63", form)
    if isinstance(value, str) and len(value) > MAX_ITEMS:
        raise _error(f"the text is longer than {MAX_ITEMS:,} characters", form)
    if isinstance(value, list) and _weight(value, MAX_ITEMS) > MAX_ITEMS:
        raise _error(f"the list has more than {MAX_ITEMS:,} items", form)
    return value


def _unary(symbol: str, value: Value, form: Form) -> Value:
    if symbol == "not":
        return not value
    if not isinstance(value, int | float):
        raise _error(f"`{symbol}` takes a number, not {kind_of(value)}", form)
    return -value if symbol == "-" else +value


def _arithmetic(symbol: str, left: Any, right: Any, form: Form) -> Value:
    numbers = _is_number(left) and _is_number(right)
    joins = symbol == "+" and (_both(left, right, str) or _both(left, right, list))
    if not numbers and not joins:
        raise _error(f"`{symbol}` cannot take {kind_of(left)} and {kind_of(right)}", form)
    # A sum or product of bounded integers has 126 bits at most; only a power can be huge.
    if symbol == "**":
        return _bounded(_power(left, right, form), form)
    for value in (left, right):
        _bounded(value, form)
    try:
        return _bounded(_ARITHMETIC[symbol](left, right), form)
    except ZeroDivisionError:
        raise _error("division by zero", form) from None
    except OverflowError:
        raise _error("the number is too large", form) from None


def _power(base: Any, exponent: Any, form: Form) -> Value:
    _bounded(base, form)
    if isinstance(base, int) and isinstance(exponent, int) and abs(base) > 1 and exponent > _MAX_EXPONENT:
        raise _error("the number is too large: integers reach to 2**63", form)
    try:
        result = base**exponent
    except ZeroDivisionError:
        raise _error("division by zero: a negative power of zero", form) from None
    except OverflowError:
        raise _error("the number is too large", form) from None
    if isinstance(result, complex):
        raise _error("a fractional power of a negative number is no real number", form)
    return result


def _index(of: Value, index: Value, form: Form) -> Value:
    if not isinstance(of, list | str):
        raise _error(f"only a list or text has items to take by `[…]`, not {kind_of(of)}", form)
    if not isinstance(index, int) or isinstance(index, bool):
        raise _error(f"an index is an integer, not {kind_of(index)}", form)
    if not -len(of) <= index < len(of):
        what = "the list" if isinstance(of, list) else "the text"
        raise _error(f"index {index} is outside {what}, which has {len(of)}", form)
    return of[index]


def _call(function: str, arguments: list[Value], form: Form) -> Value:
    if function in ("min", "max"):
        return _extreme(function, arguments, form)
    most = 2 if function == "round" else 1
    if not 1 <= len(arguments) <= most:
        takes = "one value, and a number of places" if function == "round" else "one value"
        raise _error(f"`{function}` takes {takes}; {len(arguments)} are given", form)
    value = arguments[0]
    if function == "len":
        if isinstance(value, list | str):
            return len(value)
        raise _error(f"`len` takes a list or text, not {kind_of(value)}", form)
    if not isinstance(value, int | float):
        raise _error(f"`{function}` takes a number, not {kind_of(value)}", form)
    if function == "abs":
        return abs(value)
    places = arguments[1] if len(arguments) == 2 else None
    if places is not None and (not isinstance(places, int) or abs(places) > _MAX_PLACES):
        raise _error(f"`round` takes places as an integer up to {_MAX_PLACES}", form)
    try:
        return int(value) if function == "int" else round(value, places)
    except (ValueError, OverflowError):
        raise _error(f"`{function}` has no integer for {value!r}", form) from None


def _extreme(function: str, arguments: list[Value], form: Form) -> Value:
    values: list[Any] = arguments[0] if len(arguments) == 1 and isinstance(arguments[0], list) else arguments
    if not values:
        raise _error(f"`{function}` of nothing has no value", form)
    if not (all(map(_is_number, values)) or all(isinstance(value, str) for value in values)):
        raise _error(f"`{function}` takes numbers, or texts", form)
    return min(values) if function == "min" else max(values)
