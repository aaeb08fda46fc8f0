"""Rounds that are alike but for some arguments: what they share, and a row for each."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from specc.importing.items import Item, Layers, chains_in, names_in, with_chains
from specc.ir.names import free_name
from specc.ops import making, registry
from specc.ops.declare import Op, parameters_of
from specc.ops.parameters import REQUIRED, Parameter
from specc.passes.repairs.spell import Expression, argument
from specc.syntax.expression_tree import FUNCTIONS

COUNTED = ("repeat", "each")
_FIXED = ("name", "as", "merge", "signature", "use", "reuse", "branches")
_RESERVED = {*FUNCTIONS, "size", "and", "or", "not", "if", "else", "true", "false", "null"}


class Different(Exception):
    """The rounds differ in what no parameter can stand for."""


def as_rows(rounds: Sequence[Layers]) -> tuple[Layers, Any]:
    """The layers that rounds share, and how many rounds there are, or their rows; raises `Different`."""
    rows = _Rows(rounds)
    layers = rows.chain(rounds)
    return layers, dict(rows.columns) or len(rounds)


def as_uses(uses: Sequence[Layers], taken: Iterable[str]) -> tuple[Layers, dict[str, list[Any]]]:
    """The same for the uses of a block: its layers, and its parameters with their values for each use.

    They may be parameters of what a use stands in; `taken` are the names of those.
    """
    rows = _Rows(uses, is_block=True)
    rows.taken.update(taken)
    return rows.chain(uses), rows.columns


class _Rows:
    """Rounds on their way to one chain; `columns` are its parameters, with their values round by round.

    `local` are the names of what stands inside, `taken` those of the parameters there.
    """

    def __init__(self, rounds: Sequence[Layers], is_block: bool = False) -> None:
        self.is_block = is_block
        self.columns: dict[str, list[Any]] = {}
        self.named: dict[str, str] = {}
        self.local = {"_"}
        self.taken = {*_RESERVED}
        waiting = [*rounds]
        while waiting:
            for item in waiting.pop():
                self.local.update([item.get("name", ""), *item.get("as", ())])
                for word in COUNTED:
                    if isinstance(item.get(word), dict):
                        self.taken.update(item[word])
                waiting += chains_in(item)

    def chain(self, chains: Sequence[Layers]) -> Layers:
        """The items that chains share."""
        if len({len(chain) for chain in chains}) > 1:
            raise Different
        return [self.item(items) for items in zip(*chains, strict=True)]

    def item(self, items: Sequence[Item]) -> Item:
        """What items share: their names and what is inside; arguments may differ, and what is read from outside."""
        inside = [chains_in(item) for item in items]
        empty = [with_chains(item, [[] for _ in chains]) for item, chains in zip(items, inside, strict=True)]
        words = _same([[*item] for item in empty])
        shared = {word: self.field(word, [item[word] for item in empty]) for word in words}
        return with_chains(shared, map(self.chain, zip(*inside, strict=True)))

    def field(self, word: str, values: Sequence[Any]) -> Any:
        """What stands beside one key."""
        if word in _FIXED or len({*map(repr, values)}) == 1:
            return _same(values)
        if word == "from":
            return self.origin(values)
        if word in COUNTED:
            return self.value("rounds", values)
        cls = registry.find(word)
        return self.value(word, values) if cls is None else self.arguments(cls, values)

    def arguments(self, cls: type[Op], values: Sequence[Any]) -> Any:
        """The arguments of an op; what only some rounds give is its default in the others."""
        given = [making.as_arguments(cls, value) for value in values]
        known = parameters_of(cls)
        used = {name for each in given for name in each}
        names = [name for name in known if name in used]
        if len(names) < len(used):
            raise Different
        shared = {
            name: self.value(name, [each[name] if name in each else _default(known[name]) for each in given])
            for name in names
        }
        first = making.first_parameter(cls)
        if first is not None and names == [first] and not isinstance(shared[first], dict):
            return shared[first]
        return shared

    def origin(self, values: Sequence[Any]) -> Any:
        """What `from` says: the same names inside, and perhaps others outside."""
        names = [names_in(value) for value in values]
        _same([[name if name in self.local else None for name in each] for each in names])
        return self.value("source", values)

    def value(self, hint: str, values: Sequence[Any]) -> Any:
        """Plain data that values share, with parameters where they differ."""
        if len({*map(repr, values)}) == 1:
            return values[0]
        if all(isinstance(value, dict) for value in values):
            keys = _same([[*value] for value in values])
            return {key: self.value(str(key), [value[key] for value in values]) for key in keys}
        if hint == "source" and all(isinstance(value, list) for value in values):
            return [self.value(hint, each) for each in zip(*values, strict=True)]
        if not all(_is_plain(v) or (self.is_block and isinstance(v, Expression)) for v in values):
            raise Different
        return Expression(f"${self.parameter(hint, list(values))}", kind_of(values))

    def parameter(self, hint: str, column: list[Any]) -> str:
        """The parameter with these values: one for all places that have them."""
        key = repr(column)
        if key not in self.named:
            hint = hint if hint.isidentifier() else "value"
            self.named[key] = free_name(hint, lambda name: name in self.columns or name in self.taken, 2)
            self.columns[self.named[key]] = column
        return self.named[key]


def kind_of(values: Iterable[Any]) -> str | None:
    """The type of a parameter that has these values; None where they are of several."""
    kinds = {value.kind if isinstance(value, Expression) else type(value).__name__ for value in values}
    kind = kinds.pop() if len(kinds) == 1 else None
    return kind if kind in ("bool", "int", "float", "str", "list") else None


def _default(parameter: Parameter) -> Any:
    """What an argument is that is left out."""
    if parameter.default is REQUIRED:
        raise Different
    return argument(parameter, parameter.default)


def _same(values: Sequence[Any]) -> Any:
    """The one value that all of them are, their types included."""
    if len({*map(repr, values)}) > 1:
        raise Different
    return values[0]


def _is_plain(value: Any) -> bool:
    """Whether a value can stand in a row: a scalar, or a list of them."""
    if isinstance(value, list):
        return all(map(_is_plain, cast("list[Any]", value)))
    return not isinstance(value, dict | Expression)
