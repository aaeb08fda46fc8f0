"""Reshapes that merge leading axes into the batch, and that take them apart again: what stands between is a `map`."""

from math import prod
from typing import Any

from specc.importing.chain import Piece
from specc.importing.objects import Unsayable
from specc.importing.records import Network, Record, Sizes, Value, leaves


class Folds:
    """The values of a network that are another one in or out of a map, and the axes that are merged in each."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.same: dict[Value, Value] = {}
        """The value that another one is, but for the axes that are merged."""
        self.merged: dict[Value, Sizes] = {}

    def crosses(self, record: Record, node: int) -> bool:
        """Whether an operation merges axes into the batch or takes them out; it is then no item of its own."""
        if record.cls != "Reshape" or not str(record.module).startswith("keras.src.ops"):
            return False
        values = leaves(record.applications[node].arguments)
        result = Value(record.name, node, 0)
        before, after = (
            self.network.types.get(v) for v in (values[0] if values else None, result) if v is not None
        )
        if before is None or after is None:
            return False
        merged = self.merged.get(values[0], ())
        if merged and after.sizes == (*merged, *before.sizes):
            self._note(result, values[0], ())
            return True
        lead = before.sizes[: len(before.sizes) - len(after.sizes)]
        if merged or before.sizes != (*lead, *after.sizes) or None in lead or prod(s or 1 for s in lead) == 1:
            return False
        self._note(result, values[0], lead)
        return True

    def _note(self, value: Value, of: Value, merged: Sizes) -> None:
        self.same[value] = self.same.get(of, of)
        if merged:
            self.merged[value] = merged

    def placed(self, piece: Piece) -> Piece:
        """An item with the values that it reads as they are called, and the number of axes that it is mapped over."""
        merged = {self.merged.get(v, ()) for v in piece.reads if v is not None}
        if len(merged) > 1:
            raise Unsayable("reads values for each step, and values for each sample")
        (axes,) = merged or {()}
        for value in piece.gives if axes else ():
            self.merged[value] = axes
        reads = [None if v is None else self.same.get(v, v) for v in piece.reads]
        return piece._replace(reads=reads, over=len(axes))

    def called(self, tree: Any) -> list[Value]:
        """The values in lists and mappings, as they are called."""
        return [self.same.get(v, v) for v in leaves(tree)]
