"""The arithmetic of cells with a vector for their state: shared by the cells and the layers that run them."""

from typing import TYPE_CHECKING, Any, ClassVar

from specc.ops.axis import known_size
from specc.ops.declare import Op, Shapes, Weights
from specc.ops.flops import activation_flops
from specc.ops.misfit import bad_argument
from specc.ops.objects import Activation
from specc.shapes.dim import Size


def lstm_mixing(activation: object, recurrent_activation: object) -> int:
    """FLOPs per element of `c = f * c + i * act(z); h = o * act(c)`, the three gates activated before."""
    return 3 * activation_flops(recurrent_activation) + 2 * activation_flops(activation) + 4


def check_forget_bias(op: Any) -> None:
    """Raises E107 where the forget gate's bias of 1 leaves Keras without an initializer for the others."""
    if op.use_bias and op.unit_forget_bias and op.bias_initializer is None:
        raise bad_argument("bias_initializer", "`unit_forget_bias` needs an initializer for the other biases")


class Gates(Op):
    """`gates` projections of a step's features and of the state; subclasses say what mixes them."""

    gates: ClassVar[int]
    state_count: ClassVar[int] = 1
    """The number of states that the cell carries from step to step, each of the shape of its result."""

    if TYPE_CHECKING:  # every subclass lists its parameters in Keras's order
        units: int
        activation: Activation | None
        use_bias: bool

    def weights_for(self, shapes: Shapes) -> Weights:
        """`kernel` (features, gates * units), `recurrent_kernel` (units, gates * units) and `bias`."""
        wide = self.gates * self.units
        kernel = (known_size(shapes[0], -1, "the kernel"), wide)
        found: Weights = {"kernel": kernel, "recurrent_kernel": (self.units, wide)}
        if self.use_bias:
            found["bias"] = self.bias_shape
        return found

    @property
    def bias_shape(self) -> tuple[int, ...]:
        """The shape of the bias."""
        return (self.gates * self.units,)

    def gate_flops(self, features: Size) -> Size:
        """Per unit: 2 for each multiply-add, each gate 1 to join both projections and its biases; mixing."""
        biases = (len(self.bias_shape) if self.use_bias else 0) * self.gates
        return self.units * (2 * self.gates * (features + self.units) + self.gates + biases + self.mixing)

    @property
    def mixing(self) -> int:
        """FLOPs for each unit behind the projections: activations, and what mixes the state."""
        raise NotImplementedError

    def check_gates(self) -> None:
        """Raises E107 where the arguments do not go together."""


class LSTMGates(Gates):
    """Three gates over a carried state."""

    gates = 4
    state_count = 2

    if TYPE_CHECKING:
        recurrent_activation: Activation | None

    @property
    def mixing(self) -> int:
        """The three gates and both activations, and 4 to mix the carried state and the result."""
        return lstm_mixing(self.activation, self.recurrent_activation)

    def check_gates(self) -> None:
        check_forget_bias(self)


class GRUGates(Gates):
    """One gate that mixes the old state with a new one, another that resets it."""

    gates = 3

    if TYPE_CHECKING:
        recurrent_activation: Activation | None
        reset_after: bool

    @property
    def bias_shape(self) -> tuple[int, ...]:
        """One bias for each gate; with `reset_after` another for the projection of the state."""
        wide = 3 * self.units
        return (2, wide) if self.reset_after else (wide,)

    @property
    def mixing(self) -> int:
        """Two gates and the activation, 1 to reset, 4 for `z * h + (1 - z) * new`."""
        return 2 * activation_flops(self.recurrent_activation) + activation_flops(self.activation) + 5


class PlainGates(Gates):
    """No gate: the result is the state."""

    gates = 1

    @property
    def mixing(self) -> int:
        """The activation."""
        return activation_flops(self.activation)
