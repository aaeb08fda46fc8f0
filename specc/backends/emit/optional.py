"""Branches for the items that only some instances of a block have (`when`): with them all are of one structure."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from specc.backends.emit.code import Expr, Literal, Param, Value, Wild
from specc.backends.emit.dissect import assembled, dissected
from specc.backends.emit.level import Different
from specc.backends.emit.nodes import Branch, Carried, Loop, Node, makes, reads
from specc.syntax.tree import Node as TextNode

Test = Callable[[int, TextNode, Any], Param | None]
"""What an expression of the spec is in an instance, given by its number: the node of it, and its value there."""


class _Run(NamedTuple):
    """Neighbouring nodes that some instances leave out: where they begin and end, and who has them.

    `when` is the condition; for a loop that has no rounds in some instances it is the number of rounds.
    """

    start: int
    end: int
    present: tuple[bool, ...]
    when: TextNode
    is_loop: bool = False


def with_branches(
    instances: Sequence[Sequence[Node]], test: Test, number: Callable[[], int], outside: Callable[[int], bool]
) -> tuple[list[tuple[Node, ...]], dict[int, Expr]]:
    """The instances with branches for what only some of them have, and what stands for values behind those.

    `outside` says whether a value is needed outside of its instance. Raises `Different` where that does not make them
    alike.
    """
    places = max(range(len(instances)), key=lambda i: len(instances[i]))
    base = instances[places]
    rows = [_aligned(base, nodes) for nodes in instances]
    runs = _runs(base, rows)
    renamed: dict[int, Expr] = {}
    made: list[tuple[Node, ...]] = []
    for i, row in enumerate(rows):
        tests = [test(i, run.when, _value(run, row, run.present[i])) for run in runs]
        if any(one is None for one in tests):
            raise Different
        found = _Instance(base, row, runs, number, outside, renamed)
        made.append(found.nodes([one for one in tests if one is not None]))
    return made, renamed


def _key(node: Node) -> object:
    """What node of the spec a node is for."""
    return None if node.origin is None else (id(node.origin.item.node), node.origin.word, type(node).__name__)


def _aligned(base: Sequence[Node], nodes: Sequence[Node]) -> list[Node | None]:
    """The nodes beside those of `base`, None where there is none."""
    rest = list(nodes)
    found: list[Node | None] = []
    for i, node in enumerate(base):
        left = len(base) - i
        if rest and _key(rest[0]) == _key(node) and len(rest) <= left:
            found.append(rest.pop(0))
        else:
            found.append(None)
    if rest:
        raise Different
    return found


def _runs(base: Sequence[Node], rows: Sequence[Sequence[Node | None]]) -> list[_Run]:
    """The neighbouring nodes that the same instances leave out, under the same condition."""
    found: list[_Run] = []
    for i, node in enumerate(base):
        present = tuple(row[i] is not None for row in rows)
        if all(present):
            continue
        when = None if node.origin is None else node.origin.item.field("when")
        if (
            when is None
            and isinstance(node, Loop)
            and not node.columns
            and node.origin.item.value is not None
        ):
            found.append(_Run(i, i + 1, present, node.origin.item.value, is_loop=True))
            continue
        if when is None:
            raise Different
        last = found[-1] if found else None
        if last is not None and last.end == i and last.present == present and _text(last.when) == _text(when):
            found[-1] = last._replace(end=i + 1)
        else:
            found.append(_Run(i, i + 1, present, when))
    return found


def _value(run: _Run, row: Sequence[Node | None], is_present: bool) -> Any:
    """The value of a run's expression in an instance."""
    if not run.is_loop:
        return is_present
    node = row[run.start]
    number = node.number if isinstance(node, Loop) else Literal(0)
    if not isinstance(number, Literal | Param):
        raise Different
    return number.value


def _text(node: TextNode) -> str:
    return node.source.text[node.start : node.end]


class _Instance:
    """One instance beside `base`, which leaves nothing out and may be itself."""

    def __init__(
        self,
        base: Sequence[Node],
        row: Sequence[Node | None],
        runs: Sequence[_Run],
        number: Callable[[], int],
        outside: Callable[[int], bool],
        renamed: dict[int, Expr],
    ) -> None:
        self.base = base
        self.row = row
        self.runs = runs
        self.number = number
        self.outside = outside
        self.renamed = renamed
        self.passed: dict[int, int] = {}
        """What stands behind left out nodes for the values that go by them."""
        self.known: dict[int, int] = {}
        """The values of this instance as they are behind its branches, by those of the base."""

    def nodes(self, tests: Sequence[Param]) -> tuple[Node, ...]:
        """The instance with a branch for each run."""
        found: list[Node] = []
        at = 0
        for run, test in zip(self.runs, tests, strict=True):
            found += self.own(at, run.start)
            found += self.loop(run, test) if run.is_loop else [self.branch(run, test)]
            at = run.end
        found += self.own(at, len(self.base))
        return self.swapped(found)

    def swapped(self, nodes: Sequence[Node]) -> tuple[Node, ...]:
        """The nodes, the last of the names that a value goes by here being the one that it has outside."""
        taken = dissected(nodes)
        names: dict[int, int] = {}
        for value in taken.made:
            last = value
            while last in self.passed:
                last = self.passed[last]
            if last != value and value not in self.passed.values() and self.outside(value):
                names |= {value: self.number(), last: value}
        return assembled(taken, [leaf.expr for leaf in taken.leaves], lambda value: names.get(value, value))

    def own(self, start: int, end: int, moved: Mapping[int, int] = MappingProxyType({})) -> tuple[Node, ...]:
        """Nodes that this instance has, reading the values that branches have made, and those that are `moved`."""
        nodes = [node for node in self.row[start:end] if node is not None]
        one, other = dissected(self.base[start:end]), dissected(nodes)
        if one.key != other.key:
            raise Different

        def now(base: int, own: int) -> int:
            return moved.get(base, self.known.setdefault(base, own))

        leaves: list[Expr] = []
        for base, leaf in zip(one.leaves, other.leaves, strict=True):
            match base.expr, leaf.expr:
                case Value(number), Value(value):
                    leaves.append(Value(now(number, value)))
                case Param(), Param() if leaf.expr.sizes:
                    before = {axis: v for axis, (v, _) in base.expr.sizes.items()}
                    sizes = {axis: (now(before[axis], v), n) for axis, (v, n) in leaf.expr.sizes.items()}
                    leaves.append(leaf.expr._replace(sizes=sizes))
                case _:
                    leaves.append(leaf.expr)
        self.known.update(zip(one.made, other.made, strict=True))
        return assembled(other, leaves, lambda value: value)

    def branch(self, run: _Run, test: Param) -> Node:
        """The nodes of a run as a branch; where they are left out, those of the base with nothing that counts."""
        body = self.base[run.start : run.end]
        made = {value for node in body for value in makes(node)}
        read = {value for node in body for value in reads(node)} - made
        later = {value for node in self.base[run.end :] for value in reads(node)}
        ends = [value for value in made if value in later or self.outside(value)]
        origin = body[0].origin
        if len(read) != 1 or len(ends) != 1 or origin is None:
            raise Different
        (start,), (end,) = read, ends
        inner, result = self.number(), self.number()
        if self.row[run.start] is not None:
            begins = self.begins(start, run.start, run.end)
            nodes = self.own(run.start, run.end, {start: inner})
            following = self.known[end]
            if self.outside(following):
                self.renamed[following] = Value(result)
        else:
            begins = (
                self.begins(end, run.end, len(self.base)) if start not in self.known else self.known[start]
            )
            self.known.setdefault(start, begins)
            taken = dissected(body)
            fresh = {value: self.number() for value in taken.made}
            leaves = [
                Value(inner) if isinstance(leaf.expr, Value) else Wild(leaf.expr) for leaf in taken.leaves
            ]
            nodes = assembled(taken, leaves, fresh.__getitem__)
            following = fresh[end]
            self.passed[begins] = result
        self.known[end] = result
        return Branch(test, (Carried(begins, inner, following, result),), nodes, origin)

    def loop(self, run: _Run, number: Param) -> Sequence[Node]:
        """The loop of a run; where it has no rounds, that of the base with nothing that counts."""
        if self.row[run.start] is not None:
            return self.own(run.start, run.end)
        loop = self.base[run.start]
        assert isinstance(loop, Loop)
        if len(loop.carried) != 1 or loop.collected or set(reads(loop)) != {loop.carried[0].start}:
            raise Different
        start, end = loop.carried[0].start, loop.carried[0].result
        begins = self.known.get(start)
        if begins is None:
            begins = self.known[start] = self.begins(end, run.end, len(self.base))
        taken = dissected([loop])
        fresh = {value: self.number() for value in taken.made}
        leaves: list[Expr] = [
            Value(begins) if isinstance(leaf.expr, Value) else Wild(leaf.expr) for leaf in taken.leaves
        ]
        leaves[0] = number
        self.known[end] = self.passed[begins] = fresh[end]
        return assembled(taken, leaves, fresh.__getitem__)

    def begins(self, value: int, start: int, end: int) -> int:
        """What this instance reads where the base reads `value`, in these nodes."""
        if value in self.known:
            return self.known[value]
        for base, node in zip(self.base[start:end], self.row[start:end], strict=True):
            one, other = dissected([base]), dissected([node] if node is not None else [])
            if one.key != other.key:
                continue
            for leaf, own in zip(one.leaves, other.leaves, strict=True):
                if isinstance(leaf.expr, Value) and leaf.expr.number == value and isinstance(own.expr, Value):
                    return own.expr.number
        raise Different
