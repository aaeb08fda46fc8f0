"""The nearest known word to one that is not known, and how a message asks for it."""

from collections.abc import Iterable
from functools import lru_cache

_MAX_LENGTH = 100
_MAX_COMPARED = 200
"""How many words of about the same length are held against one."""


ELSEWHERE = {
    "batchnorm1d": "BatchNormalization",
    "batchnorm2d": "BatchNormalization",
    "convtranspose2d": "Conv2DTranspose",
    "f1": "f1_score",
    "fc": "Dense",
    "float": "float32",
    "fullyconnected": "Dense",
    "int": "int32",
    "kaimingnormal": "he_normal",
    "kaiminguniform": "he_uniform",
    "linear": "Dense",
    "lr": "learning_rate",
    "memory": "activation_memory",
    "r2": "r2_score",
    "rmse": "root_mean_squared_error",
    "str": "string",
    "xavier": "glorot_uniform",
    "xaviernormal": "glorot_normal",
    "xavieruniform": "glorot_uniform",
}
"""What other libraries, and papers, call what is known here by another word."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The word of `known` that was probably meant by `word`, or None where none is near.

    What is said elsewhere means what it means there. Near is: the same but for case, `-` and `_`; else at most a
    third of the letters wrong, missing, added or swapped with their neighbour; else the only one of which it is the
    first or last half. Among equally near ones the first counts. Of many known words not all are tried.
    """
    if len(word) > _MAX_LENGTH:
        return None
    plain = _plain(word)
    if plain in ELSEWHERE:
        known = [*known]
        plain = _plain(ELSEWHERE[plain]) if ELSEWHERE[plain] in known else plain
    letters = _letters(plain)
    best: str | None = None
    allowed = max(1, len(plain) // 3)
    compared = 0
    parts: list[str] = []
    for candidate in known:
        other = _plain(candidate)
        if other == plain:
            return candidate
        if abs(len(other) - len(plain)) <= allowed < max(len(other), len(plain)):
            if _least_distance(letters, _letters(other)) > allowed:
                continue
            compared += 1
            if compared > _MAX_COMPARED:
                break
            distance = _distance(*_differing(plain, other), allowed)
            if distance <= allowed:
                best, allowed = candidate, distance - 1
        elif len(other) <= 2 * len(plain) and (other.startswith(plain) or other.endswith(plain)):
            parts.append(candidate)
    return parts[0] if best is None and len(parts) == 1 else best


def did_you_mean(meant: str | None) -> str:
    """The end of a message about a word that is not known: the one that was meant, if `nearest` found one."""
    return f"; did you mean `{meant}`?" if meant else ""


def _plain(word: str) -> str:
    return word.casefold().replace("-", "").replace("_", "")


@lru_cache(4096)
def _letters(word: str) -> int:
    """Which characters a word has, as bits; seldom two of them share one."""
    bits = 0
    for char in word:
        bits |= 1 << (ord(char) & 63)
    return bits


def _least_distance(a: int, b: int) -> int:
    """What the distance of two words is at least, by the letters that only one of them has."""
    return max((a & ~b).bit_count(), (b & ~a).bit_count())


def _differing(a: str, b: str) -> tuple[str, str]:
    """Both words without what they start and end with alike: that makes no difference to their distance."""
    start, most = 0, min(len(a), len(b))
    while start < most and a[start] == b[start]:
        start += 1
    end, most = 0, most - start
    while end < most and a[-1 - end] == b[-1 - end]:
        end += 1
    return a[start : len(a) - end], b[start : len(b) - end]


def _distance(a: str, b: str, most: int) -> int:
    """How many insertions, deletions, replacements and swaps of neighbours make `b` of `a` (Damerau and
    Levenshtein, each stretch changed once); some number above `most` where it is more than that.
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
        if min(row) > most and min(before) > most:
            return most + 1
    return row[-1]
