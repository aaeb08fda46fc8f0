"""Makes loops of the rounds of repeats."""

from collections import Counter
from collections.abc import Sequence

from specc.backends.emit.code import Expr, Listing, Literal, Name, Part, Value, literal
from specc.backends.emit.dissect import Dissected, assembled, dissected
from specc.backends.emit.draft import Draft
from specc.backends.emit.level import Different, Level
from specc.backends.emit.nodes import Carried, Loop, makes, names_in_node, reads
from specc.backends.emit.rewrite import rewritten
from specc.backends.emit.tree import Group, Kind
from specc.backends.emit.words import parameter_name
from specc.ir.link import Frame, Link
from specc.syntax.tree import Scalar

_COUNTERS = "ijklm"


class Loops:
    """Gives the rounds of a repeat in a draft one loop, where they are alike."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft

    def loops(self, kind: Kind) -> None:
        """A loop for each repeat of a kind, where its rounds have the same structure."""
        for holder in self.draft.tree.holders[kind].values():
            rounds: list[Group] = []
            for child in [*holder.children, None]:
                if rounds and not (isinstance(child, Group) and _follows(child, rounds[-1])):
                    self.loop(rounds)
                    rounds = []
                if isinstance(child, Group) and child.kind == kind:
                    rounds.append(child)

    def loop(self, groups: Sequence[Group]) -> None:
        """Make one loop of rounds; what is no loop is written out."""
        instances = [dissected(self.draft.nodes(group)) for group in groups]
        for group, taken in zip(groups, instances, strict=True):
            group.nodes = list(taken.nodes)
        if len({taken.key for taken in instances}) > 1:
            instances = self.draft.with_branches(groups, instances)
        if len({taken.key for taken in instances}) > 1 or groups[0].frame is None or groups[0].frame.round:
            return
        try:
            made = self._loop(groups, instances)
        except Different:
            return
        self.draft.replace(groups[0], [node for taken in instances for node in taken.nodes], [made])
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
            instances, frames, paths, head, self.draft.number, (counter, word), _around(first.origin.link)
        )
        leaves = level.leaves()
        collected = self._collected(level, groups)
        carried, columns, inner = self._entering(level, first)
        leaves = [
            rewritten(leaf, lambda e: inner.get(e.number) if isinstance(e, Value) else None)
            for leaf in leaves
        ]
        body = assembled(instances[0], leaves, self.draft.fresh(level))
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
        found = self.draft.origins.param(group.origin.item.value, number, group.origin.link)
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
                whole = self.draft.whole([Value(value) for value in values])
                columns.append((name, whole or Listing(tuple(map(Value, values)))))
                inner[entering] = Name(name)
        return tuple(carried), columns, inner

    def _result(self, value: int, last: Dissected) -> int:
        """What is left of a carried value behind the loop, for that of the last round."""
        result = self.draft.number()
        inside = sum(v == value for node in last.nodes for v in reads(node))
        self.draft.read[result] = self.draft.read[value] - inside
        self.draft.renamed[value] = Value(result)
        self.draft.label(value, result)
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
            outside = [self.draft.read[v] - inside[v] for v in several]
            if sum(outside) == 0 or (place in handed and not any(outside[:-1])):
                continue
            values = self.draft.number()
            self.draft.lists[values] = len(several)
            self.draft.read[values] = sum(outside)
            for i, value in enumerate(several):
                self.draft.renamed[value] = Part(Value(values), (Literal(i),))
            found.append((level.fresh[inner], values))
        return tuple(found)

    def _column(self, values: Sequence[int], level: Level) -> str:
        """The variable for values that differ from round to round: the parameter that names them, if one does."""
        frame = level.frames[0]
        for name in frame.values if frame is not None else ():
            given = [str(f.values.get(name)) for f in level.frames if f is not None]
            if given == [self.draft.labels.named.get(value) for value in values]:
                return parameter_name(name)
        return "layer" if values[0] in self.draft.labels.layers else "value"


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
