"""Masks that calls are given as values."""

from typing import cast

from specc.ops.axis import axis_numbers
from specc.shapes.axis import NAMELESS
from specc.shapes.shape import Shape
from tests.oracle.case import Sizes
from tests.oracle.draft import Draft


def mask_sizes(draft: Draft) -> dict[str, Sizes]:
    """The sizes of some of the masks that the call of a draft takes; of a list of masks, by the values they are for."""
    cls = draft.cls
    names = (
        [f"{i.name}_mask" for i in cls.call_inputs[:2]]
        if cls.takes_list
        else [i.name for i in cls.call_masks]
    )
    if (
        not cls.call_masks
        or len(draft.shapes) < len(cls.call_inputs[:2]) - (len(names) == 1)
        or draft.chance(0.8)
    ):
        return {}
    return {name: _sizes(draft, name) for name in names if draft.chance(0.6)}


def _sizes(draft: Draft, name: str) -> Sizes:
    query, told = draft.shapes[0], draft.shapes[-1]
    if name == "attention_mask":
        return _of_scores(draft)
    if name in ("value_mask", "key_mask"):
        return told[:-1]
    if name == "query_mask" or draft.op == "BatchNormalization":
        return query[:-1]
    if draft.op == "Softmax":
        return tuple(1 if draft.chance(0.3) else size for size in query)
    return query[1:2] if draft.channels_first and draft.op == "GlobalAveragePooling1D" else query[:1]


def _of_scores(draft: Draft) -> Sizes:
    query, told = draft.shapes[0], draft.shapes[-1]
    axes = draft.arguments.get("attention_axes")
    over = range(len(query) - 1)
    if axes is not None:
        over = axis_numbers(cast("list[int]", axes), Shape(query, (NAMELESS,) * len(query)), "attention_axes")
    sizes = [x[i] for x in (query, told) for i in over if i < len(x)]
    heads = draft.get("num_heads" if draft.op == "MultiHeadAttention" else "num_query_heads")
    if len(over) == len(query) - 1 and draft.chance(0.3):
        sizes.insert(0, heads if isinstance(heads, int) and draft.chance(0.5) else 1)
    return tuple(1 if draft.chance(0.1) else size for size in sizes)
