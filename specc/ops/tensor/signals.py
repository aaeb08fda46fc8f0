"""Signals and their frequencies; complex numbers are pairs of values, the real and the imaginary parts."""

from typing import ClassVar

from specc.ops.arrays import Value, Values
from specc.ops.audio import FREQ, MelWindow, centered, check_frame
from specc.ops.axis import known_size
from specc.ops.declare import Example, Inputs, Shapes
from specc.ops.function import NARROW, DTypes, Function, function, rows, same
from specc.ops.kinds import Flag, Positive
from specc.ops.merge import need_two
from specc.ops.misfit import (
    Misfit,
    SetArgument,
    bad_argument,
    too_small,
    wrong_dtype,
    wrong_rank,
)
from specc.ops.windows import slide
from specc.shapes.axis import NAMELESS
from specc.shapes.demand import alike, at_least
from specc.shapes.dim import Size
from specc.shapes.shape import Shape, nameless, sizes_text
from specc.shapes.tensor import Tensor


def signal(x: Shape) -> Shape:
    """`x`, whose last axis is a signal; E200 where there is none beside the batch."""
    if not x.rank:
        raise wrong_rank("a signal for each sample, along its last axis,", x)
    return x


class Signals(Function):
    """A function of the signals along the last axis."""

    dtypes = DTypes(same, NARROW)

    def cost(self, inputs: Shapes, outputs: Shapes) -> Size:
        """2 for each element and each step of its transform, at least one."""
        return sum((2 * made.elements for made in outputs), 0)


@function(
    Example({"sequence_length": 3, "sequence_stride": 2}, ((2, 8),)),
    name="extract_sequences",
)
class ExtractSequences(Signals):
    """Cuts signals into sequences, which may overlap."""

    dtypes = DTypes(same, ())

    x: Value
    sequence_length: Positive
    sequence_stride: Positive

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The sequences, and what stands in each; E206 where none fits."""
        x = signal(inputs[0].shape)
        count = _frames(x, x.sizes[-1], self.sequence_length, self.sequence_stride, "sequence_length")
        made = x.with_last(count, x.axes[-1]).join(nameless((self.sequence_length,)))
        return (Tensor(made, self.checked_dtype(inputs[0].dtype)),)

    def cost(self, inputs: Shapes, outputs: Shapes) -> Size:
        """None: elements are only moved."""
        return 0


def _frames(x: Shape, size: Size, length: int, stride: int, parameter: str) -> Size:
    """How many sequences there are in a signal of that size; E206 where there is none."""
    (count,) = slide((size,), (length,), (stride,))
    if not at_least(size, length):
        raise too_small(parameter, length, size, x.axes[-1].name, position=x.rank - 1)
    return count


@function(Example({}, ((3, 5),)), Example({"fft_length": 8}, ((5,),)))
class RFFT(Signals):
    """The strength of each frequency of real signals, as real and imaginary parts."""

    least_results: ClassVar[int] = 2

    x: Value
    fft_length: Positive | None = None

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """A frequency for every second step, and one."""
        x = signal(inputs[0].shape)
        made = x.with_last((self.fft_length or x.sizes[-1]) // 2 + 1, FREQ)
        return (Tensor(made, self.checked_dtype(inputs[0].dtype)),) * 2


@function(
    Example({"sequence_length": 3, "sequence_stride": 2, "fft_length": 4}, ((2, 8),)),
    Example(
        {
            "sequence_length": 3,
            "sequence_stride": 1,
            "fft_length": 5,
            "window": [1.0, 2.0, 1.0],
            "center": False,
        },
        ((8,),),
    ),
)
class STFT(Signals):
    """The strength of each frequency in each of the sequences that real signals are cut into."""

    least_results: ClassVar[int] = 2

    x: Value
    sequence_length: Positive
    sequence_stride: Positive
    fft_length: Positive
    window: MelWindow | None = "hann"
    center: Flag = True

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The sequences by the frequencies; E206 where the signal is too short, E107 for lengths at odds."""
        x = signal(inputs[0].shape)
        check_frame(self.sequence_length, self.fft_length, self.window)
        size = x.sizes[-1]
        if self.center:
            size = centered(size, self.fft_length, x.axes[-1], x.rank - 1)
        count = _frames(x, size, self.fft_length, self.sequence_stride, "fft_length")
        made = x.with_last(count, x.axes[-1]).join(Shape((self.fft_length // 2 + 1,), (FREQ,)))
        return (Tensor(made, self.checked_dtype(inputs[0].dtype)),) * 2


class Complex(Signals):
    """A function of complex numbers."""

    examples = (Example({}, ((3, 4), (3, 4))),)
    axes_read: ClassVar[int] = 1
    """How many axes, from the last, it works along."""

    x: Values

    def numbers(self, inputs: Inputs) -> Tensor:
        """The type of the real parts and of the imaginary ones.

        E303 unless these are two values, E200 where there are too few axes, E205 and E210 where they are not alike.
        """
        need_two(inputs, self.name)
        real, imaginary = inputs
        if real.shape.rank < self.axes_read:
            raise wrong_rank(f"{self.axes_read} axes or more, the batch not counted,", real.shape)
        unlike = real.shape.rank != imaginary.shape.rank
        if unlike or not all(map(alike, real.shape.sizes, imaginary.shape.sizes)):
            shown = f"{sizes_text(real.shape)} and {sizes_text(imaginary.shape)}"
            fact = "Keras: Both the real and imaginary parts should have the same shape."
            raise Misfit(
                "E205", f"takes real and imaginary parts alike, not {shown}", operand=1, facts=(fact,)
            )
        dtype = self.checked_dtype(real.dtype)
        if imaginary.dtype != dtype:
            raise wrong_dtype(imaginary.dtype, f"imaginary parts of {dtype}", operand=1)
        return Tensor(real.shape, dtype)


class Transform(Complex):
    """A transform between signals and frequencies, one for each step."""

    least_results: ClassVar[int] = 2

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The same axes; E207 where a size along which it works is no number."""
        x = self.numbers(inputs)
        for axis in range(x.shape.rank - self.axes_read, x.shape.rank):
            known_size(x.shape, axis, "the transform")
        outer = x.shape.part(0, -self.axes_read)
        made = outer.join(nameless(x.shape.sizes[-self.axes_read :]))
        return (Tensor(made, x.dtype),) * 2


rows(Transform, {"fft": "The strength of each frequency along the last axis."})
rows(
    Transform,
    {
        "fft2": "The strength of each pair of frequencies along the last two axes.",
        "ifft2": "What has these strengths of frequencies along its last two axes.",
    },
    axes_read=2,
)


@function(Example({}, ((3, 4), (3, 4))), Example({"fft_length": 5}, ((4,), (4,))))
class IRFFT(Complex):
    """The real signals that have these strengths of frequencies."""

    fft_length: Positive | None = None

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """Two steps for each frequency but the first, or as many as told; E206 where there is none."""
        x = self.numbers(inputs)
        size = self.fft_length or 2 * (x.shape.sizes[-1] - 1)
        if not at_least(size, 1):
            told = SetArgument("fft_length", "1", "say how long the signal is", "unsafe")
            raise Misfit(
                "E206",
                "one frequency alone makes a signal of no length",
                axis=x.shape.rank - 1,
                repairs=(told,),
            )
        return (Tensor(x.shape.with_last(size, NAMELESS), x.dtype),)


@function(
    Example({"sequence_length": 3, "sequence_stride": 2, "fft_length": 4}, ((5, 3), (5, 3))),
    Example(
        {"sequence_length": 4, "sequence_stride": 2, "fft_length": 4, "length": 6, "center": False},
        ((2, 5, 3), (2, 5, 3)),
    ),
)
class ISTFT(Complex):
    """The real signals that have these strengths of frequencies in each of their sequences."""

    axes_read = 2

    sequence_length: Positive
    sequence_stride: Positive
    fft_length: Positive
    length: Positive | None = None
    window: MelWindow | None = "hann"
    center: Flag = True

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """One axis of steps; E206 where there are too few, E107 for lengths at odds."""
        x = self.numbers(inputs)
        check_frame(self.sequence_length, self.fft_length, self.window)
        half = self.fft_length // 2 if self.center else 0
        if self.center and not half and self.length is None:
            told = SetArgument("center", "false", "cut nothing off at the ends", "unsafe")
            raise bad_argument("center", "Keras cuts all off where `fft_length` is 1", told)
        whole = (x.shape.sizes[-2] - 1) * self.sequence_stride + self.fft_length
        size = self.length or whole - 2 * half
        least = size + half if self.length else 2 * half + 1
        if not at_least(whole - least, 0):
            message = f"{x.shape.sizes[-2]} sequences make {whole} steps, of which {least} are needed"
            raise Misfit(
                "E206", message, parameter="length" if self.length else "fft_length", axis=x.shape.rank - 2
            )
        made = x.shape.part(0, -1).with_last(size, x.shape.axes[-2])
        return (Tensor(made, x.dtype),)
