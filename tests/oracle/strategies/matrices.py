"""The strategies of functions of matrices, of signals and of blocks of pixels."""

from specc.ops import catalog
from tests.oracle.draft import RANKS, Draft
from tests.oracle.strategies.registry import STRATEGIES


def _drawn(draft: Draft, *others: str) -> None:
    if draft.chance(0.25) and not draft.given:
        draft.dtype = draft.rng.choice(
            ("float64", "float64", "float16", "int32", "bool", "bfloat16", *others)
        )


def rectangular(draft: Draft) -> None:
    """Matrices of any sizes."""
    _drawn(draft)


def square(draft: Draft) -> None:
    """Square matrices, many of one number."""
    if not draft.given and draft.chance(0.9):
        n = draft.rng.choice((1, 1, 2, 3))
        draft.shapes[0] = (*draft.shape[:-2], n, n)
    _drawn(draft)


def solving(draft: Draft) -> None:
    """A list or a matrix for each square matrix."""
    square(draft)
    rows = draft.shape[:-1] if draft.chance(0.9) else (*draft.shape[:-2], draft.shape[-1] + 1)
    draft.shapes.append(rows if draft.chance(0.5) else (*rows, draft.rng.randint(1, 3)))


def points(draft: Draft) -> None:
    """Another list of points in the same space."""
    outer = [1 if draft.chance(0.15) else size for size in draft.shape[:-2]]
    count = [draft.rng.randint(1, 4)] * (len(draft.shape) > 1)
    draft.shapes.append((*outer, *count, draft.shape[-1] + draft.chance(0.1)))
    _drawn(draft, "int64", "uint8")


def complex_numbers(draft: Draft) -> None:
    """Real and imaginary parts alike."""
    if not draft.given:
        draft.shapes[0] = tuple(max(size, 2) for size in draft.shape)
    draft.shapes.append(draft.shape if draft.chance(0.93) else (*draft.shape[:-1], draft.shape[-1] + 1))
    if "fft_length" in draft.arguments:
        draft.arguments["fft_length"] = draft.rng.randint(1, 8)
    _drawn(draft)


def real_numbers(draft: Draft) -> None:
    """Any signal."""
    if "fft_length" in draft.arguments:
        draft.arguments["fft_length"] = draft.rng.randint(1, 8)
    _drawn(draft)


def _cut(draft: Draft) -> None:
    """Short sequences in longer frames."""
    length = draft.rng.randint(1, 4)
    frame = length + draft.rng.randint(0, 2) if draft.chance(0.93) else length - 1
    draft.arguments |= {
        "sequence_length": length,
        "sequence_stride": draft.rng.randint(1, 3),
        "fft_length": max(frame, 1),
    }
    if draft.chance(0.3):
        count = length if draft.chance(0.9) else length + 1
        draft.arguments["window"] = draft.rng.choice((None, "hamming", [0.5] * count))


def stft(draft: Draft) -> None:
    """Signals of some length."""
    if not draft.given:
        draft.shapes[0] = (*draft.shape[:-1], draft.rng.randint(3, 9))
    _cut(draft)
    _drawn(draft)


def istft(draft: Draft) -> None:
    """As many frequencies as there are in a frame."""
    _cut(draft)
    draft.arguments.pop("length", None)
    if not draft.given:
        frequencies = draft.arguments["fft_length"] // 2 + 1
        draft.shapes[0] = (*draft.shape[:-2], draft.rng.randint(2, 5), frequencies)
    if draft.chance(0.3):
        draft.arguments["length"] = draft.rng.randint(1, 6)
    draft.shapes.append(draft.shape)
    _drawn(draft)


def sequences(draft: Draft) -> None:
    """Sequences that mostly fit."""
    draft.arguments |= {
        "sequence_length": draft.rng.randint(1, draft.shape[-1] + (draft.chance(0.1))),
        "sequence_stride": draft.rng.randint(1, 3),
    }
    _drawn(draft, "string")


def blocks(draft: Draft) -> None:
    """Pictures that mostly come out."""
    size = draft.arguments["block_size"] = draft.rng.choice((2, 2, 3))
    deep = draft.op == "ops.depth_to_space"
    if not draft.given and draft.chance(0.85):
        sizes = [n if deep else n * size for n in draft.shape[:2]]
        sizes.insert(0 if draft.channels_first else 2, draft.shape[2] * (size**2 if deep else 1))
        draft.shapes[0] = tuple(sizes)
    _drawn(draft, "string")


def area(draft: Draft) -> None:
    """Places that are as many as the points."""
    if draft.chance(0.4):
        draft.arguments.pop("axis", None)
        count = draft.shape[-1] if draft.chance(0.9) else draft.shape[-1] + 2
        draft.arguments["x"] = [float(n) for n in range(count)]
    else:
        draft.arguments.pop("x", None)
    _drawn(draft, "int8", "string")


def _names(family: str) -> tuple[str, ...]:
    return catalog.FAMILIES[f"tensor.{family}"]


RANKS |= {
    **dict.fromkeys((*_names("linalg"), *_names("matrices")), (2, 2, 3, 3, 1)),
    **dict.fromkeys(_names("signals"), (1, 2, 3)),
    **dict.fromkeys(("ops.fft2", "ops.ifft2", "ops.istft"), (2, 3)),
    **dict.fromkeys(_names("blocks"), (3,)),
}

STRATEGIES |= {
    **dict.fromkeys(_names("linalg"), square),
    **dict.fromkeys(("ops.qr", "ops.svd", "ops.pinv", "ops.matrix_rank"), rectangular),
    **dict.fromkeys(("ops.solve", "ops.solve_triangular"), solving),
    **dict.fromkeys(_names("signals"), complex_numbers),
    **dict.fromkeys(_names("blocks"), blocks),
    "ops.cdist": points,
    "ops.extract_sequences": sequences,
    "ops.istft": istft,
    "ops.logdet": square,
    "ops.rfft": real_numbers,
    "ops.stft": stft,
    "ops.trapezoid": area,
}
