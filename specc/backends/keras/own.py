"""Layers that are none of Keras's: a user's own, and those that the ops of libraries become."""

import os
import re
import sys
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from specc.backends.keras.call import KerasLayer, KerasTensor
from specc.diagnostics.model import Diagnostic, Fix, Note
from specc.ir.graph import Layer
from specc.ir.link import chain_of
from specc.ops.declare import Op, within

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_TAKES_ALL = Fix("let its `__init__` take `**kwargs` and hand them to `super().__init__`", "display")


class Unusable(Exception):
    """There is no such class of layers; `reason` is what Python says, if it says anything."""

    def __init__(self, message: str, reason: BaseException | None = None) -> None:
        super().__init__(message)
        self.reason = reason


@contextmanager
def importable() -> Generator[None]:
    """Modules of the current folder can be imported, behind all that is installed."""
    here = os.getcwd()
    sys.path.append(here)
    try:
        yield
    finally:
        if here in sys.path:
            del sys.path[len(sys.path) - 1 - sys.path[::-1].index(here)]


def find_class(keras: Any, word: str) -> type[Any]:
    """The class of layers `module:Class`, imported; raises `Unusable` where there is none."""
    module, _, name = word.partition(":")
    try:
        imported = import_module(module)
    except (Exception, SystemExit) as error:  # whatever the module does when it is imported
        raise Unusable(f"the module `{module}` cannot be imported", error) from None
    try:
        found = getattr(imported, name)
    except Exception as error:  # a module may have a `__getattr__`
        raise Unusable(f"the module `{module}` has no `{name}`", error) from None
    if not (isinstance(found, type) and issubclass(found, keras.layers.Layer)):
        raise Unusable(f"`{word}` is no class of layers: it does not derive from `keras.layers.Layer`")
    return found


def layer_class(keras: Any, op: Op) -> type[Any]:
    """The class of the layer that an op becomes."""
    return getattr(keras.layers, op.name) if op.keras is None else class_called(keras, op.keras)


def class_called(keras: Any, word: str) -> type[Any]:
    """The class of layers `module:Class`; what stands in for Keras finds it in its own way."""
    finder = getattr(keras, "find_class", None)
    return find_class(keras, word) if finder is None else finder(word)


def apply_own(op: Any, layer: KerasLayer, inputs: list[KerasTensor]) -> Any:
    """What a layer makes of inputs that are given as its signature has them."""
    if op.takes_list:
        return layer(inputs, **op.options)
    given = list(zip(op.signature.inputs, inputs, strict=True))
    named = {value.name: x for value, x in given if value.name is not None}
    return layer(*[x for value, x in given if value.name is None], **named, **op.options)


def is_foreign(layer: Layer) -> bool:
    """Whether a layer is none of Keras's, or holds one that is not."""
    return isinstance(layer.op, Op) and any(part.keras is not None for part in within(layer.op))


def unusable(keras: Any, layers: Iterable[Layer]) -> list[Diagnostic]:
    """E500 for each class that cannot be had, at the layer that names it first."""
    seen: set[str] = set()
    found: list[Diagnostic] = []
    for layer in layers:
        for part in within(layer.op) if isinstance(layer.op, Op) else ():
            if part.keras is None or part.keras in seen:
                continue
            seen.add(part.keras)
            try:
                find_class(keras, part.keras)
            except Unusable as error:
                found.append(_unusable(error, layer))
    return found


def _unusable(error: Unusable, layer: Layer) -> Diagnostic:
    reason = error.reason
    notes = () if reason is None else (Note(said(reason)),)
    if isinstance(reason, ModuleNotFoundError):
        notes = (*notes, Note("modules are looked for where Python looks, then in the current folder"))
    return Diagnostic(
        "E500", str(error), layer.item.key.span, layer.name, notes=notes, chain=chain_of(layer.link)
    )


def said(error: BaseException) -> str:
    """An exception in one line, without the colours of a terminal."""
    return " ".join(f"{type(error).__name__}: {_COLOURS.sub('', str(error))}".split())


def advice(error: Exception) -> tuple[Fix, ...]:
    """The repair of a constructor that does not take what every layer takes."""
    words = str(error)
    takes_less = isinstance(error, TypeError) and "unexpected keyword argument" in words
    return (_TAKES_ALL,) if takes_less and words.endswith(("'name'", "'dtype'", "'trainable'")) else ()
