"""The pieces of Python that emitted programs are made of: expressions and statements as data.

Expressions may hold what is not yet Python: a `Value` stands for a tensor, a layer or an array that has no
variable yet, a `Path` for the name of a layer, a `Param` for a number that a parameter of the spec has.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeAlias

from specc.syntax.expression_tree import Form


class Literal(NamedTuple):
    """A number, text, truth value or None."""

    value: Any


class Name(NamedTuple):
    """A variable, or the dotted name of something imported (`layers.Conv2D`)."""

    text: str


class Value(NamedTuple):
    """What an earlier statement has made, by number."""

    number: int


class Title:
    """The name of a layer or an operation, which may change until the program is complete."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


class Path(NamedTuple):
    """The name of a layer or an operation: its path."""

    title: Title


class Call(NamedTuple):
    """`function(arguments, keyword=…)`."""

    function: "Expr"
    arguments: tuple["Expr", ...] = ()
    keywords: tuple[tuple[str, "Expr"], ...] = ()


class Listing(NamedTuple):
    """`[items]`, or `(items)` where `is_tuple`."""

    items: tuple["Expr", ...]
    is_tuple: bool = False


class Pairs(NamedTuple):
    """`{key: value}`."""

    items: tuple[tuple["Expr", "Expr"], ...]


class Part(NamedTuple):
    """`of[key, key]`."""

    of: "Expr"
    keys: tuple["Expr", ...]


class Attribute(NamedTuple):
    """`of.name`."""

    of: "Expr"
    name: str


class Slice(NamedTuple):
    """`start:stop:step`, each a number or None, inside a `Part`."""

    start: int | None = None
    stop: int | None = None
    step: int | None = None


class Negative(NamedTuple):
    """`-of`."""

    of: "Expr"


class Joined(NamedTuple):
    """An f-string: text and expressions in turn."""

    parts: tuple["str | Expr", ...]


class Param(NamedTuple):
    """A number or text that the author wrote as an expression; `names` are what its parameters stand for.

    `sizes` are the axes that the expression asks for: each the value that it reads and the number of the axis, batch
    counted. `is_default`: the value is what Keras has anyway, and is left out where the expression is not kept.
    """

    value: Any
    form: Form
    names: Mapping[str, "Bound"]
    sizes: Mapping[str | int, tuple[int, int]]
    is_default: bool = False


class Bound(NamedTuple):
    """What a parameter stands for: its value, and the frame that binds it (None: no block and no loop)."""

    frame: object
    value: Any


class Wild(NamedTuple):
    """Whatever fits in the place of an expression like this one: it stands in code that is never reached."""

    like: "Expr"


class Formula(NamedTuple):
    """An expression of the spec as Python, each of its names an expression."""

    form: Form
    names: Mapping[str, "Expr"]
    sizes: Mapping[str | int, "Expr"]


Expr: TypeAlias = (
    Literal
    | Name
    | Value
    | Path
    | Call
    | Listing
    | Pairs
    | Part
    | Attribute
    | Slice
    | Negative
    | Joined
    | Param
    | Wild
    | Formula
)


class Assign(NamedTuple):
    """`a, b = value`; without targets, the value alone."""

    targets: tuple[str, ...]
    value: Expr


class For(NamedTuple):
    """`for targets in rounds: body`; `targets` is one name, or nested tuples of names."""

    targets: "Targets"
    rounds: Expr
    body: tuple["Statement", ...]


class If(NamedTuple):
    """`if test: body`."""

    test: Expr
    body: tuple["Statement", ...]


class Define(NamedTuple):
    """`def name(parameters): body`; a parameter has a default or None."""

    name: str
    parameters: tuple[tuple[str, Expr | None], ...]
    doc: str
    body: tuple["Statement", ...]
    returns: str | None = None


class Return(NamedTuple):
    """`return a, b`."""

    values: tuple[Expr, ...]


Targets: TypeAlias = "str | tuple[Targets, ...]"
Statement: TypeAlias = Assign | For | If | Define | Return


def literal(value: Any) -> Expr:
    """Plain data as an expression: lists and tuples as tuples, which is how Keras keeps them."""
    if isinstance(value, list | tuple):
        return Listing(tuple(literal(item) for item in value), is_tuple=isinstance(value, tuple))  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if isinstance(value, dict):
        return Pairs(tuple((literal(k), literal(v)) for k, v in value.items()))  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return Literal(value)
