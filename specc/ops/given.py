"""The masks that a call is given as values: behind those that it reads, and by their names alone."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from specc.ops.parameters import CallInput
from specc.shapes.shape import Shape
from specc.shapes.tensor import Tensor

T = TypeVar("T")
Values = tuple[Tensor, ...]


class GivenMasks:
    """What an op knows of the masks that its call takes."""

    call_inputs: ClassVar[tuple[CallInput, ...]] = (CallInput("inputs"),)
    call_masks: ClassVar[tuple[CallInput, ...]] = ()
    """The masks that the call takes as values, in Keras's order; of many, one for each of query and value."""
    overwritten: ClassVar[Mapping[str, str]] = {}
    """The masks that Keras's call names and does not heed, and what to do instead."""
    takes_list: ClassVar[bool] = False
    """The call takes its inputs as one list (merges, `Attention`)."""
    makes_mask: ClassVar[bool] = False
    """The result has a mask that is read off the value, whatever mask that has."""
    masked_by: tuple[str, ...] = ()
    """The masks that the call is given, the last of its inputs: `mask`, or those of single values, `value_mask`."""

    @property
    def brings_mask(self) -> bool:
        """Whether there are masks where the op is: it makes one, or is given one."""
        return self.makes_mask or bool(self.masked_by)

    def parted(self, inputs: Sequence[T]) -> tuple[Sequence[T], Sequence[T]]:
        """The values among what the call is given, and the masks."""
        count = len(inputs) - len(self.masked_by)
        return inputs[:count], inputs[count:]

    def masks_given(self, inputs: Sequence[T]) -> dict[int, T]:
        """The masks that the call is given, each by the place of the value that it is laid over."""
        if not self.masked_by:
            return {}
        values, masks = self.parted(inputs)
        places = {f"{each.name}_mask": i for i, each in enumerate(self.call_inputs[: len(values)])} | {
            "mask": 0
        }
        return {places[n]: mask for n, mask in zip(self.masked_by, masks, strict=True) if n in places}

    def masks_as_called(self, masks: Sequence[T]) -> dict[str, Any]:
        """The masks that the call is given, as arguments of it: those of a list as one, None where there is none."""
        given = dict(zip(self.masked_by, masks, strict=True))
        if not self.takes_list or not given:
            return given
        return {"mask": [given.get(f"{each.name}_mask") for each in self.call_inputs[:2]]}

    def laid(self, inputs: Values) -> Values:
        """The values, each with the mask that the call gives it in the place of its own."""
        if not self.masked_by:
            return inputs
        given = self.masks_given(inputs)
        values = [*self.parted(inputs)[0]]
        for place, x in enumerate(values):
            if place in given:
                values[place] = x._replace(mask=given[place].shape)
            elif self.takes_list:
                values[place] = x._replace(mask=None)
        return tuple(values)

    def check_mask(self, name: str, mask: Shape, values: Values, operand: int) -> None:
        """Raises E205 unless a mask that the call is given, this one of its inputs, goes with its value."""
        from specc.ops.masking import lies_over

        place = next((i for i, each in enumerate(self.call_inputs) if name == f"{each.name}_mask"), 0)
        lies_over(mask, values[min(place, len(values) - 1)].shape, operand)
