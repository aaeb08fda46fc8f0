"""Warnings and repairs that several ops share."""

from collections.abc import Iterable, Sequence

from specc.ops.misfit import InsertBefore, Misfit, Repair, SetArgument
from specc.shapes.axis import Axis
from specc.shapes.shape import Shape


def permute_text(x: Shape, order: Sequence[int]) -> str:
    """The `Permute` that puts the axes of `x` in this order: by name where all have one of their own."""
    names = [axis.name for axis in x.axes]
    by_name = None not in names and len(set(names)) == len(names)
    return f"Permute: [{', '.join(str(names[i] if by_name else i + 1) for i in order)}]"


def quoted(axes: Iterable[Axis]) -> str:
    """The names of axes as a message has them: `` `time`, `height` and `width` ``."""
    names = [f"`{axis.name}`" for axis in axes if axis.name]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def is_features(axis: Axis) -> bool:
    """Whether an op may take this axis for features: any but a given sequence, height, width or depth.

    `freq` is spatial for windows, and yet what a spectrogram has for features.
    """
    return not axis.given or axis.role not in ("sequence", "spatial") or axis.name == "freq"


def last_axis_warning(x: Shape, axis: int = -1, parameter: str | None = None) -> Iterable[Misfit]:
    """W601 where given names say that the axis which an op takes for features is none, though there are others.

    `parameter` is the one that says which axis the op takes.
    """
    if x.rank > 1 and not is_features(x.axes[axis]):
        at = axis % x.rank
        message = f"takes `{x.axes[axis].name}` of {x} for its features"
        yield Misfit("W601", message, axis=at, repairs=tuple(_along_features(x, at, parameter)))


def _along_features(x: Shape, at: int, parameter: str | None) -> Iterable[Repair]:
    """What lets an op that works along axis `at` work along the only one that may hold features."""
    features = [i for i, axis in enumerate(x.axes) if is_features(axis)]
    if len(features) == 1:
        name = x.axes[features[0]].name or str(features[0] + 1)
        if parameter is not None:
            yield SetArgument(parameter, name, f"work along `{name}`", "unsafe")
        if at == x.rank - 1:
            order = [i for i in range(x.rank) if i != features[0]] + features
            yield InsertBefore(permute_text(x, order), f"put `{name}` last", "unsafe")


def spatial_warning(x: Shape) -> Iterable[Misfit]:
    """W601 where an op works on the last axis alone and there are spatial axes in front of it."""
    places = places_of(x)
    if places:
        pool = f"GlobalAveragePooling{len(places)}D"
        repairs = (flattened(x), InsertBefore(pool, "average over all places first", "unsafe"))
        message = f"works on the last axis of {x} alone, once for each place in {quoted(places)}"
        yield Misfit("W601", message, axis=x.axes.index(places[0]), repairs=repairs)


def places_of(x: Shape) -> list[Axis]:
    """The axes of places in front of the last axis; of a single one, or those of size 1, each place is as a step."""
    places = [a for a, size in zip(x.axes[:-1], x.sizes, strict=False) if a.role == "spatial" and size != 1]
    return places if len(places) > 1 else []


def flattened(x: Shape) -> InsertBefore:
    """All axes as one, but for steps and outer ones in front."""
    kept = [axis.name for axis in x.axes[:-1] if axis.role in ("sequence", "outer")]
    text = f"Flatten: {{keep: [{', '.join(map(str, kept))}]}}" if kept else "Flatten"
    return InsertBefore(text, "flatten first", "unsafe")


def evened(a: Shape, b: Shape, operand: int, but: int | None = None) -> tuple[InsertBefore, ...]:
    """Padding for the smaller of two values, cropping for the larger, where only sizes in space differ, and by little.

    `b` is input `operand`, and `a` the first one; `but` is an axis that may differ.
    """
    differ = [i for i, (m, n) in enumerate(zip(a.sizes, b.sizes, strict=False)) if m != n and i != but]
    space = a.rank - 1
    if a.rank != b.rank or not 1 <= space <= 3 or space in differ or not differ:
        return ()
    missing: list[int] = []
    for i in range(space):
        m, n = (0, 0) if i == but else (a.sizes[i], b.sizes[i])
        if not isinstance(m, int) or not isinstance(n, int) or 2 * abs(m - n) > max(m, n):
            return ()
        missing.append(n - m)
    if min(missing) < 0 < max(missing):
        return ()
    widths = [f"[0, {abs(more)}]" for more in missing]
    text = widths[0] if space == 1 else f"[{', '.join(widths)}]"
    small, large = (0, operand) if max(missing) > 0 else (operand, 0)
    return (
        InsertBefore(f"ZeroPadding{space}D: {text}", "pad the smaller one at its end", "unsafe", small),
        InsertBefore(f"Cropping{space}D: {text}", "crop the larger one at its end", "unsafe", large),
    )
