"""What was inserted, and why, as notes at the layers concerned."""

from specc.diagnostics.model import Diagnostic
from specc.ir.graph import Typed
from specc.ir.link import chain_of
from specc.passes.resolution.values import Findings


def insertions(typed: Typed, found: Findings) -> None:
    """Record an N7xx note for each insertion; a layer that is repeated has its notes once."""
    seen: set[tuple[int, str, str]] = set()
    for number, reading in typed.readings.items():
        layer = typed.graph.layers[number]
        for code, text in reading.notes:
            key = (layer.item.key.start, layer.item.key.source.path, code)
            if key in seen:
                continue
            seen.add(key)
            message = f"`{layer.name}`: {text}"
            found.append(
                Diagnostic(code, message, layer.item.key.span, layer.name, chain=chain_of(layer.link))
            )
