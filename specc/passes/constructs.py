"""How each construct is written out: repeats, residuals, branches, blocks, shared weights and maps."""

from typing import Any, NamedTuple, cast

from specc.diagnostics.model import Note
from specc.ir.graph import Fold, Layer, Link, Region, Unfold
from specc.ops.declare import Op
from specc.passes.resolver import Builder, Resolver
from specc.passes.scope import Scope, explicit_names
from specc.passes.values import Env, Failed, Given, bind, declared, evaluate, listed, shape_from
from specc.passes.wiring import current_value, inputs_of, name_results, reference, references
from specc.passes.writer import MAX_LAYERS, MAX_NESTING, Context
from specc.shapes.shape import Shape
from specc.suggest import nearest
from specc.syntax import tree
from specc.syntax.document import Block, Item
from specc.syntax.tree import Node, Scalar, Sequence, kind_of


class Instance(NamedTuple):
    """A block that was used: how it was, so that it can be applied again with the same weights."""

    block: Block
    values: dict[str, Any]
    path: str
    item: Item


def _inner(context: Context, prefix: str, item: Item, note: str | None = None) -> Context:
    """The context of a chain inside a construct, its names behind `prefix`."""
    scope = Scope(context.scope.prefix + prefix, context.scope)
    scope.reserved = _names_inside(item)
    link = context.link if note is None else Link(Note(note, item.key.span), context.link)
    return context._replace(scope=scope, link=link)


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
    columns: dict[str, Any] = value  # pyright: ignore[reportUnknownVariableType]
    for name, column in columns.items():
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
        resolver.count(item.node, context.link)
        inner = _inner(context, f"{name}.{number}.", item, f"round {number + 1} of `{name}`")
        value = resolver.chain(
            _chain(item), value, _deeper(resolver, item, inner._replace(env={**inner.env, **row}))
        )
    if value is not None:
        resolver.names.values[path] = value
    return value


def _each(resolver: Resolver, item: Item, current: int | None, context: Context) -> int | None:
    """The layers once per row, side by side, merged."""
    rows = _rows(resolver, item, context)
    name = resolver.name(item, "each", context)
    start = _start(resolver, item, current, context)
    resolver.names.rounds[context.scope.prefix + name] = len(rows)
    ends: list[int] = []
    for number, row in enumerate(rows):
        resolver.count(item.node, context.link)
        inner = _inner(context, f"{name}.{number}.", item, f"round {number + 1} of `{name}`")
        inner = _deeper(resolver, item, inner._replace(env={**inner.env, **row}))
        end = resolver.chain(_chain(item), start, inner)
        ends.append(current_value(resolver, item, end, context))
    return _merge(resolver, item, name, ends, "Concatenate", context)


def _residual(resolver: Resolver, item: Item, current: int | None, context: Context) -> int | None:
    """`merge(body(x), shortcut(x))`."""
    name = resolver.name(item, "residual", context)
    start = current_value(resolver, item, _start(resolver, item, current, context), context)
    chains = item.chains or {}
    inner = _deeper(resolver, item, _inner(context, f"{name}.", item))
    body = resolver.chain(chains.get("layers", []), start, inner)
    beside = _deeper(resolver, item, _inner(context, f"{name}.shortcut.", item))
    shortcut = resolver.chain(chains.get("shortcut", []), start, beside)
    ends = [current_value(resolver, item, end, context) for end in (body, shortcut)]
    return _merge(resolver, item, name, ends, "Add", context)


def _branches(resolver: Resolver, item: Item, current: int | None, context: Context) -> int | None:
    """Parallel chains from the same value, merged."""
    name = resolver.name(item, "branches", context)
    start = _start(resolver, item, current, context)
    ends: list[int] = []
    for word, chain in (item.chains or {}).items():
        inner = _deeper(resolver, item, _inner(context, f"{name}.{word}.", item))
        ends.append(current_value(resolver, item, resolver.chain(chain, start, inner), context))
    return _merge(resolver, item, name, ends, "Concatenate", context)


def _merge(resolver: Resolver, item: Item, name: str, ends: list[int], default: str, context: Context) -> int:
    """The layer that merges what a construct made; it has the construct's own name."""
    if not ends:
        resolver.found.error("E303", f"`{item.word}` has nothing to merge", item.key, link=context.link)
        raise Failed
    layer = _merge_item(resolver, item, default, context)
    prepared = resolver.ops.prepare(layer, context.env, context.link)
    value = resolver.value(context.region)
    resolver.used.update(ends)
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
        return Item(item.node, Scalar(node.source, node.start, node.end, name), None)
    if isinstance(node, tree.Mapping) and len(node.entries) == 1:
        return Item(item.node, *node.entries[0])
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
    inner = _deeper(resolver, item, inner._replace(region=region))
    end = resolver.chain(_chain(item), resolver.move(start, region, context), inner)
    return _leave(resolver, item, name, start if end is None else end, region, context)


def _leave(resolver: Resolver, item: Item, name: str, end: int, region: int, context: Context) -> int:
    """The value of a region for what stands behind it, under the construct's name."""
    resolver.used.add(end)
    value = resolver.value(context.region)
    end = resolver.move(end, region, context)
    resolver.add(name, Unfold(region), (end,), (value,), item, context)
    resolver.crossed[end, context.region] = value
    return value


def _use(resolver: Resolver, item: Item, current: int | None, context: Context) -> int | None:
    """A block's layers, with new weights."""
    block = _block(resolver, item, context)
    node = item.field("with")
    values: Any = {} if node is None else evaluate(node, context.env, resolver.found, context.link)
    if not isinstance(values, dict):
        resolver.found.error(
            "E102", f"`with` is a mapping, not {kind_of(values)}", node or item.key, link=context.link
        )
        raise Failed
    return _apply(resolver, item, Instance(block, values, "", item), block.name, None, current, context)


def _block(resolver: Resolver, item: Item, context: Context) -> Block:
    word = None if item.value is None else evaluate(item.value, context.env, resolver.found, context.link)
    place = item.value or item.key
    known = context.document.blocks
    block = known.get(str(word))
    if block is None:
        close = nearest(str(word), known)
        hint = f"; did you mean `{close}`?" if close else ""
        resolver.found.error("E300", f"there is no block `{word}`{hint}", place, link=context.link)
        raise Failed
    if block.name in context.blocks:
        resolver.found.error("E305", f"block `{block.name}` uses itself", place, link=context.link)
        raise Failed
    return block


def _reuse(resolver: Resolver, item: Item, current: int | None, context: Context) -> int | None:
    """A layer, or a block that was used, applied again."""
    word = None if item.value is None else evaluate(item.value, context.env, resolver.found, context.link)
    place = item.value or item.key
    path = resolver.names.path_of(context.scope, str(word))
    instance = None if path is None else resolver.instances.get(path)
    if isinstance(instance, Instance):
        return _apply(resolver, item, instance, "reuse", instance.path, current, context)
    original = None if path is None else resolver.by_path.get(path)
    if original is None:
        close = nearest(str(word), resolver.names.visible(context.scope))
        hint = f"; did you mean `{close}`?" if close else ""
        message = f"`{word}` is no layer and no block that was used above{hint}"
        resolver.found.error("E300", message, place, link=context.link)
        raise Failed
    return _reapply(resolver, item, original, current, context)


def _reapply(resolver: Resolver, item: Item, original: Layer, current: int | None, context: Context) -> int:
    cls = original.op.cls if not isinstance(original.op, Op) else type(original.op)
    name = resolver.name(item, "reuse", context)
    inputs = inputs_of(resolver, item, cls, current, context)
    outputs = tuple(resolver.value(context.region) for _ in original.outputs)
    layer = resolver.add(name, original.op, inputs, outputs, item, context)
    layer.shares = original.shares or original
    node = item.field("as")
    if node is not None:
        name_results(resolver, node, layer.name, outputs, context)
    return outputs[0]


def _apply(
    resolver: Resolver,
    item: Item,
    instance: Instance,
    base: str,
    shared: str | None,
    current: int | None,
    context: Context,
) -> int | None:
    """Write a block out; `shared` is the path of the instance whose weights it uses."""
    block = instance.block
    name = resolver.name(item, base, context)
    path = context.scope.prefix + name
    link = Link(Note(f"in block `{block.name}`, used here", item.node.span), context.link)
    env = _block_env(resolver, instance, item, context, link)
    scope = Scope(path + ".", None)
    scope.reserved = explicit_names([block.layers])
    shares = context.shares if shared is None else (shared, path)
    inner = context._replace(
        scope=scope, env=env, link=link, blocks=(*context.blocks, block.name), shares=shares
    )
    inner = _deeper(resolver, item, inner)
    start, inner = _enter(resolver, item, block, path, current, context, inner)
    end = resolver.chain(block.layers, start, inner)
    results = _results(resolver, block, item, end, inner)
    values = [resolver.move(value, context.region, context) for value in results]
    resolver.names.values[path] = values[0]
    if shared is None:
        resolver.instances[path] = instance._replace(path=path)
    resolver.used.update(results)
    node = item.field("as")
    if node is not None:
        name_results(resolver, node, path, tuple(values), context)
    return values[0]


def _block_env(resolver: Resolver, instance: Instance, item: Item, context: Context, link: Link) -> Env:
    """The parameters that the block's layers see: its file's, then its own."""
    params = declared(instance.block.params, resolver.found)
    for name in instance.values:
        if name not in params:
            close = nearest(str(name), params)
            hint = f"; did you mean `{close}`?" if close else ""
            message = f"block `{instance.block.name}` has no parameter `{name}`{hint}"
            place = instance.item.field("with") or item.node
            key = place.key(str(name)) if isinstance(place, tree.Mapping) else None
            resolver.found.error("E112", message, key or place, link=context.link)
            raise Failed
    for name, param in params.items():
        if param.default is None and name not in instance.values:
            message = f"block `{instance.block.name}` needs the parameter `{name}`"
            declared_here = Note(f"`{name}` is declared here, without a default", param.node.span)
            resolver.found.error("E106", message, item.value or item.key, declared_here, link=context.link)
            raise Failed
    node = instance.item.field("with")
    places = node if isinstance(node, tree.Mapping) else None
    values = {n: Given(v, places.get(n) if places else None) for n, v in instance.values.items()}
    return bind(params, values, resolver.file_env, resolver.found, link)


def _enter(
    resolver: Resolver,
    item: Item,
    block: Block,
    path: str,
    current: int | None,
    outside: Context,
    inner: Context,
) -> tuple[int, Context]:
    """Bind the block's inputs to values; the first one is where its chain starts."""
    names, promised = _block_inputs(resolver, block, inner)
    values = _arguments(resolver, item, names, current, outside)
    if any(promise is not None for promise in promised):
        resolver.regions.append(Region(outside.region, path, item, None))
        inner = inner._replace(region=len(resolver.regions) - 1)
        ordered = sorted(range(len(values)), key=lambda i: promised[i] is None)
        moved = {i: _promised(resolver, values[i], promised[i], inner, item) for i in ordered}
        values = [moved[i] for i in range(len(values))]
    for name, value in zip(names, values, strict=True):
        if name is not None:
            resolver.names.values[inner.scope.prefix + name] = value
    return values[0], inner


def _promised(resolver: Resolver, value: int, promise: Shape | None, inner: Context, item: Item) -> int:
    """A value as the block sees it, distributed over what leads the promised shape."""
    made = resolver.value(inner.region)
    name = resolver.names.automatic(Scope("", None), f"{inner.scope.prefix}fold")
    op = Fold(inner.region, promise=promise)
    resolver.used.update((value, made))
    resolver.layers.append(Layer(name, op, (value,), (made,), item, inner.region, inner.link, inserted=True))
    resolver.names.values[name] = made
    return made


def _block_inputs(
    resolver: Resolver, block: Block, inner: Context
) -> tuple[list[str | None], list[Shape | None]]:
    """The names of a block's inputs, and the shapes that it promises for them."""
    node = block.inputs
    if node is None:
        return [None], [None]
    if isinstance(node, Sequence):
        return [str(tree.to_plain(n)) for n in node.items], [None] * len(node.items)
    if isinstance(node, tree.Mapping):
        shapes = [_promise(resolver, value, inner) for _, value in node.entries]
        return [str(key.value) for key, _ in node.entries], shapes
    resolver.found.error(
        "E102", f"a block's `inputs` are a list of names, or a mapping, not {node.kind}", node
    )
    raise Failed


def _promise(resolver: Resolver, node: Node, inner: Context) -> Shape | None:
    if isinstance(node, Scalar) and node.value is None:
        return None
    return shape_from(node, inner.env, resolver.found, inner.link)


def _arguments(
    resolver: Resolver, item: Item, names: list[str | None], current: int | None, context: Context
) -> list[int]:
    """The values for a block's inputs, in their order."""
    node = item.field("from")
    if node is None:
        values = [current_value(resolver, item, current, context)]
    else:
        origin = evaluate(node, context.env, resolver.found, context.link)
        if isinstance(origin, dict):
            unknown = [n for n in origin if n not in names]  # pyright: ignore[reportUnknownVariableType]
            missing = [n for n in names if n not in origin]
            if unknown or missing:
                word = f"has no input `{unknown[0]}`" if unknown else f"needs the input `{missing[0]}`"
                resolver.found.error("E303", f"the block {word}", node, link=context.link)
                raise Failed
            return [v for n in names for v in references(resolver, origin[n], node, current, context)[:1]]
        values = references(resolver, origin, node, current, context)
    if len(values) != len(names):
        message = f"the block reads {len(names)} values and is given {len(values)}"
        resolver.found.error("E303", message, node or item.key, link=context.link)
        raise Failed
    return values


def _results(resolver: Resolver, block: Block, item: Item, end: int | None, inner: Context) -> list[int]:
    """The values that a block gives back."""
    node = block.outputs
    if node is None:
        return [current_value(resolver, item, end, inner)]
    names = evaluate(node, inner.env, resolver.found, inner.link)
    several = listed(names)
    if not several:
        resolver.found.error("E304", f"block `{block.name}` has no output", node, link=inner.link)
        raise Failed
    return [reference(resolver, str(name), node, end, inner) for name in several]


def _chain(item: Item) -> list[Item]:
    return (item.chains or {}).get("layers", [])


def _deeper(resolver: Resolver, item: Item, context: Context) -> Context:
    """One level further in; E110 where constructs and blocks stand too deep in one another."""
    if context.depth >= MAX_NESTING:
        message = f"constructs and blocks stand more than {MAX_NESTING} levels deep in one another"
        resolver.found.error("E110", message, item.node, link=context.link)
        raise Failed
    return context._replace(depth=context.depth + 1)


BUILDERS: dict[str, Builder] = {
    "repeat": _repeat,
    "each": _each,
    "residual": _residual,
    "branches": _branches,
    "map": _map,
    "use": _use,
    "reuse": _reuse,
}
"""The construct words, and how each is written out."""
