"""`specc build` as a process: what it prints and leaves behind, killed or not, and what a seed is worth."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import specc
from tests.systems.models import ROOT, SPECS

SPEC = SPECS / "quadrant_digits.yaml"

_KILLED = """
import importlib, os, signal, sys
import keras
module, _, name = sys.argv[1].rpartition(":")
owner = importlib.import_module(module.partition(".")[0])
for part in module.split(".")[1:]:
    owner = getattr(owner, part)
setattr(owner, name, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
from specc.cli import main
sys.exit(main(sys.argv[2:]))
"""


def run(*words: str, hashes: str = "0") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONHASHSEED": hashes}
    return subprocess.run([sys.executable, *words], env=environment, cwd=ROOT, capture_output=True, text=True)


def same(one: Any, other: Any) -> bool:
    import numpy as np

    pairs = zip(one.get_weights(), other.get_weights(), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


@pytest.mark.filterwarnings("ignore:Skipping variable loading for optimizer")  # a model not yet trained
def test_a_seed_gives_the_same_weights_in_another_process(tmp_path: Path):
    out = tmp_path / "digits.keras"
    done = run("-m", "specc", "build", str(SPEC), "--out", str(out), "--seed", "1", "--quiet", hashes="7")
    assert (done.returncode, done.stdout) == (0, "")
    assert [path.name for path in tmp_path.iterdir()] == ["digits.keras"]
    specc.build(SPECS / "regression.yaml")
    here = specc.build(SPEC, seed=1)
    assert same(specc.load(out), here)
    assert not same(specc.build(SPEC, seed=2), here)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="a system without SIGKILL")
@pytest.mark.parametrize(("moment", "old"), [("zipfile.ZipFile:close", b"old"), ("os:replace", None)])
def test_a_killed_build_leaves_the_old_file_or_none(tmp_path: Path, moment: str, old: bytes | None):
    out = tmp_path / "model.keras"
    if old is not None:
        out.write_bytes(old)
    done = run("-c", _KILLED, moment, "build", str(SPECS / "regression.yaml"), "--out", str(out))
    assert done.returncode == -signal.SIGKILL, done.stderr[-2000:]
    assert (out.read_bytes() if out.exists() else None) == old
    beside = [path for path in tmp_path.iterdir() if path != out]
    assert len(beside) == 1, "killed while it wrote"
    assert beside[0].name.startswith(".model-")


def test_a_failed_rename_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def fails(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    out = tmp_path / "model.keras"
    out.write_bytes(b"old")
    monkeypatch.setattr(os, "replace", fails)
    with pytest.raises(specc.SpecError) as raised:
        specc.build(SPECS / "regression.yaml", out)
    assert [d.code for d in raised.value.report.diagnostics if d.is_error] == ["E502"]
    assert out.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["model.keras"]


def test_a_spec_with_errors_is_not_built(tmp_path: Path):
    out = tmp_path / "model.keras"
    spec = tmp_path / "spec.yaml"
    spec.write_text("specc: 1\nname: a\ninputs: {x: [4]}\nlayers: [{Dens: 3}]\n", encoding="utf-8")
    done = run("-m", "specc", "build", str(spec), "--out", str(out))
    assert done.returncode == 1
    assert "E104" in done.stdout
    assert done.stderr == ""
    assert not out.exists()
