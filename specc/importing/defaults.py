"""The defaults of Keras's objects, which its files write out and a spec leaves out.

By module and class; null where a parameter is not listed. The defaults of layers stand in their ops.
"""

from collections.abc import Mapping
from typing import Any

Defaults = Mapping[str, Any]

_NORMAL: Defaults = {"mean": 0.0, "stddev": 0.05}
_INITIALIZERS: dict[str, Defaults] = {
    "Identity": {"gain": 1.0},
    "Orthogonal": {"gain": 1.0},
    "RandomNormal": _NORMAL,
    "RandomUniform": {"minval": -0.05, "maxval": 0.05},
    "STFT": {"side": "real", "window": "hann", "scaling": "density", "periodic": False},
    "TruncatedNormal": _NORMAL,
    "VarianceScaling": {"scale": 1.0, "mode": "fan_in", "distribution": "truncated_normal"},
}
_REGULARIZERS: dict[str, Defaults] = {
    "L1": {"l1": 0.01},
    "L1L2": {"l1": 0.0, "l2": 0.0},
    "L2": {"l2": 0.01},
    "OrthogonalRegularizer": {"factor": 0.01, "mode": "rows"},
}
_CONSTRAINTS: dict[str, Defaults] = {
    "MaxNorm": {"max_value": 2, "axis": 0},
    "MinMaxNorm": {"min_value": 0.0, "max_value": 1.0, "rate": 1.0, "axis": 0},
    "UnitNorm": {"axis": 0},
}
_ACTIVATIONS: dict[str, Defaults] = {
    "ELU": {"alpha": 1.0},
    "LeakyReLU": {"negative_slope": 0.3},
    "ReLU": {"negative_slope": 0.0, "threshold": 0.0},
}

_AXIS: Defaults = {"axis": -1}
_LOGITS: Defaults = {"from_logits": False}
_CROSS: Defaults = {**_LOGITS, "label_smoothing": 0.0}
_FOCAL: Defaults = {"alpha": 0.25, "gamma": 2.0}


def _losses(**named: Defaults) -> dict[str, Defaults]:
    return {name: {"reduction": "sum_over_batch_size", **own} for name, own in named.items()}


_LOSSES = _losses(
    BinaryCrossentropy={**_CROSS, **_AXIS, "name": "binary_crossentropy"},
    BinaryFocalCrossentropy={
        **_CROSS,
        **_FOCAL,
        **_AXIS,
        "apply_class_balancing": False,
        "name": "binary_focal_crossentropy",
    },
    CTC={"name": "ctc"},
    CategoricalCrossentropy={**_CROSS, **_AXIS, "name": "categorical_crossentropy"},
    CategoricalFocalCrossentropy={**_CROSS, **_FOCAL, **_AXIS, "name": "categorical_focal_crossentropy"},
    CategoricalGeneralizedCrossEntropy={"q": 0.5, "name": "categorical_generalized_cross_entropy"},
    CategoricalHinge={"name": "categorical_hinge"},
    Circle={"gamma": 80.0, "margin": 0.4, "remove_diagonal": True, "name": "circle"},
    CosineSimilarity={**_AXIS, "name": "cosine_similarity"},
    Dice={"name": "dice"},
    Hinge={"name": "hinge"},
    Huber={"delta": 1.0, "name": "huber_loss"},
    KLDivergence={"name": "kl_divergence"},
    LogCosh={"name": "log_cosh"},
    MeanAbsoluteError={"name": "mean_absolute_error"},
    MeanAbsolutePercentageError={"name": "mean_absolute_percentage_error"},
    MeanSquaredError={"name": "mean_squared_error"},
    MeanSquaredLogarithmicError={"name": "mean_squared_logarithmic_error"},
    Poisson={"name": "poisson"},
    SparseCategoricalCrossentropy={**_LOGITS, **_AXIS, "name": "sparse_categorical_crossentropy"},
    SquaredHinge={"name": "squared_hinge"},
    Tversky={"alpha": 0.5, "beta": 0.5, "name": "tversky"},
)

_IOU: Defaults = {"sparse_y_true": True, "sparse_y_pred": True, **_AXIS}
_ONE_HOT: Defaults = {"sparse_y_pred": False, **_AXIS}
_AT: Defaults = {"num_thresholds": 200}
_METRICS: dict[str, Defaults] = {
    "AUC": {
        "num_thresholds": 200,
        "curve": "ROC",
        "summation_method": "interpolation",
        "multi_label": False,
        **_LOGITS,
    },
    "Accuracy": {"name": "accuracy"},
    "BinaryAccuracy": {"name": "binary_accuracy", "threshold": 0.5},
    "BinaryCrossentropy": {**_CROSS, "name": "binary_crossentropy"},
    "BinaryIoU": {"target_class_ids": [0, 1], "threshold": 0.5},
    "CategoricalAccuracy": {"name": "categorical_accuracy"},
    "CategoricalCrossentropy": {**_CROSS, **_AXIS, "name": "categorical_crossentropy"},
    "CategoricalHinge": {"name": "categorical_hinge"},
    "ConcordanceCorrelation": {**_AXIS, "name": "concordance_correlation"},
    "CosineSimilarity": {**_AXIS, "name": "cosine_similarity"},
    "F1Score": {"name": "f1_score"},
    "FBetaScore": {"beta": 1.0, "name": "fbeta_score"},
    "Hinge": {"name": "hinge"},
    "IoU": _IOU,
    "KLDivergence": {"name": "kl_divergence"},
    "LogCoshError": {"name": "logcosh"},
    "MeanAbsoluteError": {"name": "mean_absolute_error"},
    "MeanAbsolutePercentageError": {"name": "mean_absolute_percentage_error"},
    "MeanIoU": _IOU,
    "MeanSquaredError": {"name": "mean_squared_error"},
    "MeanSquaredLogarithmicError": {"name": "mean_squared_logarithmic_error"},
    "OneHotIoU": _ONE_HOT,
    "OneHotMeanIoU": _ONE_HOT,
    "PearsonCorrelation": {**_AXIS, "name": "pearson_correlation"},
    "Poisson": {"name": "poisson"},
    "PrecisionAtRecall": _AT,
    "R2Score": {"class_aggregation": "uniform_average", "num_regressors": 0, "name": "r2_score"},
    "RecallAtPrecision": _AT,
    "RootMeanSquaredError": {"name": "root_mean_squared_error"},
    "SensitivityAtSpecificity": _AT,
    "SparseCategoricalAccuracy": {"name": "sparse_categorical_accuracy"},
    "SparseCategoricalCrossentropy": {**_LOGITS, **_AXIS, "name": "sparse_categorical_crossentropy"},
    "SparseTopKCategoricalAccuracy": {
        "k": 5,
        "from_sorted_ids": False,
        "name": "sparse_top_k_categorical_accuracy",
    },
    "SpecificityAtSensitivity": _AT,
    "SquaredHinge": {"name": "squared_hinge"},
    "TopKCategoricalAccuracy": {"k": 5, "name": "top_k_categorical_accuracy"},
}

_LR: Defaults = {"learning_rate": 0.001}
_EMA: Defaults = {"use_ema": False, "ema_momentum": 0.99}
_BETAS: Defaults = {"beta_1": 0.9, "beta_2": 0.999}
_SMALL: Defaults = {"epsilon": 1e-7}
_ADAM: Defaults = {**_LR, **_BETAS, **_SMALL, **_EMA}
_OPTIMIZERS: dict[str, Defaults] = {
    "Adadelta": {**_LR, "rho": 0.95, **_SMALL, **_EMA},
    "Adafactor": {
        **_LR,
        **_EMA,
        "beta_2_decay": -0.8,
        "epsilon_1": 1e-30,
        "epsilon_2": 0.001,
        "clip_threshold": 1.0,
        "relative_step": True,
    },
    "Adagrad": {**_LR, "initial_accumulator_value": 0.1, **_SMALL, **_EMA},
    "Adam": {**_ADAM, "amsgrad": False},
    "AdamW": {**_ADAM, "weight_decay": 0.004, "amsgrad": False},
    "Adamax": _ADAM,
    "Ftrl": {
        **_LR,
        **_EMA,
        "learning_rate_power": -0.5,
        "initial_accumulator_value": 0.1,
        "l1_regularization_strength": 0.0,
        "l2_regularization_strength": 0.0,
        "l2_shrinkage_regularization_strength": 0.0,
        "beta": 0.0,
    },
    "Lion": {**_LR, "beta_1": 0.9, "beta_2": 0.99, **_EMA},
    "LossScaleOptimizer": {"initial_scale": 32768.0, "dynamic_growth_steps": 2000},
    "Muon": {
        **_LR,
        **_SMALL,
        **_EMA,
        "adam_beta_1": 0.9,
        "adam_beta_2": 0.999,
        "adam_weight_decay": 0.004,
        "weight_decay": 0.004,
        "exclude_embeddings": True,
        "muon_a": 3.4445,
        "muon_b": -4.775,
        "muon_c": 2.0315,
        "adam_lr_ratio": 1,
        "momentum": 0.95,
        "ns_steps": 5,
        "nesterov": True,
        "rms_rate": 0.2,
    },
    "Nadam": _ADAM,
    "RMSprop": {**_LR, "rho": 0.9, "momentum": 0.0, **_SMALL, "centered": False, **_EMA},
    "SGD": {"learning_rate": 0.01, "momentum": 0.0, "nesterov": False, **_EMA},
    "ScheduleFreeAdamW": {**_ADAM, "learning_rate": 0.0025, "epsilon": 1e-8, "warmup_steps": 0},
}
_SCHEDULES: dict[str, Defaults] = {
    "CosineDecay": {"alpha": 0.0, "warmup_steps": 0, "name": "CosineDecay"},
    "CosineDecayRestarts": {"t_mul": 2.0, "m_mul": 1.0, "alpha": 0.0, "name": "SGDRDecay"},
    "ExponentialDecay": {"staircase": False, "name": "ExponentialDecay"},
    "InverseTimeDecay": {"staircase": False, "name": "InverseTimeDecay"},
    "PiecewiseConstantDecay": {"name": "PiecewiseConstant"},
    "PolynomialDecay": {"end_learning_rate": 0.0001, "power": 1.0, "cycle": False, "name": "PolynomialDecay"},
}

DEFAULTS: dict[str, dict[str, Defaults]] = {
    "keras.initializers": _INITIALIZERS,
    "keras.regularizers": _REGULARIZERS,
    "keras.constraints": _CONSTRAINTS,
    "keras.layers": _ACTIVATIONS,
    "keras.losses": _LOSSES,
    "keras.metrics": _METRICS,
    "keras.optimizers": _OPTIMIZERS,
    "keras.optimizers.schedules": _SCHEDULES,
}
"""By the public module of a class, and its name."""
