"""Expressions with some of their parts replaced."""

from collections.abc import Callable

from specc.backends.emit.code import (
    Attribute,
    Call,
    Expr,
    Formula,
    Joined,
    Listing,
    Negative,
    Pairs,
    Param,
    Part,
)


def rewritten(expr: Expr, leaf: Callable[[Expr], Expr | None]) -> Expr:
    """`expr` with what `leaf` gives in the place of each part that it gives something for."""
    found = leaf(expr)
    if found is not None:
        return found

    def inner(part: Expr) -> Expr:
        return rewritten(part, leaf)

    match expr:
        case Call(function, arguments, keywords):
            named = tuple((name, inner(value)) for name, value in keywords)
            return Call(inner(function), tuple(map(inner, arguments)), named)
        case Listing(items, is_tuple):
            return Listing(tuple(map(inner, items)), is_tuple)
        case Pairs(items):
            return Pairs(tuple((inner(key), inner(value)) for key, value in items))
        case Part(of, keys):
            return Part(inner(of), tuple(map(inner, keys)))
        case Attribute(of, name):
            return Attribute(inner(of), name)
        case Negative(of):
            return Negative(inner(of))
        case Joined(parts):
            return Joined(tuple(part if isinstance(part, str) else inner(part) for part in parts))
        case Formula(form, names, sizes):
            return Formula(
                form,
                {name: inner(value) for name, value in names.items()},
                {axis: inner(value) for axis, value in sizes.items()},
            )
        case Param():
            return expr
        case _:
            return expr
