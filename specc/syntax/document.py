"""The parts of a spec: what stands where, before any parameter has a value.

A `Document` is what `specc.syntax.parser` sorts the tree of one file into: inputs, blocks, chains of items. An item is
a layer or a construct; the two differ in nothing but their key until they are resolved.
"""

from typing import NamedTuple

from specc.source import Source, Span
from specc.syntax.tree import Mapping, Node, Scalar

Chain = list["Item"]

_COMMON = ("name", "from", "when")
LAYER_FIELDS = (*_COMMON, "as", "call", "distribute")
OWN_FIELDS = (*LAYER_FIELDS, "signature")
"""Beside a layer of one's own, `package.module:Class`."""
CONSTRUCT_FIELDS: dict[str, tuple[str, ...]] = {
    "repeat": (*_COMMON, "layers", "index"),
    "each": (*_COMMON, "layers", "merge", "index"),
    "residual": (*_COMMON, "shortcut", "merge"),
    "branches": (*_COMMON, "merge"),
    "use": (*_COMMON, "with", "as"),
    "reuse": (*_COMMON, "as", "call"),
    "map": _COMMON,
}
"""The constructs that hold or stand for other items, with the keys that may stand beside them."""
IGNORE = "x-specc-ignore"
"""The note that names the warnings to be silent about, in all that stands in the same mapping."""
IDLE = "W608"
"""The warning about a code there that hides nothing."""
FIELDS = frozenset((*OWN_FIELDS, *(field for fields in CONSTRUCT_FIELDS.values() for field in fields)))


class Ignore(NamedTuple):
    """Codes of warnings, `value`, to be silent about in what stands inside of `node`, or of the entry that it is of."""

    node: Mapping
    value: Node
    key: Scalar | None = None

    @property
    def span(self) -> Span:
        """Where it is silent."""
        first = self.node if self.key is None else self.key
        return Span(self.node.source, first.start, self.node.end)


class Item:
    """A layer or a construct: its key (the op), the value of that key, and the wiring beside it."""

    __slots__ = ("chains", "fields", "key", "names", "node", "prepared", "value", "word")

    def __init__(self, node: Node, key: Scalar, value: Node | None) -> None:
        self.node = node
        self.key = key
        self.word = str(key.value)
        """The op or construct."""
        self.value = value
        self.fields: dict[str, Node] | None = None
        self.chains: dict[str, Chain] | None = None
        self.prepared: object = None
        """What resolving it the first time worked out, where that is the same each time."""
        self.names: frozenset[str] | None = None
        """The names that are written inside a construct, once they are asked for."""

    def field(self, name: str) -> Node | None:
        """The node of the wiring key `name`."""
        return None if self.fields is None else self.fields.get(name)


class Block(NamedTuple):
    """A named chain with parameters and inputs of its own, and the document that it stands in."""

    name: str
    key: Scalar
    params: Mapping | None
    inputs: Node | None
    layers: Chain
    outputs: Node | None


class Document(NamedTuple):
    """One file. `sections` holds the top-level values that are read later; absent keys are absent.

    `ignores` are those of all files, once what is included has been joined in.
    """

    source: Source
    node: Mapping
    sections: dict[str, Node]
    blocks: dict[str, Block]
    layers: Chain
    ignores: tuple[Ignore, ...] = ()

    def key(self, name: str) -> Node:
        """The top-level key itself, else the start of the spec: the place for what was got wrong from outside."""
        return self.node.key(name) or (self.node.entries[0][0] if self.node.entries else self.node)


def is_note(word: object) -> bool:
    """Whether a key is one that the compiler leaves alone, as `x-author`."""
    return isinstance(word, str) and word.startswith("x-")


def stands_beside(word: object) -> bool:
    """Whether a key is one that stands beside a layer, and is none of its arguments."""
    return word in LAYER_FIELDS or is_note(word)
