"""Lays programs out as `ruff format` does: lines of up to 88 characters, broken at brackets from the outside in."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from specc.backends.emit.code import (
    Assign,
    Attribute,
    Call,
    Define,
    Expr,
    For,
    Formula,
    If,
    Joined,
    Listing,
    Literal,
    Name,
    Negative,
    Pairs,
    Part,
    Return,
    Slice,
    Statement,
    Targets,
)
from specc.backends.emit.text import docstring, formula_text, joined_text, literal_text, width

WIDTH = 88
INDENT = "    "


class _Line(NamedTuple):
    """A place for a line break; `flat` stands there while its group is on one line."""

    flat: str


class _Broken(NamedTuple):
    """Text that stands there only where its group is broken."""

    text: str


class _Indent(NamedTuple):
    """A part that is indented where its group is broken."""

    part: "_Doc"


class _Group(NamedTuple):
    """A part that stands on one line if that holds it, and else breaks at all of its lines."""

    part: "_Doc"


_Doc = Any
"""A string, one of the above, or a list of those."""
_SOFT = _Line("")
_SPACE = _Line(" ")


def program_text(statements: Sequence[Statement]) -> str:
    """The text of a module's functions, two empty lines between them."""
    return "\n\n\n".join("\n".join(_statement(s, "")) for s in statements) + "\n"


def _statement(statement: Statement, indent: str) -> Iterator[str]:
    match statement:
        case Assign(targets, value):
            head = [_targets_doc(targets), " = "] if targets else []
            yield _laid_out([*head, _doc(value)], indent)
        case Return(values):
            several = _doc(values[0]) if len(values) == 1 else _optional([_doc(value) for value in values])
            yield _laid_out(["return ", several], indent)
        case For(targets, rounds, body):
            yield _laid_out([f"for {_target_text(targets)} in ", _doc(rounds), ":"], indent)
            yield from _body(body, indent)
        case If(test, body):
            yield _laid_out(["if ", _doc(test), ":"], indent)
            yield from _body(body, indent)
        case Define(name, parameters, doc, body, returns):
            entries = [[p] if default is None else [f"{p}=", _doc(default)] for p, default in parameters]
            arrow = f" -> {returns}:" if returns else ":"
            yield _laid_out([f"def {name}", _arguments(entries), arrow], indent)
            if doc:
                yield from docstring(doc, indent + INDENT)
            yield from _body(body, indent)


def _body(body: Iterable[Statement], indent: str) -> Iterator[str]:
    for statement in body:
        yield from _statement(statement, indent + INDENT)


def _target_text(targets: Targets, is_inner: bool = False) -> str:
    if isinstance(targets, str):
        return targets
    text = ", ".join(_target_text(target, is_inner=True) for target in targets)
    return f"({text})" if is_inner else text


def _targets_doc(targets: tuple[str, ...]) -> _Doc:
    return targets[0] if len(targets) == 1 else _optional(list(targets))


def _doc(expr: Expr) -> _Doc:
    match expr:
        case Literal(value):
            return literal_text(value)
        case Name(text):
            return text
        case Call(function, arguments, keywords):
            entries = [_doc(argument) for argument in arguments]
            entries += [[f"{name}=", _doc(value)] for name, value in keywords]
            return [_doc(function), _arguments(entries)]
        case Listing(items, is_tuple):
            left, right = "()" if is_tuple else "[]"
            if is_tuple and len(items) == 1:
                return _Group([left, _Indent([_SOFT, _doc(items[0]), ","]), _SOFT, right])
            return _brackets(left, [_doc(item) for item in items], right)
        case Pairs(items):
            return _brackets("{", [[_doc(key), ": ", _doc(value)] for key, value in items], "}")
        case Part(of, (Slice() as only,)):
            return [_doc(of), "[", _doc(only), ",]"]  # a tuple: Keras takes no slice by itself
        case Part(of, keys):
            inside = _commas([_doc(key) for key in keys], is_open=len(keys) > 1)
            return [_doc(of), _Group(["[", _Indent([_SOFT, *inside]), _SOFT, "]"])]
        case Attribute(of, name):
            return [_doc(of), f".{name}"]
        case Slice(start, stop, step):
            return _slice_text(start, stop, step)
        case Negative(of):
            return ["-", _doc(of)]
        case Joined(parts):
            return joined_text([part if isinstance(part, str) else (flat_text(part),) for part in parts])
        case Formula(form, names, sizes):
            return formula_text(
                form,
                {name: flat_text(of) for name, of in names.items()},
                {axis: flat_text(of) for axis, of in sizes.items()},
            )
        case _:
            raise AssertionError(f"{type(expr).__name__} is no Python yet")


def flat_text(expr: Expr) -> str:
    """An expression on one line."""
    return _flat(_doc(expr))


def _slice_text(start: int | None, stop: int | None, step: int | None) -> str:
    given = (start, stop) if step is None else (start, stop, step)
    return ":".join("" if number is None else str(number) for number in given)


def _optional(items: list[_Doc]) -> _Doc:
    """Items with commas between them, in parentheses where one line does not hold them."""
    return _Group([_Broken("("), _Indent([_SOFT, *_commas(items)]), _SOFT, _Broken(")")])


def _commas(items: list[_Doc], is_open: bool = True) -> list[_Doc]:
    """Items with commas between them, and behind the last where they stand on lines of their own."""
    found: list[_Doc] = []
    for item in items:
        found += [item, ",", _SPACE]
    return [*found[:-2], _Broken(",")] if is_open else found[:-2]


def _brackets(left: str, items: list[_Doc], right: str) -> _Doc:
    """A list: on one line, or with a line for each item."""
    return _Group([left, _Indent([_SOFT, *_commas(items)]), _SOFT, right]) if items else left + right


def _arguments(items: list[_Doc]) -> _Doc:
    """Arguments: on one line, on a line of their own, or with a line for each."""
    return _Group(["(", _Indent([_SOFT, _Group(_commas(items))]), _SOFT, ")"]) if items else "()"


def _flat(doc: _Doc) -> str:
    match doc:
        case str():
            return doc
        case list():
            return "".join(map(_flat, doc))  # pyright: ignore[reportUnknownArgumentType]
        case _Line(flat):
            return flat
        case _Broken():
            return ""
        case _Indent(part) | _Group(part):
            return _flat(part)
        case _:
            raise AssertionError("no part of a document")


def _laid_out(doc: _Doc, indent: str) -> str:
    """The lines of a document, the first one behind `indent`."""
    pieces: list[str] = [indent]
    column = len(indent)
    waiting: list[tuple[_Doc, int, bool]] = [(doc, len(indent), True)]
    while waiting:
        part, depth, is_broken = waiting.pop()
        match part:
            case str():
                pieces.append(part)
                column += width(part)
            case list():
                waiting += [(p, depth, is_broken) for p in reversed(part)]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            case _Line(flat):
                if is_broken:
                    pieces.append("\n" + " " * depth)
                    column = depth
                else:
                    pieces.append(flat)
                    column += len(flat)
            case _Broken(text):
                if is_broken:
                    pieces.append(text)
                    column += len(text)
            case _Indent(inner):
                waiting.append((inner, depth + len(INDENT) * is_broken, is_broken))
            case _Group(inner):
                fits = not is_broken or _fits(inner, waiting, WIDTH - column)
                waiting.append((inner, depth, not fits))
            case _:
                raise AssertionError("no part of a document")
    return "".join(pieces)


def _fits(doc: _Doc, behind: list[tuple[_Doc, int, bool]], room: int) -> bool:
    """Whether `doc` on one line, and what stands behind it up to the next break, has room."""
    rest = len(behind)
    waiting: list[tuple[_Doc, bool]] = [(doc, False)]
    while room >= 0:
        if not waiting:
            if not rest:
                return True
            rest -= 1
            waiting.append((behind[rest][0], behind[rest][2]))
        part, is_broken = waiting.pop()
        match part:
            case str():
                room -= width(part)
            case list():
                waiting += [(p, is_broken) for p in reversed(part)]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            case _Line(flat):
                if is_broken:
                    return True
                room -= len(flat)
            case _Broken(text):
                room -= len(text) if is_broken else 0
            case _Indent(inner) | _Group(inner):
                waiting.append((inner, is_broken))
            case _:
                raise AssertionError("no part of a document")
    return False
