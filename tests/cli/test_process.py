"""The command line as a process of its own: building, pipes, signals, faults, and the examples of the package."""

import doctest
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import specc
import specc.cli
from tests.cli.conftest import BROKEN, GOOD

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "specc"]


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3", **more}


def specc_process(*words: str, cwd: Path, **more: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*COMMAND, *words], cwd=cwd, env=environment(**more), capture_output=True, text=True, timeout=300
    )


def test_build_writes_a_model_that_plain_keras_loads(folder: Path):
    done = specc_process("build", "good.yaml", "--out", "m.keras", "--seed", "1", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(
        "built  m.keras  small: 2 layers, 51 parameters, output kind [feature: 3], "
    )
    script = """
import sys
sys.path = [path for path in sys.path if path not in ("", sys.argv[1])]
import keras
model = keras.saving.load_model("m.keras")
print(model.count_params(), model.output_shape, "specc" in sys.modules)
"""
    loaded = subprocess.run(
        [sys.executable, "-c", script, str(ROOT)],
        cwd=folder,
        env={**environment(), "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert loaded.stdout.splitlines()[-1] == "51 (None, 3) False", loaded.stderr


def test_a_reader_that_goes_away_is_no_fault(folder: Path):
    (folder / "many").mkdir()
    for number in range(300):
        (folder / "many" / f"{number}.yaml").write_text(BROKEN)
    process = subprocess.Popen(
        [*COMMAND, "check", "many"],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(10)
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert process.wait(60) == specc.cli.BROKEN_PIPE
    assert said == b""


def test_an_interrupt_ends_it(folder: Path):
    process = subprocess.Popen(
        [*COMMAND, "check", "-"],
        cwd=folder,
        env=environment(),
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    script = "import time; time.sleep(1)"
    subprocess.run([sys.executable, "-c", script], check=True)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == specc.cli.INTERRUPTED
    assert b"Traceback" not in said


def test_a_fault_of_specc_is_said_in_short(run: Any, monkeypatch: Any):
    def fail(*_: object) -> int:
        raise RuntimeError("it\nbroke")

    monkeypatch.setattr("specc.commands.check.run", fail)
    ran = run("check", "good.yaml")
    assert ran.status == specc.cli.INTERNAL_ERROR
    first, second = ran.err.splitlines()
    assert first == "specc: internal error: RuntimeError: it broke"
    assert "please report it" in second


def test_ascii_terminals_are_served(folder: Path):
    (folder / "a.yaml").write_text(GOOD.replace("kind", "größe"), encoding="utf-8")
    done = specc_process("check", "a.yaml", cwd=folder, PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert "gr\\xf6\\xdfe" in done.stdout


def test_json_of_several_specs_is_streamed(folder: Path):
    done = specc_process("check", ".", "--format", "json", cwd=folder)
    assert done.returncode == 1
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    assert [report["spec"] for report in reports] == [
        f"./{name}.yaml" for name in ("broken", "good", "misspelt", "noted")
    ]


def test_importing_the_package_imports_nothing_of_it():
    script = "import sys, specc; print(*[name for name in sys.modules if name.startswith(('specc', 'yaml'))])"
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["specc"]


def test_the_examples_of_the_package():
    failed, tried = doctest.testmod(specc)
    assert tried >= 5
    assert failed == 0
