"""Files that are broken, or made to do harm: a diagnostic each, nothing run, nothing unpacked."""

import json
import re
import sys
import time
import zipfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from specc.importing import archive
from specc.importing.model import Imported, import_model


def dense(name: str = "d", **more: Any) -> dict[str, Any]:
    entry = layer("Dense", name, {"units": 3}, [["x", 0, 0]])
    return {**entry, **more}


def layer(
    cls: str, name: str, config: dict[str, Any], *reads: list[Any], module: Any = "keras.layers"
) -> dict[str, Any]:
    nodes = [{"args": [_tensor(r)], "kwargs": {}} for r in reads[0]] if reads else []
    return {
        "module": module,
        "class_name": cls,
        "config": {"name": name, **config},
        "name": name,
        "inbound_nodes": nodes,
    }


def _tensor(history: list[Any], shape: Any = (None, 4)) -> dict[str, Any]:
    config = {"shape": list(shape), "dtype": "float32", "keras_history": history}
    return {"class_name": "__keras_tensor__", "config": config}


INPUT = layer("InputLayer", "x", {"batch_shape": [None, 4], "dtype": "float32"})


def model(
    *layers: dict[str, Any], inputs: Any = ("x", 0, 0), outputs: Any = ("d", 0, 0), **more: Any
) -> dict[str, Any]:
    config = {
        "name": "m",
        "layers": [INPUT, *layers],
        "input_layers": list(inputs),
        "output_layers": list(outputs),
    }
    return {"module": "keras.src.models.functional", "class_name": "Functional", "config": {**config, **more}}


def written(folder: Path, config: Any) -> str:
    path = folder / "m.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("config.json", config if isinstance(config, str | bytes) else json.dumps(config))
    return str(path)


def found(imported: Imported) -> list[tuple[str, str]]:
    assert imported.text is None
    return [(d.code, d.message) for d in imported.diagnostics]


def test_the_example_itself_is_fine(tmp_path: Path):
    assert import_model(written(tmp_path, model(dense()))).text is not None


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ("", "no JSON"),
        ("[1, 2]", "no mapping"),
        ("{", "no JSON"),
        (b"\xff\xfe\x00", "no JSON"),
        ({}, "no functional or sequential model"),
        ({"class_name": "Functional", "module": "keras", "config": []}, "no functional or sequential model"),
        ({"class_name": "Functional", "module": "keras", "config": {"layers": 3}}, "no list"),
        (model(dense(), inputs=[]), "no inputs"),
        (model(dense(), layers=[INPUT, 3]), "no mapping"),
        (model(dense(), dense()), "two layers are called `d`"),
        (model({**dense(), "name": ["d"]}), "no text"),
        (model(dense(inbound_nodes={})), "no list"),
        (model(dense(inbound_nodes=[3])), "no mapping"),
        (model(dense(), outputs=["e", 0, 0]), "no layer `e`"),
        (model(dense(), outputs=["d", 1, 0]), "applied 1 times"),
        (model(dense(), outputs=["d", 0, 7]), "makes 1 results"),
        (model(dense(), outputs=["d", -1, 0]), "no value"),
        (model(dense(), outputs=["d", 0, True]), "no value"),
        (model(dense(), inputs=["d", 0, 0]), "among the inputs"),
        (model(layer("Dense", "d", {"units": 3}, [["d", 0, 0]])), "its own result"),
        (
            model(
                layer("Dense", "d", {"units": 3}, [["e", 0, 0]]),
                layer("Dense", "e", {"units": 3}, [["d", 0, 0]]),
            ),
            "its own result",
        ),
        (
            model(dense(), layers=[layer("InputLayer", "x", {"batch_shape": [None, "NaN"]}), dense()]),
            "holds `NaN`",
        ),
        (
            model(dense(), layers=[layer("InputLayer", "x", {"batch_shape": [None, 1.5]}), dense()]),
            "holds `1.5`",
        ),
        (model(dense(), layers=[layer("InputLayer", "x", {"batch_shape": []}), dense()]), "no batch"),
        (
            model(dense(), layers=[layer("InputLayer", "x", {"batch_shape": [2], "dtype": "evil"}), dense()]),
            "dtype",
        ),
    ],
)
def test_a_broken_configuration_is_no_model(config: Any, words: str, tmp_path: Path):
    ((code, message),) = found(import_model(written(tmp_path, config)))
    assert code == "E504"
    assert re.search(words, message), message


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"units": float("nan")}, "`units` of `Dense`"),
        ({"units": -1}, "`units` of `Dense`"),
        ({"units": 3, "evil": 1}, "argument `evil`"),
        (
            {"units": 3, "activation": {"class_name": "function", "module": "os", "config": "system"}},
            "of its own",
        ),
        (
            {"units": 3, "activation": {"class_name": "__lambda__", "config": {"value": "4wEA"}}},
            "not decoded",
        ),
        ({"units": 3, "kernel_initializer": {"class_name": "Popen", "module": "subprocess"}}, "of its own"),
        (
            {"units": 3, "kernel_initializer": {"class_name": "Evil", "module": "keras.initializers"}},
            "`Evil`",
        ),
        ({"units": 3, "activation": "os.system"}, "os.system"),
        ({"units": 3, "dtype": {"class_name": "DTypePolicy", "config": {"name": "int3"}}}, "`dtype`"),
        ({"units": {"class_name": "Popen", "module": "subprocess", "config": {}}}, "`Popen`"),
    ],
)
def test_a_layer_that_no_spec_can_say_is_named(config: dict[str, Any], words: str, tmp_path: Path):
    ((code, message),) = found(
        import_model(written(tmp_path, model(layer("Dense", "d", config, [["x", 0, 0]]))))
    )
    assert code == "E505"
    assert message.startswith("`d` ")
    assert words in message


def test_everything_that_no_spec_can_say_is_said_in_one_run(tmp_path: Path):
    layers = [
        layer("Lambda", "first", {"function": {"class_name": "__lambda__"}}, [["x", 0, 0]]),
        layer("Nothing", "second", {}, [["first", 0, 0]]),
        layer("Mine", "third", {}, [["second", 0, 0]], module=None),
        layer("Evil", "d", {}, [["third", 0, 0]], module="keras.src.ops.numpy"),
    ]
    assert [code for code, _ in found(import_model(written(tmp_path, model(*layers))))] == ["E505"] * 4


@pytest.mark.parametrize("name", ["_", "a*b", "a..b", "a/b", "line\nbreak"])
def test_a_name_that_no_spec_can_say(name: str, tmp_path: Path):
    config = model(layer("Dense", name, {"units": 3}, [["x", 0, 0]]), outputs=[name, 0, 0])
    ((code, message),) = found(import_model(written(tmp_path, config)))
    assert (code, "a name that" in message) == ("E505", True)


@pytest.mark.parametrize(
    "name", ["$(1-0)", "${x}", "a: b", "#", "'\"", "&a", "!!python.object:os.system", "null", "7"]
)
def test_a_name_is_text_and_nothing_else(name: str, tmp_path: Path):
    config = model(layer("Dense", name, {"units": 3}, [["x", 0, 0]]), outputs=[name, 0, 0])
    imported = import_model(written(tmp_path, config))
    assert imported.text is not None, imported.diagnostics
    assert imported.report is not None
    assert imported.report.written_layers == {name}


def test_modules_are_named_and_not_imported(tmp_path: Path):
    (tmp_path / "evil_layers.py").write_text("raise SystemExit('imported')\n")
    sys.path.insert(0, str(tmp_path))
    try:
        config = model(layer("Evil", "d", {"size": 3}, [["x", 0, 0]], module="evil_layers"))
        imported = import_model(written(tmp_path, config))
    finally:
        sys.path.remove(str(tmp_path))
    assert imported.text is not None
    assert '"evil_layers:Evil": {size: 3}' in imported.text
    assert "evil_layers" not in sys.modules


def test_deep_data_ends_at_a_bound(tmp_path: Path):
    for depth in (300, 100_000):
        deep = json.dumps(model(dense())).replace('"units": 3', '"units": ' + "[" * depth + "]" * depth)
        ((code, message),) = found(import_model(written(tmp_path, deep)))
        assert (code, "levels" in message) == ("E110", True)


def test_models_in_models_end_at_a_bound(tmp_path: Path):
    inner = model(dense())
    for _ in range(100):
        entry = {**inner, "name": "d", "inbound_nodes": dense()["inbound_nodes"]}
        inner = model(entry)
    ((code, _),) = found(import_model(written(tmp_path, inner)))
    assert code == "E110"


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(archive, "MAX_BYTES", 1 << 20)
    path = written(tmp_path, b" " * (64 << 20))
    assert Path(path).stat().st_size < 1 << 20
    ((code, message),) = found(import_model(path))
    assert (code, "more than" in message) == ("E110", True)


def test_a_file_that_is_cut_short(tmp_path: Path):
    path = Path(written(tmp_path, model(dense())))
    whole = path.read_bytes()
    for end in (0, 1, 30, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:end])
        ((code, _),) = found(import_model(str(path)))
        assert code == "E504", end


def test_a_file_with_a_flipped_byte_is_no_traceback(tmp_path: Path):
    path = Path(written(tmp_path, model(dense())))
    whole = path.read_bytes()
    for at in range(0, len(whole), 7):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        imported = import_model(str(path))
        assert imported.text is not None or imported.diagnostics


def test_members_are_not_extracted(tmp_path: Path):
    path = Path(written(tmp_path, model(dense())))
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("../escaped.txt", "out")
        file.writestr("/escaped.txt", "out")
    assert import_model(str(path)).text is not None
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["m.keras"]
    assert not (tmp_path.parent / "escaped.txt").exists()


def test_an_archive_of_something_else(tmp_path: Path):
    path = tmp_path / "m.keras"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("other.txt", "")
    assert found(import_model(str(path))) == [("E504", "the file is an archive without a `config.json`")]


def test_older_formats_are_named(tmp_path: Path):
    (tmp_path / "m.h5").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
    (tmp_path / "saved").mkdir()
    for name in ("m.h5", "saved"):
        imported = import_model(str(tmp_path / name))
        assert [d.code for d in imported.diagnostics] == ["E504"]
        assert "save it again" in imported.diagnostics[0].fixes[0].title


def test_many_layers_take_no_longer_than_they_should(tmp_path: Path):
    names = ["x", *(f"dense_{7 * i % 20_011}" for i in range(20_000))]
    layers = [layer("Dense", b, {"units": 4}, [[a, 0, 0]]) for a, b in pairwise(names)]
    path = written(tmp_path, model(*layers, outputs=[names[-1], 0, 0]))
    started = time.perf_counter()
    imported = import_model(path)
    assert imported.text is not None
    assert time.perf_counter() - started < 60
