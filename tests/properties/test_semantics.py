"""What a spec means does not depend on how it is written, nor on when it is read."""

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specc.ops import registry
from specc.passes.resolution.scope import snake_case
from specc.pipeline import check_text
from specc.report import Report
from specc.source import Source
from specc.syntax.reader import read
from specc.syntax.tree import to_plain
from tests.properties.trees import ROOT, texts

PATH = str(ROOT / "specs" / "other.yaml")
HEAD = "specc: 1\nname: a\ninputs: {x: [time: 8, feature: 4]}\n"


def _facts(report: Report) -> dict[str, Any]:
    """The report without places in the text."""
    facts = report.to_dict()
    for layer in facts["layers"]:
        del layer["line"]
    facts["diagnostics"] = sorted((d["code"], d["message"], d["layer"] or "") for d in facts["diagnostics"])
    return facts


@pytest.mark.parametrize("name", [name for name in registry.names() if not name.startswith("ops.")])
def test_names_are_those_that_keras_gives(name: str) -> None:
    from keras.src.utils.naming import to_snake_case

    assert snake_case(name) == to_snake_case(name)


@given(
    st.lists(
        st.sampled_from(["Dense: 4", "ReLU", "Dropout: 0.1", "LayerNormalization"]), min_size=1, max_size=12
    )
)
@settings(max_examples=50, deadline=None)
def test_unnamed_layers_are_numbered_as_keras_does(layers: list[str]) -> None:
    report = check_text(f"{HEAD}layers: [{', '.join(layers)}]\n")
    counts: dict[str, int] = {}
    expected: list[str] = []
    for layer in layers:
        base = snake_case(layer.partition(":")[0])
        number = counts.get(base, 0)
        counts[base] = number + 1
        expected.append(f"{base}_{number}" if number else base)
    assert [row.name for row in report.layers] == expected


@given(st.lists(st.booleans(), min_size=1, max_size=8).filter(any))
@settings(max_examples=50, deadline=None)
def test_layers_that_are_left_out_still_count(wanted: list[bool]) -> None:
    items = "".join(f"  - {{Dense: 4, when: {str(each).lower()}}}\n" for each in wanted)
    report = check_text(f"{HEAD}layers:\n{items}")
    expected = [f"dense_{i}" if i else "dense" for i, each in enumerate(wanted) if each]
    assert report.ok
    assert [row.name for row in report.layers] == expected


def test_a_check_says_the_same_each_time() -> None:
    for text in texts():
        first, second = (check_text(text, PATH).to_dict() for _ in range(2))
        assert first == second


def test_json_means_what_yaml_means() -> None:
    tried = 0
    for text in texts():
        root, found = read(Source(PATH, text))
        if root is None or found:
            continue
        try:
            as_json = json.dumps(to_plain(root), allow_nan=False)
        except ValueError:
            continue
        if json.loads(as_json) != to_plain(root):
            continue  # keys that are no text
        report = check_text(text, PATH)
        if any("a list is written in brackets" in d.message for d in report.diagnostics):
            continue  # `(3, 3)` unquoted, which YAML cuts at its comma: its text tells what was meant, JSON's does not
        tried += 1
        assert _facts(check_text(as_json, PATH)) == _facts(report), text
    assert tried > 50


@given(st.integers(1, 50), st.integers(0, 4), st.booleans())
@settings(max_examples=40, deadline=None)
def test_a_setting_is_as_good_as_another_default(width: int, depth: int, wide: bool) -> None:
    def spec(width: int, depth: int, wide: bool) -> str:
        return (
            f"{HEAD}params: {{width: {width}, depth: {depth}, wide: {str(wide).lower()}}}\n"
            "layers:\n"
            "  - repeat: $depth\n"
            "    index: i\n"
            "    layers: [{Dense: $(width * (i + 1))}, {Dense: 100, when: $wide}]\n"
            "  - Dense: $width\n"
        )

    settings = {"width": width, "depth": depth, "wide": wide}
    set_outside = check_text(spec(64, 3, False), settings=settings)
    assert _facts(set_outside) == _facts(check_text(spec(**settings)))


@given(st.sampled_from(["S", "Zeit", "n_steps", "t2"]))
@settings(max_examples=8, deadline=None)
def test_the_name_of_a_symbol_means_nothing(symbol: str) -> None:
    spec = (
        "specc: 1\nname: a\ninputs: {x: [time: SYMBOL, feature: 4]}\n"
        "layers: [{Conv1D: {filters: 3, kernel_size: 3}}, {LSTM: {units: 5, return_sequences: true}}, Flatten]\n"
    )
    renamed = json.dumps(_facts(check_text(spec.replace("SYMBOL", symbol))))
    plain = json.dumps(_facts(check_text(spec.replace("SYMBOL", "T"))))
    assert re.sub(rf"\b{symbol}\b", "T", renamed) == plain
