"""The `rearrange` that a reshape is meant to be which puts axes together that do not stand side by side."""

from collections.abc import Iterator, Sequence

from specc.ops.misfit import Repair, Replace
from specc.shapes.dim import Size, product
from specc.shapes.shape import Shape

_MAX_AXES = 6
"""More axes can be put together in too many ways to go through them."""

Groups = tuple[tuple[int, ...], ...]


def stacking(x: Shape, y: Shape) -> tuple[Repair, ...]:
    """The `rearrange` that makes `y` of whole axes of `x`, where there is one way to do so.

    >>> from specc.shapes.axis import given
    >>> x = Shape((4, 84, 80, 3), tuple(map(given, ("frame", "height", "width", "channel"))))
    >>> stacking(x, Shape((84, 80, 12), tuple(map(given, (None, None, None)))))[0].text
    'rearrange: "frame height width channel -> height width (frame channel)"'
    """
    names = [str(axis.name) for axis in x.axes]
    if x.rank > _MAX_AXES or 1 in x.sizes or not all(a.given and str(a.name).isidentifier() for a in x.axes):
        return ()
    ways = {_kind(groups, x.sizes): groups for groups in reversed([*_groups(x.sizes, y.sizes)])}
    if len(ways) != 1:
        return ()
    (groups,) = ways.values()
    for i, (group, axis) in enumerate(zip(groups, y.axes, strict=True)):
        is_features = i == y.rank - 1 and len(group) > 1 and axis.role == "feature"
        if axis.given and not is_features and [axis.name] != [x.axes[k].name for k in group]:
            return ()
    sides = [
        names[group[0]] if len(group) == 1 else f"({' '.join(names[i] for i in group)})" for group in groups
    ]
    text = f'rearrange: "{" ".join(names)} -> {" ".join(sides)}"'
    return (Replace(text, "put whole axes together, by a `rearrange`", "unsafe"),)


def _groups(source: Sequence[Size], target: Sequence[Size], taken: tuple[int, ...] = ()) -> Iterator[Groups]:
    """The ways to put the axes of `source`, each in one place, together to those of `target`; in order first."""
    left = [i for i in range(len(source)) if i not in taken]
    if not target:
        if not left:
            yield ()
        return
    for chosen in range(1, 1 << len(left)):
        group = tuple(axis for bit, axis in enumerate(left) if chosen >> bit & 1)
        if product(source[i] for i in group) == target[0]:
            for rest in _groups(source, target[1:], (*taken, *group)):
                yield (group, *rest)


def _kind(groups: Groups, sizes: Sequence[Size]) -> tuple[object, ...]:
    """What tells one way from another: which axes are put together; those alone stay in order."""
    return tuple([sizes[min(group)] if len(group) == 1 else group for group in groups])
