"""The text of a symbolic size: the shortest that a spec could say for it."""

import re
from collections.abc import Iterator

from specc.shapes.demand import AtLeast, Demand, Divides, Same
from specc.shapes.dim import is_anonymous, remainder
from specc.shapes.symbolic import Floor, Monomial, Size, Symbol, Symbolic, single

_NAME = re.compile(r"[A-Za-z_]\w*")
_DEPTH = 2
_SHORT = 24
"""How deep, and in how large expressions, several ways to write one are compared."""
_Way = tuple[Size, str, int]
"""A sum, and beside it a text that stands in it with a coefficient."""


def text_of(size: Symbolic) -> str:
    """The text of `size`, as an expression over symbols; `null` where one of them has no name."""
    if is_anonymous(size):
        return "null"
    return _sum_text(size, _DEPTH if size.weight <= _SHORT else 0)


def demand_text(demand: Demand) -> str:
    """A demand as a relation between texts, what is taken away on the other side: `H + 2 == W // 2`."""
    match demand:
        case AtLeast(size, least):
            return "{} >= {}".format(*_sides(size - least))
        case Same(left, right):
            return "{} == {}".format(*sorted(_sides(left - right), key=_plainness))
        case Divides(by, size):
            return f"{_grouped(size)} % {_grouped(by, after=True)} == 0"


def _sides(difference: Size) -> tuple[str, str]:
    """Two sizes of this difference, neither of which takes anything away; the second a number, if it can be."""
    left: Size = 0
    right: Size = 0
    if isinstance(difference, int):
        return str(difference), "0"
    for monomial, coefficient in difference.terms:
        term = Symbolic(((monomial, abs(coefficient)),), 0, 1)
        left, right = (left + term, right) if coefficient > 0 else (left, right + term)
    if left == 0 or (right != 0 and difference.constant > 0):
        left = left + difference.constant
    else:
        right = right - difference.constant
    return str(left), str(right)


def _plainness(text: str) -> tuple[bool, bool, int, str]:
    """What sorts the sides of an equality: a lone symbol first, a number last, else the shorter one first."""
    return text.lstrip("-").isdigit(), not text.isidentifier(), len(text), text


def _grouped(size: Size, after: bool = False) -> str:
    """A text that may stand before `%`, or behind it."""
    text = str(size)
    return text if (text.isalnum() if after else not set(text) & set("+-/%")) else f"({text})"


def _sum_text(size: Size, depth: int) -> str:
    """The shortest text: each floor of the sum may be written in several ways, one after the other is chosen.

    Floors deeper than `depth` in one another are written as they are.
    """
    if isinstance(size, int):
        return str(size)
    special: list[tuple[str, int]] = []
    rest: Size = size
    for monomial, coefficient in size.terms if depth else ():
        if len(monomial) == 1 and isinstance(monomial[0], Floor):
            ways = _ways(rest, monomial[0], coefficient, depth - 1)
            rest, text, factor = min(
                ways, key=lambda way: _length(_joined(way[0], [*special, way[1:]], depth))
            )
            special.append((text, factor))
    return _joined(rest, special, depth)


def _ways(whole: Size, floor: Floor, coefficient: int, depth: int) -> Iterator[_Way]:
    """The ways to write `coefficient * floor` in `whole`: what is left of that, a text, and its coefficient."""
    without = whole - single(floor, coefficient)
    for of, sign in ((floor.of, coefficient), (floor.by - 1 - floor.of, -coefficient)):
        # sign * (of // by), and what multiples of `by` go in and out of the division
        for taken in _multiples(without, sign):
            text = f"{_operand(of + taken * floor.by, depth)} // {floor.by}"
            yield without - taken * sign, text, sign
        if sign % floor.by == 0:  # of - by * (of // by) is of % by
            share = sign // floor.by
            left = without + of * share
            if _terms(left) < _terms(without):
                yield left, f"{_operand(remainder(of, floor.by), depth)} % {floor.by}", -share


def _terms(size: Size) -> int:
    return 0 if isinstance(size, int) else len(size.terms)


def _length(text: str) -> tuple[int, int]:
    """What makes a text long: the symbols in it, then its characters; one that negates is longer."""
    negations = text.startswith("-") + text.count("(-")
    return len(_NAME.findall(text)), len(text) + 2 * negations


def _multiples(size: Size, factor: int) -> list[Size]:
    """Parts of a sum that are `factor` times something: none, the number, the products of symbols, both."""
    if isinstance(size, int):
        return [0, size // factor] if size and size % factor == 0 else [0]
    terms: Size = 0
    for monomial, coefficient in size.terms:
        if coefficient % factor == 0 and not any(isinstance(atom, Floor) for atom in monomial):
            terms = terms + Symbolic(((monomial, coefficient // factor),), 0, len(monomial))
    numbers = [0, size.constant // factor] if size.constant and size.constant % factor == 0 else [0]
    return [part + number for part in ([0, terms] if terms != 0 else [0]) for number in numbers]


def _operand(size: Size, depth: int) -> str:
    """A text that may stand before `//` and `%`: a product binds as tightly, and from the left."""
    text = _sum_text(size, depth)
    is_product = isinstance(size, Symbolic) and len(size.terms) == 1 and size.constant == 0
    return text if is_product and not text.startswith("-") and "//" not in text else f"({text})"


def _joined(rest: Size, special: list[tuple[str, int]], depth: int) -> str:
    """The sum of `rest` and of texts with coefficients; positive parts first, the number last."""
    parts = [(_scaled(text, abs(factor)), factor > 0) for text, factor in special]
    number = rest
    if isinstance(rest, Symbolic):
        number = rest.constant
        parts = [(_product_text(m, abs(c), depth), c > 0) for m, c in rest.terms] + parts
    assert isinstance(number, int)
    if number or not parts:
        parts.append((str(abs(number)), number >= 0))
    parts.sort(key=lambda part: not part[1])
    first, *more = parts
    text = first[0]
    if not first[1]:
        text = f"-({text})" if "//" in text or "%" in text else f"-{text}"
    return text + "".join(f" {'+' if positive else '-'} {part}" for part, positive in more)


def _scaled(text: str, factor: int) -> str:
    return text if factor == 1 else f"{factor}*({text})"


def _product_text(monomial: Monomial, factor: int, depth: int) -> str:
    parts = [str(factor)] if factor != 1 else []
    for atom in monomial:
        if isinstance(atom, Floor):
            text = f"{_operand(atom.of, max(depth - 1, 0))} // {atom.by}"
            parts.append(f"({text})" if len(monomial) > 1 or parts else text)
        else:
            assert isinstance(atom, Symbol)
            parts.append(atom.name)
    return "*".join(parts)
