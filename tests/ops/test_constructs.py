from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from specc.ops.advice import spatial_warning
from specc.ops.making import ArgumentErrors, make
from specc.ops.misfit import InsertBefore, Misfit, SetArgument
from specc.ops.registry import find
from specc.shapes.axis import CHANNEL, FEATURE, inferred
from specc.shapes.axis import given as given_axis
from specc.shapes.demand import AtLeast, recording
from specc.shapes.dim import Size, bind, is_anonymous, symbol, unknown
from specc.shapes.shape import Shape, nameless
from specc.shapes.tensor import Tensor

T = symbol("T")


def op(word: str, **arguments: Any) -> Any:
    cls = find(word)
    assert cls is not None
    return make(cls, arguments)


def named(**axes: Size) -> Shape:
    return Shape(tuple(axes.values()), tuple(map(given_axis, axes)))


def code(made: Any, x: Shape) -> str:
    with pytest.raises(Misfit) as caught:
        made.output(x)
    return caught.value.code


bounds = st.none() | st.integers(-8, 8)


@given(st.integers(1, 6), bounds, bounds, st.integers(-3, 3).filter(bool))
def test_a_slice_takes_what_python_takes(size: int, start: int | None, stop: int | None, step: int) -> None:
    made = op("slice", axis=2, start=start, stop=stop, step=step)
    expected = len(range(size)[start:stop:step])
    if expected:
        assert made.output(nameless([3, size])).sizes == (3, expected)
    else:
        assert code(made, nameless([3, size])) == "E206"


@given(st.integers(-8, 8) | st.none(), st.integers(-8, 8) | st.none(), st.integers(-3, 3).filter(bool))
def test_a_slice_of_an_unknown_size_is_refused_only_if_always_empty(
    start: int | None, stop: int | None, step: int
) -> None:
    made = op("slice", axis=1, start=start, stop=stop, step=step)
    sizes = {n: len(range(n)[start:stop:step]) for n in range(1, 40)}
    if not any(sizes.values()):
        assert code(made, nameless([T])) == "E206"
        return
    with recording() as demands:
        (size,) = made.output(nameless([T])).sizes
    assert all(isinstance(demand, AtLeast) for demand in demands)
    for n, left in sizes.items():
        spare = [bind(d.size - d.least, {"T": n}) for d in demands if isinstance(d, AtLeast)]
        assert all(isinstance(m, int) and m >= 0 for m in spare) == bool(left)
        assert not left or is_anonymous(size) or bind(size, {"T": n}) == left
    assert {start, stop} - {None, 0, -1} or not is_anonymous(size)


def test_slices_by_name_and_by_index() -> None:
    x = named(time=10, feature=3)
    assert str(op("slice", axis="time", start=5).output(x)) == "[time: 5, feature: 3]"
    assert str(op("slice", axis="time", index=-1).output(x)) == "[feature: 3]"
    assert str(op("slice", axis=-1, index=0).output(named(time=T, feature=3))) == "[time: T]"
    assert str(op("slice", axis="time", index=7).output(named(time=T, feature=3))) == "[feature: 3]"
    assert code(op("slice", axis="time", index=10), x) == "E206"
    assert code(op("slice", axis="time", index=-11), x) == "E206"
    assert code(op("slice", axis="time", index=0, stop=3), x) == "E107"
    assert code(op("slice", axis="time", step=0), x) == "E107"
    assert code(op("slice", axis="width"), x) == "E203"
    assert code(op("slice", axis=0), x) == "E203"


@pytest.mark.parametrize(
    ("arguments", "result"),
    [
        ({"axis": "time"}, "[height: 3, feature: 2]"),
        ({"axis": "time", "keepdims": True}, "[time: 1, height: 3, feature: 2]"),
        ({"axis": ["time", "height"], "how": "max"}, "[feature: 2]"),
        ({"axis": [1, -1], "how": "last"}, "[height: 3]"),
    ],
)
def test_reduce(arguments: dict[str, Any], result: str) -> None:
    assert str(op("reduce", **arguments).output(named(time=T, height=3, feature=2))) == result


def test_reduce_names_each_axis_once() -> None:
    assert code(op("reduce", axis=["time", 1]), named(time=4, feature=2)) == "E203"
    with pytest.raises(ArgumentErrors):
        op("reduce", axis=1, how="median")


@pytest.mark.parametrize(
    ("how", "dtype", "result"),
    [
        ("mean", "int32", "float32"),
        ("mean", "float16", "float16"),
        ("sum", "bool", "int32"),
        ("sum", "uint8", "uint32"),
        ("sum", "int64", "int64"),
        ("max", "int8", "int8"),
    ],
)
def test_dtypes_of_reduce(how: str, dtype: str, result: str) -> None:
    made = op("reduce", axis=1, how=how)
    assert made.results((Tensor(nameless([4, 2]), dtype),))[0].dtype == result


def test_cost_of_reduce() -> None:
    x, y = nameless([4, 3]), nameless([3])
    assert op("reduce", axis=1).flops(x, y) == 15
    assert op("reduce", axis=1, how="sum").flops(x, y) == 12
    assert op("reduce", axis=1, how="last").flops(x, y) == 0


def test_rearrange() -> None:
    made = op("rearrange", pattern="(h h2) (w w2) c -> (h w) (h2 w2 c)", sizes={"h2": 2, "w2": 2})
    assert str(made.output(nameless([4, 6, 3]))) == "[6, feature: 12]"
    assert made.results((Tensor(nameless([4, 6, 3]), "int32"),))[0].dtype == "int32"
    with pytest.raises(ArgumentErrors) as caught:
        op("rearrange", pattern="(a -> a")
    assert [(e.code, e.parameter) for e in caught.value.errors] == [("E107", "pattern")]
    with pytest.raises(ArgumentErrors):
        op("rearrange", pattern="a -> a", sizes={"a": 0})


def test_positions() -> None:
    (result,) = op("positions", axis="time").results((Tensor(named(time=T, feature=64), "float32"),))
    assert (str(result.shape), result.dtype) == ("[time: T]", "int32")


def test_weight() -> None:
    made = op("weight", shape=[{"token": 1}, {"feature": 64}])
    (result,) = made.results((Tensor(named(time=T), "int32"),))
    assert (str(result.shape), result.dtype) == ("[token: 1, feature: 64]", "float32")
    assert all(axis.given for axis in result.shape.axes)
    assert made.weights_for((named(time=T),)) == {"weight": (1, 64)}
    for shape in ([], [-1], ["T"], [None], 4):
        with pytest.raises(ArgumentErrors):
            op("weight", shape=shape)


def test_lrn() -> None:
    x = named(height=4, width=4, channel=8)
    made = op("lrn")
    assert (made.depth_radius, made.bias, made.alpha, made.beta) == (5, 1.0, 1e-4, 0.75)
    assert made.output(x) is x
    assert made.flops(x, x) == 7 * 128
    (found,) = made.warnings((named(channel=8, height=4, width=4),), (x,))
    assert found.code == "W601"


def test_dense_of_several_axes() -> None:
    x = named(time=40, feature=3)
    made = op("Dense", units=[{"time": 10}, {"series": 2}])
    assert str(made.output(nameless([7]))) == "[time: 10, series: 2]"
    assert made.width == 20
    assert made.weights_for((nameless([7]),)) == {"kernel": (7, 20), "bias": (20,)}
    assert str(op("Dense", units=[10, 2]).output(x)) == "[time: 40, 10, 2]"
    assert str(op("Dense", units=[{"class": 10}]).output(x)) == "[time: 40, class: 10]"
    for units in ([], [0], 0, True, "4", [{"a": -1}]):
        with pytest.raises(ArgumentErrors):
            op("Dense", units=units)
    with pytest.raises(ArgumentErrors, match="not `'4'`"):
        op("Dense", units="4")


def test_lora_trains_two_factors_in_place_of_the_kernel() -> None:
    made = op("Dense", units=10, lora_rank=2)
    weights = made.weights_for((nameless([5]),))
    assert weights == {"kernel": (5, 10), "bias": (10,), "lora_kernel_a": (5, 2), "lora_kernel_b": (2, 10)}
    assert made.frozen(weights) == {"kernel"}
    assert op("Dense", units=10).frozen({"kernel": (5, 10)}) == frozenset()


def test_dense_over_unusual_axes() -> None:
    def warned(x: Shape) -> list[str]:
        made = op("Dense", units=3)
        return [w.code for w in made.warnings((x,), (made.output(x),))]

    assert warned(named(channel=3, time=10)) == ["W601"]
    assert warned(named(height=4, width=4)) == ["W601"]
    assert warned(named(height=4, width=4, channel=3)) == []  # that is for the whole network to say
    assert warned(named(time=10, feature=3)) == []
    assert warned(named(time=10, freq=80)) == []
    assert warned(named(time=10)) == []
    assert warned(nameless([4, 4, 3])) == []


def test_repairs_of_dense_over_unusual_axes() -> None:
    (found,) = op("Dense", units=3).warnings((named(height=4, width=4),), ())
    assert [r.text for r in found.repairs] == ["Flatten"]
    (found,) = op("Dense", units=3).warnings((named(channel=3, time=10),), ())
    assert [r.text for r in found.repairs] == ["Permute: [time, channel]"]


def test_layers_over_places() -> None:
    (found,) = spatial_warning(named(time=2, height=4, width=4, channel=3))
    repairs = [r.text for r in found.repairs if isinstance(r, InsertBefore)]
    assert repairs == ["Flatten: {keep: [time]}", "GlobalAveragePooling2D"]
    assert [*spatial_warning(Shape((4, 4, 3), (inferred("height"), inferred("width"), CHANNEL)))]
    assert not [*spatial_warning(named(time=4, width=4))]
    assert not [*spatial_warning(nameless([4, 4, 3]))]


def test_embedding() -> None:
    made = op("Embedding", input_dim=10, output_dim=4)
    (result,) = made.results((Tensor(named(time=T), "float32"),))
    assert (str(result.shape), result.dtype) == ("[time: T, feature: 4]", "float32")
    assert made.weights_for((named(time=T),)) == {"embeddings": (10, 4)}
    with pytest.raises(Misfit) as caught:
        made.results((Tensor(named(time=T), "string"),))
    assert caught.value.code == "E210"


def test_embed_takes_its_sizes_from_the_file(tmp_path: Path) -> None:
    np.save(tmp_path / "words.npy", np.zeros((7, 3), "float32"))
    written = op("embed", vectors="words.npy")
    assert (written.mask_zero, written.trainable) == (True, False)
    made = written.located(str(tmp_path))
    assert made.output(named(time=T)) == Shape((T, 3), (given_axis("time"), FEATURE))
    weights = made.weights_for((named(time=T),))
    assert weights == {"embeddings": (7, 3)}
    assert made.frozen(weights) == {"embeddings"}
    assert made.arguments == written.arguments == {"vectors": "words.npy"}
    assert written.file is None
    assert made.file.path.endswith("words.npy")


def test_embed_with_a_file_at_fault(tmp_path: Path) -> None:
    np.save(tmp_path / "words.npy", np.zeros((7, 3), "float32"))
    with pytest.raises(Misfit) as caught:
        op("embed", vectors="other.npy").located(str(tmp_path))
    assert (caught.value.code, caught.value.parameter) == ("E111", "vectors")
    with pytest.raises(Misfit) as caught:
        op("embed", vectors="words.npy").located(None)
    assert caught.value.code == "E111"
    with pytest.raises(Misfit) as caught:
        op("embed", vectors="words.npy", output_dim=4).located(str(tmp_path))
    assert (caught.value.code, caught.value.parameter) == ("E202", "output_dim")
    (repair,) = caught.value.repairs
    assert isinstance(repair, SetArgument)
    assert repair.text == "3"


def test_what_arguments_parse_to_can_be_given_again() -> None:
    for word, arguments in (
        ("Reshape", {"target_shape": [{"time": 4}, -1, "T"]}),
        ("Dense", {"units": [{"time": 4}, 2]}),
        ("rearrange", {"pattern": "a (b c) -> c b a", "sizes": {"b": 2}}),
        ("Permute", {"dims": ["b", "a"]}),
        ("weight", {"shape": [4]}),
    ):
        made = op(word, **arguments)
        assert op(word, **made.arguments).arguments == made.arguments


def test_an_unknown_size_passes_through() -> None:
    nobody = unknown()
    x = nameless([nobody, 3])
    assert op("slice", axis=2, stop=2).output(x).sizes[0] is nobody
    assert op("reduce", axis=2).output(x).sizes == (nobody,)
    assert op("rearrange", pattern="a b -> b a").output(x).sizes == (3, nobody)
