"""Dense, Embedding, Masking and the layers that hold activations."""

from specc.ops.declare import Example, Shape, Unary, Weights, known_size, op
from specc.ops.kinds import Flag, Positive
from specc.ops.objects import Activation, Constraint, Initializer, Regularizer
from specc.shapes.axis import FEATURE
from specc.shapes.dim import Size


@op(Example({"units": 4}, ((7,),)), Example({"units": 3, "activation": "relu", "use_bias": False}, ((5, 7),)))
class Dense(Unary):
    """Multiplies the last axis by a matrix: `activation(x @ kernel + bias)`."""

    units: Positive
    activation: Activation | None = None
    use_bias: Flag = True
    kernel_initializer: Initializer | None = "glorot_uniform"
    bias_initializer: Initializer | None = "zeros"
    kernel_regularizer: Regularizer | None = None
    bias_regularizer: Regularizer | None = None
    activity_regularizer: Regularizer | None = None
    kernel_constraint: Constraint | None = None
    bias_constraint: Constraint | None = None

    def output(self, x: Shape) -> Shape:
        """The last axis becomes `units` features."""
        return x.with_last(self.units, FEATURE)

    def weights(self, x: Shape) -> Weights:
        """`kernel` (features, units) and `bias` (units)."""
        kernel = (known_size(x, -1, "the kernel"), self.units)
        return {"kernel": kernel, "bias": (self.units,)} if self.use_bias else {"kernel": kernel}

    def flops(self, x: Shape, y: Shape) -> Size:
        """2 for each multiply-add, 1 for each bias and activation."""
        each = 2 * x.sizes[-1] + int(self.use_bias) + int(self.activation not in (None, "linear"))
        return y.elements * each
