"""Plain data (dicts, lists and scalars) as the text of a spec.

The style is that of the house: YAML, one layer to a line where it fits.
"""

import re
from typing import Any, TypeGuard

from specc.syntax.scalars import resolve

WIDTH = 110
"""The longest line, unless one scalar alone is longer."""

_PLAIN = re.compile(r"[A-Za-z_$][\w$./-]*(?: [\w$./-]+)*")
# YAML's line breaks and everything else that does not print must be escaped.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\xa0\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_SHORT = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}
_CHAINS = ("layers:", "residual:", "shortcut:", "branches:")
_SEPARATED = ("params", "inputs", "blocks", "layers", "outputs", "compile")


def _is_mapping(value: Any) -> TypeGuard[dict[Any, Any]]:
    return isinstance(value, dict)


def _is_list(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def scalar(value: Any) -> str:
    """One value as YAML 1.2 has it; text is quoted where it would be read as something else."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return _number(value)
        case _:
            text = str(value)
            return text if _PLAIN.fullmatch(text) and resolve(text) == text else quoted(text)


def _number(value: float) -> str:
    text = repr(value)
    return {"inf": ".inf", "-inf": "-.inf", "nan": ".nan"}.get(text, text)


def quoted(text: str) -> str:
    """`text` in double quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{_UNPRINTABLE.sub(_escape, escaped)}"'


def _escape(found: re.Match[str]) -> str:
    char = found.group()
    return _SHORT.get(char) or (f"\\x{ord(char):02x}" if ord(char) < 0x100 else f"\\u{ord(char):04x}")


def flow(value: Any) -> str:
    """A value on one line."""
    if _is_mapping(value):
        return "{" + ", ".join(_pair(k, v) for k, v in value.items()) + "}"
    if _is_list(value):
        return "[" + ", ".join(map(_element, value)) + "]"
    return scalar(value)


def _pair(key: Any, value: Any) -> str:
    return f"{scalar(key)}: {flow(value)}"


def _element(value: Any) -> str:
    """An entry of a list; a named size stands without braces."""
    if _is_mapping(value) and len(value) == 1:
        ((key, only),) = value.items()
        if not isinstance(only, dict | list):
            return _pair(key, only)
    return flow(value)


def spec_text(sections: dict[str, Any]) -> str:
    """A whole spec, a blank line before its larger parts."""
    lines: list[str] = []
    for key, value in sections.items():
        if key in _SEPARATED:
            lines.append("")
        if _is_mapping(value) and value:
            lines.append(f"{scalar(key)}:")
            for name, part in value.items():
                lines += _entry(f"{scalar(name)}:", part, 2)
        else:
            lines += _entry(f"{scalar(key)}:", value, 0)
    return "\n".join(lines) + "\n"


def _entry(lead: str, value: Any, indent: int) -> list[str]:
    """A value behind its key or dash, on one line if it holds no chain of layers and fits."""
    pad = " " * indent
    is_open = _holds_layers(lead, value)
    line = "" if is_open else f"{pad}{lead} {_alone(value) if lead == '-' else flow(value)}"
    if not is_open and (len(line) <= WIDTH or not isinstance(value, dict | list) or not value):
        return [line]
    inner = _entries(value, indent + 2)
    if lead != "-":
        return [pad + lead, *inner]
    return [f"{pad}- {inner[0].lstrip()}", *inner[1:]]


def _alone(value: Any) -> str:
    """An entry with a dash of its own; the braces around one key are left out."""
    if _is_mapping(value) and len(value) == 1:
        ((key, only),) = value.items()
        return _pair(key, only)
    return flow(value)


def _entries(value: Any, indent: int) -> list[str]:
    lines: list[str] = []
    if _is_mapping(value):
        for key, part in value.items():
            lines += _entry(f"{scalar(key)}:", part, indent)
    else:
        for part in value:
            lines += _entry("-", part, indent)
    return lines


def _holds_layers(lead: str, value: Any) -> bool:
    """Whether a chain of layers stands in a value: each of them has a line of its own."""
    if lead in _CHAINS:
        return bool(value)
    return _is_mapping(value) and any(_holds_layers(f"{key}:", part) for key, part in value.items())
