"""The program of a model before it has variables: steps, loops and branches over numbered values."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias

from specc.backends.emit.code import (
    Attribute,
    Call,
    Expr,
    Formula,
    Joined,
    Listing,
    Name,
    Negative,
    Pairs,
    Part,
    Value,
)
from specc.ir.link import Link
from specc.syntax.document import Item


class Origin(NamedTuple):
    """What a step is for: an item of the spec, the path and op that it has, and how it was reached."""

    item: Item
    path: str
    link: Link | None
    word: str = ""


class Step(NamedTuple):
    """One statement: the values that it makes, and how."""

    outs: tuple[int, ...]
    expr: Expr
    origin: Origin | None


class Carried(NamedTuple):
    """A value that each round makes of the one before: `start` at first, `inner` in a round, which makes `next`.

    `result` is what is left of it behind the loop, or behind a branch, taken or not.
    """

    start: int
    inner: int
    next: int
    result: int


class Loop(NamedTuple):
    """Rounds of the same steps.

    `counter` is the variable that counts them, `columns` those that have a value of their own in each round; without
    columns, `number` says how many rounds there are. `collected`: the values that a round makes, and the list of them.
    """

    counter: str | None
    columns: tuple[tuple[str, Expr], ...]
    number: Expr
    carried: tuple[Carried, ...]
    collected: tuple[tuple[int, int], ...]
    body: tuple["Node", ...]
    origin: Origin


class Branch(NamedTuple):
    """Steps that are run where `test` is true."""

    test: Expr
    carried: tuple[Carried, ...]
    body: tuple["Node", ...]
    origin: Origin


Node: TypeAlias = Step | Loop | Branch


class Function(NamedTuple):
    """Steps with parameters: `inputs` are the values that it is given, `results` those that it gives back."""

    name: str
    inputs: tuple[tuple[int, str], ...]
    parameters: tuple[tuple[str, Expr | None], ...]
    body: tuple[Node, ...]
    results: tuple[int, ...]
    doc: str = ""


class Program(NamedTuple):
    """The functions of a module, each behind those that it calls, and the steps of the model itself."""

    functions: tuple[Function, ...]
    body: tuple[Node, ...]


def parts(expr: Expr) -> Iterable[Expr]:
    """The expressions directly inside an expression."""
    match expr:
        case Call(function, arguments, keywords):
            return (function, *arguments, *(value for _, value in keywords))
        case Listing(items, _):
            return items
        case Pairs(items):
            return (each for pair in items for each in pair)
        case Part(of, keys):
            return (of, *keys)
        case Attribute(of, _) | Negative(of):
            return (of,)
        case Joined(pieces):
            return (piece for piece in pieces if not isinstance(piece, str))
        case Formula(_, names, sizes):
            return (*names.values(), *sizes.values())
        case _:
            return ()


def values_in(expr: Expr) -> Iterator[int]:
    """The values that an expression reads."""
    waiting = [expr]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Value):
            yield one.number
        else:
            waiting += parts(one)


def reads(node: Node) -> Iterator[int]:
    """The values that a node reads and has not made itself."""
    match node:
        case Step(_, expr, _):
            yield from values_in(expr)
        case Loop(_, columns, number, carried, _, body, _):
            yield from (each.start for each in carried)
            yield from (v for _, column in columns for v in values_in(column))
            yield from values_in(number)
            yield from _inner_reads(body, carried)
        case Branch(test, carried, body, _):
            yield from (each.start for each in carried)
            yield from values_in(test)
            yield from _inner_reads(body, carried)


def _inner_reads(body: tuple[Node, ...], carried: tuple[Carried, ...]) -> Iterator[int]:
    made = {each.inner for each in carried} | {value for node in body for value in makes(node)}
    for node in body:
        yield from (value for value in reads(node) if value not in made)


def makes(node: Node) -> Iterator[int]:
    """The values that a node gives to what stands behind it."""
    match node:
        case Step(outs, _, _):
            yield from outs
        case Loop():
            yield from (each.result for each in node.carried)
            yield from (values for _, values in node.collected)
        case Branch(_, carried, _, _):
            yield from (each.result for each in carried)


def expressions(node: Node) -> Iterator[Expr]:
    """The expressions of a node, those inside it included."""
    match node:
        case Step(_, expr, _):
            yield expr
        case Loop():
            yield from (column for _, column in node.columns)
            yield node.number
            yield from (expr for inner in node.body for expr in expressions(inner))
        case Branch(test, _, body, _):
            yield test
            yield from (expr for inner in body for expr in expressions(inner))


def names_in(expr: Expr) -> Iterator[str]:
    """The names that an expression uses."""
    waiting = [expr]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Name):
            yield one.text
        else:
            waiting += parts(one)


def names_in_node(node: Node) -> Iterator[str]:
    """The names that a node uses."""
    for expr in expressions(node):
        yield from names_in(expr)
