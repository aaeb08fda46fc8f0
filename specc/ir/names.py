"""Names that are not taken yet."""

from collections.abc import Callable
from itertools import count


def free_name(wanted: str, is_taken: Callable[[str], bool], first: int = 1) -> str:
    """`wanted`, or else the first of `wanted_1`, `wanted_2`, … that is not taken; they count from `first`."""
    if not is_taken(wanted):
        return wanted
    return next(name for n in count(first) if not is_taken(name := f"{wanted}_{n}"))


def take_name(wanted: str, taken: set[str], first: int = 1) -> str:
    """The same for names in `taken`, which the name that is found is put into."""
    name = free_name(wanted, taken.__contains__, first)
    taken.add(name)
    return name
