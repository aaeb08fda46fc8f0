"""How a place in the text was reached: through blocks that are used, and rounds of repeats."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from specc.diagnostics.model import Note
from specc.syntax.document import Block, Item


class Frame(NamedTuple):
    """A block that is used, or one round of a repeat: its path, and the parameters that it gives values to.

    `item` is the `use` or the construct; `block` is None for a round, whose number is `round`.
    """

    path: str
    item: Item
    values: Mapping[str, Any]
    block: Block | None = None
    round: int = 0


class Link(NamedTuple):
    """How a place in the text was reached: a block used, a round of a repeat; `outer` is the next one out."""

    note: Note
    outer: "Link | None"
    frame: Frame | None = None


def chain_of(link: Link | None) -> tuple[Note, ...]:
    """The notes of a link, innermost first."""
    notes: list[Note] = []
    while link is not None:
        notes.append(link.note)
        link = link.outer
    return tuple(notes)
