"""Sorts the tree of a file into a document: what stands where, and whether anything may stand there."""

from collections.abc import Iterable

from specc.diagnostics.collector import Collector, TooManyErrors
from specc.diagnostics.model import Diagnostic, Edit, Fix, Note, corrected
from specc.source import Source, Span
from specc.suggest import did_you_mean, nearest
from specc.syntax.document import (
    CONSTRUCT_FIELDS,
    FIELDS,
    IGNORE,
    LAYER_FIELDS,
    OWN_FIELDS,
    Block,
    Chain,
    Document,
    Ignore,
    Item,
    is_note,
)
from specc.syntax.tree import Mapping, Node, Scalar, Sequence

TOP_KEYS = (
    *("specc", "name", "description", "adapt", "distribute", "dtype", "params", "variants", "inputs"),
    *("blocks", "layers", "outputs", "targets", "compile", "budget", "include"),
)
_BLOCK_KEYS = ("params", "inputs", "layers", "outputs", "description")
_INCLUDED_KEYS = ("specc", "name", "description", "params", "blocks", "include")


class Parser:
    """Sorts one tree; what it finds wrong is in `found`."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.found = Collector()
        self.mistyped: set[tuple[int, str]] = set()
        """Mappings, and the keys that something in them seems to be meant for."""
        self.ignores: list[Ignore] = []

    def error(self, code: str, message: str, node: Node, *notes: Note) -> None:
        self.found.append(Diagnostic(code, message, node.span, notes=notes))

    def mapping(self, node: Node | None, what: str) -> Mapping | None:
        if node is None or isinstance(node, Mapping):
            return node
        self.error("E102", f"{what} must be a mapping, not {node.kind}", node)
        return None

    def document(self, root: Node, included: bool) -> Document:
        """The document that `root` is; `included`: only blocks and parameters may stand in it."""
        node = self.mapping(root, "a spec")
        if node is None:
            return _empty(self.source)
        sections = self.keys(node, _INCLUDED_KEYS if included else TOP_KEYS, "a spec")
        if not included:
            self._required(node, sections)
        blocks: dict[str, Block] = {}
        if (section := self.mapping(sections.get("blocks"), "`blocks`")) is not None:
            for key, value in section.entries:
                block = self.block(key, value)
                if block is not None:
                    blocks[block.name] = block
        layers = self.chain(sections["layers"], "`layers`") if "layers" in sections else []
        for name in ("params", "inputs", "outputs", "targets"):
            self.notes_in(sections.get(name))
        self.notes(sections.get("compile"))
        return Document(self.source, node, sections, blocks, layers, tuple(self.ignores))

    def notes_in(self, section: Node | None) -> None:
        """Keep what the entries of a section say of warnings."""
        for key, entry in section.entries if isinstance(section, Mapping) else ():
            self.notes(entry, key)

    def notes(self, node: Node | None, of: Scalar | None = None) -> None:
        """Keep what a mapping that is read later, the value of key `of`, says of warnings."""
        if isinstance(node, Mapping):
            self.ignores += [Ignore(node, value, of) for key, value in node.entries if key.value == IGNORE]

    def _required(self, node: Mapping, sections: dict[str, Node]) -> None:
        place = node.entries[0][0] if node.entries else node
        for key in ("specc", "name", "inputs", "layers"):
            self.needs(node, key, sections, f"a spec needs the key `{key}`", place)
        version = sections.get("specc")
        if version is not None and not (isinstance(version, Scalar) and version.value == 1):
            self.error("E102", "`specc` must be 1, the version of the language", version)
        for key, words in (("adapt", ("auto", "strict")), ("distribute", ("fold", "time_distributed"))):
            value = sections.get(key)
            if value is not None and not (isinstance(value, Scalar) and value.value in words):
                self.error("E102", f"`{key}` must be `{words[0]}` or `{words[1]}`", value)

    def keys(self, node: Mapping, known: tuple[str, ...], what: str) -> dict[str, Node]:
        """The entries of a mapping with fixed keys; others than `x-…` are errors."""
        found: dict[str, Node] = {}
        for key, value in node.entries:
            word = key.value
            if word in known:
                found[str(word)] = value
            elif word == IGNORE:
                self.ignores.append(Ignore(node, value))
            elif not is_note(word):
                close = self.unknown(key, known, f"{what} has no key")
                if close is not None:
                    self.mistyped.add((id(node), close))
        return found

    def unknown(self, key: Scalar, known: Iterable[str], message: str) -> str | None:
        """Report an unknown key (E103); gives the known one that it is nearest to."""
        close = nearest(str(key.value), known)
        message = f"{message} `{key.value}`{did_you_mean(close)}"
        self.found.append(Diagnostic("E103", message, key.span, fixes=corrected(key.span, close)))
        return close

    def needs(self, node: Mapping, key: str, parts: dict[str, Node], message: str, place: Node) -> bool:
        """Whether `key` is there; if not, E106, unless another key looks like it."""
        if key in parts:
            return True
        if (id(node), key) not in self.mistyped:
            self.error("E106", message, place)
        return False

    def block(self, key: Scalar, value: Node) -> Block | None:
        node = self.mapping(value, f"block `{key.value}`")
        if node is None:
            return None
        parts = self.keys(node, _BLOCK_KEYS, "a block")
        if not self.needs(node, "layers", parts, f"block `{key.value}` needs `layers`", key):
            return None
        params = self.mapping(parts.get("params"), "`params`")
        self.notes_in(params)
        layers = self.chain(parts["layers"], "`layers`")
        return Block(str(key.value), key, params, parts.get("inputs"), layers, parts.get("outputs"))

    def chain(self, node: Node, what: str) -> Chain:
        """A list of items."""
        if isinstance(node, Scalar) and node.value is None:
            return []
        if not isinstance(node, Sequence):
            self.error("E102", f"{what} must be a list of layers, not {node.kind}", node)
            return []
        chain: Chain = []
        for child in node.items:
            item = self.item(child)
            if item is not None:
                chain.append(item)
        return chain

    def item(self, node: Node) -> Item | None:
        if isinstance(node, Scalar) and isinstance(node.value, str):
            return self.nested(Item(node, node, None))
        if not isinstance(node, Mapping):
            self.error(
                "E102", f"a layer must be a mapping with one op, or an op's name, not {node.kind}", node
            )
            return None
        item: Item | None = None
        fields: dict[str, Node] | None = None
        for key, value in node.entries:
            word = key.value
            if word in FIELDS:
                if fields is None:
                    fields = {}
                fields[word] = value  # pyright: ignore[reportArgumentType]
            elif is_note(word):
                if word == IGNORE:
                    self.ignores.append(Ignore(node, value))
            elif item is None:
                item = Item(node, key, value)
            else:
                return self._two_ops(node, item.key, key)
        if item is None:
            self.error("E106", "a layer needs an op, as `Dense: 10`", node)
            return None
        item.fields = fields
        if fields is not None or item.word in CONSTRUCT_FIELDS:
            return self.nested(item)
        return item

    def _two_ops(self, node: Mapping, first: Scalar, second: Scalar) -> None:
        if (torn := _torn_signature(node)) is not None:
            from specc.syntax.edits import quoted

            message = "a signature with commas stands in quotes where it is within `{}`"
            fix = Fix("write it in quotes", "safe", (Edit(torn, quoted(torn.text)),))
            self.found.append(Diagnostic("E102", message, torn, fixes=(fix,)))
            return
        for key in (first, second):
            close = nearest(str(key.value), FIELDS)
            if close and str(key.value).islower():
                self.unknown(key, FIELDS, "beside an op there is no key")
                return
        if str(second.value).islower() and not str(first.value).islower():
            self._arguments_beside(node, first)
            return
        note = Note(f"`{first.value}` is the first op", first.span)
        self.error("E102", f"a layer has one op, and `{second.value}` is a second one", second, note)

    def _arguments_beside(self, node: Mapping, op: Scalar) -> None:
        """E102 for arguments that stand beside their op, and not within it."""
        from specc.syntax.edits import add_key, remove_key

        beside = [
            (key, value)
            for key, value in node.entries
            if key is not op and key.value not in FIELDS and not is_note(key.value)
        ]
        arguments = ", ".join(f"{key.span.text}: {value.span.text}" for key, value in beside)
        edits = [add_key(node, str(op.value), f"{{{arguments}}}")]
        edits += [remove_key(node, str(key.value)) for key, _ in beside]
        known = tuple(edit for edit in edits if edit is not None and "#" not in edit.span.text)
        value = node.get(str(op.value))
        is_bare = isinstance(value, Scalar) and value.value is None
        may_fix = is_bare and len(known) == len(edits) and "\n" not in arguments
        fixes = (Fix("put them into it", "safe", known),) if may_fix else ()
        key = beside[0][0]
        message = f"the arguments of `{op.value}` stand within it, and `{key.value}` stands beside it"
        self.found.append(Diagnostic("E102", message, key.span, fixes=fixes))

    def nested(self, item: Item) -> Item | None:
        """Check the keys beside an op, and parse the items inside a construct."""
        allowed = CONSTRUCT_FIELDS.get(item.word, OWN_FIELDS if ":" in item.word else LAYER_FIELDS)
        for name in list(item.fields or ()):
            if name not in allowed and isinstance(item.node, Mapping):
                key = item.node.key(name)
                self.error("E103", f"`{name}` has no meaning beside `{item.word}`", key or item.node)
        build = _NESTED.get(item.word)
        if build is not None:
            build(self, item)
        return item

    def layers_of(self, item: Item) -> None:
        layers = item.field("layers")
        if layers is None:
            self.error("E106", f"`{item.word}` needs `layers`", item.key)
        item.chains = {"layers": [] if layers is None else self.chain(layers, "`layers`")}

    def residual_of(self, item: Item) -> None:
        shortcut = item.field("shortcut")
        body = item.value if item.value is not None else item.node
        item.chains = {"layers": self.chain(body, "`residual`")}
        if shortcut is not None:
            item.chains["shortcut"] = self.chain(shortcut, "`shortcut`")

    def branches_of(self, item: Item) -> None:
        item.chains = {}
        if isinstance(item.value, Mapping):
            for key, value in item.value.entries:
                item.chains[str(key.value)] = self.chain(value, f"branch `{key.value}`")
        elif isinstance(item.value, Sequence):
            for number, value in enumerate(item.value.items):
                item.chains[str(number)] = self.chain(value, f"branch {number}")
        else:
            self.error("E102", "`branches` must be a list or a mapping of chains", item.value or item.key)

    def map_of(self, item: Item) -> None:
        node = self.mapping(item.value, "`map`")
        parts = {} if node is None else self.keys(node, ("over", "layers"), "a map")
        for key in ("over", "layers"):
            if node is not None:
                self.needs(node, key, parts, f"`map` needs `{key}`", item.key)
        item.fields = {**(item.fields or {}), **({"over": parts["over"]} if "over" in parts else {})}
        item.chains = {"layers": self.chain(parts["layers"], "`layers`") if "layers" in parts else []}


def _torn_signature(node: Mapping) -> Span | None:
    """Where a signature stands that YAML has taken apart at its commas, if so: the rest are keys without values."""
    start, end = None, 0
    for key, value in node.entries:
        if key.value == "signature":
            start, end = value.start, value.end
        elif start is not None:
            if not isinstance(value, Scalar) or value.value is not None:
                break
            end = key.end
    if start is None or end <= start:
        return None
    torn = Span(node.source, start, end)
    return torn if "," in torn.text and torn.text.count("(") == torn.text.count(")") else None


_NESTED = {
    "repeat": Parser.layers_of,
    "each": Parser.layers_of,
    "residual": Parser.residual_of,
    "branches": Parser.branches_of,
    "map": Parser.map_of,
}


def parse(root: Node, included: bool = False) -> tuple[Document, list[Diagnostic]]:
    """Sort the tree of a spec, or of a file that one includes; whatever is wrong is a diagnostic, the rest is kept."""
    parser = Parser(root.source)
    try:
        return parser.document(root, included), parser.found
    except TooManyErrors:
        return _empty(root.source), parser.found


def _empty(source: Source) -> Document:
    return Document(source, Mapping(source, 0, 0, []), {}, {}, [])
