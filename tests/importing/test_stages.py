"""Repeats, residuals, branches and blocks are found again by the paths of layers."""

import json
from pathlib import Path
from typing import Any

import keras
import pytest
from hypothesis import HealthCheck, given, settings

from specc.backends.keras.lower import lower
from specc.importing import model as importing
from specc.importing.archive import Broken
from specc.importing.model import import_config
from specc.passes.expand import expand
from specc.pipeline import Options, check_source, explicit
from specc.source import Source
from tests.importing.test_hostile import layer
from tests.importing.test_hostile import model as described
from tests.properties.generate import specs, text_of

SPECS = Path(__file__).parents[2] / "specs"
HEAD = "specc: 1\nname: staged\ninputs:\n  x: [height: 8, width: 8, channel: 4]\n"


def built(text: str) -> Any:
    """The Keras model of a spec."""
    checked = check_source(Source("spec.yaml", text), Options())
    assert checked.report.ok, [d.message for d in checked.report.diagnostics]
    return lower(explicit(checked)).model


def config_of(model: Any) -> dict[str, Any]:
    """What a file says of a model."""
    return json.loads(json.dumps(keras.saving.serialize_keras_object(model)))


def imported(text: str) -> str:
    """The spec that is imported from what a spec builds."""
    found = import_config(config_of(built(text)))
    assert found.text is not None, [d.message for d in found.diagnostics]
    assert facts(built(found.text)) == facts(built(text))
    return found.text


def layers_of(text: str) -> str:
    """The blocks and layers of a spec."""
    return text[text.index("]\n\n") + 2 : text.index("\noutputs:")]


def facts(model: Any) -> dict[str, Any]:
    """The layers of a model by name: class, result, parameters, and what they read."""
    return {
        each.name: (
            type(each).__name__,
            [tuple(value.shape) for value in keras.tree.flatten(each.output)],
            each.count_params(),
            [value._keras_history.operation.name for value in keras.tree.flatten(each.input)],
        )
        for each in model.layers
    }


ROWS = """
layers:
  - repeat: {filters: [4, 8, 8], strides: [1, 2, 1]}
    layers:
      - Conv2D: {filters: $filters, kernel_size: 3, strides: $strides, padding: same}
      - BatchNormalization
      - {ReLU: {}, name: act}
    name: stage
  - {Dense: 3, name: last}
"""

RESIDUAL = """
layers:
  - Conv2D: {filters: 4, kernel_size: 3, padding: same}
  - residual:
      - Conv2D: {filters: 8, kernel_size: 3, padding: same}
      - Conv2D: {filters: 8, kernel_size: 3, padding: same}
    shortcut:
      - Conv2D: {filters: 8, kernel_size: 1}
      - BatchNormalization
  - residual:
      - {Dense: 8, name: inside}
    merge: Multiply
    name: scaled
  - {Dense: 8, name: last, from: scaled.inside}
  - {Add: {}, from: [scaled, _]}
"""

NESTED = """
layers:
  - repeat: {units: [8, 6], activation: [null, relu], rounds: [2, 1]}
    layers:
      - {Dense: {units: $units, activation: $activation}, name: wide}
      - repeat: $rounds
        layers:
          - residual:
              - Dense: $units
              - Dropout: 0.5
            shortcut:
              - Dense: $units
    name: stage
  - Flatten
"""

BESIDE = """
layers:
  - branches:
      - [Dense: 4]
      - [{Conv2D: {filters: 4, kernel_size: 3, padding: same}, name: wide}, ReLU]
      - []
    merge: Average
  - branches:
      left: [Dense: 3]
      right: [Dense: 5, ReLU]
    name: beside
  - each: {units: [2, 3, 4]}
    layers:
      - Dense: $units
  - {Dense: 3, name: last}
"""

EACH_OF_ITS_OWN = """
specc: 1
name: columns

inputs:
  a: [3]
  b: [5]

layers:
  - each: {units: [2, 4], source: [a, b]}
    layers:
      - {Dense: $units, from: $source}
  - Softmax

outputs:
  softmax: [6]
"""

BLOCKS = """
blocks:
  wide:
    params: {units: {type: int}, activation: {}}
    layers:
      - Dense: {units: $units, activation: $activation}
      - BatchNormalization

layers:
  - {use: wide, with: {units: 3, activation: relu}}
  - repeat: {units: [4, 5], activation: [null, relu]}
    layers:
      - {use: wide, with: {units: $units, activation: $activation}}
      - ReLU
    name: stage
  - {Dense: 3, name: last}
"""


MAPPED = """
layers:
  - map:
      over: 1
      layers:
        - repeat: {units: [4, 6]}
          layers:
            - LSTM: {units: $units, return_sequences: true}
            - Dropout: 0.5
          name: stage
        - LSTM: 3
  - {Dense: 3, name: last}
"""


@pytest.mark.parametrize("layers", [ROWS, RESIDUAL, NESTED, BESIDE, BLOCKS, MAPPED])
def test_is_what_it_was(layers: str) -> None:
    """The text of the import is that of the spec."""
    found = imported(HEAD + layers)
    assert layers_of(found) == layers


def test_chains_that_read_a_value_each() -> None:
    assert imported(EACH_OF_ITS_OWN) == EACH_OF_ITS_OWN.removeprefix("\n")


@pytest.mark.parametrize(
    "layers",
    [
        # the second round reads inside the first
        """
layers:
  - {Dense: 4, name: stage.0.dense}
  - {ReLU: {}, name: stage.0.re_lu}
  - {Dense: 4, name: stage.1.dense, from: stage.0.dense}
  - {ReLU: {}, name: stage.1.re_lu}
  - {Add: {}, from: [stage.0.re_lu, _]}
""",
        # the second round reads what is in front of the first
        """
layers:
  - {Dense: 4, name: stage.0.dense}
  - {Dense: 4, name: stage.1.dense, from: x}
  - {Add: {}, from: [stage.0.dense, _]}
""",
        # another layer has the name
        """
layers:
  - {ReLU: {}, name: stage}
  - {Dense: 4, name: stage.0.dense}
  - {Dense: 4, name: stage.1.dense}
""",
        # the numbers do not begin at 0
        """
layers:
  - {Dense: 4, name: stage.1.dense}
  - {Dense: 4, name: stage.2.dense}
""",
        # the sum is not that of the body and of what is in front of it
        """
layers:
  - {Dense: 4, name: before}
  - {Dense: 4, name: res.dense}
  - {Add: {}, name: res, from: [_, x]}
  - {Add: {}, from: [_, before]}
""",
        # a layer has the name of one that can be seen there
        """
layers:
  - {Dense: 4, name: seen}
  - {ReLU: {}, name: stage.0.seen}
  - {ReLU: {}, name: stage.1.seen}
""",
    ],
)
def test_what_is_read_forbids_it(layers: str) -> None:
    """Names that only look like those of a construct are kept as they are."""
    found = imported(HEAD + layers)
    assert layers_of(found) == layers


def test_only_what_is_the_same_network_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(items: list[Any], inputs: Any, blocks: dict[str, Any]) -> list[Any]:
        staged = real(items, inputs, blocks)
        staged[0]["layers"][0], staged[0]["layers"][1] = staged[0]["layers"][1], staged[0]["layers"][0]
        return staged

    real = importing.with_stages
    layers = "layers:\n  - repeat: 2\n    layers:\n      - Dense: 4\n      - ReLU\n"
    assert "repeat: 2" in imported(HEAD + layers)
    monkeypatch.setattr(importing, "with_stages", wrong)
    assert "repeat.1.dense" in imported(HEAD + layers)


@pytest.mark.parametrize(("name", "lines"), [("transformer", 50), ("unet", 45)])
def test_specs_are_short(name: str, lines: int) -> None:
    text = (SPECS / f"{name}.yaml").read_text("utf-8")
    assert len(imported(text).splitlines()) < lines


@pytest.mark.slow
@pytest.mark.parametrize(("name", "lines"), [("resnet50", 70), ("mobilenet_v2", 80)])
def test_deep_specs_are_short(name: str, lines: int) -> None:
    text = (SPECS / f"{name}.yaml").read_text("utf-8")
    assert len(imported(text).splitlines()) < lines


def test_long_paths_end_within_bounds() -> None:
    """Paths of many parts are left as they are, and many rounds are no burden."""
    deep, wide = ".0" * 100, [f"stage.{i}.{'a.' * 9}dense" for i in range(500)]
    for names in ([f"a{deep}.b"], [f"a.{i}{'.b' * 31}" for i in range(200)], wide):
        reads = [["x", 0, 0], *([name, 0, 0] for name in names)]
        layers = [layer("Dense", n, {"units": 4}, [r]) for n, r in zip(names, reads, strict=False)]
        found = import_config(described(*layers, outputs=(names[-1], 0, 0)))
        assert found.text is not None
        assert ("repeat: 500" in found.text) == (names is wide)


SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


@settings(max_examples=20, deadline=None, suppress_health_check=SLOW)
@given(specs())
def test_generated_specs(spec: dict[str, Any]) -> None:
    """What is found changes nothing: written out, it is what the file says, layer for layer."""
    checked = check_source(Source("spec.yaml", text_of(spec)), Options())
    if not checked.report.ok:
        return
    config = config_of(lower(explicit(checked)).model)
    try:
        found = import_config(config).text
    except Broken:
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(importing, "has_paths", lambda items: False)  # pyright: ignore[reportUnknownLambdaType]
        plain = import_config(config).text
    if plain is not None:
        assert found is not None
        assert "repeat:" not in plain
        assert written_out(found) == written_out(plain)


def written_out(text: str) -> str:
    typed = check_source(Source("spec.yaml", text), Options()).report.typed
    assert typed is not None
    return expand(typed)
