"""Emitted code of generated specs, of every op's examples and of literate cases builds what a build makes."""

import json
from pathlib import Path
from typing import Any

import keras
import pytest
from hypothesis import HealthCheck, given, settings

from specc.backends.emit.module import emit
from specc.backends.keras.lower import lower
from specc.ir.graph import Explicit
from specc.ops import registry
from specc.pipeline import Options, check_source, explicit
from specc.source import Source
from specc.syntax.parser import parse
from specc.syntax.reader import read
from tests.cases.literate import Case, cases_of, read_spec
from tests.emit.alike import differences
from tests.emit.programs import hold_format, program
from tests.keras.network import Network, make
from tests.properties.generate import specs, text_of

FOLDER = Path(__file__).parents[1] / "cases"
FILES = ("blocks", "constructs", "expand", "masks", "names", "reading", "symbols", "training", "systems")
FAST = ("blocks", "constructs")
CASES = [
    pytest.param(case, marks=[] if name in FAST else [pytest.mark.slow], id=case.id)
    for name in FILES
    for case in cases_of(FOLDER / f"{name}.md")
]

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def configuration(model: Any) -> Any:
    return json.loads(json.dumps(model.get_config(), default=str))


def hold(network: Explicit, text: str) -> None:
    """Fail unless the code builds the model that a build of the network makes."""
    names: dict[str, Any] = {"__name__": "emitted"}
    exec(compile(text, "emitted", "exec"), names)
    made = names["build_model"]()
    assert differences(configuration(lower(network).model), configuration(made)) == [], text


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=SLOW,
)
@given(specs())
def test_generated_specs(spec: dict[str, Any]) -> None:
    """What a user is given, be it folded or written out."""
    checked = check_source(Source("spec.yaml", text_of(spec)), Options())
    if checked.report.ok:
        network = explicit(checked)
        hold(network, emit(network, checked.training))


@pytest.mark.filterwarnings("ignore:.*passed an input with a mask:UserWarning")
@pytest.mark.parametrize("case", CASES)
def test_literate_cases(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, spec in case.files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(spec.text, encoding="utf-8")
    checked = check_source(Source("case.yaml", read_spec(case.spec).text), Options(case.settings))
    if not checked.report.ok or checked.report.typed is None or len(checked.report.layers) > 200:
        pytest.skip("no network, or a large one")
    network = explicit(checked)
    text = program(network, checked.training)
    hold(network, text)
    folder = tmp_path / "emitted"
    folder.mkdir()
    hold_format({"case": text}, folder)


MERGED = """
specc: 1
name: merged
inputs: {cast: {shape: [token: T], dtype: int32}, b: {shape: [token: T], dtype: int32}}
layers:
  - Embedding: {input_dim: 9, output_dim: 4, mask_zero: true}
    from: cast
    name: any_2
  - Embedding: {input_dim: 9, output_dim: 4, mask_zero: true}
    from: b
    name: not_equal
  - Concatenate:
    from: [any_2, not_equal]
  - Concatenate:
    from: [_, any_2]
  - LSTM: 4
    name: logical_or
"""


def test_layers_called_as_what_makes_masks() -> None:
    checked = check_source(Source("merged.yaml", MERGED), Options())
    network = explicit(checked)
    keras.backend.clear_session()
    for _ in range(3):
        hold(network, program(network))


@pytest.mark.parametrize("step", [pytest.param(1, marks=pytest.mark.slow), 8])
@pytest.mark.filterwarnings(
    "ignore:NotImplemented should not be used:DeprecationWarning"
)  # by Keras's tensordot
def test_examples_of_ops(step: int, tmp_path: Path) -> None:
    """All of them, or of every eighth op."""
    programs: dict[str, str] = {}
    for word in sorted(registry.names())[::step]:
        cls = registry.find(word)
        assert cls is not None
        for i, example in enumerate(cls.examples):
            network = Network()
            inputs = [
                network.input(f"x{k}", *sizes, dtype=example.dtype) for k, sizes in enumerate(example.shapes)
            ]
            results = network.add_all(make(word, example.arguments), *inputs, name="layer")
            made = network.explicit(**{f"out_{k}": value for k, value in enumerate(results)})
            made = made._replace(graph=made.graph._replace(document=EMPTY))
            text = programs[f"{word.replace('.', '_')}_{i}"] = program(made)
            hold(made, text)
    hold_format(programs, tmp_path)


def _empty() -> Any:
    root, _ = read(Source("empty.yaml", "specc: 1\nname: empty\ninputs: {}\nlayers: []\n"))
    assert root is not None
    return parse(root)[0]


EMPTY = _empty()
