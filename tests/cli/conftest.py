"""A folder to stand in, with specs, and the command line run in this process."""

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from specc.cli import main
from tests.cli.arrays import check

__all__ = ["check"]

GOOD = """\
specc: 1
name: small
inputs:
  x: [feature: 8]
layers:
  - Dense: 4
  - Dense: 3
    name: kind
outputs:
  kind: [feature: 3]
"""

NOTED = """\
specc: 1
name: noted
inputs:
  image: [time: 4, height: 8, width: 8, channel: 1]
layers:
  - Conv2D: {filters: 2, kernel_size: 3}
  - Flatten: {keep: [time]}
"""

BROKEN = """\
specc: 1
name: broken
inputs:
  x: [time: 5, feature: 8]
layers:
  - Dense: 4   # a comment
  - Reshape: [784]

  - Dense: 3
"""

MISSPELT = """\
specc: 1            # the version
name: misspelt
inputs:
  x: [feature: 8]   # eight of them
layers:
  - Dens: 4         # a layer

  - Dense: {unit: 3}
"""


class Ran(NamedTuple):
    """What a run of the command line came to."""

    status: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR", "SPECC_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    for name, text in (("good", GOOD), ("noted", NOTED), ("broken", BROKEN), ("misspelt", MISSPELT)):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def run_in_folder(*words: str, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        status = main(list(words))
        captured = capfd.readouterr()
        return Ran(status, captured.out, captured.err)

    return run_in_folder
