"""Activations, dropout and noise as layers."""

from typing import Any

import pytest

from specc.ops import activation, regularize
from specc.ops.declare import Op
from specc.ops.making import ArgumentErrors, make
from specc.ops.misfit import Misfit
from specc.shapes.axis import given
from specc.shapes.dim import unknown
from specc.shapes.shape import Shape, nameless
from specc.shapes.tensor import Tensor

STEPS = Shape((4, 6), (given("time"), given("class")))


def fit(op: Op, *sizes: Any, dtype: str = "float32") -> Tensor:
    return op.results((Tensor(nameless(sizes), dtype),))[0]


@pytest.mark.parametrize(
    ("op", "arguments"),
    [
        (activation.Activation, {"activation": "swish"}),
        (activation.ReLU, {"max_value": 6}),
        (activation.Softmax, {"axis": "class"}),
        (regularize.Dropout, {"rate": 0.25, "noise_shape": [None, 1, 6]}),
        (regularize.Dropout, {"rate": 0.25, "noise_shape": [1, 6]}),
        (regularize.GaussianNoise, {"stddev": 0.1}),
    ],
)
def test_axes_stay_as_they_are(op: type[Op], arguments: dict[str, Any]):
    assert make(op, arguments).results((Tensor(STEPS, "float32"),)) == (Tensor(STEPS, "float32"),)


@pytest.mark.parametrize(
    ("op", "arguments", "sizes", "dtype", "code"),
    [
        (activation.Softmax, {"axis": 4}, (4, 6), "float32", "E203"),
        (activation.Softmax, {"axis": 0}, (4, 6), "float32", "E203"),
        (activation.Softmax, {"axis": []}, (4, 6), "float32", "E107"),
        (activation.Softmax, {}, (4, 6), "int32", "E210"),
        (activation.Activation, {"activation": "softmax"}, (), "float32", "E203"),
        (activation.Activation, {"activation": "sigmoid"}, (6,), "int32", "E210"),
        (activation.PReLU, {"shared_axes": -1}, (4, 6), "float32", "E107"),
        (activation.PReLU, {"shared_axes": 3}, (4, 6), "float32", "E203"),
        (regularize.Dropout, {"rate": 0.5}, (6,), "int32", "E210"),
        (regularize.Dropout, {"rate": 0.5, "noise_shape": [None, 2, 6]}, (4, 6), "float32", "E205"),
        (regularize.Dropout, {"rate": 0.5, "noise_shape": [3, 4, 6]}, (4, 6), "float32", "E205"),
        (regularize.GaussianDropout, {"rate": 1}, (6,), "float32", "E107"),
    ],
)
def test_what_does_not_fit(
    op: type[Op], arguments: dict[str, Any], sizes: tuple[int, ...], dtype: str, code: str
):
    with pytest.raises(Misfit) as raised:
        fit(make(op, arguments), *sizes, dtype=dtype)
    assert raised.value.code == code


def test_slopes_are_learned_for_each_element_or_shared():
    assert make(activation.PReLU, {}).weights_for((STEPS,)) == {"alpha": (4, 6)}
    assert make(activation.PReLU, {"shared_axes": "time"}).weights_for((STEPS,)) == {"alpha": (1, 6)}
    endless = nameless((unknown(), 6))
    assert make(activation.PReLU, {"shared_axes": [1]}).weights_for((endless,)) == {"alpha": (1, 6)}
    with pytest.raises(Misfit, match="needs the size"):
        make(activation.PReLU, {}).weights_for((endless,))


@pytest.mark.parametrize(
    ("op", "arguments"), [(activation.Softmax, {}), (activation.Activation, {"activation": "softmax"})]
)
def test_a_softmax_over_one_element_is_seldom_meant(op: type[Op], arguments: dict[str, Any]):
    one = nameless((4, 1))
    (warning,) = make(op, arguments).warnings((one,), (one,))
    assert warning.code == "W603"
    assert not list(make(op, arguments).warnings((STEPS,), (STEPS,)))


def test_spatial_dropout_reads_features_last_unless_told_otherwise():
    assert make(regularize.SpatialDropout1D, {"rate": 0.5}).places == ("space", "feature")
    first = make(regularize.SpatialDropout2D, {"rate": 0.5, "data_format": "channels_first"})
    assert first.places == ("feature", "space", "space")


@pytest.mark.parametrize(
    ("op", "arguments"),
    [
        (regularize.Dropout, {"rate": 1.5}),
        (regularize.Dropout, {"rate": 0.5, "noise_shape": [0]}),
        (activation.ReLU, {"max_value": -1}),
    ],
)
def test_what_no_argument_is(op: type[Op], arguments: dict[str, Any]):
    with pytest.raises(ArgumentErrors):
        make(op, arguments)
