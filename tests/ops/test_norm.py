"""Normalization and rescaling: weights, axes and what does not fit."""

from typing import Any

import pytest

from specc.ops import layernorm, norm, preprocess
from specc.ops.declare import Op
from specc.ops.making import ArgumentErrors, make
from specc.ops.misfit import Misfit
from specc.shapes.axis import given
from specc.shapes.dim import unknown
from specc.shapes.shape import Shape, nameless
from specc.shapes.tensor import Tensor

IMAGE = Shape((8, 9, 6), (given("height"), given("width"), given("channel")))


def fit(op: Op, *sizes: Any, dtype: str = "float32") -> Tensor:
    return op.results((Tensor(nameless(sizes), dtype),))[0]


def test_batch_normalization_has_moving_statistics_that_are_not_trained():
    op = make(norm.BatchNormalization, {})
    weights = op.weights_for((IMAGE,))
    assert weights == dict.fromkeys(("gamma", "beta", "moving_mean", "moving_variance"), (6,))
    assert op.frozen(weights) == {"moving_mean", "moving_variance"}
    assert make(norm.BatchNormalization, {"trainable": False}).frozen(weights) == set(weights)
    assert op.cost((IMAGE,), (IMAGE,)) == 8 * 9 * 6 * 2


@pytest.mark.parametrize(
    ("axis", "sizes"),
    [(-1, (6,)), (1, (8,)), ("width", (9,)), ([1, 3], (8, 6)), (["channel", "height"], (8, 6))],
)
def test_layer_normalization_has_weights_for_its_axes(axis: Any, sizes: tuple[int, ...]):
    op = make(layernorm.LayerNormalization, {"axis": axis})
    assert op.weights_for((IMAGE,)) == {"gamma": sizes, "beta": sizes}


def test_the_scale_of_rms_normalization_lies_over_the_last_axes():
    assert make(layernorm.RMSNormalization, {}).weights_for((IMAGE,)) == {"scale": (6,)}
    assert make(layernorm.RMSNormalization, {"axis": ["channel", "width"]}).weights_for((IMAGE,)) == {
        "scale": (9, 6)
    }
    for axis in (1, [1, 3], [-1, 2]):
        with pytest.raises(Misfit) as raised:
            make(layernorm.RMSNormalization, {"axis": axis}).weights_for((IMAGE,))
        assert (raised.value.code, raised.value.parameter) == ("E203", "axis")


def test_normalization_measures_what_is_not_given():
    assert make(preprocess.Normalization, {}).weights_for((IMAGE,)) == {
        "mean": (6,),
        "variance": (6,),
        "count": (),
    }
    assert make(preprocess.Normalization, {"mean": 1, "variance": 2}).weights_for((IMAGE,)) == {}


@pytest.mark.parametrize(
    ("op", "arguments", "sizes", "code"),
    [
        (norm.BatchNormalization, {"axis": 0}, (4, 6), "E203"),
        (norm.BatchNormalization, {"axis": 3}, (4, 6), "E203"),
        (layernorm.LayerNormalization, {"axis": [1, 1]}, (4, 6), "E203"),
        (layernorm.GroupNormalization, {"groups": 4}, (4, 6), "E208"),
        (layernorm.GroupNormalization, {"groups": 12}, (4, 6), "E208"),
        (layernorm.GroupNormalization, {"groups": 2}, (4, unknown()), "E207"),
        (preprocess.Normalization, {"mean": 1.0}, (4, 6), "E107"),
        (preprocess.Normalization, {"mean": [1, 2], "variance": [1, 2]}, (4, 6), "E107"),
        (preprocess.Normalization, {"mean": [1, 2], "variance": 1}, (4, 2), "E107"),
        (preprocess.Normalization, {"axis": 1}, (unknown(), 6), "E207"),
        (preprocess.Rescaling, {"scale": [1, 2]}, (4, 6), "E205"),
        (preprocess.Rescaling, {"scale": 1, "offset": [1, 2, 3]}, (4, 1), "E205"),
    ],
)
def test_what_does_not_fit(op: type[Op], arguments: dict[str, Any], sizes: tuple[Any, ...], code: str):
    with pytest.raises(Misfit) as raised:
        fit(make(op, arguments), *sizes)
    assert raised.value.code == code


@pytest.mark.parametrize(
    ("op", "arguments", "message"),
    [
        (layernorm.GroupNormalization, {"groups": 0}, "positive integer"),
        (preprocess.Rescaling, {"scale": [[1, 2], [3]]}, "equally long"),
        (preprocess.Rescaling, {"scale": "1/255"}, "must hold numbers"),
        (norm.BatchNormalization, {"renorm_clipping": {"max": 3}}, "no `max`"),
    ],
)
def test_what_no_argument_is(op: type[Op], arguments: dict[str, Any], message: str):
    with pytest.raises(ArgumentErrors, match=message):
        make(op, arguments)


def test_dtypes():
    assert fit(make(preprocess.Rescaling, {"scale": 2}), 4, dtype="int32").dtype == "float32"
    assert fit(make(norm.BatchNormalization, {"dtype": "float16"}), 4).dtype == "float16"
    with pytest.raises(Misfit, match="is given int32"):
        fit(make(layernorm.UnitNormalization, {}), 4, dtype="int32")
    with pytest.raises(Misfit, match="is given string"):
        fit(make(norm.BatchNormalization, {}), 4, dtype="string")


def test_a_normalization_over_time_is_seldom_meant():
    spoken = Shape((6, 20), (given("channel"), given("time")))
    (warning,) = make(norm.BatchNormalization, {}).warnings((spoken,), (spoken,))
    assert warning.code == "W601"
    assert not list(make(norm.BatchNormalization, {"axis": "channel"}).warnings((spoken,), (spoken,)))
