"""How the constructs that hold chains are written out: repeats, residuals, branches and maps."""

from typing import Any, cast

from specc.diagnostics.model import Note
from specc.ir.graph import Region, Unfold
from specc.ir.link import Frame, Link
from specc.passes.resolution.blocks import reuse, use
from specc.passes.resolution.resolver import Builder, Resolver
from specc.passes.resolution.scope import Scope, explicit_names
from specc.passes.resolution.values import COPIES_OF_A_STEP, Env, Failed, evaluate, listed
from specc.passes.resolution.wiring import count_fault, current_value, references
from specc.passes.resolution.writer import MAX_LAYERS, Context
from specc.syntax import tree
from specc.syntax.document import Item
from specc.syntax.tree import Node, Scalar, kind_of


def _inner(context: Context, prefix: str, item: Item) -> Context:
    """The context of a chain inside a construct, its names behind `prefix`."""
    scope = Scope(context.scope.prefix + prefix, context.scope)
    scope.reserved = _names_inside(item)
    return context._replace(scope=scope)


def _names_inside(item: Item) -> frozenset[str]:
    """The names that are written in the chains of a construct, found once for all its rounds."""
    if item.names is None:
        item.names = explicit_names((item.chains or {}).values())
    return item.names


def _start(resolver: Resolver, item: Item, current: int | None, context: Context) -> int | None:
    """The value that a construct starts from: `from`, else the one before it."""
    node = item.field("from")
    if node is None:
        if current is None:
            return None
        return resolver.move(current, context.region, context)
    origin = evaluate(node, context.env, resolver.found, context.link)
    values = references(resolver, origin, node, current, context)
    if len(values) != 1:
        message = f"`{item.word}` starts from one value and is given {len(values)}"
        resolver.found.error("E303", message, node, link=context.link)
        raise Failed
    return values[0]


def _rows(resolver: Resolver, item: Item, context: Context) -> list[Env]:
    """The parameters of each round."""
    node = item.value if item.value is not None else item.key
    value = None if item.value is None else evaluate(item.value, context.env, resolver.found, context.link)
    index = item.field("index")
    counter = None if index is None else evaluate(index, context.env, resolver.found, context.link)
    if counter is not None and not (isinstance(counter, str) and counter.isidentifier()):
        resolver.found.error("E102", "`index` is the name of a parameter", index or node, link=context.link)
        raise Failed
    rows = _table(resolver, value, node, context)
    return rows if counter is None else [{**row, counter: i} for i, row in enumerate(rows)]


def _table(resolver: Resolver, value: Any, node: Node, context: Context) -> list[Env]:
    def fail(code: str, message: str) -> Failed:
        resolver.found.error(code, message, node, link=context.link)
        return Failed()

    if isinstance(value, int) and not isinstance(value, bool):
        if value < 0:
            raise fail("E107", f"a number of rounds is at least 0, not {value}")
        if value > MAX_LAYERS:
            raise fail("E110", f"{value:,} rounds are more than the {MAX_LAYERS:,} that a network may have")
        return [{} for _ in range(value)]
    if not isinstance(value, dict) or not value:
        raise fail("E102", f"rounds are a number, or a mapping of lists, not {kind_of(cast(object, value))}")
    columns: dict[Any, Any] = value  # pyright: ignore[reportUnknownVariableType]
    for name, column in columns.items():
        if not (isinstance(name, str) and name.isidentifier()):
            raise fail("E102", f"`{name}` cannot be the name of a parameter")
        if not isinstance(column, list):
            raise fail("E102", f"`{name}` must be a list, one entry for each round, not {kind_of(column)}")
    lengths = {len(column) for column in columns.values()}
    if len(lengths) > 1:
        listed = ", ".join(f"`{name}` {len(column)}" for name, column in columns.items())
        raise fail("E107", f"the lists of the rounds must be equally long: {listed}")
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _repeat(resolver: Resolver, item: Item, current: int | None, context: Context) -> int | None:
    """The layers once per row, one after the other."""
    rows = _rows(resolver, item, context)
    name = resolver.name(item, "repeat", context)
    value = _start(resolver, item, current, context)
    if value is not None:
        resolver.used.add(value)
    path = context.scope.prefix + name
    resolver.names.rounds[path] = len(rows)
    for number, row in enumerate(rows):
        value = resolver.chain(_chain(item), value, _round(resolver, item, name, number, row, context))
    if value is not None:
        resolver.names.values[path] = value
    return value


def _round(resolver: Resolver, item: Item, name: str, number: int, row: Env, context: Context) -> Context:
    """The context of one round, with its parameters; the round is counted."""
    resolver.count(item.node, context.link)
    note = Note(f"round {number + 1} of `{name}`", item.key.span)
    frame = Frame(context.scope.prefix + name, item, row, round=number)
    inner = _inner(context, f"{name}.{number}.", item)._replace(link=Link(note, context.link, frame))
    if not row:
        return inner
    resolver.found.spend(len(inner.env) // COPIES_OF_A_STEP, item.node, inner.link)
    return inner._replace(env={**inner.env, **row})


def _each(resolver: Resolver, item: Item, current: int | None, context: Context) -> int | None:
    """The layers once per row, side by side, merged."""
    rows = _rows(resolver, item, context)
    name = resolver.name(item, "each", context)
    start = _start(resolver, item, current, context)
    resolver.names.rounds[context.scope.prefix + name] = len(rows)
    ends: list[int] = []
    for number, row in enumerate(rows):
        end = resolver.chain(_chain(item), start, _round(resolver, item, name, number, row, context))
        ends.append(current_value(resolver, item, end, context))
    return _merge(resolver, item, name, ends, "Concatenate", context)


def _residual(resolver: Resolver, item: Item, current: int | None, context: Context) -> int | None:
    """`merge(body(x), shortcut(x))`."""
    name = resolver.name(item, "residual", context)
    start = current_value(resolver, item, _start(resolver, item, current, context), context)
    chains = item.chains or {}
    inner = _inner(context, f"{name}.", item)
    body = resolver.chain(chains.get("layers", []), start, inner)
    shortcut: int | None = start
    if "shortcut" in chains:
        beside = _inner(context, f"{name}.shortcut.", item)
        shortcut = resolver.chain(chains["shortcut"], start, beside)
    ends = [current_value(resolver, item, end, context) for end in (body, shortcut)]
    return _merge(resolver, item, name, ends, "Add", context)


def _branches(resolver: Resolver, item: Item, current: int | None, context: Context) -> int | None:
    """Parallel chains from the same value, merged."""
    name = resolver.name(item, "branches", context)
    start = _start(resolver, item, current, context)
    ends: list[int] = []
    for word, chain in (item.chains or {}).items():
        resolver.hold_path(f"{context.scope.prefix}{name}.{word}", item.key, context.link)
        inner = _inner(context, f"{name}.{word}.", item)
        ends.append(current_value(resolver, item, resolver.chain(chain, start, inner), context))
    return _merge(resolver, item, name, ends, "Concatenate", context)


def _merge(resolver: Resolver, item: Item, name: str, ends: list[int], default: str, context: Context) -> int:
    """The layer that merges what a construct made; it has the construct's own name."""
    if not ends:
        resolver.found.error("E303", f"`{item.word}` has nothing to merge", item.key, link=context.link)
        raise Failed
    layer = _merge_item(resolver, item, default, context)
    prepared = resolver.ops.prepare(layer, context.env, context.link)
    fault = count_fault(prepared.op, len(ends), is_list=True)
    if fault is not None:
        resolver.found.error("E303", fault, layer.key, link=context.link)
        raise Failed
    value = resolver.value(context.region)
    resolver.used.update(ends)
    resolver.constructs.add(context.scope.prefix + name)
    resolver.add(name, prepared.op, tuple(ends), (value,), layer, context)
    return value


def _merge_item(resolver: Resolver, item: Item, default: str, context: Context) -> Item:
    """The merge as an item of its own: `merge: Add`, `merge: {Concatenate: {axis: 1}}`, or the default."""
    node = item.field("merge")
    if node is None:
        key = Scalar(item.key.source, item.key.start, item.key.end, default)
        return Item(item.node, key, None)
    if isinstance(node, Scalar):
        name = evaluate(node, context.env, resolver.found, context.link)
        if isinstance(name, list):
            resolver.found.error("E102", "`merge` is an op, not a list", node, link=context.link)
            raise Failed
        return Item(item.node, Scalar(node.source, node.start, node.end, name), None)
    if isinstance(node, tree.Mapping):
        ops = [entry for entry in node.entries if entry[0].value != "signature"]
        if len(ops) == 1 and (len(node.entries) == 1 or ":" in str(ops[0][0].value)):
            made = Item(item.node, *ops[0])
            signature = node.get("signature")
            made.fields = None if signature is None else {"signature": signature}
            return made
    resolver.found.error(
        "E102", "`merge` is an op, as `Add` or `{Concatenate: {axis: 1}}`", node, link=context.link
    )
    raise Failed


def _map(resolver: Resolver, item: Item, current: int | None, context: Context) -> int | None:
    """The layers once per step of the named axes."""
    node = item.field("over")
    if node is None:
        raise Failed
    over = evaluate(node, context.env, resolver.found, context.link)
    several = listed(over)
    if not several or not all(isinstance(a, int | str) and not isinstance(a, bool) for a in several):
        resolver.found.error("E102", "`over` is an axis, or a list of them", node, link=context.link)
        raise Failed
    named = item.field("name") is not None
    name = resolver.name(item, "map", context)
    start = current_value(resolver, item, _start(resolver, item, current, context), context)
    resolver.used.add(start)
    path = context.scope.prefix + name
    resolver.regions.append(Region(context.region, path, item, tuple(several)))
    region = len(resolver.regions) - 1
    inner = _inner(context, f"{name}.", item) if named else context
    inner = inner._replace(region=region)
    end = resolver.chain(_chain(item), resolver.move(start, region, context), inner)
    return _leave(resolver, item, name, start if end is None else end, region, context)


def _leave(resolver: Resolver, item: Item, name: str, end: int, region: int, context: Context) -> int:
    """The value of a region for what stands behind it, under the construct's name."""
    resolver.used.add(end)
    value = resolver.value(context.region)
    end = resolver.move(end, region, context)
    resolver.constructs.add(context.scope.prefix + name)
    resolver.add(name, Unfold(region), (end,), (value,), item, context)
    resolver.crossed[end, context.region] = value
    return value


def _chain(item: Item) -> list[Item]:
    return (item.chains or {}).get("layers", [])


BUILDERS: dict[str, Builder] = {
    "repeat": _repeat,
    "each": _each,
    "residual": _residual,
    "branches": _branches,
    "map": _map,
    "use": use,
    "reuse": reuse,
}
"""The construct words, and how each is written out."""
