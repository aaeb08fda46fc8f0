"""The JSON Schema against the parser: what checks validates, and what has not the form of a spec is refused by both."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from specc.pipeline import Options, check_source, check_text
from specc.schema import schema, text
from specc.source import Source
from specc.syntax.reader import read
from specc.syntax.tree import to_plain
from tests.cases.literate import Case, read_spec
from tests.cases.test_cases import CASES, prepare

ROOT = Path(__file__).parents[1]
PUBLISHED = ROOT / "schemas" / "specc-1.schema.json"
SPECS = sorted((ROOT / "specs").glob("*.yaml"))
FORM = {"E102", "E103", "E104", "E105", "E106", "E107", "E303", "E401"}


@cache
def validator() -> Draft202012Validator:
    return Draft202012Validator(schema())


def faults(spec: str) -> list[str]:
    root, found = read(Source("spec.yaml", spec))
    assert root is not None, found
    plain: Any = json.loads(json.dumps(to_plain(root)))  # keys are text
    return [f"{list(error.absolute_path)}: {error.message[:200]}" for error in validator().iter_errors(plain)]


def test_the_published_file_is_fresh():
    assert PUBLISHED.read_text(encoding="utf-8") == text(), (
        "write it anew: specc schema --out " + PUBLISHED.name
    )


def test_it_is_a_schema():
    Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_specs_validate(path: Path):
    assert not faults(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_cases_that_check_validate(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    prepare(case, tmp_path)
    spec = read_spec(case.spec).text
    variant = next(iter(case.spec.option("variant")), None)
    options = Options(case.settings, variant, "strict" in case.spec.words)
    if check_source(Source("case.yaml", spec), options).report.ok:
        assert not faults(spec)


HEAD = "specc: 1\nname: n\n"
INPUT = "inputs: {x: [time: 4, feature: 3]}\n"


def chain(*items: str) -> str:
    return HEAD + INPUT + "layers:\n" + "".join(f"  - {item}\n" for item in items)


VALID = {
    "expressions stand for arguments": "params: {k: 3, flag: true}\n"
    + chain("Conv1D: {filters: $k, kernel_size: [$k], use_bias: $flag, padding: 'sa$(\"me\")'}"),
    "a bare first argument, or none": chain("Dense: 4", "Flatten", "{ReLU: , name: r}", "Dropout: {rate: 0}"),
    "aliases": HEAD
    + "inputs: {x: [8, 8, 3]}\nlayers: [{Convolution2D: {filters: 3, kernel_size: 2}}, MaxPool2D]\n",
    "notes": "x-mine: [1]\n" + chain("{Dense: 4, x-why: {a: b}}"),
    "objects": chain("Dense: {units: 3, kernel_initializer: he_normal, bias_regularizer: {L2: 1e-4}}"),
    "constructs": chain(
        "{repeat: {units: [3, 4]}, index: i, layers: [{Dense: $units}]}",
        "{each: 2, layers: [Dense: 3], merge: {Concatenate: {axis: 1}}}",
        "{residual: [Dense: 4], shortcut: [Dense: 4]}",
        "{branches: {left: [Dense: 4], right: []}, merge: Add}",
        "map: {over: [time], layers: [{Dense: {units: [a: 2, b: 3]}}]}",
        "TimeDistributed: {layer: Flatten}",
        "{LSTM: {units: 2, return_state: true}, as: [a, _, b]}",
    ),
    "a layer of one's own": chain(
        "{a.b:C: {units: 3, of: {any: [kind]}}, signature: '(*s, c) -> (*s, c)', call: {anything: 1}, name: c}",
        "{a:C: 3, signature: '(t, c) -> (t)'}",
        "{a:C: , signature: '(t) -> (t, 2)'}",
        "TimeDistributed: {layer: {a:C: 3, signature: '(c) -> (c)'}}",
        "{branches: [[], []], merge: {a:C: 3, signature: '[(*s), (*s)] -> (*s)'}}",
    ),
    "a compile section": chain("Dense: {units: 3, activation: softmax}", "Flatten")
    + "compile: {optimizer: {SGD: {learning_rate: {ExponentialDecay: {initial_learning_rate: 0.1, "
    + "decay_steps: 10, decay_rate: 0.9}}}}, loss: mse, metrics: [mae, {Precision: {thresholds: 0.5}}]}\n",
}


@pytest.mark.parametrize("spec", VALID.values(), ids=VALID)
def test_both_accept(spec: str):
    assert not [d.message for d in check_text(spec).diagnostics if d.is_error]
    assert not faults(spec)


INVALID = {
    "an unknown section": chain("Dense: 4") + "layer: []\n",
    "a section is missing": HEAD + "layers: [Dense: 4]\n",
    "another version": chain("Dense: 4").replace("specc: 1", "specc: 2"),
    "a list of inputs": HEAD + "inputs: [x]\nlayers: [Dense: 4]\n",
    "an input without a shape": HEAD + "inputs: {x: {dtype: int32}}\nlayers: [Flatten]\n",
    "an unknown key of an input": HEAD + "inputs: {x: {shape: [3], size: 3}}\nlayers: [Dense: 4]\n",
    "a size of 0": HEAD + "inputs: {x: [0]}\nlayers: [Dense: 4]\n",
    "an unknown dtype": HEAD + "inputs: {x: {shape: [3], dtype: float}}\nlayers: [Dense: 4]\n",
    "layers that are a mapping": HEAD + INPUT + "layers: {Dense: 4}\n",
    "a layer that is a number": chain("4"),
    "no op": chain("name: a"),
    "two ops": chain("{Dense: 4, Flatten: }"),
    "an unknown op": chain("Dens: 4"),
    "an unknown op by its name alone": chain("Flaten"),
    "an op that needs arguments, alone": chain("Dense"),
    "a missing argument": chain("Conv1D: {filters: 4}"),
    "an unknown argument": chain("Dense: {unit: 4}"),
    "an argument of another type": chain("Dense: {units: 4, use_bias: 1}"),
    "an argument out of range": chain("Dense: 0"),
    "a word that is not one of several": chain("Conv1D: {filters: 2, kernel_size: 3, padding: full}"),
    "a bare argument of two": chain("Conv1D: 4"),
    "a list that is too long": chain("Conv1D: {filters: 2, kernel_size: [1, 2, 3]}"),
    "an unknown initializer": chain("Dense: {units: 4, kernel_initializer: zero_one}"),
    "an unknown argument of a regularizer": chain("Dense: {units: 4, kernel_regularizer: {L2: {l3: 1}}}"),
    "an unknown layer in a wrapper": chain("TimeDistributed: {layer: {Dens: 4}}"),
    "an unknown argument in a wrapper": chain("TimeDistributed: {layer: {Dense: {unit: 4}}}"),
    "an unknown key beside an op": chain("{Dense: 4, nam: a}"),
    "a construct's key beside a layer": chain("{Dense: 4, shortcut: []}"),
    "a layer's key beside a construct": chain("{repeat: 2, layers: [Dense: 4], as: [a]}"),
    "a repeat without layers": chain("repeat: 2"),
    "a repeat of rows that are no lists": chain("{repeat: {units: 3}, layers: [Dense: $units]}"),
    "a map over nothing": chain("map: {layers: [Dense: 4]}"),
    "an unknown key of a map": chain("map: {over: time, layers: [], name: a}"),
    "branches that are a number": chain("branches: 2"),
    "no branches": chain("branches: []"),
    "a merge that is no op": chain("{branches: [[], []], merge: Ad}"),
    "a name with a slash": chain("{Dense: 4, name: a/b}"),
    "an empty from": chain("{Dense: 4, from: []}"),
    "when is no boolean": chain("{Dense: 4, when: 3}"),
    "an unknown call argument": chain("{LSTM: 4, call: {masks: true}}"),
    "a way to distribute": chain("{Dense: 4, distribute: folded}"),
    "a block without layers": chain("Dense: 4") + "blocks: {b: {params: {a: 1}}}\n",
    "an unknown key of a block": chain("Dense: 4") + "blocks: {b: {layers: [], output: a}}\n",
    "an unknown key of a parameter": "params: {a: {typ: int}}\n" + chain("Dense: 4"),
    "a parameter's unknown type": "params: {a: {type: integer, default: 3}}\n" + chain("Dense: 4"),
    "a parameter's name": "params: {a-b: 3}\n" + chain("Dense: 4"),
    "a variant that is no mapping": "params: {a: 1}\nvariants: {v: 3}\n" + chain("Dense: 4"),
    "an unknown key of an output": chain("{Dense: 4, name: y}") + "outputs: {y: {form: x}}\n",
    "no outputs": chain("Dense: 4") + "outputs: {}\n",
    "an unknown key of compile": chain("Dense: 4") + "compile: {optimiser: adam}\n",
    "an unknown optimizer": chain("Dense: 4") + "compile: {optimizer: adamm}\n",
    "an unknown argument of an optimizer": chain("Dense: 4") + "compile: {optimizer: {Adam: {lr: 1}}}\n",
    "an unknown loss": chain("Dense: 4") + "compile: {loss: mean_square}\n",
    "a layer of one's own without a signature": chain("a:C: 3"),
    "a layer of one's own by its name alone": chain("a:C"),
    "a signature beside an op": chain("{Dense: 4, signature: (c) -> (c)}"),
    "a signature that is no text": chain("{a:C: 4, signature: [c]}"),
    "a key that is no class": chain("{a:C.D: 4, signature: (c) -> (c)}"),
    "a layer of one's own in a wrapper, without a signature": chain("TimeDistributed: {layer: {a:C: 4}}"),
    "a layer of one's own as a merge, without a signature": chain("{branches: [[], []], merge: {a:C: 3}}"),
    "a signature in a wrapper": chain("TimeDistributed: {layer: {Dense: 4, signature: (c) -> (c)}}"),
    "adapt": "adapt: maybe\n" + chain("Dense: 4"),
}


@pytest.mark.parametrize("spec", INVALID.values(), ids=INVALID)
def test_both_refuse(spec: str):
    codes = {d.code for d in check_text(spec).diagnostics if d.is_error}
    assert codes & {*FORM, "E112", "E304"}, codes
    assert faults(spec)


DIFFERENCES = {
    "an expression may come to anything": "params: {k: text}\n" + chain("Dense: $k"),
    "names are not looked up": chain("{Dense: 4, from: nowhere}"),
    "blocks are not looked up": chain("use: nowhere"),
    "a block's parameters are not known where it is used": chain("{use: b, with: {typo: 1}}")
    + "blocks: {b: {layers: [Dense: 3]}}\n",
    "call arguments are not told apart by op": chain("{Dense: 4, call: {use_causal_mask: true}}"),
    "sizes that are text are not parsed": HEAD + "inputs: {x: ['4 +']}\nlayers: [Dense: 4]\n",
    "an output's name is a loss's key, and not known": chain("Dense: 4")
    + "compile: {loss: {nowhere: mse}}\n",
    "signatures are not parsed": chain("{a:C: 4, signature: c}"),
    "arguments that exclude each other are no matter of form": chain(
        "Conv1D: {filters: 2, kernel_size: 3, strides: 2, dilation_rate: 2}"
    ),
}
"""What the parser refuses and the schema, knowing forms alone, accepts; each with the reason."""


@pytest.mark.parametrize("spec", DIFFERENCES.values(), ids=DIFFERENCES)
def test_only_the_parser_refuses(spec: str):
    assert any(d.is_error for d in check_text(spec).diagnostics)
    assert not faults(spec)


STRICTER = {
    "a key that is an expression": "params: {k: units}\n" + chain("Dense: {$k: 4}"),
}
"""What the parser accepts and the schema refuses: an editor that completes keys cannot know what they come to."""


@pytest.mark.parametrize("spec", STRICTER.values(), ids=STRICTER)
def test_only_the_schema_refuses(spec: str):
    assert not any(d.is_error for d in check_text(spec).diagnostics)
    assert faults(spec)
