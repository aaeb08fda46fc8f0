"""The forms that a network takes between its text and Keras.

`Graph`: every block, repeat and parameter is written out; layers stand in the order in which they run and
read values by number. `Typed`: each value has a type, and each layer a `Reading`, which says what must be inserted.
`Explicit`: what the readings ask for is written out as layers; nothing is left to be inserted.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from specc.ir.link import Link
from specc.ops.declare import Op
from specc.ops.parameters import CallInput, Parameter
from specc.shapes.axis import Axis
from specc.shapes.demand import Demand
from specc.shapes.dim import Size
from specc.shapes.shape import Shape
from specc.shapes.tensor import Tensor
from specc.syntax.document import Document, Item
from specc.syntax.tree import Node, Scalar

if TYPE_CHECKING:  # a network of plain sizes has nothing to solve
    from specc.shapes.solve import Solution


class Pending(NamedTuple):
    """An op whose arguments ask for the size of an axis: `make` gives it once the sizes are known.

    `reads` are the values that its call takes. `make` takes the function that `size(axis)` stands for; it raises
    `specc.ops.making.ArgumentErrors`, or `specc.syntax.expressions.ExpressionError`.
    """

    cls: type[Op]
    make: Callable[[Callable[[str | int], int]], Op]
    reads: tuple[CallInput, ...]


def class_of(op: Op | Pending) -> type[Op]:
    """The class of an op, whether its arguments are known yet or not."""
    return op.cls if isinstance(op, Pending) else type(op)


class Layer:
    """One application of an op.

    `inputs` are value numbers in the order of what the op `reads`, None where an optional one is not given, and behind
    them those of the masks that its call is given (`masked_by`);
    `outputs` the numbers of the results. `region` is the number of the `map` that it stands in (0: none).
    `shares` is the layer whose weights it uses. `inserted` marks a layer that the compiler put in.
    """

    __slots__ = (
        *("distribute", "inputs", "inserted", "item", "link", "name", "op", "outputs", "region", "shares"),
    )

    def __init__(
        self,
        name: str,
        op: Op | Pending,
        inputs: tuple[int | None, ...],
        outputs: tuple[int, ...],
        item: Item,
        region: int = 0,
        link: Link | None = None,
        shares: "Layer | None" = None,
        distribute: str = "fold",
        inserted: bool = False,
    ) -> None:
        self.name = name
        self.op = op
        self.inputs = inputs
        self.outputs = outputs
        self.item = item
        self.region = region
        self.link = link
        self.shares = shares
        self.distribute = distribute
        self.inserted = inserted

    @property
    def cls(self) -> type[Op]:
        """The class of the op, whether its arguments are known yet or not."""
        return class_of(self.op)

    def changed(self, **attributes: Any) -> "Layer":
        """A layer like this one but for some attributes."""
        kept = {name: getattr(self, name) for name in self.__slots__}
        return Layer(**{**kept, **attributes})

    def __repr__(self) -> str:
        return f"Layer({self.name!r})"


Makers = Mapping[int, Layer]
"""The layer that makes each value; inputs have none."""


def makers_of(layers: Iterable[Layer]) -> Makers:
    """The layer that makes each value, for looking back."""
    return {value: layer for layer in layers for value in layer.outputs}


class Region(NamedTuple):
    """A `map`, or a block that promises the shape of an input: the axes that do not exist inside.

    `over` names or numbers them (Keras's numbers); None: whatever leads a value longer than the promise of its `Fold`.
    """

    parent: int
    name: str
    item: Item
    over: tuple[str | int, ...] | None


class Crossing(Op):
    """A value enters or leaves a region; `positions` are the places of the region's axes in the value outside.

    They are worked out by inference, from the front and without the batch. A value that enters and has none of
    the axes (`()`) is repeated for each step.
    """

    name = "map"
    parameters: ClassVar[dict[str, Parameter]] = {}

    def __init__(self, region: int, positions: tuple[int, ...] = (), promise: Shape | None = None) -> None:
        self.region = region
        self.positions = positions
        self.promise = promise


class Fold(Crossing):
    """Takes the axes of a region away: they are merged into the batch, in the order of the region."""


class Unfold(Crossing):
    """Gives a value of a region its axes back."""


class Input(NamedTuple):
    """An input of the network: its value number, type, and what Keras is told about it."""

    name: str
    value: int
    tensor: Tensor | None
    node: Node
    batch: int | None = None
    sparse: bool = False


class Output(NamedTuple):
    """An output: its name, value number, and the shape that the author promised, if any."""

    name: str
    value: int
    promise: Shape | None
    node: Node

    def declared(self, made: Tensor) -> Tensor:
        """The type of the output, whose value is `made`: in the shape that was promised."""
        return made if self.promise is None else Tensor(self.promise, made.dtype)


class Target(NamedTuple):
    """The labels that the author has for the output `name`, and where that stands.

    `sample_weight`: the shape of a sample's weights; `class_weight`: the weights of classes.
    """

    name: str
    tensor: Tensor
    key: Scalar
    node: Node
    sample_weight: Shape | None = None
    class_weight: Mapping[int, float] | None = None


class Used(NamedTuple):
    """One use of a block: its path, where it stands, and the values that it gives back."""

    path: str
    item: Item
    values: tuple[int, ...]
    link: Link | None


class Graph(NamedTuple):
    """A network with everything written out but its shapes; `used` holds the values that something reads,
    `named` the results that `as` gives a name, and where, `uses` the uses of blocks without such names, each behind
    those inside it; `steps` counts the items and rounds behind it.
    """

    document: Document
    name: str
    inputs: tuple[Input, ...]
    layers: list[Layer]
    regions: tuple[Region, ...]
    outputs: tuple[Output, ...]
    values: int
    strict: bool
    evaluate: Callable[[Node], Any]
    used: set[int]
    named: list[tuple[str, int, Node, Link | None]]
    uses: list[Used]
    steps: int = 0
    targets: tuple[Target, ...] = ()

    @property
    def batch(self) -> int | None:
        """The fixed size of the batch, if an input has one."""
        return next((i.batch for i in self.inputs if i.batch is not None), None)

    def called(self, maker: Layer | Input) -> str:
        """What an author calls a layer: what a value enters or leaves by goes by the construct."""
        crossing = maker.op if isinstance(maker, Layer) else None
        return self.regions[crossing.region].name if isinstance(crossing, Crossing) else maker.name


class Folded(NamedTuple):
    """The axes that a region or a distribution merges into the batch, where they stood, and a value that has them."""

    sizes: tuple[Size, ...]
    axes: tuple[Axis, ...]
    positions: tuple[int, ...]
    reference: int


class Reading(NamedTuple):
    """How an op reads its first input: in this order, over so many leading axes, its core reshaped to this.

    `order`: a permutation of all axes; `outer`: how many leading axes (after it) the op is distributed over, and `over`
    those axes, renamed where a name was inferred; `core`: the shape that the axes behind them are merged or extended
    to; `unwrapped`: an author's `TimeDistributed` over an axis of unknown size, which is folded instead.
    `notes`: the code and text of each insertion.
    """

    order: tuple[int, ...] | None = None
    outer: int = 0
    core: Shape | None = None
    over: Shape | None = None
    notes: tuple[tuple[str, str], ...] = ()
    unwrapped: bool = False

    def received(self, x: Shape) -> Shape:
        """`x` as the op receives it: permuted, merged and extended, the axes that it is distributed over in front."""
        if self.order is not None:
            x = x.ordered(self.order)
        over, core = x.part(0, self.outer), x.part(self.outer)
        return (self.over or over).join(self.core or core)


AS_WRITTEN = Reading()


class Weighed(NamedTuple):
    """The numbers of trainable and other parameters that a layer brings."""

    trainable: int
    fixed: int


class Demanded(NamedTuple):
    """What a layer demands of sizes that are no numbers: the position of the layer, or, below 0, of the input.

    `is_promise`: what a block promises of its input (`left`), for all sizes that the others leave.
    """

    demand: Demand
    layer: int
    is_promise: bool = False


class Typed(NamedTuple):
    """A graph with types. Lists by value number or by the position of the layer; None where an error stands in the way.

    `types[v]`: value `v`; `ops[i]`: the op of layer `i` with every size in its arguments known; `readings[i]`: where
    it is not read as written; `weights[i]`: its parameters, None where nobody knows them; `folded[r]`: the axes of
    region `r`; `demands`: what must hold of sizes that are no numbers, and its `solution`, None where there is nothing
    to solve; `hidden[name]`: the warnings about a layer that the author silences, those about none under "".
    """

    graph: Graph
    types: list[Tensor | None]
    ops: list[Op | None]
    readings: dict[int, Reading]
    weights: list[Weighed | None]
    folded: dict[int, Folded]
    output_reshapes: dict[int, Shape]
    demands: Sequence[Demanded] = ()
    solution: "Solution | None" = None
    hidden: Mapping[str, tuple[str, ...]] = MappingProxyType({})


class Explicit(NamedTuple):
    """A graph in which nothing is left to be inserted; every value has a type."""

    graph: Graph
    layers: list[Layer]
    types: list[Tensor]
    folded: Mapping[int, Folded]
    outputs: tuple[Output, ...]
