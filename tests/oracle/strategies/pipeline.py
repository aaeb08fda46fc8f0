"""The strategy of chains of layers."""

from typing import Any

from tests.oracle.draft import Draft, made_sizes, rank_of
from tests.oracle.strategies.images import IMAGES
from tests.oracle.strategies.registry import STRATEGIES, strategy

INSIDE = (
    *IMAGES,
    *("Activation", "BatchNormalization", "Conv2D", "Dense", "DepthwiseConv2D", "Dropout", "Flatten", "GRU"),
    *(
        "GlobalAveragePooling2D",
        "LayerNormalization",
        "LSTM",
        "MaxPooling2D",
        "Permute",
        "Rescaling",
        "Reshape",
    ),
    *("Softmax", "UpSampling2D", "ZeroPadding2D"),
)


def pipeline(draft: Draft) -> None:
    """Layers for images, and what may stand behind them, each for what the one before makes."""
    draft.arguments.pop("dtype", None)
    layers: list[Any] = []
    here = draft.shape if draft.given else None
    for _ in range(draft.rng.randint(1, 3)):
        fitting = [op for op in INSIDE if here is None or rank_of(draft.rng, op) == len(here)]
        inner = Draft(draft.rng, draft.rng.choice(fitting or ["Dense"]), here)
        inner.draw()
        strategy(inner)
        if here is None:
            draft.shapes[0], draft.dtype = inner.shape, inner.dtype
        layers.append({inner.op: inner.arguments})
        here = made_sizes(inner)
        if here is None:
            break
    draft.arguments["layers"] = layers


STRATEGIES |= {"Pipeline": pipeline}
