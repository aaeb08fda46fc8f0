"""Ops that an installed library brings: found by an entry point, checked, built; a broken library is a diagnostic."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import specc
from specc.ops import libraries
from specc.ops.registry import find
from specc.pipeline import check_text

HERE = Path(__file__).parent
HEAD = "specc: 1\nname: heard\ninputs: {x: [camera: 2, time: 7, channel: 3]}\nlayers:\n"


def install(folder: Path, **modules: str) -> None:
    """Make a distribution in `folder` that names these modules of ops, by the library's name."""
    info = folder / "sound-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: sound\nVersion: 1.0\n", encoding="utf-8")
    lines = "".join(f"{name} = {module}\n" for name, module in modules.items())
    (info / "entry_points.txt").write_text(f"[specc.ops]\n{lines}", encoding="utf-8")


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(
        tmp_path,
        sound="sound.ops_for_specc",
        broken="broken_sound",
        absent="nowhere.ops",
        empty="sound.empty",
        thief="thief_sound",
        odd="odd_sound",
        leaves="leaves_sound",
    )
    (tmp_path / "thief_sound.py").write_text(
        "from specc.ops.declare import Unary, op\n@op()\nclass Dense(Unary):\n    pass\n", encoding="utf-8"
    )
    (tmp_path / "odd_sound.py").write_text(
        "from specc.ops.declare import Unary, op\n@op(keras='a:B')\nclass Odd(Unary):\n    size: int\n",
        encoding="utf-8",
    )
    (tmp_path / "leaves_sound.py").write_text("raise SystemExit(3)\n", encoding="utf-8")
    monkeypatch.syspath_prepend(HERE)
    monkeypatch.syspath_prepend(tmp_path)


def found(item: str) -> list[tuple[str, str]]:
    return [(d.code, d.message) for d in check_text(f"{HEAD}  - {item}\n").diagnostics]


@pytest.mark.usefixtures("installed")
class TestInstalled:
    def test_a_check_finds_the_op(self):
        report = check_text(
            f"{HEAD}  - sound.Decimate: 2\n    name: fewer\n  - sound.Decimate: {{factor: 3}}\n"
        )
        assert [d.code for d in report.diagnostics] == ["N700", "N700"]
        first, second = report.layers
        assert (first.name, first.op, str(first.outputs[0])) == (
            "fewer",
            "sound.Decimate",
            "[camera: 2, time: 4, channel: 3]",
        )
        assert (second.name, second.params, second.flops) == ("decimate", 3, 2 * 2 * 3)

    def test_its_arguments_are_held_to_their_kinds(self):
        assert found("sound.Decimate: 0") == [
            ("E107", "`factor` of `sound.Decimate` must be a positive integer, not `0`")
        ]
        assert found("sound.Decimate:")[0][0] == "E106"
        assert found("sound.Decimate: {factor: 2, gian: ones}") == [
            ("E105", "`sound.Decimate` has no argument `gian`; did you mean `gain`?")
        ]

    def test_a_near_name_is_offered(self):
        assert found("sound.Decimat: 2") == [
            ("E104", "there is no op `sound.Decimat`; did you mean `sound.Decimate`?")
        ]
        assert found("TimeDistributed: {layer: {sound.Decimat: 2}}")[0][0] == "E104"

    def test_an_op_that_fails_is_told_of(self):
        assert found("broken.Fails") == [
            ("E500", "`fails`: the op of the library fails: ZeroDivisionError: of all things")
        ]

    @pytest.mark.parametrize(
        ("library", "words"),
        {
            "absent": "ModuleNotFoundError: No module named 'nowhere'",
            "empty": "ModuleNotFoundError: No module named 'sound.empty'",
            "thief": '`Dense` lacks the class that it becomes: `@op(keras="module:Class")`',
            "odd": "AssertionError: no kind of arguments is annotated by <class 'int'>",
            "leaves": "SystemExit: 3",
        }.items(),
    )
    def test_a_broken_library_is_a_diagnostic(self, library: str, words: str):
        message = f"the ops of the library `{library}` cannot be loaded: {words}"
        assert found(f"{library}.Dense: 3") == [("E500", message)]
        assert found(f"TimeDistributed: {{layer: {{{library}.Dense: 3}}}}") == [("E500", message)]

    def test_a_library_cannot_replace_an_op(self):
        dense = find("Dense")
        assert find("thief.Dense") is None
        assert find("Dense") is dense
        assert dense is not None
        assert dense.__module__ == "specc.ops.core"

    def test_it_expands(self, tmp_path: Path):
        from specc.passes.expand import expand

        report = check_text(f"{HEAD}  - sound.Decimate: {{factor: 2, gain: zeros}}\n")
        assert report.typed is not None
        again = check_text(expand(report.typed))
        assert again.ok
        assert "sound.Decimate: {factor: 2, gain: zeros}" in expand(report.typed)

    def test_a_build_lowers_it(self):
        import numpy as np

        model = specc.build(f"{HEAD}  - sound.Decimate: {{factor: 2, gain: {{Constant: 3}}}}\n")
        x = np.ones((5, 2, 7, 3), "float32")
        assert np.array_equal(model(x), np.full((5, 2, 4, 3), 3.0))

    def test_in_a_wrapper(self):
        item = "  - TimeDistributed: {layer: {sound.Decimate: 2}}\n"
        model = specc.build(HEAD + item)
        assert model.output_shape == (None, 2, 4, 3)

    def test_a_library_that_says_what_is_not_so(self):
        with pytest.raises(specc.SpecError) as raised:
            specc.build(f"{HEAD}  - broken.Lies: 2\n")
        (error,) = [d for d in raised.value.report.diagnostics if d.is_error]
        assert (error.code, error.message) == ("E500", "`lies` was promised as (7, 3) and built as (4, 3)")
        assert [note.text for note in error.notes] == ["`broken.Lies` is an op of a library"]

    def test_a_library_whose_class_is_not_there(self):
        with pytest.raises(specc.SpecError, match=r"the module `sound\.layers` has no `Absent`"):
            specc.build(f"{HEAD}  - broken.Absent\n")

    def test_the_schema_lists_it(self):
        from jsonschema import Draft202012Validator

        from specc.schema import schema

        made = schema()
        Draft202012Validator.check_schema(made)
        validator = Draft202012Validator(made)
        spec = {
            "specc": 1,
            "name": "n",
            "inputs": {"x": [7, 3]},
            "layers": [{"sound.Decimate": {"factor": 2}}],
        }
        assert validator.is_valid(spec)
        spec["layers"] = [{"sound.Decimate": {"factor": "two"}}]
        assert not validator.is_valid(spec)


def test_without_the_library():
    assert found("sound.Decimate: 2") == [
        ("E104", "there is no op `sound.Decimate`: no library that is installed is called `sound`")
    ]


def test_a_check_that_names_no_library_looks_for_none(tmp_path: Path):
    """Nor does it import what looks for entry points."""
    (tmp_path / "plain.yaml").write_text(f"{HEAD}  - Dense: 3\n", encoding="utf-8")
    script = (
        "import sys; from specc.cli import main; status = main(['check', 'plain.yaml']); "
        "print(status, 'importlib.metadata' in sys.modules, 'specc.ops.libraries' in sys.modules)"
    )
    root = str(HERE.parents[1])
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": root},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.splitlines()[-1] == "0 False False", done.stderr


def test_the_command_line(tmp_path: Path):
    """As a user has it: installed, checked, explained, in the schema."""
    install(tmp_path, sound="sound.ops_for_specc", absent="nowhere.ops")
    (tmp_path / "heard.yaml").write_text(f"{HEAD}  - sound.Decimate: 2\n", encoding="utf-8")
    path = os.pathsep.join(map(str, (HERE.parents[1], HERE, tmp_path)))

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "specc", *words]
        return subprocess.run(
            command,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            timeout=60,
        )

    checked = run("check", "heard.yaml", "--format", "json")
    assert json.loads(checked.stdout)["layers"][0]["output"] == [None, 2, 4, 3]
    explained = run("explain", "sound.Decimate")
    assert "Keeps every `factor`-th step" in explained.stdout
    schema = run("schema")
    assert "sound.Decimate" in json.loads(schema.stdout)["$defs"]
    assert schema.stderr == (
        "the ops of the library `absent` cannot be loaded: ModuleNotFoundError: No module named 'nowhere'\n"
    )


def test_libraries_are_read_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    install(tmp_path, sound="sound.ops_for_specc")
    monkeypatch.syspath_prepend(HERE)
    monkeypatch.syspath_prepend(tmp_path)
    libraries.libraries()
    monkeypatch.setattr("importlib.metadata.entry_points", lambda **_: pytest.fail("read again"))
    assert libraries.find_op("sound.Decimate") is libraries.find_op("sound.Decimate") is not None


def test_the_library_of_the_docs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    text = (HERE.parents[1] / "docs" / "custom.md").read_text(encoding="utf-8")
    (module,) = re.findall(r"^```python\n(from specc.*?)^```$", text, re.MULTILINE | re.DOTALL)
    (tmp_path / "documented_sound.py").write_text(module, encoding="utf-8")
    install(tmp_path, documented="documented_sound")
    monkeypatch.syspath_prepend(HERE)
    monkeypatch.syspath_prepend(tmp_path)
    model = specc.build(f"{HEAD}  - documented.Decimate: 2\n")
    assert model.output_shape == (None, 2, 4, 3)
    assert model.count_params() == 3
