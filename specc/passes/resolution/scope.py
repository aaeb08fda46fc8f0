"""Names of values: which are visible from where, and how unnamed layers are called.

Every value has a path, as `stage.2.conv`. A scope is a prefix of paths; a name that is used in it is looked for behind
its own prefix, then behind those of the scopes around it, up to the border of the block.
"""

import re
from collections.abc import Iterable

from specc.ops.families import snake_case
from specc.syntax.document import Chain
from specc.syntax.tree import Scalar, Sequence


def default_name(word: str) -> str:
    """What Keras calls the first unnamed layer of a class: `conv2d`, `p_re_lu` for `PReLU`, `mean` for `ops.mean`."""
    found = _default_names.get(word)
    if found is None:
        plain = re.sub(r"\W+", "", re.split("[.:]", word.rstrip(".:"))[-1])
        found = _default_names[word] = snake_case(plain)
    return found


_default_names: dict[str, str] = {}


class Scope:
    """A prefix of paths, with the counters for unnamed layers behind it."""

    __slots__ = ("counts", "outer", "prefix", "reserved")

    def __init__(self, prefix: str, outer: "Scope | None") -> None:
        self.prefix = prefix
        self.outer = outer
        self.counts: dict[str, int] = {}
        self.reserved: frozenset[str] = frozenset()


def explicit_names(chains: Iterable[Chain]) -> frozenset[str]:
    """The names that are written in these chains themselves; unnamed layers do not take them.

    A `map` without a name adds none to what is inside: those names are the chain's too.
    """
    names: set[str] = set()
    waiting = [*chains]
    while waiting:
        for item in waiting.pop():
            if item.fields is None:
                continue
            if item.word == "map" and "name" not in item.fields:
                waiting += (item.chains or {}).values()
            for field in ("name", "as"):
                node = item.fields.get(field)
                several = node.items if isinstance(node, Sequence) else [node]
                names.update(n.value for n in several if isinstance(n, Scalar) and isinstance(n.value, str))
    return frozenset(names)


class Names:
    """All paths of a network and the values that they stand for."""

    def __init__(self) -> None:
        self.values: dict[str, int] = {}
        self.rounds: dict[str, int] = {}
        """The number of rounds of each `repeat` and `each`, by path."""

    def automatic(self, scope: Scope, base: str) -> str:
        """The next free name for an unnamed layer: `conv2d`, `conv2d_1`, …"""
        number = scope.counts.get(base, 0)
        while True:
            name = f"{base}_{number}" if number else base
            number += 1
            if name not in scope.reserved and scope.prefix + name not in self.values:
                scope.counts[base] = number
                return name

    def skip(self, scope: Scope, base: str) -> None:
        """Count an unnamed layer that is left out."""
        self.automatic(scope, base)

    def find(self, scope: Scope | None, name: str) -> int | None:
        """The value that `name` stands for where it is used in `scope`."""
        while scope is not None:
            value = self.values.get(scope.prefix + name)
            if value is not None:
                return value
            scope = scope.outer
        return None

    def path_of(self, scope: Scope | None, name: str, table: dict[str, int] | None = None) -> str | None:
        """The whole path of `name` as it is used in `scope`."""
        known = self.values if table is None else table
        while scope is not None:
            if scope.prefix + name in known:
                return scope.prefix + name
            scope = scope.outer
        return None

    def visible(self, scope: Scope | None) -> list[str]:
        """The names that can be used in `scope`, for suggestions."""
        found: list[str] = []
        while scope is not None:
            cut = len(scope.prefix)
            found += [path[cut:] for path in self.values if path.startswith(scope.prefix)]
            scope = scope.outer
        return found

    def matching(self, scope: Scope, pattern: str) -> list[str] | None:
        """The paths that a pattern as `stack.*.skip` stands for, round by round; None: there is no such stack."""
        head, _, tail = pattern.partition(".*")
        path = self.path_of(scope, head, self.rounds)
        if path is None:
            return None
        rounds = [f"{path}.{i}{tail}" for i in range(self.rounds[path])]
        if "*" not in tail:
            return rounds
        root = Scope("", None)
        nested = [self.matching(root, each) for each in rounds]
        return None if any(n is None for n in nested) else [p for n in nested for p in n or ()]
