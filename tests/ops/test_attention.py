"""Attention layers, held against known numbers."""

from typing import Any

import pytest

from specc.ops.catalog import FAMILIES
from specc.ops.declare import Op
from specc.ops.making import make
from specc.ops.misfit import Misfit
from specc.ops.registry import find
from specc.shapes.axis import FEATURE, NAMELESS, given, inferred
from specc.shapes.dim import Size, Symbolic, symbol
from specc.shapes.shape import Shape, nameless
from specc.shapes.tensor import Tensor

T = symbol("T")
S = symbol("S")
HEADS: dict[str, Any] = {"num_heads": 2, "key_dim": 3}
SCORES = {"return_attention_scores": True}


def an_op(name: str, options: dict[str, Any] | None = None, **arguments: Any) -> Op:
    cls = find(name)
    assert cls is not None
    made = make(cls, arguments)
    if options:
        vars(made)["options"] = options
    return made


def results(op: Op, *shapes: Shape | tuple[Any, ...], dtypes: tuple[str, ...] = ()) -> tuple[Tensor, ...]:
    named = [s if isinstance(s, Shape) else nameless(s) for s in shapes]
    made = op.results(tuple(map(Tensor, named, dtypes or ("float32",) * len(named))))
    assert len(made) == op.result_count()
    return made


def sizes(op: Op, *shapes: tuple[Any, ...]) -> list[tuple[Size, ...]]:
    return [tensor.shape.sizes for tensor in results(op, *shapes)]


def misfit(op: Op, *shapes: tuple[Any, ...], dtypes: tuple[str, ...] = ()) -> Misfit:
    with pytest.raises(Misfit) as raised:
        results(op, *shapes, dtypes=dtypes)
        op.weights_for(tuple(map(nameless, shapes)))
    return raised.value


def params(op: Op, *shapes: tuple[Any, ...]) -> int:
    total = 0
    for shape in op.weights_for(tuple(map(nameless, shapes))).values():
        count = 1
        for size in shape:
            count *= size
        total += count
    return total


@pytest.mark.parametrize("name", [*FAMILIES["attention"], *FAMILIES["multihead"]])
def test_examples_fit(name: str) -> None:
    cls = find(name)
    assert cls is not None
    assert cls.examples
    for example in cls.examples:
        op = make(cls, example.arguments)
        shapes = tuple(map(nameless, example.shapes))
        made = results(op, *shapes)
        op.weights_for(shapes)
        op.cost(shapes, tuple(tensor.shape for tensor in made))


@pytest.mark.parametrize("name", ["Attention", "AdditiveAttention"])
def test_attention_shapes(name: str) -> None:
    op = an_op(name)
    assert op.takes_list
    assert sizes(op, (4, 6), (5, 6)) == [(4, 6)]
    assert sizes(op, (4, 6), (5, 3), (5, 6)) == [(4, 3)]
    assert sizes(op, (2, T, 6), (2, S, 3), (2, S, 6)) == [(2, T, 3)]
    assert sizes(an_op(name, SCORES), (4, 6), (5, 6)) == [(4, 6), (4, 5)]
    assert misfit(op, (4, 6), (5, 3)).code == "E205"
    assert misfit(op, (4, 6), (5, 3), (4, 6)).code == "E205"
    assert misfit(op, (2, 4, 6), (3, 5, 6)).code == "E205"
    assert misfit(op, (4, 6), (6,)).code == "E200"
    assert misfit(op, (6,), (6,)).code == "E200"
    assert misfit(op, (4, 6)).code == "E303"


def test_attention_weights() -> None:
    pair = ((4, 6), (5, 6))
    assert params(an_op("Attention"), *pair) == 0
    assert params(an_op("Attention", use_scale=True), *pair) == 1
    assert params(an_op("Attention", use_scale=True, score_mode="concat"), *pair) == 2
    assert params(an_op("AdditiveAttention"), *pair) == 6
    assert params(an_op("AdditiveAttention", use_scale=False), *pair) == 0
    assert misfit(an_op("AdditiveAttention"), (4, T), (5, T)).code == "E207"


def test_sums_stretch_a_single_feature() -> None:
    assert sizes(an_op("AdditiveAttention"), (4, 6), (5, 3), (5, 1)) == [(4, 3)]
    assert misfit(an_op("Attention"), (4, 6), (5, 3), (5, 1)).code == "E205"


def test_attention_of_integers() -> None:
    pair = ((4, 6), (5, 6))
    assert misfit(an_op("Attention"), *pair, dtypes=("int32", "int32")).code == "E210"
    assert results(an_op("Attention", use_scale=True), *pair, dtypes=("int32", "int32"))[0].dtype == "float32"
    mixed = misfit(an_op("AdditiveAttention"), *pair, dtypes=("float32", "int32"))
    assert (mixed.code, mixed.operand) == ("E210", 1)


MULTI: list[tuple[dict[str, Any], tuple[tuple[Any, ...], ...], tuple[Any, ...], int]] = [
    ({}, ((4, 6), (4, 6)), (4, 6), 168),
    ({}, ((T, 6), (S, 7)), (T, 6), 180),
    ({"value_dim": 5, "use_bias": False}, ((4, 6), (5, 7), (5, 8)), (4, 6), 214),
    ({"output_shape": [2, 3], "use_gate": True}, ((4, 6), (4, 6)), (4, 2, 3), 210),
    ({"output_shape": 9}, ((4, 6), (4, 6)), (4, 9), 189),
    ({"attention_axes": 2}, ((3, 4, 6), (3, 5, 6)), (3, 4, 6), 168),
    ({"attention_axes": [1, -2]}, ((3, 4, 6), (2, 5, 6)), (3, 4, 6), 168),
]


@pytest.mark.parametrize(("arguments", "shapes", "result", "weights"), MULTI)
def test_heads(
    arguments: dict[str, Any], shapes: tuple[tuple[Any, ...], ...], result: tuple[Any, ...], weights: int
) -> None:
    op = an_op("MultiHeadAttention", **HEADS, **arguments)
    assert sizes(op, *shapes) == [result]
    assert params(op, *shapes) == weights


def test_scores_of_heads() -> None:
    assert sizes(an_op("MultiHeadAttention", SCORES, **HEADS), (4, 6), (5, 6)) == [(4, 6), (2, 4, 5)]
    along = an_op("MultiHeadAttention", SCORES, **HEADS, attention_axes=2)
    assert sizes(along, (3, 4, 6), (3, 5, 6))[1] == (3, 2, 4, 5)
    over = an_op("MultiHeadAttention", SCORES, **HEADS)
    assert sizes(over, (3, 4, 6), (7, 5, 6))[1] == (2, 3, 4, 7, 5)


FAULTS: list[tuple[dict[str, Any], dict[str, Any], tuple[tuple[Any, ...], ...], str, str | None]] = [
    ({}, {}, ((6,), (6,)), "E200", None),
    ({}, {}, ((4, 6), (3, 4, 6)), "E200", None),
    ({}, {}, ((4, 6), (5, 6), (4, 6)), "E205", None),
    ({}, {}, ((4, 6), (5, T)), "E207", None),
    ({"attention_axes": 2}, {}, ((3, 4, 6), (2, 5, 6)), "E205", None),
    ({"attention_axes": 0}, {}, ((3, 4, 6), (3, 4, 6)), "E203", "attention_axes"),
    ({"attention_axes": [1, 1]}, {}, ((3, 4, 6), (3, 4, 6)), "E203", "attention_axes"),
    ({"attention_axes": []}, {}, ((3, 4, 6), (3, 4, 6)), "E107", "attention_axes"),
    ({"flash_attention": True}, {}, ((4, 6), (4, 6)), "E107", "flash_attention"),
    ({"sliding_window": 2}, {}, ((3, 4, 6), (3, 4, 6)), "E107", "sliding_window"),
    ({"attention_axes": 2}, {"use_causal_mask": True}, ((3, 4, 6), (3, 4, 6)), "E107", "use_causal_mask"),
]


@pytest.mark.parametrize(("arguments", "options", "shapes", "code", "parameter"), FAULTS)
def test_faults_of_heads(
    arguments: dict[str, Any],
    options: dict[str, Any],
    shapes: tuple[tuple[Any, ...], ...],
    code: str,
    parameter: str | None,
) -> None:
    fault = misfit(an_op("MultiHeadAttention", options, **HEADS, **arguments), *shapes)
    assert (fault.code, fault.parameter) == (code, parameter)


def test_names() -> None:
    query = Shape((4, 6), (given("token"), given("feature")))
    value = Shape((5, 7), (given("frame"), NAMELESS))
    made, scores = results(an_op("MultiHeadAttention", SCORES, **HEADS), query, value)
    assert made.shape.axes == (given("token"), FEATURE)
    assert scores.shape.axes == (inferred("head"), given("token"), given("frame"))
    _, own = results(an_op("MultiHeadAttention", SCORES, **HEADS), query, query)
    assert own.shape.axes == (inferred("head"), given("token"), NAMELESS)
    made, scores = results(an_op("Attention", SCORES), query, Shape((5, 6), value.axes))
    assert made.shape.axes == (given("token"), FEATURE)
    assert scores.shape.axes == (given("token"), given("frame"))


def test_flops() -> None:
    def cost(op: Op, *shapes: tuple[Any, ...]) -> Size:
        return op.cost(tuple(map(nameless, shapes)), tuple(t.shape for t in results(op, *shapes)))

    assert cost(an_op("Attention"), (4, 6), (5, 3), (5, 6)) == 4 * 5 * (2 * 6 + 1 + 2 * 3)
    assert cost(an_op("Attention", use_scale=True), (4, 6), (5, 6)) == 4 * 5 * (2 * 6 + 1 + 1 + 2 * 6)
    assert cost(an_op("AdditiveAttention"), (4, 6), (5, 6)) == 4 * 5 * (4 * 6 + 1 + 2 * 6)
    projections = 4 * 6 * (2 * 6 + 2) + 5 * 6 * (2 * 7 + 1) * 2
    attending = 2 * 4 * 5 * (2 * 3 + 1 + 2 * 3)
    assert cost(an_op("MultiHeadAttention", **HEADS), (4, 6), (5, 7)) == projections + attending + 24 * (
        2 * 6 + 1
    )
    assert isinstance(cost(an_op("MultiHeadAttention", **HEADS), (T, 6), (T, 6)), Symbolic)
