"""The losses, Keras's and `crf`, as a spec writes them, and what each expects of outputs and labels."""

from typing import Literal, NamedTuple

from specc.ops.families import Family, Object
from specc.ops.wants import (
    FLAG,
    FRACTION,
    INTEGER,
    INTEGERS,
    NAME_DTYPE,
    NUMBER,
    TEXT,
    Wants,
    either,
    one_of,
    optional,
)

_REDUCTION: Wants = {
    "reduction": optional(one_of("sum", "mean", "sum_over_batch_size", "mean_with_sample_weight", "none"))
}
_LOSS: Wants = {**_REDUCTION, **NAME_DTYPE}
_LOGITS: Wants = {"from_logits": FLAG}
_SMOOTHING: Wants = {"label_smoothing": FRACTION}
_AXIS: Wants = {"axis": INTEGER}
_AXES: Wants = {"axis": optional(either(INTEGER, INTEGERS))}
_FOCAL: Wants = {"alpha": NUMBER, "gamma": NUMBER}

Target = Literal["same", "classes", "ids", "sequence", "tags"]

CRF = "crf"
"""The loss of an output that a `crf` makes: the sequence's negative log-likelihood, specc's own."""


class LossFacts(NamedTuple):
    """What a loss reads.

    `target`: labels shaped as the output ("same"), one number of a class in place of the axis of classes
    ("classes"), one number per sample ("ids"), a sequence of numbers of any length ("sequence"), or, shaped
    as the output, the numbers that it has to find ("tags").
    `categorical`: the last axis of the output are classes, of which one is right. `probabilities`: the output
    must be probabilities, unless `from_logits` says otherwise. `rank`: the only number of axes it takes.
    """

    target: Target = "same"
    categorical: bool = False
    probabilities: bool = False
    rank: int | None = None


_SHORT = {
    "mse": "MeanSquaredError",
    "mae": "MeanAbsoluteError",
    "mape": "MeanAbsolutePercentageError",
    "msle": "MeanSquaredLogarithmicError",
    "bce": "BinaryCrossentropy",
}
SHORT_NAMES = {**_SHORT, **{short.upper(): name for short, name in _SHORT.items()}}
"""The abbreviations that Keras has for losses and for metrics."""

LOSSES = Family(
    "loss",
    "keras.losses",
    {
        "BinaryCrossentropy": {**_LOGITS, **_SMOOTHING, **_AXIS, **_LOSS},
        "BinaryFocalCrossentropy": {
            "apply_class_balancing": FLAG,
            **_FOCAL,
            **_LOGITS,
            **_SMOOTHING,
            **_AXIS,
            **_LOSS,
        },
        "CTC": _LOSS,
        "CategoricalCrossentropy": {**_LOGITS, **_SMOOTHING, **_AXIS, **_LOSS},
        "CategoricalFocalCrossentropy": {**_FOCAL, **_LOGITS, **_SMOOTHING, **_AXIS, **_LOSS},
        "CategoricalHinge": _LOSS,
        "Circle": {"gamma": NUMBER, "margin": NUMBER, "remove_diagonal": FLAG, **_LOSS},
        "CosineSimilarity": {**_AXIS, **_LOSS},
        "Dice": {**_REDUCTION, "name": optional(TEXT), **_AXES, "dtype": NAME_DTYPE["dtype"]},
        "Hinge": _LOSS,
        "Huber": {"delta": NUMBER, **_LOSS},
        "KLDivergence": _LOSS,
        "LogCosh": _LOSS,
        "MeanAbsoluteError": _LOSS,
        "MeanAbsolutePercentageError": _LOSS,
        "MeanSquaredError": _LOSS,
        "MeanSquaredLogarithmicError": _LOSS,
        "Poisson": _LOSS,
        "SparseCategoricalCrossentropy": {
            **_LOGITS,
            "ignore_class": optional(INTEGER),
            **_REDUCTION,
            **_AXIS,
            **NAME_DTYPE,
        },
        "SquaredHinge": _LOSS,
        "Tversky": {
            "alpha": NUMBER,
            "beta": NUMBER,
            **_REDUCTION,
            "name": optional(TEXT),
            **_AXES,
            "dtype": NAME_DTYPE["dtype"],
        },
        CRF: {},
    },
    aliases={
        **SHORT_NAMES,
        "kld": "KLDivergence",
        "KLD": "KLDivergence",
    },
)

_FACTS = {
    "BinaryCrossentropy": LossFacts(probabilities=True),
    "BinaryFocalCrossentropy": LossFacts(probabilities=True),
    CRF: LossFacts("tags"),
    "CTC": LossFacts("sequence", rank=2),
    "CategoricalCrossentropy": LossFacts(categorical=True, probabilities=True),
    "CategoricalFocalCrossentropy": LossFacts(categorical=True, probabilities=True),
    "CategoricalHinge": LossFacts(categorical=True),
    "Circle": LossFacts("ids", rank=1),
    "KLDivergence": LossFacts(probabilities=True),
    "SparseCategoricalCrossentropy": LossFacts("classes", categorical=True, probabilities=True),
}


def loss_facts(loss: str | Object) -> LossFacts:
    """What a loss that `LOSSES` has read expects of outputs and labels."""
    return _FACTS.get(LOSSES.class_of(loss), LossFacts())
