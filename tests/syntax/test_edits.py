"""Edits on specs: they change what they say, and keep everything else."""

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specc.diagnostics.fix import apply_edits
from specc.diagnostics.model import Edit
from specc.source import Source
from specc.syntax import edits
from specc.syntax.reader import read
from specc.syntax.tree import Mapping, Node, Scalar, Sequence, to_plain


def tree(text: str) -> Node:
    root, diagnostics = read(Source("a.yaml", text))
    assert root is not None, diagnostics
    return root


def items(text: str) -> list[Node]:
    """The items of the list that the text is, or of the list under its first key."""
    root = tree(text)
    if isinstance(root, Mapping):
        root = root.entries[0][1]
    assert isinstance(root, Sequence)
    return root.items


def applied(text: str, edit: Edit | None) -> str:
    assert edit is not None
    result = apply_edits(text, [edit])
    assert result is not None
    return result


def argument(text: str, name: str, value: str, first: str | None = None) -> str | None:
    """The text with an argument set in the first item."""
    item = items(text)[0]
    op, arguments = item.entries[0] if isinstance(item, Mapping) else (item, item)
    assert isinstance(op, Scalar)
    edit = edits.set_argument(item, op, arguments, name, value, first)
    return None if edit is None else applied(text, edit)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- LSTM: 5\n", "- LSTM: {units: 5, n: true}\n"),
        ("- LSTM: 5  # five\n", "- LSTM: {units: 5, n: true}  # five\n"),
        ("- LSTM: $(max(3, 4))\n", '- LSTM: {units: "$(max(3, 4))", n: true}\n'),
        ("- LSTM: '5'\n", "- LSTM: {units: '5', n: true}\n"),
        ("- LSTM: [a: 1, 2]\n", "- LSTM: {units: [a: 1, 2], n: true}\n"),
        ("- Flatten\n", "- Flatten: {n: true}\n"),
        ("- Flatten  # all\n- ReLU\n", "- Flatten: {n: true}  # all\n- ReLU\n"),
        ("- Flatten:\n  name: x\n", "- Flatten: {n: true}\n  name: x\n"),
        ("- Flatten:  # all\n  name: x\n", "- Flatten: {n: true}  # all\n  name: x\n"),
        ("- Flatten: {}\n  name: x\n", "- Flatten: {n: true}\n  name: x\n"),
        ("- Flatten: ~\n", "- Flatten: {n: true}\n"),
        ("- LSTM: {units: 5}\n", "- LSTM: {units: 5, n: true}\n"),
        ("- LSTM: {units: 5, }\n", "- LSTM: {units: 5, n: true, }\n"),
        ("- LSTM: {units: 5, n: false} # no\n", "- LSTM: {units: 5, n: true} # no\n"),
        ("- LSTM: {n: , units: 5}\n", "- LSTM: {n: true, units: 5}\n"),
        ('- LSTM: {"n":false}\n', '- LSTM: {"n":true}\n'),
        ("- LSTM: &l {units: 5}\n", "- LSTM: &l {units: 5, n: true}\n"),
        ("- LSTM: {\n    units: 5  # five\n  }\n", "- LSTM: {\n    units: 5, n: true  # five\n  }\n"),
        (
            "- LSTM:\n    # size\n    units: 5  # five\n  name: x\n",
            "- LSTM:\n    # size\n    units: 5  # five\n    n: true\n  name: x\n",
        ),
        ("- LSTM:\n    units: 5", "- LSTM:\n    units: 5\n    n: true"),
        ("- LSTM:\n    n: false  # no\n    units: 5\n", "- LSTM:\n    n: true  # no\n    units: 5\n"),
        ("- LSTM:\n    n:\n    units: 5\n", "- LSTM:\n    n: true\n    units: 5\n"),
        (
            "- LSTM:\n    k: {L2: 1e-4}\n    r:\n      L2: 1  # x\n- ReLU\n",
            "- LSTM:\n    k: {L2: 1e-4}\n    r:\n      L2: 1  # x\n    n: true\n- ReLU\n",
        ),
        (
            "- LSTM:\n    text: |\n      a\n      b\n\n- ReLU\n",
            "- LSTM:\n    text: |\n      a\n      b\n    n: true\n\n- ReLU\n",
        ),
        ("- LSTM:\r\n    units: 5 # five\r\n", "- LSTM:\r\n    units: 5 # five\n    n: true\r\n"),
        ("[Flatten, ReLU]\n", "[{Flatten: {n: true}}, ReLU]\n"),
        ("[LSTM: 5, ReLU]\n", "[LSTM: {units: 5, n: true}, ReLU]\n"),
        ("- {LSTM: 5, name: x}\n", "- {LSTM: {units: 5, n: true}, name: x}\n"),
        ("- {Flatten: , name: x}\n", "- {Flatten: {n: true}, name: x}\n"),
    ],
)
def test_set_argument(before: str, after: str):
    assert argument(before, "n", "true", first="units") == after
    plain = to_plain(items(after)[0])
    assert isinstance(plain, dict)
    (arguments,) = (value for key, value in plain.items() if key in ("LSTM", "Flatten"))
    assert arguments["n"] is True
    expected = to_plain(items(before)[0])
    if isinstance(expected, dict):
        assert {**expected, "LSTM": 0, "Flatten": 0} == {**plain, "LSTM": 0, "Flatten": 0}
    assert [to_plain(item) for item in items(before)[1:]] == [to_plain(item) for item in items(after)[1:]]


def test_set_argument_that_the_bare_value_is():
    assert argument("- LSTM: 5 # x\n", "units", "6", first="units") == "- LSTM: 6 # x\n"


def test_set_argument_in_a_nested_layer():
    text = "- TimeDistributed: {layer: Flatten}\n"
    (item,) = items(text)
    assert isinstance(item, Mapping)
    inner = item.entries[0][1]
    assert isinstance(inner, Mapping)
    word = inner.entries[0][1]
    assert isinstance(word, Scalar)
    after = applied(text, edits.set_argument(word, word, word, "n", "1"))
    assert after == "- TimeDistributed: {layer: {Flatten: {n: 1}}}\n"


@pytest.mark.parametrize(
    "text",
    [
        "- LSTM: 5\n",  # no name for the 5
        "- LSTM: |\n    5\n",
        "- LSTM:\n    - 5\n    - 6\n",
    ],
)
def test_set_argument_is_refused(text: str):
    assert argument(text, "n", "true", first=None) is None
    if "\n " in text:
        assert argument(text, "n", "true", first="units") is None


def test_set_argument_leaves_what_an_alias_shares():
    text = "- Dense: &d {units: 1}\n- Dense: *d\n"
    item = items(text)[1]
    assert isinstance(item, Mapping)
    assert edits.set_argument(item, *item.entries[0], "n", "true", "units") is None


def test_set_argument_beside_an_alias_and_a_merge():
    text = "- Dense: {a: &a {L2: 1}, b: *a}\n"
    assert argument(text, "n", "1") == "- Dense: {a: &a {L2: 1}, b: *a, n: 1}\n"
    assert argument(text, "b", "1") == "- Dense: {a: &a {L2: 1}, b: 1}\n"
    text = "x: &x {n: 0, m: 0}\nlayers:\n- Dense: {<<: *x}\n"
    root = tree(text)
    assert isinstance(root, Mapping)
    layers = root.entries[1][1]
    assert isinstance(layers, Sequence)
    item = layers.items[0]
    assert isinstance(item, Mapping)
    after = applied(text, edits.set_argument(item, *item.entries[0], "n", "1"))
    assert after == "x: &x {n: 0, m: 0}\nlayers:\n- Dense: {<<: *x, n: 1}\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- Dense: 5 # x\n", "- Dense: 5 # x\n  from: y\n"),
        ("- Dense: 5\n  from: z # x\n- ReLU\n", "- Dense: 5\n  from: y # x\n- ReLU\n"),
        ("- Dense: 5\n  from:\n", "- Dense: 5\n  from: y\n"),
        ("- Dense:\n    units: 5\n- ReLU\n", "- Dense:\n    units: 5\n  from: y\n- ReLU\n"),
        ("- {Dense: 5}\n", "- {Dense: 5, from: y}\n"),
        ("- Flatten # x\n", "- Flatten:\n  from: y # x\n"),
        ("[Flatten, ReLU]\n", "[{Flatten: {}, from: y}, ReLU]\n"),
        ("- {}\n", "- {from: y}\n"),
        ("- { }\n", "- {from: y }\n"),
    ],
)
def test_add_key(before: str, after: str):
    node = items(before)[0]
    assert isinstance(node, Mapping | Scalar)
    assert applied(before, edits.add_key(node, "from", "y")) == after
    plain = to_plain(items(after)[0])
    assert isinstance(plain, dict)
    assert plain["from"] == "y"


def test_add_key_at_the_top():
    for text in ("specc: 1\nname: x\n", "specc: 1\nname: x", "specc: 1\nname: x # a\n\n# end\n"):
        root = tree(text)
        assert isinstance(root, Mapping)
        assert to_plain(tree(applied(text, edits.add_key(root, "adapt", "auto")))) == {
            "specc": 1,
            "name": "x",
            "adapt": "auto",
        }


LAYERS = dedent("""\
    layers:
      # first
      - A  # one
      # second
      - B:
          x: 1  # two

      # third
      - C
    name: n
    """)


@pytest.mark.parametrize("text", ["X", "X: {y: 1}", "X: 1\nname: z", "X:\n  y: 1"])
@pytest.mark.parametrize("index", [0, 1, 2])
def test_inserted_items_are_read_where_they_were_put(text: str, index: int):
    new = to_plain(tree(text))
    old = to_plain(tree(LAYERS))
    assert isinstance(old, dict)
    for place, function in ((index, edits.insert_item_before), (index + 1, edits.insert_item_after)):
        after = applied(LAYERS, function(items(LAYERS)[index], text))
        expected = [*old["layers"][:place], new, *old["layers"][place:]]
        assert to_plain(tree(after)) == {"layers": expected, "name": "n"}
        assert [line for line in after.splitlines() if line in LAYERS.splitlines()] == LAYERS.splitlines()


def test_insert_in_a_list_within_a_list_and_behind_an_anchor():
    text = "- - a\n  - &my-b b\n"
    inner = items(text)[0]
    assert isinstance(inner, Sequence)
    first, second = inner.items
    assert applied(text, edits.insert_item_before(first, "x")) == "- - x\n  - a\n  - &my-b b\n"
    assert applied(text, edits.insert_item_before(second, "x")) == "- - a\n  - x\n  - &my-b b\n"
    assert applied(text, edits.insert_item_after(second, "x")) == "- - a\n  - &my-b b\n  - x\n"


def test_insert_in_flow():
    text = "[A, {B: 1}] # c\n"
    first, second = items(text)
    assert applied(text, edits.insert_item_before(first, "X: 2")) == "[X: 2, A, {B: 1}] # c\n"
    assert applied(text, edits.insert_item_before(second, "X")) == "[A, X, {B: 1}] # c\n"
    assert applied(text, edits.insert_item_after(second, "X")) == "[A, {B: 1}, X] # c\n"
    assert edits.insert_item_after(second, "X: 1\nname: n") is None


def test_no_list_no_item():
    root = tree("a: b\n")
    assert isinstance(root, Mapping)
    node = root.entries[0][1]
    assert edits.insert_item_before(node, "x") is None
    assert edits.insert_item_after(node, "x") is None
    assert edits.remove_item(node) is None


@pytest.mark.parametrize(
    ("index", "gone"), [(0, ["  - A  # one"]), (1, ["  - B:", "      x: 1  # two"]), (2, ["  - C"])]
)
def test_remove_takes_the_lines(index: int, gone: list[str]):
    after = applied(LAYERS, edits.remove_item(items(LAYERS)[index]))
    assert after.splitlines() == [line for line in LAYERS.splitlines() if line not in gone]


def test_remove_the_last_line_without_a_break():
    text = "- A\n- B  # b"
    assert applied(text, edits.remove_item(items(text)[1])) == "- A"
    assert applied("- A\r\n- B\r\n", edits.remove_item(items("- A\r\n- B\r\n")[0])) == "- B\r\n"


def test_remove_in_flow():
    text = "[A, B: 1, C]\n"
    first, second, third = items(text)
    assert applied(text, edits.remove_item(first)) == "[B: 1, C]\n"
    assert applied(text, edits.remove_item(second)) == "[A, C]\n"
    assert applied(text, edits.remove_item(third)) == "[A, B: 1]\n"
    assert applied("[A]\n", edits.remove_item(items("[A]\n")[0])) == "[]\n"


def test_remove_needs_a_line_of_its_own():
    inner = items("- - a\n  - b\n")[0]
    assert isinstance(inner, Sequence)
    assert edits.remove_item(inner.items[0]) is None


def test_replace_keeps_the_anchor():
    text = "- Reshape: &r [4, 784]  # x\n"
    (item,) = items(text)
    assert isinstance(item, Mapping)
    assert applied(text, edits.replace(item.entries[0][1], "[4]")) == "- Reshape: &r [4]  # x\n"


@given(st.text(alphabet="ab \"'\\:#,$()[]{}", min_size=1).map(str.strip).filter(bool))
def test_quoted_text_is_read_as_it_was(text: str):
    assert to_plain(tree(edits.quoted(text) + "\n")) == text


def test_quote():
    node = items("- yes no\n- 'a'\n- 5\n- |\n  a\n")
    assert all(isinstance(one, Scalar) for one in node)
    made = [edits.quote(one) for one in node if isinstance(one, Scalar)]
    assert [one.text if one else None for one in made] == ['"yes no"', None, '"5"', None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- Dense: 1\n  a: 2  # why\n  b: 3\n", "- Dense: 1\n  b: 3\n"),
        ("- a: 2\n  Dense: 1\n", "- Dense: 1\n"),
        ("- Dense: 1\n  a:\n    - 1\n    - 2\n", "- Dense: 1\n"),
        ("- Dense: 1\n  a: 2", "- Dense: 1"),
        ("- {a: 2, b: 3}\n", "- {b: 3}\n"),
        ("- {b: 3, a: [2, 4]}\n", "- {b: 3}\n"),
        ("- {a: 2}\n", "- {}\n"),
        ("- {b: 3}\n", None),
        ("- a: 2\n", None),
        ("- {a: 2, # why\n   b: 3}\n", None),
    ],
)
def test_a_key_is_removed(text: str, expected: str | None):
    (node,) = items(text)
    assert isinstance(node, Mapping)
    edit = edits.remove_key(node, "a")
    assert (None if edit is None else applied(text, edit)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- Hashing: {num_bins: 3, dtype: int32}\n", "- Hashing: {num_bins: 3}\n"),
        ("- Hashing:\n    num_bins: 3\n    dtype: int32\n", "- Hashing:\n    num_bins: 3\n"),
        ("- Hashing: {dtype: int32}\n", "- Hashing: {}\n"),
        ("- Hashing: 3\n", None),
        ("- Hashing: &a {dtype: int32}\n- Hashing: *a\n", None),
    ],
)
def test_an_argument_is_dropped(text: str, expected: str | None):
    node = items(text)[-1]
    assert isinstance(node, Mapping)
    op, arguments = node.entries[0]
    edit = edits.drop_argument(op, arguments, "dtype", "num_bins")
    assert (None if edit is None else applied(text, edit)) == expected


def test_a_bare_argument_is_dropped():
    text = "- Hashing: 3\n"
    (node,) = items(text)
    assert isinstance(node, Mapping)
    assert applied(text, edits.drop_argument(*node.entries[0], "num_bins", "num_bins")) == "- Hashing: {}\n"
