"""Edits on the text of a spec that keep its comments and its layout: what fixes are made of.

Every function returns the one edit that makes the change, or None where the text does not allow it: an
alias stands there, a block scalar, several lines that would have to go into one. `text` is YAML: flow style
where it is a value; the lines of an item may be several, indented as if the item stood at the margin.

An edit is a guess about text: whoever offers it as a fix checks the edited spec first.
"""

import re

from specc.diagnostics.model import Edit
from specc.source import Span
from specc.syntax.tree import Mapping, Node, Scalar

_COLON = re.compile(r"[ \t]*:(?=[\s\[{\"'*&]|\Z)")
_ALIAS = re.compile(r"\s*(\*[^\s,\[\]{}]+)")
_REST = re.compile(r"[ \t]*(?:[ \t]#[^\n]*)?\r?(?=\n|\Z)")
_ANCHOR = re.compile(r"&[^\s,\[\]{}]+\s*\Z")
_COMMA = re.compile(r"\s*,[ \t]*")
_NEEDS_QUOTES = re.compile(r"[,\[\]{}]|\s#|:(?:\s|\Z)")
_LOOK_BACK = 500


def replace(node: Node, text: str) -> Edit:
    """Puts `text` where `node` stands; an anchor before it stays."""
    return Edit(node.span, text)


def quote(node: Scalar) -> Edit | None:
    """Puts a plain scalar into quotes, which makes it text."""
    text = node.span.text
    if not text or text[0] in "\"'|>" or "\n" in text:
        return None
    return Edit(node.span, quoted(text))


def quoted(text: str) -> str:
    """The text as a quoted scalar of YAML, in double quotes unless something in it would need an escape."""
    if '"' in text or "\\" in text:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'


def add_key(node: Mapping | Scalar, key: str, text: str) -> Edit | None:
    """Gives `key` the value `text` in a mapping, behind its last entry if the key is not there yet.

    A scalar is an item without arguments (`- Flatten`), which becomes a mapping with the key beside it.
    """
    if isinstance(node, Scalar):
        return _add_beside_word(node, key, text)
    own = _own_entries(node)
    for scalar, span in own:
        if scalar.value == key:
            return _fill(span, text)
    if _is_flow(node):
        return _add_to_flow(node, own, f"{key}: {text}")
    if not own:
        return None
    last = _line_end(node, own[-1][1].end)
    if last is None:
        return None
    column = own[0][0].span.first.column - 1
    return _insert(node, last, f"\n{' ' * column}{key}: {text}")


def remove_key(node: Mapping, key: str) -> Edit | None:
    """Takes `key` with its value out of a mapping, with its line if that is all that stands there."""
    own = _own_entries(node)
    at = next((i for i, (scalar, _) in enumerate(own) if scalar.value == key), None)
    if at is None:
        return None
    source, start, end = node.source, own[at][0].start, own[at][1].end
    text = source.text
    line = text.rfind("\n", 0, start) + 1
    if not _is_flow(node) and not text[line:start].strip(" "):
        return _without_line(node, line, end)
    if at + 1 < len(own):
        end = own[at + 1][0].start
    elif _is_flow(node) and at:
        start = own[at - 1][1].end
    elif not _is_flow(node):
        return None
    return None if "#" in text[own[at][1].end : end] else Edit(Span(source, start, end), "")


def drop_argument(op: Scalar, arguments: Node, name: str, first: str | None = None) -> Edit | None:
    """Takes argument `name` away from a layer; `op`, `arguments` and `first` are those of `set_argument`."""
    if arguments is op or _value_span(op, arguments).start != arguments.start:
        return None
    if isinstance(arguments, Mapping):
        return remove_key(arguments, name)
    return replace(arguments, "{}") if name == first else None


def set_argument(
    item: Node, op: Scalar, arguments: Node, name: str, text: str, first: str | None = None
) -> Edit | None:
    """Gives argument `name` of a layer the value `text`.

    `op` is the layer's op key and `arguments` that key's value; of a bare `- Flatten`, item, op and arguments
    are the same scalar. `first` names the parameter that a bare value (`LSTM: 5`) is for; without it such a
    value cannot be kept, and there is no edit.
    """
    written = f"{{{name}: {text}}}"
    if item is op:
        return Edit(op.span, _in_item(op, f"{op.span.text}: {written}"))
    if not op.end <= arguments.start or _value_span(op, arguments).start != arguments.start:
        return None  # what stands there is an alias: its text serves other layers too
    if isinstance(arguments, Mapping):
        return add_key(arguments, name, text)
    if isinstance(arguments, Scalar) and arguments.value is None:
        return _fill(arguments.span, written)
    if name == first:
        return replace(arguments, text)
    bare = arguments.span.text
    if first is None or "\n" in bare or bare[0] in "|>":
        return None
    is_plain = isinstance(arguments, Scalar) and bare[0] not in "\"'"
    kept = quoted(bare) if is_plain and _NEEDS_QUOTES.search(bare) else bare
    return Edit(arguments.span, f"{{{first}: {kept}, {name}: {text}}}")


def insert_item_before(item: Node, text: str) -> Edit | None:
    """Puts an item before `item` of a list; comments above `item` stay above the new one."""
    dash = _dash(item)
    if dash is not None:
        column = item.source.position(dash).column - 1
        return _insert(item, dash, f"- {_indented(text, column)}\n{' ' * column}")
    if _is_in_flow_list(item) and "\n" not in text:
        return _insert(item, item.start, f"{text}, ")
    return None


def insert_item_after(item: Node, text: str) -> Edit | None:
    """Puts an item behind `item` of a list, below a comment at the end of its line."""
    dash = _dash(item)
    if dash is not None:
        end = _line_end(item, item.end)
        if end is None:
            return None
        column = item.source.position(dash).column - 1
        return _insert(item, end, f"\n{' ' * column}- {_indented(text, column)}")
    if _is_in_flow_list(item) and "\n" not in text:
        return _insert(item, item.end, f", {text}")
    return None


def remove_item(item: Node) -> Edit | None:
    """Takes `item` out of its list, with its line if nothing but a comment stands beside it."""
    text = item.source.text
    dash = _dash(item)
    if dash is None:
        return _remove_from_flow(item) if _is_in_flow_list(item) else None
    start = text.rfind("\n", 0, dash) + 1
    return None if text[start:dash].strip(" ") else _without_line(item, start, item.end)


def _without_line(node: Node, start: int, behind: int) -> Edit | None:
    """Takes out the lines from `start` to that of offset `behind`; None if more than a comment follows there."""
    text = node.source.text
    end = _line_end(node, behind)
    if end is None:
        return None
    if text.startswith("\r", end):
        end += 1
    if end < len(text):
        return Edit(Span(node.source, start, end + 1), "")
    return Edit(Span(node.source, max(0, start - 1), end), "")


def _insert(node: Node, at: int, text: str) -> Edit:
    return Edit(Span(node.source, at, at), text)


def _fill(span: Span, text: str) -> Edit:
    """Puts `text` where a value is written; an empty one may stand right behind its colon."""
    behind_colon = span.start == span.end and span.source.text[span.start - 1] == ":"
    return Edit(span, f" {text}" if behind_colon else text)


def _indented(text: str, column: int) -> str:
    """The lines of an item behind a dash at `column` (from 0)."""
    return text.replace("\n", "\n" + " " * (column + 2))


def _is_flow(node: Node) -> bool:
    return node.source.text[node.start : node.start + 1] in ("{", "[")


def _dash(item: Node) -> int | None:
    """The offset of the dash that `item` of a block list stands behind, or None."""
    start, before = _before(item)
    if not before.endswith("-") or before[-2:-1].strip():
        return None
    return start + len(before) - 1


def _is_in_flow_list(item: Node) -> bool:
    return _before(item)[1].endswith(("[", ","))


def _before(item: Node) -> tuple[int, str]:
    """Some text up to what stands before `item` and its anchor, and where that text starts."""
    start = max(0, item.start - _LOOK_BACK)
    return start, _ANCHOR.sub("", item.source.text[start : item.start]).rstrip()


def _line_end(node: Node, end: int) -> int | None:
    """Where the line of offset `end` ends, before its line break; None if more than a comment follows."""
    found = _REST.match(node.source.text, end)
    if found is None:
        return None
    return found.end() - found.group().endswith("\r")


def _value_span(key: Scalar, value: Node) -> Span:
    """Where a key's value is written: its own place, or that of the alias which stands for it."""
    text = key.source.text
    colon = _COLON.match(text, key.end)
    alias = _ALIAS.match(text, colon.end()) if colon else None
    return Span(key.source, *alias.span(1)) if alias else value.span


def _own_entries(node: Mapping) -> list[tuple[Scalar, Span]]:
    """The keys that are written in the mapping itself, not merged in, and where their values are."""
    own: list[tuple[Scalar, Span]] = []
    at = node.start
    for key, value in node.entries:
        if key.source is node.source and at <= key.start < node.end:
            span = _value_span(key, value)
            own.append((key, span))
            at = span.end
    return own


def _add_to_flow(node: Mapping, own: list[tuple[Scalar, Span]], entry: str) -> Edit | None:
    if own:
        return _insert(node, own[-1][1].end, f", {entry}")
    inside = node.source.text[node.start + 1 : node.end - 1]
    if "#" in inside:
        return None
    kept = inside.rstrip().rstrip(",")
    behind = node.start + 1 + len(kept)
    return _insert(node, behind, f", {entry}" if kept.strip() else entry)


def _add_beside_word(word: Scalar, key: str, text: str) -> Edit | None:
    dash = _dash(word)
    if dash is None:
        both = f"{word.span.text}: {{}}, {key}: {text}"
        return Edit(word.span, f"{{{both}}}") if _is_in_flow_list(word) else None
    column = word.span.first.column - 1
    return _insert(word, word.end, f":\n{' ' * column}{key}: {text}")


def _in_item(word: Scalar, mapping: str) -> str:
    """The one-entry mapping as it can stand in place of `word`: bare behind a dash, else in braces."""
    return mapping if _dash(word) is not None else f"{{{mapping}}}"


def _remove_from_flow(item: Node) -> Edit | None:
    """Takes the item out of `[…]` with the comma behind it, or of the last item with the one before it."""
    text = item.source.text
    behind = _COMMA.match(text, item.end)
    if behind is not None:
        return Edit(Span(item.source, item.start, behind.end()), "")
    start = len(text[: item.start].rstrip())
    if text[start - 1] == ",":
        return Edit(Span(item.source, start - 1, item.end), "")
    return Edit(item.span, "")
