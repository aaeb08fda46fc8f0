"""Dense, Embedding, Masking and Identity."""

from collections.abc import Iterable

from specc.ops.advice import flattened, last_axis_warning
from specc.ops.axis import known_size
from specc.ops.declare import Example, Inputs, Masks, Shape, Shapes, Unary, Weights, op
from specc.ops.entries import Units, shape_of, width_of
from specc.ops.flops import afterwards
from specc.ops.kinds import FLAG, Flag, FloatDtype, Number, Positive
from specc.ops.misfit import Misfit, bad_argument, wrong_rank
from specc.ops.objects import Activation, Constraint, Initializer, Regularizer
from specc.shapes.axis import FEATURE
from specc.shapes.demand import agree
from specc.shapes.dim import Size
from specc.shapes.dtype import result_type
from specc.shapes.tensor import Tensor, is_float


def low_rank(weights: Weights, name: str, rank: int | None, constraint: object = None) -> Weights:
    """`weights` with the two factors that `lora_rank` adds beside the kernel `name`; E107 with a constraint."""
    if rank is None:
        return weights
    if constraint is not None:
        raise bad_argument("lora_rank", "`lora_rank` does not go with a constraint of the matrix")
    *rows, columns = weights[name]
    return {**weights, f"lora_{name}_a": (*rows, rank), f"lora_{name}_b": (rank, columns)}


@op(
    Example({"units": 4}, ((7,),)),
    Example({"units": 3, "activation": "relu", "use_bias": False}, ((5, 7),)),
    Example({"units": 3, "lora_rank": 2}, ((5, 7),)),
)
class Dense(Unary):
    """Multiplies the last axis by a matrix: `activation(x @ kernel + bias)`.

    `units` may be a list of sizes: a matrix for their product, its result reshaped to those axes.
    """

    passes_mask = True

    units: Units
    activation: Activation | None = None
    use_bias: Flag = True
    kernel_initializer: Initializer | None = "glorot_uniform"
    bias_initializer: Initializer | None = "zeros"
    kernel_regularizer: Regularizer | None = None
    bias_regularizer: Regularizer | None = None
    activity_regularizer: Regularizer | None = None
    kernel_constraint: Constraint | None = None
    bias_constraint: Constraint | None = None
    lora_rank: Positive | None = None
    lora_alpha: Number | None = None

    @property
    def carries_mask(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Where `units` lists sizes: the reshape behind the layer would lose it."""
        return not isinstance(self.units, int)

    @property
    def ignores_leading(self) -> bool:
        return isinstance(self.units, int)

    @property
    def width(self) -> int:
        """The number of units of Keras's layer."""
        return width_of(self.units)

    def output(self, x: Shape) -> Shape:
        """The last axis becomes `units` features, or the axes that `units` lists."""
        if not x.sizes:
            raise wrong_rank("at least one axis", x, facts=("Keras: expected min_ndim=2, found ndim=1",))
        if isinstance(self.units, int):
            return x.with_last(self.units, FEATURE)
        return x.part(0, -1).join(shape_of(self.units))

    def weights(self, x: Shape) -> Weights:
        """`kernel` (features, units) and `bias` (units), and LoRA's two factors."""
        weights: Weights = {"kernel": (known_size(x, -1, "the kernel"), self.width)}
        if self.use_bias:
            weights["bias"] = (self.width,)
        return low_rank(weights, "kernel", self.lora_rank, self.kernel_constraint)

    def frozen(self, weights: Weights) -> frozenset[str]:
        """With LoRA, the kernel itself is not trained."""
        fixed = super().frozen(weights)
        return fixed | {"kernel"} if self.lora_rank else fixed

    def flops(self, x: Shape, y: Shape) -> Size:
        """2 for each multiply-add, 1 for each bias and activation."""
        return y.elements * (2 * x.sizes[-1] + afterwards(self.use_bias, self.activation))

    def warnings(self, inputs: Shapes, outputs: Shapes) -> Iterable[Misfit]:
        """W601 where one axis of several is given as no features."""
        x = inputs[0]
        for warning in last_axis_warning(x):
            if x.axes[-1].role == "spatial":
                warning.repairs = (*warning.repairs, flattened(x))
            yield warning


@op(
    Example({"input_dim": 10, "output_dim": 4}, ((5,),), "int32"),
    Example({"input_dim": 10, "output_dim": 4, "mask_zero": True}, ((2, 3),), "int32"),
    Example({"input_dim": 10, "output_dim": 4, "lora_rank": 2}, ((5,),), "int32"),
)
class Embedding(Unary):
    """Turns each index into the vector of that number."""

    input_dim: Positive
    output_dim: Positive
    embeddings_initializer: Initializer | None = "uniform"
    embeddings_regularizer: Regularizer | None = None
    embeddings_constraint: Constraint | None = None
    mask_zero: Flag = False
    lora_rank: Positive | None = None
    lora_alpha: Number | None = None

    @property
    def makes_mask(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        return self.mask_zero

    def masks(self, inputs: Inputs, results: Inputs) -> Masks:
        """With `mask_zero`, one over the axes of the indices."""
        return (inputs[0].shape,) if self.makes_mask else ()

    def output(self, x: Shape) -> Shape:
        """An axis of `output_dim` features behind all others."""
        return x.join(Shape((self.output_dim,), (FEATURE,)))

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """Vectors in the compute dtype; E210 for text. Keras casts any number to an index."""
        return embedded(self, inputs[0])

    def weights(self, x: Shape) -> Weights:
        """`embeddings` (input_dim, output_dim), and LoRA's two factors."""
        weights: Weights = {"embeddings": (self.input_dim, self.output_dim)}
        return low_rank(weights, "embeddings", self.lora_rank, self.embeddings_constraint)

    def frozen(self, weights: Weights) -> frozenset[str]:
        """With LoRA, the embeddings themselves are not trained."""
        return super().frozen(weights) | (frozenset(("embeddings",)) if self.lora_rank else frozenset[str]())


@op(
    Example({"input_dim": 10, "output_dim": 4}, ((5,),), "int32"),
    Example({"input_dim": 10, "output_dim": 4, "tie_weights": False}, ((2, 3),), "int32"),
)
class ReversibleEmbedding(Embedding):
    """An embedding that, called with `reverse: true`, turns vectors into a score for each index.

    The scores are products with the embeddings, or, with `tie_weights: false`, with a matrix of their own.
    """

    lacks = ("lora_rank", "lora_alpha")
    call_options = {"reverse": FLAG}
    announces_mask = False

    tie_weights: Flag = True
    reverse_dtype: FloatDtype | None = None
    logit_soft_cap: Number | None = None

    @property
    def makes_mask(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        return self.mask_zero and not self.reverses

    @property
    def reverses(self) -> bool:
        """Whether this call turns vectors into scores."""
        return bool(self.options.get("reverse"))

    def output(self, x: Shape) -> Shape:
        """An axis of `output_dim` features behind all others; reversed, `input_dim` in the place of those."""
        if not self.reverses:
            return super().output(x)
        if not x.sizes:
            raise wrong_rank("vectors", x)
        if not agree(x.sizes[-1], self.output_dim):
            raise Misfit(
                "E212",
                f"reads vectors of {self.output_dim} features and is given {x.sizes[-1]}",
                axis=-1,
            )
        return x.with_last(self.input_dim, FEATURE)

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """Vectors in the compute dtype, scores in `reverse_dtype` or what vectors and weights make; E210 for text."""
        (made,) = super().results(inputs)
        if not self.reverses:
            return (made,)
        weights = "float32" if (self.dtype or "").startswith("mixed") else self.compute_dtype
        return (made._replace(dtype=self.reverse_dtype or result_type(inputs[0].dtype, weights)),)

    def weights(self, x: Shape) -> Weights:
        """`embeddings` (input_dim, output_dim); untied, `reverse_embeddings` (output_dim, input_dim)."""
        weights = super().weights(x)
        return (
            weights
            if self.tie_weights
            else weights | {"reverse_embeddings": (self.output_dim, self.input_dim)}
        )

    def flops(self, x: Shape, y: Shape) -> Size:
        """Reversed, 2 for each multiply-add, and 3 for each score that is capped."""
        if not self.reverses:
            return 0
        return y.elements * (2 * self.output_dim + (0 if self.logit_soft_cap is None else 3))


def embedded(layer: Unary, x: Tensor) -> tuple[Tensor, ...]:
    """The vectors that an embedding makes of `x`; E210 where those are no numbers."""
    if x.dtype == "string":
        raise Misfit(
            "E210",
            "takes numbers and is given text",
            facts=("Keras: Cast string to int32 is not supported",),
        )
    return (Tensor(layer.output(x.shape), layer.compute_dtype),)


@op(Example({}, ((5, 3),)), Example({"mask_value": -1.0}, ((4,),)))
class Masking(Unary):
    """Marks the steps whose features all equal `mask_value` as missing, and sets them to 0."""

    makes_mask = True

    mask_value: Number = 0.0

    def masks(self, inputs: Inputs, results: Inputs) -> Masks:
        """One over all axes but the last."""
        return (inputs[0].shape.part(0, -1),)

    def result_dtype(self, dtype: str) -> str:
        """Integers stay integers; truth values become some."""
        if is_float(dtype):
            return self.compute_dtype
        return "int32" if dtype == "bool" else dtype

    def output(self, x: Shape) -> Shape:
        """The same axes."""
        return x

    def flops(self, x: Shape, y: Shape) -> Size:
        """A comparison and a choice for each element."""
        return x.elements * 2


@op(Example({}, ((5, 3),)))
class Identity(Unary):
    """Gives what it is given."""

    passes_mask = True
    keeps_dtype = True
    takes_text = True

    @property
    def ignores_leading(self) -> bool:
        return True

    def output(self, x: Shape) -> Shape:
        """The same axes."""
        return x
