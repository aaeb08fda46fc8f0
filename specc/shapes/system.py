"""Demands taken together: symbols that are expressions of others, and the sizes that are left for each."""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice, product
from typing import NamedTuple, TypeVar

from specc.shapes.demand import AtLeast, Demand
from specc.shapes.dim import Variable, atoms_of, substitute
from specc.shapes.implied import is_enough
from specc.shapes.items import (
    Contradiction,
    Definition,
    Item,
    Origin,
    collected,
    definition_in,
    is_sized,
    replaced_in,
    substituted,
)
from specc.shapes.joint import of_one
from specc.shapes.meaning import is_axis, is_met, simplified, variables_of
from specc.shapes.quasi import Budget
from specc.shapes.several import Range, any_size, bounded, bounds, whole_period
from specc.shapes.sizeset import ALL, NONE, SizeSet, TooLarge, conjunction, within
from specc.shapes.symbolic import Size, Symbol, Symbolic, single
from specc.shapes.truth import QUICK, where

_DEFINED = 256
_ROUNDS = 32
_ENUMERATED = 4_096
"""How many symbols are replaced, how often numbers are put for some, how many sizes are tried one by one."""


class Known(NamedTuple):
    """The sizes that one demand leaves for its only symbol."""

    sizes: SizeSet
    item: Item


class Joint(NamedTuple):
    """What demands leave for an expression of several symbols; `base`: what its symbols leave for it."""

    base: SizeSet
    known: list[Known]


class System:
    """Demands, solved as far as that goes; raises `Contradiction` where they cannot be met together.

    `definitions`: what was replaced, in order. `known`: for each symbol, what its own demands say.
    `allowed`: all of that together. `relations`: what is left, on several symbols, or past a bound; `joint`: those of
    them that are on one expression of several symbols, by that.
    """

    def __init__(self, demands: Sequence[Demand], budget: Budget) -> None:
        self.budget = budget
        self.definitions: list[Definition] = []
        self.known: dict[Variable, list[Known]] = {}
        self.allowed: dict[Variable, SizeSet] = {}
        self.relations: list[Item] = []
        first = {demand: number for number, demand in reversed([*enumerate(demands)])}
        numbered = sorted(first.items(), key=lambda each: each[1])
        items = collected([Item(demand, frozenset((number,))) for demand, number in numbered])
        items = list(filter(is_sized, items))
        for _ in range(_ROUNDS):
            items = self._eliminated(items)
            self._separate(items)
            items, is_more = self._with_numbers(items)
            if not is_more:
                break
        relations = [item for item in self.relations if not self._is_certain(item)]
        self.relations = sorted(relations, key=lambda item: min(item.origin))
        self.joint: dict[Symbolic, Joint] = {}
        for item in self.relations:
            self._join(item)

    def replaced(self, demand: Demand) -> Demand:
        """A demand on the symbols that are left."""
        for definition in self.definitions:
            demand = substituted(demand, definition)
        return demand

    def expression(self, variable: Variable) -> Size:
        """What a symbol is in those that are left."""
        size: Size = single(variable)
        for definition in self.definitions:
            size = substitute(size, definition.value)
        return size

    def range_of(self, variable: Variable) -> Range:
        """The least and the greatest size of a symbol, as far as its own demands say them."""
        sizes = self.allowed.get(variable)
        if sizes is None:
            return any_size(variable)
        return sizes.smallest(), sizes.pieces[-1].start - 1 if sizes.is_finite else None

    def _eliminated(self, items: list[Item]) -> list[Item]:
        """The demands, each symbol that an equality makes an expression of others replaced by that."""
        left = {item.demand: item for item in items}
        waiting = list(reversed(items))
        while waiting and len(self.definitions) < _DEFINED:
            item = waiting.pop()
            definition = definition_in(item) if left.get(item.demand) is item else None
            if definition is None:
                continue
            about = [each for each in left.values() if definition.variable in variables_of(each.demand)]
            is_implied = isinstance(definition.variable, Symbol)
            more = [replaced_in(each, definition) for each in about if each is not item]
            more.append(Item(AtLeast(definition.size, 1), definition.origin, is_implied))
            if not all(map(is_sized, more)):  # an expression grew too large: the equality stays as it is
                continue
            self.definitions.append(definition)
            for each in about:
                del left[each.demand]
            for each in collected(more):
                if each.demand not in left or each.is_implied:
                    left[each.demand] = each
                    waiting.append(each)
        return list(left.values())

    def _separate(self, items: list[Item]) -> None:
        """Each demand to its symbol, or to the relations; raises where a symbol is left without a size."""
        self.known, self.allowed, self.relations = {}, {}, []
        waiting: list[Item] = []
        for item in items:
            if len(variables_of(item.demand)) > 1 or not is_sized(item):
                self.relations.append(item)
            elif not self._learn(item, lambda item: self._alone(item, self._some_budget())):
                waiting.append(item)
        while waiting:
            left = [item for item in waiting if not self._learn(item, self._in_class)]
            if len(left) == len(waiting):
                last = left.pop()  # later layers demand most
                if not self._learn(last, lambda item: self._alone(item, self.budget)):
                    self.relations.append(last)
            waiting = left

    def _learn(self, item: Item, find: Callable[[Item], Known]) -> bool:
        """Take in what a demand says of its only symbol; whether that is within bounds."""
        (variable,) = variables_of(item.demand)
        try:
            known = find(item)
            left = self.allowed.get(variable, ALL) & known.sizes
        except TooLarge:
            return False
        self.known.setdefault(variable, []).append(known)
        self.allowed[variable] = left
        if not left:
            raise Contradiction(_origins(fewest(self.known[variable], _is_empty)))
        return True

    def _some_budget(self) -> Budget:
        """A small part of the budget: what needs more is often easier when more is known."""
        return Budget(min(QUICK, self.budget.left))

    def _alone(self, item: Item, budget: Budget) -> Known:
        """What a demand says of its only symbol, whatever else is known."""
        return Known(where(item.demand, budget), item)

    def _in_class(self, item: Item) -> Known:
        """What a demand says of its only symbol in the residue class in which others put that."""
        (variable,) = variables_of(item.demand)
        residue = self.allowed.get(variable, ALL).residue
        if residue is None:
            raise TooLarge
        period, first = residue
        others = [known for known in self.known[variable] if known.sizes.tail != ALL]
        inside = Definition(variable, single(variable, period) + (first - period), _origins(others))
        item = item._replace(origin=item.origin | inside.origin)
        form = simplified(substituted(item.demand, inside))
        if isinstance(form, bool):
            return Known((ALL if form else NONE).spread(period, first), item)
        if not all(map(is_axis, variables_of(form))):
            raise TooLarge
        return Known(where(form, self._some_budget()).spread(period, first), item)

    def _join(self, item: Item) -> None:
        """Solve a relation that speaks of one expression of its symbols alone, with the others on that."""
        one = of_one(item.demand) if is_sized(item) else None
        if one is None:
            return
        least, most = bounds(one.core, self.range_of)
        try:
            known = Known(where(one.demand, self._some_budget()), item)
            joint = self.joint.get(one.core) or Joint(SizeSet.interval(least or 0, most), [])
            left = joint.base & conjunction(each.sizes for each in (*joint.known, known))
        except TooLarge:
            return
        if least is None or least < 1:
            return
        if not left:
            origins = [_origins(self.known.get(variable, [])) for variable in atoms_of(one.core)]
            raise Contradiction(_origins([*joint.known, known]).union(*origins))
        self.joint[one.core] = Joint(joint.base, [*joint.known, known])

    def _with_numbers(self, items: list[Item]) -> tuple[list[Item], bool]:
        """The demands, symbols that can have one size only replaced in relations; whether there were some."""
        joint = frozenset[Variable]().union(
            *[variables_of(item.demand) for item in self.relations if len(variables_of(item.demand)) > 1]
        )
        for variable in joint:
            least, most = self.range_of(variable)
            if least == most and least is not None:
                origin = _origins(self.known[variable])
                value = Definition(variable, least, origin)
                return collected(
                    [replaced_in(i, value) if len(variables_of(i.demand)) > 1 else i for i in items]
                ), True
        return items, False

    def _is_certain(self, item: Item) -> bool:
        """Whether a relation says nothing more; raises where it cannot be met."""
        variables = variables_of(item.demand)
        if len(variables) == 1:
            return False
        try:
            met = bounded(item.demand, self.range_of)
            if met is None:
                met = whole_period(item.demand, self.budget, self.allowed)
            if met is None and is_enough(item.demand, self.allowed, self.budget):
                met = True
            if met is None:
                met = self._enumerated(item.demand)
        except TooLarge:
            return False
        if met is False:
            raise Contradiction(
                item.origin.union(*[_origins(self.known.get(variable, [])) for variable in variables])
            )
        return bool(met)

    def _enumerated(self, demand: Demand) -> bool | None:
        """Whether a demand is met for all sizes of its symbols, or for none, where they are few."""
        variables = list(variables_of(demand))
        columns: list[list[int]] = []
        total = 1
        for variable in variables:
            sizes = self.allowed.get(variable, ALL)
            if not sizes.is_finite:
                return None
            columns.append(list(islice(sizes, _ENUMERATED + 1)))
            total *= len(columns[-1])
            if total > _ENUMERATED:
                return None
        verdicts = {
            is_met(demand, dict(zip(variables, point, strict=True)).__getitem__)
            for point in product(*columns)
        }
        return verdicts.pop() if len(verdicts) == 1 else None


Each = TypeVar("Each")


def fewest(items: Sequence[Each], is_enough: Callable[[Sequence[Each]], bool]) -> list[Each]:
    """Items of which none can be left out, so that those that stay are enough."""
    kept = list(items)
    for at in range(len(kept) - 1, -1, -1):
        without = kept[:at] + kept[at + 1 :]
        if is_enough(without):
            kept = without
    return kept


def _is_empty(known: Sequence[Known]) -> bool:
    return within([each.sizes for each in known], NONE)


def _origins(known: Iterable[Known]) -> Origin:
    return frozenset[int]().union(*[each.item.origin for each in known])
