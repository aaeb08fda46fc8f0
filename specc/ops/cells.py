"""What a recurrent layer runs at each step. A cell may also be called by itself, on one step and its states."""

from typing import TYPE_CHECKING

from specc.ops.declare import Example, Inputs, Op, Shapes, Weights, op
from specc.ops.gates import Gates, GRUGates, LSTMGates, PlainGates
from specc.ops.kinds import TRAINING, Flag, Integer, Positive, Rate
from specc.ops.misfit import Misfit, bad_argument, wrong_dtype, wrong_rank
from specc.ops.objects import Activation, Constraint, Initializer, Regularizer
from specc.ops.recurrent import check_states
from specc.shapes.axis import FEATURE
from specc.shapes.dim import Size
from specc.shapes.shape import Shape
from specc.shapes.tensor import Tensor, is_float


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

    def step_flops(self, read: Size) -> Size:
        """Floating-point operations of one step, which reads so many features."""
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
        check_states(inputs[1:], tuple(features(size) for size in sizes))
        dtypes = self.state_dtypes(policy)
        states = [Tensor(features(size), dtype) for size, dtype in zip(sizes, dtypes, strict=True)]
        return (Tensor(features(self.made()), self.step_dtype()), *states)

    def step_dtype(self) -> str:
        """The dtype of what a step makes, of a cell by itself."""
        return self.compute_dtype

    def cost(self, inputs: Shapes, outputs: Shapes) -> Size:
        return self.step_flops(inputs[0].sizes[-1])


def features(size: Size) -> Shape:
    """One axis of features."""
    return Shape((size,), (FEATURE,))


def computed(policy: str) -> str:
    """The dtype that a layer of this policy computes in."""
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
        return (computed(self.policy or dtype),) * self.state_count

    def check(self, policy: str, read: str, carried: str | None = None) -> None:
        self.check_gates()
        own = computed(self.policy or policy)
        for parameter, drawn in (("dropout", read), ("recurrent_dropout", carried or own)):
            if 0 < getattr(self, parameter) < 1 and drawn != own:
                message = f"the masks of `{parameter}` are drawn in {drawn}, and the cell computes in {own}"
                raise bad_argument(parameter, message)

    def step_flops(self, read: Size) -> Size:
        return self.gate_flops(read)


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
