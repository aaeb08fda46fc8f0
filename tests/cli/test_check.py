"""`specc check`: what it prints in which format, its exit status, and which specs it finds."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import specc
from tests.cli.conftest import BROKEN, GOOD


def test_a_good_spec_is_one_line(run: Any):
    ran = run("check", "good.yaml")
    assert ran == (0, "ok  good.yaml  small: 2 layers, 51 parameters, output kind [feature: 3]\n", "")


def test_notes_are_a_line_each(run: Any):
    ran = run("check", "noted.yaml")
    assert ran.status == 0
    first, empty, last = ran.out.splitlines()
    assert first == "note[N700]: `conv2d`: Conv2D runs once for each step of `time` (noted.yaml:6)"
    assert empty == ""
    assert last.startswith("ok  noted.yaml  noted: 2 layers, 20 parameters")


def test_quiet_says_nothing_of_a_good_spec(run: Any):
    assert run("check", "-q", "good.yaml", "noted.yaml") == (0, "", "")


def test_errors_come_with_the_table_up_to_them(run: Any):
    ran = run("check", "broken.yaml")
    assert ran.status == 1
    assert ran.err == ""
    assert "error[E202]: " in ran.out
    assert "--> broken.yaml:7:" in ran.out
    table = [line.split() for line in ran.out.splitlines() if line.startswith(("name ", "dense", "reshape"))]
    assert [line[0] for line in table] == ["name", "dense"]
    assert ran.out.splitlines()[-1] == "failed  broken.yaml  1 error"


def test_errors_in_the_text_have_no_table(run: Any):
    ran = run("check", "misspelt.yaml")
    assert ran.status == 1
    assert "E104" in ran.out
    assert "E105" in ran.out
    assert "parameters" not in ran.out


def test_several_specs_are_counted(run: Any):
    ran = run("check", "good.yaml", "broken.yaml", "good.yaml")
    assert ran.status == 1
    assert ran.out.splitlines()[-1] == "2 specs: 1 ok, 1 with errors"


def test_json_is_one_object_a_line(run: Any):
    ran = run("check", "--format", "json", "good.yaml", "broken.yaml")
    assert ran.status == 1
    good, broken = map(json.loads, ran.out.splitlines())
    assert list(good) == [
        *("version", "spec", "name", "ok", "diagnostics", "inputs", "outputs", "targets", "layers"),
        *("totals", "constraints"),
    ]
    assert (good["spec"], good["name"], good["ok"], good["diagnostics"]) == ("good.yaml", "small", True, [])
    assert good["outputs"] == {"kind": {"shape": [None, 3], "axes": ["batch", "feature"], "dtype": "float32"}}
    assert good["totals"]["params"] == 51
    assert broken["ok"] is False
    (diagnostic,) = broken["diagnostics"]
    assert diagnostic["code"] == "E202"
    assert diagnostic["span"]["start"]["line"] == 7


def test_json_says_the_labels_that_a_loss_wants_though_those_given_are_others(run: Any, folder: Path):
    spec = "specc: 1\nname: a\ninputs: {x: [feature: 3]}\n"
    spec += "layers: [{Dense: {units: 4, activation: softmax}}]\n"
    told = "targets: {dense: [4]}\ncompile: {loss: sparse_categorical_crossentropy}\n"
    (folder / "labels.yaml").write_text(spec + told)
    made = json.loads(run("check", "--format", "json", "labels.yaml").out)
    assert [diagnostic["code"] for diagnostic in made["diagnostics"]] == ["E209"]
    assert made["targets"] == {"dense": {"shape": [None], "dtype": "int32"}}


def test_sarif_is_one_log(run: Any):
    ran = run("check", "--format", "sarif", "good.yaml", "broken.yaml", "misspelt.yaml")
    assert ran.status == 1
    log = json.loads(ran.out)
    assert log["version"] == "2.1.0"
    (made,) = log["runs"]
    rules = [rule["id"] for rule in made["tool"]["driver"]["rules"]]
    assert {"E104", "E105", "E202"} <= set(rules)
    for result in made["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        region = result["locations"][0]["physicalLocation"]["region"]
        assert min(region.values()) >= 1
    unknown = next(r for r in made["results"] if r["ruleId"] == "E104")
    (change,) = unknown["fixes"][0]["artifactChanges"]
    assert change["artifactLocation"]["uri"] == "misspelt.yaml"
    assert change["replacements"][0]["insertedContent"]["text"] == "Dense"


def test_github_is_one_command_a_diagnostic(run: Any):
    ran = run("check", "--format", "github", "broken.yaml", "good.yaml")
    assert ran.status == 1
    (line,) = ran.out.splitlines()
    assert line.startswith("::error file=broken.yaml,line=7,endLine=7,col=")
    assert "title=E202::" in line
    assert "%0A" in line


def test_color_is_as_chosen(run: Any, monkeypatch: pytest.MonkeyPatch):
    assert "\x1b" not in run("check", "broken.yaml").out
    assert "\x1b[" in run("check", "broken.yaml", "--color", "always").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in run("check", "broken.yaml").out
    assert "\x1b[" not in run("check", "broken.yaml", "--color=never").out


def test_settings_are_yaml_values(run: Any, folder: Path):
    text = "specc: 1\nname: a\nparams: {width: 4, sizes: [1, 2], rate: 0.5}\ninputs: {x: [8]}\nlayers:\n"
    text += "  - Dense: $width\n  - Dense: $(sizes[0])\n  - Dropout: $rate\n"
    text += "variants: {wide: {width: 64}}\n"
    (folder / "a.yaml").write_text(text)
    assert "36 + " not in run("check", "a.yaml").out
    settings = ["--set", "width=16", "--set=sizes=[3, 4]", "--set", "rate=1e-1"]
    report = json.loads(run("check", "a.yaml", "--format=json", *settings).out)
    assert [layer["output"] for layer in report["layers"]] == [[None, 16], [None, 3], [None, 3]]
    report = json.loads(run("check", "a.yaml", "--format=json", "--variant", "wide").out)
    assert report["layers"][0]["output"] == [None, 64]
    assert "E112" in run("check", "a.yaml", "--set", "with=1").out
    assert "E112" in run("check", "a.yaml", "--variant", "wode").out


def test_strict_forbids_insertions(run: Any):
    assert run("check", "noted.yaml").status == 0
    ran = run("check", "noted.yaml", "--strict")
    assert ran.status == 1
    assert "E200" in ran.out


WARNED = GOOD.replace(
    "  - Dense: 4\n",
    "  - Dense: 4\n  - Dense: 9\n    name: unused\n    from: x\n  - Dense: 4\n    from: dense\n",
)


def test_denied_warnings_fail(run: Any, folder: Path):
    (folder / "warned.yaml").write_text(WARNED)
    ran = run("check", "warned.yaml")
    assert ran.status == 0
    assert "W604" in ran.out
    ran = run("check", "warned.yaml", "--deny", "warnings")
    assert ran.status == 1
    assert ran.out.splitlines()[-1] == "failed  warned.yaml  1 warning"


@pytest.mark.parametrize(("codes", "status"), [(["W604"], 1), (["W601"], 0), (["W601", "W604"], 1)])
def test_single_warnings_are_denied(run: Any, folder: Path, codes: list[str], status: int):
    (folder / "warned.yaml").write_text(WARNED)
    denied = [word for code in codes for word in ("--deny", code)]
    assert run("check", "warned.yaml", *denied).status == status


def test_what_is_silenced_is_not_denied(run: Any, folder: Path):
    (folder / "warned.yaml").write_text(f"{WARNED}x-specc-ignore: [W604]\n")
    assert run("check", "warned.yaml", "--deny", "warnings").status == 0


def test_standard_input(run: Any):
    ran = run("check", "-", stdin=GOOD.encode())
    assert ran.status == 0
    assert ran.out.startswith("ok  <stdin>  small: ")
    ran = run("check", "-", stdin=BROKEN.encode())
    assert ran.status == 1
    assert "--> <stdin>:7:" in ran.out


def test_a_folder_stands_for_its_specs(run: Any, folder: Path):
    below = folder / "specs" / "deep" / "er"
    below.mkdir(parents=True)
    hidden = folder / "specs" / ".git"
    hidden.mkdir()
    (folder / "specs" / "b.yml").write_text(GOOD)
    (below / "a.yaml").write_text("# a comment\n\n'specc' : 1\n" + GOOD.partition("\n")[2])
    (below / "c.json").write_text(
        json.dumps({"name": "c", "specc": 1, "inputs": {"x": [3]}, "layers": [{"Dense": 1}]})
    )
    (below / "utf16.yaml").write_bytes(GOOD.encode("utf-16"))
    (below / "bom.yaml").write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    (below / "other.json").write_text(json.dumps({"tools": {"specc": 1}}))
    (below / "other.yaml").write_text("tools:\n  specc: 1\n")
    (below / "notes.txt").write_text(GOOD)
    (hidden / "d.yaml").write_text(GOOD)
    ran = run("check", "specs")
    assert ran.status == 0
    named = [line.split()[1] for line in ran.out.splitlines()[:-1]]
    assert named == [
        "specs/b.yml",
        *(f"specs/deep/er/{name}" for name in ("a.yaml", "bom.yaml", "c.json", "utf16.yaml")),
    ]
    assert ran.out.splitlines()[-1] == "5 specs: 5 ok"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe\x00",
        b"\x00\x01\x02\xff",
        b"\x89PNG\r\n\x1a\n\x00",
        b"[" * 5000,
        "\ud800".encode("utf-8", "surrogatepass"),
    ],
)
def test_any_bytes_get_a_diagnostic(run: Any, folder: Path, data: bytes):
    (folder / "x.yaml").write_bytes(data)
    for words in (
        ["x.yaml"],
        ["x.yaml", "--format", "json"],
        ["x.yaml", "--format", "sarif"],
        ["x.yaml", "--fix"],
    ):
        ran = run("check", *words)
        assert ran.status == 1, words
        assert "E1" in ran.out
        assert "internal" not in ran.err
    assert (folder / "x.yaml").read_bytes() == data
    assert run("check", "-", stdin=data).status == 1


def test_what_cannot_be_read_is_reported(run: Any, folder: Path):
    (folder / "link.yaml").symlink_to(folder / "gone.yaml")
    ran = run("check", "link.yaml", "good.yaml")
    assert ran.status == 1
    assert "error[E100]: cannot read `link.yaml`" in ran.out
    assert "ok  good.yaml" in ran.out


def test_the_table_fits_the_terminal(run: Any, folder: Path, monkeypatch: pytest.MonkeyPatch):
    name = "a_very_long_name_of_a_layer_that_goes_on"
    (folder / "wide.yaml").write_text(
        "specc: 1\nname: wide\ninputs: {image: [time: 4, height: 8, width: 8, channel: 1]}\nlayers:\n"
        f"  - Conv2D: {{filters: 2, kernel_size: 3}}\n    name: {name}\n"
    )
    for columns in (60, 80, 120):
        monkeypatch.setenv("COLUMNS", str(columns))
        table = run("show", "wide.yaml").out.split("\n\n")[1].splitlines()
        assert max(map(len, table)) <= columns
    monkeypatch.delenv("COLUMNS")
    assert name in run("show", "wide.yaml").out


def test_sarif_has_the_form_that_others_read(run: Any):
    """The parts of the SARIF 2.1.0 schema that a log of ours has."""
    log = json.loads(run("check", "--format", "sarif", "misspelt.yaml").out)
    text = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}
    result = {
        "type": "object",
        "required": ["message"],
        "additionalProperties": False,
        "properties": {
            "ruleId": {"type": "string"},
            "level": {"type": "string"},
            "ruleIndex": {"type": "integer", "minimum": 0},
            "message": text,
            "locations": {"type": "array", "items": {"type": "object"}},
            "relatedLocations": {"type": "array", "items": {"type": "object"}},
            "fixes": {
                "type": "array",
                "items": {"required": ["artifactChanges"], "properties": {"description": text}},
            },
        },
    }
    jsonschema.validate(log["runs"][0]["results"], {"type": "array", "items": result, "minItems": 2})


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there is no endless file here")
def test_an_endless_file_is_too_long(run: Any):
    ran = run("check", "/dev/zero")
    assert ran.status == 1
    assert "error[E110]" in ran.out


def test_a_path_that_is_none_is_reported():
    report = specc.check("a\0b")
    assert [diagnostic.code for diagnostic in report.diagnostics] == ["E100"]


SYMBOLS = """specc: 1
name: pooled
inputs:
  x: [time: T, feature: 4]
layers:
  - MaxPooling1D: 3
    name: third
  - UpSampling1D: 3
    name: back
  - Add:
    from: [back, x]
"""


def test_what_a_network_needs_of_its_symbols_stands_below_it(run: Any, folder: Path):
    (folder / "s.yaml").write_text(SYMBOLS, encoding="utf-8")
    ran = run("check", "s.yaml")
    assert ran.out.splitlines()[1:] == ["    needs T % 3 == 0 (from `add`, line 10)"]
    assert "needs T % 3 == 0 (from `add`, line 10)" in run("show", "s.yaml").out.splitlines()
    assert json.loads(run("check", "s.yaml", "--format", "json").out)["constraints"] == ["T % 3 == 0"]
    assert "needs" not in run("check", "s.yaml", "--quiet").out


def test_set_gives_symbols_sizes(run: Any, folder: Path):
    (folder / "s.yaml").write_text(SYMBOLS, encoding="utf-8")
    ran = run("check", "s.yaml", "--set", "T=12")
    assert (ran.status, "needs" in ran.out, "[time: 12, feature: 4]" in ran.out) == (0, False, True)
    assert "E205" in run("check", "s.yaml", "--set", "T=13").out
    for wrong in ("T=0", "T=1.5", "T=", "T=twelve", "T=true", "T=[3]"):
        ran = run("check", "s.yaml", "--set", wrong)
        assert (ran.status, "E112" in ran.out) == (1, True), wrong
    ran = run("check", "s.yaml", "--set", "S=12")
    assert ran.status == 1
    assert "no parameter and no symbol `S`" in ran.out
    assert "the symbols are `T`" in ran.out


def test_what_is_not_solved_is_said_in_few_words(run: Any, folder: Path):
    layers = [f"  - MaxPooling1D: {n}\n  - UpSampling1D: {n + 1}" for n in (7, 11, 13, 17, 19, 23)]
    halves = '  - rearrange: {pattern: "(t k) c -> t (k c)", sizes: {k: 29}}'
    lines = ["specc: 1", "name: a", "inputs: {x: [time: T, feature: 2]}", "layers:", *layers, halves, ""]
    (folder / "long.yaml").write_text("\n".join(lines), encoding="utf-8")
    said = [line for line in run("check", "long.yaml").out.splitlines() if "too long" in line]
    what = "what is too long to be solved for T: try sizes by `--set`, or see `--format json`"
    assert said == [f"    needs {what} (from `rearrange`, line 17)"]


def test_costs_of_symbolic_sizes_are_expressions(run: Any, folder: Path):
    (folder / "s.yaml").write_text(SYMBOLS, encoding="utf-8")
    printed = json.loads(run("check", "s.yaml", "--format", "json").out)
    assert [row["flops"] for row in printed["layers"]] == ["12*(T // 3)", 0, "4*T"]
    assert printed["totals"]["activation_bytes"] == "16*T + 64*(T // 3)"
    assert run("show", "s.yaml").out.splitlines()[-1] == (
        "0 parameters, 4*T + 12*(T // 3) FLOPs and (16*T + 64*(T // 3)) B of activations a sample"
    )
