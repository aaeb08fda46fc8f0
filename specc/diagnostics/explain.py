"""The pages behind the codes: what a diagnostic means, a spec that fails by it, and its repair."""

from pathlib import Path

_FOLDER = Path(__file__).with_name("explain")


def codes() -> list[str]:
    """The codes that have a page, sorted."""
    return sorted(path.stem for path in _FOLDER.glob("*.md"))


def page(code: str) -> str | None:
    """The page about `code` (upper or lower case) as Markdown, or None if there is none."""
    found = {known: known for known in codes()}.get(code.upper())
    return (_FOLDER / f"{found}.md").read_text(encoding="utf-8") if found else None


def title(code: str) -> str | None:
    """The heading of the page about `code`, without the code; None if there is no page."""
    text = page(code)
    return None if text is None else text.splitlines()[0].partition(": ")[2]
