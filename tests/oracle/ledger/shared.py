"""What the entries of the ledger are made of."""

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from specc.ops.declare import parameters_of
from tests.oracle.case import Step, op_class
from tests.oracle.judge import Verdict


class Entry(NamedTuple):
    """A difference: its name, why it is meant, and whether a verdict shows it."""

    name: str
    reason: str
    matches: Callable[[Verdict], bool]


def arguments_of(verdict: Verdict, *names: str) -> Iterator[tuple[str, str, Any]]:
    """Op, name and value of the arguments, of wrapped layers too; only those called `names`, if there are any."""
    todo = [(step.op, step.arguments) for step in verdict.case.steps]
    for op, arguments in todo:
        for name, value in arguments.items():
            if not names or name in names:
                yield op, name, value
            held = value if isinstance(value, list) else [value]
            if name.endswith("layer") or name in ("cell", "cells", "layers"):
                several = [each for each in held if isinstance(each, dict)]
                todo += [
                    (o, given) for each in several for o, given in each.items() if isinstance(given, dict)
                ]


def refused(verdict: Verdict, code: str) -> bool:
    """Whether Keras accepts, and specc refuses with this code alone."""
    return verdict.keras.ok and set(verdict.codes) == {code}


def refused_at(verdict: Verdict, code: str, *ops: str) -> bool:
    """Whether that is so, and the layer that the message names is one of `ops`, or wraps one."""
    named = re.match(rf"{code} `l(\d+)", verdict.messages[0]) if refused(verdict, code) else None
    return named is not None and any(op in ops for op in _ops_of(verdict.case.steps[int(named[1])]))


def argument_refused(verdict: Verdict) -> str:
    """The argument that the only message names, of what Keras accepts and specc refuses; or nothing."""
    named = re.match(r"E107 `(\w+)` of ", verdict.messages[0]) if refused(verdict, "E107") else None
    return named[1] if named else ""


def batch_fails(verdict: Verdict, *texts: str) -> bool:
    """Whether both agree on all that is built, and only the batch fails, with one of these texts."""
    only = verdict.accepted and len(verdict.differences) == 1 and verdict.keras.stage == "batch"
    return only and any(text in verdict.keras.error for text in texts)


def makes_another(verdict: Verdict) -> bool:
    """Whether a layer makes another shape than it announces; what it does not announce may be any size."""
    layers = zip(verdict.keras.made, verdict.keras.ran, strict=False)
    pairs = ((a, b) for made, ran in layers for a, b in zip(made.shapes, ran.shapes, strict=True))
    return any(
        len(a) != len(b) or any(n not in (None, m) for n, m in zip(a, b, strict=True)) for a, b in pairs
    )


def kind_text(op: str, name: str) -> str:
    """What the parameter of an op takes, in words; nothing if it has none of that name."""
    parameter = parameters_of(op_class(op)).get(name)
    return "" if parameter is None else parameter.kind.text


def has_op(verdict: Verdict, *ops: str) -> bool:
    """Whether one of the layers, or one that they wrap, is one of `ops`."""
    return any(op in ops for step in verdict.case.steps for op in _ops_of(step))


def ops_in(verdict: Verdict) -> Iterator[tuple[str, str]]:
    """The ops of the layers, each with that of a layer that it wraps, if any."""
    for step in verdict.case.steps:
        op, *wrapped = _ops_of(step)
        for inner in wrapped or [""]:
            yield op, inner


def _ops_of(step: Step) -> Iterator[str]:
    """The op of a layer, and those of the layers that it wraps."""
    yield step.op
    held = step.arguments.get("layers")
    for inner in held if isinstance(held, list) and held else [step.arguments.get("layer")]:
        if inner is not None:
            yield next(iter(inner), "") if isinstance(inner, dict) else str(inner)
