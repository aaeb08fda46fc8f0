from typing import Any

import pytest

from specc.ops.making import ArgumentErrors, make
from specc.ops.misfit import InsertBefore, Misfit, Repair, Replace, SetArgument
from specc.ops.registry import find
from specc.shapes.axis import CHANNEL, FEATURE, NAMELESS, given
from specc.shapes.dim import Size, symbol, unknown
from specc.shapes.shape import Shape, nameless
from specc.shapes.tensor import Tensor

T = symbol("T")
N = unknown()


def layer(name: str, **arguments: Any) -> Any:
    cls = find(name)
    assert cls is not None
    return make(cls, arguments)


def reshape(*target: Any) -> Any:
    return layer("Reshape", target_shape=list(target))


def named(**axes: Size) -> Shape:
    return Shape(tuple(axes.values()), tuple(map(given, axes)))


def misfit(op: Any, x: Shape) -> Misfit:
    with pytest.raises(Misfit) as caught:
        op.output(x)
    return caught.value


def texts(repairs: tuple[Repair, ...]) -> list[tuple[type, str | None, str]]:
    return [(type(r), getattr(r, "text", None), r.applicability) for r in repairs]


@pytest.mark.parametrize(
    ("sizes", "target", "result"),
    [
        ([3, 4], [2, 6], "[2, 6]"),
        ([3, 4], [-1], "[12]"),
        ([3, 4], [None, 2], "[6, 2]"),
        ([3, 4], [{"time": 3}, {"feature": -1}], "[time: 3, feature: 4]"),
        ([1], [], "[]"),
        ([T, 4, 5], ["T", -1], "[T, 20]"),
        ([T, 4, 5], ["T", 20], "[T, 20]"),
        ([T, 4, 5], [-1, 20], "[T, 20]"),
        ([T, 4], [-1, 2, 2], "[T, 2, 2]"),
        ([T, 4], [-1], "[4*T]"),
        ([T, 4], [-1, 3], "[4*T // 3, 3]"),
        ([T, 6], [-1, 3], "[2*T, 3]"),
        ([T, 6], ["2*T", "3"], "[2*T, 3]"),
        ([2 * T, 4], ["T", -1], "[T, 8]"),
        ([T, 4], ["S", 2], "[S, 2]"),
        ([12], ["T", 4], "[T, 4]"),
        ([T, T], ["T", -1], "[T, T]"),
        ([N, 2], [4, 2], "[4, 2]"),
    ],
)
def test_sizes(sizes: list[Size], target: list[Any], result: str) -> None:
    assert str(reshape(*target).output(nameless(sizes))) == result


def test_an_unknown_size_that_is_left_over_is_the_same_one() -> None:
    assert reshape(-1, 4).output(nameless([N, 4])).sizes[0] == N
    assert reshape(-1, 2, 2).output(nameless([N, 4])).sizes[0] == N


@pytest.mark.parametrize(
    ("sizes", "target"),
    [
        ([26, 5, 32], [784]),
        ([20], [3, -1]),
        ([T, 4], ["T", 5]),
        ([T, 4], ["T", -1, 3]),
        ([T, 4], [7, 2]),
        ([12], ["T", 5]),
        ([T, 4], ["T", "T", 3]),
    ],
)
def test_elements_that_do_not_fit(sizes: list[Size], target: list[Any]) -> None:
    found = misfit(reshape(*target), nameless(sizes))
    assert (found.code, found.parameter) == ("E202", "target_shape")


def test_a_wrong_count_says_both_and_offers_the_right_one() -> None:
    found = misfit(reshape(784), nameless([26, 5, 32]))
    assert found.message == "4160 elements do not fit into 784: (26, 5, 32) against (784,)"
    assert any("total size of new array must be unchanged" in fact for fact in found.facts)
    assert texts(found.repairs) == [(SetArgument, "[4160]", "safe")]
    found = misfit(reshape({"time": 4}, 784), named(time=4, height=26, width=5, channel=32))
    assert texts(found.repairs) == [(SetArgument, "[time: 4, 4160]", "safe")]
    found = misfit(reshape(4, 10), nameless([4, 5]))
    assert texts(found.repairs) == [(SetArgument, "[4, 5]", "safe")]
    found = misfit(reshape(2, 2, 2), nameless([2, 2, 2, 2]))
    assert texts(found.repairs) == [
        (SetArgument, "[4, 2, 2]", "unsafe"),
        (SetArgument, "[2, 4, 2]", "unsafe"),
    ]


def test_names_of_axes_that_are_left_alone_stay() -> None:
    x = named(time=4, height=26, width=5, channel=32)
    assert str(reshape(4, 4160).output(x)) == "[time: 4, 4160]"
    assert str(reshape(4, 2, 13, 5, 32).output(x)) == "[time: 4, 2, 13, width: 5, channel: 32]"
    assert str(reshape(T, 12).output(named(time=T, height=3, width=4))) == "[time: T, 12]"
    assert str(reshape(4, 5, 1).output(named(time=4, channel=1, height=5))) == "[time: 4, height: 5, 1]"
    assert str(reshape(4, 1).output(named(time=4, feature=1))) == "[time: 4, feature: 1]"


def test_inferred_names_do_not_stay() -> None:
    x = Shape((4, 5), (given("time"), CHANNEL))
    assert reshape(4, 5).output(x).axes == (given("time"), NAMELESS)
    assert reshape(4, {"time": 5}).output(Shape((4, 5), (FEATURE, CHANNEL))).axes == (NAMELESS, given("time"))


def test_merging_splitting_and_renaming_named_axes_is_legal() -> None:
    x = named(time=12, height=4, width=5)
    assert (
        str(reshape({"time": 3}, {"step": 4}, {"feature": 20}).output(x)) == "[time: 3, step: 4, feature: 20]"
    )
    assert str(reshape({"frame": 12}, 20).output(x)) == "[frame: 12, 20]"
    assert (
        str(reshape({"feature": 40}, {"time": 1}).output(named(time=1, feature=40)))
        == "[feature: 40, time: 1]"
    )
    assert (
        str(reshape({"time": 40}, {"feature": 1}).output(named(time=1, feature=40)))
        == "[time: 40, feature: 1]"
    )


def test_a_cut_through_named_axes() -> None:
    found = misfit(reshape(2, 40, 1), named(time=40, series=2))
    assert (found.code, found.parameter) == ("E203", "target_shape")
    assert "would scramble `time` and `series`" in found.message
    assert texts(found.repairs) == [(InsertBefore, "Permute: [series, time]", "safe")]
    found = misfit(reshape(10, 2), named(series=2, time=10))
    assert texts(found.repairs) == [(Replace, "Permute: [time, series]", "safe")]
    found = misfit(reshape(4, 15), Shape((10, 6), (given("time"), FEATURE)))
    assert "`time` and its neighbours" in found.message
    assert found.repairs == ()
    assert ["rearrange" in fix.title for fix in found.fixes] == [True]


def test_a_name_cannot_go_to_other_elements() -> None:
    x = named(time=4, series=4)
    found = misfit(reshape({"series": 4}, {"time": 4}), x)
    assert found.code == "E203"
    assert texts(found.repairs) == [(Replace, "Permute: [series, time]", "safe")]
    found = misfit(reshape({"time": 2}, {"camera": 3}), named(camera=2, time=3))
    assert found.code == "E203"
    with pytest.raises(Misfit, match="two axes are called `a`") as raised:
        reshape({"a": 2}, {"a": 2})
    assert raised.value.code == "E203"


def test_an_ambiguous_order_is_the_users_choice() -> None:
    found = misfit(reshape(2, 4, 4), named(time=4, camera=4, series=2))
    assert texts(found.repairs) == [(Replace, "Permute: [series, time, camera]", "unsafe")]


def test_a_scramble_without_names_is_a_warning() -> None:
    x = nameless([40, 2])
    op = reshape(2, 40, 1)
    (found,) = op.warnings((x,), (op.output(x),))
    assert found.code == "W600"
    assert texts(found.repairs) == [(InsertBefore, "Permute: [2, 1]", "unsafe")]
    for target in ([80], [40, 2], [40, 1, 2], [4, 20]):
        op = reshape(*target)
        assert list(op.warnings((x,), (op.output(x),))) == []
    op = reshape(4, 2, 2)
    assert list(op.warnings((nameless([2, 2, 4]),), (nameless([4, 2, 2]),))) == []


@pytest.mark.parametrize(
    "target", [784, [0], [-2], [-1, -1], [None, -1], ["2*"], ["T / 2"], [True], [{"a": 1, "b": 2}], ["T T"]]
)
def test_targets_that_are_none(target: Any) -> None:
    with pytest.raises(ArgumentErrors) as caught:
        layer("Reshape", target_shape=target)
    assert [error.code for error in caught.value.errors] == ["E107"]


def test_flatten() -> None:
    x = named(time=4, height=3, width=2, channel=5)
    assert layer("Flatten").output(x) == Shape((120,), (FEATURE,))
    assert str(layer("Flatten", keep=["time"]).output(x)) == "[time: 4, feature: 30]"
    assert str(layer("Flatten", keep=["channel", "time"]).output(x)) == "[time: 4, channel: 5, feature: 6]"
    assert str(layer("Flatten", keep=1).output(nameless([T, 3, 2]))) == "[T, feature: 6]"
    assert str(layer("Flatten", keep="time").output(named(time=T))) == "[time: T, feature: 1]"
    assert str(layer("Flatten").output(nameless([]))) == "[feature: 1]"
    assert layer("Flatten").output(nameless([N])).sizes[0] == N
    assert misfit(layer("Flatten", keep=["camera"]), x).code == "E203"


def test_flatten_of_channels_first_takes_the_channel_last() -> None:
    x = nameless([3, 4, 5])
    assert layer("Flatten", data_format="channels_first").order(x) == ((), (1, 2, 0))
    assert layer("Flatten", data_format="channels_first", keep=[1]).order(x) == ((0,), (1, 2))
    assert layer("Flatten").order(x) == ((), (0, 1, 2))


def test_permute() -> None:
    x = named(time=4, height=3, width=2)
    assert str(layer("Permute", dims=[3, 1, 2]).output(x)) == "[width: 2, time: 4, height: 3]"
    assert (
        str(layer("Permute", dims=["width", "time", "height"]).output(x)) == "[width: 2, time: 4, height: 3]"
    )
    assert layer("Permute", dims=[2, 1]).places == ("any", "any")
    for dims in ([0, 3, 1, 2], ["width", "time"], ["width", "time", "depth"], ["time", "time", "width"]):
        assert misfit(layer("Permute", dims=dims), x).code == "E203"
    assert misfit(layer("Permute", dims=[2, 1]), x).code == "E200"


@pytest.mark.parametrize("dims", [[], [0, 2], [1, 3], [1, 1], [1, "time"], [True], 1])
def test_dims_that_are_no_order(dims: Any) -> None:
    with pytest.raises(ArgumentErrors):
        layer("Permute", dims=dims)


def test_repeat_vector() -> None:
    op = layer("RepeatVector", n=3)
    assert str(op.output(named(feature=4))) == "[time: 3, feature: 4]"
    assert [axis.given for axis in op.output(named(feature=4)).axes] == [False, True]


def test_integers_stay_integers() -> None:
    x = (Tensor(nameless([4]), "int32"),)
    dtypes = {
        name: layer(name, **arguments).results(x)[0].dtype
        for name, arguments in {
            "Reshape": {"target_shape": [4]},
            "Flatten": {},
            "Permute": {"dims": [1]},
            "RepeatVector": {"n": 2},
        }.items()
    }
    assert dtypes == {"Reshape": "int32", "Flatten": "int32", "Permute": "int32", "RepeatVector": "int32"}
