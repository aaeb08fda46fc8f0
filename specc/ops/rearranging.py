"""What a pattern of `rearrange` does to a value of a certain shape."""

from collections.abc import Mapping
from typing import NamedTuple

from specc.ops.misfit import Misfit, SetArgument, wrong_rank
from specc.shapes.axis import FEATURE, NAMELESS, Axis, given
from specc.shapes.demand import agree, divisible
from specc.shapes.dim import Size, product
from specc.shapes.pattern import ELLIPSIS, Group, Pattern, side_text
from specc.shapes.shape import Shape


class Plan(NamedTuple):
    """A rearrangement in three steps: reshape to `split`, transpose to `order`, reshape to `result`."""

    split: tuple[Size, ...]
    order: tuple[int, ...]
    result: Shape


class _Factor(NamedTuple):
    size: Size
    axis: Axis


def plan(pattern: Pattern, sizes: Mapping[str, Size], x: Shape) -> Plan:
    """What `pattern` does to `x`; raises `Misfit` where it does not fit (E200, E203, E208, E107)."""
    _compare_names(pattern, sizes)
    factors = _split(pattern, sizes, x)
    positions = {name: i for i, name in enumerate(factors)}
    order: list[int] = []
    entries: list[_Factor] = []
    for number, group in enumerate(pattern.right):
        names = [known for name in group.names for known in _expanded(name, factors)]
        order += (positions[name] for name in names)
        if group.is_ellipsis:
            entries += (factors[name] for name in names)
        else:
            size = product(factors[name].size for name in names)
            entries.append(_Factor(size, _result_axis(group, number == len(pattern.right) - 1)))
    result = Shape(tuple(e.size for e in entries), tuple(e.axis for e in entries))
    return Plan(tuple(f.size for f in factors.values()), tuple(order), result)


def _expanded(name: str, factors: Mapping[str, _Factor]) -> list[str]:
    """The factor itself, or all those that `...` stands for."""
    return [known for known in factors if known.startswith(ELLIPSIS)] if name == ELLIPSIS else [name]


def _result_axis(group: Group, is_last: bool) -> Axis:
    """A factor alone has its name; several that merge have none, or are features where they stand last."""
    if len(group.names) == 1 and group.names[0] != ELLIPSIS:
        return given(group.names[0])
    return FEATURE if group.names and is_last else NAMELESS


def _compare_names(pattern: Pattern, sizes: Mapping[str, Size]) -> None:
    left, right = pattern.left_names, pattern.right_names
    for names, side in ((left, "left"), (right, "right")):
        for name in names:
            if names.count(name) > 1:
                raise _name_misfit(f"`{name}` stands twice on the {side} of the pattern")
    for name in right:
        if name not in left:
            raise _name_misfit(f"`{name}` on the right of the pattern does not stand on its left")
    for name in left:
        if name not in right:
            raise _name_misfit(f"`{name}` on the left of the pattern does not stand on its right")
    for name in sizes:
        if name not in left:
            raise Misfit("E107", f"`sizes` names `{name}`, which is not in the pattern", parameter="sizes")


def _name_misfit(message: str) -> Misfit:
    return Misfit("E203", message, parameter="pattern")


def _split(pattern: Pattern, sizes: Mapping[str, Size], x: Shape) -> dict[str, _Factor]:
    """The factors of all axes of `x`, by name, in order; those of `...` by position."""
    many = x.rank - len(pattern.left) + 1
    has_ellipsis = any(group.is_ellipsis for group in pattern.left)
    if many < 0 or (many != 1 and not has_ellipsis):
        raise wrong_rank(f"`{side_text(pattern.left)}`", x)
    factors: dict[str, _Factor] = {}
    at = 0
    places: dict[str, int] = {}
    for group in pattern.left:
        if group.is_ellipsis:
            for _ in range(many):
                factors[f"{ELLIPSIS}{at}"] = _Factor(x.sizes[at], x.axes[at])
                at += 1
        else:
            places |= dict.fromkeys(group.names, at)
            factors |= _factors(group, sizes, x, at)
            at += 1
    _compare_given(pattern, places, x)
    return factors


def _factors(group: Group, sizes: Mapping[str, Size], x: Shape, at: int) -> dict[str, _Factor]:
    """The factors of the one axis of `x` at position `at`."""
    whole = x.sizes[at]
    free = [name for name in group.names if name not in sizes]
    known = product(sizes[name] for name in group.names if name in sizes)
    if len(free) > 1:
        names = " and ".join(f"`{name}`" for name in free)
        raise Misfit(
            "E107",
            f"`sizes` must give all but one of {names}, the factors of {whole}",
            parameter="sizes",
            axis=at,
        )
    if not (divisible(whole, known) if free else agree(whole, known)):
        wanted = f"a multiple of {known}" if free else str(known)
        raise Misfit(
            "E208",
            f"`{group}` needs an axis of {wanted}, and {x} has {whole} there",
            parameter="pattern",
            axis=at,
        )
    return {name: _Factor(sizes.get(name, whole // known), NAMELESS) for name in group.names}


def _compare_given(pattern: Pattern, places: Mapping[str, Size], x: Shape) -> None:
    """E203 where the author gave an axis the name that the pattern has for another one."""
    for at, axis in enumerate(x.axes):
        bound = places.get(axis.name or "", at)
        if axis.given and bound != at:
            raise Misfit(
                "E203",
                f"the pattern reads `{axis.name}` at axis {bound + 1}, and {x} has it at axis {at + 1}",
                parameter="pattern",
                axis=at,
                repairs=_in_order(pattern, x),
            )


def _in_order(pattern: Pattern, x: Shape) -> tuple[SetArgument, ...]:
    """The repair that puts the names on the left in the order of the value's axes."""
    names = [str(axis.name) for axis in x.axes]
    if sorted(names) != sorted(map(str, pattern.left)):
        return ()
    text = f"{' '.join(names)} -> {side_text(pattern.right)}"
    return (SetArgument("pattern", f'"{text}"', "name the axes in their order"),)
