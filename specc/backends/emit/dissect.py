"""Takes steps apart into their structure and what fills it: steps of one structure can share a function or a loop."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from specc.backends.emit.code import (
    Attribute,
    Call,
    Expr,
    Formula,
    Joined,
    Listing,
    Literal,
    Name,
    Negative,
    Pairs,
    Param,
    Part,
    Path,
    Slice,
    Value,
    Wild,
)
from specc.backends.emit.nodes import Branch, Carried, Loop, Node, Step
from specc.backends.emit.text import formula_text


class Leaf(NamedTuple):
    """What may differ between steps of the same structure: a literal, a path or a value from outside.

    `hint` is the name of the argument that it is given for.
    """

    expr: Expr
    hint: str


class Dissected(NamedTuple):
    """The structure of some nodes, its leaves in order, and the values that the nodes make, in order."""

    nodes: tuple[Node, ...]
    key: tuple[Any, ...]
    leaves: tuple[Leaf, ...]
    made: tuple[int, ...]


def dissected(nodes: Sequence[Node]) -> Dissected:
    """Take nodes apart."""
    leaves: list[Leaf] = []

    def leaf(expr: Expr, hint: str) -> Expr:
        leaves.append(Leaf(expr, hint))
        return expr

    walk = _Walk(leaf, lambda value: value)
    walk.nodes(nodes)
    return Dissected(tuple(nodes), tuple(walk.key), tuple(leaves), tuple(walk.made))


def assembled(like: Dissected, leaves: Sequence[Expr], fresh: Callable[[int], int]) -> tuple[Node, ...]:
    """Nodes of the structure of `like` with other leaves and other values."""
    rest: Iterator[Expr] = iter(leaves)
    return _Walk(lambda expr, hint: next(rest), fresh).nodes(like.nodes)


def is_closed(expr: Expr) -> bool:
    """Whether an expression is plain data."""
    match expr:
        case Literal():
            return True
        case Listing(items, _):
            return all(map(is_closed, items))
        case Pairs(items):
            return all(is_closed(key) and is_closed(value) for key, value in items)
        case _:
            return False


def plain(expr: Expr) -> Any:
    """Something to compare literals by, their types included; None for what is no literal."""
    match expr:
        case Literal(value) | Param(value):
            return (type(value).__name__, repr(value))
        case Listing(items, is_tuple):
            return (is_tuple, *map(plain, items))
        case Pairs(items):
            return ("pairs", *((plain(key), plain(value)) for key, value in items))
        case _:
            return None


class _Walk:
    """Goes through nodes in a fixed order, and builds them anew."""

    def __init__(self, leaf: Callable[[Expr, str], Expr], fresh: Callable[[int], int]) -> None:
        self.leaf = leaf
        self.fresh = fresh
        self.key: list[Any] = []
        self.made: list[int] = []
        self.places: dict[int, int] = {}

    def nodes(self, nodes: Sequence[Node]) -> tuple[Node, ...]:
        return tuple(map(self.node, nodes))

    def node(self, node: Node) -> Node:
        match node:
            case Step(outs, expr, origin):
                made = self.expr(expr, "value")
                self.key.append(len(outs))
                return Step(tuple(map(self.make, outs)), made, origin)
            case Loop():
                return self.loop(node)
            case Branch(test, carried, body, origin):
                self.key += ["if", len(carried)]
                test = self.expr(test, "test")
                starts = [self.value(each.start) for each in carried]
                inner = [self.make(each.inner) for each in carried]
                body = self.nodes(body)
                return Branch(test, self.carried(carried, starts, inner), body, origin)

    def loop(self, loop: Loop) -> Loop:
        names = tuple(name for name, _ in loop.columns)
        self.key += ["for", loop.counter, names, len(loop.carried), len(loop.collected)]
        columns = tuple((name, self.expr(column, name)) for name, column in loop.columns)
        number = self.expr(loop.number, "rounds")
        starts = [self.value(each.start) for each in loop.carried]
        inner = [self.make(each.inner) for each in loop.carried]
        body = self.nodes(loop.body)
        carried = self.carried(loop.carried, starts, inner)
        collected = tuple((self.known(value), self.make(values)) for value, values in loop.collected)
        return Loop(loop.counter, columns, number, carried, collected, body, loop.origin)

    def carried(
        self, carried: Sequence[Carried], starts: Sequence[int], inner: Sequence[int]
    ) -> tuple[Carried, ...]:
        rest = zip(carried, starts, inner, strict=True)
        return tuple(Carried(s, i, self.known(each.next), self.make(each.result)) for each, s, i in rest)

    def make(self, value: int) -> int:
        """A value that is made here."""
        self.places[value] = len(self.made)
        self.made.append(value)
        return self.fresh(value)

    def known(self, value: int) -> int:
        """A value that has been made here."""
        self.key.append(self.places.get(value))
        return self.fresh(value) if value in self.places else self.value(value)

    def value(self, value: int) -> int:
        made = self.expr(Value(value), "value")
        assert isinstance(made, Value)
        return made.number

    def expr(self, expr: Expr, hint: str) -> Expr:
        """An expression: a leaf, or one of several parts."""
        key = self.key
        match expr:
            case Value(number):
                place = self.places.get(number)
                key.append(("value", place))
                return self.leaf(expr, hint) if place is None else Value(self.fresh(number))
            case Path():
                key.append(("path", ()))
                return self.leaf(expr, hint)
            case Joined(parts):
                key.append(("path", tuple(str(part) for part in parts[1:])))
                return self.leaf(expr, hint)
            case Wild(like):
                key.extend(dissected([Step((), like, None)]).key[:-1])
                return self.leaf(expr, hint)
            case Param():
                key.append("literal")
                return self.leaf(expr, hint)
            case _ if is_closed(expr):
                key.append("literal")
                return self.leaf(expr, hint)
            case _:
                return self.parts(expr, hint)

    def parts(self, expr: Expr, hint: str) -> Expr:
        """An expression of several parts, or a name."""
        key = self.key
        match expr:
            case Name(text):
                key.append(text)
                return expr
            case Call(function, arguments, keywords):
                key.append(("call", len(arguments), tuple(name for name, _ in keywords)))
                called = self.expr(function, hint)
                given = tuple(self.expr(argument, hint) for argument in arguments)
                return Call(called, given, tuple((name, self.expr(v, name)) for name, v in keywords))
            case Listing(items, is_tuple):
                key.append(("list", len(items), is_tuple))
                return Listing(tuple(self.expr(item, hint) for item in items), is_tuple)
            case Pairs(items):
                key.append(("pairs", len(items)))
                return Pairs(tuple((self.expr(k, hint), self.expr(v, hint)) for k, v in items))
            case Part(of, keys):
                key.append(("part", len(keys)))
                return Part(self.expr(of, hint), tuple(self.expr(each, hint) for each in keys))
            case Slice():
                key.append(str(expr))
                return expr
            case Attribute(of, name):
                key.append(("attribute", name))
                return Attribute(self.expr(of, hint), name)
            case Negative(of):
                key.append("-")
                return Negative(self.expr(of, hint))
            case Formula(form, names, sizes):
                key.append(
                    ("formula", formula_text(form, {n: n for n in names}, {a: repr(a) for a in sizes}))
                )
                made = {name: self.expr(of, name) for name, of in names.items()}
                return Formula(form, made, {axis: self.expr(of, hint) for axis, of in sizes.items()})
            case _:
                raise AssertionError(f"{type(expr).__name__} has no parts")
