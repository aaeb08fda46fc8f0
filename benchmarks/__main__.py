"""`python -m benchmarks [NAME …]`: a table, each figure beside its peer's."""

import argparse
import sys
from importlib import import_module

from benchmarks.options import Options
from benchmarks.table import Row, render

NAMES = ("cold", "throughput", "symbols", "build", "importing", "folding")


def main() -> int:
    """Measure what the command line asks for; a missed budget is marked, and is no failure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(NAMES)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="fewer rounds and smaller sizes")
    parser.add_argument("--layers", nargs="+", type=int, default=(), help="sizes for throughput")
    parser.add_argument("--steps", nargs="+", type=int, default=(), help="numbers of steps for folding")
    given = parser.parse_args()
    unknown = [name for name in given.names if name not in NAMES]
    if unknown:
        parser.error(f"there is no benchmark {unknown[0]}; there are {', '.join(NAMES)}")
    options = Options(given.quick, tuple(given.layers), tuple(given.steps))
    rows: list[Row] = []
    for name in given.names or NAMES:
        for row in import_module(f"benchmarks.{name}").measure(options):
            rows.append(row)
            print(f"{name}: {row.figure} {row.ours} {row.ratio}", file=sys.stderr, flush=True)
    print(render(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
