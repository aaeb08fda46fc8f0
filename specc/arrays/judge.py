"""What is wrong with the numbers of an array, which are looked at a stretch at a time."""

from array import array
from collections.abc import Callable, Iterable, Sequence
from math import isfinite, prod
from operator import add
from typing import NamedTuple

from specc.arrays import Values
from specc.arrays.header import Header

MAX_ROW = 1 << 22
"""How many numbers of a row, or sums of rows, are held."""
TOLERANCE = 1e-3
"""How far a row may be from 1."""

Found = dict[str, str]
"""What was met first of each kind, in words: `nan`, `range`, `rows`, `fraction`, `unweighed`, `gap`, `long`."""


class Wanted(NamedTuple):
    """What the numbers of an array must be.

    `classes`: how many there are, and `ignored` one that stands for none; `rows`: each row sums to 1; `steps`: in how
    many a sequence is spelled; `whole`: Keras rounds to a class; `weighed`: the classes with a weight.
    """

    values: Values = "any"
    classes: int | None = None
    ignored: int | None = None
    rows: bool = False
    steps: int | None = None
    whole: bool = False
    weighed: frozenset[int] | None = None


class Judge:
    """Looks at stretches in their order; `row` is the length of what belongs together."""

    def __init__(self, header: Header, wanted: Wanted) -> None:
        self.header = header
        self.wanted = wanted
        self.found: Found = {}
        self.seen = 0
        self.signs: set[float] = set()
        self.row = 1
        self.sums: array[float] | None = None
        *outer, last = header.shape
        if not outer or last < 2 or not (wanted.rows or wanted.values == "sequence"):
            return
        if not header.fortran_order:
            self.row = last if last <= MAX_ROW else 1
        elif wanted.rows and prod(outer) <= MAX_ROW:
            self.sums = array("d", bytes(8 * prod(outer)))

    def see(self, stretch: Sequence[float]) -> None:
        """Look at the next numbers."""
        total = sum(stretch)
        if isinstance(total, float) and not isfinite(total):
            self.say("nan", stretch, [i for i, x in enumerate(stretch) if not isfinite(x)])
        else:
            if self.wanted.values != "any":
                self.say("range", stretch, self.outside(stretch))
            if self.wanted.whole and not _are_whole(stretch):
                self.say("fraction", stretch, _where(stretch, lambda x: not float(x).is_integer()))
            weighed = self.wanted.weighed
            if weighed is not None and not weighed.issuperset(stretch):
                self.say("unweighed", stretch, _where(stretch, lambda x: round(x) not in weighed))
            if self.sums is not None:
                self.add_rows(stretch, self.sums)
            elif self.row > 1:
                self.hold_rows(stretch)
        self.seen += len(stretch)

    def end(self) -> Found:
        """What was found, once all numbers have been seen."""
        if self.sums is not None and "nan" not in self.found:
            for i, total in enumerate(self.sums):
                if abs(total - 1) > TOLERANCE:
                    self.found["rows"] = f"{total:g} (sample {i % self.header.shape[0]:,})"
                    break
        return self.found

    def say(self, kind: str, stretch: Sequence[float], positions: Iterable[int]) -> None:
        """Keep the first of these positions, if none of the kind was met before."""
        at = None if kind in self.found else next(iter(positions), None)
        if at is not None:
            self.found[kind] = f"{stretch[at]:g} (sample {self.sample(at):,})"

    def sample(self, position: int) -> int:
        """The number of the sample that a position of the stretch belongs to, counted from 0."""
        index = self.seen + position
        if self.header.fortran_order:
            return index % self.header.shape[0]
        return index // max(1, prod(self.header.shape[1:]))

    def outside(self, stretch: Sequence[float]) -> list[int]:
        """Where numbers are that cannot be."""
        low, high = min(stretch), max(stretch)
        match self.wanted.values:
            case "fractions" | "distribution" if low < 0 or high > 1:
                return _where(stretch, lambda x: not 0 <= x <= 1)
            case "counts" if low < 0:
                return _where(stretch, lambda x: x < 0)
            case "nonzero" if 0 in stretch:
                return [stretch.index(0)]
            case "binary" if not {low, high} <= {0, 1} or not set(stretch) <= {0, 1}:
                return _where(stretch, lambda x: x not in (0, 1))
            case "signs":
                self.signs |= {low, high}
                kinds = ({0, 1}, {-1, 1})
                if not any(self.signs <= kind and set(stretch) <= kind for kind in kinds):
                    first = _where(stretch, lambda x: x not in (-1, 0, 1))
                    return first or _where(stretch, lambda x: x == 0) or [0]
            case "classes" | "sequence" if self.wanted.classes is not None:
                classes, ignored = self.wanted.classes, self.wanted.ignored
                if low < 0 or high >= classes or not _are_whole(stretch):
                    return _where(
                        stretch, lambda x: x != ignored and not (0 <= x < classes and float(x).is_integer())
                    )
            case _:
                pass
        return []

    def hold_rows(self, stretch: Sequence[float]) -> None:
        """The rows of a stretch, in the order of the file."""
        for start in range(0, len(stretch), self.row):
            row = stretch[start : start + self.row]
            if self.wanted.rows:
                total = sum(row)
                if abs(total - 1) > TOLERANCE:
                    self.found.setdefault("rows", f"{total:g} (sample {self.sample(start):,})")
                    return
            else:
                self.hold_sequence(row, start)

    def hold_sequence(self, row: Sequence[float], start: int) -> None:
        """A sequence is filled up with 0 at its end, and takes a step for each class and between equal neighbours."""
        length = len(row)
        while length and row[length - 1] == 0:
            length -= 1
        if 0 in row[:length]:
            self.found.setdefault("gap", f"sample {self.sample(start):,}")
        needed = length + sum(row[i] == row[i - 1] for i in range(1, length))
        if self.wanted.steps is not None and needed > self.wanted.steps:
            self.found.setdefault("long", f"{needed:,} steps (sample {self.sample(start):,})")

    def add_rows(self, stretch: Sequence[float], sums: "array[float]") -> None:
        """Add to the sums of rows the numbers of a stretch, in which a row's stand far apart."""
        done = 0
        while done < len(stretch):
            at = (self.seen + done) % len(sums)
            part = stretch[done : done + len(sums) - at]
            sums[at : at + len(part)] = array("d", map(add, sums[at : at + len(part)], part))
            done += len(part)


def _where(stretch: Sequence[float], is_wrong: Callable[[float], bool]) -> list[int]:
    return [i for i, x in enumerate(stretch) if is_wrong(x)]


def _are_whole(stretch: Sequence[float]) -> bool:
    return not isinstance(stretch[0], float) or all(float(x).is_integer() for x in stretch)
