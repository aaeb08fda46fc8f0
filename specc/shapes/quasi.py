"""Symbolic sizes as functions of one symbol: on each residue class of a period, a polynomial.

Of `L` the period and `D` the degree, `D + 1` points of each class say all: where the function is at least 0,
where it is 0, and where a number divides it.
"""

from collections.abc import Callable, Sequence
from math import gcd, lcm

from specc.shapes.sizeset import MAX_BITS, SizeSet, TooLarge
from specc.shapes.symbolic import Anonymous, Atom, Floor, Size, Symbol, Symbolic

Intervals = list[tuple[int, int | None]]
"""Where something holds: from the first number up to the second, exclusive; None: without end."""


class Budget:
    """How much may still be computed before a question is left undecided."""

    __slots__ = ("left",)

    def __init__(self, left: int) -> None:
        self.left = left

    def spend(self, cost: int) -> None:
        """Raises TooLarge where that is more than what is left."""
        if cost > self.left:
            raise TooLarge
        self.left -= cost


def value_at(size: Size, values: Callable[[Symbol | Anonymous], int]) -> int:
    """The number that a size is where its symbols have these values."""
    if isinstance(size, int):
        return size
    total = size.constant
    for monomial, coefficient in size.terms:
        for atom in monomial:
            if isinstance(atom, Floor):
                coefficient *= value_at(atom.of, values) // atom.by
            else:
                coefficient *= values(atom)
        total += coefficient
    return total


def degree(size: Size) -> int:
    """The degree of the polynomials that a size consists of."""
    if isinstance(size, int):
        return 0
    return max([sum([degree(a.of) if isinstance(a, Floor) else 1 for a in m]) for m, _ in size.terms])


def period(size: Size) -> int:
    """A period of the polynomials: on each of its classes, the coefficients are integers."""
    if isinstance(size, int):
        return 1
    return lcm(*[_floor_period(a) for m, _ in size.terms for a in m if isinstance(a, Floor)])


def _floor_period(floor: Floor) -> int:
    """A floor of a polynomial is one where each but the constant coefficient is divisible."""
    inner = period(floor.of)
    return inner * _steps(floor.of, inner, floor.by)


def _steps(size: Symbolic, inner: int, by: int) -> int:
    """After how many periods all of a size but its value at the start of each class is divisible by `by`."""
    if degree(size) > 1:
        return by
    return by // gcd(by, _growth(size, inner))


def _growth(size: Symbolic, length: int) -> int:
    """How much a size of degree 1 grows over a period of it."""
    return value_at(size, lambda _: 1 + length) - value_at(size, lambda _: 1)


def _column(size: Size, points: range, known: dict[Atom, list[int]]) -> list[int]:
    """The values of a size of one symbol at `points`."""
    if isinstance(size, int):
        return [size] * len(points)
    total = [size.constant] * len(points)
    for monomial, coefficient in size.terms:
        term: Sequence[int] = [coefficient] * len(points)
        for atom in monomial:
            if not isinstance(atom, Floor):
                term = [a * b for a, b in zip(term, points, strict=True)]
                continue
            if atom not in known:
                by = atom.by
                known[atom] = [n // by for n in _column(atom.of, points, known)]
            term = [a * b for a, b in zip(term, known[atom], strict=True)]
        total = [a + b for a, b in zip(total, term, strict=True)]
    return total


def _differences(size: Symbolic, length: int, budget: Budget) -> list[list[int]]:
    """The forward differences at the start of each class, by their order; the first ones are the values."""
    order = degree(size)
    if order == 1 and _growth(size, length) == 0:
        order = 0
    budget.spend(length * (order + 1) * (size.weight + order))
    values = _column(size, range(1, length * (order + 1) + 1), {})
    rows = [values[k * length : (k + 1) * length] for k in range(order + 1)]
    for i in range(order):
        for k in range(order, i, -1):
            rows[k] = [b - a for a, b in zip(rows[k - 1], rows[k], strict=True)]
    while len(rows) > 1 and not any(rows[-1]):
        rows.pop()
    return rows


def where_positive(size: Symbolic, budget: Budget) -> SizeSet:
    """The values of its only symbol for which a size is at least 0."""
    rows = _differences(size, period(size), budget)
    if len(rows) == 1:
        return _periodic([value >= 0 for value in rows[0]])
    return _where([_positive(list(differences)) for differences in zip(*rows, strict=True)])


def where_zero(size: Symbolic, budget: Budget) -> SizeSet:
    """The values of its only symbol for which a size is 0."""
    rows = _differences(size, period(size), budget)
    if len(rows) == 1:
        return _periodic([value == 0 for value in rows[0]])
    return _where([_zero(list(differences)) for differences in zip(*rows, strict=True)])


def where_divisible(size: Symbolic, by: int, budget: Budget) -> SizeSet:
    """The values of its only symbol for which a size is a multiple of the positive number `by`."""
    length = period(size)
    length *= _steps(size, length, by)
    budget.spend(length * size.weight)
    return _periodic([n % by == 0 for n in _column(size, range(1, length + 1), {})])


def _periodic(members: Sequence[bool]) -> SizeSet:
    """The set that has each class of a period, from that of 1 on, or has it not."""
    if len(members) > MAX_BITS:
        raise TooLarge
    return SizeSet.periodic(len(members), int("".join(["01"[member] for member in reversed(members)]), 2))


def _where(classes: list[Intervals]) -> SizeSet:
    """The set in which class `i` (of sizes `i + 1 + k * period`) has the given intervals of `k`."""
    length = len(classes)
    if length > MAX_BITS:
        raise TooLarge
    changes: list[int] = []
    for i, intervals in enumerate(classes, start=1):
        for start, end in intervals:
            if start:
                changes.append(i + start * length)
            if end is not None:
                changes.append(i + (end - 1) * length)

    def member(size: int) -> bool:
        k, i = divmod(size - 1, length)
        return any(start <= k and (end is None or k < end) for start, end in classes[i])

    return SizeSet.changing(length, changes, member)


def _positive(differences: list[int]) -> Intervals:
    """Where the polynomial of these forward differences at 0 is at least 0.

    Where its own difference is of one sign, it rises or falls, and changes its sign once at most.
    """
    while len(differences) > 1 and not differences[-1]:
        differences = differences[:-1]
    first, *more = differences
    if not more:
        return [(0, None)] if first >= 0 else []
    found: Intervals = []
    for start, end, rises in _runs(_positive(more)):
        here = _crossing(differences, start, end, rises)
        part = (here, end) if rises else (start, here)
        if part[1] is not None and part[0] >= part[1]:
            continue
        if found and found[-1][1] == part[0]:
            part = (found.pop()[0], part[1])
        found.append(part)
    return found


def _runs(rising: Intervals) -> list[tuple[int, int | None, bool]]:
    """The intervals and what lies between them, in order."""
    found: list[tuple[int, int | None, bool]] = []
    at: int | None = 0
    for start, end in rising:
        assert at is not None
        if start > at:
            found.append((at, start, False))
        found.append((start, end, True))
        at = end
    if at is not None:
        found.append((at, None, False))
    return found


def _crossing(differences: list[int], start: int, end: int | None, rises: bool) -> int:
    """The first place in a run at which the polynomial is at least 0, if it rises, or less, if it falls."""
    if end is None:
        width = 1
        while (_newton(differences, start + width - 1) >= 0) != rises:
            width *= 2
        end = start + width
    low, high = start, end
    while low < high:
        middle = (low + high) // 2
        if (_newton(differences, middle) >= 0) == rises:
            high = middle
        else:
            low = middle + 1
    return low


def _newton(differences: list[int], k: int) -> int:
    """The polynomial of these forward differences at 0, at `k`."""
    total, binomial = 0, 1
    for i, difference in enumerate(differences):
        total += difference * binomial
        binomial = binomial * (k - i) // (i + 1)
    return total


def _zero(differences: list[int]) -> Intervals:
    if len(differences) == 2 and differences[1]:  # the common case, in one step
        k, rest = divmod(-differences[0], differences[1])
        return [(k, k + 1)] if rest == 0 and k >= 0 else []
    positive, negative = _positive(differences), _positive([-d for d in differences])
    found: Intervals = []
    for a, b in positive:
        for c, d in negative:
            start = max(a, c)
            ends = [end for end in (b, d) if end is not None]
            end = min(ends) if ends else None
            if end is None or start < end:
                found.append((start, end))
    return sorted(found)
