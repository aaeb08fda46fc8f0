"""`show`, `expand`, `explain`, `schema` and `build` (the last with a backend that is not there)."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

import specc
from specc.diagnostics.model import Diagnostic
from specc.ops import registry


def test_show_prints_the_table(run: Any):
    ran = run("show", "noted.yaml")
    assert ran.status == 0
    head, table, totals = ran.out.split("\n\n")
    assert head.splitlines() == [
        "noted",
        "input   image [time: 4, height: 8, width: 8, channel: 1] float32",
        "output  flatten [time: 4, feature: 72] float32",
    ]
    cells = ([cell.strip() for cell in line.split("  ") if cell] for line in table.splitlines())
    heading, conv, flatten = cells
    assert heading == [
        *("name", "op", "result", "parameters", "FLOPs", "memory"),
    ]
    assert "[time: 4, height: 6, width: 6, channel: 2]" in conv
    assert conv[-1] == "folded"
    assert flatten[0] == "flatten"
    assert totals.startswith("20 parameters, ")


def test_show_has_symbols_insertions_and_reuse(run: Any, folder: Path):
    (folder / "a.yaml").write_text(
        "specc: 1\nname: a\ninputs: {image: [time: T, channel: 1, height: 8, width: 8]}\nlayers:\n"
        "  - Conv2D: {filters: 1, kernel_size: 1}\n    name: one\n"
        "  - reuse: one\n"
    )
    ran = run("show", "a.yaml")
    assert ran.status == 0, ran.out
    assert "[time: T, height: 8, width: 8, channel: 1]" in ran.out
    assert "inserted" in ran.out
    assert "weights of one, folded" in ran.out
    assert "384*T FLOPs and 512*T B" in ran.out


def test_show_json_is_the_report(run: Any):
    assert run("show", "good.yaml", "--format", "json") == run("check", "good.yaml", "--format", "json")


def test_show_of_a_broken_spec_is_its_errors(run: Any):
    ran = run("show", "broken.yaml")
    assert ran.status == 1
    assert "E202" in ran.out


def test_emit_prints_code(run: Any):
    ran = run("emit", "good.yaml")
    assert ran.status == 0
    assert ran.err == ""
    assert "def build_model() -> keras.Model:" in ran.out
    assert 'x = layers.Dense(3, name="kind")(x)' in ran.out


def test_emit_writes_a_file(run: Any, folder: Path):
    printed = run("emit", "good.yaml").out
    assert run("emit", "good.yaml", "--out", "good.py") == (0, "", "")
    assert (folder / "good.py").read_text("utf-8") == printed


def test_emit_of_a_broken_spec_is_its_errors(run: Any, folder: Path):
    ran = run("emit", "broken.yaml", "--out", "broken.py")
    assert ran.status == 1
    assert ran.out == ""
    assert "E202" in ran.err
    assert not (folder / "broken.py").exists()


def test_emit_imports_no_keras():
    script = (
        "import sys; from specc.cli import main; main(['emit', 'specs/quadrant_digits.yaml']);"
        "assert not {'keras', 'tensorflow'} & set(sys.modules)"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr


def test_expand_prints_a_spec_that_is_strict(run: Any, folder: Path):
    ran = run("expand", "noted.yaml")
    assert ran.status == 0
    assert yaml.safe_load(ran.out)["adapt"] == "strict"
    assert run("expand", "noted.yaml", "-o", "expanded.yaml") == (0, "", "")
    assert (folder / "expanded.yaml").read_text() == ran.out
    assert run("check", "expanded.yaml", "--strict").status == 0


def test_expand_of_a_broken_spec_prints_nothing(run: Any, folder: Path):
    ran = run("expand", "broken.yaml", "--out", "expanded.yaml")
    assert ran.status == 1
    assert ran.out == ""
    assert "E202" in ran.err
    assert not (folder / "expanded.yaml").exists()


def test_what_cannot_be_written_is_said(run: Any):
    ran = run("expand", "good.yaml", "--out", "nowhere/a.yaml")
    assert ran.status == 1
    assert "E502" in ran.err


def test_schema_is_a_schema(run: Any, folder: Path):
    ran = run("schema")
    assert ran.status == 0
    schema = json.loads(ran.out)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert run("schema", "--out", "s.json").status == 0
    assert json.loads((folder / "s.json").read_text()) == schema


def test_explain_prints_the_page(run: Any):
    ran = run("explain", "e202")
    assert ran.status == 0
    assert ran.out.startswith("# E202: elements\n")
    assert ran.out.strip() == (specc.explain("E202") or "").strip()


def test_explain_lists_the_codes(run: Any):
    ran = run("explain")
    assert ran.status == 0
    assert "E202  elements" in ran.out.splitlines()


@pytest.mark.parametrize("name", registry.names())
def test_explain_describes_every_op(run: Any, name: str):
    ran = run("explain", name)
    assert ran.status == 0
    assert ran.out.startswith(f"{name}\n\n")
    for parameter in registry.known(name).parameters:
        assert f"  {parameter} " in ran.out
    assert "<" not in ran.out
    assert "object at" not in ran.out


def test_explain_knows_aliases(run: Any):
    assert run("explain", "MaxPool2D").out == run("explain", "MaxPooling2D").out


@pytest.fixture
def no_keras(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "specc.backends.keras.load.load_backend",
        lambda: Diagnostic("E501", "building a model needs `keras`, which cannot be imported"),
    )


@pytest.mark.usefixtures("no_keras")
def test_building_without_keras_is_a_diagnostic(run: Any, folder: Path):
    ran = run("build", "good.yaml", "--out", "m.keras")
    assert ran.status == 1
    assert "error[E501]: building a model needs `keras`" in ran.out
    assert not (folder / "m.keras").exists()
    with pytest.raises(specc.SpecError, match="E501"):
        specc.build("good.yaml")
    with pytest.raises(specc.SpecError, match="E501"):
        specc.load("m.keras")


@pytest.mark.usefixtures("no_keras")
def test_a_broken_spec_is_not_built(run: Any):
    ran = run("build", "broken.yaml", "--out", "m.keras", "--format", "json")
    assert ran.status == 1
    assert [d["code"] for d in json.loads(ran.out)["diagnostics"]] == ["E202"]
    with pytest.raises(specc.SpecError, match=r"broken\.yaml:7:\d+: E202: ") as caught:
        specc.build("broken.yaml")
    assert caught.value.report.name == "broken"


@pytest.mark.usefixtures("no_keras")
def test_a_file_that_cannot_be_written_is_known_before_building(run: Any):
    ran = run("build", "good.yaml", "--out", "nowhere/m.keras")
    assert ran.status == 1
    assert "E502" in ran.out
    assert "E501" not in ran.out
