"""Names of variables and functions: those of the spec where Python takes them, each given once in its scope."""

import builtins
import keyword
import re
from collections.abc import Iterable

from specc.ir.graph import Graph
from specc.ir.names import take_name
from specc.syntax.document import Chain, Item

MAX_WORD = 40
_TAKEN = frozenset(
    (*dir(builtins), "keras", "layers", "ops", "np", "named", "reserve", "model", "name", "build_model")
)

_CHAINS = frozenset(("x", "shortcut", "skip", "inputs"))
"""The variables of values that nobody named."""


def identifier(text: str, otherwise: str = "value") -> str:
    """A name of the spec as the name of a variable; `otherwise` where nothing of it can be one."""
    word = re.sub(r"\W+", "_", text.rpartition(".")[2], flags=re.ASCII).strip("_").lower()[:MAX_WORD]
    if not word or not word.isidentifier() or keyword.iskeyword(word) or word in _TAKEN:
        word = f"{word}_" if word.isidentifier() else f"{otherwise}_{word}" if word else otherwise
    return word


class Words:
    """The names that are taken in a scope."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken = {*_TAKEN, *taken}

    def fresh(self, wanted: str) -> str:
        """`wanted`, or the same with the first number from 2 that makes it new."""
        return take_name(wanted, self.taken, 2)


class Lanes:
    """In which chain of its construct an item stands: a shortcut and a branch have a variable of their own."""

    def __init__(self, graph: Graph) -> None:
        self._lanes: dict[int, str] = {}
        self._residuals: set[int] = set()
        document = graph.document
        for chain in (document.layers, *(block.layers for block in document.blocks.values())):
            self._walk(chain, "x")

    def of(self, item: Item) -> str:
        """The variable that the values of an item go by."""
        return self._lanes.get(id(item.node), "x")

    def is_residual(self, item: Item) -> bool:
        """Whether an item is a residual, or the merge that ends it."""
        return id(item.node) in self._residuals

    def _walk(self, chain: Chain, lane: str) -> None:
        waiting = [(item, lane) for item in chain]
        while waiting:
            item, lane = waiting.pop()
            self._lanes[id(item.node)] = lane
            if item.word == "residual":
                self._residuals.add(id(item.node))
            for word, inner in (item.chains or {}).items():
                waiting += [(each, _lane(item.word, word, lane)) for each in inner]


def _lane(construct: str, word: str, lane: str) -> str:
    if construct == "residual" and word == "shortcut":
        return "shortcut"
    if construct == "branches":
        return identifier(f"branch_{word}" if word.isdigit() else word, "branch")
    return lane


def parameter_name(name: str) -> str:
    """A parameter of a block or a loop as a variable."""
    usable = name.isidentifier() and name.isascii() and not keyword.iskeyword(name)
    return (
        name if usable and name not in _TAKEN and name not in _CHAINS else f"{name}_" if usable else "value"
    )
