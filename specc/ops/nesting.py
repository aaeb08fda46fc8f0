"""What all ops share that hold other ops: the names of weights within, and faults seen from outside."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar, cast

from specc.diagnostics.model import Fix
from specc.ops.declare import Op, Shape, Weights
from specc.ops.making import ArgumentError, ArgumentErrors
from specc.ops.misfit import Misfit, SetArgument
from specc.shapes.shape import nameless, sizes_text

Inner = TypeVar("Inner", bound=Op)


def ops_in(value: Any, read: Callable[[Any], Inner], text: str) -> tuple[Inner, ...]:
    """The ops that a list stands for, each as `read` has it; raises ValueError with `text` where there is no list."""
    if not isinstance(value, list | tuple) or not value:
        raise ValueError(f"must be {text}")
    found: list[Inner] = []
    faults: list[ArgumentError] = []
    for number, each in enumerate(cast("list[Any]", value)):
        try:
            found.append(read(each))
        except ArgumentErrors as errors:
            faults += [e._replace(where=(str(number), *e.where)) for e in errors.errors]
    if faults:
        raise ArgumentErrors(faults)
    return tuple(found)


def refuse_gather(layer: Op, x: Shape, y: Shape) -> None:
    """E207 for a reshape in a layer to several sizes that are no numbers: it takes more than Keras's layer."""
    sizes = layer.regrouped(x, y)
    if len([size for size in sizes if not isinstance(size, int)]) > 1:
        made = sizes_text(nameless(sizes))
        fault = Misfit(
            "E207", f"makes {made}, of which a layer within a layer may make one size that is no number"
        )
        fault.fixes = (
            Fix(f"write `{layer.name}` as a layer of its own, in a `map` over the steps", "display"),
        )
        raise fault


def about(fault: Misfit, parameter: str, axes_before: int = 0) -> Misfit:
    """What an op within raises, as a fault of the op around it: its arguments stand in `parameter`."""
    at = fault.axis
    told = Misfit(
        fault.code,
        fault.message,
        parameter=parameter if fault.parameter else None,
        operand=fault.operand,
        axis=at if at is None or at < 0 else at + axes_before,
        facts=fault.facts,
        repairs=tuple(
            repair._replace(within=(parameter, *repair.within))
            for repair in fault.repairs
            if isinstance(repair, SetArgument)
        ),
    )
    told.fixes = fault.fixes
    return told


def prefixed(prefix: str, weights: Weights) -> Weights:
    """The weights under names that begin with `prefix`."""
    return {f"{prefix}_{name}": shape for name, shape in weights.items()}


def within(prefix: str, weights: Weights) -> Weights:
    """Those of the weights whose names begin with `prefix`, by the names that they have within."""
    start = f"{prefix}_"
    return {name.removeprefix(start): shape for name, shape in weights.items() if name.startswith(start)}


def wrapped_parts(parts: Mapping[str, Op], weights: Weights) -> Iterator[tuple[Op, Weights]]:
    """The ops within, each with its own weights; `parts` has them by the prefix of these."""
    for prefix, part in parts.items():
        yield part, within(prefix, weights)


def frozen_within(
    parts: Mapping[str, Callable[[Weights], frozenset[str]]], weights: Weights
) -> frozenset[str]:
    """The names of the weights that are not trained, asked of each part by what it says of its own."""
    return frozenset(
        f"{prefix}_{name}" for prefix, ask in parts.items() for name in ask(within(prefix, weights))
    )
