"""The strategies by op: each family's module adds its own."""

from collections.abc import Callable

from tests.oracle.draft import Draft

Strategy = Callable[[Draft], None]

STRATEGIES: dict[str, Strategy] = {}


def strategy(draft: Draft) -> None:
    """Put the arguments and inputs of a draft right, as far as its op has a strategy."""
    chosen = STRATEGIES.get(draft.op)
    if chosen is not None:
        chosen(draft)
