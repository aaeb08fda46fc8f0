"""The strategy of attention in groups of heads."""

from tests.oracle.draft import Draft
from tests.oracle.strategies.registry import STRATEGIES


def grouped(draft: Draft) -> None:
    """Heads that divide; query, value and now and then a key; scores and masks by call."""
    rng, (asked, width) = draft.rng, draft.shape
    if draft.chance(0.9):
        held = rng.randint(1, 3)
        draft.arguments |= {"num_key_value_heads": held, "num_query_heads": held * rng.randint(1, 3)}
    told = rng.choice((asked, rng.randint(1, 5)))
    draft.shapes.append((told, width))
    if draft.chance(0.3):
        draft.shapes.append((told, rng.randint(1, 5)))
    for option, probability in (("use_causal_mask", 0.15), ("return_attention_scores", 0.2)):
        if draft.chance(probability):
            draft.options[option] = True


STRATEGIES["GroupQueryAttention"] = grouped
