"""Many cases at once, in processes of their own, with the figures for each op."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import NamedTuple

from tests.oracle.generate import generate

CHUNK = 100
"""Cases that a process judges before it reports and lets go of its models."""

ROUND = 40
"""Chunks after which the processes are new ones."""

BUILT = 5
"""One case in so many is also built through specc."""


class Chunk(NamedTuple):
    """The cases from `start` on, of a run with these ops."""

    seed: int
    start: int
    count: int
    ops: tuple[str, ...]


class Figures(NamedTuple):
    """What came of some cases: counts by op and heading, entries of the ledger by name, disagreements in words."""

    counts: Counter[tuple[str, str]]
    entries: Counter[str]
    disagreements: list[str]


def work(chunk: Chunk) -> Figures:
    """Judge the cases of a chunk."""
    from tests.oracle.judge import judge
    from tests.oracle.ledger import entry_for
    from tests.oracle.reference import forget
    from tests.oracle.shrink import shrink

    figures = Figures(Counter(), Counter(), [])
    for number in range(chunk.start, chunk.start + chunk.count):
        case = generate(chunk.seed, number, chunk.ops)
        op = case.ops[-1]
        verdict = judge(case, build=number % BUILT == 0)
        figures.counts[op, "cases"] += 1
        figures.counts[op, "valid" if verdict.keras.ok else "invalid"] += 1
        if not verdict.differences:
            figures.counts[op, "agreed"] += 1
            continue
        entry = entry_for(verdict)
        if entry is not None:
            figures.counts[op, "in ledger"] += 1
            figures.entries[entry.name] += 1
            continue
        figures.counts[op, "disagreed"] += 1
        figures.disagreements.append(f"case {number}: {shrink(verdict, lambda c: judge(c, True))}")
    forget()
    return figures


def run(seed: int, cases: int, ops: tuple[str, ...], processes: int) -> Iterator[Figures]:
    """Figures of the chunks of a run, as they come."""
    chunks = [Chunk(seed, at, min(CHUNK, cases - at), ops) for at in range(0, cases, CHUNK)]
    if processes == 1 and len(chunks) <= ROUND:
        yield from map(work, chunks)
        return
    for at in range(0, len(chunks), ROUND):
        # New processes now and then keep the memory bounded; `max_tasks_per_child` may wait for ever (gh-115634).
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            for done in as_completed([pool.submit(work, chunk) for chunk in chunks[at : at + ROUND]]):
                yield done.result()
