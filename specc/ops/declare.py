"""How an op is declared: one class, with its parameters, the axes that it reads, and its rules.

Everything that specc knows of a layer stands in its class. Parameters are annotated attributes, by Keras's names and
with Keras's defaults; an instance holds just the arguments that the author gave, the class the defaults. All rules see
the axes of one sample, never the batch, and, where an op is distributed over leading axes, only those behind them.
"""

import types
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from typing import Any, ClassVar, Literal, NamedTuple, Self, TypeVar, get_origin

from specc.ops.kinds import Flag, Kind, Policy
from specc.ops.mask_rules import MaskRules
from specc.ops.misfit import Misfit
from specc.ops.parameters import REQUIRED, CallInput, Parameter, kind_of
from specc.shapes.dim import Size
from specc.shapes.shape import Shape
from specc.shapes.tensor import Tensor

Place = Literal["space", "feature", "time", "any"]
Weights = dict[str, tuple[int, ...]]
Inputs = tuple[Tensor, ...]
Shapes = tuple[Shape, ...]
Masks = tuple[Shape | None, ...]

_AT_CALL = ("options", "masked_by")
"""What an instance holds of its call."""

MASKS_DIFFER = "dropout is drawn for all steps at once", "dropout is drawn for each step by itself"
"""What a fold and a wrapper do in training where there are dropout masks."""


class Example(NamedTuple):
    """Arguments with the shapes (no batch) that they are valid for; the tests build it in Keras."""

    arguments: dict[str, Any]
    shapes: tuple[tuple[int, ...], ...]
    dtype: str = "float32"


class Op(MaskRules):
    """An op: subclasses give `results`, `weights_for` and `cost`; `Unary` is the base for ops on one value."""

    name: ClassVar[str]
    parameters: ClassVar[dict[str, Parameter]]
    examples: ClassVar[tuple[Example, ...]] = ()
    call_options: ClassVar[Mapping[str, Kind]] = {}
    spreads: ClassVar[bool] = True
    """One value serves every input that the call requires (self-attention)."""
    fold_differs: ClassVar[tuple[str, str] | None] = None
    """Where folding the op and `TimeDistributed` differ in training: what the one does, and what the other."""
    non_trainable: ClassVar[frozenset[str]] = frozenset()
    """The weights that training never changes (moving statistics)."""
    keeps_dtype: ClassVar[bool] = False
    """Integers stay integers; else the result has the compute dtype."""

    takes_text: ClassVar[bool] = False
    """Values of dtype `string` are moved about as any others."""
    stands_alone: ClassVar[str | None] = None
    """Why the op cannot run once for each step of other axes; None: it can."""
    lacks: ClassVar[tuple[str, ...]] = ()
    """The parameters of all layers that Keras's layer does not take."""
    announces_dtype: ClassVar[bool] = True
    """Keras says of floats what dtype the op makes of them."""
    has_policy: ClassVar[bool] = True
    """The dtype policy of the whole spec is the op's, where it says none."""

    keras: ClassVar[str | None] = None
    """The class that it becomes, as `module:Class`; None: that of its name in `keras.layers`, or several."""
    signature: ClassVar[Any] = None
    """What a layer of one's own is said to make of its inputs, a `specc.ops.signature.Signature`."""
    is_open: ClassVar[bool] = False
    """Arguments of any name are taken: only the class itself knows them."""
    is_counted: ClassVar[bool] = True
    """`weights_for` gives all weights but those of ops in the arguments; else nobody knows how many there are."""

    trainable: Flag = True
    dtype: Policy | None = None
    options: Mapping[str, Any] = types.MappingProxyType({})
    """Call arguments that are no values (`use_causal_mask`)."""

    @property
    def places(self) -> tuple[Place, ...] | None:
        """What the op reads at each of its axes; None: it takes any number of axes."""
        return None

    @classmethod
    def reads_with(cls, given: Container[str]) -> tuple[CallInput, ...]:
        """The values that the call takes where these arguments are `given`."""
        return cls.call_inputs

    @property
    def reads(self) -> tuple[CallInput, ...]:
        """The values that the call takes."""
        return self.call_inputs

    @classmethod
    def holding(cls, values: dict[str, Any]) -> Self:
        """The op with these arguments, which are what it takes."""
        made = object.__new__(cls)
        made.__dict__.update(values)
        return made

    def called(self, **call: Any) -> Self:
        """The same op, called with other `options`, or `masked_by` others."""
        return self.holding({**vars(self), **call})

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments that the author gave."""
        return {k: v for k, v in vars(self).items() if k not in _AT_CALL}

    def fold_difference(self) -> tuple[str, str] | None:
        """What this op does in training, folded over steps and in a wrapper; None where it is all one."""
        if getattr(self, "activity_regularizer", None) is not None:
            seen = "the activity regularizer sees"
            return f"{seen} all steps at once", f"{seen} each step by itself"
        return self.fold_differs

    least_results: ClassVar[int] = 1
    """The number of results where no argument is known yet."""

    def result_count(self) -> int:
        """The number of results."""
        return self.least_results

    @property
    def nests_results(self) -> bool:
        """Whether Keras has the results in lists within a list."""
        return False

    def nested(self, values: list[Any]) -> list[Any]:
        """The values of an input that takes many, as Keras's call has them: one list, or lists within it."""
        return values

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The types of the results; raises `Misfit` where the op does not fit."""
        raise NotImplementedError

    def weights_for(self, shapes: Shapes) -> Weights:
        """The shapes of the weights, by name; raises `Misfit` (E207) where a size is no number."""
        return {}

    def cost(self, inputs: Shapes, outputs: Shapes) -> Size:
        """Floating-point operations for one sample: 2 for each multiply-add, 1 for any other."""
        return 0

    @property
    def ignores_leading(self) -> bool:
        """Whether leading axes may as well be merged into the batch: it may share the fold of its neighbours."""
        return False

    def frozen(self, weights: Weights) -> frozenset[str]:
        """The names among `weights` that training never changes."""
        if not self.trainable:
            return frozenset(weights)
        return self.non_trainable & weights.keys() if self.non_trainable else self.non_trainable

    def wrapped(self, weights: Weights) -> Iterable[tuple["Op", Weights]]:
        """The ops that this one runs, each with its own of the `weights`."""
        return ()

    def warnings(self, inputs: Shapes, outputs: Shapes) -> Iterable[Misfit]:
        """What is legal and yet seldom meant (W600, W601); `inputs` are as the op reads them."""
        return ()

    def asked_symbols(self) -> Iterable[tuple[str, str]]:
        """The symbols that stand in the arguments, each with its parameter."""
        return ()

    def regrouped(self, x: Shape, y: Shape) -> tuple[Size, ...]:
        """The sizes to which the op first reshapes `x` on its way to `y`; none: it does not."""
        return ()

    @property
    def steps_read(self) -> int:
        """How much was read for the op from a file, in the steps that a spec may take."""
        return 0

    def located(self, folder: str | None) -> "Op":
        """The op once the folder of its spec is known, if it has one; raises E111 for a file at fault."""
        return self

    @property
    def policy(self) -> str | None:
        """The dtype policy that Keras's layer is given; None: that of a layer around it, or `float32`."""
        return self.dtype

    @property
    def compute_dtype(self) -> str:
        """The dtype that the layer computes in."""
        dtype = self.policy or "float32"
        return dtype.removeprefix("mixed_")

    def result_dtype(self, dtype: str) -> str:
        """The dtype of a result for an input of `dtype`: floats are cast to the compute dtype."""
        if self.keeps_dtype and not dtype.startswith(("float", "bfloat")):
            return dtype
        return self.compute_dtype


class Unary(Op):
    """An op on one value: subclasses give `output`, and `weights` and `flops` where there are any."""

    def output(self, x: Shape) -> Shape:
        """The shape of the result."""
        raise NotImplementedError

    def weights(self, x: Shape) -> Weights:
        """The shapes of the weights, by name."""
        return {}

    def flops(self, x: Shape, y: Shape) -> Size:
        """Floating-point operations for one sample, from input `x` and result `y`."""
        return 0

    def results(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The type of the result."""
        x = inputs[0]
        return (Tensor(self.output(x.shape), self.result_dtype(x.dtype)),)

    def weights_for(self, shapes: Shapes) -> Weights:
        """The weights for the one input."""
        return self.weights(shapes[0])

    def cost(self, inputs: Shapes, outputs: Shapes) -> Size:
        """The FLOPs for the one input."""
        return self.flops(inputs[0], outputs[0])


def parts_of(op: Op) -> list[Op]:
    """The ops that stand in the arguments of an op."""
    found: list[Op] = []
    for value in vars(op).values():
        if isinstance(value, Op):
            found.append(value)
        elif value.__class__ in (list, tuple):
            found += [part for part in value if isinstance(part, Op)]
    return found


def within(op: Op) -> Iterator[Op]:
    """The op, and those that stand in its arguments, and in theirs."""
    yield op
    for part in parts_of(op):
        yield from within(part)


OpClass = TypeVar("OpClass", bound=type[Op])
REGISTERED: dict[str, type[Op]] = {}
"""The ops of the families that have been imported so far, by Keras name or construct word."""


def op(
    *examples: Example,
    name: str | None = None,
    inputs: str = "inputs",
    takes_list: bool = False,
    keras: str | None = None,
) -> Callable[[OpClass], OpClass]:
    """Declare a class as an op, under its own name unless `name` is given.

    `inputs` names what the call takes: `"query value key? states* mask!"`, `?` for optional, `*` for an optional list
    of values behind the others, `+` for a list of at least one (a merge), `!` for a mask that is given by its name
    alone (`*!`: a list of those of the values). `keras` is the class, `module:Class`, that an op of a
    library becomes; such an op is found by the library's name (`specc.ops.libraries`).
    """

    def declare(cls: OpClass) -> OpClass:
        cls.name = name or cls.__name__
        cls.examples = examples
        cls.takes_list = takes_list
        words = inputs.split()
        cls.call_inputs = tuple(
            CallInput(word.rstrip("?*+"), word[-1] not in "?*", word[-1] in "*+")
            for word in words
            if word[-1] != "!"
        )
        cls.call_masks = tuple(
            CallInput(word.rstrip("*!"), False, "*" in word) for word in words if word[-1] == "!"
        )
        cls.keras = keras
        if keras is None:
            REGISTERED[cls.name] = cls
        return cls

    return declare


def _parameter(name: str, annotation: Any, default: Any) -> Parameter:
    kind, nullable = kind_of(annotation)
    return Parameter(name, kind, default, nullable)


def parameters_of(cls: type[Op]) -> dict[str, Parameter]:
    """The parameters of an op, in order, worked out when it is first used."""
    if "parameters" not in cls.__dict__:
        annotations: dict[str, Any] = {}
        own = [c for c in cls.__mro__ if issubclass(c, Op) and c is not Op]
        for base in reversed(own):
            annotations |= base.__dict__.get("__annotations__", {})
        for name, annotation in Op.__annotations__.items():
            annotations.setdefault(name, annotation)
        found = {
            name: _parameter(name, annotation, getattr(cls, name, REQUIRED))
            for name, annotation in annotations.items()
            if get_origin(annotation) is not ClassVar and name != "options" and name not in cls.lacks
        }
        operands = any(p.kind.is_operand for p in found.values())
        required = {} if operands else {n: p for n, p in found.items() if p.required}
        cls.parameters = required | found
    return cls.parameters
