"""What a dtype can hold; how several meet is held against Keras (`tests/oracle/test_functions.py`)."""

import pytest

from specc.shapes.dtype import holds


@pytest.mark.parametrize(
    ("dtype", "number", "does"),
    [
        ("uint8", 255, True),
        ("uint8", 256, False),
        ("uint8", -1, False),
        ("int8", -128, True),
        ("int8", 128, False),
        ("int32", 2**31 - 1, True),
        ("int32", 2**31, False),
        ("uint64", 2**64 - 1, True),
        ("int32", 1.0, False),
        ("int32", True, True),
        ("bool", True, True),
        ("bool", 1, False),
        ("bfloat16", 1e300, True),
        ("float32", -1, True),
    ],
)
def test_a_dtype_holds_a_number(dtype: str, number: float, does: bool) -> None:
    assert holds(dtype, number) == does
