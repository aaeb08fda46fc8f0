"""Building specs as a user does, and running what was built in another process."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import specc

ROOT = Path(__file__).parent.parent.parent
SPECS = ROOT / "specs"
OUTSIDE = Path(__file__).with_name("outside.py")
BATCH = 2


class System(NamedTuple):
    """A spec, how it is asked for, real sizes for the symbols of its inputs, and what registers its layers."""

    spec: str
    variant: str | None = None
    settings: dict[str, Any] = {}
    sizes: dict[str, int] = {}
    module: str = ""

    @property
    def name(self) -> str:
        return "-".join([self.spec, *filter(None, [self.variant]), *map(str, self.settings.values())])

    def check(self) -> Any:
        return specc.check(SPECS / f"{self.spec}.yaml", settings=self.settings, variant=self.variant)

    def build(self, folder: Path) -> None:
        """The model, and one batch with its labels, into a folder."""
        facts = self.check().to_dict()
        path = folder / f"{self.name}.keras"
        specc.build(SPECS / f"{self.spec}.yaml", path, settings=self.settings, variant=self.variant, seed=1)
        arrays = {f"in/{name}": self.array(entry, 8) for name, entry in facts["inputs"].items()}
        (output,) = facts["outputs"].values()
        (target,) = facts["targets"].values()
        last = output["shape"][-1]
        label = self.array(target, last if isinstance(last, int) else 8)
        np.savez(path.with_suffix(".npz"), allow_pickle=False, **arrays, label=label)

    def real(self, shape: list[Any]) -> list[int]:
        """A shape of the report with real sizes in it: BATCH for the batch, `sizes` for symbols."""
        return [BATCH, *(self.sizes[size] if isinstance(size, str) else size for size in shape[1:])]

    def array(self, entry: dict[str, Any], top: int) -> np.ndarray:
        """Random numbers between 0 and 1, or integers below `top` with a 0, the padding, at the end."""
        random = np.random.default_rng(0)
        shape = self.real(entry["shape"])
        if entry["dtype"].startswith("float"):
            return random.uniform(size=shape).astype(entry["dtype"])
        numbers = random.integers(0, top, shape)
        numbers[..., -1] = 0
        return numbers.astype(entry["dtype"])


def run_outside(systems: Iterable[System], folder: Path) -> dict[str, dict[str, Any]]:
    """What another process saw of the models, by name: one that cannot import specc, but for those that need it."""
    found: dict[str, dict[str, Any]] = {}
    by_module: dict[str, list[System]] = {}
    for system in systems:
        by_module.setdefault(system.module, []).append(system)
    for module, chosen in by_module.items():
        place = folder / module
        place.mkdir(exist_ok=True)
        for system in chosen:
            system.build(place)
        _run(place, module)
        for system in chosen:
            found[system.name] = json.loads((place / f"{system.name}.json").read_text(encoding="utf-8"))
    return found


def _run(folder: Path, module: str) -> None:
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment.pop("PYTHONPATH", None)
    if module:
        environment["PYTHONPATH"] = str(ROOT)
    done = subprocess.run(
        [sys.executable, str(OUTSIDE), str(folder), module],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
