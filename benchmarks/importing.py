"""`specc import` of ResNet-50 as a whole process, beside reading the same JSON alone, and beside Keras's loading."""

import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.options import Options
from benchmarks.table import Row, milliseconds
from benchmarks.timing import in_turns, process

SCRIPT = str(Path(__file__).with_name("keras_resnet50.py"))
JSON = "import json, sys, zipfile; json.loads(zipfile.ZipFile(sys.argv[1]).read('config.json'))"
KERAS = "import sys, keras; keras.models.load_model(sys.argv[1], compile=False)"
BUDGET = 0.5
"""Seconds."""


def measure(options: Options) -> Iterator[Row]:
    """The file holds weights, which only Keras reads."""
    with tempfile.TemporaryDirectory() as folder:
        model = f"{folder}/resnet50.keras"
        process(SCRIPT, model)
        ours = partial(process, "-m", "specc", "import", model)
        json = partial(process, "-c", JSON, model)
        keras = partial(process, "-c", KERAS, model)
        in_turns([ours, json], 1)
        imported, read = in_turns([ours, json], options.rounds(15, quick=5))
        beside, loaded = in_turns([ours, keras], options.rounds(3, quick=1))
    yield Row(
        "import, ResNet-50",
        milliseconds(imported.wall),
        milliseconds(read.wall),
        "Python reads the JSON",
        f"{imported.wall / read.wall:.1f}",
        f"<= {BUDGET} s",
        imported.wall <= BUDGET,
    )
    yield Row(
        "import, ResNet-50",
        milliseconds(beside.wall),
        milliseconds(loaded.wall),
        "keras.models.load_model",
        f"{beside.wall / loaded.wall:.3f}",
        "",
    )
