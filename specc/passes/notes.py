"""What was inserted, and why, as notes at the layers concerned."""

from specc.diagnostics.model import Diagnostic
from specc.ir.graph import Typed, chain_of
from specc.passes.values import Findings

NOT_HELD_YET = ("budget",)


def insertions(typed: Typed, found: Findings) -> None:
    """Record an N7xx note for each insertion; a layer that is repeated has its notes once.

    And one (N709) for what a spec says that nothing is held to yet.
    """
    for key in NOT_HELD_YET:
        place = typed.graph.document.node.key(key)
        if place is not None:
            message = f"`{key}` is read, but this version holds the network to nothing that it says"
            found.append(Diagnostic("N709", message, place.span))
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
