"""What a recurrent layer runs at each step. A cell may also be called by itself, on one step and its states."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, cast

from specc.ops.declare import Example, Inputs, Op, Shapes, Weights, op
from specc.ops.gates import Gates, GRUGates, LSTMGates, PlainGates
from specc.ops.kinds import TRAINING, Flag, Integer, Kind, Positive, Rate, checked
from specc.ops.misfit import Misfit, bad_argument, wrong_dtype, wrong_rank
from specc.ops.nesting import about, frozen_within, ops_in, prefixed, wrapped_parts
from specc.ops.objects import Activation, Constraint, Initializer, Regularizer
from specc.ops.recurrent import check_states
from specc.ops.registry import ArgumentError, ArgumentErrors, find, known, make, make_nested
from specc.shapes.axis import FEATURE
from specc.shapes.dim import Size
from specc.shapes.shape import Shape
from specc.shapes.tensor import Tensor, is_float
from specc.suggest import did_you_mean


class Cell(Op):
    """What runs at one step: features and states become features and new states."""

    call_options = TRAINING

    def made(self) -> int:
        """The number of features that a step makes."""
        raise NotImplementedError

    @property
    def nests_results(self) -> bool:
        """What the step makes, and the list of states."""
        return True

    def state_sizes(self) -> tuple[int, ...]:
        """The number of features of each state."""
        raise NotImplementedError

    @property
    def needs_floats(self) -> bool:
        """Whether Keras refuses integers: it draws dropout masks in the dtype of the input."""
        raise NotImplementedError

    @property
    def drops(self) -> bool:
        """Whether there are dropout masks."""
        raise NotImplementedError

    def state_dtypes(self, dtype: str) -> tuple[str, ...]:
        """The dtype of each state; `dtype` is the policy around the cell, which it has where it has none."""
        raise NotImplementedError

    def check(self, policy: str, read: str, carried: str | None = None) -> None:
        """Raises E107 where the arguments do not go together.

        `policy` is that around the cell, `read` and `carried` the dtypes of the features and of the states that its
        dropout masks are drawn for; None: its own.
        """
        raise NotImplementedError

    def held(self, weights: Weights) -> frozenset[str]:
        """The names of the weights that are not trained where a layer runs the cell."""
        return self.frozen(weights)

    def step_flops(self, features: Size) -> Size:
        """Floating-point operations of one step."""
        raise NotImplementedError

    def result_count(self) -> int:
        return 1 + len(self.state_sizes())

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """What one step makes, and the new states; E303 without states: over a sequence, a cell runs in `RNN`."""
        if len(inputs) == 1:
            message = (
                f"reads one step and its states; over a sequence write `RNN: {{cell: {{{self.name}: …}}}}`"
            )
            raise Misfit("E303", message)
        x = inputs[0].shape
        if x.rank != 1:
            raise wrong_rank("the features of one step", x)
        if self.drops:
            # Keras draws the mask once, and keeps it for all batches.
            message = f"drops nothing by itself: write `RNN: {{cell: {{{self.name}: …}}}}`"
            raise bad_argument("dropout", message)
        for operand, state in enumerate(inputs[1:], start=1):
            if not is_float(state.dtype):
                raise wrong_dtype(state.dtype, "states of floats", operand=operand)
        policy = self.policy or "float32"
        self.check(policy, self.compute_dtype)
        sizes = self.state_sizes()
        check_states(inputs[1:], tuple(_features(size) for size in sizes))
        dtypes = self.state_dtypes(policy)
        states = [Tensor(_features(size), dtype) for size, dtype in zip(sizes, dtypes, strict=True)]
        return (Tensor(_features(self.made()), self.step_dtype()), *states)

    def step_dtype(self) -> str:
        """The dtype of what a step makes, of a cell by itself."""
        return self.compute_dtype

    def cost(self, inputs: Shapes, outputs: Shapes) -> Size:
        return self.step_flops(inputs[0].sizes[-1])


def _features(size: Size) -> Shape:
    return Shape((size,), (FEATURE,))


def _computed(policy: str) -> str:
    return policy.removeprefix("mixed_")


class _Single(Cell, Gates):
    if TYPE_CHECKING:
        dropout: Rate
        recurrent_dropout: Rate

    def made(self) -> int:
        return self.units

    def state_sizes(self) -> tuple[int, ...]:
        return (self.units,) * self.state_count

    @property
    def needs_floats(self) -> bool:
        return 0 < self.dropout < 1

    @property
    def drops(self) -> bool:
        return bool(self.dropout or self.recurrent_dropout)

    def state_dtypes(self, dtype: str) -> tuple[str, ...]:
        return (_computed(self.policy or dtype),) * self.state_count

    def check(self, policy: str, read: str, carried: str | None = None) -> None:
        self.check_gates()
        own = _computed(self.policy or policy)
        for parameter, drawn in (("dropout", read), ("recurrent_dropout", carried or own)):
            if 0 < getattr(self, parameter) < 1 and drawn != own:
                message = f"the masks of `{parameter}` are drawn in {drawn}, and the cell computes in {own}"
                raise bad_argument(parameter, message)

    def step_flops(self, features: Size) -> Size:
        return self.gate_flops(features)


@op(
    Example({"units": 4}, ((7,), (4,), (4,))),
    Example({"units": 3, "unit_forget_bias": False, "activation": "relu"}, ((7,), (3,), (3,))),
    inputs="inputs states*",
)
class LSTMCell(LSTMGates, _Single):
    """One step of an LSTM: it makes its first state."""

    units: Positive
    activation: Activation | None = "tanh"
    recurrent_activation: Activation | None = "sigmoid"
    use_bias: Flag = True
    kernel_initializer: Initializer | None = "glorot_uniform"
    recurrent_initializer: Initializer | None = "orthogonal"
    bias_initializer: Initializer | None = "zeros"
    unit_forget_bias: Flag = True
    kernel_regularizer: Regularizer | None = None
    recurrent_regularizer: Regularizer | None = None
    bias_regularizer: Regularizer | None = None
    kernel_constraint: Constraint | None = None
    recurrent_constraint: Constraint | None = None
    bias_constraint: Constraint | None = None
    dropout: Rate = 0.0
    recurrent_dropout: Rate = 0.0
    seed: Integer | None = None


@op(
    Example({"units": 4}, ((7,), (4,))),
    Example({"units": 3, "reset_after": False}, ((7,), (3,))),
    inputs="inputs states*",
)
class GRUCell(GRUGates, _Single):
    """One step of a GRU: what it makes is its state."""

    units: Positive
    activation: Activation | None = "tanh"
    recurrent_activation: Activation | None = "sigmoid"
    use_bias: Flag = True
    kernel_initializer: Initializer | None = "glorot_uniform"
    recurrent_initializer: Initializer | None = "orthogonal"
    bias_initializer: Initializer | None = "zeros"
    kernel_regularizer: Regularizer | None = None
    recurrent_regularizer: Regularizer | None = None
    bias_regularizer: Regularizer | None = None
    kernel_constraint: Constraint | None = None
    recurrent_constraint: Constraint | None = None
    bias_constraint: Constraint | None = None
    dropout: Rate = 0.0
    recurrent_dropout: Rate = 0.0
    reset_after: Flag = True
    seed: Integer | None = None


@op(
    Example({"units": 4}, ((7,), (4,))),
    Example({"units": 3, "use_bias": False}, ((7,), (3,))),
    inputs="inputs states*",
)
class SimpleRNNCell(PlainGates, _Single):
    """One step of a SimpleRNN: what it makes is its state."""

    units: Positive
    activation: Activation | None = "tanh"
    use_bias: Flag = True
    kernel_initializer: Initializer | None = "glorot_uniform"
    recurrent_initializer: Initializer | None = "orthogonal"
    bias_initializer: Initializer | None = "zeros"
    kernel_regularizer: Regularizer | None = None
    recurrent_regularizer: Regularizer | None = None
    bias_regularizer: Regularizer | None = None
    kernel_constraint: Constraint | None = None
    recurrent_constraint: Constraint | None = None
    bias_constraint: Constraint | None = None
    dropout: Rate = 0.0
    recurrent_dropout: Rate = 0.0
    seed: Integer | None = None


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
                cell.check(policy, read, _computed(policy))
            except Misfit as fault:
                raise about(fault, "cells") from None
            read = cell.state_dtypes(policy)[0]

    def step_flops(self, features: Size) -> Size:
        total: Size = 0
        for cell in self.cells:
            total, features = total + cell.step_flops(features), cell.made()
        return total

    def weights_for(self, shapes: Shapes) -> Weights:
        """Those of each cell, as `cell0_…`, `cell1_…`."""
        x, found = shapes[0], dict[str, tuple[int, ...]]()
        for prefix, cell in self.parts.items():
            found |= prefixed(prefix, cell.weights_for((x,)))
            x = _features(cell.made())
        return found

    def wrapped(self, weights: Weights) -> Iterable[tuple[Op, Weights]]:
        return wrapped_parts(self.parts, weights)

    def frozen(self, weights: Weights) -> frozenset[str]:
        return self.held(weights) if self.trainable else frozenset(weights)

    def held(self, weights: Weights) -> frozenset[str]:
        """What the cells say: Keras does not ask the stack."""
        return frozen_within({prefix: cell.held for prefix, cell in self.parts.items()}, weights)
