"""The strategy of EinsumDense: an equation that fits the input, and the sizes that it makes."""

from tests.oracle.draft import RANKS, Draft
from tests.oracle.strategies.registry import STRATEGIES

_LETTERS = "bcdefgh"
_NEW = "xyz"


def einsum_dense(draft: Draft) -> None:
    """Some axes are summed over, some kept; new ones are made; now and then `...` stands for some."""
    rng, rank = draft.rng, len(draft.shape)
    form = rng.choice(("plain", "left", "right"))
    hidden = rng.randrange(rank) if form != "plain" and rank > 1 else 0
    first = hidden if form == "left" else 0
    own = {letter: draft.shape[first + i] for i, letter in enumerate(_LETTERS[: rank - hidden])}
    summed = rng.sample(sorted(own), rng.randint(0, len(own)))
    new = {letter: rng.randint(1, 4) for letter in _NEW[: rng.randint(0 if own.keys() - summed else 1, 2)]}
    shared = [letter for letter in own if letter not in summed and draft.chance(0.25)]
    made = [letter for letter in own if letter not in summed] + list(new)
    if draft.chance(0.3):
        rng.shuffle(made)
    kernel = [*summed, *shared, *new]
    rng.shuffle(kernel)
    if not kernel:
        kernel = [rng.choice(sorted(own))]
        summed = []
    sizes = [own.get(letter) or new[letter] for letter in made]
    if draft.chance(0.2):
        sizes = [
            None if letter in own and letter not in kernel else n
            for letter, n in zip(made, sizes, strict=True)
        ]
    batch = "" if form == "left" else "a"
    left, right = ("..." if form == side else "" for side in ("left", "right"))
    read, result = batch + "".join(own), batch + "".join(made)
    draft.arguments["equation"] = f"{left}{read}{right},{''.join(kernel)}->{left}{result}{right}"
    draft.arguments["output_shape"] = (
        sizes[0] if len(sizes) == 1 and sizes[0] and draft.chance(0.5) else sizes
    )
    draft.arguments.pop("bias_axes", None)
    known = [letter for letter, size in zip(made, sizes, strict=True) if size is not None]
    if known and draft.chance(0.5):
        draft.arguments["bias_axes"] = "".join(rng.sample(known, rng.randint(1, len(known))))


STRATEGIES["EinsumDense"] = einsum_dense
RANKS["EinsumDense"] = (1, 2, 2, 3, 3)
