"""The nearest known word."""

import pytest

from specc.ops.kinds import DTYPES
from specc.ops.metrics import METRICS
from specc.ops.objects import INITIALIZERS
from specc.ops.optimizers import OPTIMIZERS
from specc.ops.registry import names
from specc.passes.budget import LIMITS
from specc.suggest import ELSEWHERE, nearest

OPS = ["Conv2D", "Conv1D", "Dense", "Dropout", "MaxPooling2D", "LSTM", "kernel_size", "strides"]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Dence", "Dense"),
        ("dense", "Dense"),
        ("LSMT", "LSTM"),
        ("conv2d", "Conv2D"),
        ("Conv2", "Conv2D"),
        ("MaxPool2D", "MaxPooling2D"),
        ("MaxPoling2D", "MaxPooling2D"),
        ("kernelsize", "kernel_size"),
        ("kernel-size", "kernel_size"),
        ("stride", "strides"),
        ("kernel", "kernel_size"),
        ("size", None),
        ("Transformer", None),
        ("x", None),
        ("", None),
        ("D" * 1_000_000, None),
    ],
)
def test_nearest(word: str, expected: str | None):
    assert nearest(word, OPS) == expected


def test_short_words_are_not_confused():
    assert nearest("a", ["b", "c"]) is None
    assert nearest("A", ["b", "a"]) == "a"


def test_nothing_known():
    assert nearest("a", []) is None


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Linear", "Dense"),
        ("fully_connected", "Dense"),
        ("rmse", "root_mean_squared_error"),
        ("lr", "learning_rate"),
        ("xavier_normal", "glorot_normal"),
    ],
)
def test_words_of_other_libraries(word: str, expected: str):
    assert (
        nearest(word, [*OPS, "mse", "root_mean_squared_error", "learning_rate", "glorot_normal"]) == expected
    )


def test_words_of_other_libraries_mean_nothing_where_their_meaning_is_not_known():
    assert nearest("Linear", ["linear_ramp", "Lineal"]) == "Lineal"


def test_what_other_libraries_say_is_known_here():
    known = {*names(), *DTYPES, *METRICS.spelled, *INITIALIZERS.spelled, *LIMITS, *OPTIMIZERS.classes["Adam"]}
    assert {*ELSEWHERE.values()} <= known
