"""Which versions of Keras a build takes."""

import keras
import pytest

import specc
from specc.backends.keras import versions


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


def test_a_keras_that_is_too_old_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keras, "__version__", "3.14.1")
    with pytest.raises(specc.SpecError) as caught:
        specc.build(SPEC.replace("OP", "Flatten"))
    (found,) = [d for d in caught.value.report.diagnostics if d.is_error]
    assert found.code == "E501"
    assert "needs Keras 3.15.0 or newer, and 3.14.1 is installed" in found.message
