"""`crf`: tags for the steps of a sequence, each with its neighbours in view."""

from specc.ops.axis import known_size
from specc.ops.declare import Example, Inputs, Masks, Place, Shape, Unary, Weights, op
from specc.ops.kinds import Flag, Positive
from specc.ops.objects import Constraint, Initializer, Regularizer
from specc.shapes.axis import TIME
from specc.shapes.dim import Size


@op(
    Example({"units": 3}, ((5, 7),)),
    Example({"units": 1, "use_bias": False, "use_boundary": False}, ((1, 2),)),
    Example({"units": 4, "transition_regularizer": "l2", "boundary_initializer": "ones"}, ((5, 3),)),
    name="crf",
)
class ConditionalRandomField(Unary):
    """Chooses one of `units` tags for each step, so that the whole sequence is the likeliest (a linear-chain CRF).

    Each step scores the tags by a dense layer, each pair of neighbours by a matrix of transitions, and the first
    and the last step by what a tag has for standing there. Its loss is the sequence's log-likelihood, `crf`.
    """

    units: Positive
    use_bias: Flag = True
    use_boundary: Flag = True
    kernel_initializer: Initializer | None = "glorot_uniform"
    bias_initializer: Initializer | None = "zeros"
    transition_initializer: Initializer | None = "zeros"
    boundary_initializer: Initializer | None = "zeros"
    kernel_regularizer: Regularizer | None = None
    bias_regularizer: Regularizer | None = None
    transition_regularizer: Regularizer | None = None
    boundary_regularizer: Regularizer | None = None
    kernel_constraint: Constraint | None = None
    bias_constraint: Constraint | None = None
    transition_constraint: Constraint | None = None
    boundary_constraint: Constraint | None = None

    passes_mask = True
    uses_mask = True
    takes_mask = True
    stands_alone = "its loss reads the scores of the paths off the tags, and only as the layer makes them"

    @property
    def places(self) -> tuple[Place, ...]:
        return ("time", "feature")

    def masks(self, inputs: Inputs, results: Inputs) -> Masks:
        """The input's; E205 for one that is not over the steps."""
        from specc.ops.masking import over_steps

        return (over_steps(inputs[0].mask, inputs[0].shape),)

    def output(self, x: Shape) -> Shape:
        """The number of a tag for each step."""
        return Shape(x.sizes[:1], (x.axes[0] if x.axes[0].given else TIME,))

    def result_dtype(self, dtype: str) -> str:
        """Tags are int32."""
        return "int32"

    def weights(self, x: Shape) -> Weights:
        """`kernel` (features, units), `bias`, `transition` (units, units), and the scores of both ends."""
        found: Weights = {
            "kernel": (known_size(x, -1, "the kernel"), self.units),
            "transition": (self.units, self.units),
        }
        if self.use_bias:
            found["bias"] = (self.units,)
        if self.use_boundary:
            found |= {"left_boundary": (self.units,), "right_boundary": (self.units,)}
        return found

    def flops(self, x: Shape, y: Shape) -> Size:
        """Of decoding. Per step and tag 2 for each feature, 1 for the bias, 2 for each tag before; twice the ends."""
        step = 2 * x.sizes[-1] + int(self.use_bias) + 2 * self.units
        return x.sizes[0] * self.units * step + 2 * self.units * int(self.use_boundary)
