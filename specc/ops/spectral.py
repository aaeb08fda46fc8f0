"""A wrapper that keeps the spectral norm of a layer's kernel at 1."""

from collections.abc import Iterable

from specc.ops.declare import Example, Inputs, Masks, Op, Place, Shapes, Weights, op
from specc.ops.kinds import TRAINING, Positive
from specc.ops.misfit import Misfit, bad_argument
from specc.ops.nesting import about
from specc.ops.ranks import check_objects
from specc.ops.wrappers import LayerRef
from specc.shapes.dim import Size
from specc.shapes.tensor import Tensor, is_float

_KERNELS = {
    **dict.fromkeys(("Dense", "EinsumDense", "SpectralNormalization"), "kernel"),
    **{f"Conv{n}D{kind}": "kernel" for n in (1, 2, 3) for kind in ("", "Transpose")},
    **{f"DepthwiseConv{n}D": "kernel" for n in (1, 2)},
    **dict.fromkeys(("Embedding", "ReversibleEmbedding"), "embeddings"),
}
"""The layers that have a kernel of Keras's name for it, or embeddings, and which of the two."""


@op(
    Example({"layer": {"Dense": 4}}, ((7,),)),
    Example({"layer": {"Conv2D": {"filters": 4, "kernel_size": 3}}, "power_iterations": 2}, ((8, 9, 3),)),
    Example(
        {"layer": {"Conv1D": {"filters": 4, "kernel_size": 3, "data_format": "channels_first"}}}, ((3, 8),)
    ),
)
class SpectralNormalization(Op):
    """Divides the kernel of a layer by its largest singular value, at each call in training."""

    layer: LayerRef
    power_iterations: Positive = 1

    call_options = TRAINING
    announces_mask = False
    fold_differs = (
        "the kernel is normalized once for all steps",
        "the kernel is normalized at each step, one after the other",
    )

    @property
    def places(self) -> tuple[Place, ...] | None:
        return self.layer.places

    @property
    def makes_mask(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        return self.layer.makes_mask

    def masks(self, inputs: Inputs, results: Inputs) -> Masks:
        """Those of the layer, once the model runs; Keras does not announce them."""
        return self.layer.masks(inputs, results)

    def _check(self) -> None:
        """E107 for a layer without a kernel that Keras can set."""
        name = self.layer.name
        if name not in _KERNELS:
            raise bad_argument("layer", f"takes a layer with a kernel or embeddings, which `{name}` has not")
        if getattr(self.layer, "lora_rank", None) is not None:
            raise bad_argument("layer", f"does not go with the `lora_rank` of `{name}`")
        if not isinstance(getattr(self.layer, "units", 1), int):
            raise bad_argument(
                "layer", f"takes a `{name}` of one number of units: write a `Reshape` behind it"
            )

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """What the layer makes, cast to the dtype of the input; E210 where that is no float."""
        self._check()
        dtype = inputs[0].dtype
        if not is_float(dtype):
            facts = ("Keras casts the result to the dtype of the input, which cuts it to whole numbers",)
            raise Misfit("E210", f"takes floats and is given {dtype}", facts=facts)
        try:
            made = self.layer.results(inputs)
            check_objects(self.layer, {}, made, self.policy)
        except Misfit as fault:
            raise about(fault, "layer") from None
        return tuple(tensor._replace(dtype=self.compute_dtype) for tensor in made)

    def weights_for(self, shapes: Shapes) -> Weights:
        """Those of the layer, and the vector of the power iterations."""
        try:
            weights = self.layer.weights_for(shapes)
        except Misfit as fault:
            raise about(fault, "layer") from None
        kernel = weights[_KERNELS[self.layer.name]]
        return {**weights, self._vector: (1, kernel[-1])}

    @property
    def _vector(self) -> str:
        """The name of the vector; within another such wrapper, one of its own."""
        inner = self.layer
        return f"outer_{inner._vector}" if isinstance(inner, SpectralNormalization) else "vector_u"

    def wrapped(self, weights: Weights) -> Iterable[tuple[Op, Weights]]:
        return ((self.layer, self._inner(weights)),)

    def _inner(self, weights: Weights) -> Weights:
        return {name: shape for name, shape in weights.items() if name != self._vector}

    def frozen(self, weights: Weights) -> frozenset[str]:
        if not self.trainable:
            return frozenset(weights)
        return self.layer.frozen(self._inner(weights)) | {self._vector}

    def cost(self, inputs: Shapes, outputs: Shapes) -> Size:
        """The layer's FLOPs: nothing is normalized but in training."""
        return self.layer.cost(inputs, outputs)
