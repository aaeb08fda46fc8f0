# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportMissingImports=false, reportUntypedBaseClass=false
# pyright: reportUnknownParameterType=false
"""A linear-chain conditional random field as a layer of Keras, and its loss; only `keras.ops`, for any backend.

The score of a path of tags is the sum of its emissions (one for each step and tag), of its transitions (one for each
pair of neighbours), and of what its first and its last tag have for standing there. The layer makes the path with
the highest score, which has no gradient. The loss needs all paths: so the tags carry the potentials that they were
found with, as Keras's tensors carry their masks, and any plain `keras.Model` trains by `fit(x, tags)`.

A masked step is as good as absent, wherever it stands: the step before it and the step behind it are neighbours.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import keras
from keras.src.backend.common.symbolic_scope import in_symbolic_scope
from keras.src.backend.common.tensor_attributes import get_tensor_attr, set_tensor_attr

Array = Any
ops: Any = keras.ops

_CARRIED = "_crf_potentials"
_IMPOSSIBLE = -1e9
"""An emission that no path can make up for, and that any float holds without overflow."""


class Potentials(NamedTuple):
    """What paths are scored by.

    `emissions`: (batch, time, units); `transitions`: (units, units), from a tag to the next; `left` and `right`:
    (units,), of the first and of the last tag; `mask`: (batch, time), false for steps that are absent.
    """

    emissions: Array
    transitions: Array
    left: Array
    right: Array
    mask: Array


class _Chain:
    """A cell for `keras.layers.RNN` that goes from each step that is there to the next.

    A step's score is what it reads, and `start` at the first, what `follow` makes of the step before at the others;
    `keep` makes of the score what the step hands on. The second state says if there was a step yet.
    """

    def __init__(self, dtype: str, start: Array, follow: Callable[[Array], Array], keep: Any) -> None:
        self.compute_dtype = dtype
        self.output_size = start.shape[-1]
        self.state_size = [self.output_size, 1]
        self.start = start
        self.follow = follow
        self.keep = keep

    def call(self, x: Array, states: list[Array]) -> tuple[Array, list[Array]]:
        before, seen = states
        made = self.keep(x + ops.where(seen > 0, self.follow(before), self.start))
        return made, [made, ops.ones_like(seen)]

    __call__ = call


def _as_it_is(score: Array) -> Array:
    return score


def _walk(
    x: Array, mask: Array, start: Array, follow: Any, keep: Any = _as_it_is, backwards: bool = False
) -> tuple[Array, Array, Array]:
    """What each step hands on, in the order of the walk; the last of it, and 1 where there was a step, else 0."""
    dtype = keras.backend.standardize_dtype(x.dtype)
    cell = _Chain(dtype, start, follow, keep)
    run = keras.layers.RNN(
        cell, return_sequences=True, return_state=True, go_backwards=backwards, dtype=dtype
    )
    return run(x, mask=mask)


def _to_the_end(paths: Potentials, join: Callable[..., Array]) -> tuple[Array, Array, Array]:
    """For each step and tag the joined scores of all paths from there to the end: a walk backwards."""

    def follow(after: Array) -> Array:
        return join(after[:, None, :] + paths.transitions, axis=-1)

    return _walk(paths.emissions, paths.mask, paths.right, follow, backwards=True)


def log_partition(paths: Potentials) -> Array:
    """The logarithm of the sum over all paths of the exponential of their scores: (batch,); 0 without a step."""
    _, first, seen = _to_the_end(paths, ops.logsumexp)
    return ops.where(seen[:, 0] > 0, ops.logsumexp(first + paths.left, axis=-1), 0)


def log_likelihood(paths: Potentials, tags: Array) -> Array:
    """The logarithm of the probability of the given tags: (batch,). Tags at masked steps do not matter.

    The score of a path is the log-partition over the paths that have its tags: that one alone. Both are found in
    one walk over twice the batch.
    """
    emissions, mask = paths.emissions, paths.mask
    chosen = ops.one_hot(tags, paths.left.shape[-1], dtype="bool")
    bound = ops.where(chosen, emissions, ops.full_like(emissions, _IMPOSSIBLE))
    both = paths._replace(emissions=ops.concatenate([bound, emissions]), mask=ops.concatenate([mask, mask]))
    score, total = ops.split(log_partition(both), 2)
    return score - total


def best_path(paths: Potentials) -> Array:
    """The tags of the path with the highest score, int32 (batch, time); 0 at masked steps (Viterbi decoding).

    The best score from each tag to the end is known before the first tag is chosen, so that the path can be walked
    forwards, by the best tag behind the one before.
    """

    def follow(before: Array) -> Array:
        return ops.matmul(before, paths.transitions)

    def keep(score: Array) -> Array:
        return ops.one_hot(ops.argmax(score, axis=-1), paths.left.shape[-1], dtype=score.dtype)

    scores, _, _ = _to_the_end(paths, ops.max)
    chosen, _, _ = _walk(ops.flip(scores, axis=1), paths.mask, paths.left, follow, keep)
    tags = ops.cast(ops.argmax(chosen, axis=-1), "int32")
    return ops.where(paths.mask, tags, 0)


def _public(cls: Any) -> Any:
    """Register a class, and let it be known by the module that users import."""
    cls.__module__ = "specc.layers"
    return keras.saving.register_keras_serializable(package="specc")(cls)


@_public
class CRF(keras.layers.Layer):
    """A linear-chain conditional random field: features (batch, time, feature) become tags, int32 (batch, time).

    The emissions are a dense layer of the features, `kernel` (features, units) and `bias` (units,). `transition`
    (units, units) starts at 0, as the scores of both ends (units,) do: a chain without memory. The tags are those
    of the best path. Train it with `CRFLoss`; `keras.metrics.Accuracy()` counts the right tags.
    Scores are kept in float32 at least, whatever the dtype policy.
    """

    def __init__(
        self,
        units: int,
        use_bias: bool = True,
        use_boundary: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        transition_initializer: Any = "zeros",
        boundary_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        transition_regularizer: Any = None,
        boundary_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        transition_constraint: Any = None,
        boundary_constraint: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        if units < 1:
            raise ValueError(f"`units`, the number of tags, must be a positive integer, not {units}")
        self.units = units
        self.use_bias = use_bias
        self.use_boundary = use_boundary
        self.initializers = _each(
            keras.initializers.get,
            kernel=kernel_initializer,
            bias=bias_initializer,
            transition=transition_initializer,
            boundary=boundary_initializer,
        )
        self.regularizers = _each(
            keras.regularizers.get,
            kernel=kernel_regularizer,
            bias=bias_regularizer,
            transition=transition_regularizer,
            boundary=boundary_regularizer,
        )
        self.constraints = _each(
            keras.constraints.get,
            kernel=kernel_constraint,
            bias=bias_constraint,
            transition=transition_constraint,
            boundary=boundary_constraint,
        )
        self.supports_masking = True
        self.input_spec = keras.layers.InputSpec(ndim=3)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        features, units = input_shape[-1], self.units
        if features is None:
            raise ValueError(f"the kernel of `{self.name}` needs a number of features, not {input_shape}")
        self.kernel = self._weight("kernel", "kernel", features, units)
        self.bias = self._weight("bias", "bias", units) if self.use_bias else None
        self.transition = self._weight("transition", "transition", units, units)
        ends = ("left_boundary", "right_boundary")
        self.boundary = [self._weight(end, "boundary", units) for end in ends if self.use_boundary]

    def _weight(self, name: str, kind: str, *shape: int) -> Any:
        return self.add_weight(
            shape,
            initializer=self.initializers[kind],
            regularizer=self.regularizers[kind],
            constraint=self.constraints[kind],
            autocast=kind in ("kernel", "bias"),
            name=name,
        )

    def call(self, inputs: Array, mask: Array = None) -> Array:
        paths = self.potentials(inputs, mask)
        tags = best_path(paths)
        set_tensor_attr(tags, _CARRIED, paths)
        return tags

    def potentials(self, inputs: Array, mask: Array = None) -> Potentials:
        """What the paths of tags for `inputs` are scored by."""
        emissions = ops.matmul(inputs, self.kernel)
        if self.bias is not None:
            emissions = ops.add(emissions, self.bias)
        dtype = "float64" if self.compute_dtype == "float64" else "float32"
        emissions = ops.cast(emissions, dtype)
        ends = self.boundary or [ops.zeros((self.units,))] * 2
        left, right = (ops.cast(end, dtype) for end in ends)
        if mask is None:
            mask = ops.ones_like(emissions[:, :, 0], dtype="bool")
        return Potentials(emissions, ops.cast(self.transition, dtype), left, right, ops.cast(mask, "bool"))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return tuple(input_shape[:-1])

    def compute_output_spec(self, inputs: Any, mask: Any = None) -> Any:
        return keras.KerasTensor(self.compute_output_shape(inputs.shape), "int32")

    def get_config(self) -> dict[str, Any]:
        parts = (
            ("initializer", self.initializers, keras.initializers.serialize),
            ("regularizer", self.regularizers, keras.regularizers.serialize),
            ("constraint", self.constraints, keras.constraints.serialize),
        )
        objects = {f"{of}_{what}": put(made) for what, kept, put in parts for of, made in kept.items()}
        own = {"units": self.units, "use_bias": self.use_bias, "use_boundary": self.use_boundary}
        return {**super().get_config(), **own, **objects}


def _each(get: Callable[[Any], Any], **given: Any) -> dict[str, Any]:
    return {name: get(value) for name, value in given.items()}


@_public
class CRFLoss(keras.losses.Loss):
    """The negative log-likelihood of the right tags (batch, time), one number for each sequence.

    For an output that a `CRF` layer makes, and nothing behind it. Masked steps do not count, whatever their labels.
    A `sample_weight` weighs sequences: (batch,).
    """

    def __init__(
        self, reduction: Any = "sum_over_batch_size", name: str | None = "crf", dtype: Any = None
    ) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)

    def __call__(self, y_true: Array, y_pred: Array, sample_weight: Array = None) -> Array:
        paths = get_tensor_attr(y_pred, _CARRIED)
        if paths is None:
            if in_symbolic_scope():  # where Keras asks for shapes alone, nothing is carried yet
                return ops.zeros((), dtype=self.dtype)
            raise ValueError(
                "CRFLoss is for an output that a CRF layer makes, and nothing behind it: "
                "other tensors do not carry the scores of its paths"
            )
        if sample_weight is not None and len(sample_weight.shape) > 1 and sample_weight.shape[-1] != 1:
            raise ValueError(
                f"CRFLoss weighs whole sequences: sample_weight is (batch,), not {tuple(sample_weight.shape)}"
            )
        return super().__call__(y_true, paths, sample_weight)

    def call(self, y_true: Array, y_pred: Potentials) -> Array:
        if len(y_true.shape) == 3 and y_true.shape[-1] == 1:
            y_true = ops.squeeze(y_true, axis=-1)
        if len(y_true.shape) != 2:
            raise ValueError(f"CRFLoss takes the numbers of tags, (batch, time), not {tuple(y_true.shape)}")
        paths = y_pred._replace(mask=ops.cast(y_pred.mask, "bool"))
        return ops.negative(log_likelihood(paths, ops.cast(y_true, "int32")))
