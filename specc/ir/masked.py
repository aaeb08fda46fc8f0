"""What is known of the masks of a network."""

from typing import NamedTuple

from specc.ir.graph import Layer
from specc.ops.declare import Inputs, Op
from specc.shapes.shape import Shape
from specc.shapes.tensor import Tensor


class Lost(NamedTuple):
    """The mask that `layer` has not handed on to its result, or has taken off what it reads; over these axes."""

    layer: Layer
    mask: Shape


class Steps(NamedTuple):
    """The mask over the axes of a region: `value`, which enters, has one over these axes and perhaps over more."""

    value: int
    mask: Shape


class Masked(NamedTuple):
    """What is known of masks: the types of all values, with theirs; what masks were lost, by value; by region, `Steps`,
    and what was lost `outside` of it. `repeated`: the regions with masks that are over none of their axes.

    `announced`: the masks that values have while the model is built, where these are others than when it runs.
    `filled`: the values that have a mask which marks nothing of what was lost; `handed`: those whose masks Keras hands
    on by itself; `taken`: those that have none any more in the end.
    `seen[layer]`: the masks that a layer sees of values, where these are others than what makes them gives them;
    `stripped[layer]`: those of them that a layer before it has taken off.
    """

    types: list[Tensor]
    announced: dict[int, Shape | None]
    lost: dict[int, Lost]
    steps: dict[int, Steps]
    outside: dict[int, Lost]
    repeated: set[int]
    filled: set[int]
    handed: set[int]
    taken: dict[int, Lost]
    seen: dict[Layer, dict[int, Shape | None]]
    stripped: dict[Layer, dict[int, Lost]]

    def read(self, layer: Layer) -> Inputs:
        """What a layer reads, each with the mask that it sees of it."""
        seen = self.seen.get(layer, {})
        types = [(v, self.types[v]) for v in layer.inputs if v is not None]
        return tuple([x._replace(mask=seen[v]) if v in seen else x for v, x in types])


def nothing_known(types: list[Tensor]) -> Masked:
    """What is known before the first layer."""
    return Masked(types, {}, {}, {}, {}, set(), set(), set(), {}, {}, {})


def op_of(layer: Layer) -> Op:
    """The op of a layer of an explicit graph, in which none is pending."""
    assert isinstance(layer.op, Op)
    return layer.op


def lacks(x: Tensor, lost: Lost) -> bool:
    """Whether a value has an axis that a mask was over, and no mask over it."""
    return has_axis(x.shape, lost.mask) and not (x.mask is not None and has_axis(x.mask, lost.mask))


def has_axis(x: Shape, mask: Shape) -> bool:
    """Whether one of the axes that a mask was over is among those of `x`: by its name, or else where it stands."""
    for i, axis in enumerate(mask.axes):
        if axis.name is not None:
            if any(a.name == axis.name for a in x.axes):
                return True
        elif i < x.rank and x.axes[i].name is None:
            return True
    return False
