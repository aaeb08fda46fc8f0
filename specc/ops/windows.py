"""What all ops over space share: where an op's axes are, how windows slide, what results are called.

Families of 1, 2 and 3 axes of space are written once: a base class holds the rule, an op its rank and
its defaults.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Annotated, ClassVar, Literal

from specc.ops.declare import Inputs, Place, Unary
from specc.ops.kinds import words
from specc.ops.misfit import InsertBefore, Misfit, SetArgument, too_small
from specc.shapes.axis import CHANNEL, NAMELESS, Axis, inferred
from specc.shapes.demand import at_least
from specc.shapes.dim import Size
from specc.shapes.shape import Shape
from specc.shapes.tensor import Tensor

DataFormat = Literal["channels_last", "channels_first"]
Padding = Annotated[str, words("valid", "same")]
CausalPadding = Annotated[str, words("valid", "same", "causal")]
Sizes = tuple[int, ...]

INTEGERS = ("int", "uint", "bool")
"""How the names begin of all dtypes that are no floats."""

SPACE: tuple[tuple[Axis, ...], ...] = (
    (),
    (NAMELESS,),
    (inferred("height"), inferred("width")),
    (inferred("depth"), inferred("height"), inferred("width")),
)
"""What ops over 0 to 3 axes of space call them; those over one name none."""

_SPACES: tuple[tuple[Place, ...], ...] = ((), ("space",), ("space", "space"), ("space", "space", "space"))
_LAST: tuple[tuple[Place, ...], ...] = tuple((*space, "feature") for space in _SPACES)
_FIRST: tuple[tuple[Place, ...], ...] = tuple(("feature", *space) for space in _SPACES)


class Spatial(Unary):
    """An op over `spatial_rank` axes of space and one of features, in the order of its `data_format`.

    An op without that parameter, or with none given, is channels_last.
    """

    spatial_rank: ClassVar[int]
    refused_dtypes: ClassVar[tuple[str, ...]] = ()
    """How the names begin of the dtypes that Keras refuses here."""

    @property
    def channels_first(self) -> bool:
        """Whether the features stand in front of space."""
        return getattr(self, "data_format", None) == "channels_first"

    @property
    def channel_axis(self) -> int:
        """Where the features are."""
        return 0 if self.channels_first else -1

    @property
    def places(self) -> tuple[Place, ...]:
        """The axes of space and the features, in the order of `data_format`."""
        return (_FIRST if self.channels_first else _LAST)[self.spatial_rank]

    def refuses(self, dtype: str) -> bool:
        """Whether Keras cannot compute with `dtype` here."""
        return dtype.startswith(self.refused_dtypes)

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The type of the result; E210 where Keras cannot compute with the dtype."""
        dtype = inputs[0].dtype
        if self.refuses(dtype):
            raise Misfit(
                "E210",
                f"cannot compute with {dtype} values",
                repairs=(InsertBefore("Rescaling: 1.0", "cast to floats first", "unsafe"),),
            )
        return super().results(inputs)

    def space(self, x: Shape) -> tuple[Size, ...]:
        """The sizes of the axes of space."""
        return x.sizes[1:] if self.channels_first else x.sizes[:-1]

    def with_space(self, x: Shape, sizes: Sequence[Size], channels: Size | None = None) -> Shape:
        """The shape with other sizes in space, and `channels` where the op makes them.

        Axes of space and channels that are carried along keep the names that the author gave.
        """
        first = self.channels_first
        axes = named_space(x.axes[1:] if first else x.axes[:-1])
        channel = CHANNEL
        if channels is None:
            at = 0 if first else -1
            channels = x.sizes[at]
            if x.axes[at].given:
                channel = x.axes[at]
        if first:
            return Shape((channels, *sizes), (channel, *axes))
        return Shape((*sizes, channels), (*axes, channel))

    def slid(
        self,
        x: Shape,
        parameter: str,
        window: Sizes,
        strides: Sizes,
        padding: str,
        dilation: Sizes | None = None,
    ) -> Sequence[Size]:
        """The sizes of space after sliding windows over it; E206 at `parameter` where one does not fit."""
        space = self.space(x)
        if padding != "valid":
            return padded_slide(space, strides)
        spans = window if dilation is None or max(dilation) == 1 else dilated(window, dilation)
        sizes = slide(space, spans, strides)
        for i, size in enumerate(sizes):
            if size < 1 if isinstance(size, int) else not at_least(size, 1):
                raise self._too_small(x, i, parameter, window, spans)
        return sizes

    def _too_small(self, x: Shape, i: int, parameter: str, window: Sizes, spans: Sizes) -> Misfit:
        size, position = self.space(x)[i], i + self.channels_first
        return too_small(
            "dilation_rate" if isinstance(size, int) and size >= window[i] else parameter,
            spans[i],
            size,
            x.axes[position].name or SPACE[self.spatial_rank][i].name,
            SetArgument("padding", "same", "pad the input: `padding: same`", "unsafe"),
            position=position,
        )


@lru_cache(maxsize=256)
def named_space(axes: tuple[Axis, ...]) -> tuple[Axis, ...]:
    """Axes of space as an op calls them that slides over them: what the author named keeps its name."""
    if len(axes) == 1:
        return axes
    return tuple([axis if axis.given else name for axis, name in zip(axes, SPACE[len(axes)], strict=True)])


def dilated(window: Sizes, dilation: Sizes) -> Sizes:
    """The number of elements that windows span whose elements stand `dilation` apart."""
    return tuple([(k - 1) * d + 1 for k, d in zip(window, dilation, strict=True)])


def slide(space: Sequence[Size], spans: Sizes, strides: Sizes) -> list[Size]:
    """How many times windows of these spans fit, the input not padded."""
    return [(n + (s - k)) // s for n, k, s in zip(space, spans, strides, strict=True)]


def padded_slide(space: Sequence[Size], strides: Sizes) -> list[Size]:
    """How many windows there are where the input is padded: one for each stride begun."""
    return [(n + (s - 1)) // s for n, s in zip(space, strides, strict=True)]


def transposed_slide(
    space: Sequence[Size], spans: Sizes, strides: Sizes, padding: str, output_padding: Sizes | None
) -> list[Size]:
    """The sizes of what windows of these spans cover, one put down per element, as Keras has it."""
    sizes: list[Size] = []
    for i, (n, k, s) in enumerate(zip(space, spans, strides, strict=True)):
        if output_padding is None:
            more = max(k - s, 0) if padding == "valid" else 0
        else:
            more = (k if padding == "valid" else k % 2) - s + output_padding[i]
        sizes.append(n * s + more)
    return sizes
