"""For which sizes of its symbols what a spec demands is met."""

from specc.shapes.demand import AtLeast, Demand, Divides, Same, Verdict
from specc.shapes.dim import Size


def decide(demand: Demand) -> Verdict:
    """Whether a demand is met for all sizes of its symbols, for none, or for some."""
    match demand:
        case AtLeast(size, least):
            difference: Size = size - least
            if isinstance(difference, int):
                return Verdict("always" if difference >= 0 else "never")
        case Same(left, right):
            difference = left - right
            if isinstance(difference, int):
                return Verdict("never" if difference else "always")
        case Divides(by, size):
            rest = size % by
            if isinstance(rest, int):
                return Verdict("never" if rest else "always")
    return Verdict("undecided")
