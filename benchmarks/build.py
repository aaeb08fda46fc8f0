"""`specc build` of ResNet-50 as a whole process, beside hand-written Keras code that builds and saves the same."""

import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.options import Options
from benchmarks.table import Row, milliseconds
from benchmarks.timing import in_turns, process

SPEC = "specs/resnet50.yaml"
SCRIPT = str(Path(__file__).with_name("keras_resnet50.py"))
BUDGET = 1.05


def measure(options: Options) -> Iterator[Row]:
    """Both write a `.keras` file, imports included."""
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = f"{folder}/ours.keras", f"{folder}/theirs.keras"
        build = partial(process, "-m", "specc", "build", SPEC, "--out", ours)
        script = partial(process, SCRIPT, theirs)
        in_turns([build, script], 1)
        specc, keras = in_turns([build, script], options.rounds(7, quick=2))
        sizes = [Path(file).stat().st_size for file in (ours, theirs)]
    assert abs(sizes[0] / sizes[1] - 1) < 0.01, "these are not the same model"
    ratio = specc.wall / keras.wall
    yield Row(
        "build, ResNet-50",
        milliseconds(specc.wall),
        milliseconds(keras.wall),
        "hand-written Keras",
        f"{ratio:.3f} (cpu {specc.cpu / keras.cpu:.3f})",
        f"<= {BUDGET}",
        ratio <= BUDGET,
    )
