"""The strategies of functions of images."""

from typing import Any

from tests.oracle.draft import RANKS, Draft
from tests.oracle.strategies.registry import STRATEGIES

NAMES = ("resize", "rgb_to_grayscale", "rgb_to_hsv", "hsv_to_rgb", "pad_images", "crop_images")


def picture(draft: Draft) -> None:
    """Images of three channels, wherever those are."""
    if not draft.given:
        sizes: list[int] = [draft.rng.randint(2, 6), draft.rng.randint(2, 6)]
        sizes.insert(0 if draft.channels_first else 2, draft.rng.choice((3, 3, 3, 1)))
        draft.shapes[0] = tuple(sizes)
        if draft.chance(0.3):
            draft.dtype = draft.rng.choice(
                ("uint8", "int32", "float16", "float64", "bfloat16", "bool", "string")
            )


def resize(draft: Draft) -> None:
    picture(draft)
    draft.arguments["size"] = [draft.rng.randint(1, 8), draft.rng.randint(1, 8)]
    if draft.chance(0.9):
        draft.arguments.pop("pad_to_aspect_ratio", None)


def border(draft: Draft) -> None:
    """Two of three for height and for width."""
    picture(draft)
    word = "padding" if "pad" in draft.op else "cropping"
    kept: dict[str, Any] = {n: v for n, v in draft.arguments.items() if n == "data_format"}
    for at, ends in enumerate((("top", "bottom", "height"), ("left", "right", "width"))):
        size = draft.shape[at + (1 if draft.channels_first else 0)]
        names = [f"{ends[0]}_{word}", f"{ends[1]}_{word}", f"target_{ends[2]}"]
        values = [draft.rng.randint(0, 2), draft.rng.randint(0, 2), size + (2 if word == "padding" else -1)]
        left_out = draft.rng.randrange(3) if draft.chance(0.95) else 3
        kept |= {n: v for i, (n, v) in enumerate(zip(names, values, strict=True)) if i != left_out}
    draft.arguments = kept


RANKS |= dict.fromkeys((f"ops.image.{name}" for name in NAMES), (3,))
STRATEGIES |= {
    **dict.fromkeys((f"ops.image.{name}" for name in NAMES), picture),
    "ops.image.crop_images": border,
    "ops.image.pad_images": border,
    "ops.image.resize": resize,
}
