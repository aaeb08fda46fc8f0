"""The text form of diagnostics."""

import io
from textwrap import dedent

import pytest

from specc.diagnostics.model import Diagnostic, Edit, Fix, Note
from specc.diagnostics.style import harmless, use_color
from specc.diagnostics.text import render, summary
from specc.source import Source, Span

SPEC = Source(
    "specs/a.yaml",
    dedent("""\
        specc: 1
        inputs:
          image: [height: 26, width: 5]
        layers:
          - Flatten
          - MaxPooling2D: 2
          # to the classifier
          - Reshape: [784]  # was 28 * 28
          - Dense:
              units: 10
              activation: softmax
            name: digit
        """),
)


def at(text: str, source: Source = SPEC) -> Span:
    start = source.text.index(text)
    return Span(source, start, start + len(text))


def printed(diagnostic: Diagnostic) -> str:
    return render(diagnostic) + "\n"


def test_golden():
    place = at("[784]")
    diagnostic = Diagnostic(
        "E202",
        "`Reshape` makes 784 elements of 4160",
        place,
        "reshape",
        notes=(
            Note("26 * 5 * 32 = 4160 elements come in"),
            Note("`width` is made here", at("MaxPooling2D: 2")),
        ),
        chain=(Note("in block `stem`, used here", at("Flatten")),),
        fixes=(
            Fix("write 4160", "safe", (Edit(place, "[4160]"),)),
            Fix("drop the layer", "unsafe", (Edit(at("  - Reshape: [784]  # was 28 * 28\n"), ""),)),
            Fix("use another pooling", "display"),
        ),
    )
    assert printed(diagnostic) == dedent("""\
        error[E202]: `Reshape` makes 784 elements of 4160
         --> specs/a.yaml:8:14
          |
        8 |   - Reshape: [784]  # was 28 * 28
          |              ^^^^^
          = note: 26 * 5 * 32 = 4160 elements come in
          = note: `width` is made here (specs/a.yaml:6)
        6 |   - MaxPooling2D: 2
          |     ---------------
          = in block `stem`, used here (line 5)
        help: write 4160
        8 -   - Reshape: [784]  # was 28 * 28
        8 +   - Reshape: [4160]  # was 28 * 28
        help: drop the layer (your choice)
        8 -   - Reshape: [784]  # was 28 * 28
        help: use another pooling
        """)


def test_many_lines_show_the_first_and_the_last():
    span = Span(SPEC, at("Dense:").start, at("name: digit").end + 1)
    assert printed(Diagnostic("W604", "nothing uses it", span)) == dedent("""\
        warning[W604]: nothing uses it
          --> specs/a.yaml:9:5
           |
         9 |   - Dense:
           |     ^^^^^^
        ...
        12 |     name: digit
           |     ^^^^^^^^^^^
        """)


def test_few_lines_show_all():
    span = Span(SPEC, at("units").start, at("softmax").end)
    lines = render(Diagnostic("E105", "no", span)).splitlines()
    assert [line.strip() for line in lines[3:]] == [
        "10 |       units: 10",
        "|       ^^^^^^^^^",
        "11 |       activation: softmax",
        "|       ^^^^^^^^^^^^^^^^^^^",
    ]


def test_inserted_line_shows_the_one_before():
    where = at("  - MaxPooling2D")._replace(end=at("  - MaxPooling2D").start)
    fix = Fix("insert", "safe", (Edit(where, "  - ReLU\n"),))
    assert render(Diagnostic("E200", "no", fixes=(fix,))).splitlines() == [
        "error[E200]: no",
        "help: insert",
        " --> specs/a.yaml",
        "5     - Flatten",
        "6 +   - ReLU",
    ]


def test_unchanged_lines_within_a_change_are_left_out():
    fix = Fix("both", "safe", (Edit(at("Flatten"), "ReLU"), Edit(at("# to the classifier"), "# to it")))
    lines = render(Diagnostic("E200", "no", at("Flatten"), fixes=(fix,))).splitlines()
    assert lines[6:] == [
        "5 -   - Flatten",
        "5 +   - ReLU",
        "7 -   # to the classifier",
        "7 +   # to it",
    ]


def test_edits_in_another_file_name_it():
    other = Source("blocks/b.yaml", "a: 1\n")
    fix = Fix("change", "safe", (Edit(at("1", other), "2"),))
    lines = render(Diagnostic("E200", "no", at("Flatten"), fixes=(fix,))).splitlines()
    assert lines[-3:] == [" --> blocks/b.yaml", "1 - a: 1", "1 + a: 2"]


@pytest.mark.parametrize(
    ("line", "piece", "shown", "under"),
    [
        ("a:\tbad", "bad", "a:    bad", "      ^^^"),
        ("日本: 語 x", "x", "日本: 語 x", "         ^"),
        ("日本: 語 x", "日本", "日本: 語 x", "^^^^"),
        ("e\u0301: x", "x", "e\u0301: x", "   ^"),
        ("a: \x1b[31m", "\x1b[31m", r"a: \x1b[31m", "   ^^^^^^^^"),
        ("a: b", "", "a: b", "^"),
    ],
)
def test_underline_stands_below_what_it_marks(line: str, piece: str, shown: str, under: str):
    lines = render(Diagnostic("E100", "no", at(piece, Source("s", line)))).splitlines()
    assert lines[3:] == [f"1 | {shown}", f"  | {under}"]


def test_long_lines_are_cut_around_the_span():
    source = Source("s", "x" * 5000 + "HERE" + "y" * 5000)
    line, under = render(Diagnostic("E100", "no", at("HERE", source))).splitlines()[3:]
    assert len(line) < 120
    assert line.startswith("1 | …x")
    assert line.endswith("y…")
    assert line[under.index("^") : under.rindex("^") + 1] == "HERE"


def test_span_longer_than_the_line_is_cut():
    source = Source("s", "x" * 5000)
    lines = render(Diagnostic("E100", "no", Span(source, 0, 5000))).splitlines()
    assert all(len(line) < 120 for line in lines)


def test_nothing_from_a_spec_reaches_the_terminal_raw():
    evil = "\x1b]0;x\x07\u202e\x9b\r\n\udcff"
    source = Source(evil, evil + "x")
    span = Span(source, 0, 1)
    fix = Fix(evil, "safe", (Edit(span, evil),))
    diagnostic = Diagnostic("E100", evil, span, evil, (Note(evil, span),), (fix,), (Note(evil, span),))
    text = render(diagnostic)
    assert not {"\x1b", "\x07", "\u202e", "\x9b", "\r", "\udcff"} & set(text)
    text.encode()


def test_empty_and_placeless():
    assert render(Diagnostic("E100", "the spec is empty", Span(Source("s", ""), 0, 0))).splitlines() == [
        "error[E100]: the spec is empty",
        " --> s:1:1",
        "  |",
        "1 |",
        "  | ^",
    ]
    assert render(Diagnostic("N700", "folded")) == "note[N700]: folded"


def test_span_behind_the_last_line():
    lines = render(Diagnostic("E100", "no", Span(Source("s", "a\n"), 2, 2))).splitlines()
    assert lines[1] == " --> s:2:1"


def test_color_marks_only():
    diagnostic = Diagnostic("E202", "no", at("[784]"), notes=(Note("so"),))
    colored = render(diagnostic, color=True)
    assert "\x1b[1;31merror[E202]\x1b[0m" in colored
    plain = colored
    for code in ("1;31", "1;33", "1;36", "1;32", "34", "1", "31", "32", "0"):
        plain = plain.replace(f"\x1b[{code}m", "")
    assert plain == render(diagnostic)


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        ([], "no errors"),
        (["E100"], "1 error"),
        (["E100", "W600", "E202"], "2 errors, 1 warning"),
        (["N700", "N700"], "2 notes"),
    ],
)
def test_summary(codes: list[str], said: str):
    assert summary(Diagnostic(code, "x") for code in codes) == said


def test_harmless_keeps_ordinary_text():
    assert harmless("Größe 日本 😀 x 3") == "Größe 日本 😀 x 3"
    assert harmless("a\tb\x7f") == r"a\tb\x7f"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_when_to_use_color(monkeypatch: pytest.MonkeyPatch):
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert use_color("auto", Terminal())
    assert not use_color("auto", io.StringIO())
    monkeypatch.setenv("TERM", "dumb")
    assert not use_color("auto", Terminal())
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert use_color("auto", io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not use_color("auto", Terminal())
    assert use_color("always", io.StringIO())
    assert not use_color("never", Terminal())
