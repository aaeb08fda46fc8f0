"""How blocks are written out, with new weights (`use`) or with those of one that was used before (`reuse`)."""

from typing import Any, NamedTuple

from specc.diagnostics.model import Note
from specc.ir.graph import Fold, Layer, Region, Used
from specc.ir.link import Frame, Link
from specc.passes.resolution.params import Given, Param, bind, declared
from specc.passes.resolution.resolver import Resolver
from specc.passes.resolution.scope import Scope, explicit_names
from specc.passes.resolution.values import COPIES_OF_A_STEP, Env, Failed, evaluate, listed, shape_from
from specc.passes.resolution.wiring import (
    called,
    current_value,
    inputs_of,
    name_results,
    reference,
    references,
)
from specc.passes.resolution.writer import Context
from specc.shapes.shape import Shape
from specc.suggest import did_you_mean, nearest
from specc.syntax import tree
from specc.syntax.document import Block, Item
from specc.syntax.tree import Node, Scalar, Sequence, kind_of


class Instance(NamedTuple):
    """A block that was used: how it was, so that it can be applied again with the same weights."""

    block: Block
    values: dict[str, Any]
    path: str
    item: Item


def use(resolver: Resolver, item: Item, current: int | None, context: Context) -> int | None:
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
        hint = did_you_mean(nearest(str(word), known))
        resolver.found.error("E300", f"there is no block `{word}`{hint}", place, link=context.link)
        raise Failed
    if block.name in context.blocks:
        resolver.found.error("E305", f"block `{block.name}` uses itself", place, link=context.link)
        raise Failed
    return block


def reuse(resolver: Resolver, item: Item, current: int | None, context: Context) -> int | None:
    """A layer, or a block that was used, applied again."""
    word = None if item.value is None else evaluate(item.value, context.env, resolver.found, context.link)
    place = item.value or item.key
    path = resolver.names.path_of(context.scope, str(word))
    instance = None if path is None else resolver.instances.get(path)
    if isinstance(instance, Instance):
        return _apply(resolver, item, instance, "reuse", instance.path, current, context)
    original = None if path is None else resolver.by_path.get(path)
    if original is None or path in resolver.constructs:
        close = nearest(str(word), resolver.names.visible(context.scope))
        hint = did_you_mean(None if close == word else close)
        message = f"`{word}` is no layer and no block that was used above{hint}"
        resolver.found.error("E300", message, place, link=context.link)
        raise Failed
    return _reapply(resolver, item, original, current, context)


def _reapply(resolver: Resolver, item: Item, original: Layer, current: int | None, context: Context) -> int:
    cls = original.cls
    name = resolver.name(item, "reuse", context)
    inputs, masked_by = inputs_of(resolver, item, original.op, current, context)
    outputs = tuple(resolver.value(context.region) for _ in original.outputs)
    op = original.op
    if cls.call_masks:
        op = called(op, masked_by=masked_by)
    if item.field("call") is not None:
        op = called(op, options=resolver.ops.options(item, cls, context.env, context.link))
    layer = resolver.add(name, op, inputs, outputs, item, context)
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
    note = Note(f"in block `{block.name}`, used here", item.node.span)
    env = _block_env(resolver, instance, item, context, Link(note, context.link))
    own = {name: env[name] for name in _params_of(block, resolver)}
    link = Link(note, context.link, Frame(path, item, own, block))
    scope = Scope(path + ".", None)
    scope.reserved = explicit_names([block.layers])
    shares = context.shares if shared is None else (shared, path)
    inner = context._replace(
        scope=scope, env=env, link=link, blocks=(*context.blocks, block.name), shares=shares
    )
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
    else:
        resolver.uses.append(Used(path, item, tuple(values), context.link))
    return values[0]


def _params_of(block: Block, resolver: Resolver) -> dict[str, Param]:
    """The parameters that a block declares, read once for all its uses."""
    if block.name not in resolver.block_params:
        resolver.block_params[block.name] = declared(block.params, resolver.found)
    return resolver.block_params[block.name]


def _block_env(resolver: Resolver, instance: Instance, item: Item, context: Context, link: Link) -> Env:
    """The parameters that the block's layers see: its file's, then its own."""
    params = _params_of(instance.block, resolver)
    for name in instance.values:
        if name not in params:
            hint = did_you_mean(nearest(str(name), params))
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
    places = {key.value: value for key, value in node.entries} if isinstance(node, tree.Mapping) else {}
    values = {n: Given(v, places.get(n)) for n, v in instance.values.items()}
    resolver.found.spend(2 * len(params) + len(resolver.file_env) // COPIES_OF_A_STEP, item.node, link)
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
        resolver.found.spend(len(node.items), node, inner.link)
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
    if isinstance(names, dict):
        resolver.found.error("E102", "a block's `outputs` are a list of names, not a mapping", node)
        raise Failed
    several = listed(names)
    if not several:
        resolver.found.error("E304", f"block `{block.name}` has no output", node, link=inner.link)
        raise Failed
    return [reference(resolver, str(name), node, end, inner) for name in several]
