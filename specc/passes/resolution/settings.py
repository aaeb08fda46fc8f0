"""What is set from outside: parameters, and sizes of symbols."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any

from specc.diagnostics.model import Note
from specc.ops.symbols import binding, bound_symbols, is_size
from specc.passes.resolution.values import Findings
from specc.suggest import did_you_mean, nearest
from specc.syntax import tree
from specc.syntax.document import Document
from specc.syntax.tree import kind_of


def binding_symbols(settings: Mapping[str, Any], document: Document) -> AbstractContextManager[None]:
    """While this lasts, symbols are read as what they are set to; a parameter of that name comes first."""
    params = document.sections.get("params")
    taken = {key.value for key, _ in params.entries} if isinstance(params, tree.Mapping) else set[Any]()
    return binding({name: value for name, value in settings.items() if name not in taken})


def hold_settings(
    document: Document, found: Findings, settings: Mapping[str, Any], params: Collection[str]
) -> None:
    """E112 for what is set and is none of the `params`, and no symbol or none that can be this size."""
    symbols = bound_symbols()
    for name in settings:
        if name in params:
            continue
        if name not in symbols.seen:
            close = did_you_mean(nearest(name, (*params, *symbols.seen)))
            message = f"--set: there is no parameter and no symbol `{name}`{close}"
            found.error("E112", message, document.key("params"), *_settable(params, symbols.seen))
        elif not is_size(value := symbols.values[name]):
            shown = str(value) if isinstance(value, int | float) else kind_of(value)
            message = f"--set: the symbol `{name}` is a size, a positive integer, not {shown}"
            found.error("E112", message, document.key("inputs"))


def _settable(params: Collection[str], symbols: Collection[str]) -> Iterator[Note]:
    """What there is to be set."""
    for kind, names in (("parameters", params), ("symbols", sorted(symbols))):
        if names:
            yield Note(f"the {kind} are {', '.join(f'`{name}`' for name in names)}")
