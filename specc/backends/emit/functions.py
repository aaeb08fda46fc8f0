"""Makes functions of blocks, and of ops that take several steps."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from specc.backends.emit.code import Call, Expr, Literal, Name, Path, Title, Value, literal
from specc.backends.emit.dissect import Dissected, assembled, dissected, plain
from specc.backends.emit.draft import Draft
from specc.backends.emit.level import Different, Level
from specc.backends.emit.nodes import Function, Step, reads
from specc.backends.emit.tree import Group, Kind
from specc.backends.emit.words import Words, identifier
from specc.ir.link import Frame
from specc.syntax.tree import Mapping as MappingNode
from specc.syntax.tree import Node as TextNode
from specc.syntax.tree import Scalar


class Functions:
    """Gives the instances of a block in a draft one function, as far as they are alike; `made` holds them."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.made: list[Function] = []
        self.words = Words(draft.flat.imports.names.values())

    def blocks(self, kind: Kind) -> None:
        """A function for the instances of a block, or of an op, that have the same structure."""
        alike: dict[Any, list[tuple[Group, Dissected]]] = {}
        groups = self.draft.tree.groups[kind]
        every = [dissected(self.draft.nodes(group)) for group in groups]
        if kind[0] == "block" and len({taken.key for taken in every}) > 1:
            every = self.draft.with_branches(groups, every)
        for group, taken in zip(groups, every, strict=True):
            alike.setdefault(taken.key, []).append((group, taken))
        for instances in alike.values():
            groups = [group for group, _ in instances]
            try:
                self.function(groups, [taken for _, taken in instances])
            except Different:
                for group, taken in instances:
                    group.nodes = list(taken.nodes)

    def function(self, groups: Sequence[Group], instances: Sequence[Dissected]) -> None:
        """Make a function, and let each instance call it."""
        first = groups[0]
        assert first.origin is not None
        frames = [group.frame for group in groups]
        paths = [group.origin.path for group in groups if group.origin is not None]
        level = Level(instances, frames, paths, (Name("name"),), self.draft.number)
        leaves = level.leaves()
        if any(value in self.draft.labels.layers for key in level.entering for value in key):
            raise Different
        places = self._results(instances)
        if any(instances[0].made[place] in self.draft.labels.layers for place in places):
            raise Different
        body = assembled(instances[0], leaves, self.draft.fresh(level))
        block = None if first.frame is None else first.frame.block
        name = self.words.fresh(identifier(block.name if block is not None else first.origin.word, "block"))
        inputs = self._inputs(level)
        parameters, defaults = _parameters(level, frames, {word for _, word in inputs})
        results = tuple(level.fresh[instances[0].made[place]] for place in places)
        self.made.append(Function(name, inputs, (*parameters, ("*", None), ("name", None)), body, results))
        for i, (group, taken) in enumerate(zip(groups, instances, strict=True)):
            assert group.origin is not None
            given = tuple(Value(values[i]) for values in level.entering)
            keywords = self._given(level, i, group, defaults)
            path = ("name", Path(Title(group.origin.path)))
            call = Call(Name(name), given, (*keywords, path))
            outs = tuple(taken.made[place] for place in places)
            if block is not None and group.origin.item.field("name") is not None:
                self.draft.labels.named.setdefault(outs[0], group.origin.path.rpartition(".")[2])
            self.draft.replace(group, taken.nodes, [Step(outs, call, group.origin)])

    def _results(self, instances: Sequence[Dissected]) -> list[int]:
        """The places of the values that are needed outside of some instance."""
        found: set[int] = set()
        for taken in instances:
            inside = Counter(value for node in taken.nodes for value in reads(node))
            found.update(i for i, v in enumerate(taken.made) if self.draft.read[v] > inside[v])
        if not found:
            raise Different
        return sorted(found)

    def _inputs(self, level: Level) -> tuple[tuple[int, str], ...]:
        words = Words(("x",))
        found: list[tuple[int, str]] = []
        for values, inner in level.entering.items():
            name = self.draft.labels.named.get(values[0])
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
            written = self.draft.origins.param(_with(frame).get(name), frame.values[name], group.origin.link)
            if written is not None:
                found.append((level.used[name], written._replace(is_default=is_default)))
            elif not is_default:
                found.append((level.used[name], value))
        found += [(hole.name, hole.values[i]) for hole in level.holes.values()]
        return found


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
