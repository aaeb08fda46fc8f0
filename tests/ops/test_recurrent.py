"""Recurrent layers and the wrappers, held against known numbers."""

from typing import Any

import pytest

from specc.ops.catalog import FAMILIES
from specc.ops.declare import Op
from specc.ops.making import ArgumentErrors, make
from specc.ops.misfit import Misfit, SetArgument
from specc.ops.registry import find
from specc.shapes.axis import FEATURE, TIME, given, inferred
from specc.shapes.dim import Size, Symbolic, symbol, unknown
from specc.shapes.shape import Shape, nameless
from specc.shapes.tensor import Tensor

T = symbol("T")
NULL = unknown()
NAMES = [name for family in ("recurrent", "convlstm", "wrappers") for name in FAMILIES[family]]
SEQUENCES = {"return_sequences": True}
STATE = {"return_state": True}


def an_op(name: str, **arguments: Any) -> Op:
    cls = find(name)
    assert cls is not None
    return make(cls, arguments)


def values(*sizes: tuple[Any, ...], dtype: str = "float32") -> tuple[Tensor, ...]:
    return tuple(Tensor(nameless(s), dtype) for s in sizes)


def made(op: Op, *sizes: tuple[Any, ...]) -> list[tuple[Size, ...]]:
    results = op.results(values(*sizes))
    assert len(results) == op.result_count()
    return [tensor.shape.sizes for tensor in results]


def misfit(op: Op, *sizes: tuple[Any, ...], dtype: str = "float32") -> Misfit:
    inputs = values(*sizes, dtype=dtype)
    with pytest.raises(Misfit) as raised:
        op.results(inputs)
        op.weights_for(tuple(tensor.shape for tensor in inputs))
    return raised.value


def params(op: Op, *sizes: tuple[Any, ...]) -> int:
    total = 0
    for shape in op.weights_for(tuple(nameless(s) for s in sizes)).values():
        count = 1
        for size in shape:
            count *= size
        total += count
    return total


@pytest.mark.parametrize("name", NAMES)
def test_examples_fit(name: str) -> None:
    cls = find(name)
    assert cls is not None
    assert cls.examples
    for example in cls.examples:
        op = make(cls, example.arguments)
        shapes = tuple(nameless(s) for s in example.shapes)
        results = op.results(values(*example.shapes, dtype=example.dtype))
        assert len(results) == op.result_count()
        assert op.weights_for(shapes) or name == "TimeDistributed"
        op.cost(shapes, tuple(tensor.shape for tensor in results))


SHAPES: list[tuple[str, dict[str, Any], tuple[Any, ...], list[tuple[Any, ...]], int]] = [
    ("LSTM", {"units": 5}, (4, 4160), [(5,)], 83320),
    ("LSTM", {"units": 12, **SEQUENCES}, (40, 1), [(40, 12)], 672),
    ("LSTM", {"units": 3, **SEQUENCES, **STATE}, (T, 7), [(T, 3), (3,), (3,)], 132),
    ("LSTM", {"units": 3, "use_bias": False}, (NULL, 7), [(3,)], 120),
    ("GRU", {"units": 3, **STATE}, (5, 7), [(3,), (3,)], 108),
    ("GRU", {"units": 3, "reset_after": False}, (5, 7), [(3,)], 99),
    ("SimpleRNN", {"units": 3, "go_backwards": True}, (5, 7), [(3,)], 33),
    ("SimpleRNN", {"units": 3, "unroll": True, **SEQUENCES}, (5, 7), [(5, 3)], 33),
    ("ConvLSTM1D", {"filters": 4, "kernel_size": 3, **STATE}, (5, 8, 2), [(6, 4)] * 3, 304),
    (
        "ConvLSTM2D",
        {"filters": 40, "kernel_size": 3, "padding": "same", **SEQUENCES},
        (T, 64, 64, 1),
        [(T, 64, 64, 40)],
        59200,
    ),
    (
        "ConvLSTM2D",
        {"filters": 3, "kernel_size": [2, 3], "strides": 2, "data_format": "channels_first"},
        (5, 2, 8, 9),
        [(3, 4, 4)],
        372,
    ),
    ("ConvLSTM3D", {"filters": 2, "kernel_size": 2}, (3, 4, 5, 6, 2), [(3, 4, 5, 2)], 264),
    ("Bidirectional", {"layer": {"LSTM": 4}}, (5, 7), [(8,)], 384),
    (
        "Bidirectional",
        {"layer": {"GRU": {"units": 4, **SEQUENCES}}, "merge_mode": "ave"},
        (T, 7),
        [(T, 4)],
        312,
    ),
    ("Bidirectional", {"layer": {"GRU": {"units": 4, **STATE}}, "merge_mode": None}, (5, 7), [(4,)] * 4, 312),
    (
        "Bidirectional",
        {"layer": {"LSTM": {"units": 4, **STATE}}},
        (5, 7),
        [(8,), (4,), (4,), (4,), (4,)],
        384,
    ),
    ("TimeDistributed", {"layer": {"Dense": 4}}, (T, 7), [(T, 4)], 32),
    ("TimeDistributed", {"layer": {"MaxPooling1D": 2}}, (5, 7, 2), [(5, 3, 2)], 0),
    (
        "TimeDistributed",
        {"layer": {"TimeDistributed": {"layer": {"LSTM": 2}}}},
        (3, 4, 5, 6),
        [(3, 4, 2)],
        72,
    ),
]


@pytest.mark.parametrize(("name", "arguments", "sizes", "results", "weights"), SHAPES)
def test_shapes_and_weights(
    name: str, arguments: dict[str, Any], sizes: tuple[Any, ...], results: list[tuple[Any, ...]], weights: int
) -> None:
    op = an_op(name, **arguments)
    assert made(op, sizes) == results
    assert params(op, sizes) == weights


def test_initial_states() -> None:
    lstm = an_op("LSTM", units=3)
    assert made(lstm, (5, 7), (3,), (NULL,)) == [(3,)]
    assert misfit(lstm, (5, 7), (3,)).code == "E303"
    wrong = misfit(lstm, (5, 7), (3,), (4,))
    assert (wrong.code, wrong.operand) == ("E212", 2)
    assert misfit(lstm, (5, 7), (3, 1), (3,)).code == "E212"
    both = an_op("Bidirectional", layer={"LSTM": 3})
    assert made(both, (5, 7), (3,), (3,), (3,), (3,)) == [(6,)]
    assert misfit(both, (5, 7), (3,), (3,)).code == "E303"
    backwards = misfit(both, (5, 7), (3,), (3,), (3,), (4,))
    assert (backwards.code, backwards.operand) == ("E212", 4)
    image = an_op("ConvLSTM2D", filters=2, kernel_size=3)
    assert made(image, (5, 6, 6, 1), (4, 4, 2), (4, 4, 2)) == [(4, 4, 2)]
    assert misfit(image, (5, 6, 6, 1), (6, 6, 2), (6, 6, 2)).code == "E212"


FAULTS: list[tuple[str, dict[str, Any], tuple[Any, ...], str, str | None]] = [
    ("LSTM", {"units": 3}, (5, T), "E207", None),
    ("LSTM", {"units": 3, "unroll": True}, (T, 7), "E207", "unroll"),
    ("GRU", {"units": 3, "use_cudnn": True, "reset_after": False}, (5, 7), "E107", "use_cudnn"),
    ("ConvLSTM2D", {"filters": 2, "kernel_size": 7}, (5, 6, 8, 1), "E206", "kernel_size"),
    ("ConvLSTM2D", {"filters": 2, "kernel_size": 2}, (5, T, 8, 1), "E207", None),
    (
        "ConvLSTM1D",
        {"filters": 2, "kernel_size": 2, "strides": 2, "dilation_rate": 2},
        (5, 8, 1),
        "E107",
        "dilation_rate",
    ),
    ("Bidirectional", {"layer": {"Dense": 3}}, (5, 7), "E107", "layer"),
    ("Bidirectional", {"layer": {"LSTM": {"units": 3, "go_backwards": True}}}, (5, 7), "E107", "layer"),
    (
        "Bidirectional",
        {"layer": {"LSTM": 3}, "backward_layer": {"LSTM": 3}},
        (5, 7),
        "E107",
        "backward_layer",
    ),
    (
        "Bidirectional",
        {"layer": {"LSTM": 3}, "backward_layer": {"LSTM": {"units": 4, "go_backwards": True}}},
        (5, 7),
        "E107",
        "backward_layer",
    ),
    ("TimeDistributed", {"layer": {"Dense": 3}}, (7,), "E200", None),
    ("TimeDistributed", {"layer": "Add"}, (5, 7), "E107", "layer"),
    ("TimeDistributed", {"layer": {"LSTM": {"units": 3, **STATE}}}, (4, 5, 7), "E107", "layer"),
    ("TimeDistributed", {"layer": {"MaxPooling1D": 8}}, (4, 5, 7), "E206", "layer"),
    ("TimeDistributed", {"layer": {"Dense": 3}}, (4, T), "E207", None),
]


@pytest.mark.parametrize(("name", "arguments", "sizes", "code", "parameter"), FAULTS)
def test_faults(
    name: str, arguments: dict[str, Any], sizes: tuple[Any, ...], code: str, parameter: str | None
) -> None:
    fault = misfit(an_op(name, **arguments), sizes)
    assert (fault.code, fault.parameter) == (code, parameter)


def test_faults_point_at_the_axis_of_the_whole_value() -> None:
    assert misfit(an_op("ConvLSTM2D", filters=2, kernel_size=[2, 9]), (5, 6, 8, 1)).axis == 2
    assert misfit(an_op("TimeDistributed", layer={"MaxPooling1D": 8}), (4, 5, 7)).axis == 1


def test_a_wrapper_hands_on_the_repairs_of_its_layer() -> None:
    repair = SetArgument("unroll", None, "loop over the steps instead")
    assert misfit(an_op("LSTM", units=3, unroll=True), (T, 7)).repairs == (repair,)
    both = an_op("Bidirectional", layer={"LSTM": {"units": 3, "unroll": True}})
    assert misfit(both, (T, 7)).repairs == (repair._replace(within=("layer",)),)


def test_integers() -> None:
    assert an_op("LSTM", units=3).results(values((5, 7), dtype="int32"))[0].dtype == "float32"
    assert misfit(an_op("LSTM", units=3, dropout=0.5), (5, 7), dtype="int32").code == "E210"
    assert misfit(an_op("ConvLSTM1D", filters=2, kernel_size=2), (5, 7, 1), dtype="uint8").code == "E210"
    half = an_op("Bidirectional", layer={"LSTM": 3}, dtype="mixed_float16")
    assert half.results(values((5, 7)))[0].dtype == "float16"


@pytest.mark.parametrize(
    "layer", ["Nonesuch", {"Dense": -1}, {"Dense": {"unit": 3}}, {"Dense": 1, "ReLU": None}, 3, "slice"]
)
def test_a_layer_as_argument_is_checked(layer: Any) -> None:
    with pytest.raises(ArgumentErrors):
        an_op("TimeDistributed", layer=layer)


def test_names() -> None:
    def axes(op: Op, *names: str | None) -> tuple[Any, ...]:
        shape = Shape((9,) * len(names), tuple(map(given, names)))
        return op.results((Tensor(shape, "float32"),))[0].shape.axes

    assert axes(an_op("LSTM", units=3, **SEQUENCES), "frame", "class") == (given("frame"), FEATURE)
    assert axes(an_op("LSTM", units=3, **SEQUENCES), None, None) == (TIME, FEATURE)
    image = an_op("ConvLSTM2D", filters=3, kernel_size=3, **SEQUENCES)
    assert axes(image, "frame", "row", None, None) == (
        given("frame"),
        given("row"),
        inferred("width"),
        inferred("channel"),
    )
    assert axes(an_op("Bidirectional", layer={"GRU": {"units": 3, **SEQUENCES}}), "word", None)[0] is given(
        "word"
    )
    assert axes(an_op("TimeDistributed", layer={"Dense": 3}), "camera", None) == (given("camera"), FEATURE)


def test_places() -> None:
    assert an_op("LSTM", units=3).places == ("time", "feature")
    assert an_op("ConvLSTM2D", filters=3, kernel_size=3).places == ("time", "space", "space", "feature")
    assert an_op("Bidirectional", layer={"LSTM": 3}).places == ("time", "feature")
    assert an_op("TimeDistributed", layer={"LSTM": 3}).places == ("any", "time", "feature")
    assert an_op("TimeDistributed", layer={"Dense": 3}).places is None


def flops(op: Op, sizes: tuple[Any, ...]) -> Size:
    x = nameless(sizes)
    return op.cost((x,), tuple(tensor.shape for tensor in op.results((Tensor(x, "float32"),))))


def test_flops() -> None:
    step = 3 * (2 * 4 * (7 + 3) + 4 + 4 + 9)
    assert flops(an_op("LSTM", units=3), (5, 7)) == 5 * step
    assert flops(an_op("LSTM", units=3, **SEQUENCES), (5, 7)) == 5 * step
    assert flops(an_op("LSTM", units=3, use_bias=False, activation=None), (5, 7)) == 5 * (
        step - 3 * 4 - 3 * 2
    )
    assert flops(an_op("GRU", units=3), (5, 7)) == 5 * 3 * (2 * 3 * (7 + 3) + 3 + 6 + 8)
    assert flops(an_op("SimpleRNN", units=3), (5, 7)) == 5 * 3 * (2 * (7 + 3) + 1 + 1 + 1)
    assert flops(an_op("Bidirectional", layer={"LSTM": 3}, merge_mode="sum"), (5, 7)) == 2 * 5 * step + 3
    assert flops(an_op("TimeDistributed", layer={"LSTM": 3}), (2, 5, 7)) == 2 * 5 * step
    image = an_op("ConvLSTM1D", filters=2, kernel_size=3)
    assert flops(image, (5, 8, 1)) == 5 * 6 * 2 * (4 * (2 * 3 * (1 + 2) + 2) + 9)
    assert isinstance(flops(an_op("LSTM", units=3), (T, 7)), Symbolic)


def test_frozen_weights() -> None:
    def frozen(op: Op, *sizes: Any) -> set[str]:
        return set(op.frozen(op.weights_for((nameless(sizes),))))

    assert frozen(an_op("LSTM", units=3), 5, 7) == set()
    assert frozen(an_op("LSTM", units=3, trainable=False), 5, 7) == {"kernel", "recurrent_kernel", "bias"}
    still = {"Dense": {"units": 3, "trainable": False}}
    assert frozen(an_op("TimeDistributed", layer=still), 5, 7) == {"kernel", "bias"}
    back = {"SimpleRNN": {"units": 3, "go_backwards": True, "trainable": False, "use_bias": False}}
    both = an_op("Bidirectional", layer={"SimpleRNN": 3}, backward_layer=back)
    assert frozen(both, 5, 7) == {"backward_kernel", "backward_recurrent_kernel"}
