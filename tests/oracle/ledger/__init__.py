"""The deliberate differences from Keras: each with its reason and the cases that it covers, as few as can be."""

from tests.oracle.judge import Verdict
from tests.oracle.ledger import (
    adaptive,
    cells,
    einsum,
    functions,
    images,
    layers,
    masks,
    matrices,
    shaping,
    text,
)
from tests.oracle.ledger.shared import Entry

LEDGER: tuple[Entry, ...] = (
    *layers.ENTRIES,
    *images.ENTRIES,
    *adaptive.ENTRIES,
    *cells.ENTRIES,
    *einsum.ENTRIES,
    *text.ENTRIES,
    *functions.ENTRIES,
    *shaping.ENTRIES,
    *matrices.ENTRIES,
    *masks.ENTRIES,
)


def entry_for(verdict: Verdict) -> Entry | None:
    """The entry that covers a disagreement."""
    return next((entry for entry in LEDGER if entry.matches(verdict)), None)
