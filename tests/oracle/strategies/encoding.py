"""The strategies of functions with constants of set sizes, of encodings and of losses."""

from typing import Any

from tests.oracle.draft import Draft
from tests.oracle.strategies.functions import constant, function
from tests.oracle.strategies.registry import STRATEGIES


def scaled(draft: Draft) -> None:
    """Constants that are as long as the axes."""
    rank, scales = len(draft.shape), [e for e in draft.cls.call_inputs[1:] if e.name != "x"]
    if draft.get("axis") is None or isinstance(draft.get("axis"), str):
        draft.arguments["axis"] = -1
    axis: Any = draft.get("axis")
    axes = axis if isinstance(axis, list | tuple) else [axis]
    sizes = [draft.shape[i] for i in sorted(a - 1 if a > 0 else rank + a for a in axes)]
    for each in scales:
        if each.required or draft.chance(0.4):
            value: Any = draft.rng.choice((1.0, 0.5, 2))
            for size in reversed(sizes if draft.chance(0.9) else sizes[:-1]):
                value = [value] * size
            draft.arguments[each.name] = value
    if draft.chance(0.2) and not draft.given:
        draft.dtype = draft.rng.choice(("int32", "float16", "float64", "bool", "bfloat16"))


def average(draft: Draft) -> None:
    """Weights for each element, or for each step of the axis."""
    axis = draft.arguments["axis"] = draft.get("axis") or draft.rng.randint(1, len(draft.shape))
    if draft.chance(0.6):
        if draft.chance(0.5):
            draft.arguments["weights"] = [1.0] * draft.shape[axis - 1 if axis > 0 else axis]
        else:
            draft.shapes.append(draft.shape)


def quantile(draft: Draft) -> None:
    """A share, or so many percent; mostly along an axis."""
    whole = 100 if "percentile" in draft.op else 1
    draft.arguments["q"] = draft.rng.choice((0, 0.5, 1, 0.25)) * whole
    if draft.chance(0.7):
        draft.arguments.pop("method", None)
    function(draft)


def listed(draft: Draft) -> None:
    """A list to look through, seldom a value."""
    if draft.chance(0.9):
        draft.arguments["x2"] = constant(draft.rng, draft.shape)
    else:
        draft.shapes.append(draft.shape)


def loss(draft: Draft) -> None:
    """A target like the output, or without its last axis."""
    if draft.op == "ops.sparse_categorical_crossentropy":
        draft.shapes.append((*draft.shape, draft.rng.randint(2, 4)))
    else:
        draft.shapes.append(draft.shape)
    if draft.chance(0.8):
        draft.arguments.pop("axis", None)
    if draft.chance(0.3) and not draft.given:
        draft.dtype = draft.rng.choice(("float16", "float64", "int32", "bfloat16"))


def top(draft: Draft) -> None:
    """One target for a sample, and a list of predictions."""
    if not draft.given:
        draft.shapes[0] = ()
        draft.dtype = draft.rng.choice(("int32", "int64", "int32", "uint8"))
    draft.shapes.append((draft.rng.randint(2, 4),))
    draft.arguments["k"] = draft.rng.randint(1, 5)
    draft.dtypes[1] = draft.rng.choice(("float32", "float32", "float32", "float64"))


STRATEGIES |= {
    **dict.fromkeys(
        ("ops.batch_normalization", "ops.layer_normalization", "ops.rms_normalization"),
        scaled,
    ),
    **dict.fromkeys(("ops.quantile", "ops.percentile", "ops.nanquantile", "ops.nanpercentile"), quantile),
    **dict.fromkeys(
        (f"ops.{kind}_crossentropy" for kind in ("binary", "categorical", "sparse_categorical")),
        loss,
    ),
    "ops.average": average,
    "ops.in_top_k": top,
    "ops.isin": listed,
}
