"""Applying edits, and choosing the fixes that go together."""

from hypothesis import given
from hypothesis import strategies as st

from specc.diagnostics.fix import apply_edits, by_path, select
from specc.diagnostics.model import Applicability, Diagnostic, Edit, Fix
from specc.source import Source, Span

TEXT = "0123456789"
SOURCE = Source("a.yaml", TEXT)


def edit(start: int, end: int, text: str, source: Source = SOURCE) -> Edit:
    return Edit(Span(source, start, end), text)


def choose(diagnostics: list[Diagnostic], unsafe: bool) -> dict[str, list[Edit]]:
    return by_path(edit for _, fix in select(diagnostics, unsafe) for edit in fix.edits)


def finding(*fixes: tuple[Applicability, list[Edit]]) -> Diagnostic:
    return Diagnostic("E200", "x", fixes=tuple(Fix("t", kind, tuple(edits)) for kind, edits in fixes))


def test_replaces_inserts_and_deletes_in_any_order():
    assert apply_edits(TEXT, [edit(8, 9, ""), edit(0, 2, "ab"), edit(5, 5, "-")]) == "ab234-5679"


def test_same_edit_twice_is_one():
    assert (
        apply_edits(TEXT, [edit(3, 4, "x"), edit(3, 4, "x"), edit(0, 0, "y"), edit(0, 0, "y")])
        == "y012x456789"
    )


def test_overlap_is_refused():
    assert apply_edits(TEXT, [edit(2, 5, "x"), edit(4, 6, "y")]) is None
    assert apply_edits(TEXT, [edit(2, 5, "x"), edit(2, 5, "y")]) is None
    assert apply_edits(TEXT, [edit(2, 5, "x"), edit(3, 3, "y")]) is None


def test_out_of_bounds_is_refused():
    assert apply_edits(TEXT, [edit(8, 11, "x")]) is None
    assert apply_edits(TEXT, [edit(-1, 1, "x")]) is None


def test_insertions_at_one_place_keep_their_order():
    assert apply_edits(TEXT, [edit(2, 3, "c"), edit(2, 2, "b"), edit(2, 2, "a")]) == "01bac3456789"


@st.composite
def separate_edits(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    text = draw(st.text(max_size=40))
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=12, unique=True)))
    source = Source("s", text)
    pairs = zip(cuts[::2], cuts[1::2], strict=False)
    return text, [Edit(Span(source, a, b), draw(st.text(max_size=5))) for a, b in pairs]


@given(separate_edits(), st.randoms())
def test_equals_replacing_from_the_back(case, random):
    text, edits = case
    expected = text
    for one in reversed(edits):
        expected = expected[: one.span.start] + one.text + expected[one.span.end :]
    shuffled = [*edits, *edits]
    random.shuffle(shuffled)
    assert apply_edits(text, shuffled) == expected


def any_edit() -> st.SearchStrategy[Edit]:
    place = st.integers(0, len(TEXT))
    return st.builds(
        lambda a, b, text: edit(min(a, b), max(a, b), text), place, place, st.sampled_from(["", "x", "y"])
    )


@given(st.lists(any_edit(), max_size=6))
def test_refuses_exactly_the_overlaps(edits):
    distinct = list(dict.fromkeys((e.span.start, e.span.end, e.text) for e in edits))

    def collide(one: tuple[int, int, str], other: tuple[int, int, str]) -> bool:
        if one[0] < one[1] and one[:2] == other[:2]:
            return True
        return max(one[0], other[0]) < min(one[1], other[1]) or any(
            low < at < high for (low, high, _), at in ((one, other[0]), (other, one[0]))
        )

    overlap = any(collide(a, b) for i, a in enumerate(distinct) for b in distinct[:i])
    assert (apply_edits(TEXT, edits) is None) == overlap


@given(st.lists(st.lists(any_edit(), min_size=1, max_size=2), max_size=6))
def test_what_is_chosen_can_be_applied(groups):
    whole = [group for group in groups if apply_edits(TEXT, group) is not None]
    chosen = choose([finding(("safe", group)) for group in whole], unsafe=False)
    made = chosen.get("a.yaml", [])
    assert apply_edits(TEXT, made) is not None
    if whole:
        assert set(whole[0]) <= set(made)
    kept = [group for group in whole if set(group) <= set(made)]
    assert set(made) == {one for group in kept for one in group}


def test_choose_takes_the_first_safe_fix():
    diagnostics = [
        finding(
            ("display", []),
            ("unsafe", [edit(0, 1, "u")]),
            ("safe", [edit(1, 2, "s")]),
            ("safe", [edit(2, 3, "t")]),
        ),
        finding(("unsafe", [edit(5, 6, "v")])),
        finding(),
    ]
    assert choose(diagnostics, unsafe=False) == {"a.yaml": [edit(1, 2, "s")]}
    assert choose(diagnostics, unsafe=True) == {"a.yaml": [edit(1, 2, "s"), edit(5, 6, "v")]}


def test_choose_leaves_out_a_conflicting_fix_whole():
    other = Source("b.yaml", TEXT)
    first = finding(("safe", [edit(2, 5, "x")]))
    second = finding(("safe", [edit(0, 1, "y", other), edit(4, 6, "y")]))
    third = finding(("safe", [edit(6, 7, "z"), edit(2, 5, "x")]))
    assert choose([first, second, third], unsafe=False) == {"a.yaml": [edit(2, 5, "x"), edit(6, 7, "z")]}


def test_choose_does_not_insert_twice_at_one_place():
    assert choose([finding(("safe", [edit(3, 3, text)])) for text in "aba"], unsafe=False) == {
        "a.yaml": [edit(3, 3, "a")]
    }
