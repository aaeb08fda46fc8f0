"""The strategies of lookups, encodings, hashes and spectrograms."""

from typing import Any

from tests.oracle.draft import RANKS, Draft
from tests.oracle.strategies.registry import STRATEGIES
from tests.oracle.values import TEXTS

LOOKUPS = ("StringLookup", "IntegerLookup", "TextVectorization")


def _new_shape(draft: Draft, sizes: tuple[int, ...], probability: float = 0.85) -> None:
    if not draft.given and draft.chance(probability):
        draft.shapes[0] = sizes


def encoder(draft: Draft) -> None:
    """Indices; one axis of them where they are encoded together."""
    rng, mode = draft.rng, draft.get("output_mode")
    if mode in ("multi_hot", "count", "tf_idf"):
        _new_shape(draft, (rng.randint(1, 4),))
    if draft.chance(0.12) and not draft.given:
        draft.shapes[0] = rng.choice(((), (1,), (3, 1), (1, 1)))
    if draft.op not in LOOKUPS and draft.chance(0.1):
        draft.arguments["dtype"] = rng.choice(("int32", "int64", "float16", "mixed_float16", "float64"))
    if draft.chance(0.04):
        draft.arguments["sparse"] = draft.chance(0.3)


def category_encoding(draft: Draft) -> None:
    if len(draft.shape) > 1 and draft.chance(0.8):
        draft.arguments["output_mode"] = "one_hot"
    encoder(draft)
    if draft.get("num_tokens") is None and draft.chance(0.9):
        draft.arguments["num_tokens"] = draft.rng.randint(1, 5)
    if draft.chance(0.9):
        draft.dtype = draft.rng.choice(("int32", "int64", "int64", "float32", "bool", "uint8"))


def discretization(draft: Draft) -> None:
    encoder(draft)
    if draft.chance(0.9):
        numbers = [draft.rng.choice((0, 0.5, 1, -3, 2.5)) for _ in range(draft.rng.randint(0, 4))]
        draft.arguments["bin_boundaries"] = sorted(numbers)
    if draft.chance(0.95):
        draft.arguments.pop("num_bins", None)
    if draft.chance(0.3):
        draft.dtype = draft.rng.choice(("int32", "bool", "float16", "uint8", "uint64", "int64", "bfloat16"))


def hashing(draft: Draft) -> None:
    encoder(draft)
    rng = draft.rng
    if draft.get("output_mode") == "one_hot":
        _new_shape(draft, (*draft.shape[:-1], 1))
    draft.dtype = rng.choice(("string", "string", "int32", "int64", "uint64", "float32", "bool", "float16"))
    if draft.chance(0.2):
        values = {"string": "a b", "bool": True, "float32": 0.5, "float16": 1}
        draft.arguments["mask_value"] = values.get(draft.dtype, 3)
    if draft.chance(0.2):
        draft.arguments["salt"] = rng.choice((0, 7, -3, [1, 2]))
    if draft.get("output_mode") == "int" and draft.chance(0.9):
        draft.arguments.pop("dtype", None)
        if draft.chance(0.2):
            draft.arguments["dtype"] = rng.choice(("int32", "int64"))


def crossing(draft: Draft) -> None:
    rng = draft.rng
    shape = rng.choice(((), (1,)))
    draft.shapes = [shape, shape]
    draft.dtype = rng.choice(("string", "int32", "int64", "uint8"))
    if draft.chance(0.1):
        draft.shapes[rng.randrange(2)] = rng.choice(((), (1,), (2,)))
    if draft.chance(0.15):
        draft.arguments["dtype"] = rng.choice(("int32", "int64", "float16", "mixed_float16", "float64"))


def _vocabulary(draft: Draft, known: list[Any], more: list[Any], special: list[Any]) -> None:
    """A vocabulary that holds what the batches hold, now and then behind what is reserved."""
    rng = draft.rng
    if draft.chance(0.95):
        tokens = [*known, *rng.sample(more, rng.randint(0, len(more)))]
        rng.shuffle(tokens)
        in_front = special if draft.chance(0.15) else []
        draft.arguments["vocabulary"] = [*in_front, *tokens]
    count = len(draft.arguments.get("vocabulary", ()))
    if draft.get("output_mode") == "tf_idf":
        if draft.chance(0.95):
            draft.arguments["idf_weights"] = [rng.choice((0.5, 1, 2.25)) for _ in range(count)]
    else:
        draft.arguments.pop("idf_weights", None)
    if draft.chance(0.2):
        draft.arguments["max_tokens"] = rng.randint(2, count + 9)
    if draft.get("max_tokens") is None and draft.chance(0.9):
        draft.arguments.pop("pad_to_max_tokens", None)


def lookup(draft: Draft) -> None:
    encoder(draft)
    rng, of_text = draft.rng, draft.op == "StringLookup"
    inverted = draft.get("invert")
    if inverted and draft.chance(0.9):
        draft.arguments.pop("output_mode", None)
    if draft.chance(0.15):
        draft.arguments["num_oov_indices"] = rng.choice((0, 0, 2, 3))
    if draft.chance(0.15):
        draft.arguments["mask_token"] = "" if of_text else 99
    if draft.chance(0.1):
        draft.arguments["oov_token"] = "none" if of_text else -7
    masked = draft.get("mask_token") is not None and draft.get("output_mode") == "int"
    special = [draft.get("mask_token")] * masked + [draft.get("oov_token")] * draft.get("num_oov_indices")
    _vocabulary(draft, list(TEXTS) if of_text else [0], ["c", "d", "e"] if of_text else [5, 6, -4], special)
    if draft.chance(0.15):
        draft.arguments["salt"] = rng.choice((0, 7, [1, 2]))
        if not of_text and draft.chance(0.8):
            draft.arguments["oov_method"] = "farmhash"
    if draft.chance(0.95):
        draft.dtype = (
            "string" if of_text and not inverted else rng.choice(("int32", "int64", "uint8", "float32"))
        )


def vectorization(draft: Draft) -> None:
    rng = draft.rng
    encoder(draft)
    if draft.chance(0.2):
        draft.arguments["split"] = None
    if draft.get("split") is not None:
        _new_shape(draft, rng.choice(((), ()) if draft.get("output_mode") != "int" else ((), (1,))))
    elif draft.get("output_mode") != "one_hot":
        _new_shape(draft, (rng.randint(1, 4),))
    if draft.get("output_mode") != "int" and draft.chance(0.9):
        draft.arguments.pop("output_sequence_length", None)
    if draft.get("split") is not None and draft.get("output_mode") == "one_hot" and draft.chance(0.6):
        draft.arguments["output_mode"] = "multi_hot"
    if draft.chance(0.2):
        draft.arguments["ngrams"] = rng.choice((1, 2, [2], [1, 3]))
    _vocabulary(
        draft,
        ["a", "b"],
        ["c", "d", "a b"],
        ["", "[UNK]"] if draft.get("output_mode") == "int" else ["[UNK]"],
    )
    if draft.chance(0.04):
        draft.arguments["ragged"] = draft.chance(0.3)
    if draft.chance(0.97):
        draft.dtype = "string"


def stft(draft: Draft) -> None:
    rng = draft.rng
    length = draft.arguments["frame_length"] = rng.randint(1, 9)
    if draft.chance(0.5) or length == 1:
        draft.arguments["frame_step"] = rng.randint(1, length)
    if draft.chance(0.3):
        draft.arguments["fft_length"] = rng.randint(length, 16)
    if draft.chance(0.3):
        draft.arguments["window"] = rng.choice(("hamming", "tukey", None, [0.5] * length))
    sizes = (rng.randint(length, 24), rng.randint(1, 3))
    _new_shape(draft, sizes[::-1] if draft.channels_first else sizes, 0.95)


def mel(draft: Draft) -> None:
    rng = draft.rng
    fft = draft.arguments["fft_length"] = rng.randint(1, 16)
    stride = draft.arguments["sequence_stride"] = rng.randint(2, 9)
    if draft.chance(0.3):
        draft.arguments["sequence_length"] = rng.randint(1, fft)
    if draft.chance(0.3):
        length = draft.get("sequence_length") or fft
        draft.arguments["window"] = rng.choice(("hamming", None, [0.5] * length))
    frames = rng.randint(1, 4)
    _new_shape(draft, (max(fft, frames * stride + fft % 2),), 0.95)
    if draft.chance(0.2):
        draft.dtype = rng.choice(("int32", "bool", "float16", "float64", "uint8"))


STRATEGIES |= {
    "CategoryEncoding": category_encoding,
    "Discretization": discretization,
    "Hashing": hashing,
    "HashedCrossing": crossing,
    **dict.fromkeys(LOOKUPS, lookup),
    "TextVectorization": vectorization,
    "STFTSpectrogram": stft,
    "MelSpectrogram": mel,
}
RANKS |= {
    "STFTSpectrogram": (2,),
    **dict.fromkeys(("MelSpectrogram", "TextVectorization"), (1,)),
    **dict.fromkeys(("CategoryEncoding", "Discretization", "Hashing", *LOOKUPS[:2]), (1, 1, 1, 2, 3)),
}
