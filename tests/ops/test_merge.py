"""Merging layers: broadcasting, joining, and names that must agree."""

from typing import Any

import pytest

from specc.ops.catalog import FAMILIES
from specc.ops.declare import Op
from specc.ops.making import make
from specc.ops.misfit import InsertBefore, Misfit
from specc.ops.registry import find
from specc.shapes.axis import FEATURE, NAMELESS, given, inferred
from specc.shapes.demand import Same, recording
from specc.shapes.dim import Size, Symbolic, symbol, unknown
from specc.shapes.shape import Shape, nameless
from specc.shapes.tensor import Tensor

T = symbol("T")
U = symbol("U")
NULL = unknown()
ELEMENTWISE = ("Add", "Multiply", "Average", "Maximum", "Minimum", "Subtract")


def an_op(name: str, **arguments: Any) -> Op:
    cls = find(name)
    assert cls is not None
    return make(cls, arguments)


def named(**sizes: Any) -> Shape:
    return Shape(tuple(sizes.values()), tuple(map(given, sizes)))


def merged(op: Op, *shapes: Shape, dtype: str = "float32") -> Shape:
    return op.results(tuple(Tensor(shape, dtype) for shape in shapes))[0].shape


def sizes(op: Op, *shapes: tuple[Any, ...]) -> tuple[Size, ...]:
    return merged(op, *map(nameless, shapes)).sizes


def misfit(op: Op, *shapes: Shape | tuple[Any, ...], dtype: str = "float32") -> Misfit:
    with pytest.raises(Misfit) as raised:
        merged(op, *(s if isinstance(s, Shape) else nameless(s) for s in shapes), dtype=dtype)
    return raised.value


@pytest.mark.parametrize("name", FAMILIES["merge"])
def test_examples_fit(name: str) -> None:
    cls = find(name)
    assert cls is not None
    assert cls.examples
    assert cls.takes_list
    for example in cls.examples:
        shapes = tuple(map(nameless, example.shapes))
        op = make(cls, example.arguments)
        results = op.results(tuple(Tensor(shape, example.dtype) for shape in shapes))
        op.cost(shapes, tuple(tensor.shape for tensor in results))


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_elementwise_merges_broadcast(name: str) -> None:
    op = an_op(name)
    assert sizes(op, (4, 3), (4, 3)) == (4, 3)
    assert sizes(op, (4, 1), (1, 3)) == (4, 3)
    assert sizes(op, (3,), (5, 4, 3)) == (5, 4, 3)
    assert sizes(op, (T, 3), (T, 1)) == (T, 3)
    assert sizes(op, (1, 3), (T, 3)) == (T, 3)
    assert sizes(op, (NULL,), (NULL,)) == (NULL,)
    fault = misfit(op, (5, 4, 3), (2, 3))
    assert (fault.code, fault.operand, fault.axis) == ("E205", 1, 0)
    assert misfit(op, (4, 3), (4, 3), dtype="bool").code == "E210"


def test_sizes_that_may_differ_must_be_equal() -> None:
    for a, b, known in ((T, U, T), (NULL, unknown(), NULL), (T, 5, 5), (5, NULL, 5), (NULL, T, T)):
        with recording() as demands:
            assert sizes(an_op("Add"), (a,), (b,)) == (known,)
        assert demands == [Same(a, b)]
    with recording() as demands:
        sizes(an_op("Add"), (T, 1), (T, 4))
    assert demands == []


def test_numbers_of_inputs() -> None:
    assert sizes(an_op("Add"), (4,)) == (4,)
    assert sizes(an_op("Maximum"), (4, 1), (3,), (2, 1, 1)) == (2, 4, 3)
    assert misfit(an_op("Subtract"), (4,)).code == "E303"
    assert misfit(an_op("Dot", axes=1), (4,), (4,), (4,)).code == "E303"


def test_a_given_name_wins() -> None:
    x = Shape((4, 3), (inferred("time"), NAMELESS))
    y = Shape((4, 3), (given("step"), FEATURE))
    for shape in (merged(an_op("Add"), x, y), merged(an_op("Add"), y, x)):
        assert shape.axes == (given("step"), FEATURE)
    short = merged(an_op("Add"), named(feature=3), nameless((4, 3)))
    assert short.axes == (NAMELESS, given("feature"))


def test_given_names_must_agree() -> None:
    fault = misfit(an_op("Add"), named(time=4, feature=4), named(feature=4, time=4))
    assert (fault.code, fault.operand, fault.axis) == ("E203", 1, 0)
    assert fault.repairs == (
        InsertBefore("Permute: [time, feature]", "put the axes of input 2 in the same order", operand=1),
    )
    fault = misfit(an_op("Add"), named(time=4, feature=3), named(height=4, feature=3))
    assert (fault.code, fault.repairs) == ("E203", ())
    assert merged(an_op("Add"), named(steps=4), named(step=4)) == named(steps=4)


def test_the_permute_counts_axes_that_have_no_name() -> None:
    x = Shape((4, 5, 6), (given("time"), NAMELESS, given("channel")))
    y = Shape((6, 4, 5), (given("channel"), given("time"), NAMELESS))
    (repair,) = misfit(an_op("Add"), x, y).repairs
    assert isinstance(repair, InsertBefore)
    assert repair.text == "Permute: [2, 3, 1]"


def test_concatenate() -> None:
    join = an_op("Concatenate")
    assert sizes(join, (4, 3), (4, 5), (4, 1)) == (4, 9)
    assert sizes(an_op("Concatenate", axis=1), (4, 3), (2, 3)) == (6, 3)
    assert sizes(an_op("Concatenate", axis=-2), (4, T), (2, T)) == (6, T)
    assert sizes(join, (T, 3), (4, 3)) == (4, 6)
    assert isinstance(sizes(join, (4, T), (4, 3))[1], Symbolic)
    unlike = misfit(join, (4, 3), (5, 3))
    assert (unlike.code, unlike.operand, unlike.axis) == ("E204", 1, 0)
    assert misfit(join, (4, 3), (3,)).code == "E204"
    assert misfit(join, (4, 3), (1, 3)).code == "E204"
    assert misfit(an_op("Concatenate", axis=0), (4, 3), (4, 3)).code == "E203"
    assert misfit(an_op("Concatenate", axis=3), (4, 3), (4, 3)).code == "E203"


def test_concatenate_by_name() -> None:
    join = an_op("Concatenate", axis="time")
    assert merged(join, named(time=4, feature=3), named(time=2, feature=3)) == named(time=6, feature=3)
    assert misfit(join, named(feature=3), named(feature=3)).code == "E203"
    assert misfit(join, named(time=4, feature=3), named(height=4, feature=3)).code == "E203"


def test_the_name_of_a_joined_axis() -> None:
    def joined(*axes: Any) -> Any:
        return merged(an_op("Concatenate"), *(Shape((3,), (axis,)) for axis in axes)).axes[0]

    assert joined(given("channel"), given("channel")) is given("channel")
    assert joined(given("channel"), FEATURE) is inferred("channel")
    assert joined(NAMELESS, FEATURE) is FEATURE
    assert joined(given("age"), given("job")) is inferred("age")
    assert joined(NAMELESS, NAMELESS) is NAMELESS


def test_dot() -> None:
    assert sizes(an_op("Dot", axes=1), (5,), (5,)) == (1,)
    assert sizes(an_op("Dot", axes=(1, 2)), (3, 5), (10, 3)) == (5, 10)
    assert sizes(an_op("Dot", axes=-1, normalize=True), (4, T), (3, T)) == (4, 3)
    assert misfit(an_op("Dot", axes=1), (5,), (4,)).code == "E205"
    assert misfit(an_op("Dot", axes=1), (5,), (NULL,)).code == "E205"
    assert sizes(an_op("Dot", axes=1), (5,), (T,)) == (1,)
    assert misfit(an_op("Dot", axes=0), (5,), (5,)).code == "E203"
    assert misfit(an_op("Dot", axes=2), (5,), (5, 5)).code == "E203"
    assert misfit(an_op("Dot", axes=[1, 1, 1]), (5,), (5,)).code == "E107"
    assert misfit(an_op("Dot", axes=1, normalize=True), (5,), (5,), dtype="int32").code == "E210"
    alike = merged(an_op("Dot", axes="feature"), named(time=4, feature=3), named(time=4, feature=3))
    assert alike == Shape((4, 4), (given("time"), NAMELESS))


def test_flops() -> None:
    def cost(op: Op, *shapes: tuple[int, ...]) -> Size:
        inputs = tuple(map(nameless, shapes))
        return op.cost(inputs, (merged(op, *inputs),))

    assert cost(an_op("Add"), (4, 3), (4, 3), (3,)) == 24
    assert cost(an_op("Average"), (4, 3), (4, 3)) == 24
    assert cost(an_op("Concatenate"), (4, 3), (4, 3)) == 0
    assert cost(an_op("Dot", axes=-1), (4, 5), (3, 5)) == 2 * 5 * 12
    assert cost(an_op("Dot", axes=-1, normalize=True), (4, 5), (3, 5)) == 2 * 5 * 12 + 3 * 35
