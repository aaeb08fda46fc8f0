"""Convolution, pooling and resizing, held against known numbers."""

import math
from typing import Any

import pytest

from specc.ops.catalog import FAMILIES
from specc.ops.declare import Unary
from specc.ops.making import ArgumentErrors, make
from specc.ops.misfit import Misfit, SetArgument
from specc.ops.registry import find
from specc.shapes.axis import given, inferred
from specc.shapes.dim import symbol, unknown
from specc.shapes.shape import Shape, nameless
from specc.shapes.tensor import Tensor

NAMES = [name for family in ("conv", "depthwise", "pool", "resize") for name in FAMILIES[family]]
FIRST = {"data_format": "channels_first"}


def an_op(name: str, **arguments: Any) -> Unary:
    cls = find(name)
    assert cls is not None
    made = make(cls, arguments)
    assert isinstance(made, Unary)
    return made


def misfit(name: str, sizes: tuple[Any, ...], dtype: str = "float32", **arguments: Any) -> Misfit:
    op, x = an_op(name, **arguments), nameless(sizes)
    with pytest.raises(Misfit) as raised:
        op.results((Tensor(x, dtype),))
        op.weights(x)
    return raised.value


SHAPES: list[tuple[str, dict[str, Any], tuple[int, ...], tuple[int, ...], int]] = [
    ("Conv1D", {"filters": 6, "kernel_size": 3}, (8, 4), (6, 6), 78),
    ("Conv1D", {"filters": 6, "kernel_size": 3, "padding": "causal", "strides": 2}, (7, 4), (4, 6), 78),
    ("Conv2D", {"filters": 32, "kernel_size": 3}, (56, 14, 1), (54, 12, 32), 320),
    ("Conv2D", {"filters": 96, "kernel_size": 11, "strides": 4}, (224, 224, 1), (54, 54, 96), 11712),
    ("Conv2D", {"filters": 8, "kernel_size": [3, 2], "dilation_rate": 2}, (9, 9, 3), (5, 7, 8), 152),
    ("Conv2D", {"filters": 6, "kernel_size": 3, "groups": 2, "use_bias": False}, (5, 5, 4), (3, 3, 6), 108),
    ("Conv2D", {"filters": 6, "kernel_size": 3, "strides": 2, "padding": "same"}, (5, 8, 4), (3, 4, 6), 222),
    ("Conv2D", {"filters": 6, "kernel_size": 3, **FIRST}, (4, 5, 8), (6, 3, 6), 222),
    ("Conv3D", {"filters": 1, "kernel_size": 3, "padding": "same"}, (10, 64, 64, 40), (10, 64, 64, 1), 1081),
    ("Conv1DTranspose", {"filters": 2, "kernel_size": 2, "strides": 3}, (4, 5), (12, 2), 22),
    ("Conv2DTranspose", {"filters": 2, "kernel_size": 3, "strides": 2}, (4, 5, 3), (9, 11, 2), 56),
    (
        "Conv2DTranspose",
        {"filters": 2, "kernel_size": 3, "strides": 2, "padding": "same"},
        (4, 5, 3),
        (8, 10, 2),
        56,
    ),
    (
        "Conv2DTranspose",
        {"filters": 2, "kernel_size": 3, "strides": 2, "padding": "same", "output_padding": [0, 1]},
        (4, 5, 3),
        (7, 10, 2),
        56,
    ),
    ("Conv3DTranspose", {"filters": 2, "kernel_size": 2, "dilation_rate": 2}, (3, 3, 3, 1), (5, 5, 5, 2), 18),
    ("SeparableConv1D", {"filters": 4, "kernel_size": 3, "depth_multiplier": 2}, (8, 3), (6, 4), 46),
    ("SeparableConv2D", {"filters": 4, "kernel_size": 3, "strides": 2}, (9, 9, 3), (4, 4, 4), 43),
    ("DepthwiseConv1D", {"kernel_size": 3, "strides": 2, "dilation_rate": 2}, (9, 3), (3, 3), 12),
    ("DepthwiseConv2D", {"kernel_size": 3, "depth_multiplier": 2, **FIRST}, (3, 5, 6), (6, 3, 4), 60),
    ("MaxPooling1D", {}, (7, 3), (3, 3), 0),
    ("MaxPooling2D", {"pool_size": 3, "strides": 2, "padding": "same"}, (54, 54, 96), (27, 27, 96), 0),
    ("MaxPooling2D", {"pool_size": [1, 3], **FIRST}, (3, 5, 7), (3, 5, 2), 0),
    ("AveragePooling3D", {"pool_size": [10, 1, 1]}, (10, 64, 64, 1), (1, 64, 64, 1), 0),
    ("GlobalMaxPooling1D", FIRST, (3, 8), (3,), 0),
    ("GlobalAveragePooling2D", {}, (8, 9, 3), (3,), 0),
    ("GlobalAveragePooling3D", {"keepdims": True}, (4, 8, 9, 3), (1, 1, 1, 3), 0),
    ("UpSampling1D", {"size": 3}, (5, 2), (15, 2), 0),
    ("UpSampling2D", {"size": [2, 3]}, (5, 4, 2), (10, 12, 2), 0),
    ("UpSampling3D", FIRST, (2, 3, 4, 5), (2, 6, 8, 10), 0),
    ("ZeroPadding1D", {"padding": [2, 0]}, (5, 2), (7, 2), 0),
    ("ZeroPadding2D", {"padding": [1, [2, 3]]}, (5, 4, 2), (7, 9, 2), 0),
    ("ZeroPadding3D", {"padding": 2}, (1, 2, 3, 4), (5, 6, 7, 4), 0),
    ("Cropping1D", {"cropping": [5, 0]}, (362, 24), (357, 24), 0),
    ("Cropping2D", {"cropping": [1, 2], **FIRST}, (3, 6, 6), (3, 4, 2), 0),
    ("Cropping3D", {"cropping": [[0, 1], [1, 1], 1]}, (3, 3, 3, 2), (2, 1, 1, 2), 0),
]


@pytest.mark.parametrize(("name", "arguments", "before", "after", "parameters"), SHAPES)
def test_shapes_and_weights(
    name: str, arguments: dict[str, Any], before: tuple[int, ...], after: tuple[int, ...], parameters: int
) -> None:
    op, x = an_op(name, **arguments), nameless(before)
    assert op.output(x).sizes == after
    assert sum(math.prod(shape) for shape in op.weights(x).values()) == parameters


@pytest.mark.parametrize("name", NAMES)
def test_examples_have_as_many_axes_as_the_op_reads(name: str) -> None:
    cls = find(name)
    assert cls is not None
    assert cls.examples
    for example in cls.examples:
        op = an_op(name, **example.arguments)
        (sizes,) = example.shapes
        assert op.places is not None
        assert len(op.places) == len(sizes)
        (result,) = op.results((Tensor(nameless(sizes), "float32"),))
        assert all(isinstance(size, int) and size >= 1 for size in result.shape.sizes)


@pytest.mark.parametrize("name", NAMES)
def test_unknown_space_flows(name: str) -> None:
    cls = find(name)
    assert cls is not None
    op = an_op(name, **cls.examples[0].arguments)
    (sizes,) = cls.examples[0].shapes
    x = nameless((*(unknown() for _ in sizes[1:]), sizes[-1]))
    assert isinstance(op.output(x).sizes[-1], int)
    assert op.weights(x) == op.weights(nameless(sizes))
    op.flops(x, op.output(x))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("Conv1D", {"filters": 2, "kernel_size": 5, "padding": "same"}),
        ("Conv1D", {"filters": 2, "kernel_size": 1}),
        ("Conv1DTranspose", {"filters": 2, "kernel_size": 4, "padding": "same"}),
        ("ZeroPadding1D", {"padding": 0}),
    ],
)
def test_symbols_survive_what_keeps_their_size(name: str, arguments: dict[str, Any]) -> None:
    steps = symbol("T")
    assert an_op(name, **arguments).output(nameless((steps, 3))).sizes[0] == steps


def test_names() -> None:
    mine = Shape((8, 9, 3), (given("freq"), inferred("row"), given("band")))
    axes = lambda op: [repr(a) for a in op.output(mine).axes]  # noqa: E731
    assert axes(an_op("Conv2D", filters=2, kernel_size=3)) == ["freq", "width?", "channel?"]
    assert axes(an_op("MaxPooling2D")) == ["freq", "width?", "band"]
    assert axes(an_op("DepthwiseConv2D", kernel_size=3)) == ["freq", "width?", "channel?"]
    assert axes(an_op("GlobalMaxPooling2D")) == ["band"]
    assert axes(an_op("Conv2D", filters=2, kernel_size=3, **FIRST)) == ["channel?", "height?", "band"]
    bare = an_op("Conv3D", filters=2, kernel_size=1).output(nameless((4, 4, 4, 1)))
    assert [repr(a) for a in bare.axes] == ["depth?", "height?", "width?", "channel?"]
    steps = an_op("Conv1D", filters=2, kernel_size=1).output(Shape((4, 1), (inferred("time"), inferred("x"))))
    assert [repr(a) for a in steps.axes] == ["time?", "channel?"]
    assert an_op("MaxPooling1D").output(nameless((4, 1))).axes[0].name is None


def test_flops() -> None:
    def flops(op: Unary, *sizes: int) -> object:
        x = nameless(sizes)
        return op.flops(x, op.output(x))

    relu = an_op("Conv2D", filters=32, kernel_size=3, activation="relu")
    assert flops(relu, 56, 14, 1) == 54 * 12 * 32 * (2 * 9 + 1 + 1)
    assert flops(an_op("Conv1D", filters=6, kernel_size=3, groups=2), 8, 4) == 36 * (2 * 3 * 2 + 1)
    transposed = an_op("Conv2DTranspose", filters=2, kernel_size=3, strides=2, use_bias=False)
    assert flops(transposed, 4, 5, 3) == 60 * 2 * 9 * 2
    separable = an_op("SeparableConv2D", filters=4, kernel_size=3, depth_multiplier=2)
    assert flops(separable, 5, 5, 3) == 9 * 6 * 2 * 9 + 9 * 4 * 2 * 6 + 36
    assert flops(an_op("MaxPooling2D", pool_size=3), 6, 6, 2) == 8 * 9
    assert flops(an_op("GlobalAveragePooling1D"), 6, 2) == 12
    assert flops(an_op("UpSampling2D"), 2, 2, 1) == 0
    assert flops(an_op("UpSampling2D", interpolation="bilinear"), 2, 2, 1) == 16 * 8


@pytest.mark.parametrize(
    ("name", "arguments", "sizes", "parameter", "axis"),
    [
        ("Conv2D", {"filters": 2, "kernel_size": 5}, (8, 4, 1), "kernel_size", 1),
        ("Conv2D", {"filters": 2, "kernel_size": 3, "dilation_rate": 2}, (4, 8, 1), "dilation_rate", 0),
        ("Conv2D", {"filters": 2, "kernel_size": 5, **FIRST}, (1, 4, 8), "kernel_size", 1),
        ("SeparableConv1D", {"filters": 2, "kernel_size": 5}, (4, 1), "kernel_size", 0),
        ("MaxPooling2D", {"pool_size": 2}, (1, 4, 3), "pool_size", 0),
        ("Cropping1D", {"cropping": [2, 2]}, (4, 3), "cropping", 0),
        ("Cropping2D", {"cropping": [0, 3], **FIRST}, (3, 6, 6), "cropping", 2),
    ],
)
def test_too_small(
    name: str, arguments: dict[str, Any], sizes: tuple[int, ...], parameter: str, axis: int
) -> None:
    found = misfit(name, sizes, **arguments)
    assert (found.code, found.parameter, found.axis) == ("E206", parameter, axis)


def test_too_small_offers_padding() -> None:
    found = misfit("MaxPooling2D", (1, 4, 3))
    assert found.message == "a window of 2 does not fit into `height`, which has 1"
    (repair,) = found.repairs
    assert isinstance(repair, SetArgument)
    assert (repair.parameter, repair.text, repair.applicability) == ("padding", "same", "unsafe")
    assert an_op("MaxPooling2D", padding="same").output(nameless((1, 4, 3))).sizes == (1, 2, 3)


@pytest.mark.parametrize(
    ("name", "arguments", "parameter"),
    [
        ("Conv2D", {"filters": 2, "kernel_size": 2, "strides": 2, "dilation_rate": [1, 2]}, "dilation_rate"),
        (
            "Conv2DTranspose",
            {"filters": 2, "kernel_size": 2, "strides": 2, "dilation_rate": 2},
            "dilation_rate",
        ),
        ("Conv2D", {"filters": 3, "kernel_size": 2, "groups": 2}, "groups"),
        (
            "Conv2DTranspose",
            {"filters": 2, "kernel_size": 3, "strides": 2, "output_padding": 2},
            "output_padding",
        ),
        (
            "Conv2DTranspose",
            {"filters": 2, "kernel_size": 2, "strides": 2, "padding": "same", "output_padding": 0},
            "output_padding",
        ),
        ("DepthwiseConv2D", {"kernel_size": 2, "strides": [1, 2]}, "strides"),
    ],
)
def test_arguments_that_do_not_go_together(name: str, arguments: dict[str, Any], parameter: str) -> None:
    found = misfit(name, (8, 8, 4), **arguments)
    assert (found.code, found.parameter) == ("E107", parameter)


def test_uneven_strides_are_fine_with_a_dilation() -> None:
    op = an_op("DepthwiseConv2D", kernel_size=2, strides=[1, 2], dilation_rate=2)
    assert op.output(nameless((8, 8, 4))).sizes == (6, 3, 4)


@pytest.mark.parametrize(
    ("name", "arguments", "code"),
    [
        ("Conv2D", {"filters": 2, "kernel_size": 3, "padding": "causal"}, "E107"),
        ("Conv2D", {"filters": 0, "kernel_size": 3}, "E107"),
        ("Conv2D", {"filters": 2, "kernel_size": [3, 3, 3]}, "E107"),
        ("Conv2D", {"filters": 2}, "E106"),
        ("SeparableConv1D", {"filters": 2, "kernel_size": 3, "padding": "causal"}, "E107"),
        ("AveragePooling2D", {}, "E106"),
        ("UpSampling1D", {"size": [2]}, "E107"),
        ("UpSampling1D", {"data_format": "channels_first"}, "E105"),
        ("Cropping1D", {"data_format": "channels_first"}, "E105"),
        ("ZeroPadding1D", {"padding": -1}, "E107"),
        ("ZeroPadding2D", {"padding": [1, 2, 3]}, "E107"),
        ("ZeroPadding2D", {"padding": [[1, 2], True]}, "E107"),
        ("Cropping3D", {"cropping": [1, 2, [3]]}, "E107"),
    ],
)
def test_arguments_that_are_refused(name: str, arguments: dict[str, Any], code: str) -> None:
    with pytest.raises(ArgumentErrors) as raised:
        an_op(name, **arguments)
    assert [error.code for error in raised.value.errors] == [code]


def test_channels_that_groups_do_not_divide() -> None:
    found = misfit("Conv2D", (3, 8, 8), filters=4, kernel_size=3, groups=2, **FIRST)
    assert (found.code, found.parameter, found.axis) == ("E208", "groups", 0)


def test_weights_need_channels() -> None:
    assert misfit("Conv2D", (8, 8, unknown()), filters=4, kernel_size=3).code == "E207"
    assert misfit("DepthwiseConv1D", (8, symbol("C")), kernel_size=3).code == "E207"
    assert an_op("MaxPooling1D").weights(nameless((8, unknown()))) == {}


def test_dtypes() -> None:
    assert misfit("Conv2D", (8, 8, 1), "uint8", filters=4, kernel_size=3).code == "E210"
    assert misfit("AveragePooling2D", (8, 8, 1), "int32", pool_size=2).code == "E210"
    assert misfit("MaxPooling3D", (8, 8, 8, 1), "int32").code == "E210"
    assert misfit("UpSampling2D", (8, 8, 1), "bool", interpolation="bicubic").code == "E210"

    def result(name: str, dtype: str, **arguments: Any) -> str:
        return an_op(name, **arguments).results((Tensor(nameless((8, 8, 1)), dtype),))[0].dtype

    assert result("MaxPooling2D", "uint8") == "uint8"
    assert result("ZeroPadding2D", "int32") == "int32"
    assert result("UpSampling2D", "bool") == "bool"
    assert result("GlobalAveragePooling2D", "uint8") == "float32"
    assert result("MaxPooling2D", "float16") == "float32"
