"""`--fix` and `--unsafe-fixes`: what they write, what they leave alone, and what they say."""

import os
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import GOOD, MISSPELT

REPAIRED = MISSPELT.replace("Dens:", "Dense:").replace("unit:", "units:")


def test_fixes_keep_comments_and_layout(run: Any, folder: Path):
    ran = run("check", "misspelt.yaml", "--fix")
    assert ran.status == 0
    assert (folder / "misspelt.yaml").read_text() == REPAIRED
    assert ran.out.startswith("ok  misspelt.yaml")
    first, second = ran.err.splitlines()
    assert first.startswith("fixed  misspelt.yaml:6  E104: ")
    assert second.startswith("fixed  misspelt.yaml:8  E105: ")
    assert run("check", "misspelt.yaml", "--fix") == (0, ran.out, "")


def test_only_unsafe_fixes_apply_what_is_a_choice(run: Any, folder: Path):
    text = GOOD.replace(
        "  - Dense: 4\n", "  - Dense: {units: 4, activation: softmax}\n  - Softmax   # twice\n"
    )
    path = folder / "twice.yaml"
    path.write_text(text)
    ran = run("check", "twice.yaml", "--fix")
    assert ran.status == 0
    assert "W603" in ran.out
    assert path.read_text() == text
    ran = run("check", "twice.yaml", "--unsafe-fixes")
    assert ran.status == 0
    assert "W603" not in ran.out
    assert path.read_text() == text.replace("  - Softmax   # twice\n", "")
    assert ran.err.startswith("fixed  twice.yaml:7  W603: ")


def test_the_file_keeps_its_mode_encoding_and_line_ends(run: Any, folder: Path):
    path = folder / "misspelt.yaml"
    for encoding, mark in (("utf-8", b""), ("utf-8", b"\xef\xbb\xbf"), ("utf-16-le", b"\xff\xfe")):
        path.write_bytes(mark + MISSPELT.replace("\n", "\r\n").encode(encoding))
        path.chmod(0o640)
        assert run("check", "misspelt.yaml", "--fix").status == 0
        assert path.read_bytes() == mark + REPAIRED.replace("\n", "\r\n").encode(encoding)
        assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_link_stays_a_link(run: Any, folder: Path):
    (folder / "link.yaml").symlink_to("misspelt.yaml")
    assert run("check", "link.yaml", "--fix").status == 0
    assert (folder / "link.yaml").is_symlink()
    assert (folder / "misspelt.yaml").read_text() == REPAIRED


def test_fixed_standard_input_is_printed(run: Any, folder: Path):
    before = sorted(os.listdir(folder))
    ran = run("check", "-", "--fix", stdin=MISSPELT.encode())
    assert ran.status == 0
    assert ran.out == REPAIRED
    assert "ok  <stdin>" in ran.err
    assert sorted(os.listdir(folder)) == before


def test_good_standard_input_is_printed_as_it_is(run: Any):
    ran = run("check", "-", "--fix", stdin=GOOD.encode())
    assert ran.out == GOOD


def test_an_included_file_is_fixed_where_it_stands(run: Any, folder: Path):
    (folder / "parts").mkdir()
    part = folder / "parts" / "a.yaml"
    part.write_text("blocks:\n  one:\n    layers:\n      - Dens: 4   # here\n")
    (folder / "a.yaml").write_text(
        "specc: 1\nname: a\ninputs: {x: [8]}\ninclude: [parts/a.yaml]\nlayers:\n  - use: one\n  - use: one\n"
    )
    before = (folder / "a.yaml").read_text()
    ran = run("check", "a.yaml", "--fix")
    assert ran.status == 0
    assert "Dense: 4   # here" in part.read_text()
    assert (folder / "a.yaml").read_text() == before


def test_a_folder_that_cannot_be_written_keeps_the_file(
    run: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    def refuse(source: object, target: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", refuse)
    ran = run("check", "misspelt.yaml", "--fix")
    assert ran.status == 1
    assert "E502" in ran.out
    assert (folder / "misspelt.yaml").read_text() == MISSPELT
    assert [name for name in os.listdir(folder) if "tmp" in name] == []
