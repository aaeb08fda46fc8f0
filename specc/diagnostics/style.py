"""Colours for a terminal, and text from strangers made harmless for it."""

import os
import re
from typing import Literal, TextIO

ColorChoice = Literal["auto", "always", "never"]
Look = Literal["error", "warning", "note", "help", "place", "strong", "removed", "added"]

_CODES: dict[Look, str] = {
    "error": "1;31",
    "warning": "1;33",
    "note": "1;36",
    "help": "1;32",
    "place": "34",
    "strong": "1",
    "removed": "31",
    "added": "32",
}

# Controls, lone surrogates, and what reorders or hides text: marks of direction, separators of lines.
_UNSAFE = (
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb]"
)


def use_color(choice: ColorChoice, stream: TextIO) -> bool:
    """Whether to colour what goes to `stream`: as chosen, else by NO_COLOR, FORCE_COLOR and what it is."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def paint(text: str, look: Look, color: bool) -> str:
    """The text in the colour for `look`, or as it is."""
    return f"\x1b[{_CODES[look]}m{text}\x1b[0m" if color and text else text


def harmless(text: str) -> str:
    """The text with all escaped that could drive a terminal: controls, line breaks, marks of direction."""
    return text if text.isascii() and text.isprintable() else re.sub(_UNSAFE, _escape, text)


def _escape(found: re.Match[str]) -> str:
    code = ord(found.group())
    return _SHORT.get(code) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")


_SHORT = {0x09: "\\t", 0x0A: "\\n", 0x0D: "\\r"}
