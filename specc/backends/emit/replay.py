"""Runs an emitted program without Keras, and holds what it does against the flat program, call by call."""

from collections.abc import Sequence
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
    Param,
    Part,
    Path,
    Return,
    Slice,
    Statement,
    Targets,
    Value,
)
from specc.backends.emit.nodes import Step
from specc.backends.emit.program import Flat
from specc.syntax.evaluate import Evaluator
from specc.syntax.expression_tree import ExpressionError


class OtherProgram(Exception):
    """A program does something else than the flat one."""


class _Made(NamedTuple):
    """What a step of the flat program makes."""

    number: int


class _Called(NamedTuple):
    """A call; `defaults` are arguments that may as well be left out."""

    function: Any
    arguments: tuple[Any, ...]
    keywords: dict[str, Any]
    defaults: dict[str, Any]


Variables = dict[str, Any]


def hold(functions: Sequence[Define], flat: Flat, steps: Sequence[Step]) -> None:
    """Raise `OtherProgram` unless the last of `functions` does just what the steps and the model say."""
    try:
        _Replay(functions, flat, steps).main()
    except (LookupError, TypeError, ValueError, ExpressionError) as error:  # as Python would raise them
        raise OtherProgram(f"it fails: {error}") from error


class _Replay:
    def __init__(self, functions: Sequence[Define], flat: Flat, steps: Sequence[Step]) -> None:
        self.functions = {each.name: each for each in functions}
        self.last = functions[-1]
        self.flat = flat
        self.steps = steps
        self.at = 0

    def main(self) -> None:
        """Run the program to its end."""
        variables: Variables = {}
        for statement in self.last.body:
            match statement:
                case Assign(("model",), made) | Return((Call() as made,)):
                    _same(self.value(made, variables), self.value(self.flat.model, None))
                    break
                case _:
                    self.run((statement,), variables)
        if self.at != len(self.steps):
            raise OtherProgram("it ends too early")

    def run(self, body: Sequence[Statement], variables: Variables) -> list[Any] | None:
        """Run statements; gives what they return, if they do."""
        for statement in body:
            match statement:
                case Assign(targets, value):
                    made = self.evaluated(value, len(targets), variables)
                    variables.update(zip(targets, made, strict=True))
                case Return(values):
                    if len(values) == 1:
                        return self.evaluated(values[0], 1, variables)
                    return [self.value(value, variables) for value in values]
                case For(targets, rounds, inner):
                    for each in self.rounds(rounds, variables):
                        _bind(targets, each, variables)
                        self.run(inner, variables)
                case If(test, inner):
                    if self.value(test, variables):
                        self.run(inner, variables)
                case Define():
                    raise OtherProgram("a function inside another")
        return None

    def evaluated(self, expr: Expr, count: int, variables: Variables) -> list[Any]:
        """The values of the right side of an assignment to `count` targets."""
        match expr:
            case Call(Name(name), arguments, keywords) if name in self.functions:
                return self.call(self.functions[name], arguments, keywords, variables)
            case Call(Attribute(of, "append"), (item,), ()) if isinstance(self.value(of, variables), list):
                self.value(of, variables).append(self.value(item, variables))
                return []
            case Call():
                return self.step(expr, count, variables)
            case Listing((), False):
                return [[]]
            case _:
                return [self.value(expr, variables)]

    def step(self, expr: Expr, count: int, variables: Variables) -> list[Any]:
        """What the next step of the flat program makes, which must be this one."""
        if self.at == len(self.steps):
            raise OtherProgram("it goes on too long")
        wanted = self.steps[self.at]
        self.at += 1
        _same(self.value(expr, variables), self.value(wanted.expr, None))
        if count != len(wanted.outs):
            raise OtherProgram("another number of results")
        return [_Made(out) for out in wanted.outs]

    def call(
        self,
        function: Define,
        arguments: Sequence[Expr],
        keywords: Sequence[tuple[str, Expr]],
        variables: Variables,
    ) -> list[Any]:
        """What a function returns."""
        names = [name for name, _ in function.parameters if name != "*"]
        if len(set(names)) < len(names):
            raise OtherProgram("two parameters of one name")
        inner = {name: self.value(d, {}) for name, d in function.parameters if d is not None}
        given = dict(zip(names, [self.value(argument, variables) for argument in arguments], strict=False))
        inner |= given | {name: self.value(value, variables) for name, value in keywords}
        if set(inner) != set(names):
            raise OtherProgram("other arguments than parameters")
        returned = self.run(function.body, inner)
        if returned is None:
            raise OtherProgram("a function returns nothing")
        return returned

    def rounds(self, expr: Expr, variables: Variables) -> list[Any]:
        """What a loop goes over."""
        match expr:
            case Call(Name("range"), (number,), ()):
                return list(range(self.value(number, variables)))
            case Call(Name("enumerate"), (inner,), ()):
                return list(enumerate(self.rounds(inner, variables)))
            case Call(Name("zip"), several, _):
                return list(zip(*(self.rounds(each, variables) for each in several), strict=True))
            case _:
                return list(self.value(expr, variables))

    def value(self, expr: Expr, variables: Variables | None) -> Any:
        """The value of an expression; without variables, of one of the flat program."""
        match expr:
            case Literal(value):
                return value
            case Param(value):
                return value
            case Name(text):
                return text if variables is None or text not in variables else variables[text]
            case Value(number):
                return _Made(number)
            case Path(title):
                return title.text
            case Joined(parts):
                return "".join(p if isinstance(p, str) else str(self.value(p, variables)) for p in parts)
            case Listing(items, is_tuple):
                made = [self.value(item, variables) for item in items]
                return tuple(made) if is_tuple else made
            case Pairs(items):
                return {self.value(k, variables): self.value(v, variables) for k, v in items}
            case Formula(form, names, sizes):
                known = {name: self.value(of, variables) for name, of in names.items()}
                found = {axis: self.value(of, variables) for axis, of in sizes.items()}
                return Evaluator(known, found.__getitem__).value(form)
            case _:
                return self.composed(expr, variables)

    def composed(self, expr: Expr, variables: Variables | None) -> Any:
        """The value of an expression that only Keras could work out: what it is made of."""
        match expr:
            case Slice():
                return ("slice", *expr)
            case Negative(of):
                return ("-", self.value(of, variables))
            case Attribute(of, name):
                return ("attribute", self.value(of, variables), name)
            case Part(of, keys):
                return self.part(self.value(of, variables), [self.value(key, variables) for key in keys])
            case Call(function, arguments, keywords):
                named = {k: self.value(v, variables) for k, v in keywords if not _is_default(v)}
                rest = {k: self.value(v, variables) for k, v in keywords if _is_default(v)}
                given = tuple(self.value(argument, variables) for argument in arguments)
                return _Called(self.value(function, variables), given, named, rest)
            case _:
                raise OtherProgram("what is never reached is run")

    def part(self, of: Any, keys: list[Any]) -> Any:
        match of:
            case list():
                items: list[Any] = of  # pyright: ignore[reportUnknownVariableType]
                return items[keys[0]]
            case ("attribute", _Made(number), "shape"):
                shape: tuple[Any, ...] = self.flat.shapes[number]
                return shape[keys[0]]
            case _:
                return ("part", of, *keys)


def _is_default(expr: Expr) -> bool:
    return isinstance(expr, Param) and expr.is_default


def _bind(targets: Targets, value: Any, variables: Variables) -> None:
    if isinstance(targets, str):
        variables[targets] = value
        return
    for target, each in zip(targets, value, strict=True):
        _bind(target, each, variables)


def _same(one: Any, other: Any) -> None:
    """Raise `OtherProgram` unless a value of the program is the same as one of the flat program, types included."""
    if isinstance(one, _Called) and isinstance(other, _Called):
        _same(one.function, other.function)
        _same(one.arguments, other.arguments)
        _same(other.defaults | one.keywords, other.defaults | other.keywords)
    elif type(one) is not type(other):
        raise OtherProgram(f"{one} for {other}")
    elif isinstance(one, list | tuple) and not isinstance(one, _Made):
        mine: list[Any] = [*one]  # pyright: ignore[reportUnknownVariableType]
        theirs: list[Any] = [*other]
        if len(mine) != len(theirs):
            raise OtherProgram(f"{one} for {other}")
        for each, wanted in zip(mine, theirs, strict=True):
            _same(each, wanted)
    elif isinstance(one, dict):
        _same(_sorted(one), _sorted(other))  # pyright: ignore[reportUnknownArgumentType]
    elif repr(one) != repr(other):
        raise OtherProgram(f"{one} for {other}")


def _sorted(items: dict[str, Any]) -> list[tuple[str, Any]]:
    return sorted(items.items(), key=lambda item: str(item[0]))
