"""EinsumDense: which equations there are, the shapes and weights that they make."""

from typing import Any

import pytest

from specc.ops.declare import Op
from specc.ops.making import ArgumentErrors, make
from specc.ops.misfit import Misfit
from specc.ops.registry import known
from specc.shapes.axis import FEATURE, NAMELESS, given
from specc.shapes.dim import unknown
from specc.shapes.shape import Shape, nameless
from specc.shapes.tensor import Tensor


def einsum(equation: str, output_shape: Any, **arguments: Any) -> Op:
    return make(known("EinsumDense"), {"equation": equation, "output_shape": output_shape, **arguments})


def misfit(op: Op, *sizes: Any) -> Misfit:
    with pytest.raises(Misfit) as raised:
        op.results((Tensor(nameless(sizes), "float32"),))
    return raised.value


@pytest.mark.parametrize(
    ("equation", "output_shape", "sizes", "made", "kernel"),
    [
        ("ab,bc->ac", 4, (6,), (4,), (6, 4)),
        ("abc,cd->abd", [None, 4], (5, 6), (5, 4), (6, 4)),
        ("abc,cde->abde", [5, 2, 3], (5, 6), (5, 2, 3), (6, 2, 3)),
        ("abc,bd->adc", [4, None], (5, 6), (4, 6), (5, 4)),
        ("abc,bcd->abd", [5, 4], (5, 6), (5, 4), (5, 6, 4)),
        ("abc,b->ab", 5, (5, 6), (5,), (5,)),
        ("...x,xy->...y", 4, (6,), (4,), (6, 4)),
        ("...x,xy->...y", 4, (2, 3, 6), (2, 3, 4), (6, 4)),
        ("...ax,xy->...ay", 4, (6,), (4,), (6, 4)),
        ("ab...,bc->ac...", 4, (6, 2, 3), (4, 2, 3), (6, 4)),
    ],
)
def test_an_equation_makes_axes_and_a_kernel(
    equation: str, output_shape: Any, sizes: tuple[int, ...], made: Any, kernel: Any
) -> None:
    op = einsum(equation, output_shape)
    assert op.results((Tensor(nameless(sizes), "float32"),))[0].shape.sizes == made
    assert op.weights_for((nameless(sizes),)) == {"kernel": kernel}


@pytest.mark.parametrize(
    ("equation", "bias_axes", "bias"),
    [("abc,cde->abde", "e", (3,)), ("abc,cde->abde", "de", (2, 3)), ("abc,cde->abde", "d", (2, 1))],
)
def test_a_bias_lies_over_its_axes(equation: str, bias_axes: str, bias: tuple[int, ...]) -> None:
    op = einsum(equation, [None, 2, 3], bias_axes=bias_axes)
    assert op.weights_for((nameless((5, 6)),))["bias"] == bias
    led = einsum("ab...,bc->ac...", 4, bias_axes="c")
    assert led.weights_for((nameless((5, 6)),))["bias"] == (4, 1)


def test_letters_of_the_input_keep_their_axes() -> None:
    x = Shape((5, 6, 7), (given("camera"), given("time"), given("class")))
    y = einsum("...tc,cde->...tde", [None, 2, 3]).results((Tensor(x, "float32"),))[0].shape
    assert y.axes == (given("camera"), given("time"), NAMELESS, FEATURE)
    z = einsum("abc...,bd->adc...", [2, None])
    assert z.results((Tensor(x, "float32"),))[0].shape.axes == (NAMELESS, given("time"), given("class"))


@pytest.mark.parametrize(
    ("equation", "reason"),
    [
        ("ab,bc", "must be written"),
        ("a...b,bc->a...c", "must be written"),
        ("...ab,bc->ac", "the same side"),
        ("aab,bc->aac", "`a` twice"),
        ("ab,bc->ad", "makes `d`"),
        ("ab,bcd->ac", "a kernel with `d`"),
        ("ab,bc->ca", "must come first"),
        ("ab,abc->ac", "cannot have"),
        ("a...,b->ab...", "an axis in front"),
        (3, "must be text"),
    ],
)
def test_what_is_no_equation(equation: Any, reason: str) -> None:
    with pytest.raises(ArgumentErrors) as raised:
        einsum(equation, 4)
    assert raised.value.errors[0].parameter == "equation"
    assert reason in raised.value.errors[0].message


@pytest.mark.parametrize(
    ("arguments", "sizes", "code", "parameter"),
    [
        (("ab,bc->ac", 4), (5, 6), "E200", None),
        (("abc,cd->abd", [None, 4]), (6,), "E200", None),
        (("...bc,cd->...bd", [None, 4]), (), "E200", None),
        (("abc,cd->abd", [7, 4]), (5, 6), "E205", "output_shape"),
        (("abc,cd->abd", [5, 4]), (unknown(), 6), "E205", "output_shape"),
        (("abc,cd->abd", 4), (5, 6), "E107", "output_shape"),
        (("abc,cd->abd", [None, None]), (5, 6), "E107", "output_shape"),
        (("abc,bcd->abd", [None, 4]), (5, 6), "E107", "output_shape"),
        (("ab,bc->ac", 4), (unknown(),), "E207", None),
    ],
)
def test_what_does_not_fit(arguments: tuple[str, Any], sizes: Any, code: str, parameter: str | None) -> None:
    found = misfit(einsum(*arguments), *sizes)
    assert (found.code, found.parameter) == (code, parameter)


def test_sizes_that_the_input_has_are_offered() -> None:
    (repair,) = misfit(einsum("abc,bcd->abd", [7, 4]), 5, 6).repairs
    assert repair.text == "[5, 4]"  # pyright: ignore[reportAttributeAccessIssue]
    assert misfit(einsum("abc,cd->abd", [None, 4], bias_axes="b"), 5, 6).repairs[0].text == "[5, 4]"  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize("axes", ["", "q", "a"])
def test_bias_axes_are_axes_that_are_made(axes: str) -> None:
    found = misfit(einsum("ab,bc->ac", 4, bias_axes=axes), 6)
    assert (found.code, found.parameter) == ("E107", "bias_axes")


def test_low_rank_factors_share_the_last_axis_of_the_kernel() -> None:
    op = einsum("abc,cde->abde", [None, 2, 3], lora_rank=2)
    weights = op.weights_for((nameless((5, 6)),))
    assert weights == {"kernel": (6, 2, 3), "lora_kernel_a": (6, 2, 2), "lora_kernel_b": (2, 3)}
    assert op.frozen(weights) == {"kernel"}


def test_flops_are_those_of_the_sums() -> None:
    op = einsum("abc,cd->abd", [None, 4], bias_axes="d", activation="relu")
    assert op.cost((nameless((5, 6)),), (nameless((5, 4)),)) == 5 * 4 * (2 * 6 + 2)
