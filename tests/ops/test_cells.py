"""Cells, what runs them, attention in groups of heads and normalized kernels, held against known numbers."""

from typing import Any

import pytest

from specc.ops.declare import Op
from specc.ops.making import ArgumentErrors, make
from specc.ops.misfit import Misfit, SetArgument
from specc.ops.registry import known
from specc.shapes.axis import FEATURE, TIME, given, inferred
from specc.shapes.dim import symbol
from specc.shapes.shape import Shape, nameless
from specc.shapes.tensor import Tensor

T = symbol("T")
STACK = [{"LSTMCell": 4}, {"GRUCell": 3}]
STATE = {"return_state": True}


def an_op(name: str, **arguments: Any) -> Op:
    return make(known(name), arguments)


def values(*sizes: tuple[Any, ...], dtype: str = "float32") -> tuple[Tensor, ...]:
    return tuple(Tensor(nameless(s), dtype) for s in sizes)


def made(op: Op, *sizes: tuple[Any, ...]) -> list[Any]:
    results = op.results(values(*sizes))
    assert len(results) == op.result_count()
    return [tensor.shape.sizes for tensor in results]


def misfit(op: Op, *sizes: tuple[Any, ...], dtype: str = "float32") -> Misfit:
    inputs = values(*sizes, dtype=dtype)
    with pytest.raises(Misfit) as raised:
        op.results(inputs)
        op.weights_for(tuple(tensor.shape for tensor in inputs))
    return raised.value


@pytest.mark.parametrize(
    ("arguments", "results"),
    [
        ({"cell": {"LSTMCell": 4}}, [(4,)]),
        ({"cell": {"LSTMCell": 4}, "return_sequences": True, **STATE}, [(T, 4), (4,), (4,)]),
        ({"cell": STACK, **STATE}, [(3,), (4,), (4,), (3,)]),
        ({"cell": {"StackedRNNCells": {"cells": STACK}}, "return_sequences": True}, [(T, 3)]),
        ({"cell": [*STACK, {"SimpleRNNCell": 2}], **STATE}, [(2,), (4,), (4,), (3,), (2,)]),
    ],
)
def test_an_rnn_has_the_results_of_its_cells(arguments: dict[str, Any], results: list[Any]) -> None:
    assert made(an_op("RNN", **arguments), (T, 7)) == results


@pytest.mark.parametrize(
    ("layer", "cell"), [("LSTM", "LSTMCell"), ("GRU", "GRUCell"), ("SimpleRNN", "SimpleRNNCell")]
)
def test_an_rnn_of_a_cell_is_the_layer_of_that_name(layer: str, cell: str) -> None:
    whole, run, alone = an_op(layer, units=3), an_op("RNN", cell={cell: 3}), an_op(cell, units=3)
    shapes = (nameless((5, 7)),)
    weights = whole.weights_for(shapes)
    assert run.weights_for(shapes) == alone.weights_for((nameless((7,)),)) == weights
    assert whole.cost(shapes, (nameless((3,)),)) == run.cost(shapes, (nameless((3,)),))
    assert whole.cost(shapes, (nameless((3,)),)) == 5 * alone.cost((nameless((7,)),), ())  # pyright: ignore[reportOperatorIssue]


def test_each_cell_of_a_stack_reads_what_the_one_below_makes() -> None:
    op = an_op("RNN", cell=[{"LSTMCell": {"units": 4, "trainable": False}}, {"GRUCell": 3}])
    weights = op.weights_for((nameless((5, 7)),))
    assert weights["cell0_kernel"] == (7, 16)
    assert weights["cell1_kernel"] == (4, 9)
    assert op.frozen(weights) == {"cell0_kernel", "cell0_recurrent_kernel", "cell0_bias"}
    frozen = an_op("RNN", cell={"GRUCell": 3}, trainable=False)
    assert frozen.frozen({"kernel": (7, 9)}) == {"kernel"}


def test_a_frozen_stack_is_trained_where_a_layer_runs_it() -> None:
    cells = {"StackedRNNCells": {"cells": STACK, "trainable": False}}
    op = an_op("RNN", cell=cells)
    assert op.frozen(op.weights_for((nameless((5, 7)),))) == frozenset()
    alone = an_op("StackedRNNCells", cells=STACK, trainable=False)
    weights = alone.weights_for((nameless((7,)),))
    assert alone.frozen(weights) == set(weights)


def test_states_are_nested_as_keras_takes_them() -> None:
    assert an_op("RNN", cell=STACK).nested([1, 2, 3]) == [[1, 2], [3]]
    assert an_op("RNN", cell={"LSTMCell": 4}).nested([1, 2]) == [1, 2]
    both = an_op("Bidirectional", layer={"RNN": {"cell": STACK}})
    assert both.nested([1, 2, 3, 4, 5, 6]) == [[1, 2], [3], [4, 5], [6]]
    assert both.nests_results is False
    assert an_op("LSTMCell", units=4).nests_results


@pytest.mark.parametrize(
    ("arguments", "sizes", "code", "parameter"),
    [
        ({"cell": {"LSTMCell": 4}}, ((5, 7), (4,)), "E303", None),
        ({"cell": STACK}, ((5, 7), (4,), (4,), (4,)), "E212", None),
        ({"cell": {"LSTMCell": 4}, "unroll": True}, ((T, 7),), "E207", "unroll"),
        ({"cell": [{"LSTMCell": 4}], "unroll": True}, ((5, 7),), "E107", "unroll"),
        ({"cell": {"LSTMCell": {"units": 4, "bias_initializer": None}}}, ((5, 7),), "E107", "cell"),
        ({"cell": {"LSTMCell": 4}}, ((5, T),), "E207", None),
    ],
)
def test_what_does_not_fit_an_rnn(
    arguments: dict[str, Any], sizes: Any, code: str, parameter: str | None
) -> None:
    found = misfit(an_op("RNN", **arguments), *sizes)
    assert (found.code, found.parameter) == (code, parameter)


def test_masks_are_drawn_in_the_dtype_of_the_input() -> None:
    assert (
        misfit(an_op("RNN", cell={"GRUCell": {"units": 3, "dropout": 0.5}}), (5, 7), dtype="int32").code
        == "E210"
    )
    above = [{"GRUCell": 3}, {"GRUCell": {"units": 3, "dropout": 0.5}}]
    op = an_op("RNN", cell=above, dtype="mixed_float16")
    assert op.results(values((5, 7), dtype="int32"))[0].dtype == "float16"
    assert op.fold_difference() is not None
    assert an_op("RNN", cell=STACK).fold_difference() is None


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ([{"GRUCell": {"units": 3, "dropout": 0.5, "dtype": "float16"}}], "E107"),
        ([{"GRUCell": {"units": 3, "dtype": "float16"}}, {"GRUCell": {"units": 3, "dropout": 0.5}}], "E107"),
        ([{"GRUCell": {"units": 3, "recurrent_dropout": 0.5, "dtype": "float16"}}], "E107"),
    ],
)
def test_masks_have_the_dtype_that_a_cell_computes_in(cells: Any, code: str) -> None:
    assert misfit(an_op("RNN", cell=cells), (5, 7)).code == code
    assert made(
        an_op("RNN", cell={"GRUCell": {"units": 3, "recurrent_dropout": 0.5, "dtype": "float16"}}), (5, 7)
    )


def test_an_unrolled_stack_of_one_lstm_is_looped_instead() -> None:
    (repair,) = misfit(an_op("RNN", cell=[{"LSTMCell": 4}], unroll=True), (5, 7)).repairs
    assert repair == SetArgument("unroll", None, "loop over the steps instead")
    assert made(an_op("RNN", cell=[{"GRUCell": 4}], unroll=True), (5, 7)) == [(4,)]


@pytest.mark.parametrize(
    ("cell", "where", "suggestion"),
    [
        ({"LSTM": 3}, ("LSTM",), "LSTMCell"),
        ({"Dense": 3}, ("Dense",), None),
        ([{"GRUCell": 3}, {"GRU": 3}], ("1", "GRU"), "GRUCell"),
        ([{"GRUCell": {"unit": 3}}], ("0", "GRUCell", "unit"), "units"),
        ([{"Bogus": 3}], ("0", "Bogus"), None),
        ([STACK, {"GRUCell": 3}], (), None),
        ([], (), None),
        (3, (), None),
    ],
)
def test_what_is_no_cell(cell: Any, where: tuple[str, ...], suggestion: str | None) -> None:
    with pytest.raises(ArgumentErrors) as raised:
        an_op("RNN", cell=cell)
    error = raised.value.errors[0]
    assert (error.parameter, error.where, error.suggestion) == ("cell", where, suggestion)


def test_a_cell_by_itself_makes_its_states() -> None:
    assert made(an_op("LSTMCell", units=4), (7,), (4,), (4,)) == [(4,)] * 3
    assert made(an_op("StackedRNNCells", cells=STACK), (7,), (4,), (4,), (3,)) == [(3,), (4,), (4,), (3,)]


@pytest.mark.parametrize(
    ("arguments", "sizes", "code"),
    [
        ({}, ((5, 7),), "E303"),
        ({}, ((5, 7), (4,)), "E200"),
        ({}, ((7,), (4,), (4,)), "E303"),
        ({}, ((7,), (3,)), "E212"),
        ({"recurrent_dropout": 0.1}, ((7,), (4,)), "E107"),
    ],
)
def test_what_does_not_fit_a_cell(arguments: dict[str, Any], sizes: Any, code: str) -> None:
    assert misfit(an_op("GRUCell", units=4, **arguments), *sizes).code == code


def test_the_states_of_a_cell_are_floats() -> None:
    op = an_op("GRUCell", units=4)
    step, state = values((7,), dtype="int32")[0], values((4,), dtype="int32")[0]
    assert op.results((step, *values((4,))))[0].dtype == "float32"
    with pytest.raises(Misfit) as raised:
        op.results((step, state))
    assert (raised.value.code, raised.value.operand) == ("E210", 1)


def test_cells_of_a_stack_have_its_policy_or_their_own() -> None:
    cells = [{"LSTMCell": {"units": 4, "dtype": "float64"}}, {"GRUCell": 3}]
    op = an_op("StackedRNNCells", cells=cells, dtype="mixed_float16")
    dtypes = [t.dtype for t in op.results(values((7,), (4,), (4,), (3,)))]
    assert dtypes == ["float16", "float64", "float64", "float16"]


def test_an_rnn_names_time_and_features() -> None:
    x = Shape((5, 7), (given("frame"), given("class")))
    run = an_op("RNN", cell=STACK, return_sequences=True)
    assert run.results((Tensor(x, "float32"),))[0].shape.axes == (given("frame"), FEATURE)
    assert run.results(values((5, 7)))[0].shape.axes == (TIME, FEATURE)
    assert run.places == ("time", "feature")


def test_both_directions_take_as_many_states() -> None:
    back = {"GRU": {"units": 4, "go_backwards": True}}
    op = an_op("Bidirectional", layer={"LSTM": 4}, backward_layer=back)
    assert misfit(op, (5, 7), (4,), (4,), (4,)).code == "E303"


GROUPS = {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2}


def test_heads_share_projections_in_groups() -> None:
    op = an_op("GroupQueryAttention", **GROUPS, use_gate=True)
    weights = op.weights_for(tuple(map(nameless, ((5, 6), (7, 6), (7, 8)))))
    assert weights["query_kernel"] == weights["gate_kernel"] == (6, 4, 3)
    assert (weights["key_kernel"], weights["value_kernel"]) == ((8, 2, 3), (6, 2, 3))
    assert (weights["output_kernel"], weights["output_bias"]) == ((4, 3, 6), (6,))


def test_scores_have_a_head_for_each_head_of_the_query() -> None:
    op = an_op("GroupQueryAttention", **GROUPS)
    vars(op)["options"] = {"return_attention_scores": True}
    x = Shape((5, 6), (given("time"), FEATURE))
    scores = op.results((Tensor(x, "float32"), Tensor(nameless((7, 6)), "float32")))[1].shape
    assert scores.sizes == (4, 5, 7)
    assert scores.axes[:2] == (inferred("head"), given("time"))


def test_groups_cost_less_than_heads() -> None:
    shapes, result = (nameless((5, 6)), nameless((7, 6))), (nameless((5, 6)),)
    several = an_op("MultiHeadAttention", num_heads=4, key_dim=3).cost(shapes, result)
    shared = an_op("GroupQueryAttention", **GROUPS).cost(shapes, result)
    assert several - shared == 2 * 7 * 2 * 3 * (2 * 6 + 1)  # pyright: ignore[reportOperatorIssue]


@pytest.mark.parametrize(
    ("arguments", "sizes", "code", "operand"),
    [
        ({}, ((5, 6), (7, 5)), "E205", 1),
        ({}, ((5, 6), (7, 6), (8, 6)), "E205", 2),
        ({}, ((2, 5, 6), (7, 6)), "E200", 0),
        ({}, ((5, 6), (6,)), "E200", 1),
        ({"num_key_value_heads": 3}, ((5, 6), (7, 6)), "E208", 0),
        ({"flash_attention": True}, ((5, 6), (7, 6)), "E107", 0),
    ],
)
def test_what_does_not_fit_grouped_attention(arguments: Any, sizes: Any, code: str, operand: int) -> None:
    found = misfit(an_op("GroupQueryAttention", **GROUPS | arguments), *sizes)
    assert (found.code, found.operand) == (code, operand)


@pytest.mark.parametrize(
    ("layer", "sizes", "vector"),
    [
        ({"Dense": 4}, (7,), (1, 4)),
        ({"Conv2DTranspose": {"filters": 4, "kernel_size": 3}}, (8, 8, 2), (1, 2)),
        ({"DepthwiseConv2D": {"kernel_size": 3, "depth_multiplier": 5}}, (8, 8, 2), (1, 5)),
        ({"Embedding": {"input_dim": 10, "output_dim": 4}}, (5,), (1, 4)),
        ({"EinsumDense": {"equation": "ab,bcd->acd", "output_shape": [3, 2]}}, (7,), (1, 2)),
    ],
)
def test_a_normalized_kernel_has_a_vector_that_is_not_trained(layer: Any, sizes: Any, vector: Any) -> None:
    op, inner = an_op("SpectralNormalization", layer=layer), make(known(next(iter(layer))), dict(bare(layer)))
    weights = op.weights_for((nameless(sizes),))
    assert weights == {**inner.weights_for((nameless(sizes),)), "vector_u": vector}
    assert op.frozen(weights) == {"vector_u"}


def bare(layer: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a layer, a bare one as its `units`."""
    arguments = next(iter(layer.values()))
    return arguments if isinstance(arguments, dict) else {"units": arguments}


@pytest.mark.parametrize(
    ("layer", "dtype", "code"),
    [
        ({"LSTM": 4}, "float32", "E107"),
        ({"Dense": {"units": 4, "lora_rank": 2}}, "float32", "E107"),
        ({"Dense": [{"a": 2}, 3]}, "float32", "E107"),
        ({"Embedding": {"input_dim": 10, "output_dim": 4}}, "int32", "E210"),
        ({"Conv1D": {"filters": 4, "kernel_size": 9}}, "float32", "E206"),
    ],
)
def test_what_has_no_kernel_to_normalize(layer: Any, dtype: str, code: str) -> None:
    assert misfit(an_op("SpectralNormalization", layer=layer), (5, 7), dtype=dtype).code == code
