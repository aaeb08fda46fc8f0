"""`specc check` as a whole process, as an editor or a commit hook runs it."""

import compileall
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import specc
from benchmarks.networks import keras_code, spec_text, two_towers
from benchmarks.options import Options
from benchmarks.table import Row, milliseconds
from benchmarks.timing import Cost, in_turns, process

IMPORTS = "from pydantic import BaseModel; import yaml"


def measure(options: Options) -> Iterator[Row]:
    """A check of 100 layers against the same network in Keras, and against two imports."""
    for folder in specc.__path__:
        compileall.compile_dir(folder, quiet=1)
    network = two_towers()
    with tempfile.TemporaryDirectory() as folder:
        spec, script = Path(folder, "two_towers.yaml"), Path(folder, "two_towers.py")
        spec.write_text(spec_text(network))
        script.write_text(keras_code(network))
        check = partial(process, "-m", "specc", "check", str(spec))
        imports = partial(process, "-c", IMPORTS)
        built = partial(process, str(script))
        bare = partial(process, "-c", "pass")
        in_turns([check, imports, bare], 2)
        ours, imported, python = in_turns([check, imports, bare], options.rounds(25, quick=9))
        beside, keras = in_turns([check, built], options.rounds(5, quick=2))
    yield _row("check, 100 layers", beside, keras, "Keras builds it", 1 / 20)
    yield _row("check, 100 layers", ours, imported, "import BaseModel, yaml", 1.1)
    yield Row("  (Python alone)", milliseconds(python.wall), "", "", "")


def _row(figure: str, ours: Cost, peer: Cost, name: str, budget: float) -> Row:
    ratio = ours.wall / peer.wall
    return Row(
        figure,
        milliseconds(ours.wall),
        milliseconds(peer.wall),
        name,
        f"{ratio:.3f} (cpu {ours.cpu / peer.cpu:.3f})",
        f"<= {budget:g}",
        ratio <= budget,
    )
