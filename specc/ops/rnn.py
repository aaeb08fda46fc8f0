"""A recurrent layer over any cell."""

from collections.abc import Iterable
from typing import Any

from specc.ops.cells import computed
from specc.ops.declare import Example, Inputs, Masks, Op, Place, Shape, Shapes, Weights, op
from specc.ops.kinds import Flag
from specc.ops.misfit import Misfit, SetArgument, bad_argument
from specc.ops.nesting import about
from specc.ops.recurrent import Recurrent, check_unroll
from specc.ops.stacked import CellRef, StackedRNNCells
from specc.shapes.axis import FEATURE
from specc.shapes.dim import Size

_STACK = [{"LSTMCell": 4}, {"GRUCell": 3}]


@op(
    Example({"cell": {"LSTMCell": 4}}, ((5, 7),)),
    Example({"cell": _STACK, "return_sequences": True, "return_state": True}, ((5, 7),)),
    Example({"cell": _STACK, "return_state": True}, ((5, 7), (4,), (4,), (3,))),
    inputs="sequences initial_state* mask!",
)
class RNN(Recurrent):
    """Runs a cell, or several one on top of the other, over the steps of a sequence."""

    cell: CellRef
    return_sequences: Flag = False
    return_state: Flag = False
    go_backwards: Flag = False
    stateful: Flag = False
    unroll: Flag = False
    zero_output_for_mask: Flag = False

    @property
    def places(self) -> tuple[Place, ...]:
        return ("time", "feature")

    @property
    def state_count(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The states of all cells."""
        return len(self.cell.state_sizes())

    @property
    def needs_floats(self) -> bool:
        return self.cell.needs_floats

    @property
    def drops(self) -> bool:
        return self.cell.drops

    @property
    def nests_results(self) -> bool:
        """The states of each of several cells are a list."""
        return self.return_state and isinstance(self.cell, StackedRNNCells)

    def nested(self, values: list[Any]) -> list[Any]:
        return self.cell.nested(values)

    def step_result(self, x: Shape) -> Shape:
        try:
            self.cell.check(self.policy or "float32", self.compute_dtype)
        except Misfit as fault:
            raise about(fault, "cell") from None
        check_unroll(self, x)
        if self.unroll and self._is_lone_stack and self.state_count > 1:
            message = "`unroll` does not go with a stack of one cell that has several states"
            loop = SetArgument("unroll", None, "loop over the steps instead")
            raise bad_argument("unroll", message, loop)
        return Shape((self.cell.made(),), (FEATURE,))

    @property
    def _is_lone_stack(self) -> bool:
        """Whether there is a stack of one cell, whose states Keras mixes up with their list."""
        return isinstance(self.cell, StackedRNNCells) and len(self.cell.cells) == 1

    def masks(self, inputs: Inputs, results: Inputs) -> Masks:
        """As of other recurrent layers; E107 for one that Keras cannot lay over the states of stacked cells."""
        if inputs[0].mask is not None and self.leaves_out(inputs):
            self._check_masked()
        return super().masks(inputs, results)

    def _check_masked(self) -> None:
        """E107 for a stack of one cell in a loop, or of cells in another dtype than its own."""
        if self._is_lone_stack and not self.unroll:
            raise bad_argument("cell", "a mask does not go with a stack of one cell")
        policy = self.policy or "float32"
        carried = computed(self.cell.policy or policy)
        other = next((dtype for dtype in self.cell.state_dtypes(policy) if dtype != carried), None)
        if other is not None:
            message = (
                f"a mask does not go with a cell that computes in {other} where its states are {carried}"
            )
            raise bad_argument("cell", message)

    def states(self, step: Shape) -> Shapes:
        return tuple(Shape((size,), (FEATURE,)) for size in self.cell.state_sizes())

    def step_flops(self, x: Shape, y: Shape) -> Size:
        return self.cell.step_flops(x.sizes[-1])

    def weights_for(self, shapes: Shapes) -> Weights:
        """Those of the cell."""
        try:
            return self.cell.weights_for((shapes[0].part(1),))
        except Misfit as fault:
            raise about(fault, "cell", axes_before=1) from None

    def wrapped(self, weights: Weights) -> Iterable[tuple[Op, Weights]]:
        return ((self.cell, weights),)

    def frozen(self, weights: Weights) -> frozenset[str]:
        return self.cell.held(weights) if self.trainable else frozenset(weights)
