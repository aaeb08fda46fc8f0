"""Repeating, padding and cropping space."""

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Literal

from specc.ops.declare import Example, op
from specc.ops.flops import interpolation_flops
from specc.ops.kinds import Kind, Pair, Positive, Triple, checked
from specc.ops.misfit import Misfit
from specc.ops.windows import SPACE, DataFormat, Sizes, Spatial
from specc.shapes.demand import at_least
from specc.shapes.dim import Size
from specc.shapes.shape import Shape

Sides = tuple[int, int]
Resampling = Literal["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5", "area"]


def _listed(value: Any) -> tuple[Any, ...] | None:
    return tuple(value) if type(value) in (list, tuple) else None


def _sides(value: Any) -> Sides:
    """What to add or drop at both ends of an axis."""
    pair = _listed(value) or (value, value)
    if len(pair) != 2 or any(type(v) is not int or v < 0 for v in pair):
        raise ValueError(f"expected an integer of at least 0 or a list of 2, not `{value}`")
    return pair


def _sides_of(n: int) -> Callable[[Any], tuple[Sides, ...]]:
    def check(value: Any) -> tuple[Sides, ...]:
        entries = _listed(value)
        if entries is None:
            return (_sides(value),) * n
        if len(entries) != n:
            raise ValueError(f"expected an integer of at least 0 or a list of {n}, one for each axis")
        return tuple([_sides(v) for v in entries])

    return check


_SIZE: dict[str, Any] = {"type": "integer", "minimum": 0}
_SIDES: dict[str, Any] = {"anyOf": [_SIZE, {"type": "array", "items": _SIZE, "minItems": 2, "maxItems": 2}]}


def _per_axis(n: int) -> Kind:
    text = f"an integer of at least 0, or for each of the {n} axes an integer or a list of 2"
    each = {"type": "array", "items": _SIDES, "minItems": n, "maxItems": n}
    return Kind(text, checked(_sides_of(n)), {"anyOf": [_SIZE, each]})


OneAxis = Annotated[Sides, Kind("an integer of at least 0 or a list of 2", checked(_sides), _SIDES)]
TwoAxes = Annotated[tuple[Sides, ...], _per_axis(2)]
ThreeAxes = Annotated[tuple[Sides, ...], _per_axis(3)]


class _UpSampling(Spatial):
    keeps_dtype = True
    takes_text = True

    @property
    def factors(self) -> Sizes:
        """How often each element of space is repeated."""
        raise NotImplementedError

    def output(self, x: Shape) -> Shape:
        """Every axis of space grows by its factor."""
        return self.with_space(x, [n * k for n, k in zip(self.space(x), self.factors, strict=True)])


@op(Example({}, ((8, 3),)), Example({"size": 3}, ((8, 3),)))
class UpSampling1D(_UpSampling):
    """Repeats every step."""

    spatial_rank = 1
    size: Positive = 2

    @property
    def factors(self) -> Sizes:
        return (self.size,)


@op(
    Example({}, ((4, 5, 3),)),
    Example({"size": [2, 3], "data_format": "channels_first", "interpolation": "bilinear"}, ((3, 4, 5),)),
)
class UpSampling2D(_UpSampling):
    """Enlarges height and width."""

    spatial_rank = 2
    size: Pair = (2, 2)
    data_format: DataFormat | None = None
    interpolation: Resampling = "nearest"

    @property
    def factors(self) -> Sizes:
        return self.size

    def refuses(self, dtype: str) -> bool:
        """Truth values and text can be repeated, not interpolated."""
        return dtype in ("bool", "string") and self.interpolation != "nearest"

    def flops(self, x: Shape, y: Shape) -> Size:
        """2 for each element that is interpolated from; none where elements are repeated."""
        return y.elements * interpolation_flops(self.interpolation)


@op(
    Example({}, ((4, 5, 6, 3),)),
    Example({"size": [1, 2, 3], "data_format": "channels_first"}, ((3, 4, 5, 6),)),
)
class UpSampling3D(_UpSampling):
    """Repeats the elements of depth, height and width."""

    spatial_rank = 3
    size: Triple = (2, 2, 2)
    data_format: DataFormat | None = None

    @property
    def factors(self) -> Sizes:
        return self.size


class _Edges(Spatial):
    keeps_dtype = True
    takes_text = True
    grows: ClassVar[int]
    """1 where the op adds to both ends of each axis, -1 where it drops."""
    edges_parameter: ClassVar[str]

    @property
    def edges(self) -> tuple[Sides, ...]:
        """What is added or dropped at both ends of each axis of space."""
        given = getattr(self, self.edges_parameter)
        return (given,) if self.spatial_rank == 1 else given

    def output(self, x: Shape) -> Shape:
        """Every axis of space grows or shrinks by what its two ends say; E206 where nothing is left."""
        sizes: list[Size] = []
        for i, (size, (start, end)) in enumerate(zip(self.space(x), self.edges, strict=True)):
            after = size + self.grows * (start + end)
            if after < 1 if isinstance(after, int) else not at_least(after, 1):
                raise self._nothing_left(x, i, start, end)
            sizes.append(after)
        return self.with_space(x, sizes)

    def _nothing_left(self, x: Shape, i: int, start: int, end: int) -> Misfit:
        position = i + self.channels_first
        name = x.axes[position].name or SPACE[self.spatial_rank][i].name
        where = f"`{name}`" if name else "the input"
        return Misfit(
            "E206",
            f"cropping {start} + {end} of {where}, which has {x.sizes[position]}, leaves nothing",
            parameter=self.edges_parameter,
            axis=position,
            facts=(
                "Keras: `cropping` should be smaller than the corresponding spatial dimension of the input",
            ),
        )


class _ZeroPadding(_Edges):
    grows = 1
    edges_parameter = "padding"


class _Cropping(_Edges):
    grows = -1
    edges_parameter = "cropping"


@op(Example({}, ((8, 3),)), Example({"padding": [2, 0], "data_format": "channels_first"}, ((3, 8),)))
class ZeroPadding1D(_ZeroPadding):
    """Adds zeros before and after the steps."""

    spatial_rank = 1
    padding: OneAxis = (1, 1)
    data_format: DataFormat | None = None


@op(
    Example({"padding": 2}, ((4, 5, 3),)),
    Example({"padding": [1, 2]}, ((4, 5, 3),)),
    Example({"padding": [[1, 2], [0, 3]], "data_format": "channels_first"}, ((3, 4, 5),)),
)
class ZeroPadding2D(_ZeroPadding):
    """Adds zeros around height and width."""

    spatial_rank = 2
    padding: TwoAxes = ((1, 1), (1, 1))
    data_format: DataFormat | None = None


@op(
    Example({}, ((4, 5, 6, 3),)),
    Example({"padding": [1, [0, 2], 3], "data_format": "channels_first"}, ((3, 4, 5, 6),)),
)
class ZeroPadding3D(_ZeroPadding):
    """Adds zeros around depth, height and width."""

    spatial_rank = 3
    padding: ThreeAxes = ((1, 1), (1, 1), (1, 1))
    data_format: DataFormat | None = None


@op(Example({}, ((8, 3),)), Example({"cropping": [5, 0]}, ((8, 3),)))
class Cropping1D(_Cropping):
    """Drops steps at the start and at the end."""

    spatial_rank = 1
    cropping: OneAxis = (1, 1)


@op(
    Example({}, ((4, 5, 3),)),
    Example({"cropping": [1, 2]}, ((4, 5, 3),)),
    Example({"cropping": [[1, 2], [0, 3]], "data_format": "channels_first"}, ((3, 4, 5),)),
)
class Cropping2D(_Cropping):
    """Drops elements at the ends of height and width."""

    spatial_rank = 2
    cropping: TwoAxes = ((0, 0), (0, 0))
    data_format: DataFormat | None = None


@op(
    Example({}, ((4, 5, 6, 3),)),
    Example({"cropping": [1, [0, 2], 2], "data_format": "channels_first"}, ((3, 4, 5, 6),)),
)
class Cropping3D(_Cropping):
    """Drops elements at the ends of depth, height and width."""

    spatial_rank = 3
    cropping: ThreeAxes = ((1, 1), (1, 1), (1, 1))
    data_format: DataFormat | None = None
