"""The names of `keras.ops` that are no functions of a spec: why, and what to write instead."""

_CONSTANT = (
    "makes a constant out of nothing: give constants as arguments of the function that computes with them"
)
_PYTHON = (
    "takes functions of Python, and a spec holds none: write `repeat`, `map`, `when`, or a layer of your own"
)
_COUNTED = "makes as many elements as the numbers in the value happen to ask for: no shape can be proven"
_ASKED = (
    "asks for what is known before the model is built: `$(size(axis))` in an argument is the size of an axis"
)
_COMPLEX = "makes complex numbers, which no layer takes"
_ALL = "makes one result of the whole batch, where each sample has its own"
_IN_PLACE = "takes positions that count the batch"
_MATRIX = "takes one list or matrix, and the batch would be an axis of it"
_SEGMENTS = "puts samples of the batch together"

NONE: dict[str, str] = {
    **dict.fromkeys(
        (
            *("arange", "array", "bartlett", "blackman", "empty", "eye", "full", "geomspace", "hamming"),
            *("hanning", "identity", "kaiser", "linspace", "logspace", "meshgrid", "ones", "tri", "zeros"),
        ),
        _CONSTANT,
    ),
    **dict.fromkeys(
        (
            *("associative_scan", "cond", "custom_gradient", "fori_loop", "jvp", "map", "scan", "switch"),
            *("vectorize", "vectorized_map", "while_loop"),
        ),
        _PYTHON,
    ),
    **dict.fromkeys(("nonzero", "unique"), _COUNTED),
    **dict.fromkeys(("dtype", "is_tensor", "ndim", "shape", "size"), _ASKED),
    **dict.fromkeys(("polar", "view_as_complex", "view_as_real"), _COMPLEX),
    **dict.fromkeys(("allclose", "histogram", "psnr", "vdot"), _ALL),
    **dict.fromkeys(("scatter", "scatter_update", "slice_update", "unravel_index"), _IN_PLACE),
    **dict.fromkeys(
        (
            "corrcoef",
            "correlate",
            "diag",
            "diagflat",
            "flipud",
            "kron",
            "outer",
            "vander",
            "vsplit",
            "vstack",
        ),
        _MATRIX,
    ),
    **dict.fromkeys(("segment_max", "segment_min", "segment_prod", "segment_sum"), _SEGMENTS),
    "convert_to_numpy": "takes a value out of the model: what comes out of it is what `outputs` names",
    "convert_to_tensor": "does nothing to a value of a model; `ops.cast` changes its dtype",
    "ctc_decode": "makes a list of paths in front of the batch: decode what the model predicts",
    "empty_like": "makes whatever the memory holds: write `ops.zeros_like`",
    "fft": "takes and makes complex numbers, in two parts; `STFTSpectrogram` and `ops.rfft` are for real ones",
    "get_item": "is Python's `x[…]`: write `slice`",
    "ravel": "merges the batch into the rest: write `Flatten`",
    "rearrange": "counts the batch: write the construct `rearrange`, whose pattern leaves it out",
    "slice": "counts the batch: write the construct `slice`",
    "view": "reads the bytes of numbers as others: `ops.cast` changes the dtype",
}
"""By the last part of the name."""
