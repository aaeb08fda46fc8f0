"""The losses, Keras's and `crf`, as a spec writes them, and what each expects of outputs and labels."""

from typing import NamedTuple

from specc.ops.families import Family, Object, argument, snake_case
from specc.ops.labels import Labels
from specc.ops.wants import (
    FLAG,
    FRACTION,
    INTEGER,
    INTEGERS,
    NAME_DTYPE,
    NUMBER,
    PART,
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

CRF = "crf"
"""The loss of an output that a `crf` makes: the sequence's negative log-likelihood, specc's own."""


class LossFacts(NamedTuple):
    """What a loss reads.

    `labels`: the labels that it takes. `categorical`: the last axis of the output are classes, of which one is right.
    `probabilities`: the output must be probabilities, unless `from_logits` says otherwise. `rank`: the only number of
    axes it takes. `pools`: one number is made of the whole batch, so that there is nothing to weigh samples by.
    """

    labels: Labels = Labels()
    categorical: bool = False
    probabilities: bool = False
    rank: int | None = None
    pools: bool = False


_SHORT = {
    "mse": "MeanSquaredError",
    "mae": "MeanAbsoluteError",
    "mape": "MeanAbsolutePercentageError",
    "msle": "MeanSquaredLogarithmicError",
    "bce": "BinaryCrossentropy",
}
SHORT_NAMES = {**_SHORT, **{short.upper(): name for short, name in _SHORT.items()}}
"""The abbreviations that Keras has for losses and for metrics."""

_UNNAMED = "CategoricalGeneralizedCrossEntropy"
"""A class that Keras's `get` does not know by its name."""

_LOSSES: dict[str, Wants] = {
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
    _UNNAMED: {"q": PART, **_LOSS},
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
}
_ALIASES = {**SHORT_NAMES, "kld": "KLDivergence", "KLD": "KLDivergence"}
_SPELLED = {spelling: name for name in _LOSSES for spelling in (snake_case(name), name)} | _ALIASES

LOSSES = Family(
    "loss",
    "keras.losses",
    _LOSSES,
    aliases=_ALIASES,
    bare={spelling: snake_case(name) for spelling, name in _SPELLED.items() if name != _UNNAMED},
    refused={
        **dict.fromkeys(
            ("crossentropy", "cross_entropy", "ce"),
            "is whichever crossentropy Keras guesses from shapes: write `binary_crossentropy`,"
            " `categorical_crossentropy` or `sparse_categorical_crossentropy`",
        ),
        "rmse": "is a metric of Keras, and no loss: `mean_squared_error` is least at the same place",
        **{
            spelling: f"is no name that Keras knows: write `{{{name}: {{}}}}`"
            for spelling, name in _SPELLED.items()
            if name == _UNNAMED
        },
    },
)

_SAME = Labels(refuses=True, values="fractions")
_ONE_HOT = Labels(whole=True, values="distribution")
_OVERLAP = LossFacts(Labels(values="fractions"), probabilities=True, pools=True)

_FACTS = {
    "BinaryCrossentropy": LossFacts(_SAME, probabilities=True),
    "BinaryFocalCrossentropy": LossFacts(_SAME, probabilities=True),
    CRF: LossFacts(Labels("tags", refuses=True, values="classes")),
    "CTC": LossFacts(Labels("sequence", refuses=True, values="sequence"), rank=2),
    "CategoricalCrossentropy": LossFacts(
        _ONE_HOT._replace(refuses=True), categorical=True, probabilities=True
    ),
    "CategoricalFocalCrossentropy": LossFacts(_ONE_HOT, categorical=True, probabilities=True),
    _UNNAMED: LossFacts(
        Labels("classes", drops=False, values="classes"), categorical=True, probabilities=True
    ),
    "CategoricalHinge": LossFacts(_ONE_HOT._replace(values="binary"), categorical=True),
    "Circle": LossFacts(Labels("ids", refuses=True), rank=1),
    "CosineSimilarity": LossFacts(Labels(whole=True)),
    "Dice": _OVERLAP,
    "Hinge": LossFacts(Labels(values="signs")),
    "KLDivergence": LossFacts(_ONE_HOT, probabilities=True),
    "MeanAbsolutePercentageError": LossFacts(Labels(values="nonzero")),
    "MeanSquaredLogarithmicError": LossFacts(Labels(values="counts")),
    "Poisson": LossFacts(Labels(values="counts")),
    "SparseCategoricalCrossentropy": LossFacts(
        Labels("classes", refuses=True, values="classes"), categorical=True, probabilities=True
    ),
    "SquaredHinge": LossFacts(Labels(values="signs")),
    "Tversky": _OVERLAP,
}
_ALL = LossFacts()


def loss_facts(loss: str | Object) -> LossFacts:
    """What a loss that `LOSSES` has read expects of outputs and labels."""
    facts = _FACTS.get(LOSSES.class_of(loss), _ALL)
    if facts.pools and argument(loss, "axis") is not None:
        return facts._replace(labels=facts.labels._replace(whole=True), pools=False)
    return facts
