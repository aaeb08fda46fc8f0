"""A spec, and a fixture that checks it against arrays in files."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from specc.cli import main

SPEC = """
specc: 1
name: t
inputs:
  x: {inputs}
layers:
  - Flatten:
    from: x
  - Dense: {{units: {units}, activation: {activation}}}
    name: y
compile:
  optimizer: adam
  loss: {loss}
"""
N = 6


@pytest.fixture
def check(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Checks a spec against arrays, given by the names that they are for; gives what is said of them."""
    monkeypatch.chdir(tmp_path)

    def run(
        arrays: dict[str, Any],
        *options: str,
        inputs: str = "[feature: 4]",
        units: int = 3,
        activation: str = "softmax",
        loss: str = "categorical_crossentropy",
        text: str = SPEC,
    ) -> list[tuple[str, str]]:
        spec = text.format(inputs=inputs, units=units, activation=activation, loss=loss)
        Path("spec.yaml").write_text(spec, encoding="utf-8")
        words = ["check", "spec.yaml", "--format", "json", *options]
        for name, array in arrays.items():
            if not isinstance(array, str):
                np.save(f"{name}.npy", array)
            words += ["--data", f"{name}={array if isinstance(array, str) else f'{name}.npy'}"]
        status = main(words)
        found = json.loads(capsys.readouterr().out)["diagnostics"]
        assert status == any(d["severity"] == "error" for d in found)
        return [(d["code"], d["message"]) for d in found]

    return run


def codes(found: list[tuple[str, str]]) -> list[str]:
    return [code for code, _ in found]


def floats(*sizes: int) -> Any:
    return np.zeros((N, *sizes), "float32")
