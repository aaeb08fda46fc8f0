"""Any input whatever ends in a report: random text, mutated specs, and specs made to be too much."""

import os
from pathlib import Path
from random import Random
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specc.pipeline import Options, check_bytes, check_file, check_text
from tests.properties.mutations import mutated
from tests.properties.sound import assert_sound
from tests.properties.trees import ROOT, texts

HEAD = "specc: 1\nname: a\ninputs: {x: [time: 8, feature: 4]}\n"
SECONDS = 30
"""Of processor time, for the worst of specs."""

PIECES = (
    "specc: 1¦name: a¦inputs:¦layers:¦outputs:¦blocks:¦params:¦compile:¦include:¦x:¦- Dense: 3¦- LSTM: 4¦- use: b¦"
    "- Conv2D: {filters: 2, kernel_size: 3}¦- repeat: 2¦from: _¦[time: 4, feature: 3]¦[3, null]¦{¦}¦[¦]¦- ¦: ¦\n¦"
    "\n  ¦\n    ¦&a ¦*a¦<<: *a¦$x¦$(1 + ¦)¦\"¦'¦|¦>¦#¦!!int¦---¦?¦%¦\t¦null¦as: [a, _]¦when: $(x)"
)


@given(st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_bytes(data: bytes) -> None:
    assert_sound(check_bytes("a.yaml", data).report)


@given(st.lists(st.sampled_from(PIECES.split("¦")), max_size=40).map("".join))
@settings(max_examples=300, deadline=None)
def test_any_text_that_looks_like_a_spec(text: str) -> None:
    assert_sound(check_text(text))


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_a_spec_with_a_stretch_replaced(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(texts()))
    start = data.draw(st.integers(0, len(text)))
    stop = data.draw(st.integers(start, min(len(text), start + 30)))
    assert_sound(check_text(text[:start] + data.draw(st.text(max_size=8)) + text[stop:]))


@pytest.mark.parametrize("start", range(0, 600, 100))
def test_mutated_specs(start: int) -> None:
    _fuzz(start, 100)


@pytest.mark.slow
@pytest.mark.parametrize("start", range(0, 20_000, 1000))
def test_many_mutated_specs(start: int) -> None:
    _fuzz(int(os.environ.get("FUZZ_SEED", "1000000")) + start, 1000)


def _fuzz(start: int, count: int) -> None:
    for seed in range(start, start + count):
        text = mutated(Random(seed))
        try:
            assert_sound(check_text(text, str(ROOT / "specs" / "mutated.yaml")))
        except Exception as error:
            error.add_note(f"seed {seed}:\n{text}")
            raise


def _doubled(levels: int) -> str:
    blocks = "".join(f"  b{i}: {{layers: [{{use: b{i + 1}}}, {{use: b{i + 1}}}]}}\n" for i in range(levels))
    return f"{HEAD}blocks:\n{blocks}  b{levels}: {{layers: [Dense: 3]}}\nlayers: [use: b0]\n"


def _laughs(levels: int) -> str:
    lists = "".join(f"  - &a{i + 1} [{', '.join([f'*a{i}'] * 10)}]\n" for i in range(levels))
    return f"{HEAD}x-a:\n  - &a0 [1]\n{lists}"


def _many(count: int, entry: str) -> str:
    return ", ".join(entry.replace("%", str(i)) for i in range(count))


HOSTILE: dict[str, tuple[str, str | None]] = {
    "a million layers": (HEAD + "layers: [{repeat: 1000000, layers: [Dense: 3]}]", "E110"),
    "repeats of nothing": (
        HEAD + "layers: [{repeat: 100000, layers: [{repeat: 100000, layers: [{repeat: 0, layers: []}]}]}]",
        "E110",
    ),
    "blocks that double": (_doubled(40), "E110"),
    "blocks in a circle": (
        HEAD + "blocks: {a: {layers: [use: b]}, b: {layers: [use: a]}}\nlayers: [use: a]",
        "E305",
    ),
    "a chain of blocks": (
        HEAD + "blocks: {" + _many(5000, "b%: {layers: [use: b1%]}") + "}\nlayers: [use: b0]",
        "E300",
    ),
    "a billion laughs": (_laughs(9) + "layers: [Dense: *a9]", "E110"),
    "laughs in a repeat": (_laughs(5) + "layers: [{repeat: 1000, layers: [{Dense: 3, when: *a5}]}]", "E110"),
    "laughs of layers": (
        HEAD
        + "x-b:\n  - &a0 [Dense: 3]\n"
        + "".join(f"  - &a{i + 1} [{{residual: *a{i}}}, {{residual: *a{i}}}]\n" for i in range(30))
        + "layers: *a30",
        "E110",
    ),
    "levels": (HEAD + "layers: " + "[" * 200_000, "E110"),
    "nested layers": (HEAD + "layers: [" + "{residual: [" * 60 + "Dense: 4" + "]}" * 60 + "]", "E110"),
    "duplicate keys": (HEAD + "x-a:\n" + "  a: 1\n" * 100_000 + "layers: [Dense: 3]", "E101"),
    "unknown ops": (HEAD + "layers:\n" + "".join(f"  - Densse{i}: 3\n" for i in range(20_000)), "E104"),
    "unknown names": (
        HEAD + "layers:\n" + "".join(f"  - {{Dense: 3, from: y{i}}}\n" for i in range(20_000)),
        "E300",
    ),
    "names nearly right": (
        HEAD
        + "layers:\n"
        + "".join(f"  - {{Dense: 3, name: named_layer_{i}}}\n" for i in range(500))
        + "".join(f"  - {{Dense: 3, from: named_layr_{i}}}\n" for i in range(100)),
        "E300",
    ),
    "a wrong op in a repeat": (HEAD + "layers: [{repeat: 400000, layers: [Densse: 3]}]", "E104"),
    "a long name in a repeat": (
        HEAD + "params: {p: " + "x" * 500_000 + "}\nlayers: [{repeat: 100000, name: $p, layers: [Dense: 4]}]",
        "E110",
    ),
    "a long wrong block": (
        HEAD + "params: {p: " + "x" * 500_000 + "}\nlayers: [{repeat: 100000, layers: [use: $p]}]",
        "E300",
    ),
    "a long list in a repeat": (
        HEAD + "layers: [{repeat: 100000, layers: [{Add: , from: [" + _many(20_000, "x") + "]}]}]",
        "E110",
    ),
    "patterns in a repeat": (
        HEAD
        + "layers: [{repeat: 10000, name: r, layers: [{Dense: 4, name: d}]},"
        + " {repeat: 10000, layers: [{Add: , from: r.*.d}]}]",
        "E110",
    ),
    "parameters in a repeat": (
        HEAD
        + "params: {"
        + _many(20_000, "p%: 1")
        + "}\nblocks: {b: {params: {q: 1}, layers: [Dense: 4]}}\nlayers: [{repeat: 100000, layers: [use: b]}]",
        "E110",
    ),
    "block inputs in a repeat": (
        HEAD
        + "blocks: {b: {inputs: ["
        + _many(20_000, "i%")
        + "], layers: [Dense: 4]}}\nlayers: [{repeat: 100000, layers: [use: b]}]",
        "E303",
    ),
    "sizes that grow": (HEAD + "layers: [{repeat: 20000, layers: [{Concatenate: , from: [_, _]}]}]", "E110"),
    "large sizes": (HEAD + "layers: [{Dense: 1" + "0" * 290 + "}, {Dense: 1" + "0" * 290 + "}]", "E110"),
    "many axes": (HEAD.replace("time: 8", _many(100_000, "a%: 2")) + "layers: [Flatten]", "E110"),
    "many target axes": (HEAD + "layers: [{Reshape: [" + "2, " * 100_000 + "-1]}]", "E107"),
    "expressions": (HEAD + 'layers: [{Dense: "' + "$(1)" * 500_000 + '"}]', "E108"),
    "a long expression": (HEAD + "layers: [{Dense: $(" + "1+" * 1_000_000 + "1)}]", "E108"),
    "powers": (HEAD + "layers: [{Dense: $(9 ** 9 ** 9 ** 9)}]", "E108"),
    "many digits": (HEAD + "layers: [{Dense: " + "9" * 1_000_000 + "}]", "E110"),
    "spaces": (HEAD + " " * 10_000_000, "E106"),
    "a line": ("x" * 10_000_000, "E102"),
    "too much text": (" " * (16 * 2**20 + 1), "E110"),
    "values unused": (HEAD + "layers:\n" + "  - {Dense: 3, from: x}\n" * 20_000, None),
}


@pytest.mark.slow
def test_repeats_whose_counts_are_expressions_end_at_the_bound() -> None:
    nested = "layers: [{repeat: $n, layers: [{repeat: $n, layers: [Dense: 4]}]}]"
    report = check_text(f"{HEAD}params: {{n: 30000}}\n{nested}")
    assert [d.code for d in report.diagnostics] == ["E110"]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_specs_end_within_bounds(name: str) -> None:
    text, code = HOSTILE[name]
    start = process_time()
    report = check_text(text)
    assert_sound(report)
    assert process_time() - start < SECONDS
    assert code in {None, *(d.code for d in report.diagnostics)}
    assert report.ok == (code is None)


INCLUDES = {
    "itself": "spec.yaml",
    "a circle": "circle.yaml",
    "outside": "../other.yaml",
    "absolute": "/etc/hostname",
    "a link to outside": "link.yaml",
    "a link to itself": "loop.yaml",
    "a folder": ".",
    "nothing": "nowhere.yaml",
    "a null byte": "a\\0b",
    "a long name": "a" * 5000,
    "bytes": "bytes.yaml",
}


@pytest.mark.parametrize("included", INCLUDES.values(), ids=list(INCLUDES))
def test_includes(included: str, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "other.yaml").write_text("blocks: {b: {layers: [Dense: 3]}}\n")
    (folder / "link.yaml").symlink_to(tmp_path / "other.yaml")
    (folder / "loop.yaml").symlink_to("loop.yaml")
    (folder / "circle.yaml").write_text("include: [spec.yaml, circle.yaml]\n")
    (folder / "bytes.yaml").write_bytes(bytes(range(256)))
    spec = folder / "spec.yaml"
    spec.write_text(f'{HEAD}include: ["{included}"]\nlayers: [use: b]\n')
    report = check_file(str(spec), Options()).report
    assert_sound(report)
    assert not report.ok


@pytest.mark.parametrize("path", ["nowhere.yaml", ".", "\0", "a" * 5000])
def test_files_that_cannot_be_read(path: str) -> None:
    report = check_file(path).report
    assert_sound(report)
    assert [d.code for d in report.diagnostics] == ["E100"]
