"""README and docs: specs check as they say, what is printed is what the tool prints, links lead somewhere.

A fence's first word is its language, the others say what is to be held:

- `yaml spec`: checks without errors or warnings; codes behind it (`N700`) are the notes that there must be. Words
  as `strict`, `variant=NAME`, `set=NAME:VALUE`; a comment `# → [time: 4, feature: 3]` is what the layer makes.
- `yaml fails CODE…`: has these errors and warnings, and no others.
- `yaml repaired`: the failing spec above it after the first fix.
- `file=NAME`: the text is also a file, for the commands below it and for specs that include it.
- `console`, with a `text` fence behind it: the commands, and what they print.
- `python` with `>>>`: what Python answers; with `@op`: a class as it stands in `specc/ops`.

A spec without the key `specc` gets its header at its end.
"""

import doctest
import io
import re
import shlex
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from specc.cli import main
from specc.diagnostics.explain import codes, title
from specc.diagnostics.fix import apply_edits
from specc.pipeline import check_text
from specc.report import Report

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
HEADER = "specc: 1\nname: example\n"

_FENCE = re.compile(r"^```(\w+)([^\n`]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_MADE = re.compile(r"#\s*→\s*([\[(].*[\])])")
_CODE = re.compile(r"[EWN]\d{3}")


class Fence(NamedTuple):
    """A fenced block: where it stands, its language, the words behind that, and its text."""

    path: Path
    line: int
    language: str
    words: tuple[str, ...]
    text: str

    @property
    def id(self) -> str:
        return f"{self.path.name}:{self.line}"

    @property
    def spec(self) -> str:
        """The text as a whole spec."""
        return self.text if re.search(r"^specc:", self.text, re.MULTILINE) else self.text + HEADER

    def option(self, name: str) -> str | None:
        """The value of a word `name=value`."""
        return next((w.partition("=")[2] for w in self.words if w.startswith(f"{name}=")), None)

    @property
    def codes(self) -> list[str]:
        return sorted(word for word in self.words if _CODE.fullmatch(word))


def fences_of(path: Path) -> list[Fence]:
    text = path.read_text(encoding="utf-8")
    return [
        Fence(path, text.count("\n", 0, m.start()) + 1, m[1], tuple(m[2].split()), m[3])
        for m in _FENCE.finditer(text)
    ]


FENCES = [fence for path in DOCUMENTS for fence in fences_of(path)]
BEHIND = dict(pairwise(FENCES))


def having(language: str, word: str) -> list[Fence]:
    return [fence for fence in FENCES if fence.language == language and word in fence.words]


def by_id(fence: Fence) -> str:
    return fence.id


def check(fence: Fence) -> Report:
    setting = fence.option("set")
    name, _, value = (setting or "").partition(":")
    settings = {name: yaml.safe_load(value)} if setting else {}
    return check_text(fence.spec, "spec.yaml", settings, fence.option("variant"), "strict" in fence.words)


def found(report: Report, severities: str) -> list[str]:
    return sorted(d.code for d in report.diagnostics if d.code[0] in severities)


def told(report: Report) -> str:
    return "\n".join(f"{d.code}: {d.message}" for d in report.diagnostics)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in."""
    monkeypatch.chdir(tmp_path)
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR", "SPECC_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def put_files(last: Fence, folder: Path) -> None:
    """The files of the document down to `last`."""
    for fence in FENCES:
        name = fence.option("file")
        if name is not None and fence.path == last.path and fence.line <= last.line:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(fence.text, encoding="utf-8")


@pytest.mark.parametrize("fence", having("yaml", "spec"), ids=by_id)
def test_spec_checks(fence: Fence, folder: Path):
    put_files(fence, folder)
    report = check(fence)
    assert not found(report, "EW"), told(report)
    if fence.codes:
        assert sorted(set(found(report, "N"))) == fence.codes, told(report)
    for line, made in made_at(fence):
        rows = [row for row in report.layers if row.line == line and not row.inserted]
        assert rows, f"no layer stands in line {line}"
        assert str(rows[-1].outputs[0]) == made


def made_at(fence: Fence) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(fence.text.splitlines(), 1):
        match = _MADE.search(line)
        if match:
            yield number, match[1]


@pytest.mark.parametrize("fence", having("yaml", "fails"), ids=by_id)
def test_spec_fails_as_said(fence: Fence, folder: Path):
    put_files(fence, folder)
    report = check(fence)
    assert fence.codes, "the fence names no code"
    assert found(report, "EW") == fence.codes, told(report)


@pytest.mark.parametrize("fence", having("yaml", "repaired"), ids=by_id)
def test_spec_is_repaired_as_said(fence: Fence):
    failing = [f for f in having("yaml", "fails") if f.path == fence.path and f.line < fence.line][-1]
    fix = next(d.fixes[0] for d in check(failing).diagnostics if d.fixes)
    repaired = apply_edits(failing.spec, fix.edits)
    assert repaired == fence.spec
    report = check(fence)
    assert not found(report, "EW"), told(report)


@pytest.mark.parametrize("fence", [f for f in FENCES if f.language == "console"], ids=by_id)
def test_commands_print_what_is_shown(fence: Fence, folder: Path):
    put_files(fence, folder)
    (folder / "specs").symlink_to(ROOT / "specs")
    shown = BEHIND[fence]
    assert (shown.path, shown.language) == (fence.path, "text"), (
        "what is printed must stand behind the command"
    )
    printed = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    for line in fence.text.splitlines():
        prompt, program, *words = shlex.split(line)
        assert (prompt, program) == ("$", "specc")
        with redirect_stdout(printed), redirect_stderr(printed):
            main(words)
    assert printed.buffer.getvalue().decode().rstrip() == shown.text.rstrip()


@pytest.mark.parametrize(
    "path", [p for p in DOCUMENTS if ">>>" in p.read_text("utf-8")], ids=lambda p: p.name
)
def test_python_answers_what_is_shown(path: Path, folder: Path):
    fences = [f for f in fences_of(path) if f.language == "python" and ">>>" in f.text]
    put_files(FENCES[[f.path for f in FENCES].index(path) + len(fences_of(path)) - 1], folder)
    names: dict[str, object] = {}
    parser = doctest.DocTestParser()
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    for fence in fences:
        test = parser.get_doctest(fence.text, names, fence.id, str(path), fence.line)
        said = io.StringIO()
        failed, tried = runner.run(test, out=said.write, clear_globs=False)
        names = test.globs
        assert tried
        assert not failed, said.getvalue()


def test_python_builds_what_is_shown(folder: Path):
    (folder / "specs").symlink_to(ROOT / "specs")
    fences = [f for f in fences_of(ROOT / "docs" / "python.md") if f.text.startswith("import")]
    assert fences
    for fence in fences:
        exec(compile(fence.text, fence.id, "exec"), {})
    assert (folder / "digits.keras").exists()


def anchors(path: Path) -> set[str]:
    """The anchors of a document's headings, as GitHub makes them."""
    text = _FENCE.sub("", path.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.name)
def test_links_lead_somewhere(path: Path):
    text = _FENCE.sub("", path.read_text(encoding="utf-8"))
    for link in _LINK.findall(text):
        if re.match(r"\w+:", link):
            continue
        target, _, anchor = link.partition("#")
        file = (path.parent / target).resolve() if target else path
        assert file.exists(), link
        if anchor:
            assert anchor in anchors(file), link


def test_the_table_of_diagnostics_is_whole():
    text = (ROOT / "docs" / "diagnostics.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([EWN]\d{3})` \| ([^|]+) \|", text, re.MULTILINE))
    assert rows == {code: title(code) for code in codes()}


def test_every_op_is_listed():
    from specc.ops.registry import names

    text = (ROOT / "docs" / "ops.md").read_text(encoding="utf-8")
    rows = "\n".join(re.findall(r"^\| .* \|$", text, re.MULTILINE))
    assert sorted(re.findall(r"`([\w.]+)`", rows)) == names()


def _of_masks(cls: Any) -> str:
    """How the list of what becomes of masks begins where it names an op; empty for one that drops them."""
    from specc.ops.declare import Op
    from specc.ops.tensor.rules import Pointwise

    if issubclass(cls, Pointwise):
        is_one = cls.unchanged or cls.gives_back is not Pointwise.gives_back
        return "give back" if is_one else ""
    if cls.name in ("Pipeline", "SpectralNormalization"):
        return "do what the layers inside do"
    if cls.carries_mask is True:
        return "carry it along"
    if cls.uses_mask is True:
        return "leave out"
    if cls.makes_mask is not False:
        return "make one"
    if cls.passes_mask:
        return "hand on"
    if cls.carries_mask is not False:
        return "carry it along"
    return "" if cls.masks is Op.masks else "merge masks"


def test_what_becomes_of_masks_is_listed():
    from specc.ops.registry import find, names

    section = (
        (ROOT / "docs" / "ops.md")
        .read_text(encoding="utf-8")
        .partition("## Masks\n")[2]
        .partition("\n## ")[0]
    )
    told: dict[str, str] = {}
    for entry in section.split("\n- They ")[1:]:
        listed = re.split(r"\.\s", entry.partition(": ")[2])[0]
        told |= dict.fromkeys(re.findall(r"`([\w.]+)`", listed), entry)
    known = {name: _of_masks(find(name)) for name in names()}
    assert sorted(told) == sorted(name for name, what in known.items() if what)
    assert [name for name, entry in told.items() if not entry.startswith(known[name])] == []


def test_what_is_no_function_is_listed():
    from specc.ops.tensor.none import NONE

    section = (ROOT / "docs" / "ops.md").read_text(encoding="utf-8").partition("## Functions\n")[2]
    entries = " ".join(re.findall(r"^- (`.*?): ", section.partition("\n## ")[0], re.MULTILINE | re.DOTALL))
    assert sorted(re.findall(r"`ops.(\w+)`", entries)) == sorted(NONE)


def test_what_is_no_op_is_listed():
    from specc.ops.refused import REFUSED

    section = (ROOT / "docs" / "ops.md").read_text(encoding="utf-8").partition("## What is no op\n")[2]
    entries = " ".join(re.findall(r"^- (`.*?):", section.partition("\n## ")[0], re.MULTILINE))
    assert sorted(re.findall(r"`(\w+)`", entries)) == sorted(REFUSED)


@pytest.mark.parametrize("fence", [f for f in FENCES if f.text.startswith("@op")], ids=by_id)
def test_ops_are_shown_as_they_are(fence: Fence):
    assert any(
        fence.text in path.read_text(encoding="utf-8") for path in (ROOT / "specc" / "ops").glob("*.py")
    )


def test_readme_names_the_two_commands():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make demo" in text
    assert "make test" in text
    assert re.search(r"^make test$", (ROOT / ".ci" / "run").read_text(encoding="utf-8"), re.MULTILINE)
