"""What the reader makes of text: values, places, and a diagnostic for whatever it cannot read."""

import subprocess
import sys

import pytest

from specc.diagnostics.fix import apply_edits
from specc.diagnostics.model import Diagnostic
from specc.source import Source
from specc.syntax.reader import HAS_LIBYAML, read
from specc.syntax.tree import Mapping, Node, Scalar, Sequence, to_plain


def plain(text: str) -> object:
    root, found = read(Source("spec.yaml", text))
    assert found == []
    assert root is not None
    return to_plain(root)


def findings(text: str) -> list[Diagnostic]:
    return read(Source("spec.yaml", text))[1]


def fault(text: str) -> tuple[str, str, str]:
    """Code, message and marked text of the only finding."""
    root, [found] = read(Source("spec.yaml", text))
    assert root is None
    assert found.span is not None
    return found.code, found.message, found.span.text


def fixed(text: str, found: Diagnostic) -> str:
    for edit in sorted(found.fixes[0].edits, key=lambda edit: edit.span.start, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def spans(node: Node) -> list[str]:
    """The text under every node, outermost first."""
    texts = [node.span.text]
    if isinstance(node, Sequence):
        for item in node.items:
            texts += spans(item)
    if isinstance(node, Mapping):
        for key, value in node.entries:
            texts += [*spans(key), *spans(value)]
    return texts


def test_this_environment_has_libyaml():
    assert HAS_LIBYAML


def test_spans_end_where_their_text_ends():
    text = "a:\n  b: [1, 2] # two\n  c: 'x'\n\n# end\nd:\n  - |\n    text\n\n  - e\n"
    root, found = read(Source("spec.yaml", text))
    assert found == []
    assert root is not None
    assert spans(root)[:4] == [text.rstrip(), "a", "b: [1, 2] # two\n  c: 'x'", "b"]
    assert spans(root)[4:] == [
        "[1, 2]",
        "1",
        "2",
        "c",
        "'x'",
        "d",
        "- |\n    text\n\n  - e",
        "|\n    text",
        "e",
    ]


@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
def test_spans_count_characters(line_break: str):
    text = line_break.join(["\ufeff# 😀", "a: 😀", "b: {é: 'ü', 日: 3}", "c:", "- 日本", "- x"])
    root, found = read(Source("spec.yaml", text))
    assert found == []
    assert root is not None
    seen = spans(root)
    assert seen[1:3] == ["a", "😀"]
    assert seen[3:9] == ["b", "{é: 'ü', 日: 3}", "é", "'ü'", "日", "3"]
    assert seen[9:] == ["c", line_break.join(["- 日本", "- x"]), "日本", "x"]


def test_an_anchor_is_no_part_of_its_node():
    root, _ = read(Source("spec.yaml", "a: &x {b: 1}\nc: &y\n  d: &z 'e'\nf: [*x, *y, *z]\n"))
    assert isinstance(root, Mapping)
    assert root.entries[0][1].span.text == "{b: 1}"
    assert root.entries[1][1].span.text == "d: &z 'e'"
    shared = root.get("f")
    assert isinstance(shared, Sequence)
    assert shared.items[0] is root.get("a")
    assert shared.items[1] is root.get("c")
    assert shared.items[2].span.text == "'e'"
    assert shared.span.text == "[*x, *y, *z]"


def test_mappings_are_looked_up_by_key():
    root, _ = read(Source("spec.yaml", "a: 1\nb: 2\n"))
    assert isinstance(root, Mapping)
    value, key = root.get("b"), root.key("b")
    assert isinstance(value, Scalar)
    assert value.value == 2
    assert key is not None
    assert key.span.text == "b"
    assert root.get("c") is None
    assert root.key("c") is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("{}", "a mapping"),
        ("[]", "a list"),
        ("x", "text"),
        ("1", "an integer"),
        ("1.5", "a number"),
        ("true", "a boolean"),
        ("null", "nothing (null)"),
    ],
)
def test_nodes_say_what_they_are(text: str, kind: str):
    root, _ = read(Source("spec.yaml", text))
    assert root is not None
    assert root.kind == kind


def test_merge_keys():
    text = (
        "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\n"
        "one: {<<: *a, y: 9}\ntwo: {w: 0, <<: [*a, *b]}\nsame: {<<: [*a, *a]}\n"
        "quoted: {'<<': 1}\ninline: {<<: {q: 1}}\n"
    )
    result = plain(text)
    assert isinstance(result, dict)
    assert result["one"] == {"x": 1, "y": 9}
    assert result["two"] == {"w": 0, "x": 1, "y": 1, "z": 2}
    assert result["same"] == {"x": 1, "y": 1}
    assert result["quoted"] == {"<<": 1}
    assert result["inline"] == {"q": 1}
    assert fault("a: {<<: [1]}") == (
        "E102",
        "`<<` takes a mapping or a list of mappings, not an integer",
        "1",
    )


def test_json_is_yaml():
    assert plain('{"a": [1, 2.5, true, null, "x\\n\\u00e9"],\n\t"b": {"c": {}}}') == {
        "a": [1, 2.5, True, None, "x\né"],
        "b": {"c": {}},
    }
    assert plain('{"a": "\\ud83d\\ude00!", "\\u65e5": 1}') == {"a": "😀!", "日": 1}


def test_every_duplicate_is_reported_and_the_first_is_kept():
    root, found = read(Source("spec.yaml", "a: 1\nb: {c: 1, c: 2}\na: 3\na: 4\n"))
    assert root is not None
    assert to_plain(root) == {"a": 1, "b": {"c": 1}}
    assert [d.code for d in found] == ["E101"] * 3
    assert [d.span.start for d in found if d.span] == [15, 21, 26]
    assert [note.span.start for d in found for note in d.notes if note.span] == [9, 0, 0]
    assert found[0].message == "the key `c` is given twice"


@pytest.mark.parametrize(
    ("text", "message", "marked"),
    [
        ("", "the spec is empty", ""),
        ("# nothing\n", "the spec is empty", ""),
        ("---\n", "the spec is empty", ""),
        ("a:\n\t b: 1", "YAML is indented by spaces, not by tabs", "\t"),
        ("a: @x", "a value cannot start with `@`: put it into quotes", "@"),
        ("a: %x", "a value cannot start with `%`: put it into quotes", "%"),
        ("a: [1, 2", "this `[` is never closed by a `]`", "["),
        ("a: {b: 1\n", "this `{` is never closed by a `}`", "{"),
        ("a: {b: 1\nc: 2", "`,` or `}` should stand here, not `:`", ":"),
        ("a: 'x", "this quote is never closed", "'"),
        ("a: 'x' y", "nothing can follow the closing quote: put all of the value into quotes", "y"),
        (
            "a: 1\n b: 2",
            "the key `b` stands where the value before it goes on: indent it as its neighbours",
            "b",
        ),
        ("- a\nb: 1", "this stands among the items of a list, but does not start with `- `", "b"),
        ("a: 1\n- b", "a `key:` should stand here, not an item of a list; is it indented wrongly?", "-"),
        ("a: - b", "a list cannot start on the line of its key: put its items on lines of their own", "-"),
        ("a: }", "a value should stand here, not `}`", "}"),
        ("a: x\ufeff", "a byte order mark (U+FEFF) stands inside the text", "\ufeff"),
        ("a: x\x01", "the character U+0001 cannot stand in YAML text", "\x01"),
        ("a: \ud800", "the character U+D800 cannot stand in YAML text", "\ud800"),
        ('a: "\\q"', "`\\q` is no escape in YAML: write `\\\\` for a backslash, or use single quotes", "\\q"),
        ('a: "\\ud800"', "the escape `\\ud800` is no character", "\\ud800"),
        (
            "a: !!python/name:os.system x",
            "a spec is plain data: the tag `!!python/name:os.system` is not read",
            None,
        ),
        ("a: &b !!str x", "a spec is plain data: the tag `!!str` is not read", "!!str"),
        ("a: !c {}", "a spec is plain data: the tag `!c` is not read", "!c"),
        ("a: 1\n---\nb: 2", "a spec is one document: this starts a second one", "---"),
        ("a: &x [*x]", "`*x` stands inside `&x`: a spec cannot contain itself", "*x"),
        (
            "a: &stem 1\nb: *stme",
            "no anchor `&stme` stands before this alias; did you mean `*stem`?",
            "*stme",
        ),
        ("? [1, 2]\n: 3", "a key is one value, not a list", "[1, 2]"),
        ("{{a: 1}: 2}", "a key is one value, not a mapping", "{a: 1}"),
    ],
)
def test_what_cannot_be_read_says_why(text: str, message: str, marked: str | None):
    code, said, place = fault(text)
    assert code == "E100"
    assert said == message
    assert marked is None or place == marked


def test_a_second_colon_is_explained():
    assert fault("a: b: c") == (
        "E100",
        "a second `:` in one line: put what follows `a:` into quotes, or start a new line before `b`",
        ":",
    )


def test_an_open_bracket_is_pointed_at():
    [found] = findings("a: [1, 2\nb: 3")
    assert [(note.text, note.span.start) for note in found.notes if note.span] == [
        ("this `[` is still open", 3)
    ]


@pytest.mark.parametrize("text", ["a: !!str x", "a: &b !t {c: 1}", "a:\n\tb: 1\n"])
def test_what_can_be_repaired_reads_once_it_is(text: str):
    [found] = findings(text)
    assert found.fixes[0].applicability == "unsafe"
    assert findings(fixed(text, found)) == []


class TestLimits:
    def test_nesting(self):
        assert plain("[" * 100 + "]" * 100) is not None
        assert fault("[" * 101 + "]" * 101)[:2] == ("E110", "more than 100 levels of nesting")
        assert fault("[" * 1_000_000)[0] == "E110"

    def test_nesting_through_aliases(self):
        chain = "".join(f"- &a{i} [*a{i - 1}]\n" if i else "- &a0 []\n" for i in range(98))
        assert plain(chain) is not None
        longer = chain + "- &a98 [*a97]\n- &a99 [*a98]\n"
        assert fault(longer) == ("E110", "more than 100 levels of nesting", "*a98")

    def test_a_thousand_million_laughs(self):
        bomb = "- &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
            f"- &a{i} [" + ", ".join([f"*a{i - 1}"] * 10) + "]\n" for i in range(1, 12)
        )
        code, message, _ = fault(bomb)
        assert (code, message) == ("E110", "with its aliases, the spec has more than 10,000,000 nodes")

    def test_merges_that_grow(self):
        text = "- &a0 {k: 1}\n" + "".join(f"- &a{i} {{<<: *a{i - 1}, k{i}: 1}}\n" for i in range(1, 8_000))
        assert fault(text)[0] == "E110"

    def test_digits(self):
        assert plain("9" * 300) == int("9" * 300)
        assert fault("a: " + "9" * 5_000)[:2] == (
            "E110",
            "an integer of 5000 digits; at most 300 can be read",
        )

    def test_size(self):
        assert findings("a" * (16 * 1024 * 1024 + 1))[0].code == "E110"


class TestCutExpressions:
    @pytest.mark.parametrize(
        ("text", "repaired"),
        [
            ("{units: $(min(3, 4))}", '{units: "$(min(3, 4))"}'),
            ("- {name: c_$(min(1, 2))_x, b: $n}", '- {name: "c_$(min(1, 2))_x", b: $n}'),
            ("a: [$(a[0]), 1]", 'a: ["$(a[0])", 1]'),
            ("a: [1, $(f([1, 2])), 3]", 'a: [1, "$(f([1, 2]))", 3]'),
            ("a: {b: $(x # y)}", 'a: {b: "$(x # y)"}'),
            ("a: $(x # y)\nb: 1", 'a: "$(x # y)"\nb: 1'),
            ("a: $(b: c)", 'a: "$(b: c)"'),
            ("{a: $(f(\"a,b\", 'c')), d: 1}", "{a: '$(f(\"a,b\", ''c''))', d: 1}"),
            ("{\n  a: $(f(1,\n}", None),
        ],
    )
    def test_quotes_are_offered(self, text: str, repaired: str | None):
        root, [found] = read(Source("spec.yaml", text))
        assert root is None
        assert found.code == "E108"
        if repaired is None:
            assert found.fixes == ()
            return
        assert found.fixes[0].applicability == "safe"
        assert fixed(text, found) == repaired
        assert findings(repaired) == []

    def test_all_are_found_at_once(self):
        found = findings("a: {b: $(max(1, 2)), c: $(max(3, 4))}\nd: {e: $(max(5, 6))}\n")
        assert [d.span.text for d in found if d.span] == ["$(max(1, 2))", "$(max(3, 4))", "$(max(5, 6))"]

    def test_what_no_quotes_repair(self):
        assert fault("a: $(min(1") == ("E108", "the expression `$(min(1` has no closing `)`", "$(min(1")

    def test_what_is_whole_stays(self):
        assert plain('a: $(min(1, 2)) $$(\nb: {c: "$(min(1, 2))", d: $x}') == {
            "a": "$(min(1, 2)) $$(",
            "b": {"c": "$(min(1, 2))", "d": "$x"},
        }

    def test_another_fault_is_told_as_itself(self):
        assert fault("a: {b: $(x), c: 'd}\n")[0] == "E100"


def test_without_libyaml_the_python_parser_reads():
    script = (
        "import sys; sys.modules['yaml._yaml'] = None\n"
        "from specc.source import Source\n"
        "from specc.syntax.reader import HAS_LIBYAML, read\n"
        "from specc.syntax.tree import to_plain\n"
        "assert not HAS_LIBYAML\n"
        "root, found = read(Source('x', 'a: [1, é]'))\n"
        "assert to_plain(root) == {'a': [1, 'é']} and not found\n"
        "assert read(Source('x', 'a: [1'))[1][0].message == 'this `[` is never closed by a `]`'\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-X", "utf8", "-c", script], check=True)


@pytest.mark.parametrize("between", ["", "  # all\n", "\n"])
def test_an_op_without_arguments_that_has_keys_beside_it_needs_a_colon(between: str) -> None:
    text = f"layers:\n  - Flatten{between or chr(10)}    name: f\n"
    source = Source("a.yaml", text)
    node, (found,) = read(source)
    assert node is None
    assert found.code == "E100"
    assert found.span is not None
    assert found.span.text == "Flatten"
    (fix,) = found.fixes
    mended = apply_edits(text, fix.edits)
    assert mended is not None
    assert read(Source("a.yaml", mended))[1] == []
