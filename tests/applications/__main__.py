"""`python -m tests.applications [NAME…]`: the networks of `keras.applications`, imported, built and emitted again."""

import sys
import tempfile
from pathlib import Path

from tests.applications.harness import NAMES, make, there_and_back, tidy

HEADINGS = (
    f"{'network':20} {'layers':>7} {'parameters':>13} {'lines':>6} {'import':>8} {'build':>8} {'apart':>8}"
    f" {'code':>6} {'emit':>8} {'run':>8} {'apart':>8}"
)


def main(names: list[str]) -> int:
    """Print a row for each network; 1 if one of them is not the same again."""
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        print(f"there is no {', '.join(unknown)}; the networks are {', '.join(NAMES)}", file=sys.stderr)
        return 2
    print(HEADINGS)
    failed = 0
    for name in names or NAMES:
        tidy()
        try:
            with tempfile.TemporaryDirectory() as folder:
                done = there_and_back(make(name), Path(folder), allow_custom=True)
        except Exception as error:  # whatever it is, the others are still to be tried
            failed += 1
            print(f"{name:20} {' '.join(f'{type(error).__name__}: {error}'.split())}", flush=True)
            continue
        facts, code = done.facts, done.emitted
        print(
            f"{name:20} {facts.layers:7,} {facts.parameters:13,} {done.lines:6,} {done.import_seconds:6.2f} s"
            f" {done.build_seconds:6.1f} s {facts.apart:8.1e} {done.emitted_lines:6,} {done.emit_seconds:6.2f} s"
            f" {done.run_seconds:6.1f} s {code.apart:8.1e}",
            flush=True,
        )
    count = len(names or NAMES)
    print(f"{count - failed} of {count} are the same again")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
