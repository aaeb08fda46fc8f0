"""`python -m tests.oracle`: generated layers, valid and invalid, held against Keras."""

import argparse
import os
import sys
import time
from collections import Counter

from tests.oracle.case import Case
from tests.oracle.generate import OPS
from tests.oracle.ledger import LEDGER
from tests.oracle.run import Figures, run

HEADINGS = ("cases", "valid", "invalid", "agreed", "in ledger", "disagreed")


def main() -> int:
    """Run the cases and print what came of them; 1 if anything disagrees that is not in the ledger."""
    parser = argparse.ArgumentParser(prog="python -m tests.oracle", description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ops", nargs="+", choices=OPS, default=list(OPS), metavar="OP")
    parser.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--replay", metavar="JSON", help="judge one case, as a disagreement prints it")
    options = parser.parse_args()
    if options.replay:
        return _replay(options.replay)
    started = time.monotonic()
    total = Figures(Counter(), Counter(), [])
    for figures in run(options.seed, options.cases, tuple(options.ops), options.processes):
        total.counts.update(figures.counts)
        total.entries.update(figures.entries)
        total.disagreements.extend(figures.disagreements)
        for text in figures.disagreements:
            print(f"\n{text}\n", flush=True)
        done = sum(count for (_, heading), count in total.counts.items() if heading == "cases")
        print(
            f"\r{done:6,} of {options.cases:,} cases, {len(total.disagreements)} disagreements",
            end="",
            flush=True,
        )
    print(f", {time.monotonic() - started:.0f} s, seed {options.seed}\n")
    _print_table(total)
    return 1 if total.disagreements else 0


def _replay(text: str) -> int:
    from tests.oracle.judge import judge
    from tests.oracle.ledger import entry_for

    verdict = judge(Case.from_json(text), build=True)
    print(verdict)
    entry = entry_for(verdict) if verdict.differences else None
    if entry is not None:
        print(f"  in the ledger: {entry.name}: {entry.reason}")
    return int(bool(verdict.differences) and entry is None)


def _print_table(total: Figures) -> None:
    ops = [op for op in OPS if total.counts[op, "cases"]]
    width = max(map(len, ops))
    print(f"{'op':{width}}", *(f"{heading:>9}" for heading in HEADINGS))
    for op in ops:
        print(f"{op:{width}}", *(f"{total.counts[op, heading]:9,}" for heading in HEADINGS))
    sums = [sum(total.counts[op, heading] for op in ops) for heading in HEADINGS]
    print(f"{'all':{width}}", *(f"{number:9,}" for number in sums))
    print("\nledger:")
    for entry in LEDGER:
        count = total.entries[entry.name]
        print(f"{count:7,}  {entry.name}: {entry.reason}" + ("" if count else " (stale: nothing matched)"))


if __name__ == "__main__":
    sys.exit(main())
