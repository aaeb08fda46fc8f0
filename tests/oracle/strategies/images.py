"""Strategies for the layers for images: small images, of the colours that a layer takes."""

from typing import Any

from specc.ops import catalog
from tests.oracle.draft import RANKS, Draft
from tests.oracle.strategies.registry import STRATEGIES, Strategy

IMAGES = tuple(
    name for family, names in catalog.FAMILIES.items() if family.startswith("image_") for name in names
)
COLORS = {
    **dict.fromkeys(("RandomColorDegeneration", "RandomColorJitter", "RandomHue", "RandomSaturation"), (3,)),
    **dict.fromkeys(("AugMix", "RandAugment", "RandomGrayscale"), (1, 3)),
}
"""The numbers of channels that layers take, where not any."""


def image(draft: Draft) -> None:
    """An image of a few pixels, its channels where `data_format` says."""
    if draft.given:
        return
    rng = draft.rng
    space = (rng.randint(4, 7), rng.randint(4, 7))
    channels = rng.choice(COLORS.get(draft.op, (1, 2, 3, 3, 4)))
    draft.shapes[0] = (channels, *space) if draft.channels_first else (*space, channels)


def sized(draft: Draft) -> None:
    """Sizes around those of the image."""
    image(draft)
    for name in ("height", "width"):
        draft.arguments[name] = draft.rng.randint(1, 9)


def last_mostly(draft: Draft) -> None:
    """Mostly the channels last, for what Keras does not do otherwise."""
    if draft.chance(0.8):
        draft.arguments.pop("data_format", None)
    image(draft)


def shear(draft: Draft) -> None:
    """Mostly ranges: a number is not loaded again."""
    for name in ("x_factor", "y_factor"):
        value: Any = draft.arguments.get(name, 0)
        if not isinstance(value, list) and draft.chance(0.9):
            draft.arguments[name] = [0, value]
    image(draft)


def equalization(draft: Draft) -> None:
    """Mostly images that are cast, of which alone Keras makes a functional model."""
    if not draft.given and draft.chance(0.7):
        draft.dtype = draft.rng.choice(("float16", "float64"))
    image(draft)


def erasing(draft: Draft) -> None:
    """Mostly a colour for images that have one."""
    image(draft)
    if isinstance(draft.arguments.get("fill_value"), list) and not draft.given and draft.chance(0.7):
        draft.arguments.pop("data_format", None)
        draft.shapes[0] = (5, 6, 3)


_OWN: dict[str, Strategy] = {
    **dict.fromkeys(("Resizing", "CenterCrop", "RandomCrop"), sized),
    **dict.fromkeys(("AutoContrast", "RandomColorJitter"), last_mostly),
    "Equalization": equalization,
    "RandomErasing": erasing,
    "RandomShear": shear,
}
STRATEGIES |= {name: _OWN.get(name, image) for name in IMAGES}
RANKS |= dict.fromkeys(IMAGES, (3,))
