"""The weights of a `.keras` file for a model that was built: what was carried over, and what was not."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from specc.diagnostics.model import Diagnostic, Fix, Note
from specc.importing.archive import Broken, read_config
from specc.ir.graph import Layer
from specc.ir.link import chain_of

_MOST_NAMES = 8
_REGISTERED = ("specc>CRF", "specc>CRFLoss")
"""The classes of `specc.layers`, which are there before a file is loaded: nothing is imported for them."""


def unusable(path: str, allow_custom: bool) -> Diagnostic | None:
    """E504 where a file is no model, or holds classes of its author's own that may not be imported."""
    try:
        config = read_config(path)
    except Broken as problem:
        return problem.diagnostic()
    foreign = None if allow_custom else _foreign(config)
    if foreign is None:
        return None
    fix = Fix("add `--allow-custom`, if what the file names may be imported and run here", "display")
    return Diagnostic("E504", f"`{path}` holds `{foreign}`, which is not Keras's own", fixes=(fix,))


def _foreign(config: dict[str, Any]) -> str | None:
    """The first class in a configuration that Keras would have to import from elsewhere."""
    waiting: list[Any] = [config]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            mapping = cast("dict[str, Any]", part)
            module, name = mapping.get("module"), mapping.get("class_name")
            registered = mapping.get("registered_name")
            is_own = module in (None, "builtins") or str(module).split(".")[0] in ("keras", "specc")
            is_own = is_own or (module == "specc.layers" and registered in _REGISTERED)
            if isinstance(name, str) and (not is_own or (module is None and registered is not None)):
                return str(registered or f"{module}.{name}")
            waiting += mapping.values()
        elif isinstance(part, list):
            waiting += cast("list[Any]", part)
    return None


def carry_over(path: str, built: Mapping[str, Any], layers: Iterable[Layer]) -> list[Diagnostic]:
    """Give the Keras layers that were built, by path, the weights of their namesakes in a file; say which got none.

    N708 counts those that got theirs, W607 names the others, E507 says that there are none, E504 that Keras does not
    load the file. `layers` are those of the network.
    """
    from specc.backends.keras.weights import Unloadable, carry, load_layers

    try:
        carried = carry(load_layers(path), built)
    except Unloadable as error:
        return [Diagnostic("E504", f"Keras does not load `{path}`", notes=(Note(str(error)),))]
    if not carried.layers and (carried.differing or carried.only_here):
        names = carried.only_there or [*carried.differing]
        notes = (Note(f"the file has weights for {_listed(names)}"),) if names else ()
        return [Diagnostic("E507", f"no layer has a namesake with the same weights in `{path}`", notes=notes)]
    places = {layer.name: layer for layer in layers}
    total = len(carried.layers) + len(carried.differing) + len(carried.only_here)
    message = f"{len(carried.layers)} of {total} layers with weights have those of `{path}`"
    found = [Diagnostic("N708", message)] if total else []
    for name, why in carried.differing.items():
        found.append(_at(f"`{name}` keeps its initial weights: it {why}", places.get(name)))
    if carried.only_here:
        keep = "keeps its initial ones" if len(carried.only_here) == 1 else "keep their initial ones"
        message = f"the file has no weights for {_listed(carried.only_here)}, which {keep}"
        found.append(_at(message, places.get(carried.only_here[0])))
    if carried.only_there:
        found.append(
            Diagnostic("W607", f"no layer takes the weights of {_listed(carried.only_there)} in the file")
        )
    return found


def _at(message: str, layer: Layer | None) -> Diagnostic:
    if layer is None:
        return Diagnostic("W607", message)
    return Diagnostic("W607", message, layer.item.key.span, layer.name, chain=chain_of(layer.link))


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:_MOST_NAMES])
    more = len(names) - _MOST_NAMES
    return f"{shown} and {more} more" if more > 0 else shown
