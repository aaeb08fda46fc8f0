import os
from pathlib import Path

import pytest

import specc
from specc.arrays.files import FileFault
from specc.ops.vocabulary import MAX_BYTES, MAX_TOKENS, read_integers, read_words

SPEC = """
specc: 1
name: words
inputs:
  word: {shape: [time: 3], dtype: DTYPE}
layers:
  - OP: ARGUMENTS
"""


def codes(folder: Path, op: str, arguments: str, dtype: str = "string") -> list[str]:
    text = SPEC.replace("OP", op).replace("ARGUMENTS", arguments).replace("DTYPE", dtype)
    (folder / "spec.yaml").write_text(text)
    return [d.code for d in specc.check(folder / "spec.yaml").diagnostics if d.is_error]


def shape(folder: Path, op: str, arguments: str, dtype: str = "string") -> tuple[object, ...]:
    assert codes(folder, op, arguments, dtype) == []
    typed = specc.check(folder / "spec.yaml").typed
    assert typed is not None
    tensor = typed.types[typed.graph.layers[-1].outputs[0]]
    assert tensor is not None
    return tensor.shape.sizes


def test_one_word_a_line(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_bytes("\ufeffa b\r\n\r\n\u2028x\nö\n\n".encode())
    assert read_words(str(tmp_path), "words.txt") == ("a b", "", "\u2028x", "ö")


def test_one_integer_a_line(tmp_path: Path) -> None:
    (tmp_path / "ids.txt").write_text(" 7\n-3\n9223372036854775807\n")
    assert read_integers(str(tmp_path), "ids.txt") == (7, -3, 2**63 - 1)


@pytest.mark.parametrize("line", ["seven", "1.5", "", "9223372036854775808", "1" * 5000, "--1", "²", "0x10"])
def test_what_is_no_integer(tmp_path: Path, line: str) -> None:
    (tmp_path / "ids.txt").write_text(f"1\n{line}\n2\n")
    with pytest.raises(FileFault, match=r"line 2 of `ids\.txt`"):
        read_integers(str(tmp_path), "ids.txt")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a\n\xff\n", "not UTF-8: see byte 3"),
        (b"\xff\xfea\0", "not UTF-8: see byte 1"),
        (b"a" * (MAX_BYTES + 1), "larger than 16 MiB"),
        (b"a\n" * (MAX_TOKENS + 1), "more than 1,000,000 lines"),
        (b"a\nb\0\n", "line 2 of `words.txt` ends in a zero"),
    ],
)
def test_hostile_contents(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "words.txt").write_bytes(content)
    with pytest.raises(FileFault, match=message):
        read_words(str(tmp_path), "words.txt")


def test_hostile_names(tmp_path: Path) -> None:
    folder = tmp_path / "inside"
    folder.mkdir()
    (tmp_path / "out.txt").write_text("a\n")
    (folder / "link.txt").symlink_to(tmp_path / "out.txt")
    (folder / "loop.txt").symlink_to(folder / "loop.txt")
    os.mkfifo(folder / "fifo")
    names = [
        "../out.txt",
        str(tmp_path / "out.txt"),
        "link.txt",
        "loop.txt",
        "fifo",
        ".",
        "none.txt",
        "a\0b",
        "",
    ]
    for name in names:
        with pytest.raises(FileFault):
            read_words(str(folder), name)


@pytest.mark.parametrize("name", ["../words.txt", "none.txt", "fifo", "empty.txt", "/etc/passwd", "link.txt"])
def test_a_file_at_fault_is_an_error_of_the_spec(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "inside"
    folder.mkdir()
    (tmp_path / "words.txt").write_text("a\n")
    (folder / "link.txt").symlink_to(tmp_path / "words.txt")
    (folder / "empty.txt").write_text("\n\n")
    os.mkfifo(folder / "fifo")
    assert codes(folder, "StringLookup", f"{{vocabulary: {name}}}") == ["E111"]


def test_a_file_counts_as_the_list_that_it_holds(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("[UNK]\na\nb\nc\n")
    (tmp_path / "twice.txt").write_text("a\nb\na\n")
    (tmp_path / "ids.txt").write_text("4\n5\n")
    assert shape(tmp_path, "StringLookup", "{vocabulary: words.txt, output_mode: one_hot}") == (3, 4)
    assert shape(
        tmp_path, "TextVectorization", "{vocabulary: words.txt, split: null, output_mode: count}"
    ) == (4,)
    assert shape(tmp_path, "IntegerLookup", "{vocabulary: ids.txt, output_mode: count}", "int32") == (3,)
    assert codes(tmp_path, "StringLookup", "{vocabulary: twice.txt}") == ["E107"]
    assert codes(tmp_path, "IntegerLookup", "{vocabulary: words.txt}", "int32") == ["E111"]


def test_a_spec_in_no_folder_has_no_files() -> None:
    text = (
        SPEC.replace("OP", "StringLookup")
        .replace("ARGUMENTS", "{vocabulary: w.txt}")
        .replace("DTYPE", "string")
    )
    from specc.pipeline import check_text

    assert [d.code for d in check_text(text).diagnostics if d.is_error] == ["E111"]


def test_a_wrapped_layer_reads_no_file(tmp_path: Path) -> None:
    (tmp_path / "ids.txt").write_text("4\n5\n")
    text = (
        SPEC.replace("[time: 3]", "[time: 3, token: 2]")
        .replace("DTYPE", "int32")
        .replace("OP", "TimeDistributed")
    )
    (tmp_path / "spec.yaml").write_text(
        text.replace("ARGUMENTS", "{layer: {IntegerLookup: {vocabulary: ids.txt}}}")
    )
    errors = [d for d in specc.check(tmp_path / "spec.yaml").diagnostics if d.is_error]
    assert [d.code for d in errors] == ["E111"]
    assert "a wrapper's layer reads no files" in errors[0].message


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("{}", "E106"),
        ("{vocabulary: []}", "E107"),
        ("{vocabulary: [a, b, a]}", "E107"),
        ("{vocabulary: [a, 1]}", "E107"),
        ('{vocabulary: ["a\\0"]}', "E107"),
        ("{vocabulary: ['[UNK]']}", "E107"),
        ("{vocabulary: [a, ''], mask_token: ''}", "E107"),
        ("{vocabulary: [a, b], max_tokens: 2}", "E107"),
        ("{vocabulary: [a], pad_to_max_tokens: true}", "E107"),
        ("{vocabulary: [a], output_mode: tf_idf}", "E106"),
        ("{vocabulary: [a, b], output_mode: tf_idf, idf_weights: [1.0]}", "E107"),
        ("{vocabulary: [a], idf_weights: [1.0]}", "E107"),
        ("{vocabulary: [a], output_mode: one_hot, sparse: true}", "E107"),
        ("{vocabulary: [a], invert: true}", "E210"),
    ],
)
def test_what_a_lookup_refuses(tmp_path: Path, arguments: str, code: str) -> None:
    assert codes(tmp_path, "StringLookup", arguments) == [code]


@pytest.mark.parametrize("beside", ["", ", max_tokens: $(400 + size(1))"])
def test_files_count_as_what_a_spec_goes_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, beside: str
) -> None:
    monkeypatch.setattr("specc.passes.resolution.values.MAX_STEPS", 1000)
    (tmp_path / "words.txt").write_text("".join(f"{n}\n" for n in range(300)))
    names = ["words.txt", "./words.txt", "././words.txt", "./././words.txt"]
    lookups = [f"StringLookup: {{vocabulary: {name}{beside}}}" for name in names]
    layers = "\n".join(f"  - {lookup}\n    from: word" for lookup in lookups)
    head = SPEC.replace("DTYPE", "string").partition("  - OP")[0]
    (tmp_path / "spec.yaml").write_text(head + layers)
    assert [d.code for d in specc.check(tmp_path / "spec.yaml").diagnostics if d.is_error] == ["E110"]
