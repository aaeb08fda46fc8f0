"""Blocks that nothing uses, and parameters of specs, blocks and repeats that nothing asks for (W604).

What counts is the text, whatever a variant makes of it: an item that `when` leaves out uses what it names. Blocks and
parameters of included files are there for other specs too.
"""

from collections.abc import Iterable

from specc.diagnostics.model import Diagnostic, Edit, Fix
from specc.passes.resolution.params import Param, declared
from specc.passes.resolution.values import Findings
from specc.syntax.document import Block, Chain, Document, Item, is_note
from specc.syntax.expressions import ExpressionError, parse_template
from specc.syntax.tree import Mapping, Node, Scalar, Sequence

Names = frozenset[str]

_NONE: Names = frozenset()
_DECLARING = ("params", "variants", "blocks")


class Use:
    """What the layers of a document use: blocks, and parameters by their names."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.blocks: dict[str, Block] = {}
        self.constructs: list[Item] = []
        """Those of the layers, and of the blocks that are used."""
        self._follow(document.layers)

    def _follow(self, chain: Chain) -> None:
        pending = [chain]
        while pending:
            for item in pending.pop():
                if item.word == "use":
                    for block in self.meant(item):
                        if block.name not in self.blocks:
                            self.blocks[block.name] = block
                            pending.append(block.layers)
                elif item.chains is None:
                    continue
                else:
                    pending += item.chains.values()
                self.constructs.append(item)

    def meant(self, item: Item) -> Iterable[Block]:
        """The block that a `use` names, or all of them where an expression does."""
        word = str(item.value.value) if isinstance(item.value, Scalar) else ""
        known = self.document.blocks
        if "$" in word:
            return known.values()
        return (known[word],) if word in known else ()

    def names(self, *nodes: Node | None) -> Names:
        """The names that expressions below `nodes` ask for."""
        found: set[str] = set()
        seen: set[int] = set()
        pending = [node for node in nodes if node is not None]
        for node in pending:
            if isinstance(node, Scalar):
                if isinstance(node.value, str) and "$" in node.value:
                    found |= _asked(node.value)
            elif id(node) not in seen:
                seen.add(id(node))
                if isinstance(node, Mapping):
                    for key, value in node.entries:
                        if not is_note(key.value):
                            pending += (key, value)
                elif isinstance(node, Sequence):
                    pending += node.items
        return frozenset(found)

    def idle(self, params: dict[str, Param], asked: Names) -> list[Param]:
        """The parameters that are neither `asked` for, nor in the defaults of those that are."""
        idle: list[Param] = []
        for param in reversed(params.values()):
            if param.name in asked:
                asked |= self.names(param.default)
            else:
                idle.append(param)
        return idle


def report_unread(document: Document, found: Findings) -> None:
    """Record W604 for the blocks and parameters of a spec that nothing uses."""
    use = Use(document)
    if document.blocks or "params" in document.sections:
        _report_declared(use, found)
    for item in use.constructs:
        if item.word in ("repeat", "each") and item.node.source is document.source:
            _report_columns(item, use, found)


def _report_declared(use: Use, found: Findings) -> None:
    document = use.document
    sections = document.sections.items()
    asked = use.names(*(node for name, node in sections if name not in _DECLARING))
    for block in document.blocks.values():
        is_own = block.key.source is document.source
        if block.name not in use.blocks:
            if is_own:
                edit = _without(document.node, "blocks", block.name)
                _report(f"the block `{block.name}`", block.key, [edit], found)
            continue
        params = declared(block.params, Findings())
        names = use.names(block.inputs, block.outputs, *(item.node for item in block.layers))
        idle = use.idle(params, names)
        asked |= names - params.keys() | use.names(*(param.default for param in params.values()))
        for param in idle if is_own else ():
            what = f"the parameter `{param.name}` of block `{block.name}`"
            _report(what, param.node, _without_argument(param.name, block, use), found)
    section = document.sections.get("params")
    params = declared(section, Findings()) if isinstance(section, Mapping) else {}
    for param in use.idle(params, asked):
        if param.node.source is document.source:
            what = f"the parameter `{param.name}`"
            _report(what, param.node, _without_parameter(param.name, document), found)


def _report_columns(item: Item, use: Use, found: Findings) -> None:
    """W604 for what the rows of a construct give and none of its layers asks for."""
    rows = item.value
    if not isinstance(rows, Mapping):
        return
    names = use.names(item.node)
    for key, column in rows.entries:
        if key.value not in names:
            what = f"the parameter `{key.value}` of this `{item.word}`"
            _report(what, key, [_without_column(rows, key, column)], found)


def _without_column(rows: Mapping, key: Scalar, column: Node) -> Edit | None:
    """Takes a column out of the rows of a construct; of the only one, the number of rows is left."""
    from specc.syntax.edits import remove_key, replace

    if len(rows.entries) > 1:
        return remove_key(rows, str(key.value))
    return replace(rows, str(len(column.items))) if isinstance(column, Sequence) else None


def _without_parameter(name: str, document: Document) -> list[Edit | None]:
    """The edits that take a parameter of the spec out, and out of its variants."""
    from specc.syntax.edits import remove_key, replace

    made = [_without(document.node, "params", name)]
    variants = document.node.get("variants")
    for _, variant in variants.entries if isinstance(variants, Mapping) else ():
        if isinstance(variant, Mapping) and variant.key(name) is not None:
            is_one = len(variant.entries) == 1
            made.append(replace(variant, "{}") if is_one else remove_key(variant, name))
    return made


def _without_argument(name: str, block: Block, use: Use) -> list[Edit | None]:
    """The edits that take a parameter out of a block, and out of what its uses give it."""
    blocks = use.document.node.get("blocks")
    own = blocks.get(block.name) if isinstance(blocks, Mapping) else None
    made = [_without(own, "params", name)]
    for item in use.constructs:
        given = item.field("with") if item.word == "use" else None
        if isinstance(given, Mapping) and given.key(name) is not None and block in use.meant(item):
            made.append(_without(item.node, "with", name))
    return made


def _without(node: Node | None, section: str, name: str) -> Edit | None:
    """Takes `name` out of a section of a mapping, and the section out with the last of its entries."""
    from specc.syntax.edits import remove_key

    inner = node.get(section) if isinstance(node, Mapping) else None
    if not isinstance(node, Mapping) or not isinstance(inner, Mapping):
        return None
    return remove_key(node, section) if len(inner.entries) == 1 else remove_key(inner, name)


def _asked(text: str) -> Names:
    try:
        return parse_template(text).names
    except ExpressionError:  # in what `when` leaves out
        return _NONE


def _report(what: str, place: Node, edited: list[Edit | None], found: Findings) -> None:
    made = tuple(edit for edit in edited if edit is not None)
    fixes = (Fix("leave it out", "unsafe", made),) if len(made) == len(edited) else ()
    found.append(Diagnostic("W604", f"nothing uses {what}", place.span, fixes=fixes))
