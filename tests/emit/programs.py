"""Emitting for tests: only what is folded counts, and what is emitted is run where there is no specc."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from specc.backends.emit.module import alive, folded, module_text
from specc.backends.emit.program import flat_program
from specc.backends.emit.training import compile_call
from specc.ir.graph import Explicit

RUFF = (sys.executable, "-m", "ruff", "format", "--isolated")

_RUN = """
import json, os, pathlib, sys
if sys.argv[2] == "alone":
    sys.modules["specc"] = None  # type: ignore
folder = pathlib.Path(sys.argv[1])
os.chdir(folder)
for path in sorted(folder.glob("*.py")):
    names = {"__name__": "emitted"}
    exec(compile(path.read_text("utf-8"), str(path), "exec"), names)
    model = names["build_model"]()
    facts = {"config": model.get_config(), "params": model.count_params(), "compiled": model.compiled}
    path.with_suffix(".json").write_text(json.dumps(facts))
    if model.count_params() < 5_000_000:
        model.save(path.with_suffix(".keras"))
"""


def program(explicit: Explicit, training: Any = None) -> str:
    """The emitted text; fails where something could not be folded, which users would get written out."""
    flat = flat_program(explicit)
    compiled = None if training is None else compile_call(explicit.outputs, training, flat)
    return module_text(folded(explicit, flat, alive(flat), compiled), flat.imports)


def run_all(programs: Mapping[str, str], folder: Path, alone: bool = True) -> dict[str, Any]:
    """Run programs by name in a process of their own, in `folder`; what they built, and `.keras` files of small models.

    `alone`: no module of specc can be imported there.
    """
    for name, text in programs.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    words = [sys.executable, "-c", _RUN, str(folder), "alone" if alone else ""]
    done = subprocess.run(words, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    return {name: json.loads((folder / f"{name}.json").read_text("utf-8")) for name in programs}


def hold_format(programs: Mapping[str, str], folder: Path) -> None:
    """Fail unless the programs are formatted as ruff formats."""
    for name, text in programs.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    done = subprocess.run([*RUFF, "--diff", str(folder)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout[:3000] + done.stderr[:1000]
