"""How many layers and rounds a spec comes to at the least, counted without writing it out.

A few lines can ask for 2**40 layers: by blocks that use each other twice, or repeats in repeats. They need not be
written out up to the bound to be refused. Counts that take an expression, and items with `when`, count once.
"""

from specc.passes.resolution.writer import MAX_NESTING
from specc.syntax.document import Block, Chain, Document, Item
from specc.syntax.tree import Mapping, Scalar, Sequence


class Least:
    """Counts the chains of one document; each block once."""

    def __init__(self, document: Document) -> None:
        self.blocks = document.blocks
        self._known: dict[str, int] = {}

    def chain(self, chain: Chain, depth: int = 0) -> int:
        """The least that `chain` comes to, `depth` levels inside others."""
        return sum(
            [1 if item.chains is None and item.word != "use" else self._item(item, depth) for item in chain]
        )

    def _item(self, item: Item, depth: int) -> int:
        if depth >= MAX_NESTING or item.field("when") is not None:
            return 1
        if item.word == "use":
            block = self.blocks.get(str(item.value.value)) if isinstance(item.value, Scalar) else None
            return 1 + (0 if block is None else self._block(block, depth + 1))
        inside = sum([self.chain(chain, depth + 1) for chain in (item.chains or {}).values()])
        return 1 + (_rounds(item) * (1 + inside) if item.word in ("repeat", "each") else inside)

    def _block(self, block: Block, depth: int) -> int:
        if block.name not in self._known:
            self._known[block.name] = 0  # what a block that uses itself finds here
            self._known[block.name] = self.chain(block.layers, depth)
        return self._known[block.name]


def _rounds(item: Item) -> int:
    value = item.value
    if isinstance(value, Scalar):
        is_count = isinstance(value.value, int) and not isinstance(value.value, bool) and value.value > 0
        return int(value.value) if is_count else 0  # pyright: ignore[reportArgumentType]
    columns = [column for _, column in value.entries] if isinstance(value, Mapping) else []
    return min((len(c.items) if isinstance(c, Sequence) else 0 for c in columns), default=0)
