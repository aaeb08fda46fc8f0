"""What specc is told of the layers: their parameters, axes, shapes, weights and cost."""

from specc.ops.axis import known_size
from specc.ops.declare import Example, Place, Shape, Unary, Weights, op
from specc.ops.kinds import Positive
from specc.ops.objects import Initializer
from specc.shapes.dim import Size


@op(Example({"factor": 2}, ((7, 3),)), keras="sound.layers:Decimate")
class Decimate(Unary):
    """Keeps every `factor`-th step, each channel times a learned gain."""

    factor: Positive
    gain: Initializer | None = "ones"

    @property
    def places(self) -> tuple[Place, ...]:
        return ("time", "feature")

    def output(self, x: Shape) -> Shape:
        """A `factor`-th of the steps, rounded up."""
        return Shape(((x.sizes[0] + self.factor - 1) // self.factor, x.sizes[1]), x.axes)

    def weights(self, x: Shape) -> Weights:
        """`kernel` (features)."""
        return {"kernel": (known_size(x, -1, "the gain"),)}

    def flops(self, x: Shape, y: Shape) -> Size:
        """A product for each element that is kept."""
        return y.elements
