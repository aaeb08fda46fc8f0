"""What happens where Keras is missing."""

import os
import subprocess
import sys

_SCRIPT = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == sys.argv[1]:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent())
from specc.backends.keras.load import load_backend

found = load_backend()
print(found.code, found.message, found.fixes[0].title, sep="|")
"""


def loaded_without(module: str) -> list[str]:
    environment = {**os.environ, "KERAS_BACKEND": "tensorflow"}
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, module], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip().split("|")


def test_missing_keras_or_tensorflow_is_said() -> None:
    for module in ("keras", "tensorflow"):
        code, message, fix = loaded_without(module)
        assert code == "E501"
        assert f"`{module}`" in message
        assert fix == "install it: pip install 'specc[tensorflow]'"
