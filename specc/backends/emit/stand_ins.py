# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""What stands in for things of Keras that do nothing by themselves."""

from collections.abc import Callable
from typing import Any, NamedTuple

from specc.backends.emit.code import Title


class Operation:
    """What made a tensor. Subclasses have the names of Keras's classes of operations."""

    def __init__(self) -> None:
        self.title: Title | None = None

    @property
    def name(self) -> str:
        """The name; empty as long as it has none of its own."""
        return "" if self.title is None else self.title.text

    @name.setter
    def name(self, text: str) -> None:
        if self.title is None:
            self.title = Title(text)
        self.title.text = text


class History(NamedTuple):
    """As a tensor of Keras has it."""

    operation: Any


class Module:
    """A module of Keras or a function in it; what is called through it is recorded."""

    def __init__(self, call: Callable[[str, tuple[Any, ...], dict[str, Any]], Any], path: str) -> None:
        self._call = call
        self._path = path

    def __getattr__(self, name: str) -> Any:
        return Module(self._call, f"{self._path}.{name}" if self._path else name)

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        return self._call(self._path, arguments, keywords)
