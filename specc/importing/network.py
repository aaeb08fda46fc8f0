"""A model as the sections of a spec: inputs, blocks for nested models, layers, outputs."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, cast

from specc.diagnostics.model import Diagnostic, Fix
from specc.importing.archive import Broken
from specc.importing.calls import wired
from specc.importing.chain import Chain, Piece, chain, in_order
from specc.importing.counting import read_rows
from specc.importing.folds import Folds
from specc.importing.functions import pieces_of
from specc.importing.items import Layers, chains_in, in_full, names_in
from specc.importing.layers import CRF, op_from
from specc.importing.masks import leave_out_masks
from specc.importing.objects import Unsayable, is_of_keras
from specc.importing.own import custom, plain_or_kept
from specc.importing.records import Application, Network, Record, Sizes, Sort, Value, leaves, values_of
from specc.ops.declare import Op
from specc.ops.kinds import POLICIES
from specc.passes.repairs.spell import spelled


class Written(NamedTuple):
    """A model as plain data: inputs, blocks by name, items, and what each output is made from."""

    name: str
    inputs: dict[str, dict[str, Any]]
    blocks: dict[str, Any]
    layers: list[Any]
    outputs: dict[str, str]
    policy: str | None


class Importer:
    """Goes through a model and the models in it; what no spec can say is collected in `found`.

    `is_named`: every name is written, whether it is what the layer would be called without or not.
    """

    def __init__(self, network: Network, is_named: bool = False) -> None:
        self.network = network
        self.is_named = is_named
        self.policy = _common_policy(network)
        self.blocks: dict[str, Any] = {}
        self.found: list[Diagnostic] = []
        self.paths: set[str] = set()
        """The paths that layers must have, so that their weights find them."""
        self.shapes: dict[str, Sort] = {}
        """What the file says of the results of layers, by path."""

    def written(self) -> Written:
        """The whole model; raises `Broken`."""
        network = self.network
        written = self.chain(network, "")
        inputs = {value.layer: self._input(network, value) for value in leaves(network.inputs)}
        outputs = {
            name: written.names.get(value, value.layer) for name, value in _named_outputs(network, written)
        }
        policy = None if self.policy == "float32" else self.policy
        return Written(network.name, inputs, self.blocks, written.items, outputs, policy)

    def chain(self, network: Network, prefix: str) -> Chain:
        """The items of a network, whose layers have paths that begin with `prefix`."""
        blocks: dict[str, str] = {}
        pieces: list[Piece] = []
        leave_out_masks(network, in_order(network))
        read_rows(network, in_order(network))
        folds = Folds(network)
        for record, node in in_order(network):
            if not record.applications:
                if record.cls == "InputLayer":
                    continue
                raise Broken(f"`{record.name}` is applied to nothing, and its result is read")
            try:
                made: list[Piece] = []
                if not folds.crosses(record, node):
                    rearranged = [*folds.rearranged(record, node)]
                    made = rearranged or [*self._pieces(record, node, network, prefix, blocks)]
                results = len(made[-1].gives) if made else 1
                if results < network.read_of(record.name, node):
                    raise Broken(f"`{record.name}` makes {results} results; more are read")
                pieces += map(folds.placed, made)
                if made:
                    self._note(made[-1], network, prefix)
            except Unsayable as problem:
                self._report(record, prefix, problem)
                pieces += _missing(record, node, network)
        for value in leaves(network.outputs):
            if value in folds.merged:
                self._report(network.records[value.layer], prefix, Unsayable("is an output within a fold"))
        outputs = folds.called(network.outputs)
        written = chain(pieces, leaves(network.inputs), outputs, self.is_named)
        written.names.update((v, written.names[of]) for v, of in folds.same.items() if of in written.names)
        return written

    def _note(self, piece: Piece, network: Network, prefix: str) -> None:
        """Keep what is to be found again in the spec: the path of a piece, and the shape of its result."""
        if piece.name is None or piece.key == "use":
            return
        path = prefix + piece.name
        self.paths.add(path)
        sort = network.types.get(piece.gives[0])
        if sort is not None:
            self.shapes[path] = sort

    def _report(self, record: Record, prefix: str, problem: Unsayable) -> None:
        fixes = () if problem.help is None else (Fix(problem.help, "display"),)
        path = prefix + record.name
        self.found.append(Diagnostic("E505", f"`{path}` {problem.message}", layer=path, fixes=fixes))

    def _pieces(
        self, record: Record, node: int, network: Network, prefix: str, blocks: dict[str, str]
    ) -> Iterator[Piece]:
        _check_name(record.name)
        application = record.applications[node]
        if not all(network.types[v].has_batch for v in values_of(application) if v in network.types):
            raise Unsayable("reads a number that is computed for the whole batch")
        sizes = _first_sizes(application, network)
        if record.network is not None:
            yield self._nested(record, record.network, node, prefix, blocks)
        elif is_of_keras(record.module) and str(record.module).startswith("keras.src.ops"):
            yield from pieces_of(record, node, network)
        elif record.module == "keras.layers" or _is_crf(record):
            word = CRF if _is_crf(record) else record.cls
            yield self._layer(record, node, op_from(word, record.config, sizes, self.policy))
        else:
            yield custom(record, node, network, self.policy)

    def _layer(self, record: Record, node: int, op: Op) -> Piece:
        reads, options, masked_by = wired(op, record.applications[node])
        if options or masked_by:
            op = op.called(options=options, masked_by=masked_by)
        fields: dict[str, Any] = {"call": options} if options else {}
        key, value = spelled(op, self.policy)
        gives = [Value(record.name, node, i) for i in range(op.result_count())]
        if node:
            return Piece("reuse", record.name, None, "reuse", op, reads, gives, fields)
        return Piece(key, value, record.name, key, op, reads, gives, fields)

    def _nested(
        self, record: Record, inner: Network, node: int, prefix: str, blocks: dict[str, str]
    ) -> Piece:
        """A nested model: a block, used, and then used again with the same weights."""
        reads = _bound(record.applications[node], inner, record.name)
        gives = [Value(record.name, node, i) for i in range(len(leaves(inner.outputs)))]
        if record.name in blocks:
            return Piece("reuse", record.name, None, "reuse", None, [*reads], gives, {})
        block = blocks[record.name] = self._block(record.name, inner, f"{prefix}{record.name}.")
        return Piece("use", block, record.name, block, None, [*reads], gives, {})

    def _block(self, name: str, inner: Network, prefix: str) -> str:
        """Write a nested model out as a block, and return what that is called."""
        block = name
        while block in self.blocks:
            block += "_"
        self.blocks[block] = None  # the name is taken before the blocks inside look for theirs
        written = self.chain(inner, prefix)
        inputs = [value.layer for value in leaves(inner.inputs)]
        outputs = [written.names.get(value, value.layer) for value in leaves(inner.outputs)]
        section: dict[str, Any] = {}
        if len(inputs) > 1 or inputs[0] in outputs or inputs[0] in _origins(in_full(written.items)):
            section["inputs"] = inputs
        section["layers"] = written.items
        if leaves(inner.outputs) != [written.last]:
            section["outputs"] = outputs
        self.blocks[block] = section
        return block

    def _input(self, network: Network, value: Value) -> dict[str, Any]:
        """An input as a spec has it: its shape, and what else Keras is told about it."""
        config = network.records[value.layer].config
        sort = network.types[value]
        for word in ("ragged", "optional"):
            if config.get(word):
                message = f"the input `{value.layer}` is {word}, which a spec cannot say"
                self.found.append(Diagnostic("E505", message, layer=value.layer))
        full: dict[str, Any] = {"shape": list(sort.sizes)}
        if sort.dtype != "float32":
            full["dtype"] = sort.dtype
        if sort.batch is not None:
            full["batch_size"] = sort.batch
        if config.get("sparse"):
            full["sparse"] = True
        return full


def _is_crf(record: Record) -> bool:
    return record.module == "specc.layers" and record.cls == "CRF"


def _common_policy(network: Network) -> str:
    """The dtype of most layers."""
    found: Counter[str] = Counter()
    waiting = [network]
    while waiting:
        for record in waiting.pop().records.values():
            if record.network is not None:
                waiting.append(record.network)
            elif record.cls != "InputLayer" and "dtype" in record.config:
                name = plain_or_kept(record.config["dtype"])
                found[name if name in POLICIES else "float32"] += 1
    return found.most_common(1)[0][0] if found else "float32"


def _check_name(name: str) -> None:
    """A name is a path of parts that a `from` can say."""
    if name == "_" or "*" in name or "/" in name or not name.isprintable() or not all(name.split(".")):
        raise Unsayable("has a name that a spec cannot say", "save the model again with another name for it")


def _first_sizes(application: Application, network: Network) -> Sizes | None:
    values = leaves(application.arguments) or leaves(application.named)
    sort = network.types.get(values[0]) if values else None
    return None if sort is None else sort.sizes


def _missing(record: Record, node: int, network: Network) -> Iterator[Piece]:
    """A stand-in for what no spec can say, so that what follows is looked at too."""
    gives = [Value(record.name, node, i) for i in range(network.read_of(record.name, node))]
    yield Piece("Identity", {}, None, "Identity", None, [leaves(network.inputs)[0]], gives, {})


def _bound(application: Application, inner: Network, name: str) -> list[Value]:
    """The values for the inputs of a nested model, in their order."""
    given = application.arguments[0] if application.arguments else None
    wanted = inner.inputs
    if isinstance(wanted, dict) and isinstance(given, dict):
        by_name = cast("dict[str, Any]", given)
        if by_name.keys() != cast("dict[str, Any]", wanted).keys():
            raise Unsayable(f"takes the inputs {sorted(wanted)} and is given {sorted(by_name)}")  # pyright: ignore[reportUnknownArgumentType]
    values = leaves(given)
    if len(values) != len(leaves(wanted)) or len(application.arguments) > 1 or leaves(application.named):
        raise Unsayable(f"is not called with one value for each of its {len(leaves(wanted))} inputs")
    return values


def _origins(items: Layers) -> set[str]:
    """The names that items, and what is inside them, read."""
    found = {name for item in items for name in names_in(item.get("from"))}
    return found.union(*(_origins(chain) for item in items for chain in chains_in(item)))


def _named_outputs(network: Network, written: Chain) -> Iterator[tuple[str, Value]]:
    """The outputs by the names that the model gives them: of its mapping, or else of their layers."""
    taken: set[str] = set()
    for name, value in _entries(network.outputs, ""):
        found = name or (
            value.layer if value.result == value.node == 0 else written.names.get(value, value.layer)
        )
        while found in taken:
            found += "_"
        taken.add(found)
        yield found, value


def _entries(tree: Any, name: str) -> Iterator[tuple[str, Value]]:
    """The values of the outputs in Keras's order, each with its key in mappings."""
    if isinstance(tree, Value):
        yield name, tree
    elif isinstance(tree, Mapping):
        for key, part in cast("dict[str, Any]", tree).items():
            yield from _entries(part, f"{name}.{key}" if name else key)
    else:
        for part in cast("list[Any]", tree):
            yield from _entries(part, "")
