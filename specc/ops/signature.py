"""Signatures: what a layer of one's own makes of the values that it is given, as `(*s, c) -> (*s, 2*c)`.

    signature := values "->" values [";" word ("," word)*]
    word      := "params" size | "fixed" size | "mask" (the first result has the mask of the first input)
    values    := value ("," value)*, before the arrow also within "[ ]": the call takes them as one list
    value     := "(" [entry ("," entry)*] ")", with NAME "=" in front for the call's name, or a result's dtype behind
    entry     := "*" NAME (any number of axes) | "_" (a size nobody knows) | size
    size      := before the arrow a number or a name, behind it also `+ - * //` over them

Sizes are those of one sample. A name is the same size wherever it stands.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from specc.ops.kinds import DTYPES
from specc.shapes.dim import Size, unknown
from specc.suggest import did_you_mean, nearest
from specc.syntax.expression_parser import parse
from specc.syntax.expression_tree import Binary, Constant, ExpressionError, Form, Name

MAX_TEXT = 2_000
"""How many characters a signature has."""

ANY = "_"
_ARITHMETIC: dict[str, Callable[[Any, Any], Size]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "//": lambda a, b: a // b,
}
_RESULTS = tuple(dtype for dtype in DTYPES if not dtype.startswith("mixed"))
_VALUE = re.compile(r"\s*(?:([A-Za-z_]\w*)\s*=\s*)?\((.*)\)\s*(\w+)?\s*", re.DOTALL | re.ASCII)
_COUNT = re.compile(r"\s*(\w+)\s+(.*)", re.DOTALL | re.ASCII)
_SPREAD = re.compile(r"\s*\*\s*([A-Za-z_]\w*)\s*", re.ASCII)


class Entry(NamedTuple):
    """One size of a value or, if it is `spread`, the name of any number of axes."""

    form: Form
    spread: bool = False

    @property
    def name(self) -> str | None:
        """The name, where the entry is one and nothing else; `_` is none."""
        return self.form.name if isinstance(self.form, Name) and self.form.name != ANY else None


class Value(NamedTuple):
    """One input or result as it is written: its entries, the call's name for an input, the dtype of a result."""

    text: str
    entries: tuple[Entry, ...]
    name: str | None = None
    dtype: str | None = None

    @property
    def spread(self) -> int | None:
        """The place of the entry for any number of axes, if there is one."""
        return next((i for i, entry in enumerate(self.entries) if entry.spread), None)


class Signature(NamedTuple):
    """Inputs and results; `params` is how many parameters there are, `fixed` how many of these are not trained.

    `mask`: the first result has the mask of the first input.
    """

    text: str
    inputs: tuple[Value, ...]
    results: tuple[Value, ...]
    takes_list: bool
    params: Form | None
    fixed: Form | None
    mask: bool = False

    def __str__(self) -> str:
        return self.text

    @property
    def fact(self) -> str:
        """The signature as a note of a diagnostic."""
        return f"its signature is `{self.text}`"


def parse_signature(text: str) -> Signature:
    """Read a signature. Raises `ExpressionError`, with offsets in `text`, where it is none."""
    if len(text) > MAX_TEXT:
        raise ExpressionError(f"a signature has at most {MAX_TEXT:,} characters", 0, 0)
    arrow = text.find("->")
    if arrow < 0:
        raise ExpressionError("a signature is `inputs -> results`, as `(*s, c) -> (*s, c)`", 0, len(text))
    behind = text.find(";", arrow)
    end = len(text) if behind < 0 else behind
    inner = _within_brackets(text, arrow)
    inputs = tuple(_input(text, *part) for part in _parts(text, *(inner or (0, arrow))))
    _check_call(inputs, inner or (0, arrow), is_list=inner is not None)
    bound = {name for value in inputs for entry in value.entries if (name := _bound(entry))}
    results = tuple(_result(text, *part, bound) for part in _parts(text, arrow + 2, end))
    words = [] if behind < 0 else list(_parts(text, behind + 1, len(text)))
    masks = [part for part in words if text[slice(*part)].strip() == "mask"]
    counts = _counts(text, [part for part in words if part not in masks[:1]], bound)
    plain, is_list = " ".join(text.split()), inner is not None
    return Signature(plain, inputs, results, is_list, counts.get("params"), counts.get("fixed"), bool(masks))


def size_of(form: Form, sizes: Mapping[str, Size]) -> Size:
    """The size that an entry stands for, given those of names."""
    if isinstance(form, Binary):
        return _ARITHMETIC[form.operator](size_of(form.left, sizes), size_of(form.right, sizes))
    if isinstance(form, Name):
        return unknown() if form.name == ANY else sizes[form.name]
    assert isinstance(form, Constant)
    assert isinstance(form.value, int)
    return form.value


def names_in(form: Form) -> set[str]:
    """The names in an entry."""
    if isinstance(form, Binary):
        return names_in(form.left) | names_in(form.right)
    return {form.name} if isinstance(form, Name) else set()


def _bound(entry: Entry) -> str | None:
    """How a name of the inputs is written behind the arrow."""
    return f"*{entry.name}" if entry.spread and entry.name else entry.name


def _within_brackets(text: str, arrow: int) -> tuple[int, int] | None:
    """What stands between the brackets, where the inputs are one list."""
    inputs = text[:arrow]
    start = len(inputs) - len(inputs.lstrip())
    if not inputs.startswith("[", start):
        return None
    stop = len(inputs.rstrip())
    if inputs[stop - 1] != "]":
        raise ExpressionError("this `[` has no closing `]` at the end of the inputs", start, start + 1)
    return start + 1, stop - 1


def _parts(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """The stretches between the commas outside of parentheses; a last one that is blank counts for none."""
    opened: list[int] = []
    begin = start
    for at in range(start, stop):
        match text[at]:
            case "(":
                opened.append(at)
            case ")":
                if not opened:
                    raise ExpressionError("this `)` closes nothing", at, at + 1)
                opened.pop()
            case "," if not opened:
                yield begin, at
                begin = at + 1
            case _:
                pass
    if opened:
        raise ExpressionError("this `(` is not closed", opened[-1], opened[-1] + 1)
    if begin == start or text[begin:stop].strip():
        yield begin, stop


def _check_call(inputs: tuple[Value, ...], place: tuple[int, int], is_list: bool) -> None:
    """ExpressionError where Python would not take the inputs so."""
    named = [value.name for value in inputs if value.name is not None]
    if named and (is_list or inputs[0].name is not None):
        raise ExpressionError("the first value, and those of a list, have no names", *place)
    if any(value.name is not None for value in inputs[: len(inputs) - len(named)]):
        raise ExpressionError("values with names stand behind those without", *place)
    if len(set(named)) < len(named):
        raise ExpressionError("two values have one name", *place)


def _value(text: str, start: int, stop: int) -> tuple[re.Match[str], list[tuple[int, int]]]:
    """The parts of a value: name, entries, dtype; and where the entries stand."""
    found = _VALUE.fullmatch(text, start, stop)
    if found is None:
        raise ExpressionError("a value is its sizes in parentheses, as `(time, c)`", start, stop)
    blank = not found[2].strip()
    return found, [] if blank else list(_parts(text, *found.span(2)))


def _input(text: str, start: int, stop: int) -> Value:
    found, places = _value(text, start, stop)
    if found[3]:
        raise ExpressionError("a dtype stands behind a result only", *found.span(3))
    entries = tuple(_entry(text, *place) for place in places)
    if sum(entry.spread for entry in entries) > 1:
        raise ExpressionError("a value has one entry with a `*`, or none", *found.span(2))
    for entry in entries:
        if isinstance(entry.form, Binary):
            message = "before the arrow stand numbers and names; write the arithmetic behind it"
            raise ExpressionError(message, entry.form.start, entry.form.end)
    return Value(f"({found[2].strip()})", entries, found[1])


def _result(text: str, start: int, stop: int, bound: set[str]) -> Value:
    found, places = _value(text, start, stop)
    if found[1]:
        raise ExpressionError("only inputs have names", *found.span(1))
    if found[3] and found[3] not in _RESULTS:
        hint = did_you_mean(nearest(found[3], _RESULTS))
        raise ExpressionError(f"there is no dtype `{found[3]}`{hint}", *found.span(3))
    entries = tuple(_entry(text, *place) for place in places)
    for entry in entries:
        _check_bound(entry, bound)
    return Value(f"({found[2].strip()})", entries, None, found[3])


def _entry(text: str, start: int, stop: int) -> Entry:
    spread = _SPREAD.fullmatch(text, start, stop)
    if spread is not None:
        return Entry(Name(spread[1], *spread.span(1)), True)
    form = parse(text, start, stop)
    _check(form, is_whole=True)
    return Entry(form)


def _check(form: Form, is_whole: bool = False) -> None:
    """ExpressionError for what is no size; `is_whole`: it is an entry of its own, and may be `_`."""
    message = None
    match form:
        case Binary("+" | "-" | "*" | "//" as operator, left, right):
            _check(left)
            _check(right)
            if operator == "//" and not (isinstance(right, Constant) and right.value):
                form, message = right, "`//` divides by a positive number"
        case Name(name):
            if name == ANY and not is_whole:
                message = "`_` stands alone: nobody can compute with it"
        case Constant(int() as value) if not isinstance(value, bool):
            if is_whole and not value:
                message = "a size is at least 1"
        case _:
            message = "a size is a number, a name, or `+ - * //` over them"
    if message:
        raise ExpressionError(message, form.start, form.end)


def _check_bound(entry: Entry, bound: set[str]) -> None:
    for name in {_bound(entry) or f"*{ANY}"} if entry.spread else names_in(entry.form) - {ANY}:
        if name not in bound:
            hint = did_you_mean(nearest(name, bound))
            raise ExpressionError(
                f"`{name}` is no name of the inputs{hint}", entry.form.start, entry.form.end
            )


def _counts(text: str, parts: list[tuple[int, int]], bound: set[str]) -> dict[str, Form]:
    """How many parameters there are, and how many are fixed."""
    found: dict[str, Form] = {}
    for part in parts:
        count = _COUNT.fullmatch(text, *part)
        if count is None or count[1] not in ("params", "fixed") or count[1] in found:
            message = "behind `;` stands `params 3*c`, or `params 4*c, fixed 2*c`, or `mask`"
            raise ExpressionError(message, *part)
        entry = Entry(parse(text, *count.span(2)))
        _check(entry.form)
        _check_bound(entry, bound)
        found[count[1]] = entry.form
    if "fixed" in found and "params" not in found:
        raise ExpressionError("`fixed` is a part of `params`, which is not said", parts[0][0], len(text))
    return found
