"""What single arguments of objects accept: numbers in their ranges, words, lists."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, cast

from specc.ops.kinds import DTYPES, Schema
from specc.suggest import did_you_mean


def shown(value: Any) -> str:
    """A plain value as a spec has it."""
    if isinstance(value, list):
        return f"[{', '.join(map(shown, cast(list[Any], value)))}]"
    words = {"None": "null", "True": "true", "False": "false"}
    text = str(value)
    return words.get(text, text)


class Fault(ValueError):
    """An object is not what its family has.

    `where` are the keys down to what is at fault, `suggestion` the word that was probably meant in its place.
    `unknown`: there is no object or argument of that name; `missing`: an argument is not given;
    `is_key`: it is about the last key itself, not about its value.
    """

    def __init__(
        self,
        message: str,
        where: tuple[str, ...] = (),
        suggestion: str | None = None,
        *,
        unknown: bool = False,
        missing: bool = False,
        is_key: bool = False,
    ) -> None:
        super().__init__(message + did_you_mean(suggestion))
        self.message = message
        self.where = where
        self.suggestion = suggestion
        self.unknown = unknown
        self.missing = missing
        self.is_key = is_key

    def inside(self, *where: str) -> "Fault":
        """The same fault, seen from further out: at `where` stands what it is about."""
        return Fault(
            self.message,
            (*where, *self.where),
            self.suggestion,
            unknown=self.unknown,
            missing=self.missing,
            is_key=self.is_key,
        )


class Want(NamedTuple):
    """What an argument accepts: `accept` returns the value to keep, or raises ValueError."""

    text: str
    accept: Callable[[Any], Any]
    json: Schema
    required: bool = False


Wants = Mapping[str, Want]


def _refusing(text: str, accepts: Callable[[Any], bool]) -> Callable[[Any], Any]:
    def accept(value: Any) -> Any:
        if not accepts(value):
            raise ValueError(f"must be {text}, not `{shown(value)}`")
        return value

    return accept


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return _is_integer(value) or isinstance(value, float)


def number(text: str = "a number", above: float | None = None, at_least: float | None = None) -> Want:
    """A number, `above` one bound or `at_least` another; kept as a float."""

    def accepts(value: Any) -> bool:
        return (
            _is_number(value) and (above is None or value > above) and (at_least is None or value >= at_least)
        )

    refuse = _refusing(text, accepts)
    json: Schema = {"type": "number"}
    if above is not None:
        json["exclusiveMinimum"] = above
    if at_least is not None:
        json["minimum"] = at_least

    def accept(value: Any) -> float:
        return float(refuse(value))

    return Want(text, accept, json)


def integer(text: str = "an integer", at_least: int | None = None) -> Want:
    """An integer, of `at_least` a bound."""
    json: Schema = {"type": "integer"} if at_least is None else {"type": "integer", "minimum": at_least}
    accept = _refusing(text, lambda v: _is_integer(v) and (at_least is None or v >= at_least))
    return Want(text, accept, json)


def one_of(*words: str) -> Want:
    """One of some words."""
    text = " or ".join(f"`{word}`" for word in words)
    return Want(text, _refusing(text, lambda v: isinstance(v, str) and v in words), {"enum": list(words)})


FLAG = Want("true or false", _refusing("true or false", lambda v: isinstance(v, bool)), {"type": "boolean"})
TEXT = Want("text", _refusing("text", lambda v: isinstance(v, str)), {"type": "string"})


def list_of(want: Want, text: str) -> Want:
    """A list, kept as a tuple."""

    def accept(value: Any) -> Any:
        if not isinstance(value, list | tuple):
            raise ValueError(f"must be {text}, not `{shown(value)}`")
        return tuple(map(want.accept, cast(list[Any], value)))

    return Want(text, accept, {"type": "array", "items": want.json})


def either(want: Want, other: Want) -> Want:
    """What one of two accepts."""

    def accept(value: Any) -> Any:
        try:
            return want.accept(value)
        except Fault:
            raise
        except ValueError:
            try:
                return other.accept(value)
            except Fault:
                raise
            except ValueError:
                raise ValueError(f"must be {text}, not `{shown(value)}`") from None

    text = f"{want.text} or {other.text}"
    return Want(text, accept, {"anyOf": [want.json, other.json]})


def optional(want: Want) -> Want:
    """The same, or null."""

    def accept(value: Any) -> Any:
        return None if value is None else want.accept(value)

    return want._replace(
        accept=accept,
        json={"anyOf": [want.json, {"type": "null"}]},
    )


def required(want: Want) -> Want:
    """The same, which must be given."""
    return want._replace(required=True)


def _fraction(value: Any) -> float:
    if not _is_number(value) or not 0 <= value <= 1:
        raise ValueError(f"must be a number from 0 to 1, not `{shown(value)}`")
    return float(value)


NUMBER = number()
INTEGER = integer()
POSITIVE = number("a positive number", above=0)
AT_LEAST_0 = number("a number of at least 0", at_least=0)
FRACTION = Want("a number from 0 to 1", _fraction, {"type": "number", "minimum": 0, "maximum": 1})
PART = Want(
    "a number between 0 and 1",
    _refusing("a number between 0 and 1", lambda v: _is_number(v) and 0 < v < 1),
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
)
COUNT = integer("a positive integer", at_least=1)
STEPS = integer("an integer of at least 0", at_least=0)
NUMBERS = list_of(NUMBER, "a list of numbers")
INTEGERS = list_of(INTEGER, "a list of integers")
NAME_DTYPE: Wants = {"name": optional(TEXT), "dtype": optional(one_of(*DTYPES))}
"""The last two parameters of every loss and metric."""
