"""Gives the values of a program variables, as a person would: `x` along a chain, names for what is needed later.

Values that nobody named go by the variable of the chain that they stand in (`x`; `shortcut`; a branch's own). Where
such a variable is wanted again while its value is still needed, the value gets another one first: `shortcut = x`.
"""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence

from specc.backends.emit.code import (
    Assign,
    Attribute,
    Call,
    Define,
    Expr,
    For,
    If,
    Joined,
    Listing,
    Literal,
    Name,
    Param,
    Path,
    Return,
    Statement,
    Targets,
    Value,
    literal,
)
from specc.backends.emit.nodes import Branch, Carried, Function, Loop, Node, Origin, Step, makes, reads
from specc.backends.emit.rewrite import rewritten
from specc.backends.emit.words import Lanes, Words, identifier

_FIXED = -1
"""What is held by a variable that must not be written again."""


class Labels:
    """What the author calls values, and which of them are layers."""

    def __init__(self, named: dict[int, str], layers: set[int], lanes: Lanes) -> None:
        self.named = named
        self.layers = layers
        self.lanes = lanes
        self.taken: list[str] = []

    def lane(self, origin: Origin | None) -> str:
        """The variable of the chain that a step stands in."""
        return "x" if origin is None else self.lanes.of(origin.item)


def function(made: Function, labels: Labels) -> Define:
    """A function with variables."""
    inputs = [name for _, name in made.inputs]
    body = _Body(labels, Words(labels.taken))
    for (value, _), name in zip(made.inputs, inputs, strict=True):
        body.hold(name, value)
    for name, _ in made.parameters:
        body.holder[name] = _FIXED
    statements = body.run(made.body, frozenset(made.results))
    statements.append(Return(tuple(Name(body.variables[value]) for value in made.results)))
    _join_return(statements)
    parameters = (*((name, None) for name in inputs), *made.parameters)
    return Define(made.name, parameters, made.doc, tuple(statements))


def main(
    name: str, nodes: Sequence[Node], model: Expr, compiled: Call | None, doc: str, labels: Labels
) -> Define:
    """The function that builds the model, and compiles it if that is asked for."""
    body = _Body(labels, Words(labels.taken))
    outputs = frozenset(reads(Step((), model, None)))
    statements = body.run(nodes, outputs)
    made = body.expr(model)
    if compiled is None:
        end: tuple[Statement, ...] = (Return((made,)),)
    else:
        end = (Assign(("model",), made), Assign((), compiled), Return((Name("model"),)))
    return Define(name, (), doc, (*statements, *end), "keras.Model")


def _join_return(statements: list[Statement]) -> None:
    """`return f(x)` for `x = f(x)` and `return x`."""
    if len(statements) < 2:
        return
    last, end = statements[-2:]
    match last, end:
        case Assign((target,), Call() as value), Return((Name(text),)) if target == text:
            statements[-2:] = [Return((value,))]
        case _:
            pass


class _Body:
    """The statements of one function, with the variables that it has so far."""

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

    def run(self, nodes: Sequence[Node], after: frozenset[int]) -> list[Statement]:
        """The statements for nodes; the values `after` are needed behind them."""
        outside, self.statements = self.statements, []
        last: dict[int, int] = {}
        for i, node in enumerate(nodes):
            for value in reads(node):
                last[value] = i
        for i, node in enumerate(nodes):

            def is_live(value: int, i: int = i) -> bool:
                return value == _FIXED or value in after or last.get(value, -1) > i

            def is_kept(value: int, i: int = i) -> bool:
                return last.get(value, -1) > i + 1 or (value in after and i + 1 < len(nodes))

            self.reader = lambda value: nodes[last[value]] if value in last else None

            match node:
                case Step():
                    self._step(node, is_live, is_kept)
                case Loop():
                    self._loop(node, is_live, after | {v for v, at in last.items() if at > i})
                case Branch():
                    self._branch(node, is_live, after | {v for v, at in last.items() if at > i})
        found, self.statements = self.statements, outside
        return found

    def _step(self, step: Step, is_live: Callable[[int], bool], is_kept: Callable[[int], bool]) -> None:
        value = self.expr(step.expr)
        read = set(reads(step))
        targets: list[str] = []
        for i, out in enumerate(step.outs):
            self.tails[out] = _tail(step)
            if i and not is_live(out):
                targets.append("_")
                continue
            variable = self._choose(out, i, step, is_live, is_kept, read)
            targets.append(variable)
            self.hold(variable, out)
        self.statements.append(Assign(tuple(targets), value))

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
        variable, count = wanted, 1
        while variable in self.words.taken or (
            variable in self.holder and (self.holder[variable] == _FIXED or is_live(self.holder[variable]))
        ):
            count += 1
            variable = f"{wanted}_{count}"
        return variable

    def _take(self, variable: str, is_live: Callable[[int], bool], read: Container[int] = ()) -> str:
        """A variable; what it holds, if that is needed, gets another one first, but not that of a value just `read`."""
        held = self.holder.get(variable)
        if held == _FIXED or held in self.pinned or variable in self.words.taken:
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

    def _clear(self, node: Loop | Branch, inside: frozenset[int], is_live: Callable[[int], bool]) -> None:
        """Leave the variable of the chain to the body of a loop or a branch."""
        self._take(self.labels.lane(node.origin), lambda value: value in inside or is_live(value))

    def _carry(
        self,
        carried: Iterable[Carried],
        origin: Origin,
        is_live: Callable[[int], bool],
        inside: frozenset[int],
    ) -> dict[int, str]:
        """The variables of what is carried, holding the values that it starts with."""
        found: dict[int, str] = {}

        def is_needed(value: int) -> bool:
            return is_live(value) or value in inside or value in found

        for each in carried:
            variable = self.variables[each.start]
            if is_needed(each.start) or each.start in self.labels.named:
                wanted = self.labels.lane(origin)
                holds = self.content.get(wanted) == each.start
                variable = self._take(wanted, is_needed)
                if not holds:
                    self.statements.append(Assign((variable,), Name(self.variables[each.start])))
            found[each.inner] = variable
            self.hold(variable, each.inner)
        return found

    def _loop(self, loop: Loop, is_live: Callable[[int], bool], needed: frozenset[int]) -> None:
        own = {made for node in loop.body for made in makes(node)} | {c.inner for c in loop.carried}
        inside = frozenset(v for node in loop.body for v in reads(node)) - own
        columns = [(name, self.expr(column)) for name, column in loop.columns]
        self._clear(loop, inside, is_live)
        carried = self._carry(loop.carried, loop.origin, is_live, inside)
        for inner, values in loop.collected:
            variable = self._free(f"all_{self._word(inner, loop)}", is_live)
            self.statements.append(Assign((variable,), Listing(())))
            self.hold(variable, values)
        loop_words = [*([loop.counter] if loop.counter else []), *(name for name, _ in columns)]
        held = {word: self.holder.get(word) for word in loop_words}
        for word in loop_words:
            self.holder[word] = _FIXED
        results = {each.next for each in loop.carried} | {inner for inner, _ in loop.collected}
        outside = needed | inside | {values for _, values in loop.collected}
        body = self._inner(loop, outside, results)
        _end(body, loop.carried, carried, self.variables)
        for inner, values in loop.collected:
            append = Attribute(Name(self.variables[values]), "append")
            body.append(Assign((), Call(append, (Name(self.variables[inner]),))))
        for word in loop_words:
            self.holder.pop(word)
            if held[word] is not None and self.variables.get(held[word] or 0) == word:
                raise AssertionError(f"the loop variable `{word}` hides a value")
        for each in loop.carried:
            self.hold(carried[each.inner], each.result)
        self.statements.append(For(*_header(loop, columns, self.expr(loop.number)), tuple(body)))

    def _branch(self, branch: Branch, is_live: Callable[[int], bool], needed: frozenset[int]) -> None:
        own = {made for node in branch.body for made in makes(node)} | {c.inner for c in branch.carried}
        inside = frozenset(v for node in branch.body for v in reads(node)) - own
        self._clear(branch, inside, is_live)
        carried = self._carry(branch.carried, branch.origin, is_live, inside)
        results = {each.next for each in branch.carried}
        body = self._inner(branch, needed | inside, results)
        _end(body, branch.carried, carried, self.variables)
        for each in branch.carried:
            self.hold(carried[each.inner], each.result)
        self.statements.append(If(self.expr(branch.test), tuple(body)))

    def _word(self, value: int, loop: Loop) -> str:
        """What a value of a round is called."""
        makers = (node for node in loop.body if value in makes(node))
        tails = (_tail(node) for node in makers if isinstance(node, Step))
        return identifier(self.labels.named.get(value) or next(tails, "results"))

    def _inner(self, node: Loop | Branch, outside: frozenset[int], results: set[int]) -> list[Statement]:
        """The body of a loop or a branch, in which what is needed `outside` of it stays where it is."""
        pinned, self.pinned = self.pinned, self.pinned | outside
        body = self.run(node.body, outside | results)
        self.pinned = pinned
        return body


def _tail(step: Step) -> str:
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


def _end(
    body: list[Statement], carried: Iterable[Carried], where: dict[int, str], variables: Mapping[int, str]
) -> None:
    """The copies at the end of a round: what it hands on must be where the next one looks for it."""
    moved = [(where[c.inner], variables[c.next]) for c in carried if variables[c.next] != where[c.inner]]
    if len(moved) > 1:
        raise AssertionError("several values are handed on in other variables")
    body += [Assign((target,), Name(source)) for target, source in moved]


def _header(loop: Loop, columns: list[tuple[str, Expr]], number: Expr) -> tuple[Targets, Expr]:
    """What a loop goes over, and the variables of its rounds."""
    if not columns:
        return loop.counter or "_", Call(Name("range"), (number,))
    lists = tuple(column for _, column in columns)
    names: Targets = tuple(name for name, _ in columns)
    rounds: Expr = lists[0]
    if len(columns) == 1:
        names = columns[0][0]
    else:
        rounds = Call(Name("zip"), lists, (("strict", Literal(True)),))
    if loop.counter is None:
        return names, rounds
    return (loop.counter, names), Call(Name("enumerate"), (rounds,))
