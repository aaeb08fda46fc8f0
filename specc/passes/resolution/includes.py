"""Files that a spec includes: their blocks and parameters, from its own folder and nowhere else."""

import os.path
from collections.abc import Callable

from specc.diagnostics.model import Note
from specc.passes.resolution.values import Findings
from specc.source import Source
from specc.syntax import tree
from specc.syntax.document import Block, Document
from specc.syntax.parser import parse
from specc.syntax.reader import read
from specc.syntax.tree import Mapping, Node, Scalar, Sequence

MAX_INCLUDES = 100

Load = Callable[[str, Node], Source | None]
"""Reads a file for the node that asks for it; None after recording what is wrong."""


def include(document: Document, folder: str, load: Load, found: Findings) -> Document:
    """`document` with the blocks and parameters of the files that it includes; its own come first.

    A file that is included twice is read once; one that includes itself, by way of others or not, is E109.
    """
    if "include" not in document.sections:
        return document
    blocks: dict[str, Block] = {}
    params: list[tuple[Scalar, Node]] = []
    done: set[str] = set()
    ignores = [*document.ignores]
    pending: list[tuple[Document, str, tuple[str, ...]]] = [
        (document, folder, (os.path.realpath(document.source.path),))
    ]
    while pending:
        current, base, around = pending.pop()
        for path, node in _paths(current, base, folder, found):
            if path in around:
                found.error("E109", f"`{tree.to_plain(node)}` includes itself", node)
                continue
            if path in done:
                continue
            done.add(path)
            if len(done) > MAX_INCLUDES:
                found.error("E110", f"a spec includes at most {MAX_INCLUDES} files", node)
                return document
            included = _load(path, node, load, found)
            if included is not None:
                for name, block in included.blocks.items():
                    twice = document.blocks.get(name) or blocks.get(name)
                    if twice is None:
                        blocks[name] = block
                    else:
                        note = Note(f"`{name}` is given here too", block.key.span)
                        found.error("E302", f"the block `{name}` is given twice", twice.key, note)
                section = included.sections.get("params")
                params += section.entries if isinstance(section, Mapping) else []
                ignores += included.ignores
                pending.append((included, os.path.dirname(path), (*around, path)))
    return _with(document._replace(ignores=tuple(ignores)), blocks, params)


def _with(document: Document, blocks: dict[str, Block], params: list[tuple[Scalar, Node]]) -> Document:
    own = document.sections.get("params")
    entries = own.entries if isinstance(own, Mapping) else []
    names = {key.value for key, _ in entries}
    added: list[tuple[Scalar, Node]] = []
    for key, value in params:
        if key.value not in names:
            names.add(key.value)
            added.append((key, value))
    sections = document.sections
    if added:
        node = own or document.node
        sections = {**sections, "params": Mapping(node.source, node.start, node.end, [*added, *entries])}
    return document._replace(blocks={**blocks, **document.blocks}, sections=sections)


def _paths(document: Document, base: str, folder: str, found: Findings) -> list[tuple[str, Node]]:
    """The files that a document includes, each inside the spec's folder."""
    section = document.sections.get("include")
    if section is None:
        return []
    nodes = section.items if isinstance(section, Sequence) else [section]
    paths: list[tuple[str, Node]] = []
    root = os.path.realpath(folder)
    for node in nodes:
        text = tree.to_plain(node)
        if not isinstance(text, str) or not text or "\0" in text:
            found.error("E109", f"an include is a path, not {node.kind}", node)
            continue
        path = os.path.realpath(os.path.join(base, text))
        if os.path.isabs(text) or os.path.commonpath([root, path]) != root:
            found.error("E109", f"`{text}` is outside the folder of the spec", node)
            continue
        paths.append((path, node))
    return paths


def _load(path: str, node: Node, load: Load, found: Findings) -> Document | None:
    source = load(path, node)
    if source is None:
        return None
    root, diagnostics = read(source)
    found.extend(diagnostics)
    if root is None:
        return None
    document, diagnostics = parse(root, included=True)
    found.extend(diagnostics)
    return document
