"""Adaptive pooling, and embeddings that are turned back."""

from typing import Any

import pytest

from specc.ops.declare import Op
from specc.ops.making import make
from specc.ops.misfit import Misfit, Replace
from specc.ops.registry import known
from specc.shapes.axis import CHANNEL, given
from specc.shapes.dim import unknown
from specc.shapes.shape import Shape, nameless
from specc.shapes.tensor import Tensor


def an_op(name: str, options: dict[str, Any] | None = None, **arguments: Any) -> Op:
    op = make(known(name), arguments)
    if options:
        vars(op)["options"] = options
    return op


def misfit(op: Op, *sizes: Any, dtype: str = "float32") -> Misfit:
    with pytest.raises(Misfit) as raised:
        op.results((Tensor(nameless(sizes), dtype),))
    return raised.value


def test_adaptive_pooling_makes_as_many_results_as_it_is_told():
    image = Shape((8, 9, 3), (given("height"), given("time"), CHANNEL))
    pooled = an_op("AdaptiveMaxPooling2D", output_size=[3, 12]).results((Tensor(image, "int32"),))[0]
    assert pooled.shape.sizes == (3, 12, 3)
    assert pooled.shape.axes == (given("height"), given("time"), CHANNEL)
    assert pooled.dtype == "int32"


@pytest.mark.parametrize("kind", ["Average", "Max"])
def test_a_window_wider_than_the_input_does_not_fit(kind: str):
    found = misfit(an_op(f"Adaptive{kind}Pooling1D", output_size=1), 8, 3)
    assert (found.code, found.parameter, found.axis) == ("E206", "output_size", 0)
    name = f"Global{kind}Pooling1D"
    assert found.repairs == (Replace(f"{name}: {{keepdims: true}}", f"pool everything by `{name}`"),)
    assert misfit(an_op(f"Adaptive{kind}Pooling2D", output_size=[4, 1]), 8, 8, 3).repairs == ()
    turned = misfit(an_op(f"Adaptive{kind}Pooling1D", output_size=3, data_format="channels_first"), 3, 1)
    assert (turned.code, turned.axis) == ("E206", 1)


def test_adaptive_windows_need_known_sizes():
    assert misfit(an_op("AdaptiveMaxPooling2D", output_size=2), 8, unknown(), 3).code == "E207"
    assert an_op("AdaptiveMaxPooling1D", output_size=2).results(
        (Tensor(nameless((8, unknown())), "float32"),)
    )


@pytest.mark.parametrize(
    ("name", "dtype"),
    [
        ("AdaptiveAveragePooling1D", "int32"),
        ("AdaptiveMaxPooling2D", "bool"),
        ("AdaptiveMaxPooling3D", "int8"),
    ],
)
def test_adaptive_pooling_refuses_what_tensorflow_cannot_pool(name: str, dtype: str):
    op = an_op(name, output_size=2)
    assert misfit(op, *(8,) * (len(op.places or ()) - 1), 3, dtype=dtype).code == "E210"


REVERSE = {"reverse": True}


def test_a_reversed_embedding_scores_every_index():
    there, back = (an_op("ReversibleEmbedding", o, input_dim=10, output_dim=4) for o in ({}, REVERSE))
    assert there.results((Tensor(nameless((5,)), "int32"),))[0].shape.sizes == (5, 4)
    assert back.results((Tensor(nameless((5, 4)), "float32"),))[0].shape.sizes == (5, 10)
    assert (
        there.weights_for((nameless((5,)),))
        == back.weights_for((nameless((5, 4)),))
        == {"embeddings": (10, 4)}
    )
    assert misfit(back, 5, 3).code == "E212"
    assert misfit(back).code == "E200"
    assert back.cost((nameless((5, 4)),), (nameless((5, 10)),)) == 5 * 10 * 2 * 4


def test_an_untied_embedding_has_a_matrix_for_the_way_back():
    op = an_op("ReversibleEmbedding", input_dim=10, output_dim=4, tie_weights=False)
    assert op.weights_for((nameless((5,)),)) == {"embeddings": (10, 4), "reverse_embeddings": (4, 10)}


@pytest.mark.parametrize(
    ("arguments", "dtype", "made"),
    [
        ({"dtype": "mixed_float16"}, "float16", "float32"),
        ({"dtype": "float16"}, "float16", "float16"),
        ({"dtype": "float16"}, "float32", "float32"),
        ({"dtype": "float64", "reverse_dtype": "float16"}, "float64", "float16"),
    ],
)
def test_scores_have_the_dtype_that_vectors_and_weights_make(
    arguments: dict[str, Any], dtype: str, made: str
):
    op = an_op("ReversibleEmbedding", REVERSE, input_dim=10, output_dim=4, **arguments)
    assert op.results((Tensor(nameless((4,)), dtype),))[0].dtype == made
