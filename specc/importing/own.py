"""Layers that are not Keras's own: their classes, with the signatures that the file gives away."""

from typing import Any

from specc.importing.chain import Piece
from specc.importing.objects import Unsayable, plain
from specc.importing.records import Network, Record, Value, leaves
from specc.importing.signature import signature_of
from specc.ops import making
from specc.ops.custom import OwnError, own
from specc.ops.declare import Op
from specc.passes.repairs.spell import spelled


def custom(record: Record, node: int, network: Network, policy: str) -> Piece:
    """A layer that is not Keras's own, or not a public one: its class with a signature."""
    if record.module is None:
        raise Unsayable(
            f"is a `{record.cls}`, and the file does not say in which module that class stands",
            "put the class into a module of its own, and save the model again",
        )
    application = record.applications[node]
    takes_list = bool(application.arguments) and isinstance(application.arguments[0], list)
    reads = leaves(application.arguments)
    if not reads or leaves(application.named):
        raise Unsayable("is called with values by name, which a signature of an import does not hold")
    options = {k: v for k, v in application.named.items() if v is not None and v is not False}
    gives = [Value(record.name, node, i) for i in range(network.read_of(record.name, node))]
    sorts = [network.types[value] for value in reads if value in network.types]
    if len(sorts) < len(reads):
        raise Unsayable("is of a class of its own, and the file does not say the shapes that it reads")
    config = {k: plain_or_kept(v) for k, v in record.config.items()}
    dtype = config.get("dtype") or "float32"
    made = [network.types.get(value) for value in gives]
    signature = signature_of(sorts, made, takes_list, str(dtype))
    op = _op(f"{record.module}:{record.cls}", signature, config, policy)
    fields: dict[str, Any] = {"call": options} if options else {}
    if node:
        return Piece("reuse", record.name, None, "reuse", op, [*reads], gives, fields)
    key, value = spelled(op, policy)
    return Piece(key, value, record.name, key, op, [*reads], gives, {"signature": signature, **fields})


def _op(word: str, signature: str, config: dict[str, Any], policy: str) -> Op:
    """The op of a layer whose class is not one of Keras's public ones; raises `Unsayable`."""
    left_out = {"name": config.get("name"), "autocast": True, "trainable": True, "dtype": policy}
    arguments = {k: v for k, v in config.items() if k not in left_out or (k != "name" and v != left_out[k])}
    if arguments.get("activity_regularizer", 0) is None:
        del arguments["activity_regularizer"]
    try:
        return making.make(own(word, signature), arguments)
    except (OwnError, making.ArgumentErrors) as error:
        raise Unsayable(f"is of the class `{word}`, which a spec cannot say: {error}") from None


def plain_or_kept(data: Any) -> Any:
    """Plain data where a spec has words for it; else what Keras wrote, for the layer's own class to read."""
    try:
        return plain(data)
    except Unsayable:
        return data
