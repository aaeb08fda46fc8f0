"""Ops whose arguments ask for sizes of the value that they receive."""

from specc.ir.graph import Layer, Pending
from specc.ops import making
from specc.ops.axis import axis_number
from specc.ops.declare import Op
from specc.ops.misfit import Misfit
from specc.passes.inference.fit import fit
from specc.passes.resolution.instances import Instances
from specc.passes.resolution.values import Findings
from specc.shapes.shape import Shape
from specc.syntax.expressions import ExpressionError


def settled(pending: Pending, layer: Layer, x: Shape, found: Findings) -> Op | None:
    """The op of a layer whose arguments ask for sizes of the value that it receives."""

    def size(axis: str | int) -> int:
        asked = received.sizes[axis_number(axis, received)]
        if not isinstance(asked, int):
            misfit = Misfit("E207", f"`size({axis})` of {received} is not a number")
            misfit.wanted = asked
            raise misfit
        return asked

    received = _guessed(pending, x)
    try:
        return pending.make(size)
    except making.ArgumentErrors as errors:
        Instances(found, None, None).report(errors, layer.item, pending.cls, layer.link)
    except ExpressionError as error:
        node = layer.item.value or layer.item.node
        found.error("E108", error.message, node, link=layer.link, layer=layer.name)
    return None


def _guessed(pending: Pending, x: Shape) -> Shape:
    """What an op of unsettled arguments receives of `x`: what it reads hangs on none of the sizes that they ask for."""
    for guess in (1, 5040):  # for arguments that must be small, and for those that are divided
        try:
            probe = pending.make(lambda axis, guess=guess: guess)
        except (making.ArgumentErrors, ExpressionError):
            continue
        return x if probe.places is None else fit(probe, probe.places, x).received(x)
    return x
