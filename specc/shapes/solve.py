"""What demands say of symbols, solved: for which sizes all are met, in the fewest words.

A demand on one symbol is an exact set of its sizes. Where two symbols must be equal, or one is an expression
of others, it is replaced by that. What else joins several symbols is a relation: exact where it is on one
expression of them, else given as it stands.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from specc.shapes.demand import Demand, Same, Verdict, Witness
from specc.shapes.dim import Variable, atoms_of, substitute, symbols_of
from specc.shapes.implied import left_for
from specc.shapes.items import Contradiction
from specc.shapes.meaning import is_axis, simplified, sizes_in, variables_of
from specc.shapes.normal import Text, length, needed, texts_of
from specc.shapes.quasi import Budget, value_at
from specc.shapes.several import any_size, bounded, bounds, sample, whole_period
from specc.shapes.sizeset import ALL, SizeSet, TooLarge, conjunction, within
from specc.shapes.symbolic import Symbol, Symbolic, single
from specc.shapes.system import Known, System, fewest
from specc.shapes.truth import held, where
from specc.shapes.wording import demand_text, grouped, ungrouped

BUDGET = 4_000_000
"""What one solution may cost: values that are computed, each of some 50 ns."""
_RETRIED = 24
"""Of how many demands that contradict one another each is tried to be left out."""


class Constraint(NamedTuple):
    """A text that sizes must satisfy, and the demands, by number, that bind it."""

    text: str
    demands: tuple[int, ...]


class Solution:
    """The sizes for which all of some demands are met.

    `constraints`: each is necessary, together they are sufficient. `contradiction`: the numbers of demands that
    no sizes meet together, and of which none can be left out; None: none are known.
    """

    def __init__(self, demands: Sequence[Demand]) -> None:
        self.constraints: tuple[Constraint, ...] = ()
        self.contradiction: tuple[int, ...] | None = None
        try:
            self._system = System(demands, Budget(BUDGET))
        except Contradiction as found:
            self.contradiction = _fewest(demands, sorted(found.origin))
            self._system = System((), Budget(BUDGET))
        else:
            said = sorted(_worded(self._system), key=lambda each: each[0])
            self.constraints = tuple([constraint for _, constraint in said])

    def holds(self, demand: Demand) -> Verdict:
        """Whether a demand is met for all sizes that the others allow, for none, or for some."""
        system = self._system
        form = simplified(system.replaced(demand))
        sure = form if isinstance(form, bool) else bounded(form, system.range_of)
        if sure is not None or isinstance(form, bool):
            return Verdict("always") if sure else Verdict("never", self._witness(demand, {}))
        variables = variables_of(form)
        if not all(map(is_axis, variables)):
            return Verdict("undecided")
        try:
            if len(variables) == 1:
                (variable,) = variables
                found = held(where(form, system.budget), system.allowed.get(variable, ALL), variable)
            elif whole_period(form, system.budget):
                return Verdict("always")
            else:
                found = sample(form, [item.demand for item in system.relations], system.allowed)
        except TooLarge:
            return Verdict("undecided")
        if found.witness is None:
            return found
        return found._replace(witness=self._witness(demand, found.witness))

    def number(self, name: str) -> int | None:
        """The only size that a symbol can have; None: there are more, or it is not known that there are not."""

        def only(variable: Variable) -> int | None:
            least, most = self._system.range_of(variable)
            return least if least == most else None

        size = substitute(self._system.expression(Symbol(name)), only)
        return size if isinstance(size, int) else None

    def _witness(self, demand: Demand, chosen: Witness) -> Witness:
        """Sizes of the symbols of a demand, as it was given, where those that are left have the chosen sizes."""

        def size(variable: Variable) -> int:
            name = variable.name if isinstance(variable, Symbol) else ""
            return chosen.get(name) or self._system.allowed.get(variable, ALL).smallest() or 1

        found: Witness = {}
        for variable in variables_of(demand):
            if isinstance(variable, Symbol):
                found[variable.name] = value_at(self._system.expression(variable), size)
        return dict(sorted(found.items()))


def solve(demands: Sequence[Demand]) -> Solution:
    """The sizes for which all of `demands` are met."""
    return Solution(demands)


def _fewest(demands: Sequence[Demand], numbers: Sequence[int]) -> tuple[int, ...]:
    """Those of the demands that contradict one another, without what is not needed for that."""

    def contradict(some: Sequence[int]) -> bool:
        try:
            System([demands[number] for number in some], Budget(BUDGET))
        except Contradiction:
            return True
        return False

    return tuple(numbers if len(numbers) > _RETRIED else fewest(numbers, contradict))


_Place = tuple[list[str], int]


def _worded(system: System) -> Iterator[tuple[_Place, Constraint]]:
    """The constraints, each with what sorts them: their symbols, and their place among those on the same."""
    definitions = [(Same(single(d.variable), d.size), d.origin) for d in system.definitions]
    relations = [
        *definitions,
        *[(item.demand, item.origin) for item in system.relations if not item.is_implied],
    ]
    left = Left([demand for demand, _ in relations], system)
    for variable in system.known:
        if isinstance(variable, Symbol):
            for place, constraint in enumerate(left.said_of(variable)):
                yield ([variable.name], place), constraint
    for core, (base, known) in system.joint.items():
        sizes = _all(known, ALL)
        name = grouped(core)
        for place, (text, demands) in enumerate(_on_one(name, sizes & base, known, base)):
            yield (sorted(symbols_of(core)), place), Constraint(ungrouped(text, name), demands)
    joint = {each.item.demand for _, known in system.joint.values() for each in known}
    for demand, origin in relations:
        names = sorted(name for size in sizes_in(demand) for name in symbols_of(size))
        if len(names) == len(variables_of(demand)) and demand not in joint:
            yield (names, 0), Constraint(demand_text(demand), tuple(sorted(origin)))


class Left:
    """What relations leave for symbols, each of which then needs no words of its own for that."""

    def __init__(self, relations: Sequence[Demand], system: System) -> None:
        forms = [simplified(demand) for demand in relations]
        self.relations = [form for form in forms if not isinstance(form, bool)]
        self.system = system
        narrowed = [core for core, joint in system.joint.items() if joint.base != _inherent(core)]
        self.needed = frozenset[Variable]().union(*map(atoms_of, narrowed))
        """Symbols of which something is not said because of the sizes of others, or the other way round."""

    def said_of(self, variable: Symbol) -> list[Constraint]:
        """What is to be said of one symbol."""
        about = [demand for demand in self.relations if variable in variables_of(demand)]
        said = self._said(variable, about, {})
        if about and said and variable not in self.needed:
            fewer = self._said(variable, about, self.system.allowed)
            if fewer != said:
                self.needed = self.needed.union(*map(variables_of, about))
                return fewer
        return said

    def _said(
        self, variable: Symbol, relations: list[Demand], allowed: Mapping[Variable, SizeSet]
    ) -> list[Constraint]:
        base = ALL
        for demand in relations:
            base = _both(base, left_for(variable, demand, allowed, self.system.budget))
        return list(_on_one(variable.name, self.system.allowed[variable], self.system.known[variable], base))


def _on_one(name: str, sizes: SizeSet, known: list[Known], base: SizeSet) -> Iterator[Constraint]:
    """What demands say of a symbol, or expression, in normal form; as they stand where that takes too many words.

    `base`: where it is known to be without them.
    """
    base = _both(base, _all([each for each in known if each.item.is_implied], ALL))
    given = [each for each in known if not each.item.is_implied]
    ways = [texts_of(name, said, base) for said in (_all(given, sizes), sizes)]
    texts = min([texts for texts in ways if texts is not None], key=length, default=None)
    if texts is None:
        texts = needed([text for each in given for text in _own_texts(name, each)], sizes, base)
    for text, meant in texts:
        binding = [each for each in given if within([each.sizes], meant)] or _together(known, meant)
        yield Constraint(text, tuple(sorted({number for each in binding for number in each.item.origin})))


def _own_texts(name: str, known: Known) -> list[Text]:
    """What one demand says, in normal form if it can be."""
    return texts_of(name, known.sizes) or [Text(demand_text(known.item.demand), known.sizes)]


def _together(known: list[Known], meant: SizeSet) -> list[Known]:
    """Demands that only together leave no other sizes than those meant, without what is not needed for that."""
    left, shrinking = ALL, list[Known]()
    for each in reversed(known):  # later layers demand most
        if not within([left], each.sizes):
            left = _all([Known(left, each.item), each], left)
            shrinking.append(each)
    return fewest(shrinking, lambda some: within([each.sizes for each in some], meant))


def _inherent(core: Symbolic) -> SizeSet:
    """What an expression is that is made of symbols of which nothing is demanded."""
    least, most = bounds(core, any_size)
    return SizeSet.interval(least or 1, most)


def _both(a: SizeSet, b: SizeSet) -> SizeSet:
    """What is in both sets; the first where that passes a bound."""
    try:
        return a & b
    except TooLarge:
        return a


def _all(known: list[Known], otherwise: SizeSet) -> SizeSet:
    """The sizes that several demands leave together; another set where that passes a bound."""
    try:
        return conjunction([each.sizes for each in known])
    except TooLarge:
        return otherwise
