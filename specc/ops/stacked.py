"""Cells one on top of the other, and cells as arguments."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, cast

from specc.ops.cells import Cell, computed, features
from specc.ops.declare import Example, Op, Shapes, Weights, op
from specc.ops.kinds import Kind, checked
from specc.ops.making import ArgumentError, ArgumentErrors, make, make_nested
from specc.ops.misfit import Misfit
from specc.ops.nesting import about, frozen_within, ops_in, prefixed, wrapped_parts
from specc.ops.registry import find, known
from specc.shapes.dim import Size
from specc.suggest import did_you_mean


def _cell(value: Any) -> Cell:
    """The cell that plain data stands for: `{LSTMCell: 4}`, or a list of them, one on top of the other."""
    if isinstance(value, Cell):
        return value
    if isinstance(value, list):
        return cast("Cell", make(known("StackedRNNCells"), {"cells": value}))
    made = make_nested(value)
    if not isinstance(made, Cell):
        meant = find(f"{made.name}Cell")
        close = None if meant is None else meant.name
        message = f"a cell is wanted, and `{made.name}` is none{did_you_mean(close)}"
        raise ArgumentErrors([ArgumentError("E107", message, None, (made.name,), True, close)])
    return made


def _one_of_several(value: Any) -> Cell:
    made = _cell(value)
    if isinstance(made, StackedRNNCells):
        raise ValueError("a stack holds no other one: write the cells of both in one list")
    return made


def _cells(value: Any) -> tuple[Cell, ...]:
    return ops_in(value, _one_of_several, "a list of cells, as `[{LSTMCell: 32}, {LSTMCell: 16}]`")


CELL_JSON = {"type": "object", "minProperties": 1, "maxProperties": 1}
"""The form of a cell as an argument."""

CellRef = Annotated[
    Cell,
    Kind(
        "a cell, as `{LSTMCell: 32}`, or a list of cells",
        checked(_cell),
        {"anyOf": [CELL_JSON, {"type": "array", "minItems": 1, "items": CELL_JSON}]},
    ),
]
CellRefs = Annotated[
    tuple[Cell, ...],
    Kind("a list of cells", checked(_cells), {"type": "array", "minItems": 1, "items": CELL_JSON}),
]


@op(
    Example({"cells": [{"LSTMCell": 4}, {"GRUCell": 3}]}, ((7,), (4,), (4,), (3,))),
    Example({"cells": [{"SimpleRNNCell": 4}]}, ((7,), (4,))),
    inputs="inputs states*",
)
class StackedRNNCells(Cell):
    """Cells one on top of the other: each reads what the one below makes. Their states follow each other."""

    cells: CellRefs

    @property
    def parts(self) -> Mapping[str, Cell]:
        """The cells by the prefix of their weights."""
        return {f"cell{number}": cell for number, cell in enumerate(self.cells)}

    def made(self) -> int:
        return self.cells[-1].made()

    def state_sizes(self) -> tuple[int, ...]:
        return tuple(size for cell in self.cells for size in cell.state_sizes())

    def nested(self, values: list[Any]) -> list[Any]:
        """The states of each cell in a list of their own."""
        found: list[Any] = []
        for cell in self.cells:
            count = len(cell.state_sizes())
            found.append(values[:count])
            values = values[count:]
        return found

    @property
    def needs_floats(self) -> bool:
        return self.cells[0].needs_floats

    @property
    def drops(self) -> bool:
        return any(cell.drops for cell in self.cells)

    def state_dtypes(self, dtype: str) -> tuple[str, ...]:
        policy = self.policy or dtype
        return tuple(each for cell in self.cells for each in cell.state_dtypes(policy))

    def step_dtype(self) -> str:
        return self.state_dtypes("float32")[-1]

    def check(self, policy: str, read: str, carried: str | None = None) -> None:
        policy = self.policy or policy
        for cell in self.cells:
            try:
                cell.check(policy, read, computed(policy))
            except Misfit as fault:
                raise about(fault, "cells") from None
            read = cell.state_dtypes(policy)[0]

    def step_flops(self, read: Size) -> Size:
        total: Size = 0
        for cell in self.cells:
            total, read = total + cell.step_flops(read), cell.made()
        return total

    def weights_for(self, shapes: Shapes) -> Weights:
        """Those of each cell, as `cell0_…`, `cell1_…`."""
        x, found = shapes[0], dict[str, tuple[int, ...]]()
        for prefix, cell in self.parts.items():
            found |= prefixed(prefix, cell.weights_for((x,)))
            x = features(cell.made())
        return found

    def wrapped(self, weights: Weights) -> Iterable[tuple[Op, Weights]]:
        return wrapped_parts(self.parts, weights)

    def frozen(self, weights: Weights) -> frozenset[str]:
        return self.held(weights) if self.trainable else frozenset(weights)

    def held(self, weights: Weights) -> frozenset[str]:
        """What the cells say: Keras does not ask the stack."""
        return frozen_within({prefix: cell.held for prefix, cell in self.parts.items()}, weights)
