"""Where the `$(…)` of a text end."""

import re

# What decides where an expression ends: brackets, and strings that may hold brackets.
_STEP = re.compile(r"""[()]|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|["'\n]""")
# An expression has at most 2,000 characters; what is further away does not close it.
REACH = 2_100
_DOLLAR = re.compile(r"\$\$|\$\(")


def closing(text: str, start: int, one_line: bool = False) -> int | None:
    """Where the expression opened by the `(` at `start` ends, behind its `)`; None if nothing does."""
    depth = 0
    for step in _STEP.finditer(text, start, start + REACH if one_line else len(text)):
        match step.group():
            case "(":
                depth += 1
            case ")":
                depth -= 1
                if depth == 0:
                    return step.end()
            case "\n":
                if one_line:
                    return None
            case '"' | "'":
                return None
            case _:
                pass
    return None


def first_unclosed(text: str) -> int | None:
    """The offset of the first `$(` in `text` that has no `)`; `$$` is a dollar, not an opening."""
    at = 0
    while found := _DOLLAR.search(text, at):
        at = found.end()
        if found.group() == "$(":
            end = closing(text, at - 1)
            if end is None:
                return at - 2
            at = end
    return None
