"""An expanded spec is the same network in full: it checks under `adapt: strict`, and expanding it again is no news."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings

from specc.diagnostics.model import Diagnostic
from specc.expanding import expanded
from specc.ir.link import chain_of
from specc.passes.adapt import adapt
from specc.pipeline import Options, check_source
from specc.report import Checked
from specc.source import Source
from tests.cases.literate import Case, read_spec
from tests.cases.test_cases import CASES, prepare
from tests.properties.generate import specs, text_of
from tests.properties.network import network

SPECS = sorted((Path(__file__).parents[2] / "specs").glob("*.yaml"))
EXAMPLES = int(os.environ.get("EXPAND_EXAMPLES", "100"))


def check(path: str, text: str, options: Options | None = None) -> Checked:
    return check_source(Source(path, text), options or Options())


def hold(path: str, checked: Checked) -> None:
    """Fail unless the expanded spec is the same network, checks strictly, and expands to itself."""
    text = expanded(checked)
    again = check(path, text)
    errors = [f"{d.code} {d.message}" for d in again.report.diagnostics if d.is_error]
    assert not errors, f"{errors}\n{text}"
    inserted = [d.code for d in again.report.diagnostics if d.code.startswith("N70")]
    assert not inserted, text
    assert checked.report.typed is not None
    assert again.report.typed is not None
    assert network(again.report.typed) == network(checked.report.typed), text
    assert again.report.totals.params == checked.report.totals.params
    # What carries masks has a cost of its own, once it is written out.
    if all(t is None or t.mask is None for t in checked.report.typed.types):
        assert again.report.totals.flops == checked.report.totals.flops
    new = list(untold(again.report.diagnostics, checked))
    assert not new, f"{new}\n{text}"
    assert expanded(again) == text


def untold(diagnostics: list[Diagnostic], source: Checked) -> Iterator[Diagnostic]:
    """The warnings of an expanded spec that its source gives neither of the layer nor of what it stands in."""
    assert source.report.typed is not None
    told = {(d.code, d.span) for d in source.report.diagnostics}
    codes = {d.code for d in source.report.diagnostics if d.layer is None}
    layers = {layer.name: layer for layer in adapt(source.report.typed).layers}
    for each in diagnostics:
        if each.code[0] == "W" and each.layer is None and each.code not in codes:
            yield each
        if each.code[0] == "W" and each.layer is not None:
            layer = layers[each.layer]
            places = [layer.item.key.span, *(note.span for note in chain_of(layer.link))]
            if not any((each.code, place) in told for place in places):
                yield each


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_specs_expand_to_themselves(path: Path):
    checked = check(str(path), path.read_text(encoding="utf-8"))
    assert checked.report.ok
    hold(str(path), checked)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_cases_expand_to_themselves(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    prepare(case, tmp_path)
    variant = next(iter(case.spec.option("variant")), None)
    options = Options(case.settings, variant, "strict" in case.spec.words)
    checked = check("case.yaml", read_spec(case.spec).text, options)
    if checked.report.ok:
        hold("case.yaml", checked)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(specs())
def test_generated_specs_expand_to_themselves(spec: dict[str, object]):
    text = text_of(spec)
    checked = check("spec.yaml", text)
    assume(checked.report.ok)
    hold("spec.yaml", checked)


SHARED = """\
specc: 1
name: shared
params: {units: 4, on: true}
inputs:
  image: [4, 28, 28, 1]
blocks:
  look:
    params: {filters: {type: int}}
    layers:
      - residual:
          - Conv2D: {filters: $filters, kernel_size: [3, 3], strides: [1, 2], padding: same}
        shortcut:
          - Conv2D: {filters: $filters, kernel_size: 1, strides: [1, 2], kernel_regularizer: {L2: 1e-5}}
layers:
  - use: look
    with: {filters: $(units * 2)}
    name: first
  - Dropout: 0.5
    when: $on
  - LSTM: {units: $units, return_sequences: true, return_state: true}
    as: [seq, state, _]
  - LSTM: $(size(feature) * 2)
    from: {sequences: seq}
  - Concatenate:
    from: [_, state]
"""

EXPANDED = """\
specc: 1
name: shared
adapt: strict

inputs:
  image: [4, 28, 28, 1]

layers:
  - map:
      over: 1
      layers:
        - {Conv2D: {filters: 8, kernel_size: 3, strides: [1, 2], padding: same}, name: first.residual.conv2d}
        - Conv2D: {filters: 8, kernel_size: 1, strides: [1, 2], kernel_regularizer: {L2: {l2: 1e-05}}}
          name: first.residual.shortcut.conv2d
          from: image
        - {Add: {}, name: first.residual, from: [first.residual.conv2d, _]}
        - {Dropout: 0.5, name: dropout}
  - {Reshape: [4, 3136], name: lstm.reshape}
  - {LSTM: {units: 4, return_sequences: true, return_state: true}, name: lstm, as: [seq, state, _]}
  - {LSTM: 8, name: lstm_1}
  - {Concatenate: {}, name: concatenate, from: [_, state]}

outputs: [concatenate]
"""


def test_everything_is_written_out():
    assert expanded(check("spec.yaml", SHARED)) == EXPANDED


def test_a_reuse_says_what_its_call_changes():
    look = "MultiHeadAttention: {num_heads: 1, key_dim: 2}, name: look, call: {use_causal_mask: true}"
    again = "{reuse: look, call: {use_causal_mask: false}}"
    spec = f"specc: 1\nname: n\ninputs: {{x: [4, 3]}}\nlayers: [{{{look}}}, {again}, {{reuse: look}}]\n"
    lines = expanded(check("spec.yaml", spec)).splitlines()
    assert "  - {reuse: look, name: reuse, call: {use_causal_mask: false}}" in lines
    assert "  - {reuse: look, name: reuse_1}" in lines


def test_the_symbols_of_a_block_are_written_as_what_they_are():
    spec = """\
specc: 1
name: own
blocks: {b: {inputs: {x: [time: N, feature: 4]}, layers: [{Reshape: [N, 2, 2]}]}}
inputs: {x: [time: T, feature: 4], y: [time: 7, feature: 4]}
layers: [{use: b, from: x, name: p}, {use: b, from: y, name: q}]
outputs: [p, q]
"""
    text = expanded(check("spec.yaml", spec))
    assert "{Reshape: [T, 2, 2], name: p.reshape, from: x}" in text
    assert "{Reshape: [7, 2, 2], name: q.reshape, from: y}" in text


WAVE = """\
specc: 1
name: wave
inputs: {x: [time: 16, feature: 4]}
layers:
  - repeat: 3
    name: block
    layers:
      - Conv1D: {filters: 4, kernel_size: 2, padding: causal}
        name: conv
      - Conv1D: {filters: 8, kernel_size: 1}
        name: skip
      - Conv1D: {filters: 4, kernel_size: 1}
        from: conv
        name: more
  - Add:
    from: block.*.skip
"""


def test_what_only_the_last_round_leaves_unused_is_silenced():
    checked = check("spec.yaml", WAVE)
    assert not checked.report.diagnostics
    text = expanded(checked)
    assert text.count("x-specc-ignore: [W604]") == 1
    line = next(line for line in text.splitlines() if "x-specc-ignore" in line)
    assert "name: block.2.more" in line
    assert not check("spec.yaml", text).report.diagnostics


def test_an_author_is_silent_about_every_copy():
    ignored = WAVE.replace("block.*.skip", "block.*.conv").replace(
        "        name: skip", "        name: skip\n        x-specc-ignore: W604"
    )
    checked = check("spec.yaml", ignored)
    assert not checked.report.diagnostics
    text = expanded(checked)
    assert text.count("x-specc-ignore: [W604]") == 4
    assert not check("spec.yaml", text).report.diagnostics


def test_a_masked_slice_of_unknown_length_has_the_length_of_its_mask():
    text = """\
specc: 1
name: sliced
inputs: {x: [time: null, feature: 4]}
layers:
  - Masking
  - slice: {axis: time, stop: 3}
  - LSTM: 4
"""
    assert not check("spec.yaml", expanded(check("spec.yaml", text))).report.diagnostics
