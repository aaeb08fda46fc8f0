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
from tests.oracle.table import HEADINGS, KERAS, write


def main() -> int:
    """Run the cases and print what came of them; 1 if anything disagrees that is not in the ledger."""
    parser = argparse.ArgumentParser(prog="python -m tests.oracle", description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, nargs="+", default=[1], help="as many cases of each of them")
    parser.add_argument("--ops", nargs="+", choices=OPS, default=list(OPS), metavar="OP")
    parser.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument(
        "--table", metavar="FILE", help="write the figures by family into a page, as docs/oracle.md"
    )
    parser.add_argument("--replay", metavar="JSON", help="judge one case, as a disagreement prints it")
    options = parser.parse_args()
    if options.replay:
        return _replay(options.replay)
    print(f"Keras {KERAS}")
    started = time.monotonic()
    total = Figures(Counter(), Counter(), [])
    for seed in options.seed:
        for figures in run(seed, options.cases, tuple(options.ops), options.processes):
            _add(total, figures)
            done = sum(count for (_, heading), count in total.counts.items() if heading == "cases")
            wanted = options.cases * len(options.seed)
            print(
                f"\r{done:6,} of {wanted:,} cases, {len(total.disagreements)} disagreements",
                end="",
                flush=True,
            )
    print(f", {time.monotonic() - started:.0f} s, seed {' '.join(map(str, options.seed))}\n")
    _print_table(total)
    if options.table:
        write(options.table, total, options.cases, options.seed)
    return 1 if total.disagreements else 0


def _add(total: Figures, figures: Figures) -> None:
    total.counts.update(figures.counts)
    total.entries.update(figures.entries)
    total.disagreements.extend(figures.disagreements)
    for text in figures.disagreements:
        print(f"\n{text}\n", flush=True)


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
