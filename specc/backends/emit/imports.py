"""What an emitted module imports from elsewhere than Keras."""

import keyword
from collections.abc import Iterable

from specc.backends.emit.text import literal_text
from specc.backends.emit.words import Words


class Imports:
    """Classes of other modules, each with the name that it has in the emitted one."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self._words = Words()

    def name(self, word: str) -> str:
        """What the class `module:Class` is called."""
        if word not in self.names:
            name = word.partition(":")[2]
            self.names[word] = self._words.fresh(f"{name}_" if keyword.iskeyword(name) else name)
        return self.names[word]

    def lines(self, used: Iterable[str]) -> list[str]:
        """The import statements for the names that are used."""
        wanted = set(used)
        return [_line(word, name) for word, name in sorted(self.names.items()) if name in wanted]


def _line(word: str, name: str) -> str:
    module, _, cls = word.partition(":")
    if all(part.isidentifier() and not keyword.iskeyword(part) for part in (*module.split("."), cls)):
        return f"from {module} import {cls}" + (f" as {name}" if name != cls else "")
    return f"{name} = getattr(__import__({literal_text(module)}, fromlist=[None]), {literal_text(cls)})"
