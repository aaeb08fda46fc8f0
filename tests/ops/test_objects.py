"""Initializers, regularizers, constraints and activations as a spec writes them."""

from typing import Any

import pytest

from specc.ops.families import Family, Fault, Object, to_keras_config
from specc.ops.objects import ACTIVATIONS, CONSTRAINTS, INITIALIZERS, REGULARIZERS

L2 = Object("keras.regularizers", "L2", (("l2", 0.01),))


@pytest.mark.parametrize(
    ("family", "written", "kept"),
    [
        (INITIALIZERS, "he_normal", "he_normal"),
        (INITIALIZERS, "HeNormal", "he_normal"),
        (INITIALIZERS, "normal", "random_normal"),
        (INITIALIZERS, {"HeNormal": {}}, "he_normal"),
        (INITIALIZERS, {"HeNormal": None}, "he_normal"),
        (REGULARIZERS, {"L2": 0.01}, L2),
        (REGULARIZERS, {"l2": {"l2": 0.01}}, L2),
        (CONSTRAINTS, {"MaxNorm": 2}, Object("keras.constraints", "MaxNorm", (("max_value", 2.0),))),
        (ACTIVATIONS, "swish", "silu"),
        (ACTIVATIONS, {"LeakyReLU": 0.2}, Object("keras.layers", "LeakyReLU", (("negative_slope", 0.2),))),
    ],
)
def test_equal_objects_are_kept_alike(family: Family, written: Any, kept: Any):
    assert family.read(written) == kept
    assert hash(family.read(kept)) == hash(kept)


@pytest.mark.parametrize(
    ("family", "written", "message", "where"),
    [
        (INITIALIZERS, "he_norml", "there is no initializer `he_norml`; did you mean `he_normal`?", ()),
        (INITIALIZERS, "constant", "`constant` needs `value`: write `{Constant: {value: …}}`", ()),
        (INITIALIZERS, {"Constant": {}}, "`Constant` needs `value`", ("Constant",)),
        (INITIALIZERS, {"Zeros": 1}, "`Zeros` takes no arguments", ("Zeros",)),
        (REGULARIZERS, {"L2": {"l1": 1}}, "`L2` has no argument `l1`; did you mean `l2`?", ("L2", "l1")),
        (REGULARIZERS, {"L2": "much"}, "`l2` of `L2` must be a number, not `much`", ("L2",)),
        (REGULARIZERS, {"L2": True}, "`l2` of `L2` must be a number, not `true`", ("L2",)),
        (REGULARIZERS, 3, "a regularizer is a name, or one name with its arguments", ()),
        (ACTIVATIONS, "Relu", "there is no activation `Relu`; did you mean `relu`?", ()),
        (ACTIVATIONS, {"gelu": {"approximate": True}}, "`gelu` takes no arguments", ("gelu",)),
        (ACTIVATIONS, "glu", "`glu` halves the last axis, which no activation of a layer may do", ()),
    ],
)
def test_what_is_no_object_is_refused(family: Family, written: Any, message: str, where: tuple[str, ...]):
    with pytest.raises(Fault) as raised:
        family.read(written)
    assert str(raised.value) == message
    assert raised.value.where == where


def test_keras_gets_a_name_or_a_config():
    assert to_keras_config("relu") == "relu"
    assert to_keras_config(L2) == {
        "module": "keras.regularizers",
        "class_name": "L2",
        "config": {"l2": 0.01},
    }


def test_objects_print_as_a_spec_has_them():
    glorot = INITIALIZERS.read({"GlorotUniform": {"seed": 1, "input_axes": [0, 1]}})
    assert str(glorot) == "{GlorotUniform: {seed: 1, input_axes: [0, 1]}}"
    assert isinstance(glorot, Object)
    assert INITIALIZERS.read(glorot.plain) == glorot
