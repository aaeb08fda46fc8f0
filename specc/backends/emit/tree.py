"""The steps of a model by the blocks, rounds and layers of the spec that they are for."""

from collections.abc import Iterable, Sequence
from graphlib import TopologicalSorter
from typing import TypeAlias

from specc.backends.emit.nodes import Node, Origin, Step
from specc.ir.link import Frame, Link

Kind: TypeAlias = tuple[str, object]

SHORT = 2
"""How many steps for one layer are written out where they stand; of more, a function is made."""

INLINE = ("embed",)
"""The ops whose steps are written out all the same."""


class Group:
    """Steps that belong together: those of a block, of a round of a repeat, or of a layer that takes several.

    `nodes` is what has become of it, once that is known.
    """

    def __init__(self, kind: Kind, origin: Origin | None, link: Link | None = None) -> None:
        self.kind = kind
        self.origin = origin
        self.link = link
        self.frame: Frame | None = None if link is None else link.frame
        self.children: list[Step | Group] = []
        self.nodes: list[Node] | None = None

    def flat(self) -> list[Node]:
        """The nodes of all that stands inside."""
        found: list[Node] = []
        for child in self.children:
            if isinstance(child, Group):
                assert child.nodes is not None, "groups are finished from the inside"
                found += child.nodes
            else:
                found.append(child)
        return found


class Tree:
    """The groups of a program: `root`, all of them by kind, and for each kind the groups that hold it."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self.root = Group(("root", None), None)
        self.groups: dict[Kind, list[Group]] = {}
        self.holders: dict[Kind, dict[int, Group]] = {}
        self._inside: dict[Kind, set[Kind]] = {}
        self._fill(steps)

    def kinds(self) -> Iterable[Kind]:
        """All kinds, each behind those that stand inside it."""
        return TopologicalSorter(self._inside).static_order()

    def _fill(self, steps: Sequence[Step]) -> None:
        stack: list[tuple[object, Group]] = [(None, self.root)]
        for start, end in _runs(steps):
            origin = steps[start].origin
            chain = [] if origin is None else _frames(origin.link)
            depth = 0
            while depth < len(chain) and depth + 1 < len(stack) and stack[depth + 1][0] is chain[depth]:
                depth += 1
            del stack[depth + 1 :]
            for link in chain[depth:]:
                assert link.frame is not None
                stack.append((link, self._open(stack[-1][1], link)))
            inner = stack[-1][1]
            if origin is not None and end - start > SHORT and origin.word not in INLINE:
                group = Group(("op", origin.word), origin)
                self._add(inner, group)
                inner = group
            inner.children += steps[start:end]

    def _open(self, outer: Group, link: Link) -> Group:
        frame = link.frame
        assert frame is not None
        word = "rounds" if frame.block is None else "block"
        kind = (word, id(frame.item.node) if frame.block is None else id(frame.block))
        group = Group(kind, Origin(frame.item, frame.path, link.outer), link)
        self._add(outer, group)
        return group

    def _add(self, outer: Group, group: Group) -> None:
        outer.children.append(group)
        self.groups.setdefault(group.kind, []).append(group)
        self.holders.setdefault(group.kind, {})[id(outer)] = outer
        self._inside.setdefault(group.kind, set())
        self._inside.setdefault(outer.kind, set()).add(group.kind)


def _runs(steps: Sequence[Step]) -> Iterable[tuple[int, int]]:
    """Where the steps for one layer begin and end."""
    start = 0
    for i, step in enumerate(steps):
        following = steps[i + 1].origin if i + 1 < len(steps) else None
        origin = step.origin
        if origin is None or following is None or following.path != origin.path:
            yield start, i + 1
            start = i + 1


def _frames(link: Link | None) -> list[Link]:
    """The links to blocks and rounds, from the outside."""
    found: list[Link] = []
    while link is not None:
        if link.frame is not None:
            found.append(link)
        link = link.outer
    return found[::-1]


Child: TypeAlias = Step | Group
