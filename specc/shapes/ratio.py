"""Expressions divided by expressions, where that comes out even."""

from specc.shapes.symbolic import MAX_TERMS, Monomial, Size, Symbolic, single


def ratio(a: Symbolic, b: Symbolic) -> Size | None:
    """`a / b`, both as polynomials over their atoms; None where a rest is left."""
    (lead, factor), *_ = b.terms
    total: Size = 0
    rest: Size = a
    for _ in range(MAX_TERMS):
        if isinstance(rest, int):
            return total if rest == 0 else None
        monomial, coefficient = rest.terms[0]
        left = _without(monomial, lead)
        if left is None or coefficient % factor:
            return None
        part: Size = coefficient // factor
        for atom in left:
            part = part * single(atom)
        total = total + part
        rest = rest - part * b
    return None


def _without(monomial: Monomial, part: Monomial) -> Monomial | None:
    """The monomial divided by `part`; None where it has not all its atoms."""
    left = list(monomial)
    for atom in part:
        if atom not in left:
            return None
        left.remove(atom)
    return tuple(left)
