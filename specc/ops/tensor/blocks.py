"""Functions that move blocks of pixels into channels, and back."""

from typing import Annotated

from specc.ops.arrays import Value
from specc.ops.declare import Example, Inputs
from specc.ops.function import DTypes, Function, function, same
from specc.ops.kinds import Kind
from specc.ops.misfit import Misfit, wrong_rank
from specc.ops.windows import DataFormat
from specc.shapes.demand import divisible
from specc.shapes.dim import Size
from specc.shapes.shape import Shape
from specc.shapes.tensor import Tensor

Several = Annotated[
    int,
    Kind(
        "an integer of at least 2",
        {"type": "int", "strict": True, "ge": 2},
        {"type": "integer", "minimum": 2},
    ),
]


class Blocks(Function):
    """A function of pictures, cut into blocks of `block_size` by `block_size` pixels."""

    dtypes = DTypes(same, ())

    x: Value
    block_size: Several
    data_format: DataFormat | None = "channels_last"

    def picture(self, inputs: Inputs) -> tuple[Shape, int, tuple[int, ...]]:
        """The shape of a picture, where its channels are, and where height and width are; E200 where it is none."""
        x = inputs[0].shape
        if x.rank != 3:
            raise wrong_rank("pictures of three axes, one for each sample,", x)
        return (x, 0, (1, 2)) if self.data_format == "channels_first" else (x, 2, (0, 1))

    def divided(self, x: Shape, axis: int, parts: int) -> Size:
        """The size of one of so many parts of an axis; E208 where they are not alike."""
        size = x.sizes[axis]
        if not divisible(size, parts):
            what = x.axes[axis].name or f"axis {axis + 1}"
            message = f"takes `{what}` apart into {parts}, and {size} is no multiple of that"
            raise Misfit("E208", message, parameter="block_size", axis=axis)
        return size // parts


@function(
    Example({"block_size": 2}, ((3, 4, 8),)),
    Example({"block_size": 2, "data_format": "channels_first"}, ((8, 3, 4),)),
    name="depth_to_space",
)
class DepthToSpace(Blocks):
    """Makes a block of pixels of the channels of each: fewer channels, a larger picture."""

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """Height and width larger, channels fewer."""
        x, channels, space = self.picture(inputs)
        sizes = [size * self.block_size if i in space else size for i, size in enumerate(x.sizes)]
        sizes[channels] = self.divided(x, channels, self.block_size**2)
        return (Tensor(Shape(tuple(sizes), x.axes), self.checked_dtype(inputs[0].dtype)),)


@function(
    Example({"block_size": 2}, ((4, 6, 3),)),
    Example({"block_size": 2, "data_format": "channels_first"}, ((3, 4, 6),)),
    name="space_to_depth",
)
class SpaceToDepth(Blocks):
    """Makes channels of the pixels of each block: more channels, a smaller picture."""

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """Height and width smaller, channels more."""
        x, channels, space = self.picture(inputs)
        sizes = [
            self.divided(x, i, self.block_size) if i in space else size for i, size in enumerate(x.sizes)
        ]
        sizes[channels] = x.sizes[channels] * self.block_size**2
        return (Tensor(Shape(tuple(sizes), x.axes), self.checked_dtype(inputs[0].dtype)),)
