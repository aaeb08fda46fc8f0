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
_KERNEL = "takes a kernel as a value, and a kernel is a weight: write"
_SEGMENTS = "puts samples of the batch together"

_WARPS = (
    *("affine_transform", "elastic_transform", "extract_patches", "extract_patches_3d", "gaussian_blur"),
    *("map_coordinates", "perspective_transform", "scale_and_translate", "sobel_edges", "ssim"),
)
_OWN = "has no rule here yet: write a layer of your own, as `package.module:Class` with a `signature`"
_POOLING = "is what a layer does: write"

NONE: dict[str, str] = {
    **dict.fromkeys(_WARPS, _OWN),
    "adaptive_average_pool": f"{_POOLING} `AdaptiveAveragePooling2D`, or that of 1 or 3 axes",
    "adaptive_max_pool": f"{_POOLING} `AdaptiveMaxPooling2D`, or that of 1 or 3 axes",
    "average_pool": f"{_POOLING} `AveragePooling2D`, or that of 1 or 3 axes",
    "max_pool": f"{_POOLING} `MaxPooling2D`, or that of 1 or 3 axes",
    "ctc_loss": "holds whole sequences against their labels: such a loss is one of `compile`, as `CTC`",
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
    "argpartition": "TensorFlow's is for one list alone: write `ops.argsort`",
    "bincount": "makes as many counts as the largest number asks for: write `CategoryEncoding` with `count`",
    "broadcast_to": "counts the batch, whose size is not known: write `ops.repeat` or `ops.tile`",
    "conv": f"{_KERNEL} `Conv1D`, `Conv2D` or `Conv3D`",
    "conv_transpose": f"{_KERNEL} `Conv1DTranspose`, `Conv2DTranspose` or `Conv3DTranspose`",
    "convert_to_numpy": "takes a value out of the model: what comes out of it is what `outputs` names",
    "convert_to_tensor": "does nothing to a value of a model; `ops.cast` changes its dtype",
    "ctc_decode": "makes a list of paths in front of the batch: decode what the model predicts",
    "depthwise_conv": f"{_KERNEL} `DepthwiseConv1D` or `DepthwiseConv2D`",
    "eig": f"{_COMPLEX}: `ops.eigh` is for symmetric matrices",
    "empty_like": "makes whatever the memory holds: write `ops.zeros_like`",
    "fold": "undoes `ops.unfold`, which Keras cannot train with: write `Conv2DTranspose`, or `ops.depth_to_space`",
    "get_item": "is Python's `x[…]`: write `slice`",
    "lstsq": "takes one matrix, and the batch would be its rows: write `ops.pinv` and `ops.matmul`",
    "lu_factor": "TensorFlow's is for one matrix alone: write `ops.qr`, or `ops.solve`",
    "ravel": "merges the batch into the rest: write `Flatten`",
    "rearrange": "counts the batch: write the construct `rearrange`, whose pattern leaves it out",
    "searchsorted": "TensorFlow's needs the batch in the list as well: write `ops.digitize`",
    "select": "takes two lists of values: write an `ops.where` for each condition",
    "separable_conv": f"{_KERNEL} `SeparableConv1D` or `SeparableConv2D`",
    "slice": "counts the batch: write the construct `slice`",
    "slogdet": "announces signs of another shape than it makes: write `ops.det`, or `ops.logdet`",
    "unfold": "runs outside of training alone, as Keras has it: write a convolution, or a layer of your own",
    "view": "reads the bytes of numbers as others: `ops.cast` changes the dtype",
}
"""By the last part of the name."""
