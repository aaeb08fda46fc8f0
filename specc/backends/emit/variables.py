"""Gives the values of a program variables, as a person would: `x` along a chain, names for what is needed later.

Values that nobody named go by the variable of the chain that they stand in (`x`; `shortcut`; a branch's own). Where
such a variable is wanted again while its value is still needed, the value gets another one first: `shortcut = x`.
"""

from collections.abc import Callable, Container

from specc.backends.emit.code import (
    Assign,
    Call,
    Expr,
    Joined,
    Literal,
    Name,
    Param,
    Path,
    Statement,
    Value,
    literal,
)
from specc.backends.emit.labels import Labels
from specc.backends.emit.nodes import Branch, Loop, Node, Step
from specc.backends.emit.rewrite import rewritten
from specc.backends.emit.words import Words, identifier
from specc.ir.names import free_name

FIXED = -1
"""What is held by a variable that must not be written again."""


class Variables:
    """The variables of one function that is being written: what each holds so far."""

    def __init__(self, labels: Labels, words: Words) -> None:
        self.labels = labels
        self.words = words
        self.variables: dict[int, str] = {}
        self.holder: dict[str, int] = {}
        self.content: dict[str, int] = {}
        """What variables hold, also where another one is the value's own by now."""
        self.tails: dict[int, str] = {}
        """What values would be called after the layers and functions that make them."""
        self.statements: list[Statement] = []
        self.reader: Callable[[int], Node | None] = lambda value: None
        self.pinned: frozenset[int] = frozenset()
        """The values that stay in their variables while a loop or a branch is written."""

    def hold(self, variable: str, value: int) -> None:
        """Let a variable hold a value from here on."""
        self.content[variable] = value
        self.holder[variable] = value
        self.variables[value] = variable

    def expr(self, expr: Expr) -> Expr:
        """An expression with variables for its values."""
        return rewritten(expr, self._leaf)

    def _leaf(self, expr: Expr) -> Expr | None:
        match expr:
            case Value(number):
                return Name(self.variables[number])
            case Path(title):
                return Literal(title.text)
            case Param(value):
                return literal(value)
            case Call(function, arguments, keywords) if any(_is_default(v) for _, v in keywords):
                return self.expr(
                    Call(function, arguments, tuple(k for k in keywords if not _is_default(k[1])))
                )
            case _:
                return None

    def _choose(
        self,
        out: int,
        number: int,
        step: Step,
        is_live: Callable[[int], bool],
        is_kept: Callable[[int], bool],
        read: set[int],
    ) -> str:
        name = self.labels.named.get(out)
        if out in self.labels.layers and step.origin is not None:
            return self._free(identifier(step.origin.path, "layer"), is_live)
        if name is not None and (step.origin is None or is_kept(out)):
            return self._free(identifier(name), is_live)
        if number:
            return self._free(identifier(f"{step.origin.path if step.origin else 'value'}_{number}"), is_live)
        return self._take(self.labels.lane(step.origin), is_live, read)

    def _free(self, wanted: str, is_live: Callable[[int], bool]) -> str:
        """A variable that holds nothing that is needed."""

        def holds(variable: str) -> bool:
            held = self.holder.get(variable)
            return variable in self.words.taken or held == FIXED or (held is not None and is_live(held))

        return free_name(wanted, holds, 2)

    def _take(self, variable: str, is_live: Callable[[int], bool], read: Container[int] = ()) -> str:
        """A variable; what it holds, if that is needed, gets another one first, but not that of a value just `read`."""
        held = self.holder.get(variable)
        if held == FIXED or held in self.pinned or variable in self.words.taken:
            return self._free(variable, is_live)
        if held is not None and is_live(held):
            other = self._free(self._other(held, variable), lambda value: value in read or is_live(value))
            self.statements.append(Assign((other,), Name(variable)))
            del self.holder[variable]
            self.hold(other, held)
        return variable

    def _other(self, value: int, variable: str) -> str:
        """Another variable for a value of a chain."""
        if value in self.labels.named:
            return identifier(self.labels.named[value])
        reader = self.reader(value)
        if isinstance(reader, Step) and reader.origin and self.labels.lanes.is_residual(reader.origin.item):
            return "shortcut" if variable != "shortcut" else "skip"
        if isinstance(reader, Loop | Branch) and self.labels.lane(reader.origin) != variable:
            return self.labels.lane(reader.origin)
        return self.tails.get(value, "inputs")


def tail(step: Step) -> str:
    """What comes last in the path of the layer or function of a step."""
    path = step.origin.path if step.origin is not None else "value"
    match step.expr:
        case Call(Name("named"), (_, Path(title))):
            path = title.text
        case Call(Name("named"), (_, Joined(parts))) if isinstance(parts[-1], str):
            path = parts[-1]
        case _:
            pass
    return identifier(path)


def _is_default(expr: Expr) -> bool:
    """Whether an argument is what Keras has anyway."""
    return isinstance(expr, Param) and expr.is_default
