# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportMissingImports=false
"""Fold and unfold: how a region runs once for all of its steps.

A fold brings the region's axes to the front and merges them into the batch; an unfold splits the batch again.
Sizes that are unknown are read at run time off the region's reference, a value outside that has its axes.
"""

from math import prod

from specc.backends.keras.call import Call, KerasTensor
from specc.backends.keras.elements import ones_along, reshape, row_index, transpose
from specc.ir.graph import Folded
from specc.shapes.dim import product


def fold(call: Call) -> KerasTensor:
    """The first input, its steps merged into the batch."""
    positions = call.op.positions
    if not positions:
        return _repeated(call)
    front = [p + 1 for p in positions]
    inner = [i for i in range(1, len(call.x.shape)) if i not in front]
    x = transpose(call, call.x, [0, *front, *inner])
    steps = x.shape[: len(front) + 1]
    merged = None if None in steps else prod(steps)

    def ones(i: int) -> KerasTensor:
        return ones_along(call, x, *range(len(steps))) if i == 0 else ones_along(call, x, len(front) + i)

    return reshape(call, x, [merged, *x.shape[len(steps) :]], ones, kept=len(inner))


def unfold(call: Call) -> KerasTensor:
    """The first input, its batch split into the batch outside and the axes of the region."""
    folded = _folded(call)
    result = call.results[0].shape
    steps = list(call.op.positions)
    inner = [i for i in range(result.rank) if i not in steps]
    batch = _batch(call, folded)
    outer = [batch, *_known(folded)]
    sizes = [*outer, *call.x.shape[1:]]
    if sizes.count(None) <= 1:
        y = call.do(call.ops.reshape, call.x, [-1 if size is None else size for size in sizes])
    else:
        y = call.do(call.ops.take, call.x, _index(call, folded), axis=0)
    placed = [0] * (result.rank + 1)
    for source, place in enumerate([*steps, *inner]):
        placed[place + 1] = source + 1
    return transpose(call, y, placed)


def _repeated(call: Call) -> KerasTensor:
    """The first input once for each step of the region."""
    folded = _folded(call)
    steps = product(folded.sizes)
    if isinstance(steps, int):
        return call.do(call.ops.repeat, call.x, steps, axis=0)
    index = _index(call, folded)
    whole = index.shape
    first = call.do(call.ops.ones_like, index)
    counts = first
    for axis in range(1, len(whole)):
        counts = call.do(call.ops.sum, counts, axis=axis, keepdims=True)
    sample = call.do(call.ops.floor_divide, index, counts)
    return call.do(call.ops.take, call.x, call.do(call.ops.reshape, sample, (-1,)), axis=0)


def _index(call: Call, folded: Folded) -> KerasTensor:
    """Which row of the merged batch holds which step of which sample: one index for all folds of a region."""
    region = call.op.region
    if region not in call.scope.indices:
        reference = call.scope.values[folded.reference]
        axes = [0, *(p + 1 for p in folded.positions)]
        sizes = [reference.shape[0], *_known(folded)]
        call.scope.indices[region] = row_index(call, sizes, lambda i: ones_along(call, reference, axes[i]))
    return call.scope.indices[region]


def _folded(call: Call) -> Folded:
    assert call.folded is not None, "a fold knows its region"
    return call.folded


def _known(folded: Folded) -> list[int | None]:
    return [size if isinstance(size, int) else None for size in folded.sizes]


def _batch(call: Call, folded: Folded) -> int | None:
    reference = call.scope.values.get(folded.reference)
    return None if reference is None else reference.shape[0]
