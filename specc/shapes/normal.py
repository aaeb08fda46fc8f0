"""Sets of sizes in words: bounds, residue classes and lists, as few and as short as say it all."""

from itertools import islice
from typing import NamedTuple

from specc.shapes.sizeset import ALL, Piece, SizeSet, TooLarge, conjunction, extended, primes, within

LISTED = 8
"""How many sizes, or residues, a list may have."""
_SPLIT = 4_096
"""The longest period that is taken apart."""


class Text(NamedTuple):
    """What is said of a symbol, and for which sizes it is true."""

    text: str
    sizes: SizeSet


def texts_of(name: str, sizes: SizeSet, base: SizeSet = ALL) -> list[Text] | None:
    """What says that a symbol is of `sizes`, where it is known that it is of `base`; None: it takes too many words.

    Each text is needed.
    """
    try:
        ways = [_listed(name, sizes), _patterned(name, sizes), _with_exceptions(name, sizes)]
        meant = sizes & base
    except TooLarge:
        return None
    return min([needed(said, meant, base) for said in ways if said is not None], key=length, default=None)


def needed(texts: list[Text], sizes: SizeSet, base: SizeSet) -> list[Text]:
    """Those of the texts that say, with `base`, that a symbol is of `sizes`; the first ones go first."""
    kept = list(texts)
    for text in texts:
        others = [other for other in kept if other is not text]
        if within([base, *(other.sizes for other in others)], sizes):
            kept = others
    return kept


def _listed(name: str, sizes: SizeSet) -> list[Text] | None:
    """`T == 5`, `T in {3, 5}`."""
    members = _few(sizes) if sizes.is_finite else None
    return [Text(_among(name, members), sizes)] if members else None


def _patterned(name: str, sizes: SizeSet) -> list[Text] | None:
    """Bounds, one pattern of residues, and sizes left out: `T >= 5`, `T <= 90`, `T % 4 == 1`, `T != 13`."""
    least = sizes.smallest()
    if least is None:
        return None
    most = sizes.pieces[-1].start - 1 if sizes.is_finite else None
    pattern = extended(_longest(sizes))
    residues = _residues(name, pattern)
    left_out = pattern & SizeSet.interval(least, most) & ~sizes
    exceptions = _few(left_out) if left_out.is_finite else None
    if residues is None or exceptions is None or not sizes <= pattern:
        return None
    texts = [Text(f"{name} >= {least}", SizeSet.interval(least))]
    if most is not None:
        texts.append(Text(f"{name} <= {most}", SizeSet.interval(1, most)))
    texts += residues
    if exceptions:
        texts.append(Text(_among(name, exceptions, "!= ", "not in "), ~left_out))
    return texts


def _longest(sizes: SizeSet) -> Piece:
    """The piece of a set that has most sizes to say."""
    if not sizes.is_finite:
        return sizes.pieces[-1]
    spans = [(end - piece.start, piece) for piece, end in sizes.spans() if end is not None and piece.bits]
    return max(spans)[1]


def _with_exceptions(name: str, sizes: SizeSet) -> list[Text] | None:
    """A few sizes, or those of a pattern from one on: `T == 3 or T >= 9 and T % 2 == 1`."""
    last = sizes.pieces[-1]
    residues = _residues(name, sizes.tail)
    before = _few(sizes & SizeSet.interval(1, last.start - 1))
    if residues is None or not before:
        return None
    first = (sizes & SizeSet.interval(last.start)).smallest()
    behind = " and ".join([f"{name} >= {first}", *(said.text for said in residues)])
    return [Text(f"{_among(name, before)} or {behind}", sizes)]


def _residues(name: str, pattern: SizeSet) -> list[Text] | None:
    """Which residues a periodic set has: in one text, or in one for each of several coprime periods."""
    ((_, period, bits),) = pattern.pieces
    if period == 1:
        return [] if bits else None
    whole = _of_period(name, pattern)
    parts = _coprime_parts(pattern) if period <= _SPLIT else []
    several = [_of_period(name, part) for part in parts if part != ALL]
    said = [text for text in several if text is not None]
    if len(said) < len(several) or not said or (whole is not None and length([whole]) <= length(said)):
        return None if whole is None else [whole]
    return said


def _of_period(name: str, pattern: SizeSet) -> Text | None:
    """`T % 4 == 0`, `T % 4 != 0`, `T % 32 in {0, 31}`, `T % 32 not in {0, 31}`."""
    ((_, period, bits),) = pattern.pieces
    is_most = 2 * bits.bit_count() > period
    few = list(islice(~pattern if is_most else pattern, LISTED + 1))
    residues = sorted({size % period for size in few})
    if (period - bits.bit_count() if is_most else bits.bit_count()) > LISTED:
        return None
    return Text(_among(f"{name} % {period}", residues, *(("!= ", "not in ") if is_most else ())), pattern)


def _coprime_parts(pattern: SizeSet) -> list[SizeSet]:
    """Periodic sets of coprime periods that together are this one; none where there are no such sets."""
    ((_, period, bits),) = pattern.pieces
    found: list[SizeSet] = []
    for prime in primes(period):
        power = prime
        while period % (power * prime) == 0:
            power *= prime
        folded = 0
        for start in range(0, period, power):
            folded |= bits >> start & (1 << power) - 1
        found.append(SizeSet.periodic(power, folded))
    return found if conjunction(found) == pattern else []


def _few(sizes: SizeSet) -> list[int] | None:
    """The members of a finite set; None where they are too many for a list."""
    members = list(islice(sizes, LISTED + 1))
    return members if len(members) <= LISTED else None


def _among(subject: str, members: list[int], one: str = "== ", several: str = "in ") -> str:
    if len(members) == 1:
        return f"{subject} {one}{members[0]}"
    return f"{subject} {several}{{{', '.join(map(str, members))}}}"


def length(texts: list[Text]) -> int:
    """How many characters texts have, with what stands between them."""
    return sum(len(said.text) + 2 for said in texts)
