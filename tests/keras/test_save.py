"""A model is written whole or not at all."""

import os
from pathlib import Path
from typing import Any

import keras
import pytest

from specc.backends.keras.save import save, unwritable


@pytest.fixture
def model() -> Any:
    x = keras.Input((2,))
    return keras.Model(x, keras.layers.Dense(1)(x))


def test_a_model_is_written(tmp_path: Path, model: Any) -> None:
    path = tmp_path / "model.keras"
    path.write_text("old")
    assert save(model, path) is None
    loaded: Any = keras.models.load_model(path)
    assert loaded.count_params() == 3
    assert [p.name for p in tmp_path.iterdir()] == ["model.keras"]


def test_the_file_has_the_usual_permissions(tmp_path: Path, model: Any) -> None:
    plain = tmp_path / "plain"
    plain.write_text("")
    assert save(model, tmp_path / "model.keras") is None
    assert (tmp_path / "model.keras").stat().st_mode == plain.stat().st_mode


def test_a_link_is_followed(tmp_path: Path, model: Any) -> None:
    real = tmp_path / "real"
    real.mkdir()
    (tmp_path / "link.keras").symlink_to(real / "model.keras")
    assert save(model, str(tmp_path / "link.keras")) is None
    assert (tmp_path / "link.keras").is_symlink()
    assert (real / "model.keras").stat().st_size > 0


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: Any, error: BaseException
) -> None:
    path = tmp_path / "model.keras"
    path.write_text("old")

    def fails(self: Any, where: Path) -> None:
        Path(where).write_text("half")
        raise error

    monkeypatch.setattr(type(model), "save", fails)
    if isinstance(error, OSError):
        found = save(model, path)
        assert found is not None
        assert found.code == "E502"
        assert "No space left" in found.message
    else:
        with pytest.raises(KeyboardInterrupt):
            save(model, path)
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["model.keras"]


def test_what_cannot_be_written_is_known_before(tmp_path: Path) -> None:
    (tmp_path / "folder.keras").mkdir()
    (tmp_path / "file").write_text("")
    for name, reason in (
        ("model.h5", "suffix `.keras`"),
        ("model", "suffix `.keras`"),
        ("folder.keras", "it is a folder"),
        ("missing/model.keras", "there is no folder"),
        ("file/model.keras", "there is no folder"),
    ):
        found = unwritable(tmp_path / name)
        assert found is not None, name
        assert found.code == "E502"
        assert reason in found.message
    assert unwritable(tmp_path / "model.keras") is None


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_is_not_ours(tmp_path: Path, model: Any) -> None:
    tmp_path.chmod(0o500)
    found = save(model, tmp_path / "model.keras")
    tmp_path.chmod(0o700)
    assert found is not None
    assert found.code == "E502"


def test_a_model_that_cannot_be_saved(tmp_path: Path) -> None:
    class Stubborn:
        def save(self, path: Path) -> None:
            path.write_bytes(b"half")
            raise TypeError("cannot be\nwritten")

    found = save(Stubborn(), tmp_path / "m.keras")
    assert found is not None
    assert (found.code, found.notes[0].text) == ("E502", "TypeError: cannot be written")
    assert not list(tmp_path.iterdir())
