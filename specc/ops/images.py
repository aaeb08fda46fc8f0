"""What all layers for images share: the axes that they read, and the colours and sizes that they take."""

from typing import ClassVar, Literal

from specc.ops.axis import known_size
from specc.ops.kinds import TRAINING
from specc.ops.misfit import InsertBefore, Misfit, Remove, Repair, SetArgument, bad_argument
from specc.ops.windows import Spatial
from specc.shapes.shape import Shape

Interpolation = Literal["nearest", "bilinear"]
FillMode = Literal["reflect", "wrap", "constant", "nearest"]

ONE_DRAW = "one draw serves all steps at once", "each step has a draw of its own"
"""What a fold and a wrapper do in training where a layer draws once for a batch."""


class Image(Spatial):
    """An op on images of `(height, width, channel)`, whose axes it keeps unless it says otherwise.

    It computes in floats: `fit` and `predict` cast whole numbers first. What happens in training alone costs no FLOPs.
    """

    spatial_rank = 2
    call_options = TRAINING
    colors: ClassVar[tuple[int, ...]] = ()
    """The numbers of channels that the op takes; none: any. `reads_colors` where arguments decide."""
    measured: ClassVar[str | None] = None
    """What Keras computes from height and width while it traces the layer, for which they must be numbers."""
    undrawn: ClassVar[tuple[str, ...]] = ()
    """The dtypes in which Keras cannot make its draws."""

    def reads_colors(self) -> tuple[int, ...]:
        """The numbers of channels that the op takes with its arguments."""
        return self.colors

    def output(self, x: Shape) -> Shape:
        """The same axes; E203 for other channels than the op takes, E207 for unknown sizes, E107 for the dtype."""
        self.check(x)
        return self.with_space(x, self.space(x))

    def check(self, x: Shape) -> None:
        """Raises what `output` says."""
        if self.compute_dtype in self.undrawn:
            raise bad_argument(
                "dtype",
                f"Keras cannot draw what it needs in `{self.compute_dtype}`",
                SetArgument("dtype", "float32", "let this layer compute in `float32`"),
            )
        taken = self.reads_colors()
        if taken:
            self._check_colors(x, taken)
        if self.measured is not None:
            for axis in (1, 2) if self.channels_first else (0, 1):
                known_size(x, axis, self.measured)

    def _check_colors(self, x: Shape, taken: tuple[int, ...]) -> None:
        channels = known_size(x, self.channel_axis, "what computes with colours")
        if channels in taken:
            return
        wanted = " or ".join(map(str, taken))
        repairs: tuple[Repair, ...] = ()
        if channels == 1:
            repairs = (Remove("leave it out: grey images have no colours", "unsafe"),)
        elif channels > 3:
            text = f"slice: {{axis: {self.channel_axis % 3 + 1}, stop: 3}}"
            repairs = (InsertBefore(text, "take the first three channels", "unsafe"),)
        raise Misfit(
            "E203",
            f"computes with colours: it reads {wanted} channels, and {x} has {channels}",
            axis=self.channel_axis,
            facts=(f"Keras: Input images must have {wanted} channels",),
            repairs=repairs,
        )
