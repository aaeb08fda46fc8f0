import io
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from specc.arrays.files import FileFault
from specc.arrays.header import parse_header
from specc.ops.vectors import read_vectors


def npy(array: Any, version: tuple[int, int] | None = None) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, np.asarray(array), version=version)
    return file.getvalue()


def with_header(text: str) -> bytes:
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


@pytest.mark.filterwarnings("ignore:Stored array in format")
@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
@pytest.mark.parametrize("dtype", ["<f4", ">f8", "<f2"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_header_of_a_matrix(tmp_path: Path, version: tuple[int, int], dtype: str, order: Any) -> None:
    (tmp_path / "w.npy").write_bytes(npy(np.zeros((7, 3), dtype, order=order), version))
    found = read_vectors(str(tmp_path), "w.npy")
    assert (found.rows, found.width, found.dtype, found.fortran_order) == (7, 3, dtype, order == "F")
    assert found.path == os.path.realpath(tmp_path / "w.npy")


def test_entries_in_any_order_and_with_long_numbers() -> None:
    text = "{'shape': (3L, 4L), 'descr': '<f4', 'fortran_order': False}"
    assert parse_header(with_header(text), "w").shape == (3, 4)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not an .npy file"),
        (b"PK\x03\x04" + b"\0" * 30, "not an .npy file"),
        (b"\x93NUMPY\x07\x00" + b"\0" * 30, "not an .npy file"),
        (b"\x93NUMPY\x01\x00", "cut short"),
        (b"\x93NUMPY\x01\x00\xff\xff{", "too long"),
        (b"\x93NUMPY\x02\x00\xff\xff\xff\xff{", "too long"),
        (npy(np.zeros((3, 2)))[:40], "cut short"),
        (npy(np.zeros((3, 2)))[:-1], "1 bytes are missing"),
        (npy(np.zeros(3)), "not a matrix"),
        (npy(np.zeros((3, 2, 2))), "not a matrix"),
        (npy(np.zeros((0, 2))), "not a matrix"),
        (npy(np.float32(3)), "not a matrix"),
        (npy(np.zeros((3, 2), "int32")), "does not hold floats"),
        (npy(np.zeros((3, 2), "complex64")), "does not hold floats"),
        (npy(np.array([["a", "b"]])), "does not hold floats"),
        (npy(np.zeros((3, 2), [("a", "f4"), ("b", "f4")])), "records"),
        (with_header("{'descr': '|O', 'fortran_order': False, 'shape': (1, 1), }"), "does not hold floats"),
        (with_header("{'descr': '<f4', 'fortran_order': 0, 'shape': (1, 1), }"), "is not that of"),
        (with_header("{'descr': '<f4', 'shape': (1, 1), }"), "is not that of"),
        (with_header("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1), } + 1"), "is not that of"),
        (with_header("{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 1), }"), "is not that of"),
        (with_header("{'descr': '<f4', 'fortran_order': False, 'shape': (1, LL), }"), "is not that of"),
        (with_header("{'descr': '<f4', 'fortran_order': False, 'shape': (1 1), }"), "is not that of"),
        (
            with_header("{'descr': '<f4', 'fortran_order': False, 'shape': (" + "9" * 5000 + ", 1), }"),
            "is not",
        ),
        (with_header("(" * 9000), "is not that of"),
        (with_header("__import__('os').abort()"), "is not that of"),
    ],
)
def test_files_that_are_no_vectors(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "w.npy").write_bytes(content)
    with pytest.raises(FileFault, match=message):
        read_vectors(str(tmp_path), "w.npy")


@pytest.mark.parametrize("name", ["/etc/passwd", "../w.npy", "a/../../w.npy", "..\\w.npy", "w\0.npy"])
def test_paths_that_lead_out(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileFault, match="inside the spec's folder"):
        read_vectors(str(tmp_path), name)


def test_links(tmp_path: Path) -> None:
    folder = tmp_path / "specs"
    folder.mkdir()
    (tmp_path / "w.npy").write_bytes(npy(np.zeros((3, 2))))
    (folder / "in.npy").write_bytes(npy(np.zeros((3, 2))))
    (folder / "out").symlink_to(tmp_path / "w.npy")
    (folder / "here").symlink_to(folder / "in.npy")
    (folder / "loop").symlink_to(folder / "loop")
    assert read_vectors(str(folder), "here").rows == 3
    with pytest.raises(FileFault, match="leads out"):
        read_vectors(str(folder), "out")
    with pytest.raises(FileFault):
        read_vectors(str(folder), "loop")


def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, message in (
        ("none.npy", "there is no file"),
        (".", "is not a file"),
        ("pipe", "is not a file"),
    ):
        with pytest.raises(FileFault, match=message):
            read_vectors(str(tmp_path), name)
    with pytest.raises(FileFault, match="cannot be read"):
        read_vectors(str(tmp_path), "n" * 5000)


@given(st.binary(max_size=200), st.integers(0, 150))
def test_no_bytes_make_it_fail(junk: bytes, at: int) -> None:
    whole = npy(np.zeros((3, 2), "f4"))
    for content in (junk, whole[:at] + junk + whole[at + len(junk) :]):
        try:
            header = parse_header(content, "w")
        except FileFault:
            continue
        assert all(size >= 0 for size in header.shape)
