"""What may import what: the layers of the package, and what `specc check` leaves unimported."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "specc"

# Each part may import those in rows above its own, and itself.
ROWS = [
    ["specc.source", "specc.suggest", "specc.arrays"],
    ["specc.diagnostics"],
    ["specc.syntax", "specc.shapes"],
    ["specc.ops"],
    ["specc.ir"],
    ["specc.passes"],
    ["specc.backends"],
    ["specc.layers"],
    ["specc.report"],
    ["specc.proof"],
    ["specc.pipeline"],
    ["specc.expanding"],
    ["specc.importing"],
    ["specc.weights"],
    ["specc.building", "specc.schema"],
    ["specc"],
    ["specc.commands"],
    ["specc.cli"],
    ["specc.__main__"],
]
RANK = {part: rank for rank, row in enumerate(ROWS) for part in row}
HEAVY = {"tensorflow", "keras", "numpy"}
BACKEND = "specc.backends.keras"
FILES = sorted(PACKAGE.rglob("*.py"))


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def part_of(module: str) -> str:
    return ".".join(module.split(".")[:2])


def imported(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import"
            assert node.module
            if node.module == "specc":
                for alias in node.names:
                    yield node.lineno, f"specc.{alias.name}"
            else:
                yield node.lineno, node.module


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_imports_go_one_way(path: Path):
    part = part_of(module_name(path))
    assert part in RANK, f"{part} has no row in the import table of this test"
    for line, module in imported(path):
        if module.split(".")[0] != "specc":
            continue
        # `from specc import check` takes a name of the package itself, not a module.
        target = part_of(module)
        if target not in RANK and not (PACKAGE / f"{target[6:]}.py").exists():
            target = "specc"
        assert target in RANK, f"{path}:{line}: {target} has no row in the import table of this test"
        allowed = target == part or RANK[target] < RANK[part]
        assert allowed, f"{path}:{line}: {part} may not import {module}"


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_only_the_backend_imports_keras(path: Path):
    if module_name(path).startswith(BACKEND):
        return
    for line, module in imported(path):
        assert module.split(".")[0] not in HEAVY, f"{path}:{line}: {module} outside {BACKEND}"


def test_check_imports_nothing_heavy():
    unwanted = [
        *sorted(HEAVY),
        "pydantic",
        "jsonschema",
        "rich",
        "argparse",
        "dataclasses",
        "asyncio",
    ]
    script = f"""
import sys
from specc.cli import main
status = main(["check", "specs/quadrant_digits.yaml"])
assert not status, status
print("loaded:", *[name for name in {unwanted!r} if name in sys.modules])
"""
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "loaded:"
