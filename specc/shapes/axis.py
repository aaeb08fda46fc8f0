"""Names of axes and the roles that they stand for."""

from typing import Literal

Role = Literal["sequence", "spatial", "feature", "outer"]

_ROLES: dict[str, Role] = {
    **dict.fromkeys(("time", "step", "frame", "token", "character", "word", "sentence"), "sequence"),
    **dict.fromkeys(("height", "width", "depth", "freq"), "spatial"),
    **dict.fromkeys(("channel", "feature", "class", "classes"), "feature"),
}


def known_role(name: str) -> Role | None:
    """The role that `name` stands for by itself; a trailing `s` makes no difference."""
    return _ROLES.get(name) or _ROLES.get(name.removesuffix("s"))


def role_of(name: str) -> Role:
    """The role that an axis called `name` has."""
    return known_role(name) or "outer"


class Axis:
    """The name of one axis, whether the author gave it, and its role; one object for each name.

    Compare axes with `is`. `NAMELESS` is the axis without a name.
    """

    __slots__ = ("given", "name", "role")

    def __init__(self, name: str | None, given: bool) -> None:
        self.name = name
        self.given = given
        self.role: Role | None = None if name is None else role_of(name)

    def __repr__(self) -> str:
        return f"{self.name}{'' if self.given else '?'}"


NAMELESS = Axis(None, False)
_known: dict[tuple[str, bool], Axis] = {}


def _axis(name: str, given: bool) -> Axis:
    found = _known.get((name, given))
    if found is None:
        found = _known[name, given] = Axis(name, given)
    return found


def given(name: str | None) -> Axis:
    """The axis that the author called `name`; without a name, `NAMELESS`."""
    return NAMELESS if name is None else _axis(name, True)


def inferred(name: str) -> Axis:
    """The axis that an op calls `name`."""
    return _axis(name, False)


FEATURE = inferred("feature")
CHANNEL = inferred("channel")
TIME = inferred("time")
