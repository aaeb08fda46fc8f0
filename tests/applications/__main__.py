"""`python -m tests.applications [NAME…]`: the networks of `keras.applications`, imported and built again."""

import sys
import tempfile
from pathlib import Path

from tests.applications.harness import NAMES, make, there_and_back, tidy

HEADINGS = (
    f"{'network':20} {'layers':>7} {'parameters':>13} {'lines':>6} {'import':>8} {'build':>8} {'apart':>9}"
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
                facts, lines, imported, built = there_and_back(make(name), Path(folder), allow_custom=True)
        except Exception as error:  # whatever it is, the others are still to be tried
            failed += 1
            print(f"{name:20} {' '.join(f'{type(error).__name__}: {error}'.split())}", flush=True)
            continue
        print(
            f"{name:20} {facts.layers:7,} {facts.parameters:13,} {lines:6,} {imported:6.2f} s {built:6.1f} s"
            f" {facts.apart:9.1e}",
            flush=True,
        )
    count = len(names or NAMES)
    print(f"{count - failed} of {count} are the same again")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
