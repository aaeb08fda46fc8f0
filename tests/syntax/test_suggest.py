"""The nearest known word."""

import pytest

from specc.suggest import nearest

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
