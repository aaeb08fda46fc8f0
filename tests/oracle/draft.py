"""A layer while it is generated: its arguments, drawn by kind, and the sizes of its inputs."""

from random import Random
from typing import Any

from specc.ops import making
from specc.ops.declare import Op, parameters_of
from specc.ops.misfit import Misfit
from specc.shapes.shape import nameless
from specc.shapes.tensor import Tensor
from tests.oracle.case import Sizes, op_class
from tests.oracle.values import DTYPES, LISTED, good_value

KEEP = (
    "cell",
    "cells",
    "layer",
    "layers",
    "backward_layer",
    "weights",
    "noise_shape",
    "target_shape",
    "dims",
    "keep",
    "stateful",
    "dtype",
    "vocabulary",
    "sparse",
    "ragged",
)
"""Parameters that only a strategy gives."""

RANKS: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(("LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional"), (2,)),
    **dict.fromkeys(("Attention", "AdditiveAttention", "MultiHeadAttention"), (2, 2, 2, 3)),
    "GroupQueryAttention": (2,),
    "RepeatVector": (1,),
    "TimeDistributed": (2, 3),
}
"""The numbers of axes (no batch) to draw from, by op; others take any, or as their name says (`2D`)."""


class Draft:
    """The arguments of a layer and the sizes of its inputs; `given`: the first input stands already.

    `dtype` is that of the inputs, where `dtypes` has none for one of them, by its number.
    """

    def __init__(self, rng: Random, op: str, given: Sizes | None = None) -> None:
        self.rng = rng
        self.op = op
        self.cls: type[Op] = op_class(op)
        self.given = given is not None
        self.shapes: list[Sizes] = [given or _sizes(rng, op)]
        self.options: dict[str, Any] = {}
        self.dtype = "float32"
        self.dtypes: dict[int, str] = {}
        self.arguments: dict[str, Any] = {}
        self.batch: int | None = None

    def chance(self, probability: float) -> bool:
        """True as often as that."""
        return self.rng.random() < probability

    @property
    def shape(self) -> Sizes:
        """The sizes of the first input."""
        return self.shapes[0]

    @property
    def channels_first(self) -> bool:
        """Whether the features stand in front."""
        return self.arguments.get("data_format") == "channels_first"

    def get(self, name: str) -> Any:
        """The value of an argument, or its default."""
        return self.arguments.get(name, getattr(self.cls, name, None))

    def draw(self) -> None:
        """Required arguments, and a few of the others."""
        rng = self.rng
        share = rng.choice((0.0, 0.1, 0.25))
        for parameter in parameters_of(self.cls).values():
            name = parameter.name
            if name in KEEP or not (parameter.required or self.chance(_share(name, share))):
                continue
            if parameter.nullable and self.chance(0.05):
                self.arguments[name] = None
                continue
            value = good_value(rng, parameter, len(self.shape))
            if name in LISTED and isinstance(value, int) and _is_1d(self.op) and self.chance(0.3):
                value = [value]
            if value is not None:
                self.arguments[name] = value
        if self.chance(0.07):
            self.arguments["dtype"] = rng.choice(DTYPES)

    def per_axis(self, name: str, n: int) -> tuple[int, ...]:
        """The value of an argument for each of `n` axes."""
        value = self.get(name)
        return tuple(value) if isinstance(value, list | tuple) else (value,) * n


def _share(name: str, share: float) -> float:
    likely = (
        "padding",
        "strides",
        "data_format",
        "return_sequences",
        "axis",
        "axes",
        "activation",
        "merge_mode",
    )
    if name == "data_format":
        return 0.2
    return 0.4 if name in likely else share


def _is_1d(op: str) -> bool:
    return "1D" in op


def space_of(op: str) -> int:
    """How many axes of space an op over space has; 0 for others."""
    return next((n for n in (1, 2, 3) if f"{n}D" in op), 0)


def rank_of(rng: Random, op: str) -> int:
    """A number of axes (no batch) that the op takes."""
    n = space_of(op)
    if n and op not in RANKS:
        return n + (2 if op.startswith("ConvLSTM") else 1)
    return rng.choice(RANKS.get(op, (1, 2, 2, 3, 3, 4)))


def _sizes(rng: Random, op: str) -> Sizes:
    rank = rank_of(rng, op)
    low, high = (3, 7) if space_of(op) and rank < 5 else (2, 4)
    sizes = [rng.randint(low, high) for _ in range(rank)]
    if space_of(op):
        sizes[-1] = rng.choice((1, 2, 3, 4, 6))
    if rng.random() < 0.05:
        sizes[rng.randrange(rank)] = 1
    return tuple(sizes)


def made_sizes(draft: Draft) -> Sizes | None:
    """The sizes of what the layer makes, to put another one behind it; None where it does not fit."""
    try:
        op: Op = making.make(draft.cls, draft.arguments)
        if op.places is not None and len(op.places) != len(draft.shape):
            return None
        sizes = op.results(tuple(Tensor(nameless(s), draft.dtype) for s in draft.shapes))[0].shape.sizes
    except (making.ArgumentErrors, Misfit):
        return None
    known = tuple(size for size in sizes if isinstance(size, int))
    return known if known and len(known) == len(sizes) else None
