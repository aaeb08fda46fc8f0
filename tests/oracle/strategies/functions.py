"""The strategies of functions: what they read, constants in the place of values, axes that are not all."""

from random import Random
from typing import Any

from specc.ops import catalog
from specc.ops.declare import parameters_of
from specc.ops.function import NO_INTEGERS, Function
from tests.oracle.case import Sizes
from tests.oracle.draft import Draft
from tests.oracle.strategies.registry import STRATEGIES

_DTYPES = ("int32", "bool", "float16", "float64", "uint8", "int64", "bfloat16", "int8", "uint32", "string")


def function(draft: Draft) -> None:
    """Inputs that broadcast to each other, some of them constants; an axis where there must be one."""
    cls: Any = draft.cls
    parameters = parameters_of(cls)
    axis = parameters.get("axis")
    if axis is not None and axis.default is None and "axis" not in draft.arguments and draft.chance(0.9):
        draft.arguments["axis"] = draft.rng.randint(1, len(draft.shape))
    for each in cls.call_inputs[1:]:
        if each.required or draft.chance(0.3):
            if parameters[each.name].kind.text.startswith("a value, or") and draft.chance(0.4):
                draft.arguments[each.name] = constant(draft.rng, draft.shape)
            else:
                draft.shapes.append(alike(draft.rng, draft.shape))
    dtype = parameters.get("dtype")
    if dtype is not None and (dtype.required or draft.chance(0.2)):
        draft.arguments["dtype"] = draft.rng.choice(_DTYPES[:-1])
    draft.dtype = dtype_for(draft, cls)


def dtype_for(draft: Draft, cls: type[Function]) -> str:
    """A dtype that the function takes, or now and then any."""
    if draft.given or draft.chance(0.25):
        return "float32" if draft.given else draft.rng.choice(_DTYPES)
    return "int32" if cls.dtypes.refused == NO_INTEGERS else "float32"


def alike(rng: Random, sizes: Sizes) -> Sizes:
    """The same sizes, some of them 1, and seldom of fewer axes."""
    found = tuple(1 if rng.random() < 0.12 else size for size in sizes)
    return found[1:] if len(found) > 1 and rng.random() < 0.05 else found


def constant(rng: Random, sizes: Sizes) -> Any:
    """A number, or lists of numbers that broadcast to a value of these sizes."""
    value: Any = rng.choice((1, 2, 0.5, True, 3.0, 1, 2.0, -1, 300))
    for size in reversed(sizes[rng.randint(0, len(sizes)) :]):
        value = [value] * rng.choice((size, size, 1))
    return [value] if isinstance(value, list) and rng.random() < 0.1 else value


STRATEGIES |= {
    name: function
    for family in catalog.FUNCTIONS
    for name in catalog.FAMILIES[f"tensor.{family}"]
    if name not in STRATEGIES
}
