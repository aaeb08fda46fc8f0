"""The strategies of cells and of what runs them."""

from typing import Any

from tests.oracle.case import Sizes
from tests.oracle.draft import RANKS, Draft, rank_of
from tests.oracle.strategies.layers import states
from tests.oracle.strategies.registry import STRATEGIES, strategy

SINGLE = ("LSTMCell", "GRUCell", "SimpleRNNCell")


def a_cell(draft: Draft) -> tuple[dict[str, Any], list[Sizes]]:
    """A cell, and the sizes of its states."""
    op = draft.rng.choice(SINGLE)
    inner = Draft(draft.rng, op, (1,))
    inner.draw()
    if draft.chance(0.8):
        inner.arguments.pop("dtype", None)
    units = inner.arguments["units"]
    return {op: inner.arguments}, [(units,)] * (2 if op == "LSTMCell" else 1)


def some_cells(draft: Draft) -> tuple[list[dict[str, Any]], list[Sizes]]:
    """Cells one on top of the other, and the sizes of their states."""
    several = [a_cell(draft) for _ in range(draft.rng.randint(1, 3))]
    return [cell for cell, _ in several], [size for _, sizes in several for size in sizes]


def rnn(draft: Draft) -> None:
    """One cell or several; initial states; a batch of fixed size."""
    several = draft.chance(0.5)
    draft.arguments["cell"], sizes = some_cells(draft) if several else a_cell(draft)
    if several and draft.chance(0.2):
        draft.arguments["cell"] = {"StackedRNNCells": {"cells": draft.arguments["cell"]}}
    if draft.chance(0.2) and not draft.given:
        draft.shapes += sizes
    else:
        states(draft, 0, ())


def alone(draft: Draft) -> None:
    """One step and the states."""
    if draft.op == "StackedRNNCells":
        draft.arguments["cells"], sizes = some_cells(draft)
    else:
        sizes = [(draft.arguments["units"],)] * (2 if draft.op == "LSTMCell" else 1)
    for arguments in (draft.arguments, *(a for c in draft.arguments.get("cells", ()) for a in c.values())):
        if draft.chance(0.9):
            arguments.pop("dropout", None)
            arguments.pop("recurrent_dropout", None)
    draft.shapes += sizes


NORMALIZED = (
    "Dense",
    "EinsumDense",
    "Conv1D",
    "Conv2D",
    "Conv2DTranspose",
    "DepthwiseConv2D",
    "Embedding",
    "LSTM",
)


def spectral(draft: Draft) -> None:
    """A layer with a kernel, mostly."""
    fits = [op for op in NORMALIZED if not draft.given or rank_of(draft.rng, op) == len(draft.shape)]
    inner = Draft(draft.rng, draft.rng.choice(fits or ["Dense"]), draft.shape if draft.given else None)
    inner.draw()
    strategy(inner)
    draft.arguments["layer"] = {inner.op: inner.arguments}
    if draft.chance(0.8):
        inner.arguments.pop("lora_rank", None)
    draft.shapes = inner.shapes[:1]


STRATEGIES |= {
    "SpectralNormalization": spectral,
    "RNN": rnn,
    **dict.fromkeys((*SINGLE, "StackedRNNCells"), alone),
}
RANKS |= dict.fromkeys((*SINGLE, "StackedRNNCells"), (1,))
