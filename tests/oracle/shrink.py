"""Smaller cases that disagree in the same way."""

from collections.abc import Callable, Iterator

from tests.oracle.case import Case, Step
from tests.oracle.judge import Verdict

MAX_TRIALS = 200


def shrink(verdict: Verdict, judge: Callable[[Case], Verdict]) -> Verdict:
    """The smallest case found by leaving out and making smaller, as long as both answers stay of their kind."""
    trials = 0
    progress = True
    while progress and trials < MAX_TRIALS:
        progress = False
        for smaller in _smaller(verdict.case):
            trials += 1
            if trials > MAX_TRIALS:
                break
            again = judge(smaller)
            if again.differences and _kind(again) == _kind(verdict):
                verdict, progress = again, True
                break
    return verdict


def _kind(verdict: Verdict) -> tuple[object, ...]:
    return (verdict.codes, verdict.keras.stage, verdict.keras.error.partition(":")[0])


def _smaller(case: Case) -> Iterator[Case]:
    yield from _fewer_steps(case)
    for number, step in enumerate(case.steps):
        for name in step.arguments:
            rest = {k: v for k, v in step.arguments.items() if k != name}
            yield _replaced(case, number, step._replace(arguments=rest))
            value = step.arguments[name]
            if name == "layer" and isinstance(value, dict):
                ((op, inner),) = value.items()
                for each in inner or ():
                    fewer = {op: {k: v for k, v in inner.items() if k != each}}
                    yield _replaced(case, number, step._replace(arguments={**step.arguments, name: fewer}))
        for name in step.options:
            rest = {k: v for k, v in step.options.items() if k != name}
            yield _replaced(case, number, step._replace(options=rest))
        for name in step.masks:
            rest = {k: v for k, v in step.masks.items() if k != name}
            yield _replaced(case, number, step._replace(masks=rest))
    for i, dtype in enumerate(case.dtypes):
        if dtype != "float32":
            yield case._replace(dtypes=(*case.dtypes[:i], "float32", *case.dtypes[i + 1 :]))
    for i, sizes in enumerate(case.inputs):
        for axis, size in enumerate(sizes):
            if size > 1:
                fewer = (*sizes[:axis], size - 1, *sizes[axis + 1 :])
                yield case._replace(inputs=(*case.inputs[:i], fewer, *case.inputs[i + 1 :]))


def _replaced(case: Case, number: int, step: Step) -> Case:
    return case._replace(steps=(*case.steps[:number], step, *case.steps[number + 1 :]))


def _fewer_steps(case: Case) -> Iterator[Case]:
    """Without the last layer; with the first ones made inputs, where each reads one value."""
    if len(case.steps) < 2:
        return
    yield case._replace(steps=case.steps[:-1])
    first, *others = case.steps
    if len(first.reads) == 1:
        renamed = {"l0": first.reads[0], **{f"l{i + 1}": f"l{i}" for i in range(len(others))}}
        steps = tuple(s._replace(reads=tuple(renamed.get(r, r) for r in s.reads)) for s in others)
        yield case._replace(steps=steps)
