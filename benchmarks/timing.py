"""Times, measured in turns."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from math import log
from statistics import median
from typing import NamedTuple

COMPILED = {"PYTHONDONTWRITEBYTECODE": "", "TF_CPP_MIN_LOG_LEVEL": "3"}


class Cost(NamedTuple):
    """Seconds by the clock, and seconds of processor time over all threads."""

    wall: float
    cpu: float


Measured = Callable[[], Cost]


def cost_of(action: Callable[[], object]) -> Cost:
    """What `action` costs in this process; to free what it gives is not counted."""
    cpu, wall = time.process_time(), time.perf_counter()
    result = action()
    cost = Cost(time.perf_counter() - wall, time.process_time() - cpu)
    del result
    return cost


def process(*arguments: str) -> Cost:
    """What a whole Python process costs, from its start to its end; it must succeed."""
    wall = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, **COMPILED},
    )
    assert child.stderr is not None
    complaint = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"python {' '.join(arguments)} failed:\n{complaint.decode()}")
    return Cost(time.perf_counter() - wall, usage.ru_utime + usage.ru_stime)


def in_turns(measures: Sequence[Measured], rounds: int) -> list[Cost]:
    """The medians of several measures, taken in turns (A B A B …) so that what disturbs one disturbs all."""
    costs: list[list[Cost]] = [[] for _ in measures]
    for _ in range(rounds):
        for measure, taken in zip(measures, costs, strict=True):
            taken.append(measure())
    return [Cost(median(c.wall for c in taken), median(c.cpu for c in taken)) for taken in costs]


def growth(sizes: Sequence[int], times: Sequence[float]) -> float:
    """The exponent e of the fit time = a * size^e."""
    xs, ys = [log(size) for size in sizes], [log(seconds) for seconds in times]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum((a - x) ** 2 for a in xs)
