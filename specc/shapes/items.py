"""Demands on their way to a solution: what they come from, and symbols that are expressions of others."""

from collections.abc import Iterable
from typing import NamedTuple

from specc.shapes.demand import AtLeast, Demand, Divides, Same
from specc.shapes.dim import Variable, atoms_of, is_anonymous, substitute
from specc.shapes.meaning import is_axis, simplified, variables_of
from specc.shapes.several import any_size, bounded, bounds
from specc.shapes.symbolic import Anonymous, Floor, Size, Symbol, single

Origin = frozenset[int]


class Contradiction(Exception):
    """No sizes meet the demands with the numbers `origin`."""

    def __init__(self, origin: Iterable[int]) -> None:
        super().__init__()
        self.origin = frozenset(origin)


class Item(NamedTuple):
    """A simplified demand and the numbers of those that it comes from.

    `is_implied`: it says of a symbol that stands for an expression of others only that it is at least 1.
    """

    demand: Demand
    origin: Origin
    is_implied: bool = False


class Definition(NamedTuple):
    """A symbol that is an expression of others, by an equality."""

    variable: Variable
    size: Size
    origin: Origin

    def value(self, variable: Variable) -> Size | None:
        """What is put for a symbol: None for another one."""
        return self.size if variable == self.variable else None


def collected(items: Iterable[Item]) -> list[Item]:
    """Items in their simplest forms, each once, without those that are certain; raises where one cannot be met."""
    found: dict[Demand, Item] = {}
    for item in items:
        form = simplified(item.demand)
        if form is not False and form is not True:
            met = bounded(form)
            form = form if met is None else met
        if form is False:
            raise Contradiction(item.origin)
        if form is True:
            continue
        before = found.get(form)
        if before is None or item.is_implied:
            found[form] = item._replace(demand=form)
    return list(found.values())


def is_sized(item: Item) -> bool:
    """Whether every symbol of a demand stands for an axis."""
    return all(map(is_axis, variables_of(item.demand)))


def definition_in(item: Item) -> Definition | None:
    """The symbol that an equality makes an expression of others: one without a name, if it can be."""
    size = item.demand.left if isinstance(item.demand, Same) else 0
    if isinstance(size, int) or len(atoms_of(size)) < 2:
        return None
    found: list[tuple[tuple[bool, bool, object], Definition]] = []
    for (variable, *more), coefficient in size.terms:
        if more or isinstance(variable, Floor) or abs(coefficient) != 1:
            continue
        other = size * -coefficient + single(variable)
        others = atoms_of(other)
        if variable in others or (isinstance(variable, Symbol) and is_anonymous(other)):
            continue
        least, _ = bounds(other, any_size)
        rank = isinstance(variable, Anonymous), least is not None and least >= 1, variable.key
        found.append((rank, Definition(variable, other, item.origin)))
    return max(found, key=lambda each: each[0])[1] if found else None


def substituted(demand: Demand, definition: Definition) -> Demand:
    """The demand without the symbol that is defined."""
    value = definition.value
    match demand:
        case AtLeast(size, least):
            return AtLeast(substitute(size, value), least)
        case Same(left, right):
            return Same(substitute(left, value), substitute(right, value))
        case Divides(by, size):
            return Divides(substitute(by, value), substitute(size, value))


def replaced_in(item: Item, definition: Definition) -> Item:
    """The item without the symbol that is defined."""
    if definition.variable not in variables_of(item.demand):
        return item
    return item._replace(demand=substituted(item.demand, definition), origin=item.origin | definition.origin)
