"""The strategies of adaptive pooling and of what is near to layers that were there before."""

from tests.oracle.draft import RANKS, Draft
from tests.oracle.strategies.layers import dropout, window
from tests.oracle.strategies.registry import STRATEGIES


def adaptive(draft: Draft) -> None:
    """Sizes of results up to beyond those of the input."""
    window(draft)
    if draft.chance(0.2):
        draft.arguments["output_size"] = draft.rng.randint(1, 9)


def reversible(draft: Draft) -> None:
    """Indices, or vectors to be turned back."""
    if draft.chance(0.5):
        draft.dtype = draft.rng.choice(("int32", "int64", "uint8"))
        return
    draft.options["reverse"] = True
    if not draft.given and draft.chance(0.9):
        draft.shapes[0] = (*draft.shape[:-1], draft.arguments["output_dim"])


def scaled(draft: Draft) -> None:
    """Mostly the last axes, which the scale is laid over."""
    if "axis" in draft.arguments and draft.chance(0.8):
        rank = len(draft.shape)
        count = draft.rng.randint(0 if draft.chance(0.1) else 1, rank)
        draft.arguments["axis"] = list(range(rank - count + 1, rank + 1))


STRATEGIES |= {
    **{f"Adaptive{kind}Pooling{n}D": adaptive for kind in ("Average", "Max") for n in (1, 2, 3)},
    "AlphaDropout": dropout,
    "ReversibleEmbedding": reversible,
    "RMSNormalization": scaled,
}
RANKS |= {"ReversibleEmbedding": (1, 2, 2, 3)}
