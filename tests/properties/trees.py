"""Specs as trees that can be changed: read from the specs and literate cases, written out again as YAML.

A tree is plain data, but for mappings, which are lists of pairs (`Pairs`) so that keys can be given twice and stand in
any order.
"""

import math
from functools import cache
from pathlib import Path
from typing import Any

from specc.source import Source
from specc.syntax import tree
from specc.syntax.reader import read
from tests.cases.literate import cases_of, read_spec

ROOT = Path(__file__).parents[2]


class Pairs(list[tuple[Any, Any]]):
    """The entries of a mapping."""


Place = tuple[Any, int]
"""A list or `Pairs` with the index of one of its elements."""


def written(data: Any, flow: bool) -> str:
    """The YAML text of a tree, in block or in flow style."""
    return _flow(data) + "\n" if flow else _block(data, 0).lstrip("\n") + "\n"


def _scalar(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, float):
        return ".nan" if math.isnan(value) else repr(value).replace("inf", ".inf")
    if isinstance(value, int):
        return str(value)
    if value.isidentifier() and value not in (
        "null",
        "true",
        "false",
        "Null",
        "True",
        "False",
        "NULL",
        "TRUE",
        "FALSE",
    ):
        return value
    plain = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in plain) + '"'


def _flow(data: Any) -> str:
    if isinstance(data, Pairs):
        return "{" + ", ".join(f"{_scalar(k)}: {_flow(v)}" for k, v in data) + "}"
    if isinstance(data, list):
        return "[" + ", ".join(map(_flow, data)) + "]"
    return _scalar(data)


def _block(data: Any, indent: int) -> str:
    """What stands behind `key:` or `-`: on the same line, or on lines of its own."""
    pad = "\n" + "  " * indent
    if not isinstance(data, list) or not data or indent > 6:
        return " " + _flow(data)
    if isinstance(data, Pairs):
        return "".join(f"{pad}{_scalar(k)}:{_block(v, indent + 1)}" for k, v in data)
    return "".join(f"{pad}-{_item(item, indent + 1)}" for item in data)


def _item(data: Any, indent: int) -> str:
    text = _block(data, indent)
    return " " + text.lstrip() if text.startswith("\n") else text


def parsed(text: str) -> Any:
    """The tree of a YAML text; None where it cannot be read."""
    root, _ = read(Source("<corpus>", text))
    return None if root is None else _plain(root)


def _plain(node: tree.Node) -> Any:
    if isinstance(node, tree.Mapping):
        return Pairs((key.value, _plain(value)) for key, value in node.entries)
    if isinstance(node, tree.Sequence):
        return [_plain(item) for item in node.items]
    assert isinstance(node, tree.Scalar)
    return node.value


@cache
def texts() -> tuple[str, ...]:
    """The texts of all specs and of all literate cases."""
    specs = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "specs").glob("*.yaml"))]
    files = sorted((ROOT / "tests" / "cases").glob("*.md"))
    cases = [read_spec(case.spec).text for path in files if path.stem != "README" for case in cases_of(path)]
    return (*specs, *cases)


@cache
def corpus() -> tuple[Any, ...]:
    """The trees of all specs and of all literate cases that can be read."""
    return tuple(data for data in map(parsed, texts()) if isinstance(data, Pairs))


def copied(data: Any) -> Any:
    """A copy of a tree that shares nothing with it."""
    if isinstance(data, Pairs):
        return Pairs((key, copied(value)) for key, value in data)
    return [copied(item) for item in data] if isinstance(data, list) else data


def places(data: Any) -> list[Place]:
    """Every place below the root of a tree."""
    found: list[Place] = []
    stack = [data]
    while stack:
        node = stack.pop()
        if isinstance(node, list):
            for index, entry in enumerate(node):
                found.append((node, index))
                stack.append(entry[1] if isinstance(node, Pairs) else entry)
    return found


def at(place: Place) -> Any:
    """The node at a place."""
    node, index = place
    return node[index][1] if isinstance(node, Pairs) else node[index]


def put(place: Place, value: Any) -> None:
    """Put a node at a place."""
    node, index = place
    node[index] = (node[index][0], value) if isinstance(node, Pairs) else value
