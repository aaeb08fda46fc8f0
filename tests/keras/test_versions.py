"""What the table of versions says, against the Keras that is installed."""

from functools import reduce

import keras
import pytest

import specc
from specc.backends.keras import versions
from specc.ops import registry
from specc.ops.declare import parameters_of

NAMES = [n for f, names in registry.FAMILIES.items() if f not in ("constructs", "crf") for n in names]


@pytest.mark.parametrize("name", NAMES)
def test_the_table_lists_what_this_keras_lacks(name: str) -> None:
    where = keras if name.startswith("ops.") else keras.layers
    there = reduce(lambda module, part: getattr(module, part, None), name.split("."), where)
    assert (there is None) == (name in versions.lacking(keras.__version__, [name]))


def test_the_table_lists_what_there_is() -> None:
    for name in versions.SINCE:
        op, _, parameter = (name, "", "") if name.startswith("ops.") else name.partition(".")
        assert op in NAMES
        assert not parameter or parameter in parameters_of(registry.known(op))


@pytest.mark.parametrize(
    ("version", "than", "older"),
    [
        ("3.14.1", "3.15", True),
        ("3.9.2", "3.14.1", True),
        ("3.15", "3.15", False),
        ("3.15.1", "3.15", False),
        ("4.0", "3.15", False),
        ("3.15.0.dev2", "3.15", False),
    ],
)
def test_versions_are_compared_by_numbers(version: str, than: str, older: bool) -> None:
    assert versions.is_older(version, than) == older


SPEC = """
specc: 1
name: new
inputs:
  x: [time: 4, feature: 6]
layers:
  - OP
"""


@pytest.mark.parametrize(
    ("op", "what"),
    [
        ("ops.fabs", "`ops.fabs`"),
        (
            "MultiHeadAttention: {num_heads: 2, key_dim: 3, sliding_window: 2}",
            "`MultiHeadAttention.sliding_window`",
        ),
    ],
)
def test_what_an_older_keras_lacks_is_said(monkeypatch: pytest.MonkeyPatch, op: str, what: str) -> None:
    monkeypatch.setattr(keras, "__version__", "3.14.1")
    with pytest.raises(specc.SpecError) as caught:
        specc.build(SPEC.replace("OP", op))
    (found,) = [d for d in caught.value.report.diagnostics if d.is_error]
    assert (found.code, found.message) == ("E501", f"{what} needs Keras 3.15, and 3.14.1 is installed")


def test_a_keras_that_is_too_old_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keras, "__version__", "3.12.0")
    with pytest.raises(specc.SpecError) as caught:
        specc.build(SPEC.replace("OP", "Flatten"))
    (found,) = [d for d in caught.value.report.diagnostics if d.is_error]
    assert found.code == "E501"
    assert "needs Keras 3.14.1 or newer, and 3.12.0 is installed" in found.message
