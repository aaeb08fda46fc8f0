"""One function or one loop in the making: what its instances share, and what becomes of where they differ."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from specc.backends.emit.code import (
    Attribute,
    Bound,
    Expr,
    Formula,
    Joined,
    Literal,
    Name,
    Param,
    Part,
    Path,
    Value,
    Wild,
    literal,
)
from specc.backends.emit.dissect import Dissected, Leaf, plain
from specc.backends.emit.words import parameter_name
from specc.ir.link import Frame
from specc.ir.names import free_name
from specc.syntax import expression_tree


class Different(Exception):
    """The instances differ in what can be no parameter."""


class Hole(NamedTuple):
    """A parameter: its name, and its value for each instance."""

    name: str
    values: tuple[Expr, ...]


class Level:
    """Instances of one structure on their way to a template.

    `frames` are those that bind the parameters of each instance, if there are any. `path` gives the start of each
    instance's paths, and `head` what stands for that in the template; `counter` counts the
    rounds of a loop, by its name in the spec (if it has one) and here; `around` are the parameters of what is around.
    """

    def __init__(
        self,
        instances: Sequence[Dissected],
        frames: Sequence[Frame | None],
        paths: Sequence[str],
        head: tuple["str | Expr", ...],
        number: Callable[[], int],
        counter: tuple[str | None, str] | None = None,
        around: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        self.instances = instances
        self.frames = frames
        self.paths = paths
        self.head = head
        self.number = number
        self.counted, self.counter = counter or (None, None)
        self.around = around
        self.fresh = {value: number() for value in instances[0].made}
        self.places = [{value: i for i, value in enumerate(each.made)} for each in instances]
        self.entering: dict[tuple[int, ...], int] = {}
        """What comes from outside: the values for each instance, and the one that stands for them."""
        self.used: dict[str, str] = {}
        """The parameters of the frames that are used: their names in the spec and here."""
        self.holes: dict[tuple[Any, ...], Hole] = {}

    def leaves(self) -> list[Expr]:
        """What fills the template, in order."""
        rows = zip(*(each.leaves for each in self.instances), strict=True)
        return [self.leaf(row) for row in rows]

    def leaf(self, row: Sequence[Leaf]) -> Expr:
        """What stands for a place that the instances fill in these ways, but for those to which it is all one."""
        given: dict[int, Expr] = {
            i: leaf.expr for i, leaf in enumerate(row) if not isinstance(leaf.expr, Wild)
        }
        first = next(iter(given.values()))
        if isinstance(first, Value):
            return Value(self.outside([e.number for e in given.values() if isinstance(e, Value)]))
        if isinstance(first, Path | Joined):
            return self.path(given)
        formula = self.formula(given)
        if formula is not None:
            return formula
        if len({plain(expr) for expr in given.values()}) == 1:
            return self.constant(list(given.values()))
        return self.hole(given, row[0].hint)

    def word(self, name: str) -> str:
        """What a parameter of the frames is called: not as one of a loop or function around it."""
        outer = self.around.get(name, 0)
        return f"{parameter_name(name)}_{outer + 1}" if outer else parameter_name(name)

    def outside(self, values: Sequence[int]) -> int:
        """The value that stands for one from outside."""
        key = tuple(values)
        if key not in self.entering:
            self.entering[key] = self.number()
        return self.entering[key]

    def seen(self, values: dict[int, int]) -> int | None:
        """The value of the template for a value of each instance, made inside or out; None if there is none."""
        places = {self.places[i].get(value) for i, value in values.items()}
        if places == {None}:
            return self.outside(list(values.values())) if len(values) == len(self.places) else None
        place = places.pop()
        return None if places or place is None else self.fresh[self.instances[0].made[place]]

    def path(self, exprs: dict[int, Expr]) -> Expr:
        """A path that begins as its instance's does."""
        rests: set[str | None] = set()
        for i, expr in exprs.items():
            text, start = _start(expr), self.paths[i]
            rests.add(text[len(start) :] if text.startswith(start) else None)
        rest = rests.pop()
        if rests or rest is None:
            raise Different
        return _joined((*self.head, rest, *_rest(next(iter(exprs.values())))))

    def formula(self, exprs: dict[int, Expr]) -> Expr | None:
        """The author's expression, where its parameters are those of the instances."""
        params = {i: expr for i, expr in exprs.items() if isinstance(expr, Param)}
        first = next(iter(params.values()), None)
        if (
            first is None
            or len(params) < len(exprs)
            or any(p.form is not first.form for p in params.values())
        ):
            return None
        names: dict[str, Expr] = {}
        for name in first.names:
            found = self.name(name, {i: p.names[name] for i, p in params.items()})
            if found is None:
                return None
            names[name] = found
        sizes: dict[str | int, Expr] = {}
        for axis in first.sizes:
            numbers = {p.sizes[axis][1] for p in params.values()}
            seen = self.seen({i: p.sizes[axis][0] for i, p in params.items()})
            if seen is None or len(numbers) > 1:
                return None
            sizes[axis] = Part(Attribute(Value(seen), "shape"), (Literal(numbers.pop()),))
        if not sizes and all(isinstance(each, Literal | Param) for each in names.values()):
            return None
        self.used |= {n: e.text for n, e in names.items() if isinstance(e, Name)}
        return Formula(first.form, names, sizes)

    def name(self, name: str, bounds: dict[int, Bound]) -> Expr | None:
        """What a name in an expression stands for: a parameter here, one of what is around, or its value."""
        if all(b.frame is not None and b.frame is self.frames[i] for i, b in bounds.items()):
            return Name(self.counter if self.counter and name == self.counted else self.word(name))
        first = next(iter(bounds.values()))
        value = plain(literal(first.value))
        if any(b.frame is not first.frame or plain(literal(b.value)) != value for b in bounds.values()):
            return None
        if first.frame is None:
            return literal(first.value)
        return Param(first.value, _form(name), {name: first}, {})

    def constant(self, exprs: Sequence[Expr]) -> Expr:
        """A literal that is the same in all instances; what the author wrote for it is kept for what is around."""
        first = exprs[0]
        if isinstance(first, Param):
            outer = not first.sizes and all(
                isinstance(e, Param)
                and e.is_default == first.is_default
                and e.form is first.form
                and all(e.names[n].frame is b.frame for n, b in first.names.items())
                for e in exprs
            )
            if first.is_default and not outer:
                return Param(first.value, first.form, {}, {}, is_default=True)
            return first if outer else literal(first.value)
        return first

    def hole(self, given: dict[int, Expr], hint: str) -> Expr:
        """A parameter for literals that differ: one of the frames' if that has these values, else a new one."""
        some = next(iter(given.values()))
        exprs = [given.get(i, some) for i in range(len(self.instances))]
        key = tuple(map(plain, exprs))
        if self.counter is not None and key == tuple(plain(Literal(i)) for i in range(len(key))):
            return Name(self.counter)
        if key not in self.holes:
            frame = self.frames[0]
            for name in frame.values if frame is not None else ():
                values = [f.values.get(name) for f in self.frames if f is not None]
                if name != self.counted and tuple(plain(literal(value)) for value in values) == key:
                    self.used[name] = self.word(name)
                    return Name(self.used[name])
            values = tuple(literal(e.value) if isinstance(e, Param) else e for e in exprs)
            self.holes[key] = Hole(self._free(parameter_name(hint)), values)
        return Name(self.holes[key].name)

    def _free(self, wanted: str) -> str:
        """A name that no other parameter has."""
        taken = {parameter_name(n) for frame in self.frames[:1] if frame is not None for n in frame.values}
        taken |= {hole.name for hole in self.holes.values()}
        return free_name(wanted, taken.__contains__, 2)


def _form(name: str) -> expression_tree.Form:
    return expression_tree.Name(name, 0, len(name))


def _start(expr: Expr) -> str:
    """The text that a path starts with."""
    if isinstance(expr, Path):
        return expr.title.text
    assert isinstance(expr, Joined)
    return expr.parts[0] if isinstance(expr.parts[0], str) else ""


def _rest(expr: Expr) -> tuple["str | Expr", ...]:
    return expr.parts[1:] if isinstance(expr, Joined) else ()


def _joined(parts: tuple["str | Expr", ...]) -> Expr:
    """Text and expressions, neighbouring texts as one; a single expression alone."""
    found: list[str | Expr] = []
    for part in parts:
        if isinstance(part, str) and found and isinstance(found[-1], str):
            found[-1] += part
        elif part != "":
            found.append(part)
    if len(found) == 1 and not isinstance(found[0], str):
        return found[0]
    return Joined(tuple(found))
