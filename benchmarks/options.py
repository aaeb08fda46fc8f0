"""What the command line asks for."""

from typing import NamedTuple


class Options(NamedTuple):
    """How much is measured: `layers` for throughput, `steps` for folding; `quick` is for a first look."""

    quick: bool = False
    layers: tuple[int, ...] = ()
    steps: tuple[int, ...] = ()

    def rounds(self, usual: int, *, quick: int) -> int:
        """How often each figure is taken."""
        return quick if self.quick else usual
