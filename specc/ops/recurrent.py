"""The layers that run a cell over the steps of a sequence."""

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from specc.ops.declare import MASKS_DIFFER, Example, Inputs, Masks, Op, Place, Shape, Shapes, op
from specc.ops.gates import Gates, GRUGates, LSTMGates, PlainGates
from specc.ops.kinds import TRAINING, Flag, Integer, Kind, Positive, Rate
from specc.ops.misfit import Misfit, SetArgument, bad_argument, wrong_dtype
from specc.ops.objects import Activation, Constraint, Initializer, Regularizer
from specc.shapes.axis import FEATURE, TIME
from specc.shapes.demand import agree
from specc.shapes.dim import Size
from specc.shapes.shape import sizes_text
from specc.shapes.tensor import Tensor, is_float

_CHOICES = ["auto", True, False]
UseCudnn = Annotated[
    bool | str, Kind("`auto`, true or false", {"type": "literal", "expected": _CHOICES}, {"enum": _CHOICES})
]


class Recurrent(Op):
    """Runs a cell over the first axis; subclasses give what one step makes."""

    state_count: ClassVar[int]
    """The number of states that the cell carries from step to step, each of the shape of its result."""
    call_options = TRAINING
    uses_mask = True
    takes_mask = True

    if TYPE_CHECKING:  # every subclass lists its parameters in Keras's order
        dropout: Rate
        recurrent_dropout: Rate
        return_sequences: Flag
        return_state: Flag
        go_backwards: Flag
        stateful: Flag

    @property
    def needs_floats(self) -> bool:
        """Whether Keras refuses integers: it draws its dropout masks in the dtype of the input."""
        return 0 < self.dropout < 1

    @property
    def drops(self) -> bool:
        """Whether there are dropout masks."""
        return bool(self.dropout or self.recurrent_dropout)

    def fold_difference(self) -> tuple[str, str] | None:
        return MASKS_DIFFER if self.drops else super().fold_difference()

    def step_result(self, x: Shape) -> Shape:
        """The shape that the cell makes of one step of `x`, whose first axis is time."""
        raise NotImplementedError

    def step_flops(self, x: Shape, y: Shape) -> Size:
        """Floating-point operations of one step of `x`; `y` is what the step makes."""
        raise NotImplementedError

    def states(self, step: Shape) -> Shapes:
        """The shapes of the states, where one step makes `step`."""
        return (step,) * self.state_count

    def result_count(self) -> int:
        return 1 + self.state_count if self.return_state else 1

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The last step, or all of them, and with `return_state` the states behind it."""
        x, dtype = inputs[0].shape, inputs[0].dtype
        if not is_float(dtype) and self.needs_floats:
            raise wrong_dtype(dtype)
        step = self.step_result(x)
        states = self.states(step)
        if len(inputs) > 1:
            check_states(inputs[1:], states)
        dtype = self.compute_dtype
        if self.return_sequences:
            time = x.axes[0] if x.axes[0].given else TIME
            first = Tensor(Shape((x.sizes[0], *step.sizes), (time, *step.axes)), dtype)
        else:
            first = Tensor(step, dtype)
        return (first, *(Tensor(state, dtype) for state in states)) if self.return_state else (first,)

    def leaves_out(self, inputs: Inputs) -> bool:
        """Whether the call is given a mask, or no states to start from: beside these, Keras finds no mask for it."""
        return len(inputs) == 1 or bool(self.masked_by)

    def masks(self, inputs: Inputs, results: Inputs) -> Masks:
        """Where all steps are given, the input's; E205 for one that is used and not over the steps."""
        from specc.ops.masking import over_steps

        mask = inputs[0].mask
        if self.leaves_out(inputs):
            mask = over_steps(mask, inputs[0].shape)
        return (mask,) if self.return_sequences else ()

    def cost(self, inputs: Shapes, outputs: Shapes) -> Size:
        """The cell's FLOPs, once for each step."""
        x = inputs[0]
        step = outputs[0].part(1) if self.return_sequences else outputs[0]
        return x.sizes[0] * self.step_flops(x, step)


def check_states(given: Inputs, wanted: Shapes) -> None:
    """Raises E303 for a wrong number of initial states, E212 for one of another size than the cell's."""
    if len(given) != len(wanted):
        states = "1 state" if len(wanted) == 1 else f"{len(wanted)} states"
        raise Misfit("E303", f"starts from {states} and is given {len(given)}", operand=1)
    for i, (tensor, state) in enumerate(zip(given, wanted, strict=True)):
        shape = tensor.shape
        if shape.rank != state.rank or not all(map(agree, shape.sizes, state.sizes)):
            text = f"starts from states of {sizes_text(state)} and is given {sizes_text(shape)}"
            raise Misfit("E212", text, operand=1 + i)


def check_unroll(op: Any, x: Shape) -> None:
    """Raises E207 where the steps of `x` are to be written out, and nobody knows how many there are."""
    if op.unroll and not isinstance(x.sizes[0], int):
        raise Misfit(
            "E207",
            f"`unroll` needs the number of steps of {sizes_text(x)}, which is not a number",
            parameter="unroll",
            axis=0,
            facts=("Keras: Cannot unroll a RNN if the time dimension is undefined",),
            repairs=(SetArgument("unroll", None, "loop over the steps instead"),),
        )


class Gated(Recurrent, Gates):
    """A cell with a vector for its state, run over the steps."""

    if TYPE_CHECKING:
        units: Positive
        unroll: Flag
        use_bias: Flag

    @property
    def places(self) -> tuple[Place, ...]:
        return ("time", "feature")

    def step_result(self, x: Shape) -> Shape:
        self.check_gates()
        check_unroll(self, x)
        return Shape((self.units,), (FEATURE,))

    def step_flops(self, x: Shape, y: Shape) -> Size:
        return self.gate_flops(x.sizes[-1])


def check_cudnn(wanted: object, op: "LSTM | GRU") -> None:
    """Raises E107 where `use_cudnn: true` stands beside what no such kernel computes."""
    if wanted is not True:
        return
    demands = (
        ("activation", op.activation == "tanh"),
        ("recurrent_activation", op.recurrent_activation == "sigmoid"),
        ("recurrent_dropout", op.recurrent_dropout == 0),
        ("unroll", not op.unroll),
        ("use_bias", op.use_bias),
        ("reset_after", not isinstance(op, GRU) or op.reset_after),
    )
    for parameter, met in demands:
        if not met:
            raise bad_argument(
                "use_cudnn",
                f"`use_cudnn` does not go with this `{parameter}`",
                SetArgument("use_cudnn", None, "use cuDNN only where it can compute the layer"),
            )


_ALL = {"units": 3, "return_sequences": True, "return_state": True}


@op(
    Example({"units": 4}, ((5, 7),)),
    Example(_ALL, ((5, 7),)),
    Example({"units": 3, "use_bias": False}, ((5, 7), (3,), (3,))),
    inputs="sequences initial_state* mask!",
)
class LSTM(LSTMGates, Gated):
    """Long short-term memory: gates decide what each step keeps of a carried state."""

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
    activity_regularizer: Regularizer | None = None
    kernel_constraint: Constraint | None = None
    recurrent_constraint: Constraint | None = None
    bias_constraint: Constraint | None = None
    dropout: Rate = 0.0
    recurrent_dropout: Rate = 0.0
    seed: Integer | None = None
    return_sequences: Flag = False
    return_state: Flag = False
    go_backwards: Flag = False
    stateful: Flag = False
    unroll: Flag = False
    use_cudnn: UseCudnn = "auto"

    def step_result(self, x: Shape) -> Shape:
        check_cudnn(self.use_cudnn, self)
        return super().step_result(x)


@op(
    Example({"units": 4}, ((5, 7),)),
    Example(_ALL, ((5, 7),)),
    Example({"units": 3, "reset_after": False}, ((5, 7), (3,))),
    inputs="sequences initial_state* mask!",
)
class GRU(GRUGates, Gated):
    """Gated recurrent unit: one gate mixes the old state with a new one, another resets it."""

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
    activity_regularizer: Regularizer | None = None
    kernel_constraint: Constraint | None = None
    recurrent_constraint: Constraint | None = None
    bias_constraint: Constraint | None = None
    dropout: Rate = 0.0
    recurrent_dropout: Rate = 0.0
    seed: Integer | None = None
    return_sequences: Flag = False
    return_state: Flag = False
    go_backwards: Flag = False
    stateful: Flag = False
    unroll: Flag = False
    reset_after: Flag = True
    use_cudnn: UseCudnn = "auto"

    def step_result(self, x: Shape) -> Shape:
        check_cudnn(self.use_cudnn, self)
        return super().step_result(x)


@op(
    Example({"units": 4}, ((5, 7),)),
    Example(_ALL, ((5, 7),)),
    Example({"units": 3, "unroll": True}, ((5, 7), (3,))),
    inputs="sequences initial_state* mask!",
)
class SimpleRNN(PlainGates, Gated):
    """A dense layer over each step and the result of the step before."""

    units: Positive
    activation: Activation | None = "tanh"
    use_bias: Flag = True
    kernel_initializer: Initializer | None = "glorot_uniform"
    recurrent_initializer: Initializer | None = "orthogonal"
    bias_initializer: Initializer | None = "zeros"
    kernel_regularizer: Regularizer | None = None
    recurrent_regularizer: Regularizer | None = None
    bias_regularizer: Regularizer | None = None
    activity_regularizer: Regularizer | None = None
    kernel_constraint: Constraint | None = None
    recurrent_constraint: Constraint | None = None
    bias_constraint: Constraint | None = None
    dropout: Rate = 0.0
    recurrent_dropout: Rate = 0.0
    return_sequences: Flag = False
    return_state: Flag = False
    go_backwards: Flag = False
    stateful: Flag = False
    unroll: Flag = False
    seed: Integer | None = None
