"""A program while it is being folded: what its groups hold by now, and what has become of their values."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from specc.backends.emit.code import Expr, Listing, Literal, Param, Part, Value
from specc.backends.emit.dissect import Dissected, dissected
from specc.backends.emit.labels import Labels
from specc.backends.emit.level import Different, Level
from specc.backends.emit.nodes import Carried, Loop, Node, Origin, Step, reads
from specc.backends.emit.optional import with_branches
from specc.backends.emit.program import Flat
from specc.backends.emit.rewrite import rewritten
from specc.backends.emit.tree import Group, Tree
from specc.syntax.tree import Node as TextNode


class Draft:
    """One program on its way from flat to folded."""

    def __init__(self, flat: Flat, steps: Sequence[Step], labels: Labels) -> None:
        self.flat = flat
        self.labels = labels
        self.origins = flat.origins
        self.tree = Tree(steps)
        self.count = flat.values
        self.renamed: dict[int, Expr] = {}
        """What stands for values that were collected: items of lists."""
        self.lists: dict[int, int] = {}
        """How many values a list of collected values has."""
        self.read = Counter(value for step in steps for value in reads(step))
        self.read.update(reads(Step((), flat.model, None)))

    def number(self) -> int:
        """A new value."""
        self.count += 1
        return self.count

    def model(self) -> Expr:
        """The expression that makes the model."""
        return self.current(self.flat.model)

    def nodes(self, group: Group) -> list[Node]:
        """What a group holds, with what has become of the values that it reads."""
        if not self.renamed:
            return group.flat()
        return [new for node in group.flat() for new in self._current(node)]

    def _current(self, node: Node) -> list[Node]:
        match node:
            case Step(outs, expr, origin):
                return [Step(outs, self.current(expr), origin)]
            case Loop():
                before: list[Node] = []
                carried = tuple(self._started(each, before, node.origin) for each in node.carried)
                columns = tuple((name, self.current(column)) for name, column in node.columns)
                body = tuple(new for inner in node.body for new in self._current(inner))
                return [*before, node._replace(carried=carried, columns=columns, body=body)]
            case _:
                return [node]

    def _started(self, carried: Carried, before: list[Node], origin: Origin) -> Carried:
        """A carried value whose start may have become an item of a list, which is taken out `before` the loop."""
        start = self.current(Value(carried.start))
        if isinstance(start, Value):
            return carried._replace(start=start.number)
        taken = self.number()
        self.read[taken] += 1
        before.append(Step((taken,), start, origin))
        return carried._replace(start=taken)

    def current(self, expr: Expr) -> Expr:
        """An expression with what has become of its values."""
        return rewritten(expr, self._renamed) if self.renamed else expr

    def _renamed(self, expr: Expr) -> Expr | None:
        if isinstance(expr, Value):
            found = self.renamed.get(expr.number)
            return None if found is None else rewritten(found, self._renamed)
        if isinstance(expr, Listing) and not expr.is_tuple and expr.items:
            return self.whole(expr.items)
        return None

    def whole(self, items: Sequence[Expr]) -> Expr | None:
        """The list that these items are all of, in their order; None if they are not."""
        found = [self.renamed.get(item.number) if isinstance(item, Value) else item for item in items]
        match found[0]:
            case Part(Value(values), (Literal(0),)) if self.lists.get(values) == len(found):
                wanted = [Part(Value(values), (Literal(i),)) for i in range(len(found))]
                if found == wanted:
                    self.read[values] -= len(found) - 1
                    return Value(values)
            case _:
                pass
        return None

    def with_branches(self, groups: Sequence[Group], instances: list[Dissected]) -> list[Dissected]:
        """The instances with branches for what some of them leave out, if that makes them alike."""
        needed: dict[int, int] = {}
        """How often each value is read outside of its instance."""
        for taken in instances:
            inside = Counter(value for node in taken.nodes for value in reads(node))
            needed |= {value: self.read[value] - inside[value] for value in taken.made}

        def test(i: int, when: TextNode, value: Any) -> Param | None:
            return self.origins.param(when, value, groups[i].link)

        def outside(value: int) -> bool:
            return needed.get(value, 0) > 0

        try:
            found, renamed = with_branches([taken.nodes for taken in instances], test, self.number, outside)
        except Different:
            return instances
        made = [dissected(nodes) for nodes in found]
        if len({taken.key for taken in made}) > 1:
            return instances
        for taken, new in zip(instances, made, strict=True):
            self.read.subtract(value for node in taken.nodes for value in reads(node))
            self.read.update(value for node in new.nodes for value in reads(node))
        for value, result in renamed.items():
            if isinstance(result, Value):
                self.read[result.number] += needed[value]
                self.label(value, result.number)
        self.renamed |= renamed
        return made

    def fresh(self, level: Level) -> Callable[[int], int]:
        """The values of the template for those of its first instance, called as those are."""
        for value, new in level.fresh.items():
            self.label(value, new)
        return level.fresh.__getitem__

    def label(self, value: int, new: int) -> None:
        """Let a value that stands for another be called as that is."""
        if value in self.labels.named:
            self.labels.named[new] = self.labels.named[value]
        if value in self.labels.layers:
            self.labels.layers.add(new)

    def replace(self, group: Group, old: Iterable[Node], new: list[Node]) -> None:
        """Let a group hold new nodes in place of old ones."""
        self.read.subtract(value for node in old for value in reads(node))
        self.read.update(value for node in new for value in reads(node))
        group.nodes = new
