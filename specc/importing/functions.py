"""Operations that are no layers: functions of `keras.ops`, Python's operators, and indexing."""

from collections.abc import Iterator
from functools import cache
from typing import Any, cast

from specc.importing.chain import Piece
from specc.importing.layers import HIDDEN
from specc.importing.objects import Unsayable, plain
from specc.importing.records import Application, Network, Record, Value, leaves
from specc.ops import making, registry
from specc.ops.declare import Op, parameters_of
from specc.passes.repairs.spell import spelled

_WHOLE = (slice(None), slice(0, None), slice(None, None, 1), slice(0, None, 1))


def pieces_of(record: Record, node: int, network: Network) -> Iterator[Piece]:
    """The items for an operation: the last of them makes its result; raises `Unsayable`."""
    if record.cls == "GetItem":
        yield from _parts(record, node, network)
        return
    name = _functions().get(_letters(record.cls))
    if name is None:
        raise Unsayable(f"is the operation `{record.cls}`, which is no function that a spec can name")
    cls = registry.known(name)
    application = record.applications[node]
    operands = _operands(cls, application)
    arguments = {k: v for k, v in operands.items() if not leaves(v)} | _config(cls, record)
    op = _made(cls, arguments)
    reads: list[Value | None] = []
    for each in op.reads:
        values = leaves(operands.get(each.name))
        reads += values or ([] if each.many else [None])
    while reads and reads[-1] is None:
        reads.pop()
    gives = [Value(record.name, node, i) for i in range(op.result_count())]
    yield _piece(op, record.name if node == 0 else None, reads, gives)


def _made(cls: type[Op], arguments: dict[str, Any]) -> Op:
    try:
        return making.make(cls, arguments)
    except making.ArgumentErrors as errors:
        raise Unsayable(f"is no `{cls.name}` that a spec can say: {errors.errors[0].message}") from None


def _piece(op: Op, name: str | None, reads: list[Value | None], gives: list[Value]) -> Piece:
    key, value = spelled(op)
    return Piece(key, value, name, key, op, reads, gives, {})


@cache
def _functions() -> dict[str, str]:
    """The functions, by the letters of their names: Keras's classes are called as they are."""
    found = {_letters(name.rpartition(".")[2]): name for name in registry.names() if name.startswith("ops.")}
    return found | {f"{word}norm": f"ops.{name}_normalization" for word, name in _NORMS.items()}


_NORMS = {"batch": "batch", "layer": "layer", "rms": "rms"}


def _letters(name: str) -> str:
    return name.replace("_", "").lower()


def _operands(cls: type[Op], application: Application) -> dict[str, Any]:
    """The operands by name: values, and constants."""
    given = application.arguments
    known = {each.name: each for each in cls.call_inputs}
    names = list(parameters_of(cls))
    if cls.takes_list and len(leaves(given)) >= len(given):
        names, given = [cls.call_inputs[0].name], [leaves(given)]
    if len(given) > len(names):
        raise Unsayable(f"is `{cls.name}` with more operands than the function has")
    found: dict[str, Any] = dict(zip(names, given, strict=False))
    found |= application.named
    for name, value in [*found.items()]:
        if value is None:
            del found[name]
        elif leaves(value):
            each = known.get(name)
            several: list[Any] = cast("list[Any]", value) if isinstance(value, list) else [value]
            if each is None or not all(isinstance(part, Value) for part in several):
                raise Unsayable(f"is `{cls.name}` with a value for `{name}`, which a spec cannot say")
            if len(several) > 1 and not each.many:
                raise Unsayable(f"is `{cls.name}` with {len(several)} values for `{name}`")
        else:
            found[name] = plain(value)
    return found


def _config(cls: type[Op], record: Record) -> dict[str, Any]:
    """The other arguments, which Keras keeps in the operation."""
    known = parameters_of(cls)
    found: dict[str, Any] = {}
    for name, value in record.config.items():
        if name == "name":
            continue
        if name in known:
            if value is not None or not known[name].required:
                found[name] = plain(value)
        elif value != HIDDEN.get(name):
            raise Unsayable(f"has an argument `{name}`, which `{cls.name}` does not take")
    return found


def _parts(record: Record, node: int, network: Network) -> Iterator[Piece]:
    """Indexing, axis by axis: a `slice` for each that is not taken whole, and `ops.expand_dims` for each new one."""
    application = record.applications[node]
    value = application.arguments[0] if application.arguments else None
    sort = network.types.get(value) if isinstance(value, Value) else None
    if sort is None or not isinstance(value, Value) or len(application.arguments) != 2:
        raise Unsayable("is indexed in a way that a spec cannot say")
    keys = _keys(application.arguments[1], len(sort.sizes) + 1)
    if keys[0] not in _WHOLE:
        raise Unsayable("takes part of the batch, which a spec never does")
    ops: list[Op] = []
    axis = 1
    for key in keys[1:]:
        if key is None:
            ops.append(_made(registry.known("ops.expand_dims"), {"axis": axis}))
        elif isinstance(key, slice):
            if key not in _WHOLE:
                bounds = zip(("start", "stop", "step"), _bounds(key), strict=True)
                given = {name: value for name, value in bounds if value is not None}
                ops.append(_made(registry.known("slice"), {"axis": axis, **given}))
        else:
            ops.append(_made(registry.known("slice"), {"axis": axis, "index": key}))
            continue
        axis += 1
    ops = ops or [_made(registry.known("Identity"), {})]
    for i, op in enumerate(ops, 1):
        is_last = i == len(ops)
        made = Value(record.name, node, 0) if is_last else Value(f"{record.name}/{i}", node, 0)
        yield _piece(op, record.name if is_last and node == 0 else None, [value], [made])
        value = made


def _bounds(key: Any) -> tuple[Any, ...]:
    """The numbers in an index of one axis."""
    return (key.start, key.stop, key.step) if isinstance(key, slice) else (key,)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


def _keys(key: Any, rank: int) -> list[Any]:
    """What an index says of each axis, the batch first; raises `Unsayable`."""
    keys: list[Any] = list(cast("list[Any]", key)) if isinstance(key, list) else [key]
    if keys.count(...) > 1:
        raise Unsayable("is indexed with more than one `...`")
    taken = sum(part is not None and part is not ... for part in keys)
    if ... in keys:
        at = keys.index(...)
        keys[at : at + 1] = [slice(None)] * (rank - taken)
    for part in keys:
        if not all(b is None or (isinstance(b, int) and not isinstance(b, bool)) for b in _bounds(part)):
            raise Unsayable("is indexed by values or lists, which a spec cannot say")
    if not keys:
        return [slice(None)]
    if taken > rank:
        raise Unsayable("is indexed along more axes than there are")
    return keys
