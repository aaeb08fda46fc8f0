"""Ops of a library whose rules fail, or say what is not so."""

from specc.ops.declare import Example, Place, Shape, Unary, Weights, op
from specc.ops.kinds import Positive

LAYER = "sound.layers:Decimate"


@op(keras=LAYER)
class Fails(Unary):
    """Its rule raises what no rule may raise."""

    def output(self, x: Shape) -> Shape:
        raise ZeroDivisionError("of all\nthings")


@op(Example({"factor": 2}, ((7, 3),)), keras=LAYER)
class Lies(Unary):
    """Says that the steps stay as they are."""

    factor: Positive

    @property
    def places(self) -> tuple[Place, ...]:
        return ("time", "feature")

    def output(self, x: Shape) -> Shape:
        return x

    def weights(self, x: Shape) -> Weights:
        return {"kernel": (3,)}


@op(keras="sound.layers:Absent")
class Absent(Unary):
    """Becomes a class that is not there."""

    def output(self, x: Shape) -> Shape:
        return x
