"""Which layers need their name written: those that would be called otherwise without."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from specc.passes.scope import Names, Scope, default_name

_ATTEMPTS = 5


class Wanted(NamedTuple):
    """The name that a layer must have (None: any will do), and the word that names it where it has none."""

    name: str | None
    word: str


def names_of(layers: Sequence[Wanted], taken: Iterable[str]) -> tuple[list[str], list[bool]]:
    """The names of layers in their order, and whether each must be written; `taken` are those of the inputs.

    A name that is written is no longer free for layers without one. So what is written can only grow, until all have
    the names that they must have; where that takes long, all are written.
    """
    inputs = dict.fromkeys(taken, 0)
    written = [layer.name is not None and not _is_numbered(layer.name, layer.word) for layer in layers]
    for attempt in range(_ATTEMPTS):
        scope, names = Scope("", None), Names()
        names.values.update(inputs)
        scope.reserved = frozenset(
            str(x.name) for x, is_written in zip(layers, written, strict=True) if is_written
        )
        found: list[str] = []
        wrong: list[int] = []
        for i, layer in enumerate(layers):
            name = layer.name if written[i] else names.automatic(scope, default_name(layer.word))
            assert name is not None
            if layer.name not in (None, name):
                wrong.append(i)
            names.values[name] = 0
            found.append(name)
        if not wrong:
            return found, written
        for i in wrong if attempt < _ATTEMPTS - 2 else range(len(layers)):
            written[i] = layers[i].name is not None
    raise AssertionError("names that are written are what they must be")


def _is_numbered(name: str, word: str) -> bool:
    return re.fullmatch(rf"{re.escape(default_name(word))}(_\d+)?", name) is not None
