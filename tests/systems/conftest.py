"""Models are built once, and run in one other process, for all tests of this folder."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.systems.models import System, run_outside

Seen = Callable[[System], dict[str, Any]]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("systems")


@pytest.fixture(scope="session")
def seen(request: pytest.FixtureRequest, folder: Path) -> Seen:
    """What the other process saw of a system: asked for one, runs all that the chosen tests are about."""
    results: dict[str, dict[str, Any]] = {}

    def chosen() -> list[System]:
        parameters = [getattr(item, "callspec", None) for item in request.session.items]
        return [p.params["system"] for p in parameters if p is not None and "system" in p.params]

    def see(system: System) -> dict[str, Any]:
        if not results:
            wanted = {s.name: s for s in (*chosen(), system)}
            results.update(run_outside(wanted.values(), folder))
        return results[system.name]

    return see
