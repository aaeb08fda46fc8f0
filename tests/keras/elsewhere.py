"""Running saved models in a process that cannot import specc."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

_SCRIPT = """
import sys, warnings
from pathlib import Path

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "specc":
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
warnings.simplefilter("error")
warnings.filterwarnings("ignore", message="__array__ implementation", category=DeprecationWarning)
import keras
import numpy as np

for path in sorted(Path(sys.argv[1]).glob("*.keras")):
    model = keras.models.load_model(path)
    inputs = dict(np.load(path.with_suffix(".npz")))
    outputs = model(inputs if len(inputs) > 1 else next(iter(inputs.values())), training=False)
    outputs = outputs if isinstance(outputs, dict) else {"": outputs}
    np.savez(path.with_suffix(".out.npz"), **{k: keras.ops.convert_to_numpy(v) for k, v in outputs.items()})
"""


class Elsewhere:
    """Models and inputs collected in a folder, to be loaded and run by another process at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.wanted: dict[str, dict[str, Any]] = {}

    def add(self, name: str, model: Any, **inputs: Any) -> None:
        model.save(self.folder / f"{name}.keras")
        np.savez(self.folder / f"{name}.npz", **inputs)
        outputs = model(inputs if len(inputs) > 1 else next(iter(inputs.values())), training=False)
        outputs = outputs if isinstance(outputs, dict) else {"": outputs}
        self.wanted[name] = {key: np.asarray(value) for key, value in outputs.items()}

    def check(self) -> None:
        """Run all models; their outputs must be those that they have here."""
        environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
        environment.pop("PYTHONPATH", None)
        done = subprocess.run(
            [sys.executable, "-c", _SCRIPT, str(self.folder)], env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr[-3000:]
        for name, outputs in self.wanted.items():
            found = dict(np.load(self.folder / f"{name}.out.npz"))
            assert found.keys() == outputs.keys()
            for key, value in outputs.items():
                np.testing.assert_allclose(found[key], value, rtol=1e-5, atol=1e-6, err_msg=name)
