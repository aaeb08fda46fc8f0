"""Plain scalars are those of YAML 1.2."""

import math

import pytest

from specc.source import Source
from specc.syntax.reader import read
from specc.syntax.scalars import resolve
from specc.syntax.tree import to_plain


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("~", None),
        ("null", None),
        ("NULL", None),
        ("true", True),
        ("FALSE", False),
        ("no", "no"),
        ("on", "on"),
        ("y", "y"),
        ("010", 10),
        ("-7", -7),
        ("+7", 7),
        ("0o17", 15),
        ("0x1F", 31),
        ("-0x1F", "-0x1F"),
        ("1e-3", 0.001),
        (".5", 0.5),
        ("1.", 1.0),
        ("-.inf", -math.inf),
        (".INF", math.inf),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("2001-01-01", "2001-01-01"),
        ("٣", "٣"),
        (".", "."),
        ("-", "-"),
        ("--", "--"),
        ("<<", "<<"),
    ],
)
def test_scalars_are_those_of_yaml_1_2(text: str, value: object):
    result = resolve(text)
    assert result == value
    assert type(result) is type(value)


def test_not_a_number():
    result = resolve(".nan")
    assert isinstance(result, float)
    assert math.isnan(result)


def test_what_is_quoted_is_text():
    root, found = read(Source("spec.yaml", "['1', \"null\", '', 1, null, ~]"))
    assert found == []
    assert root is not None
    assert to_plain(root) == ["1", "null", "", 1, None, None]
