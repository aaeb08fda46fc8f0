"""The names of all ops, the modules that declare them, and Keras's other names for them."""

FUNCTIONS: dict[str, str] = {
    "axes": "reshape transpose swapaxes moveaxis expand_dims squeeze",
    "turning": "flip fliplr roll rot90 repeat tile pad",
    "joining": """
        concatenate stack append hstack dstack split array_split hsplit dsplit
    """,
    "indexing": """
        take take_along_axis diagonal trace tril triu sort argsort digitize diff
    """,
    "products": "matmul dot inner tensordot",
    "contract": "einsum cross",
    "attention": "dot_product_attention",
    "activations": """
        hard_sigmoid hard_silu hard_tanh log_sigmoid selu sigmoid silu softplus softsign sparse_plus sparse_sigmoid
        tanh_shrink relu relu6 celu elu hard_shrink soft_shrink gelu leaky_relu squareplus threshold log_softmax
        sparsemax softmax glu normalize
    """,
    "encoding": """
        batch_normalization layer_normalization rms_normalization moments one_hot multi_hot binary_crossentropy
        categorical_crossentropy sparse_categorical_crossentropy
    """,
    "image": """
        image.resize image.rgb_to_grayscale image.rgb_to_hsv image.hsv_to_rgb image.pad_images image.crop_images
    """,
    "norms": "norm",
    "linalg": "det inv cholesky cholesky_inverse eigh qr svd pinv matrix_rank solve solve_triangular",
    "matrices": "logdet cdist",
    "signals": "extract_sequences fft fft2 ifft2 rfft irfft stft istft",
    "blocks": "depth_to_space space_to_depth",
    "statistics": "average quantile percentile nanquantile nanpercentile isin trapezoid",
    "core": "stop_gradient in_top_k top_k unstack erf erfc erfinv rsqrt logsumexp cast saturate_cast",
    "logic": """
        isfinite isinf isnan isneginf isposinf isreal logical_not signbit bitwise_invert bitwise_not equal not_equal
        greater greater_equal less less_equal logical_and logical_or logical_xor isclose bitwise_and bitwise_or
        bitwise_left_shift bitwise_right_shift bitwise_xor left_shift right_shift where
    """,
    "math": """
        abs absolute trunc angle arccos arccosh arcsin arcsinh arctan arctanh ceil cos cosh exp exp2 expm1 fabs floor
        log log10 log1p log2 sin sinc sinh sqrt tan tanh cbrt i0 deg2rad rad2deg conj conjugate real copy imag negative
        reciprocal sign square round nan_to_num zeros_like ones_like full_like add floor_divide maximum minimum fmax
        fmin multiply power subtract divide true_divide arctan2 divide_no_nan logaddexp logaddexp2 nextafter mod fmod
        heaviside hypot clip gcd lcm ldexp
    """,
    "reduce": """
        amax amin nanmax nanmin all any mean median nanmean nanstd nanvar std var nanmedian nansum sum ptp nanprod prod
        max min count_nonzero argmax argmin nanargmax nanargmin cumprod cumsum nancumprod nancumsum
    """,
}
"""The families of functions of `keras.ops`, by their modules in `specc.ops.tensor`."""

FAMILIES: dict[str, tuple[str, ...]] = {
    "core": ("Dense", "Embedding", "ReversibleEmbedding", "Masking", "Identity"),
    "activation": ("Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax"),
    "adaptive": tuple(f"Adaptive{kind}Pooling{n}D" for kind in ("Average", "Max") for n in (1, 2, 3)),
    "attention": ("Attention", "AdditiveAttention"),
    "audio": ("STFTSpectrogram", "MelSpectrogram"),
    "categories": ("CategoryEncoding", "Discretization"),
    "hashing": ("Hashing", "HashedCrossing"),
    "cells": ("LSTMCell", "GRUCell", "SimpleRNNCell"),
    "constructs": ("slice", "reduce", "rearrange"),
    "additions": ("positions", "weight", "lrn", "embed"),
    "conv": tuple(f"Conv{n}D{kind}" for kind in ("", "Transpose") for n in (1, 2, 3)),
    "convlstm": ("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"),
    "crf": ("crf",),
    "depthwise": tuple(f"{kind}Conv{n}D" for kind in ("Separable", "Depthwise") for n in (1, 2)),
    "einsum": ("EinsumDense",),
    "lookup": ("StringLookup", "IntegerLookup"),
    "masking": ("mask",),
    "image_colors": (
        *("RandomBrightness", "RandomColorDegeneration", "RandomColorJitter", "RandomContrast"),
        *("RandomGaussianBlur", "RandomGrayscale", "RandomHue", "RandomInvert", "RandomPosterization"),
        *("RandomSaturation", "RandomSharpness", "Solarization"),
    ),
    "image_mixes": ("AugMix", "RandAugment", "CutMix", "MixUp"),
    "image_sizes": ("Resizing", "CenterCrop", "RandomCrop", "MaxNumBoundingBoxes"),
    "image_tones": ("AutoContrast", "Equalization", "ContrastLimitedAdaptiveHistogramEqualization"),
    "image_warps": (
        *("RandomFlip", "RandomElasticTransform", "RandomErasing", "RandomPerspective", "RandomRotation"),
        *("RandomShear", "RandomTranslation", "RandomZoom"),
    ),
    "grouped": ("GroupQueryAttention",),
    "layernorm": ("LayerNormalization", "GroupNormalization", "RMSNormalization", "UnitNormalization"),
    "merge": (*("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot"),),
    "multihead": ("MultiHeadAttention",),
    "norm": ("BatchNormalization",),
    "pipeline": ("Pipeline",),
    "pool": tuple(
        f"{kind}{n}D"
        for kind in ("MaxPooling", "AveragePooling", "GlobalMaxPooling", "GlobalAveragePooling")
        for n in (1, 2, 3)
    ),
    "preprocess": ("Normalization", "Rescaling"),
    "recurrent": ("LSTM", "GRU", "SimpleRNN"),
    "rnn": ("RNN",),
    "regularize": (
        *("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"),
        *("GaussianNoise", "GaussianDropout", "AlphaDropout", "ActivityRegularization"),
    ),
    "reshape": ("Flatten", "Reshape", "Permute", "RepeatVector"),
    "resize": tuple(f"{kind}{n}D" for kind in ("UpSampling", "ZeroPadding", "Cropping") for n in (1, 2, 3)),
    **{f"tensor.{family}": tuple(f"ops.{n}" for n in names.split()) for family, names in FUNCTIONS.items()},
    "text": ("TextVectorization",),
    "spectral": ("SpectralNormalization",),
    "stacked": ("StackedRNNCells",),
    "wrappers": ("Bidirectional", "TimeDistributed"),
}
"""The modules of this package, and the ops that each declares."""

ALIASES: dict[str, str] = {
    **{f"MaxPool{n}D": f"MaxPooling{n}D" for n in (1, 2, 3)},
    **{f"AvgPool{n}D": f"AveragePooling{n}D" for n in (1, 2, 3)},
    **{f"GlobalMaxPool{n}D": f"GlobalMaxPooling{n}D" for n in (1, 2, 3)},
    **{f"GlobalAvgPool{n}D": f"GlobalAveragePooling{n}D" for n in (1, 2, 3)},
    **{f"Convolution{n}D": f"Conv{n}D" for n in (1, 2, 3)},
    **{f"Convolution{n}DTranspose": f"Conv{n}DTranspose" for n in (1, 2, 3)},
    **{f"SeparableConvolution{n}D": f"SeparableConv{n}D" for n in (1, 2)},
    "ops.hard_swish": "ops.hard_silu",
    "ops.swish": "ops.silu",
}
"""Keras's other names for its layers."""

MODULES: dict[str, str] = {
    **{f"tensor.{f}": "numpy" for f in ("axes", "contract", "indexing", "joining", "products", "turning")},
    "tensor.attention": "nn",
    "tensor.activations": "nn",
    "tensor.encoding": "nn",
    "tensor.norms": "linalg",
    "tensor.linalg": "linalg",
    "tensor.blocks": "nn",
    "tensor.statistics": "numpy",
    "tensor.logic": "numpy",
    "tensor.math": "numpy",
    "tensor.reduce": "numpy",
}
"""The modules of `keras.ops` in which Keras has the functions of a family a second time."""
