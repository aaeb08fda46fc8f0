"""The tree that a spec's text is read into: scalars, lists and mappings, each with its place in the text.

A tree may share nodes: an alias is the very node that its anchor names, with the anchor's place. It has no
cycles and no more than 100 levels. Nodes are plain and lean: a spec of 100,000 layers has nearly a million.
"""

from specc.source import Source, Span


class Node:
    """A piece of a spec: where it stands, from character offset `start` up to but not including `end`."""

    __slots__ = ("end", "source", "start")

    def __init__(self, source: Source, start: int, end: int) -> None:
        self.source = source
        self.start = start
        self.end = end

    @property
    def span(self) -> Span:
        """Where the node stands."""
        return Span(self.source, self.start, self.end)

    @property
    def kind(self) -> str:
        """What the node is, in words for a message: "a mapping", "text", …."""
        raise NotImplementedError


class Scalar(Node):
    """One value. Plain scalars are resolved as YAML 1.2 core has them; quoted and block scalars are text."""

    __slots__ = ("value",)

    def __init__(self, source: Source, start: int, end: int, value: str | int | float | bool | None) -> None:
        self.source = source
        self.start = start
        self.end = end
        self.value = value

    def __repr__(self) -> str:
        return f"Scalar({self.value!r})"

    @property
    def kind(self) -> str:
        return kind_of(self.value)


class Sequence(Node):
    """A list of nodes."""

    __slots__ = ("items",)

    def __init__(self, source: Source, start: int, end: int, items: list[Node]) -> None:
        self.source = source
        self.start = start
        self.end = end
        self.items = items

    def __repr__(self) -> str:
        return f"Sequence({self.items!r})"

    @property
    def kind(self) -> str:
        return "a list"


class Mapping(Node):
    """Keys and their values in the order of the text; keys are scalars, each there once."""

    __slots__ = ("entries",)

    def __init__(self, source: Source, start: int, end: int, entries: list[tuple[Scalar, Node]]) -> None:
        self.source = source
        self.start = start
        self.end = end
        self.entries = entries

    def __repr__(self) -> str:
        return f"Mapping({self.entries!r})"

    @property
    def kind(self) -> str:
        return "a mapping"

    def get(self, key: str) -> Node | None:
        """The value of text key `key`, or None."""
        for scalar, node in self.entries:
            if scalar.value == key:
                return node
        return None

    def key(self, key: str) -> Scalar | None:
        """The scalar that is the key `key` itself, for a message about it, or None."""
        for scalar, _ in self.entries:
            if scalar.value == key:
                return scalar
        return None


def kind_of(value: object) -> str:
    """What a plain value is, in words for a message: "an integer", "a list", …."""
    match value:
        case None:
            return "nothing (null)"
        case bool():
            return "a boolean"
        case int():
            return "an integer"
        case float():
            return "a number"
        case str():
            return "text"
        case dict():
            return "a mapping"
        case _:
            return "a list"


def to_plain(node: Node) -> object:
    """The node as plain Python data; a shared node becomes one shared object."""
    return _plain(node, {})


def _plain(node: Node, done: dict[int, object]) -> object:
    if isinstance(node, Scalar):
        return node.value
    if id(node) in done:
        return done[id(node)]
    plain: object
    if isinstance(node, Mapping):
        plain = {key.value: _plain(value, done) for key, value in node.entries}
    else:
        assert isinstance(node, Sequence)
        plain = [_plain(item, done) for item in node.items]
    done[id(node)] = plain
    return plain
