"""From bytes to text."""

import pytest

from specc.syntax.reader import decode


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(encoding: str):
    source, found = decode("spec.yaml", "a: é😀\n".encode(encoding))
    assert found == []
    assert source is not None
    assert (source.path, source.text) == ("spec.yaml", "a: é😀\n")


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_bad_bytes_are_pointed_at(mark: bytes):
    source, [found] = decode("spec.yaml", mark + "é: ".encode() + b"\xff1\n")
    assert source is None
    assert found.code == "E100"
    assert found.message == f"this is not UTF-8 text: byte {len(mark) + 4} (0xff) does not belong there"
    assert found.span is not None
    assert found.span.start == 3


def test_half_a_character():
    source, [found] = decode("spec.yaml", b"\xff\xfea\x00b")
    assert source is None
    assert "UTF-16" in found.message


def test_too_large():
    source, [found] = decode("spec.yaml", b" " * (16 * 1024 * 1024 + 1))
    assert source is None
    assert found.code == "E110"
