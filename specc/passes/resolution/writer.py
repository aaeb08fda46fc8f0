"""The network that is being written out: its names, values, layers and regions."""

from typing import Any, NamedTuple

from specc.ir.graph import Fold, Layer, Region, Unfold, Used
from specc.ir.link import Link
from specc.ops.declare import Op
from specc.passes.resolution.params import Param
from specc.passes.resolution.scope import Names, Scope
from specc.passes.resolution.values import Env, Failed, Findings, TooLarge
from specc.syntax.document import Document, Item
from specc.syntax.tree import Node, Scalar

MAX_LAYERS = 1_000_000
TOO_MANY_LAYERS = f"the network has more than {MAX_LAYERS:,} layers"
MAX_NESTING = 100
MAX_PATH = 1000
"""How many characters the path of a name has."""


class Context(NamedTuple):
    """Where a chain stands: its names, parameters, region, the blocks around it, and the way there.

    `shares` is the path of the block instance whose weights the layers here use, with the path that it has here.
    """

    scope: Scope
    env: Env
    document: Document
    region: int = 0
    link: Link | None = None
    blocks: tuple[str, ...] = ()
    shares: tuple[str, str] | None = None


class Missing(NamedTuple):
    """A name that stood for nothing where it was used."""

    name: str
    scope: Scope
    node: Node
    link: Link | None
    close: str | None


class Writer:
    """Holds what has been written out so far, layer by layer, in the order in which they run."""

    def __init__(self, document: Document, found: Findings) -> None:
        self.found = found
        self.names = Names()
        self.layers: list[Layer] = []
        self.by_path: dict[str, Layer] = {}
        nowhere = Item(document.node, Scalar(document.source, 0, 0, ""), None)
        self.regions: list[Region] = [Region(-1, "", nowhere, ())]
        self.region_of: list[int] = []
        self.used: set[int] = set()
        self.missing: list[Missing] = []
        self.named: list[tuple[str, int, Node, Link | None]] = []
        """The results that `as` names: name, value, and where."""
        self.uses: list[Used] = []
        """The uses of blocks whose results no `as` names, each behind those inside it."""
        self.inputs: tuple[str, ...] = ()
        self.block_params: dict[str, dict[str, Param]] = {}
        """The parameters that each block declares."""
        self.instances: dict[str, Any] = {}
        """The blocks that were used, by path."""
        self.constructs: set[str] = set()
        """The paths of constructs: a layer that ends one has its name."""
        self.file_env: Env = {}
        """The parameters of the spec, which its blocks see too."""
        self.distribute = "fold"
        self.steps = 0
        self.crossed: dict[tuple[int, int], int] = {}
        """The values that have entered or left a region, by number and by the region that they went to."""

    def value(self, region: int) -> int:
        """A new value."""
        self.region_of.append(region)
        return len(self.region_of) - 1

    def count(self, node: Node, link: Link | None) -> None:
        """Count one more layer or round against the bound."""
        self.steps += 1
        if self.steps > MAX_LAYERS:
            self.found.error("E110", TOO_MANY_LAYERS, node, link=link)
            raise TooLarge

    def hold_path(self, path: str, node: Node, link: Link | None) -> None:
        """E110 and `Failed` where a path is too long."""
        if len(path) > MAX_PATH:
            message = f"with the names around it, this name has more than {MAX_PATH:,} characters"
            self.found.error("E110", message, node, link=link)
            raise Failed

    def add(
        self,
        name: str,
        op: Any,
        inputs: tuple[int | None, ...],
        outputs: tuple[int, ...],
        item: Item,
        context: Context,
    ) -> Layer:
        """Append a layer called `name` in its scope."""
        path = context.scope.prefix + name
        layer = Layer(path, op, inputs, outputs, item, context.region, context.link, None, self.distribute)
        if context.shares is not None:
            there, here = context.shares
            layer.shares = self.by_path.get(there + path[len(here) :])
        self.layers.append(layer)
        self.by_path[path] = layer
        self.names.values[path] = outputs[0]
        return layer

    def move(self, value: int, region: int, context: Context) -> int:
        """`value` as it is inside `region`: folded on the way in, unfolded on the way out."""
        here = self.region_of[value]
        if here == region:
            return value
        around_target = self._around(region)
        while here not in around_target:
            value = self._cross(value, here, self.regions[here].parent, Unfold(here), context)
            here = self.regions[here].parent
        for inner in reversed(around_target[: around_target.index(here)]):
            value = self._cross(value, inner, inner, Fold(inner), context)
        return value

    def _around(self, region: int) -> list[int]:
        """The region and those around it, from the inside."""
        around: list[int] = []
        while region >= 0:
            around.append(region)
            region = self.regions[region].parent
        return around

    def _cross(self, value: int, region: int, target: int, op: Op, context: Context) -> int:
        known = self.crossed.get((value, target))
        if known is not None:
            self.used.add(known)
            return known
        self.used.add(value)
        made = self.value(target)
        self.used.add(made)
        kind = "fold" if isinstance(op, Fold) else "unfold"
        name = self.names.automatic(Scope("", None), f"{self.regions[region].name}.{kind}")
        self.names.values[name] = made
        layer = Layer(
            name, op, (value,), (made,), self.regions[region].item, target, context.link, inserted=True
        )
        self.layers.append(layer)
        self.crossed[value, target] = made
        return made
