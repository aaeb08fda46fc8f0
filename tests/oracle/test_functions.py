"""The functions of `keras.ops`: all of them are ops, or told why not; and what dtypes come of several."""

import itertools
from inspect import Parameter, ismodule, signature
from typing import Any

import keras
import pytest

from specc.ops import catalog, registry
from specc.ops.declare import parameters_of
from specc.ops.function import Function
from specc.ops.parameters import REQUIRED
from specc.ops.tensor.none import NONE
from specc.pipeline import check_text
from specc.shapes.dtype import FLOATS, INTEGERS, result_type
from tests.oracle.case import op_class

MODULES = {"": keras.ops, **{name: getattr(keras.ops, name) for name in ("image", "linalg", "nn", "numpy")}}
PATHS = {
    ".".join(filter(None, ("ops", module, name))): getattr(of, name)
    for module, of in MODULES.items()
    for name in dir(of)
    if not name.startswith("_") and not ismodule(getattr(of, name))
}
FUNCTIONS = [name for family in catalog.FUNCTIONS for name in catalog.FAMILIES[f"tensor.{family}"]]
OPEN = {
    "ops.einsum": {"operands", "xs", "kwargs"},
    "ops.layer_normalization": {"kwargs"},
    "ops.multi_hot": {"kwargs"},
}
"""Arguments of any name, which a spec does not give, and of any number, which have a name in a spec."""


@pytest.mark.parametrize("path", PATHS)
def test_every_function_of_keras_is_an_op_or_told_why_not(path: str) -> None:
    found = registry.find(path)
    assert (found is None) == (path.rpartition(".")[2] in NONE)
    if found is not None:
        public = PATHS[found.name]
        assert public is PATHS[path]


@pytest.mark.parametrize("name", NONE)
def test_what_is_no_function_is_a_function_of_keras(name: str) -> None:
    assert any(path.endswith(f".{name}") for path in PATHS)
    report = check_text(f"{{specc: 1, name: a, inputs: {{x: [4]}}, layers: [ops.{name}]}}")
    assert [(d.code, d.message) for d in report.diagnostics] == [("E104", f"`ops.{name}` {NONE[name]}")]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_parameters_and_defaults_are_those_of_keras(name: str) -> None:
    theirs = {
        p.name: REQUIRED if p.default is Parameter.empty else p.default
        for p in signature(PATHS[name]).parameters.values()
        if p.name not in OPEN.get(name, ())
    }
    cls = op_class(name)
    assert issubclass(cls, Function)
    ours = {n: p.default for n, p in parameters_of(cls).items() if n not in OPEN.get(name, ())}
    assert list(ours) == list(theirs)
    if name == "ops.multi_hot":
        assert theirs.pop("num_classes") is None  # and Keras refuses null
        assert ours.pop("num_classes") is REQUIRED
    assert {n: _plain(d) for n, d in ours.items()} == {n: _plain(d) for n, d in theirs.items()}
    read = [name for name, p in parameters_of(cls).items() if p.kind.is_operand]
    assert [each.name for each in cls.call_inputs] == read


def _plain(default: Any) -> Any:
    """A default in one of the forms in which it may be written."""
    if isinstance(default, list | tuple):
        items = [_plain(item) for item in default]
        return items[0] if items and all(item == items[0] for item in items) else items
    return default


WEAK: dict[str, type] = {"int": int, "float": float}
DTYPES = ("bool", *INTEGERS, *FLOATS, *WEAK)


@pytest.mark.parametrize("several", [*itertools.product(DTYPES, repeat=2)], ids="-".join)
def test_dtypes_meet_as_in_keras(several: tuple[str, ...]) -> None:
    assert result_type(*several) == keras.backend.result_type(*(WEAK.get(d, d) for d in several))


def test_three_dtypes_meet_as_in_keras() -> None:
    for several in itertools.product(DTYPES, repeat=3):
        assert result_type(*several) == keras.backend.result_type(*(WEAK.get(d, d) for d in several))
