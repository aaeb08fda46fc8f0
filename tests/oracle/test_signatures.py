"""The parameters of every op against the signature of Keras's layer."""

import inspect
from typing import Any

import keras
import pytest
from keras.src.layers.preprocessing.image_preprocessing.base_image_preprocessing_layer import (
    BaseImagePreprocessingLayer,
)

from specc.ops.declare import parameters_of
from specc.ops.making import first_parameter
from specc.ops.objects import Object
from specc.ops.parameters import REQUIRED
from tests.oracle.case import op_class
from tests.oracle.generate import OPS as ALL

OPS = [name for name in ALL if not name.startswith("ops.")]

OF_SPECC = {"Flatten": {"keep"}, "Pipeline": {"dtype"}}
"""Parameters that specc adds to a layer."""

OF_KERAS = {
    "": {"input_length", "name", "kwargs"},
    "Dense": {"quantization_config"},
    "EinsumDense": {"gptq_unpacked_column_size", "quantization_config"},
    "Embedding": {"quantization_config", "weights"},
}
"""Parameters that no spec gives, of any layer and of single ones: a relic, the name, which is wiring, and arrays."""


def signature(op: str) -> dict[str, Any]:
    """The parameters of Keras's layer with their defaults, those of every layer behind its own."""
    layer = getattr(keras.layers, op)
    parameters = inspect.signature(layer.__init__).parameters.values()
    found = {
        p.name: p.default for p in parameters if p.name not in ("self", *OF_KERAS[""], *OF_KERAS.get(op, ()))
    }
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        found = {"trainable": True, "dtype": None} | found
        if issubclass(layer, BaseImagePreprocessingLayer):
            found.setdefault("data_format", None)
    return {k: REQUIRED if v is inspect.Parameter.empty else v for k, v in found.items()}


def plain(value: Any) -> Any:
    """A default in one of the forms in which it may be written."""
    if isinstance(value, tuple) and len(set(value)) == 1:
        return plain(value[0])
    if isinstance(value, Object):
        return value.name.lower()
    return value.lower().replace("_", "") if isinstance(value, str) else value


@pytest.mark.parametrize("op", OPS)
def test_the_parameters_and_defaults_are_those_of_keras(op: str) -> None:
    ours = {
        name: p.default for name, p in parameters_of(op_class(op)).items() if name not in OF_SPECC.get(op, ())
    }
    theirs = signature(op)
    assert set(ours) == set(theirs)
    assert {k: plain(v) for k, v in ours.items()} == {k: plain(v) for k, v in theirs.items()}


@pytest.mark.parametrize("op", OPS)
def test_a_bare_value_is_for_the_first_parameter_of_keras(op: str) -> None:
    assert first_parameter(op_class(op)) == next(
        (n for n in signature(op) if n not in ("trainable", "dtype")), None
    )
