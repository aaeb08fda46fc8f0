"""Writes the functions of a program as statements, its values in variables."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from specc.backends.emit.code import (
    Assign,
    Attribute,
    Call,
    Define,
    Expr,
    For,
    If,
    Listing,
    Literal,
    Name,
    Return,
    Statement,
    Targets,
)
from specc.backends.emit.labels import Labels
from specc.backends.emit.nodes import Branch, Carried, Function, Loop, Node, Origin, Step, makes, reads
from specc.backends.emit.variables import FIXED, Variables, tail
from specc.backends.emit.words import Words, identifier


class Hidden(Exception):
    """A folded program needs a value that its variables would lose."""


def function(made: Function, labels: Labels) -> Define:
    """A function with variables. Raises `Hidden`."""
    inputs = [name for _, name in made.inputs]
    body = _Body(labels, Words(labels.taken))
    for (value, _), name in zip(made.inputs, inputs, strict=True):
        body.hold(name, value)
    for name, _ in made.parameters:
        body.holder[name] = FIXED
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


class _Body(Variables):
    """The statements of one function."""

    def run(self, nodes: Sequence[Node], after: frozenset[int]) -> list[Statement]:
        """The statements for nodes; the values `after` are needed behind them."""
        outside, self.statements = self.statements, []
        last: dict[int, int] = {}
        for i, node in enumerate(nodes):
            for value in reads(node):
                last[value] = i
        for i, node in enumerate(nodes):

            def is_live(value: int, i: int = i) -> bool:
                return value == FIXED or value in after or last.get(value, -1) > i

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
            self.tails[out] = tail(step)
            if i and not is_live(out):
                targets.append("_")
                continue
            variable = self._choose(out, i, step, is_live, is_kept, read)
            targets.append(variable)
            self.hold(variable, out)
        self.statements.append(Assign(tuple(targets), value))

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
            self.holder[word] = FIXED
        results = {each.next for each in loop.carried} | {inner for inner, _ in loop.collected}
        outside = needed | inside | {values for _, values in loop.collected}
        # what only the first round would find is not held
        self.content = {
            word: value for word, value in self.content.items() if self.variables.get(value) == word
        }
        body = self._inner(loop, outside, results)
        _end(body, loop.carried, carried, self.variables)
        for inner, values in loop.collected:
            append = Attribute(Name(self.variables[values]), "append")
            body.append(Assign((), Call(append, (Name(self.variables[inner]),))))
        for word in loop_words:
            self.holder.pop(word)
            if held[word] is not None and self.variables.get(held[word] or 0) == word:
                raise Hidden(f"the loop variable `{word}` hides a value")
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
        tails = (tail(node) for node in makers if isinstance(node, Step))
        return identifier(self.labels.named.get(value) or next(tails, "results"))

    def _inner(self, node: Loop | Branch, outside: frozenset[int], results: set[int]) -> list[Statement]:
        """The body of a loop or a branch, in which what is needed `outside` of it stays where it is."""
        pinned, self.pinned = self.pinned, self.pinned | outside
        body = self.run(node.body, outside | results)
        self.pinned = pinned
        return body


def _end(
    body: list[Statement], carried: Iterable[Carried], where: dict[int, str], variables: Mapping[int, str]
) -> None:
    """The copies at the end of a round: what it hands on must be where the next one looks for it."""
    moved = [(where[c.inner], variables[c.next]) for c in carried if variables[c.next] != where[c.inner]]
    if len(moved) > 1:
        raise Hidden("several values are handed on in other variables")
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
