"""What the author of a spec calls the values of its program."""

from specc.backends.emit.nodes import Origin
from specc.backends.emit.words import Lanes


class Labels:
    """What the author calls values, and which of them are layers."""

    def __init__(self, named: dict[int, str], layers: set[int], lanes: Lanes) -> None:
        self.named = named
        self.layers = layers
        self.lanes = lanes
        self.taken: list[str] = []

    def lane(self, origin: Origin | None) -> str:
        """The variable of the chain that a step stands in."""
        return "x" if origin is None else self.lanes.of(origin.item)
