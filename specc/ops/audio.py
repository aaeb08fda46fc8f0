"""Layers that turn sound into pictures of its frequencies."""

from math import ceil, log2
from typing import Annotated, Any, Literal, cast

from specc.ops.axis import known_size
from specc.ops.declare import Example, Inputs, Place, Shape, Unary, Weights, op
from specc.ops.kinds import Flag, Kind, Number, Positive, checked
from specc.ops.misfit import Misfit, SetArgument, bad_argument, too_small
from specc.ops.pointwise import TEXT
from specc.ops.wants import shown
from specc.ops.windows import INTEGERS, DataFormat, Padding, Spatial, slide
from specc.shapes.axis import CHANNEL, FEATURE, TIME, Axis, inferred
from specc.shapes.demand import at_least
from specc.shapes.dim import Size
from specc.shapes.tensor import Tensor

FREQ = inferred("freq")

WINDOWS = frozenset(
    (
        *("barthann", "bart", "brthan", "bth", "bartlett", "brt", "blackman", "black", "blk", "blackharr"),
        *("blackmanharris", "bkh", "bohman", "bman", "bmn", "boxcar", "box", "ones", "rect", "rectangular"),
        *(
            "cosine",
            "halfcosine",
            "exponential",
            "poisson",
            "flattop",
            "flat",
            "flt",
            "hamming",
            "ham",
            "hamm",
        ),
        *("hann", "han", "lanczos", "sinc", "nuttall", "nut", "nutl", "parzen", "par", "parz", "taylor"),
        *("taylorwin", "triangle", "tri", "triang", "tukey", "tuk"),
    )
)
"""The windows that SciPy makes of a name alone."""


def _numbers(value: Any) -> tuple[float, ...]:
    numbers = cast("list[Any]", value)
    if not all(isinstance(n, int | float) and not isinstance(n, bool) for n in numbers):
        raise ValueError("must be the name of a window, or a list of numbers")
    return tuple(map(float, numbers))


def _window(names: frozenset[str]) -> Kind:
    def accept(value: Any) -> str | tuple[float, ...]:
        if isinstance(value, list | tuple):
            return _numbers(value)
        if not isinstance(value, str) or value not in names:
            raise ValueError(f"is no window that needs no parameters: `{shown(value)}`")
        return value

    either: list[dict[str, Any]] = [{"enum": sorted(names)}, {"type": "array", "items": {"type": "number"}}]
    return Kind("the name of a window, or a list of numbers", checked(accept), {"anyOf": either})


Window = Annotated[str | tuple[float, ...], _window(WINDOWS)]
MelWindow = Annotated[str | tuple[float, ...], _window(frozenset(("hann", "hamming")))]


def check_window(window: str | tuple[float, ...] | None, length: int) -> None:
    """E107 where a window is listed and not as long as what it weighs."""
    if isinstance(window, tuple) and len(window) != length:
        raise bad_argument("window", f"the window has {len(window)} numbers, for frames of {length}")


def check_frame(length: int, fft_length: int, window: str | tuple[float, ...] | None) -> None:
    """E107 where a frame is longer than what is transformed, or its window is not as long as it."""
    if length > fft_length:
        raise bad_argument("sequence_length", f"`sequence_length` must be at most `fft_length`, {fft_length}")
    check_window(window, length)


def centered(size: Size, fft_length: int, axis: Axis, position: int) -> Size:
    """The size of a signal with its reflection at either end; E206 where it is too short for that."""
    half = fft_length // 2
    if not at_least(size, half + 1):
        raise too_small("fft_length", half + 1, size, axis.name, position=position)
    return size + 2 * half


def _time(x: Shape, at: int) -> Axis:
    """The axis of frames: the name that the author gave to time, else `time`."""
    return x.axes[at] if x.axes[at].given else TIME


@op(
    Example({"frame_length": 4}, ((9, 2),)),
    Example({"frame_length": 5, "mode": "stft", "expand_dims": True, "padding": "same"}, ((9, 2),)),
    Example({"frame_length": 4, "mode": "real", "data_format": "channels_first", "frame_step": 1}, ((2, 9),)),
)
class STFTSpectrogram(Spatial):
    """Cuts a signal into frames, and gives the strength of each frequency in each: trainable, as two convolutions."""

    spatial_rank = 1
    refused_dtypes = (*INTEGERS, "string")

    mode: Literal["log", "magnitude", "psd", "real", "imag", "angle", "stft"] = "log"
    frame_length: Positive = 256
    frame_step: Positive | None = None
    fft_length: Positive | None = None
    window: Window | None = "hann"
    periodic: Flag = False
    scaling: Literal["density", "spectrum"] | None = "density"
    padding: Padding = "valid"
    expand_dims: Flag = False
    data_format: DataFormat | None = None

    @property
    def places(self) -> tuple[Place, ...]:
        return ("feature", "time") if self.channels_first else ("time", "feature")

    @property
    def _step(self) -> int:
        step = self.frame_length // 2 if self.frame_step is None else self.frame_step
        if not 1 <= step <= self.frame_length:
            raise bad_argument(
                "frame_step",
                f"`frame_step` is {step}, and must be from 1 to `frame_length`, {self.frame_length}",
            )
        return step

    @property
    def _bins(self) -> int:
        """The number of frequencies that a kernel is for."""
        length = self.fft_length or 2 ** ceil(log2(self.frame_length))
        if length < self.frame_length:
            message = f"`fft_length` must be at least `frame_length`, {self.frame_length}"
            raise bad_argument("fft_length", message)
        if length == 1 and self.mode == "psd":
            raise bad_argument("mode", "Keras makes two frequencies of the only one that a `psd` has here")
        return length // 2 + 1

    @property
    def _kernels(self) -> tuple[str, ...]:
        return tuple(
            f"{part}_kernel" for part, without in (("real", "imag"), ("imag", "real")) if self.mode != without
        )

    def output(self, x: Shape) -> Shape:
        """(time, frequencies of all channels), or (time, freq, channel); E206 where no frame fits."""
        step, bins = self._step, self._bins
        check_window(self.window, self.frame_length)
        at = 1 if self.channels_first else 0
        (frames,) = self.slid(x, "frame_length", (self.frame_length,), (step,), self.padding)
        time = Shape((frames,), (_time(x, at),))
        channels = known_size(x, 1 - at, "the spectrogram")
        freqs = bins * 2 if self.mode == "stft" else bins
        if not self.expand_dims:
            merged = Shape((channels * freqs,), (FEATURE,))
            return merged.join(time) if self.channels_first else time.join(merged)
        given = x.axes[1 - at]
        channel = Shape((channels,), (given if given.given else CHANNEL,))
        freq = Shape((freqs,), (FREQ,))
        return channel.join(time).join(freq) if self.channels_first else time.join(freq).join(channel)

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The type of the result; E107 for a policy of bfloat16, in which Keras transforms nothing."""
        if self.compute_dtype == "bfloat16":
            wide = SetArgument("dtype", "float32", "compute in `float32`", "unsafe")
            raise bad_argument("dtype", "Keras transforms no signals in `bfloat16`", wide)
        return super().results(inputs)

    def weights(self, x: Shape) -> Weights:
        """A kernel (frame_length, 1, frequencies) for each part of the transform that the mode needs."""
        return dict.fromkeys(self._kernels, (self.frame_length, 1, self._bins))

    def flops(self, x: Shape, y: Shape) -> Size:
        """2 for each multiply-add of a kernel; of both parts, squares, a sum, a root, a logarithm."""
        after = {"psd": 4, "magnitude": 5, "log": 7, "angle": 1}.get(self.mode, 0)
        parts = 1 if self.mode == "stft" else len(self._kernels)
        return y.elements * (2 * self.frame_length * parts + after)


@op(
    Example({"fft_length": 8, "sequence_stride": 4, "num_mel_bins": 5}, ((32,),)),
    Example(
        {"fft_length": 9, "sequence_length": 6, "sequence_stride": 3, "num_mel_bins": 4}, ((31,),), "int32"
    ),
)
class MelSpectrogram(Unary):
    """Cuts a signal into frames, and gives the strength of each in bands of frequencies on the mel scale."""

    fft_length: Positive = 2048
    sequence_stride: Positive = 512
    sequence_length: Positive | None = None
    window: MelWindow | None = "hann"
    sampling_rate: Number = 16000
    num_mel_bins: Positive = 128
    min_freq: Number = 20.0
    max_freq: Number | None = None
    power_to_db: Flag = True
    top_db: Number = 80.0
    mag_exp: Number = 2.0
    min_power: Number = 1e-10
    ref_power: Number = 1.0

    @property
    def places(self) -> tuple[Place, ...]:
        return ("time",)

    def output(self, x: Shape) -> Shape:
        """(freq, time): the signal is padded by half a frame on either side; E107 where Keras counts other frames."""
        length = self.sequence_length or self.fft_length
        check_frame(length, self.fft_length, self.window)
        size = x.sizes[0]
        padded = centered(size, self.fft_length, x.axes[0], 0)
        (frames,) = slide((padded,), (self.fft_length,), (self.sequence_stride,))
        announced = (size + self.sequence_stride + 1) // self.sequence_stride
        if isinstance(frames, int) and announced != frames:
            message = f"Keras announces {announced} frames of {size} samples, and makes {frames}: choose another stride"
            raise bad_argument("sequence_stride", message)
        return Shape((self.num_mel_bins, frames), (FREQ, _time(x, 0)))

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The compute dtype; E210 for text, E107 for float64, of which Keras makes no decibels."""
        if inputs[0].dtype.startswith(TEXT):
            raise Misfit("E210", "takes numbers and is given text")
        if self.compute_dtype == "float64" and self.power_to_db:
            narrow = SetArgument("dtype", "float32", "compute in `float32`", "unsafe")
            raise bad_argument("dtype", "Keras makes decibels in `float32` at most, not in `float64`", narrow)
        return super().results(inputs)

    def flops(self, x: Shape, y: Shape) -> Size:
        """A fast transform of each frame, the magnitudes, a product with the matrix of bands, and the decibels."""
        bins = self.fft_length // 2 + 1
        transform = round(2.5 * self.fft_length * log2(self.fft_length)) if self.fft_length > 1 else 1
        each = transform + 5 * bins + self.num_mel_bins * (2 * bins + (6 if self.power_to_db else 0))
        return y.sizes[-1] * each
