"""The text of a symbolic size: the shortest that a spec could say for it."""

import re
from collections.abc import Iterator
from math import gcd, prod

from specc.shapes.demand import AtLeast, Demand, Divides, Same
from specc.shapes.dim import atoms_of, is_anonymous, remainder
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
            return min(_equalities(left - right), key=_length)
        case Divides(by, size):
            return f"{grouped(size)} % {grouped(by, after=True)} == 0"


def _equalities(difference: Size) -> Iterator[str]:
    """The ways to say that a difference is 0: nothing taken away on either side, or one symbol alone."""
    yield "{} == {}".format(*sorted(_sides(difference), key=_plainness))
    if isinstance(difference, Symbolic):
        for (atom, *more), coefficient in difference.terms:
            if isinstance(atom, Symbol) and not more and abs(coefficient) == 1:
                yield f"{atom.name} == {single(atom) - difference * coefficient}"


def _sides(difference: Size) -> tuple[str, str]:
    """Two sizes of this difference, nothing but a number taken away in either; a lone symbol stays alone."""
    left: Size = 0
    right: Size = 0
    if isinstance(difference, int):
        return str(difference), "0"
    for monomial, coefficient in difference.terms:
        term = Symbolic(((monomial, abs(coefficient)),), 0, len(monomial))
        left, right = (left + term, right) if coefficient > 0 else (left, right + term)
    alone = [str(side).isidentifier() for side in (left, right)]
    is_left = alone[1] if alone[0] != alone[1] else difference.constant > 0
    if left == 0 or (right != 0 and is_left):
        return str(left + difference.constant), str(right)
    return str(left), str(right - difference.constant)


def _plainness(text: str) -> tuple[bool, bool, int, str]:
    """What sorts the sides of an equality: a lone symbol first, a number last, else the shorter one first."""
    return text.lstrip("-").isdigit(), not text.isidentifier(), len(text), text


def ungrouped(text: str, name: str) -> str:
    """A text with a sum in parentheses, `name`, without these where it needs none: wherever no `%` follows."""
    return re.sub(re.escape(name) + r"(?! %)", name[1:-1], text) if name.startswith("(") else text


def grouped(size: Size, after: bool = False) -> str:
    """A text that may stand before `%`, or behind it."""
    text = str(size)
    return text if (text.isalnum() if after else not set(text) & set("+-/%")) else f"({text})"


def _sum_text(size: Size, depth: int) -> str:
    """The shortest text: each floor of the sum may be written in several ways, one after the other is chosen.

    Floors deeper than `depth` in one another are written as they are.
    """
    if isinstance(size, int):
        return str(size)
    several = factors(size) if depth and len(atoms_of(size)) > 1 else []
    if len(several) > 1:
        number = prod([factor for factor in several if isinstance(factor, int)])
        texts = [_factor_text(factor, depth) for factor in several if not isinstance(factor, int)]
        return ("-" if number == -1 else "" if number == 1 else f"{number}*") + "*".join(texts)
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


def factors(size: Size) -> list[Size]:
    """Numbers and sums of no symbol in common whose product a sum is."""
    if isinstance(size, int) or (len(size.terms) == 1 and not size.constant):
        return [size]
    variable = min(atoms_of(size), key=lambda atom: atom.key)
    rows: dict[Monomial, dict[Monomial, int]] = {}
    for monomial, coefficient in (*size.terms, ((), size.constant)):
        part = tuple(atom for atom in monomial if variable in atoms_of(single(atom)))
        if any(len(atoms_of(single(atom))) > 1 for atom in part):
            return [size]
        if coefficient:
            rows.setdefault(part, {})[tuple(atom for atom in monomial if atom not in part)] = coefficient
    first = next(iter(rows.values()))
    monomial, sign = next((monomial, -1 if coefficient < 0 else 1) for monomial, coefficient in first.items())
    common = gcd(*first.values()) * sign
    right = {m: coefficient // common for m, coefficient in first.items()}
    left: dict[Monomial, int] = {}
    for part, row in rows.items():
        left[part] = row.get(monomial, 0) // right[monomial]
        if row != {m: left[part] * coefficient for m, coefficient in right.items()}:
            return [size]
    number = gcd(*left.values())
    others = factors(_total(right)) if len(right) > 1 or () not in right else []
    return [number, _total({m: c // number for m, c in left.items()}), *others]


def _total(terms: dict[Monomial, int]) -> Size:
    total: Size = 0
    for monomial, coefficient in terms.items():
        term: Size = coefficient
        for atom in monomial:
            term = term * single(atom)
        total = total + term
    return total


def _factor_text(size: Size, depth: int) -> str:
    text = _sum_text(size, depth)
    return text if re.fullmatch(r"\w+", text) else f"({text})"


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
    """The sum of `rest` and of texts with coefficients: the number last, but something positive first."""
    parts = [(_scaled(text, abs(factor)), factor > 0) for text, factor in special]
    number = rest
    if isinstance(rest, Symbolic):
        number = rest.constant
        parts = [(_product_text(m, abs(c), depth), c > 0) for m, c in rest.terms] + parts
    assert isinstance(number, int)
    if number or not parts:
        parts.append((str(abs(number)), number >= 0))
    leader = next((part for part in parts if part[1]), parts[0])
    parts.remove(leader)
    first, *more = leader, *parts
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
