"""One op on its inputs: how it reads them, what it makes of them, what it weighs, and what it warns of."""

from collections.abc import Sequence
from math import prod
from typing import NamedTuple

from specc.ir.graph import AS_WRITTEN, Layer, Reading, Weighed
from specc.ops.declare import Inputs, Op, Weights, parts_of
from specc.ops.misfit import Misfit
from specc.ops.ranks import check_objects
from specc.passes.inference.fit import fit, rank_misfit, unwrappable
from specc.passes.inference.refused import refuse_excess, refuse_heavy, refuse_text
from specc.shapes.demand import Demand, agree
from specc.shapes.dim import Size, is_known
from specc.shapes.shape import Shape, as_time
from specc.shapes.tensor import Tensor

NOTHING = Weighed(0, 0)


class Found(NamedTuple):
    """What is known of an op on its inputs: it is the same wherever the two meet again."""

    op: Op
    reading: Reading
    results: tuple[Tensor, ...]
    weights: Weights
    weighed: Weighed | None
    warnings: tuple[Misfit, ...]
    demands: Sequence[Demand]


def fitted(op: Op, layer: Layer, inputs: Inputs, batch: int | None, demands: Sequence[Demand] = ()) -> Found:
    """What is known of `op` on these inputs, whose batch has this size if it is fixed; raises `Misfit`.

    `demands` is the list to which what it demands of sizes that are no numbers is being added.
    """
    x = inputs[0].shape
    places = op.places
    reading = AS_WRITTEN if places is None else fit(op, places, x)
    if op.name == "TimeDistributed":
        op, reading = _unwrapped(op, reading, x)
    reading = _differing(op, reading, layer.distribute)
    refuse_text(op, inputs)
    results = inner = op.results(_values(op, inputs)) if reading is AS_WRITTEN else ()
    if reading is not AS_WRITTEN:
        _allow(op, layer, reading, x)
        try:
            inputs, inner, results = _distributed(op, reading, inputs)
        except Misfit as misfit:
            if misfit.code == "E206" and not x.has_given_names:
                # The guess that the last axes are meant fails.
                raise rank_misfit(op, places or (), x) from None
            raise
    refuse_excess(results)
    _hold_state(op, batch)
    if op.masked_by:
        from specc.ops.masking import check_given

        check_given(op, inputs, inner)
        inputs = _values(op, inputs)
    shapes = tuple([None if t is None else t.shape for t in inputs])  # pyright: ignore[reportUnnecessaryComparison]
    weights = op.weights_for(shapes)  # pyright: ignore[reportArgumentType]
    refuse_heavy(weights)
    check_objects(op, weights, inner)
    warnings = tuple(op.warnings(shapes, tuple([t.shape for t in inner])))  # pyright: ignore[reportArgumentType]
    return Found(op, reading, results, weights, _weighed(op, weights), warnings, demands)


def _values(op: Op, inputs: Inputs) -> Inputs:
    """What the op reads, without the masks that its call is given."""
    return (*op.parted(inputs)[0],) if op.masked_by else inputs


def _hold_state(op: Op, batch: int | None) -> None:
    """A layer that keeps states from batch to batch needs to know the batch's size."""
    inner: Op = getattr(op, "layer", op)
    if getattr(inner, "stateful", False) and batch is None:
        fact = "Keras: If an RNN is stateful, it needs to know its batch size"
        message = "is stateful, and needs a fixed `batch_size` on the input"
        raise Misfit("E207", message, parameter="stateful", facts=(fact,))


def _allow(op: Op, layer: Layer, reading: Reading, x: Shape) -> None:
    """Whether what the reading asks for may be inserted at all."""
    if not reading.outer:
        return
    if getattr(getattr(op, "layer", op), "stateful", False):
        raise Misfit("E200", f"is stateful, and so cannot be distributed over {x.part(0, reading.outer)}")
    if layer.distribute == "time_distributed" and op.result_count() > 1:
        raise Misfit("E200", "makes several results, and a `TimeDistributed` may make one")
    sizes = reading.received(x).sizes[: reading.outer]
    if layer.distribute == "time_distributed" and not is_known(sizes):
        raise unwrappable()


def _unwrapped(op: Op, reading: Reading, x: Shape) -> tuple[Op, Reading]:
    """An author's `TimeDistributed` over an axis of unknown size is folded, and so are those around it and in it."""
    received = reading.received(x)
    wrapped = _over_unknown(op, received.sizes[reading.outer :])
    if not wrapped:
        return op, reading
    for _ in range(wrapped):
        inner: Op = vars(op)["layer"]
        if op.masked_by:
            if not inner.call_masks:
                raise Misfit("E200", f"is given a mask, which `{inner.name}` takes none of, {_UNKNOWN}")
            inner = inner.called(masked_by=op.masked_by)
        op = inner
    text = "an axis of unknown size is folded: Keras's `TimeDistributed` would run over the batch size"
    outer = reading.outer + wrapped
    unwrapped = reading._replace(
        outer=outer,
        core=None if reading.core is None else reading.core.part(wrapped),
        over=as_time(received.part(0, outer), received.part(outer)),
        notes=(*reading.notes, ("N705", text)),
        unwrapped=True,
    )
    return op, unwrapped


def _over_unknown(op: Op, sizes: Sequence[Size]) -> int:
    """How many `TimeDistributed` there are in one another, where one runs over a size that is no number; else 0."""
    depth = 0
    while op.name == "TimeDistributed":
        depth += 1
        op = vars(op)["layer"]
    return 0 if is_known(sizes[:depth]) else depth


_UNKNOWN = "over an axis of unknown size, which is folded"


def _differing(op: Op, reading: Reading, distribute: str) -> Reading:
    """The notes with what training does otherwise in a fold than in a wrapper."""
    difference = op.fold_difference() if reading.outer else None
    if difference is None:
        return reading
    told = difference[distribute == "time_distributed" and not reading.unwrapped]
    return reading._replace(
        notes=tuple([(c, f"{t} ({told})" if c in ("N700", "N705") else t) for c, t in reading.notes])
    )


def _distributed(op: Op, reading: Reading, inputs: Inputs) -> tuple[Inputs, Inputs, Inputs]:
    """What the op reads at one step, what it makes there, and its results with the distributed axes in front."""
    received = reading.received(inputs[0].shape)
    outer = received.part(0, reading.outer)
    cores = [Tensor(received.part(reading.outer), inputs[0].dtype)]
    for operand, other in enumerate(inputs[1:], start=1):
        leading = other.shape.sizes[: reading.outer]
        if len(leading) < reading.outer or not all(map(agree, leading, outer.sizes)):
            message = f"is distributed over {outer}, which {other.shape} does not have in front"
            raise Misfit("E205", message, operand=operand)
        cores.append(Tensor(other.shape.part(reading.outer), other.dtype))
    results = op.results(_values(op, tuple(cores)))
    return tuple(cores), results, tuple([Tensor(outer.join(r.shape), r.dtype) for r in results])


def _weighed(op: Op, weights: Weights) -> Weighed | None:
    """How many parameters there are, trainable and not; None where nobody knows."""
    if not _is_counted(op):
        return None
    if not weights:
        return NOTHING
    fixed = op.frozen(weights)
    total = sum([prod(shape) for shape in weights.values()])
    kept = sum([prod(weights[name]) for name in fixed]) if fixed else 0
    return Weighed(total - kept, kept)


def _is_counted(op: Op) -> bool:
    """Whether the weights of the op, and of those in its arguments, are all known."""
    return op.is_counted and all(map(_is_counted, parts_of(op)))
