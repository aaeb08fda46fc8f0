"""Changes that make most valid cases invalid; each says what it did in `Case.mutation`."""

from collections.abc import Callable
from random import Random
from typing import Any

from specc.ops.declare import parameters_of
from tests.oracle.case import Case, Sizes, Step, op_class
from tests.oracle.values import bad_value

Mutation = Callable[[Random, Case], Case | None]


def mutate(rng: Random, case: Case) -> Case:
    """The case with one change, if one can be made."""
    for _ in range(5):
        changed = rng.choices(_MUTATIONS, _WEIGHTS)[0](rng, case)
        if changed is not None:
            return changed
    return case


def _with_step(case: Case, at: int, mutation: str, **changes: Any) -> Case:
    steps = list(case.steps)
    steps[at] = steps[at]._replace(**changes)
    return case._replace(steps=tuple(steps), mutation=mutation)


def _with_input(case: Case, at: int, sizes: Sizes, mutation: str) -> Case:
    inputs = (*case.inputs[:at], sizes, *case.inputs[at + 1 :])
    return case._replace(inputs=inputs, mutation=mutation)


def _bad_value(rng: Random, case: Case) -> Case | None:
    at = rng.randrange(len(case.steps))
    step = case.steps[at]
    parameters = [p for p in parameters_of(op_class(step.op)).values() if p.name not in ("weights", "keep")]
    own = [p for p in parameters if p.name not in ("trainable", "dtype")]
    chosen = rng.choice(own if own and rng.random() < 0.9 else parameters)
    given = {**step.arguments, chosen.name: bad_value(rng, chosen)}
    return _with_step(case, at, f"value {chosen.name}", arguments=given)


def _unknown_argument(rng: Random, case: Case) -> Case | None:
    at = rng.randrange(len(case.steps))
    name = rng.choice(("unit", "kernal_size", "stride", "filter", "bogus", "dim"))
    given = {**case.steps[at].arguments, name: 1}
    return _with_step(case, at, f"unknown {name}", arguments=given)


def _missing_argument(rng: Random, case: Case) -> Case | None:
    at = rng.randrange(len(case.steps))
    step = case.steps[at]
    needed = [p.name for p in parameters_of(op_class(step.op)).values() if p.required]
    if not needed:
        return None
    gone = rng.choice(needed)
    given = {name: value for name, value in step.arguments.items() if name != gone}
    return _with_step(case, at, f"missing {gone}", arguments=given)


def _rank(rng: Random, case: Case) -> Case | None:
    at = rng.randrange(len(case.inputs))
    sizes = list(case.inputs[at])
    if rng.random() < 0.5 and sizes:
        del sizes[rng.randrange(len(sizes))]
    else:
        sizes.insert(rng.randint(0, len(sizes)), rng.randint(1, 3))
    return _with_input(case, at, tuple(sizes), "rank")


def _size(rng: Random, case: Case) -> Case | None:
    at = rng.randrange(len(case.inputs))
    sizes = list(case.inputs[at])
    if not sizes:
        return None
    i = rng.randrange(len(sizes))
    sizes[i] = rng.choice((1, 1, 2, sizes[i] + 1, sizes[i] - 1 or 1))
    return _with_input(case, at, tuple(sizes), "size")


def _small(rng: Random, case: Case) -> Case | None:
    at = rng.randrange(len(case.inputs))
    return _with_input(case, at, tuple(rng.randint(1, 2) for _ in case.inputs[at]), "small")


def _dtype(rng: Random, case: Case) -> Case | None:
    at = rng.randrange(len(case.inputs))
    new = rng.choice(("int32", "bool", "uint8", "string", "float16", "int64"))
    return case._replace(dtypes=(*case.dtypes[:at], new, *case.dtypes[at + 1 :]), mutation="dtype")


def _fewer_inputs(rng: Random, case: Case) -> Case | None:
    step = case.steps[-1]
    op = op_class(step.op)
    # one value alone serves every input that the call of a layer requires
    if step.masks or len(step.reads) < (
        2 if op.takes_list or op.call_inputs[-1].many or not op.spreads else 3
    ):
        return None
    return _with_step(case, len(case.steps) - 1, "fewer inputs", reads=step.reads[:-1])


def _more_inputs(rng: Random, case: Case) -> Case | None:
    step: Step = case.steps[-1]
    op = op_class(step.op)
    if step.masks or not (op.takes_list or op.call_inputs[-1].many):
        return None
    return _with_step(case, len(case.steps) - 1, "more inputs", reads=(*step.reads, rng.choice(step.reads)))


_MUTATIONS: tuple[Mutation, ...] = (
    *(_bad_value, _unknown_argument, _missing_argument, _rank, _size, _small, _dtype),
    *(_fewer_inputs, _more_inputs),
)
_WEIGHTS = (9, 1, 1, 4, 4, 2, 2, 1, 1)
