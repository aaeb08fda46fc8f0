"""The spec of an explicit graph: blocks, parameters and insertions written out, as `adapt: strict` reads it.

Layers stand in the order in which they run, each under its path. What runs inside a region stands in a `map`;
a map gives its name to what is inside, so where that would change a path, or hide one, it goes without.
"""

from collections.abc import Mapping
from typing import Any, cast

from specc.ir.graph import Explicit, Input, Output, Typed
from specc.passes.adapt import adapt
from specc.passes.repairs.spell import escaped
from specc.passes.unroll import Unrolling
from specc.shapes.dim import to_json
from specc.shapes.shape import Shape
from specc.syntax import tree
from specc.syntax.document import IGNORE, is_note
from specc.syntax.write import spec_text

_KEPT = ("targets", "compile", "budget")


def expand(typed: Typed, hidden: Mapping[str, tuple[str, ...]] | None = None) -> str:
    """The text of the spec that says a network in full, which must be free of errors.

    `hidden` are the warnings that layers and inputs are silent about, if not those that the author silences.
    """
    return spec_text(sections(adapt(typed), typed.hidden if hidden is None else hidden))


def sections(explicit: Explicit, hidden: Mapping[str, tuple[str, ...]] = {}) -> dict[str, Any]:
    """The same as plain data, by top-level key; `hidden` are the warnings that layers and inputs are silent about."""
    graph = explicit.graph
    given = graph.document.sections
    found: dict[str, Any] = {"specc": 1, "name": escaped(graph.name)}
    if "description" in given:
        found["description"] = tree.to_plain(given["description"])
    found["adapt"] = "strict"
    policy = graph.evaluate(given["dtype"]) if "dtype" in given else None
    if policy is not None:
        found["dtype"] = policy
    found["inputs"] = {
        escaped(entry.name): escaped(_input(entry, explicit, hidden)) for entry in graph.inputs
    }
    unrolling = Unrolling(explicit, policy, hidden)
    found["layers"] = [escaped(item) for item in unrolling.items()]
    found["outputs"] = _outputs(explicit.outputs, unrolling)
    if hidden.get(""):
        found[IGNORE] = [*hidden[""]]
    for key in _KEPT:
        if key in given:
            found[key] = escaped(_without_notes(graph.evaluate(given[key])))
    return found


def _without_notes(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    entries = cast("dict[Any, Any]", value).items()
    return {key: _without_notes(entry) for key, entry in entries if not is_note(key)}


def _input(entry: Input, explicit: Explicit, hidden: Mapping[str, tuple[str, ...]]) -> Any:
    tensor = explicit.types[entry.value]
    shape = sizes(tensor.shape)
    ignored = hidden.get(entry.name)
    if tensor.dtype == "float32" and entry.batch is None and not entry.sparse and not ignored:
        return shape
    full: dict[str, Any] = {"shape": shape}
    if tensor.dtype != "float32":
        full["dtype"] = tensor.dtype
    if entry.batch is not None:
        full["batch_size"] = entry.batch
    if entry.sparse:
        full["sparse"] = True
    if ignored:
        full[IGNORE] = [*ignored]
    return full


def sizes(shape: Shape) -> list[Any]:
    """A shape as a spec has it: the names that were given, and the sizes."""
    found: list[Any] = []
    for size, axis in zip(*shape, strict=True):
        known = to_json(size)
        found.append({axis.name: known} if axis.given else known)
    return found


def _outputs(outputs: tuple[Output, ...], unrolling: Unrolling) -> list[Any] | dict[Any, Any]:
    found: dict[Any, Any] = {}
    for output in outputs:
        origin = unrolling.origin(output)
        shape = None if output.promise is None else sizes(output.promise)
        if origin is None:
            found[escaped(output.name)] = escaped(shape)
        else:
            full = {"from": origin} if shape is None else {"from": origin, "shape": shape}
            found[escaped(output.name)] = escaped(full)
    return list(found) if all(value is None for value in found.values()) else found
