"""Literate cases: Markdown files with specs and what is expected of them; README.md says how to write one."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

PATH = "case.yaml"
"""What a spec is called while it is checked."""

HEADER = "specc: 1\nname: case\n"
"""What a spec without a `specc` key ends with, so that no line of it moves."""

_FENCE = re.compile(r"^```(\w+)([^\n`]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_MARK = re.compile(r"#\s*(error|warning|note|shape|axes|params|needs):\s*((?:(?!\s#\s).)*)")
_CODE = re.compile(r'([EWN]\d{3})(?:\s+"([^"]*)")?')
_DIAGNOSTIC = ("error", "warning", "note")


class Mark(NamedTuple):
    """One expectation: its kind, what it says, and the line of the stripped spec that it is about."""

    kind: str
    value: str
    line: int

    @property
    def codes(self) -> list[tuple[str, str]]:
        """The codes that a diagnostic's mark lists, each with a part of its message (or "")."""
        return [(code, part) for code, part in _CODE.findall(self.value)]


class Fence(NamedTuple):
    """A fenced block: its language, the words after that, its text and where that stands in the file."""

    language: str
    words: tuple[str, ...]
    text: str
    start: int
    end: int

    def option(self, name: str) -> list[str]:
        """The values of all `name=value` words."""
        return [word.partition("=")[2] for word in self.words if word.startswith(f"{name}=")]

    @property
    def is_spec(self) -> bool:
        """Whether a case starts here."""
        return self.language in ("yaml", "json") and "repaired" not in self.words and not self.option("file")


class Spec(NamedTuple):
    """A spec as the compiler gets it, and the marks that were written beside it."""

    text: str
    marks: tuple[Mark, ...]


class Case(NamedTuple):
    """A spec with all fences that belong to it, up to the next spec or heading."""

    path: Path
    number: int
    title: str
    spec: Fence
    beside: tuple[Fence, ...]

    @property
    def id(self) -> str:
        """The name of the test."""
        slug = re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-")
        return f"{self.path.stem}-{self.number}-{slug}"

    @property
    def files(self) -> dict[str, Spec]:
        """The files that stand beside the spec, by name."""
        return {fence.option("file")[0]: read_spec(fence) for fence in self.beside if fence.option("file")}

    @property
    def settings(self) -> dict[str, Any]:
        """What `set=NAME:VALUE` words ask for."""
        from yaml import safe_load

        pairs = (word.partition(":") for word in self.spec.option("set"))
        return {name: safe_load(value) for name, _, value in pairs}

    def fence(self, language: str, word: str | None = None) -> Fence | None:
        """The first fence beside the spec of this language, and with this word."""
        matching = (f for f in self.beside if f.language == language and (word is None or word in f.words))
        return next((fence for fence in matching if not fence.option("file")), None)


def cases_of(path: Path) -> list[Case]:
    """All cases of one file, in order."""
    text = path.read_text(encoding="utf-8")
    fences = [_fence(match) for match in _FENCE.finditer(text)]
    headings = [h for h in _HEADING.finditer(text) if not any(f.start <= h.start() < f.end for f in fences)]
    found: list[Case] = []
    for fence in fences:
        above = [h for h in headings if h.start() < fence.start]
        title = above[-1].group(1) if above else path.stem
        if fence.is_spec:
            found.append(Case(path, len(found) + 1, title, fence, ()))
        else:
            found[-1] = found[-1]._replace(beside=(*found[-1].beside, fence))
    return found


def _fence(match: re.Match[str]) -> Fence:
    return Fence(match[1], tuple(match[2].split()), match[3], match.start(3), match.end(3))


def read_spec(fence: Fence) -> Spec:
    """The spec without its marks; lines that hold nothing but marks are gone."""
    lines: list[str] = []
    marks: list[Mark] = []
    for line in fence.text.splitlines(keepends=True):
        found = list(_MARK.finditer(line))
        rest = line[: found[0].start()].rstrip() if found else line
        number = len(lines) + 1
        marks += [Mark(m[1], m[2].strip(), number) for m in found]
        if rest:
            lines.append(f"{rest}\n" if found else line)
    text = "".join(lines)
    added = not ("whole" in fence.words or fence.option("file"))
    if added and not re.search(r"^specc:", text, re.MULTILINE):
        text += HEADER
    return Spec(text, tuple(marks))


def replaced(case: Case, fence: Fence, text: str) -> None:
    """Write the file of `case` anew with `text` in this fence."""
    position = case.beside.index(fence)
    now = cases_of(case.path)[case.number - 1].beside[position]
    whole = case.path.read_text(encoding="utf-8")
    case.path.write_text(whole[: now.start] + text + whole[now.end :], encoding="utf-8")


def expected_diagnostics(spec: Spec, file: str = PATH) -> Iterator[tuple[str, str, str]]:
    """The code, place (`case.yaml:3`) and part of the message of each diagnostic that is expected."""
    for mark in spec.marks:
        if mark.kind in _DIAGNOSTIC:
            if not mark.codes:
                raise ValueError(f"line {mark.line}: `{mark.kind}: {mark.value}` names no code")
            yield from ((code, f"{file}:{mark.line}", part) for code, part in mark.codes)
