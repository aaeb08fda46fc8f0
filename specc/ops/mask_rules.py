"""What an op does with masks: those of the values that it reads, and those that its call is given as values."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from specc.ops.parameters import CallInput
from specc.shapes.shape import Shape
from specc.shapes.tensor import Tensor

T = TypeVar("T")
Values = tuple[Tensor, ...]


class MaskRules:
    """The part of an op that is about masks; all rules are those of an op that knows of none."""

    call_inputs: ClassVar[tuple[CallInput, ...]] = (CallInput("inputs"),)
    call_masks: ClassVar[tuple[CallInput, ...]] = ()
    """The masks that the call takes as values, in Keras's order; of many, one for each of query and value."""
    overwritten: ClassVar[Mapping[str, str]] = {}
    """The masks that Keras's call names and does not heed, and what to do instead."""
    takes_list: ClassVar[bool] = False
    """The call takes its inputs as one list (merges, `Attention`)."""
    makes_mask: ClassVar[bool] = False
    """The result has a mask that is read off the value, whatever mask that has."""
    passes_mask: ClassVar[bool] = False
    """The mask of the first input is that of the first result (Keras's `supports_masking`)."""
    uses_mask: ClassVar[bool] = False
    """Padded steps are left out of what the op makes: a mask that is lost on the way is missed here (W602)."""
    carries_mask: ClassVar[bool] = False
    """The result has a mask by specc's rules that Keras knows nothing of."""
    takes_mask: ClassVar[bool] = False
    """Keras's call has a `mask` for the one value that it reads, and writes it into the model if it can."""
    announces_mask: ClassVar[bool] = True
    """Keras says of a mask already while the model is built that the result has it."""
    reads_batch_alone: ClassVar[bool] = False
    """Nothing of the value that it reads is in the result: of a mask, nothing is lost."""
    strips_masks: ClassVar[bool] = False
    """Keras's call takes the masks off the values that it reads, for whatever reads them next."""
    masked_by: tuple[str, ...] = ()
    """The masks that the call is given, the last of its inputs: `mask`, or those of single values, `value_mask`."""

    @property
    def brings_mask(self) -> bool:
        """Whether there are masks where the op is: it makes one, or is given one."""
        return self.makes_mask or bool(self.masked_by)

    def masks(self, inputs: Values, results: Values) -> tuple[Shape | None, ...]:
        """The shapes of the masks of the results, in order; those that are left out have none.

        `inputs` have theirs, one of them at least unless the op makes one. Raises `Misfit` (E205) where Keras fails.
        """
        return (inputs[0].mask,) if self.passes_mask else ()

    def fills_mask(self, inputs: Values) -> bool:
        """Whether the mask of the result, though some of these inputs have one, marks no step as padding."""
        return False

    def leaves_out(self, inputs: Values) -> bool:
        """Whether masked steps of one of these inputs, which has a mask, are left out of what the op makes."""
        return self.uses_mask

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
