"""The strategies of functions that move, join, choose and multiply: what is about the batch is seldom asked for."""

from math import prod
from typing import Any

from tests.oracle.draft import RANKS, Draft
from tests.oracle.strategies.functions import dtype_for
from tests.oracle.strategies.registry import STRATEGIES


def _axis(draft: Draft, name: str = "axis", rank: int | None = None) -> int:
    """An axis that is not the batch, from the front or from the end; nine times in ten."""
    rank = len(draft.shape) if rank is None else rank
    axis = draft.rng.randint(1, max(rank, 1))
    if draft.chance(0.1):
        axis = draft.rng.choice((0, rank + 1, -rank - 1))
    elif draft.chance(0.4):
        axis -= rank + 1
    draft.arguments[name] = axis
    return axis if axis > 0 else axis + rank + 1


def _drawn(draft: Draft) -> None:
    draft.dtype = dtype_for(draft, draft.cls)  # pyright: ignore[reportArgumentType]


def reshape(draft: Draft) -> None:
    rest, sizes = prod(draft.shape), list[int]()
    while rest > 1 and draft.chance(0.75):
        size = draft.rng.choice([d for d in range(1, rest + 1) if rest % d == 0])
        sizes.append(size)
        rest //= size
    first = -1 if draft.chance(0.9) else draft.rng.choice((2, 1))
    draft.arguments["newshape"] = [first, *sizes, rest] if sizes or draft.chance(0.9) else [rest]
    _drawn(draft)


def transpose(draft: Draft) -> None:
    rank = len(draft.shape)
    order = draft.rng.sample(range(1, rank + 1), rank)
    draft.arguments["axes"] = [0, *order] if draft.chance(0.9) else order
    _drawn(draft)


def two_axes(draft: Draft) -> None:
    for name in ("axis1", "axis2"):
        _axis(draft, name)
    if "offset" in draft.arguments:
        draft.arguments["offset"] = draft.rng.randint(-2, 2)
    _drawn(draft)


def move_axis(draft: Draft) -> None:
    if len(draft.shape) > 1 and draft.chance(0.5):
        for name in ("source", "destination"):
            draft.arguments[name] = draft.rng.sample(range(1, len(draft.shape) + 1), 2)
    else:
        _axis(draft, "source")
        _axis(draft, "destination")
    _drawn(draft)


def expand_dims(draft: Draft) -> None:
    _axis(draft, rank=len(draft.shape) + 1)
    _drawn(draft)


def squeeze(draft: Draft) -> None:
    at = _axis(draft)
    if draft.chance(0.8) and not draft.given:
        draft.shapes[0] = tuple(1 if i + 1 == at else size for i, size in enumerate(draft.shape))
    _drawn(draft)


def along(draft: Draft) -> None:
    _axis(draft)
    _drawn(draft)


def roll(draft: Draft) -> None:
    _axis(draft)
    draft.arguments["shift"] = draft.rng.randint(-3, 3)
    _drawn(draft)


def rotate(draft: Draft) -> None:
    if len(draft.shape) > 1 and draft.chance(0.9):
        draft.arguments["axes"] = draft.rng.sample(range(1, len(draft.shape) + 1), 2)
    draft.arguments["k"] = draft.rng.choice((1, 3, -1, 2))
    _drawn(draft)


def repeat(draft: Draft) -> None:
    at = _axis(draft)
    draft.arguments["repeats"] = draft.rng.randint(1, 3)
    if 1 <= at <= len(draft.shape) and draft.chance(0.3):
        draft.arguments["repeats"] = [draft.rng.randint(1, 2) for _ in range(draft.shape[at - 1])]
    _drawn(draft)


def tile(draft: Draft) -> None:
    count = draft.rng.randint(1, len(draft.shape) + 1)
    draft.arguments["repeats"] = [draft.rng.randint(1, 3) for _ in range(count)]
    if count > len(draft.shape) and draft.chance(0.8):
        draft.arguments["repeats"][0] = 1
    _drawn(draft)


def pad(draft: Draft) -> None:
    widths = [[draft.rng.randint(0, 2), draft.rng.randint(0, 2)] for _ in draft.shape]
    draft.arguments["pad_width"] = [[0, 0] if draft.chance(0.95) else [1, 0], *widths]
    draft.arguments.pop("constant_values", None)
    if draft.arguments.get("mode") is None and draft.chance(0.3):
        draft.arguments["constant_values"] = draft.rng.choice((1, 2.5, 0))
    _drawn(draft)


def joining(draft: Draft) -> None:
    """Values that are alike but along the axis."""
    stacks = draft.op in ("ops.stack",)
    at = _axis(draft, rank=len(draft.shape) + stacks) if draft.op not in ("ops.hstack", "ops.dstack") else 0
    at = {"ops.hstack": 1, "ops.dstack": 2}.get(draft.op, at)
    count = 2 if draft.op == "ops.append" else draft.rng.randint(2, 4)
    for _ in range(count - 1):
        sizes = list(draft.shape)
        if not stacks and 1 <= at <= len(sizes):
            sizes[at - 1] = draft.rng.randint(1, 4)
        elif draft.chance(0.1):
            sizes[-1] += 1
        draft.shapes.append(tuple(sizes))
    _drawn(draft)


def splitting(draft: Draft) -> None:
    fixed = {"ops.hsplit": 1, "ops.dsplit": 2}.get(draft.op)
    at = _axis(draft) if fixed is None else fixed
    size = draft.shape[at - 1] if 1 <= at <= len(draft.shape) else 2
    parts: Any = draft.rng.choice([n for n in range(1, size + 1) if size % n == 0] + [2])
    if draft.op != "ops.array_split" and size > 1 and draft.chance(0.4):
        parts = sorted(draft.rng.sample(range(1, size), draft.rng.randint(1, min(2, size - 1))))
    draft.arguments["indices_or_sections"] = parts
    _drawn(draft)


def unstack(draft: Draft) -> None:
    at = _axis(draft)
    size = draft.shape[at - 1] if 1 <= at <= len(draft.shape) else 2
    draft.arguments["num"] = size if draft.chance(0.9) else size + 1
    _drawn(draft)


def take(draft: Draft) -> None:
    at = _axis(draft)
    size = draft.shape[at - 1] if 1 <= at <= len(draft.shape) else 2
    indices: Any = draft.rng.randint(-size, size - 1) if draft.chance(0.9) else size
    draft.arguments["indices"] = indices if draft.chance(0.4) else [indices] * draft.rng.randint(1, 3)
    _drawn(draft)


def take_along_axis(draft: Draft) -> None:
    at = _axis(draft)
    sizes = [draft.rng.randint(1, 3) if i + 1 == at else size for i, size in enumerate(draft.shape)]
    draft.shapes.append(tuple(sizes))
    draft.dtype = "int32" if draft.chance(0.9) and not draft.given else draft.dtype


def top_k(draft: Draft) -> None:
    draft.arguments["k"] = draft.rng.randint(1, draft.shape[-1]) if draft.chance(0.9) else draft.shape[-1] + 1
    _drawn(draft)


def digitize(draft: Draft) -> None:
    draft.arguments["bins"] = draft.rng.choice(([0.0, 1.0], [0, 2, 4], [0.5], [[0.0, 1.0]]))
    _drawn(draft)


def matmul(draft: Draft) -> None:
    """A matrix for each sample, or a constant one."""
    last = draft.shape[-1]
    if len(draft.shape) > 1 and draft.chance(0.6):
        draft.shapes.append(
            (*draft.shape[:-2], last if draft.chance(0.9) else last + 1, draft.rng.randint(1, 4))
        )
    else:
        draft.arguments["x2"] = _matrix(draft, last)
    _drawn(draft)


def _matrix(draft: Draft, rows: int) -> list[Any]:
    rows += draft.chance(0.08)
    if draft.chance(0.2):
        return [0.5] * rows
    return [[0.5] * draft.rng.randint(1, 3)] * rows


def with_constant(draft: Draft) -> None:
    draft.arguments["x2"] = _matrix(draft, draft.shape[-1])
    if draft.op == "ops.inner":
        draft.arguments["x2"] = [[0.5] * draft.shape[-1]] * draft.rng.randint(1, 3)
    if draft.op == "ops.tensordot":
        draft.arguments["axes"] = 1 if draft.chance(0.6) else [[len(draft.shape)], [0]]
    _drawn(draft)


def einsum(draft: Draft) -> None:
    a, b, c = (draft.rng.randint(1, 4) for _ in range(3))
    subscripts, shapes = draft.rng.choice(_EQUATIONS)
    sizes = {"i": a, "j": b, "k": c}
    draft.arguments["subscripts"] = subscripts
    draft.shapes = [tuple(sizes[letter] for letter in term) for term in shapes]
    if draft.chance(0.1):
        draft.shapes[-1] = (*draft.shapes[-1][:-1], draft.shapes[-1][-1] + 1)
    _drawn(draft)


_EQUATIONS = (
    ("bij,bjk->bik", ("ij", "jk")),
    ("bij->bji", ("ij",)),
    ("bij,bij->b", ("ij", "ij")),
    ("bi,bj->bij", ("i", "j")),
    ("bij,bjk", ("ij", "jk")),
    ("bii->bi", ("ii",)),
    ("bij,bk->bijk", ("ij", "k")),
)


def cross(draft: Draft) -> None:
    at = draft.rng.randint(1, len(draft.shape))
    sizes = tuple(3 if i + 1 == at and draft.chance(0.9) else size for i, size in enumerate(draft.shape))
    draft.shapes = [sizes, sizes]
    draft.arguments = {"axis": at}
    _drawn(draft)


def attention(draft: Draft) -> None:
    time, heads, width = draft.shape
    keys = (draft.rng.randint(1, 4), heads, width)
    draft.shapes += [keys, keys if draft.chance(0.9) else (*keys[:-1], width + 1)]
    draft.arguments.pop("flash_attention", None)
    if draft.arguments.get("is_causal"):
        draft.shapes[1:] = [(time, heads, width)] * 2
    _drawn(draft)


def triangle(draft: Draft) -> None:
    _drawn(draft)


def _named(*words: str) -> tuple[str, ...]:
    return tuple(f"ops.{word}" for word in words)


_MATRICES: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(_named("diagonal", "trace", "tril", "triu", "rot90"), (2, 2, 3)),
    **dict.fromkeys(_named("dsplit", "dstack"), (1, 2, 3)),
    "ops.dot_product_attention": (3,),
}
RANKS |= _MATRICES

STRATEGIES |= {
    **dict.fromkeys(_named("sort", "argsort", "flip", "diff"), along),
    **dict.fromkeys(_named("swapaxes", "diagonal", "trace"), two_axes),
    **dict.fromkeys(_named("concatenate", "stack", "append", "hstack", "dstack"), joining),
    **dict.fromkeys(_named("split", "array_split", "hsplit", "dsplit"), splitting),
    **dict.fromkeys(_named("dot", "inner", "tensordot"), with_constant),
    **dict.fromkeys(_named("tril", "triu", "fliplr"), triangle),
    "ops.cross": cross,
    "ops.digitize": digitize,
    "ops.dot_product_attention": attention,
    "ops.einsum": einsum,
    "ops.expand_dims": expand_dims,
    "ops.matmul": matmul,
    "ops.moveaxis": move_axis,
    "ops.pad": pad,
    "ops.repeat": repeat,
    "ops.reshape": reshape,
    "ops.roll": roll,
    "ops.rot90": rotate,
    "ops.squeeze": squeeze,
    "ops.take": take,
    "ops.take_along_axis": take_along_axis,
    "ops.tile": tile,
    "ops.top_k": top_k,
    "ops.transpose": transpose,
    "ops.unstack": unstack,
}
