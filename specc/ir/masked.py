"""What is known of the masks of a network."""

from typing import NamedTuple

from specc.ir.graph import Layer
from specc.ops.declare import Inputs, Op
from specc.shapes.axis import Axis
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
    `filled`: the values that have a mask which marks nothing of what was lost, when the model runs; `filled_before`:
    those that have one anyhow, whatever is taken off then; `handed`: those whose masks Keras hands on by itself;
    `taken`: those that have none any more in the end.
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
    filled_before: set[int]
    handed: set[int]
    taken: dict[int, Lost]
    seen: dict[Layer, dict[int, Shape | None]]
    stripped: dict[Layer, dict[int, Lost]]

    def mask_before(self, value: int) -> Shape | None:
        """The mask of a value while the model is built."""
        return self.announced.get(value, self.types[value].mask)

    def mask_carried(self, value: int) -> Shape | None:
        """The mask that a value has unless it is taken off when the model runs."""
        return self.types[value].mask or self.announced.get(value)

    def read(self, layer: Layer) -> Inputs:
        """The values that a layer reads, each with the mask that it sees of it, or that its call is given."""
        seen = self.seen.get(layer, {})
        types = [(v, self.types[v]) for v in layer.inputs if v is not None]
        return op_of(layer).laid(tuple([x._replace(mask=seen[v]) if v in seen else x for v, x in types]))


def nothing_known(types: list[Tensor]) -> Masked:
    """What is known before the first layer."""
    return Masked(types, {}, {}, {}, {}, set(), set(), set(), set(), {}, {}, {})


def op_of(layer: Layer) -> Op:
    """The op of a layer of an explicit graph, in which none is pending."""
    assert isinstance(layer.op, Op)
    return layer.op


def values_of(layer: Layer) -> list[int]:
    """The values that a layer reads, without the masks that its call is given."""
    return [*op_of(layer).parted([v for v in layer.inputs if v is not None])[0]]


def replaced_masks(layer: Layer) -> set[int]:
    """The values whose masks count for nothing in a layer: wherever it reads them, its call is given others or none."""
    op, values = op_of(layer), values_of(layer)
    if not op.masked_by or op.takes_list:
        return set(values) if op.masked_by else set()
    given = op.masks_given([v for v in layer.inputs if v is not None])
    return set(values) - {v for i, v in enumerate(values) if i not in given}


def first_mask(layer: Layer) -> int | None:
    """The mask that the call of a layer is given for its first value."""
    op = op_of(layer)
    return op.masks_given([v for v in layer.inputs if v is not None]).get(0) if op.masked_by else None


def is_written_down(layer: Layer, types: list[Tensor]) -> bool:
    """Whether a call has its mask in the model itself: Keras writes it down where it converts nothing for the call."""
    op, value = op_of(layer), layer.inputs[0]
    if not op.takes_mask or value is None or len(layer.inputs) > 1 or op.options:
        return False
    return op.compute_dtype == types[value].dtype


def is_filled(layer: Layer, value: int, found: Masked) -> bool:
    """Whether the mask that a layer sees of a value marks nothing of what was lost on the way.

    A mask that is in the model itself, or is carried, is from before any was taken off.
    """
    is_earlier = op_of(layer).carries_mask or (
        is_written_down(layer, found.types) and found.mask_before(value) is not None
    )
    return value in (found.filled_before if is_earlier else found.filled)


def lacks(x: Tensor, lost: Lost) -> bool:
    """Whether a value has an axis that a mask was over, and no mask over it."""
    return any(
        _has(x.shape, i, axis) and (x.mask is None or not _has(x.mask, i, axis))
        for i, axis in enumerate(lost.mask.axes)
    )


def has_axis(x: Shape, mask: Shape) -> bool:
    """Whether one of the axes that a mask was over is among those of `x`."""
    return any(_has(x, i, axis) for i, axis in enumerate(mask.axes))


def _has(x: Shape, place: int, axis: Axis) -> bool:
    """Whether an axis of a mask is among those of `x`: by its name, or else where it stands."""
    if axis.name is not None:
        return any(each.name == axis.name for each in x.axes)
    return place < x.rank and x.axes[place].name is None
