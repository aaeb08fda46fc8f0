"""A model as a file describes it: its layers, and the values that each is applied to.

A model is a `Network`, be it functional or a plain sequence. A nested model is a record with a network of its own.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple, cast

Sizes = tuple[int | None, ...]


class Value(NamedTuple):
    """Result `result` of application number `node` of a layer."""

    layer: str
    node: int
    result: int


class Sort(NamedTuple):
    """What is known of a value: its sizes without the batch, the size of that, and its dtype; a number has no batch."""

    sizes: Sizes
    batch: int | None
    dtype: str
    has_batch: bool = True


class Application(NamedTuple):
    """One call of a layer: positional and named arguments; a `Value` stands wherever a value does."""

    arguments: list[Any]
    named: dict[str, Any]


class Record(NamedTuple):
    """One layer (or operation, or nested model, then with its `network`), and its applications.

    `cls` is the name of its class and `module` where that stands: None if the file does not say.
    """

    name: str
    module: str | None
    cls: str
    config: dict[str, Any]
    applications: list[Application]
    network: "Network | None" = None


class Network(NamedTuple):
    """A model: its layers by name, and the values that it takes and gives, in Keras's lists and mappings.

    `types` holds what the file says of values, which is all but of those that nothing reads; `results` how many of
    the results of each application are read, by the name of its layer and its number.
    """

    name: str
    records: dict[str, Record]
    inputs: Any
    outputs: Any
    types: dict[Value, Sort]
    results: dict[tuple[str, int], int]

    def read_of(self, layer: str, node: int) -> int:
        """How many of the results of an application are read."""
        return self.results.get((layer, node), 1)


def leaves(tree: Any) -> list[Value]:
    """The values in lists and mappings, in the order in which Keras counts them: mappings by sorted keys."""
    if isinstance(tree, Value):
        return [tree]
    if isinstance(tree, dict):
        keyed = cast("dict[str, Any]", tree)
        return [leaf for key in sorted(keyed) for leaf in leaves(keyed[key])]
    if isinstance(tree, list):
        return [leaf for part in cast("list[Any]", tree) for leaf in leaves(part)]
    return []


def values_of(application: Application) -> list[Value]:
    """All values that a call is given."""
    return [*leaves(application.arguments), *leaves(application.named)]


def read_values(network: Network) -> Iterator[Value]:
    """All values that the layers of a network are given."""
    for record in network.records.values():
        for application in record.applications:
            yield from values_of(application)
