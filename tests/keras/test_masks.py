"""Masks are handed on as the installed Keras does it, and reach what needs them across what specc puts between."""

import inspect
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import pytest

from specc.backends.keras.lower import lower
from specc.backends.keras.verify import verify
from specc.ir.masked import Masked
from specc.ops import registry
from specc.ops.declare import Example, Op
from specc.ops.misfit import Misfit
from specc.passes.masks.masked import masked
from tests.keras.network import Network, make

SAME_TENSOR = ("MaxNumBoundingBoxes",)
"""What may give the very tensor that it is given, and with it, when the model runs, a mask that is not announced."""

SINGULAR = ("ops.cholesky", "ops.inv", "ops.solve")
"""Functions that fail where padding makes a matrix singular; whatever masks their values have."""

MORE: list[tuple[str, dict[str, Any], tuple[tuple[int, ...], ...]]] = [
    ("TimeDistributed", {"layer": {"LSTM": 2}}, ((4, 5, 3),)),
    ("TimeDistributed", {"layer": {"LSTM": {"units": 2, "return_sequences": True}}}, ((4, 5, 3),)),
    ("TimeDistributed", {"layer": "Softmax"}, ((4, 5, 3),)),
    ("TimeDistributed", {"layer": "BatchNormalization"}, ((4, 5, 3),)),
    ("TimeDistributed", {"layer": "GlobalAveragePooling1D"}, ((4, 5, 3),)),
    ("TimeDistributed", {"layer": {"TimeDistributed": {"layer": {"Dense": 2}}}}, ((4, 5, 3),)),
    (
        "Bidirectional",
        {"layer": {"LSTM": {"units": 2, "return_sequences": True}}, "merge_mode": None},
        ((4, 3),),
    ),
    (
        "Bidirectional",
        {"layer": {"LSTM": {"units": 2, "return_sequences": True, "return_state": True}}},
        ((4, 3),),
    ),
    ("ConvLSTM2D", {"filters": 2, "kernel_size": 3, "return_sequences": True}, ((4, 6, 6, 3),)),
    (
        "ConvLSTM2D",
        {"filters": 2, "kernel_size": 3, "padding": "same", "return_sequences": True},
        ((4, 6, 6, 3),),
    ),
    ("MultiHeadAttention", {"num_heads": 1, "key_dim": 2}, ((4, 5, 3), (4, 5, 3))),
    ("MultiHeadAttention", {"num_heads": 1, "key_dim": 2, "attention_axes": 1}, ((4, 5, 3), (4, 5, 3))),
    ("Attention", {}, ((4, 5, 3), (4, 5, 3))),
    ("Add", {}, ((4, 3), (1, 3))),
    ("Add", {}, ((4, 3), (3,))),
    ("Concatenate", {"axis": 1}, ((4, 5, 3), (2, 5, 3))),
    ("GlobalAveragePooling1D", {"keepdims": True}, ((4, 3),)),
    ("GlobalAveragePooling1D", {"data_format": "channels_first"}, ((4, 3),)),
    ("Softmax", {"axis": [1, 2]}, ((4, 3),)),
    ("Pipeline", {"layers": [{"Rescaling": 2.0}, {"Dense": 2}]}, ((4, 3),)),
    ("BatchNormalization", {}, ((6,),)),
    ("ops.cast", {"dtype": "float32"}, ((4, 3),)),
    ("ops.saturate_cast", {"dtype": "float32"}, ((4, 3),)),
]

GIVEN_BACK = ("abs", "conj", "nan_to_num", "real", "round", "trunc")
"""Functions that give back the very integers that they are given, or some of them."""


TWICE = [
    ("Add", {}),
    ("Concatenate", {}),
    ("LayerNormalization", {}),
    ("BatchNormalization", {}),
    ("Dense", {"units": 3}),
    ("LSTM", {"units": 3, "return_sequences": True}),
    ("MultiHeadAttention", {"num_heads": 1, "key_dim": 2}),
    ("TimeDistributed", {"layer": {"Dense": 3}}),
]
"""Layers that hand masks on, in turn behind attention that takes the mask off what they read."""


def _cases() -> Iterator[Any]:
    """Every op with its examples, and the values that it reads masked: all, the first alone, all but the first."""
    several = [
        (word, example) for word in registry.names() for example in (registry.find(word) or Op).examples
    ]
    several += [(word, Example(arguments, shapes)) for word, arguments, shapes in MORE]
    several += [(f"ops.{word}", Example({}, ((4, 3),), "int32")) for word in GIVEN_BACK]
    for i, (word, example) in enumerate(several):
        if all(example.shapes) and example.dtype != "string":
            for which in ("all", "first", "others") if len(example.shapes) > 1 else ("all",):
                yield pytest.param(word, example, which, id=f"{word}-{i}-{which}")


def _array(sizes: tuple[int, ...], dtype: str) -> Any:
    """Two samples; the end of the first is padding."""
    random = np.random.default_rng(0)
    x = (
        random.integers(1, 3, (2, *sizes))
        if dtype.startswith("int")
        else random.uniform(0.2, 0.9, (2, *sizes))
    )
    x[0, (sizes[0] + 1) // 2 :] = 0
    return x.astype(dtype)


def _flat(made: Any) -> list[Any]:
    return keras.tree.flatten(made)


def _shapes(tensors: list[Any]) -> list[tuple[int | None, ...] | None]:
    masks = [getattr(x, "_keras_mask", None) for x in tensors]
    return [None if mask is None else tuple(mask.shape)[1:] for mask in masks]


def _sizes(found: Masked, values: tuple[int, ...]) -> list[tuple[Any, ...] | None]:
    masks = [found.types[v].mask for v in values]
    return [None if mask is None else mask.sizes for mask in masks]


@pytest.mark.filterwarnings("ignore:.*passed an input with a mask:UserWarning")
@pytest.mark.parametrize(("word", "example", "which"), list(_cases()))
def test_masks_are_those_of_keras(word: str, example: Example, which: str) -> None:
    network = Network()
    read: list[int] = []
    for i, sizes in enumerate(example.shapes):
        x = network.input(f"x{i}", *sizes, dtype=example.dtype)
        is_masked = which == "all" or (which == "first") == (i == 0)
        read.append(network.add(make("Masking"), x, name=f"masking{i}") if is_masked else x)
    op = make(word, example.arguments)
    values = network.add_all(op, *read, name="layer")
    explicit = network.explicit(**{f"out{i}": v for i, v in enumerate(values)})
    faults: list[Misfit] = []
    found = masked(explicit, lambda misfit, _: faults.append(misfit))
    arrays = [_array(sizes, example.dtype) for sizes in example.shapes]
    built = lower(explicit, seed=1)
    try:
        run = _flat(built.model(arrays if len(arrays) > 1 else arrays[0], training=True))
    except Exception as error:
        assert faults or word in SINGULAR, error
        return
    assert not faults
    wanted, made = _sizes(found, values), _shapes(run)
    if op.carries_mask:  # Keras hands none on, but where nothing had to be done
        assert all(mask in (None, size) for mask, size in zip(made, wanted, strict=True))
    elif word not in SAME_TENSOR:
        assert made == wanted
    assert verify(built, explicit, network.weights) == []


def test_a_mask_that_keras_makes_only_when_the_model_runs() -> None:
    network = Network()
    words = {"input_dim": 5, "output_dim": 3, "mask_zero": True}
    y = network.add(make("ReversibleEmbedding", words), network.input("x", 4, dtype="int32"), name="words")
    explicit = network.explicit(y=network.add(make("LayerNormalization"), y, name="norm"))
    built = lower(explicit, seed=1)
    assert _shapes(_flat(built.model(_array((4,), "int32")))) == _sizes(masked(explicit), (y,)) == [(4,)]
    assert verify(built, explicit, network.weights) == []


@pytest.mark.parametrize("second", TWICE, ids=lambda each: each[0])
@pytest.mark.parametrize("first", TWICE, ids=lambda each: each[0])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_attention_takes_masks_off(
    first: tuple[str, dict[str, Any]], second: tuple[str, dict[str, Any]], order: tuple[int, int]
) -> None:
    """What is written into the model while it is built, and what there is when it runs."""
    network = Network()
    x = network.add(make("Masking"), network.input("x", 4, 3), name="masking")
    attention = network.add(
        make("MultiHeadAttention", {"num_heads": 1, "key_dim": 2}), x, x, name="attention"
    )
    made: list[int] = []
    for i, (word, arguments) in enumerate((first, second)):
        before = made[0] if made else x
        joins = word in ("Add", "Concatenate")
        if joins and network.types[before].shape.sizes != (4, 3):
            before = x
        read = (
            (before, attention) if joins else (before, before) if word == "MultiHeadAttention" else (before,)
        )
        made.append(network.add(make(word, arguments), *read, name=f"layer{i}"))
    outputs = {f"out{i}": made[i] for i in order}
    explicit = network.explicit(**outputs)
    found = masked(explicit)
    run = lower(explicit, seed=1).model(_array((4, 3), "float32"), training=True)
    wanted = [
        None if v in found.taken else size for v, size in zip(made, _sizes(found, tuple(made)), strict=True)
    ]
    assert _shapes([run["out0"], run["out1"]]) == wanted


def test_calls_take_masks_as_declared() -> None:
    classes = {name: getattr(keras.layers, name, None) for name in registry.names()}
    takes = {
        n
        for n, cls in classes.items()
        if cls is not None and "mask" in inspect.signature(cls.call).parameters
    }
    declared = {n for n in classes if (registry.find(n) or Op).takes_mask}
    assert declared - {"crf"} == takes - {"Attention", "AdditiveAttention"}  # which take a list of them
