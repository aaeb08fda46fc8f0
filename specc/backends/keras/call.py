# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""One layer on its way into Keras: what it reads, and how what it makes is named."""

from collections.abc import Callable, Sequence
from typing import Any

from specc.backends.keras.depth import owner_of
from specc.ir.graph import Folded, Layer
from specc.ir.names import take_name
from specc.ops.declare import Op
from specc.shapes.shape import Shape
from specc.shapes.tensor import Tensor

KerasTensor = Any
KerasLayer = Any


class Scope:
    """One functional model while it is built: the values that it sees, their types, and the indices of its folds."""

    __slots__ = ("indices", "types", "values")

    def __init__(self, values: dict[int, KerasTensor], types: Sequence[Tensor]) -> None:
        self.values = values
        self.types = types
        self.indices: dict[int, KerasTensor] = {}


class Names:
    """The names of the operations of a model; each is given once."""

    def __init__(self, reserved: set[str]) -> None:
        self._taken = reserved
        self._named: set[int] = set()

    def fresh(self, wanted: str) -> str:
        """`wanted`, or the same with the first number that makes it new."""
        return take_name(wanted, self._taken)

    def give(self, operation: Any, path: str) -> bool:
        """Name an operation that is no layer after its kind, below `path`; False if it has been named before."""
        if id(operation) in self._named or hasattr(operation, "weights"):
            return False
        self._named.add(id(operation))
        operation.name = self.fresh(f"{path}.{type(operation).__name__.lower()}")
        return True

    def give_own(self, operation: Any, path: str) -> None:
        """Name an operation `path`, a name that is reserved for it."""
        self._named.add(id(operation))
        operation.name = path


class Call:
    """One application of an op.

    `inputs` and `types` stand in the order of what the op `reads`, None where an input is not given;
    `results` are the inferred types of what it makes; `layers` holds the Keras layers made so far, by path.
    `keras` is the module that all is made with.
    """

    __slots__ = (
        *("_named", "_operations", "folded", "inputs", "keras", "layer", "layers", "names", "op"),
        *("results", "scope", "types"),
    )

    def __init__(
        self,
        keras: Any,
        layer: Layer,
        op: Op,
        types: list[Tensor | None],
        results: list[Tensor],
        scope: Scope,
        layers: dict[str, KerasLayer],
        names: Names,
        folded: Folded | None,
    ) -> None:
        self.keras = keras
        self.layer = layer
        self.op: Any = op
        self.inputs: list[KerasTensor] = [None if v is None else scope.values[v] for v in layer.inputs]
        self.types = types
        self.results = results
        self.scope = scope
        self.layers = layers
        self.names = names
        self.folded = folded
        self._operations: list[Any] = []
        self._named = False

    @property
    def ops(self) -> Any:
        """The functions of `keras.ops`."""
        return self.keras.ops

    @property
    def x(self) -> KerasTensor:
        """The first input."""
        return self.inputs[0]

    @property
    def shape(self) -> Shape:
        """The inferred shape of the first input."""
        first = self.types[0]
        assert first is not None, "an op has a first input"
        return first.shape

    @property
    def dtype(self) -> str:
        """The dtype policy of the layer; never left to Keras's global one, which check knows nothing of."""
        return self.op.policy or "float32"

    def object(self, make: Callable[[str], KerasLayer]) -> KerasLayer:
        """The Keras layer: `make(path)`, or that of the layer whose weights this one shares."""
        path = owner_of(self.layer).name
        found = self.layers.get(path)
        if found is None:
            found = self.layers[path] = make(path)
        self._named = path == self.layer.name
        return found

    def do(self, function: Callable[..., KerasTensor], *arguments: Any, **options: Any) -> KerasTensor:
        """What a function of `keras.ops` makes of these arguments; its operation will be named by a path."""
        result = function(*arguments, **options)
        first = result[0] if isinstance(result, list | tuple) else result
        self._operations.append(first._keras_history.operation)
        return result

    def name_operations(self, made: list[KerasTensor]) -> None:
        """Name the operations: the last one as the layer, unless its weights are; the others by paths.

        The operations that Keras makes the masks of the results with are named likewise.
        """
        last = len(self._operations) - 1
        for i, operation in enumerate(self._operations):
            if i == last and not self._named:
                self.names.give_own(operation, self.layer.name)
            else:
                self.names.give(operation, self.layer.name)
        masks = [mask for x in made if (mask := getattr(x, "_keras_mask", None)) is not None]
        while masks:
            history = getattr(masks.pop(), "_keras_history", None)
            if history is not None and self.names.give(history.operation, self.layer.name):
                masks += history.operation._inbound_nodes[history.node_index].input_tensors
