"""Patterns of `rearrange`, in the notation of einops: `time height width c -> time (height width c)`."""

import re
from typing import NamedTuple

ELLIPSIS = "..."
_TOKEN = re.compile(r"\s*(->|\.\.\.|[()]|\w+|\S)", re.ASCII)


class Group(NamedTuple):
    """One axis as the pattern has it: its factors, slowest first; none: an axis of size 1.

    `...` stands for any number of axes, within parentheses for their product.
    """

    names: tuple[str, ...]
    parenthesized: bool = False

    @property
    def is_ellipsis(self) -> bool:
        """Whether this stands for any number of axes, not for one."""
        return self.names == (ELLIPSIS,) and not self.parenthesized

    def __str__(self) -> str:
        text = " ".join(self.names)
        return f"({text})" if self.parenthesized else text or "1"


class Pattern(NamedTuple):
    """The axes of a value before and after."""

    left: tuple[Group, ...]
    right: tuple[Group, ...]

    @property
    def left_names(self) -> list[str]:
        """All factors on the left, in order."""
        return [name for group in self.left for name in group.names]

    @property
    def right_names(self) -> list[str]:
        """All factors on the right, in order."""
        return [name for group in self.right for name in group.names]

    def __str__(self) -> str:
        return f"{side_text(self.left)} -> {side_text(self.right)}"


def side_text(groups: tuple[Group, ...]) -> str:
    """One side of a pattern as it is written."""
    return " ".join(map(str, groups))


def parse_pattern(text: str) -> Pattern:
    """Read a pattern; raises ValueError where it is malformed (names are not compared)."""
    sides: list[list[str]] = [[]]
    for token in _TOKEN.findall(text):
        if token == "->":
            sides.append([])
        else:
            sides[-1].append(token)
    if len(sides) != 2:
        raise ValueError(f"a pattern has one `->`, as `a b -> b a`, and this one has {len(sides) - 1}")
    pattern = Pattern(_groups(sides[0]), _groups(sides[1]))
    if any(ELLIPSIS in group.names and group.parenthesized for group in pattern.left):
        raise ValueError("`...` cannot stand in parentheses on the left")
    return pattern


def _groups(tokens: list[str]) -> tuple[Group, ...]:
    groups: list[Group] = []
    inside: list[str] | None = None
    for token in tokens:
        if token == "(":
            if inside is not None:
                raise ValueError("parentheses do not nest")
            inside = []
        elif token == ")":
            if inside is None:
                raise ValueError("a `)` closes nothing")
            groups.append(Group(tuple(inside), True))
            inside = None
        elif not (token[0].isascii() and token[0].isalpha()) and token not in ("1", ELLIPSIS):
            raise ValueError(f"`{token}` is no name of an axis; those are letters, then letters, digits, `_`")
        else:
            names = () if token == "1" else (token,)
            if inside is None:
                groups.append(Group(names))
            else:
                inside.extend(names)
    if inside is not None:
        raise ValueError("a `(` is not closed")
    if sum(group.names.count(ELLIPSIS) for group in groups) > 1:
        raise ValueError("`...` stands twice on one side")
    return tuple(groups)
