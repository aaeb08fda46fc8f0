"""Warnings and repairs that several ops share."""

from collections.abc import Iterable, Sequence

from specc.ops.misfit import InsertBefore, Misfit, Repair
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


def last_axis_warning(x: Shape, axis: int = -1) -> Iterable[Misfit]:
    """W601 where given names say that the axis which an op takes for features is none."""
    if x.axes and not is_features(x.axes[axis]):
        at = axis % x.rank
        feature = [i for i, a in enumerate(x.axes) if a.given and a.role == "feature"]
        repairs: tuple[Repair, ...] = ()
        if len(feature) == 1 and at == x.rank - 1:
            order = [i for i in range(x.rank) if i != feature[0]] + feature
            repairs = (InsertBefore(permute_text(x, order), "put the features last", "unsafe"),)
        message = f"takes `{x.axes[axis].name}` of {x} for its features"
        yield Misfit("W601", message, axis=at, repairs=repairs)


def spatial_warning(x: Shape) -> Iterable[Misfit]:
    """W601 where an op works on the last axis alone and there are spatial axes in front of it."""
    spatial = [axis for axis in x.axes[:-1] if axis.role == "spatial"]
    if spatial:
        kept = [axis.name for axis in x.axes[:-1] if axis.role in ("sequence", "outer")]
        flatten = f"Flatten: {{keep: [{', '.join(map(str, kept))}]}}" if kept else "Flatten"
        repairs = (InsertBefore(flatten, "flatten first", "unsafe"),)
        message = f"works on the last axis of {x} alone, once for each place in {quoted(spatial)}"
        yield Misfit("W601", message, axis=x.axes.index(spatial[0]), repairs=repairs)
