"""The reader on any text: it ends with a tree or with findings, and both parsers of PyYAML give the same."""

import json
import time

import yaml
from hypothesis import given
from hypothesis import strategies as st

from specc.diagnostics.model import has_errors
from specc.source import Source
from specc.syntax.reader import decode, read, read_with
from specc.syntax.tree import Mapping, Node, Scalar, Sequence, to_plain

PIECES = [
    *"abc:-?[]{},#&*!|>'\"%@` \n\t$()<\\~=.0123",
    *(
        "- ",
        ": ",
        "\n  ",
        "\n- ",
        "a: ",
        "&x ",
        "*x",
        "<<: ",
        "$(",
        ")",
        "null",
        "1e-3",
        "--- ",
        "...\n",
        "|\n",
    ),
    *(
        "\r\n",
        "\ufeff",
        "é",
        "😀",
        "\x00",
        "\ud800",
        '"\\ud83d\\ude00"',
        "!!str ",
        "!<",
        "%YAML 1.2\n",
        "\\x41",
        "\x85",
    ),
]
soups = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)

words = st.text("abé😀 xyz01", min_size=1, max_size=6)
data = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=20,
)


def outline(node: Node) -> object:
    """Values with their places, to compare trees by."""
    if isinstance(node, Scalar):
        return node.start, node.end, repr(node.value)
    if isinstance(node, Sequence):
        return node.start, node.end, [outline(item) for item in node.items]
    assert isinstance(node, Mapping)
    return node.start, node.end, [(outline(key), outline(value)) for key, value in node.entries]


def check(text: str) -> None:
    source = Source("spec.yaml", text)
    started = time.monotonic()
    root, found = read(source)
    assert time.monotonic() - started < 2
    assert (root is None) <= has_errors(found)
    for diagnostic in found:
        assert diagnostic.span is not None
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text)
        assert diagnostic.span.first.line >= 1
        for fix in diagnostic.fixes:
            assert all(0 <= edit.span.start <= edit.span.end <= len(text) for edit in fix.edits)
    if root is not None:
        outline(root)
        to_plain(root)


@given(st.binary(max_size=200))
def test_any_bytes_yield_a_tree_or_findings(raw: bytes):
    source, found = decode("spec.yaml", raw)
    assert (source is None) == has_errors(found)
    if source is not None:
        check(source.text)


@given(soups)
def test_any_text_yields_a_tree_or_findings(text: str):
    check(text)


@given(soups)
def test_both_parsers_survive_and_agree_where_both_can_read(text: str):
    source = Source("spec.yaml", text)
    root, _ = read(source)
    other, found = read_with(yaml.Loader, source)
    assert (other is None) <= has_errors(found)
    if root is not None and other is not None:
        assert outline(root) == outline(other)


@given(data, st.sampled_from([None, 2]), st.booleans())
def test_json_reads_as_json(value: object, indent: int | None, ascii_only: bool):
    text = json.dumps([value], indent=indent, ensure_ascii=ascii_only)
    source = Source("spec.json", text if ascii_only else "\ufeff" + text)
    root, found = read(source)
    assert found == []
    assert root is not None
    assert to_plain(root) == [value]
    other, _ = read_with(yaml.Loader, source)
    assert other is not None
    assert outline(root) == outline(other)


@given(data, st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_block_style_reads_back(value: object, line_break: str, flow: bool):
    text = yaml.safe_dump({"a": value}, allow_unicode=True, line_break=line_break, default_flow_style=flow)
    source = Source("spec.yaml", text)
    root, found = read(source)
    assert found == []
    assert root is not None
    other, _ = read_with(yaml.Loader, source)
    assert other is not None
    assert outline(root) == outline(other)
