"""The nearest known word to one that is not known."""

from collections.abc import Iterable

_MAX_LENGTH = 100


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The word of `known` that was probably meant by `word`, or None where none is near.

    Near is: the same but for case, `-` and `_`; else at most a third of the letters wrong, missing, added or
    swapped with their neighbour. Among equally near ones the first counts.
    """
    if len(word) > _MAX_LENGTH:
        return None
    plain = _plain(word)
    best: str | None = None
    allowed = max(1, len(plain) // 3)
    for candidate in known:
        other = _plain(candidate)
        if other == plain:
            return candidate
        if abs(len(other) - len(plain)) <= allowed < max(len(other), len(plain)):
            distance = _distance(plain, other)
            if distance <= allowed:
                best, allowed = candidate, distance - 1
    return best


def _plain(word: str) -> str:
    return word.casefold().replace("-", "").replace("_", "")


def _distance(a: str, b: str) -> int:
    """How many insertions, deletions, replacements and swaps of neighbours make `b` of `a` (Damerau and
    Levenshtein, each stretch changed once).
    """
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, char in enumerate(a, 1):
        older, before, row = before, row, [i]
        for j, other in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (char != other))
            if i > 1 and j > 1 and char == b[j - 2] and a[i - 2] == other:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]
