"""Folds the flat program of a model into functions for its blocks and loops for its repeats."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from specc.backends.emit.code import (
    Call,
    Expr,
    Listing,
    Literal,
    Name,
    Param,
    Part,
    Path,
    Title,
    Value,
    literal,
)
from specc.backends.emit.dissect import Dissected, assembled, dissected, plain
from specc.backends.emit.level import Different, Level
from specc.backends.emit.nodes import (
    Carried,
    Function,
    Loop,
    Node,
    Origin,
    Program,
    Step,
    makes,
    names_in_node,
    reads,
)
from specc.backends.emit.optional import with_branches
from specc.backends.emit.origins import Origins
from specc.backends.emit.program import Flat
from specc.backends.emit.rewrite import rewritten
from specc.backends.emit.tree import Group, Kind, Tree
from specc.backends.emit.variables import Labels
from specc.backends.emit.words import Words, identifier, parameter_name
from specc.ir.graph import Frame, Link
from specc.syntax.tree import Mapping as MappingNode
from specc.syntax.tree import Node as TextNode
from specc.syntax.tree import Scalar

_COUNTERS = "ijklm"


class Factoring:
    """Folds one program, from the inside out."""

    def __init__(self, flat: Flat, steps: Sequence[Step], labels: Labels, origins: Origins) -> None:
        self.flat = flat
        self.labels = labels
        self.origins = origins
        self.tree = Tree(steps)
        self.count = flat.values
        self.functions: list[Function] = []
        self.words = Words(flat.imports.names.values())
        self.renamed: dict[int, Expr] = {}
        """What stands for values that were collected: items of lists."""
        self.lists: dict[int, int] = {}
        """How many values a list of collected values has."""
        self.read = Counter(value for step in steps for value in reads(step))
        self.read.update(reads(Step((), flat.model, None)))

    def program(self) -> Program:
        """The folded program."""
        for kind in self.tree.kinds():
            match kind[0]:
                case "rounds":
                    self.loops(kind)
                case "block" | "op":
                    self.blocks(kind)
                case _:
                    pass
        return Program(tuple(self.functions), tuple(self.nodes(self.tree.root)))

    def number(self) -> int:
        """A new value."""
        self.count += 1
        return self.count

    def model(self) -> Expr:
        """The expression that makes the model."""
        return self._current_expr(self.flat.model)

    def nodes(self, group: Group) -> list[Node]:
        """What a group holds, with what has become of the values that it reads."""
        if not self.renamed:
            return group.flat()
        return [new for node in group.flat() for new in self._current(node)]

    def _current(self, node: Node) -> list[Node]:
        match node:
            case Step(outs, expr, origin):
                return [Step(outs, self._current_expr(expr), origin)]
            case Loop():
                before: list[Node] = []
                carried = tuple(self._started(each, before, node.origin) for each in node.carried)
                columns = tuple((name, self._current_expr(column)) for name, column in node.columns)
                body = tuple(new for inner in node.body for new in self._current(inner))
                return [*before, node._replace(carried=carried, columns=columns, body=body)]
            case _:
                return [node]

    def _started(self, carried: Carried, before: list[Node], origin: Origin) -> Carried:
        """A carried value whose start may have become an item of a list, which is taken out `before` the loop."""
        start = self._current_expr(Value(carried.start))
        if isinstance(start, Value):
            return carried._replace(start=start.number)
        taken = self.number()
        self.read[taken] += 1
        before.append(Step((taken,), start, origin))
        return carried._replace(start=taken)

    def _current_expr(self, expr: Expr) -> Expr:
        return rewritten(expr, self._renamed) if self.renamed else expr

    def _renamed(self, expr: Expr) -> Expr | None:
        if isinstance(expr, Value):
            found = self.renamed.get(expr.number)
            return None if found is None else rewritten(found, self._renamed)
        if isinstance(expr, Listing) and not expr.is_tuple and expr.items:
            return self._whole(expr.items)
        return None

    def _whole(self, items: Sequence[Expr]) -> Expr | None:
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

    # Functions

    def blocks(self, kind: Kind) -> None:
        """A function for the instances of a block, or of an op, that have the same structure."""
        alike: dict[Any, list[tuple[Group, Dissected]]] = {}
        groups = self.tree.groups[kind]
        every = [dissected(self.nodes(group)) for group in groups]
        if kind[0] == "block" and len({taken.key for taken in every}) > 1:
            every = self._with_branches(groups, every)
        for group, taken in zip(groups, every, strict=True):
            alike.setdefault(taken.key, []).append((group, taken))
        for instances in alike.values():
            groups = [group for group, _ in instances]
            try:
                self.function(groups, [taken for _, taken in instances])
            except Different:
                for group, taken in instances:
                    group.nodes = list(taken.nodes)

    def _with_branches(self, groups: Sequence[Group], instances: list[Dissected]) -> list[Dissected]:
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
                self._label(value, result.number)
        self.renamed |= renamed
        return made

    def function(self, groups: Sequence[Group], instances: Sequence[Dissected]) -> None:
        """Make a function, and let each instance call it."""
        first = groups[0]
        assert first.origin is not None
        frames = [group.frame for group in groups]
        paths = [group.origin.path for group in groups if group.origin is not None]
        level = Level(instances, frames, paths, (Name("name"),), self.number)
        leaves = level.leaves()
        if any(value in self.labels.layers for key in level.entering for value in key):
            raise Different
        places = self._results(instances)
        if any(instances[0].made[place] in self.labels.layers for place in places):
            raise Different
        body = assembled(instances[0], leaves, self._fresh(level))
        block = None if first.frame is None else first.frame.block
        name = self.words.fresh(identifier(block.name if block is not None else first.origin.word, "block"))
        inputs = self._inputs(level)
        parameters, defaults = _parameters(level, frames, {word for _, word in inputs})
        results = tuple(level.fresh[instances[0].made[place]] for place in places)
        self.functions.append(
            Function(name, inputs, (*parameters, ("*", None), ("name", None)), body, results)
        )
        for i, (group, taken) in enumerate(zip(groups, instances, strict=True)):
            assert group.origin is not None
            given = tuple(Value(values[i]) for values in level.entering)
            keywords = self._given(level, i, group, defaults)
            path = ("name", Path(Title(group.origin.path)))
            call = Call(Name(name), given, (*keywords, path))
            outs = tuple(taken.made[place] for place in places)
            if block is not None and group.origin.item.field("name") is not None:
                self.labels.named.setdefault(outs[0], group.origin.path.rpartition(".")[2])
            self._replace(group, taken.nodes, [Step(outs, call, group.origin)])

    def _results(self, instances: Sequence[Dissected]) -> list[int]:
        """The places of the values that are needed outside of some instance."""
        found: set[int] = set()
        for taken in instances:
            inside = Counter(value for node in taken.nodes for value in reads(node))
            found.update(i for i, v in enumerate(taken.made) if self.read[v] > inside[v])
        if not found:
            raise Different
        return sorted(found)

    def _inputs(self, level: Level) -> tuple[tuple[int, str], ...]:
        words = Words(("x",))
        found: list[tuple[int, str]] = []
        for values, inner in level.entering.items():
            name = self.labels.named.get(values[0])
            found.append((inner, words.fresh(identifier(name or "other")) if found else "x"))
        return tuple(found)

    def _given(
        self, level: Level, i: int, group: Group, defaults: Mapping[str, Any]
    ) -> list[tuple[str, Expr]]:
        """The arguments of one call."""
        frame = level.frames[i]
        found: list[tuple[str, Expr]] = []
        for name in frame.values if frame is not None else ():
            if name not in level.used or frame is None or group.origin is None:
                continue
            value = literal(frame.values[name])
            is_default = name in defaults and plain(literal(defaults[name])) == plain(value)
            written = self.origins.param(_with(frame).get(name), frame.values[name], group.origin.link)
            if written is not None:
                found.append((level.used[name], written._replace(is_default=is_default)))
            elif not is_default:
                found.append((level.used[name], value))
        found += [(hole.name, hole.values[i]) for hole in level.holes.values()]
        return found

    # Loops

    def loops(self, kind: Kind) -> None:
        """A loop for each repeat of a kind, where its rounds have the same structure."""
        for holder in self.tree.holders[kind].values():
            rounds: list[Group] = []
            for child in [*holder.children, None]:
                if rounds and not (isinstance(child, Group) and _follows(child, rounds[-1])):
                    self.loop(rounds)
                    rounds = []
                if isinstance(child, Group) and child.kind == kind:
                    rounds.append(child)

    def loop(self, groups: Sequence[Group]) -> None:
        """Make one loop of rounds; what is no loop is written out."""
        instances = [dissected(self.nodes(group)) for group in groups]
        for group, taken in zip(groups, instances, strict=True):
            group.nodes = list(taken.nodes)
        if len({taken.key for taken in instances}) > 1:
            instances = self._with_branches(groups, instances)
        if len({taken.key for taken in instances}) > 1 or groups[0].frame is None or groups[0].frame.round:
            return
        try:
            made = self._loop(groups, instances)
        except Different:
            return
        self._replace(groups[0], [node for taken in instances for node in taken.nodes], [made])
        for group in groups[1:]:
            group.nodes = []

    def _loop(self, groups: Sequence[Group], instances: Sequence[Dissected]) -> Loop:
        first = groups[0]
        assert first.origin is not None
        assert first.frame is not None
        counter = _counter(first.frame)
        word = _counters(first.origin.link, counter)[-1]
        paths = [f"{first.origin.path}.{i}." for i in range(len(groups))]
        head = (f"{first.origin.path}.", Name(word), ".")
        frames = [group.frame for group in groups]
        level = Level(
            instances, frames, paths, head, self.number, (counter, word), _around(first.origin.link)
        )
        leaves = level.leaves()
        collected = self._collected(level, groups)
        carried, columns, inner = self._entering(level, first)
        leaves = [
            rewritten(leaf, lambda e: inner.get(e.number) if isinstance(e, Value) else None)
            for leaf in leaves
        ]
        body = assembled(instances[0], leaves, self._fresh(level))
        for name, own in level.used.items():
            if name != counter:
                values = [frame.values[name] for frame in frames if frame is not None]
                columns.append((own, Listing(tuple(map(literal, values)))))
        columns += [(hole.name, Listing(hole.values)) for hole in level.holes.values()]
        used = any(text == word for node in body for text in names_in_node(node))
        rounds = self._rounds(first, len(groups))
        return Loop(word if used else None, tuple(columns), rounds, carried, collected, body, first.origin)

    def _rounds(self, group: Group, number: int) -> Expr:
        assert group.origin is not None
        found = self.origins.param(group.origin.item.value, number, group.origin.link)
        return found or Literal(number)

    def _entering(
        self, level: Level, group: Group
    ) -> tuple[tuple[Carried, ...], list[tuple[str, Expr]], dict[int, Expr]]:
        """What a loop hands on from round to round, what each round is given of its own, and what else it reads."""
        carried: list[Carried] = []
        columns: list[tuple[str, Expr]] = []
        inner: dict[int, Expr] = {}
        last = level.instances[-1]
        is_repeat = group.frame is not None and group.frame.item.word == "repeat"
        for i, (values, entering) in enumerate(level.entering.items()):
            place = _handed_on(values, level)
            if place is None and len(values) == 1 and i == 0 and is_repeat:
                place = _last_place(last)
            if place is not None:
                result = self._result(last.made[place], last)
                carried.append(
                    Carried(values[0], entering, level.fresh[level.instances[0].made[place]], result)
                )
            elif len(set(values)) == 1:
                inner[entering] = Value(values[0])
            else:
                name = self._column(values, level)
                whole = self._whole([Value(value) for value in values])
                columns.append((name, whole or Listing(tuple(map(Value, values)))))
                inner[entering] = Name(name)
        return tuple(carried), columns, inner

    def _result(self, value: int, last: Dissected) -> int:
        """What is left of a carried value behind the loop, for that of the last round."""
        result = self.number()
        inside = sum(v == value for node in last.nodes for v in reads(node))
        self.read[result] = self.read[value] - inside
        self.renamed[value] = Value(result)
        self._label(value, result)
        return result

    def _collected(self, level: Level, groups: Sequence[Group]) -> tuple[tuple[int, int], ...]:
        """The values of rounds that are needed behind the loop, each with the list that it goes into."""
        instances = level.instances
        inside = Counter(v for taken in instances for node in taken.nodes for v in reads(node))
        handed = {_handed_on(values, level) for values in level.entering}
        is_repeat = groups[0].origin is not None and groups[0].origin.item.word == "repeat"
        if len(instances) == 1 and is_repeat and level.entering:
            handed.add(_last_place(instances[0]))
        found: list[tuple[int, int]] = []
        for place, inner in enumerate(instances[0].made):
            several = [taken.made[place] for taken in instances]
            outside = [self.read[v] - inside[v] for v in several]
            if sum(outside) == 0 or (place in handed and not any(outside[:-1])):
                continue
            values = self.number()
            self.lists[values] = len(several)
            self.read[values] = sum(outside)
            for i, value in enumerate(several):
                self.renamed[value] = Part(Value(values), (Literal(i),))
            found.append((level.fresh[inner], values))
        return tuple(found)

    def _column(self, values: Sequence[int], level: Level) -> str:
        """The variable for values that differ from round to round: the parameter that names them, if one does."""
        frame = level.frames[0]
        for name in frame.values if frame is not None else ():
            given = [str(f.values.get(name)) for f in level.frames if f is not None]
            if given == [self.labels.named.get(value) for value in values]:
                return parameter_name(name)
        return "layer" if values[0] in self.labels.layers else "value"

    # Both

    def _fresh(self, level: Level) -> Any:
        for value, new in level.fresh.items():
            self._label(value, new)
        return level.fresh.__getitem__

    def _label(self, value: int, new: int) -> None:
        """Let a value that stands for another be called as that is."""
        if value in self.labels.named:
            self.labels.named[new] = self.labels.named[value]
        if value in self.labels.layers:
            self.labels.layers.add(new)

    def _replace(self, group: Group, old: Iterable[Node], new: list[Node]) -> None:
        self.read.subtract(value for node in old for value in reads(node))
        self.read.update(value for node in new for value in reads(node))
        group.nodes = new


def _parameters(
    level: Level, frames: Sequence[Frame | None], taken: set[str]
) -> tuple[tuple[tuple[str, Expr | None], ...], dict[str, Any]]:
    """The parameters of a function that are used, those with defaults at the end, and the defaults."""
    frame = frames[0]
    found: list[tuple[str, Expr | None]] = []
    defaults: dict[str, Any] = {}
    if frame is not None and frame.block is not None:
        for name in frame.values:
            if name not in level.used:
                continue
            default = _default(frame.block.params.get(name) if frame.block.params is not None else None)
            if default is not None:
                defaults[name] = default.value
            found.append((level.used[name], default))
    found += [(hole.name, None) for hole in level.holes.values()]
    if taken & {name for name, _ in found}:
        raise Different
    return tuple(sorted(found, key=lambda each: each[1] is not None)), defaults


def _default(node: TextNode | None) -> Literal | None:
    """The default of a parameter, where it is a plain value."""
    if isinstance(node, MappingNode):
        node = node.get("default")
    if not isinstance(node, Scalar) or node.value is None:
        return None
    return None if isinstance(node.value, str) and "$" in node.value else Literal(node.value)


def _with(frame: Frame) -> dict[str, TextNode]:
    """What a block is used with, as it is written."""
    node = frame.item.field("with")
    return {str(key.value): value for key, value in node.entries} if isinstance(node, MappingNode) else {}


def _follows(group: Group, before: Group) -> bool:
    """Whether a group is the round behind another."""
    frame, last = group.frame, before.frame
    return (
        group.kind == before.kind
        and frame is not None
        and last is not None
        and frame.path == last.path
        and frame.round == last.round + 1
    )


def _around(link: Link | None) -> Counter[str]:
    """The parameters of the loops and the function around a place."""
    found: Counter[str] = Counter()
    while link is not None:
        if link.frame is not None:
            found.update(link.frame.values)
            if link.frame.block is not None:
                break
        link = link.outer
    return found


def _counter(frame: Frame) -> str | None:
    """What the author calls the number of a round."""
    node = frame.item.field("index")
    return node.value if isinstance(node, Scalar) and isinstance(node.value, str) else None


def _counters(link: Link | None, inner: str | None) -> list[str]:
    """The variables that count the rounds of the loops around a place in its function, and of one inside them."""
    wanted = [inner]
    while link is not None and (link.frame is None or link.frame.block is None):
        if link.frame is not None:
            wanted.append(_counter(link.frame))
        link = link.outer
    found: list[str] = []
    for name in reversed(wanted):
        words = [
            *([parameter_name(name)] if name else []),
            *_COUNTERS,
            *(f"i{n}" for n in range(len(wanted))),
        ]
        found.append(next(word for word in words if word not in found))
    return found


def _handed_on(values: Sequence[int], level: Level) -> int | None:
    """The place of the value that each round makes for the next; None if `values` are not that."""
    if len(values) < 2 or any(values[0] in places for places in level.places):
        return None
    places = {level.places[i].get(value) for i, value in enumerate(values[1:])}
    return places.pop() if len(places) == 1 else None


def _last_place(taken: Dissected) -> int | None:
    """The place of what the last node makes."""
    made = list(makes(taken.nodes[-1])) if taken.nodes else []
    return taken.made.index(made[0]) if made else None
