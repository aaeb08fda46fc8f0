"""Which values a layer reads: `from`, in all its forms, and `as`."""

from collections.abc import Callable
from typing import Any

from specc.diagnostics.model import Diagnostic, corrected
from specc.ir.graph import Pending, class_of
from specc.ir.link import chain_of
from specc.ops.declare import Op
from specc.ops.parameters import CallInput
from specc.passes.resolution.scope import Scope
from specc.passes.resolution.values import Failed, evaluate, listed
from specc.passes.resolution.writer import Context, Missing, Writer
from specc.suggest import did_you_mean, nearest
from specc.syntax.document import Item
from specc.syntax.tree import Mapping, Node, Scalar, Sequence, kind_of

Inputs = tuple[int | None, ...]


def inputs_of(
    writer: Writer, item: Item, op: Op | Pending, current: int | None, context: Context
) -> tuple[Inputs, tuple[str, ...]]:
    """What a layer is called with, the values before the masks, and which masks these are; raises `Failed`."""
    node = item.field("from")
    if node is None:
        values, is_list = [current_value(writer, item, current, context)], False
    else:
        origin = evaluate(node, context.env, writer.found, context.link)
        if isinstance(origin, dict):
            return _by_name(writer, op, origin, node, current, context)  # pyright: ignore[reportUnknownArgumentType]
        values, is_list = references(writer, origin, node, current, context), isinstance(origin, list)
    fault = count_fault(op, len(values), is_list)
    if fault is not None:
        writer.found.error("E303", fault, node or item.key, link=context.link)
        raise Failed
    return _spread(op, values), ()


def called(op: Op | Pending, **call: Any) -> Op | Pending:
    """The same op, called with other `options`, or `masked_by` others."""
    if isinstance(op, Pending):
        pending = op

        def make(size: Callable[[str | int], int]) -> Op:
            return pending.make(size).called(**call)

        return op._replace(make=make)
    return op.called(**call)


def current_value(writer: Writer, item: Item, current: int | None, context: Context) -> int:
    """The value before an item, as it is in the item's region; E303 where there is none."""
    if current is None:
        if not writer.inputs:
            raise Failed  # what is wrong with the inputs has been said
        listed = ", ".join(f"`{name}`" for name in writer.inputs)
        message = f"`{item.word}` must say which input it reads, as `from: …` ({listed})"
        writer.found.error("E303", message, item.key, link=context.link)
        raise Failed
    writer.used.add(current)
    return writer.move(current, context.region, context)


def _spread(op: Op | Pending, values: list[int]) -> Inputs:
    """One value serves every input that the call requires."""
    if len(values) == 1:
        return tuple(values * max(1, sum(i.required for i in op.reads)))
    return tuple(values)


def count_fault(op: Op | Pending, count: int, is_list: bool) -> str | None:
    """What is wrong with the number of values, in words."""
    wanted, cls = op.reads, class_of(op)
    name = cls.name
    least = sum(i.required for i in wanted)
    if not wanted:
        return f"`{name}` reads no value: its arguments are constants, every one"
    if not wanted[-1].many and count > len(wanted):
        return f"`{name}` reads {_values(len(wanted))} ({_listed(wanted)}) and is given {count}"
    if count < least and (is_list or count != 1 or not cls.spreads):
        return f"`{name}` reads {_values(least)} ({_listed(wanted)}) and is given {count}"
    return None


def _values(count: int) -> str:
    return "one value" if count == 1 else f"{count} values"


def _listed(inputs: tuple[CallInput, ...]) -> str:
    return ", ".join(f"`{i.name}`" for i in inputs)


def _by_name(
    writer: Writer,
    op: Op | Pending,
    origin: dict[Any, Any],
    node: Node,
    current: int | None,
    context: Context,
) -> tuple[Inputs, tuple[str, ...]]:
    cls, wanted = class_of(op), op.reads
    known = {i.name: i for i in (*wanted, *cls.call_masks)}
    for name in origin:
        if name not in known:
            hint = cls.overwritten.get(name) or did_you_mean(nearest(str(name), known))
            message = f"the call of `{cls.name}` takes no value `{name}`{hint}"
            place = node.key(str(name)) if isinstance(node, Mapping) else None
            writer.found.error("E303", message, place or node, link=context.link)
            raise Failed
    values: list[int | None] = []
    for each in wanted:
        if each.name in origin:
            place = node.get(each.name) if isinstance(node, Mapping) else None
            given = references(writer, origin[each.name], place or node, current, context)
            if len(given) != 1 and not each.many:
                message = f"`{each.name}` of `{cls.name}` is one value"
                writer.found.error("E303", message, node, link=context.link)
                raise Failed
            values += given
        elif each.required:
            message = f"the call of `{cls.name}` needs `{each.name}`"
            writer.found.error("E303", message, node, link=context.link)
            raise Failed
        elif not each.many:
            values.append(None)
    while values and values[-1] is None:
        values.pop()
    masks: dict[str, int] = {}
    for each in cls.call_masks:
        if each.name in origin:
            place = node.get(each.name) if isinstance(node, Mapping) else None
            masks |= _masks(writer, cls, each, origin[each.name], place or node, current, context)
    return (*values, *masks.values()), tuple(masks)


def _masks(
    writer: Writer,
    cls: type[Op],
    each: CallInput,
    origin: Any,
    node: Node,
    current: int | None,
    context: Context,
) -> dict[str, int]:
    """The masks that a call is given under one name: one, or a list for query and value, either of them null."""
    if not each.many:
        names, given = [each.name], [origin]
    else:
        names, given = [f"{value.name}_mask" for value in cls.call_inputs[:2]], listed(origin)
        if len(given) != len(names):
            listing = ", ".join(value.name for value in cls.call_inputs[:2])
            message = f"`{each.name}` of `{cls.name}` lists a mask, or `null`, for each of {listing}"
            writer.found.error("E303", message, node, link=context.link)
            raise Failed
    places = node.items if isinstance(node, Sequence) and each.many else [node] * len(names)
    found: dict[str, int] = {}
    for name, one, place in zip(names, given, places, strict=True):
        if one is None and each.many:
            continue
        values = references(writer, one, place, current, context)
        if len(values) != 1:
            writer.found.error("E303", f"`{name}` of `{cls.name}` is one value", place, link=context.link)
            raise Failed
        found[name] = values[0]
    return found


STEPS_OF_A_REFERENCE = 2


def references(writer: Writer, origin: Any, node: Node, current: int | None, context: Context) -> list[int]:
    """The values that a name, a pattern as `stack.*.skip`, or a list of them stands for."""
    several = listed(origin)
    values: list[int] = []
    if len(several) > 1:
        writer.found.spend(STEPS_OF_A_REFERENCE * len(several), node, context.link)
    items = node.items if isinstance(node, Sequence) else []
    for number, name in enumerate(several):
        place = items[number] if len(items) == len(several) else node
        if isinstance(name, int) and not isinstance(name, bool):
            name = str(name)
        if not isinstance(name, str):
            writer.found.error(
                "E102", f"`from` names values, and {kind_of(name)} is no name", place, link=context.link
            )
            raise Failed
        if "*" in name:
            paths = writer.names.matching(context.scope, name)
            if paths is None or any(path not in writer.names.values for path in paths):
                values.append(_absent(writer, name, place, context))
            else:
                writer.found.spend(STEPS_OF_A_REFERENCE * len(paths), place, context.link)
                root = context._replace(scope=Scope("", None))
                values += [reference(writer, path, place, current, root) for path in paths]
        else:
            values.append(reference(writer, name, place, current, context))
    return values


def reference(writer: Writer, name: str, node: Node, current: int | None, context: Context) -> int:
    """The value that `name` stands for, as it is in the region of `context`."""
    value = current if name == "_" else writer.names.find(context.scope, name)
    if value is None:
        return _absent(writer, name, node, context)
    writer.used.add(value)
    return writer.move(value, context.region, context)


def _absent(writer: Writer, name: str, node: Node, context: Context) -> int:
    """A value of which nothing is known; the name is reported once all names are."""
    if len(writer.missing) < MAX_MISSING:
        close = nearest(name, writer.names.visible(context.scope))
        writer.missing.append(Missing(name, context.scope, node, context.link, close))
    value = writer.value(context.region)
    writer.used.add(value)
    return value


MAX_MISSING = 100
"""How many unknown names are reported: to look for a near one takes time."""


def report_missing(writer: Writer) -> None:
    """Report the names that stood for nothing: E301 where they stand further below, else E300."""
    for name, scope, node, link, close in writer.missing:
        if name == "_":
            listed = ", ".join(f"`{i}`" for i in writer.inputs)
            message = f"nothing stands before this for `_` to name; the inputs are {listed}"
            writer.found.error("E303", message, node, link=link)
        elif writer.names.find(scope, name) is not None:
            writer.found.error("E301", f"`{name}` is used before it stands", node, link=link)
        else:
            is_whole = isinstance(node, Scalar) and node.value == name
            fixes = corrected(node.span, close) if is_whole else ()
            message = f"there is no value `{name}` here{did_you_mean(close)}"
            writer.found.append(Diagnostic("E300", message, node.span, fixes=fixes, chain=chain_of(link)))


def name_results(writer: Writer, node: Node, layer: str, results: tuple[int, ...], context: Context) -> None:
    """Give the results of a layer the names that `as` lists."""
    names = evaluate(node, context.env, writer.found, context.link)
    if isinstance(names, str):
        names = [names]
    if not isinstance(names, list) or not all(isinstance(n, str) for n in names):  # pyright: ignore[reportUnknownVariableType]
        writer.found.error(
            "E102", "`as` is a list of names, `_` for a result that is not wanted", node, link=context.link
        )
        return
    if len(names) != len(results):  # pyright: ignore[reportUnknownArgumentType]
        many = "one result" if len(results) == 1 else f"{len(results)} results"
        message = f"`{layer}` has {many}, and `as` names {len(names)}"  # pyright: ignore[reportUnknownArgumentType]
        writer.found.error("E303", message, node, link=context.link)
    places = node.items if isinstance(node, Sequence) else [node] * len(results)
    for name, value, place in zip(names, results, places, strict=False):  # pyright: ignore[reportUnknownArgumentType]
        if name == "_":
            writer.used.add(value)
            continue
        path = context.scope.prefix + str(name)
        writer.hold_path(path, place, context.link)
        if path in writer.names.values and writer.names.values[path] != value:
            writer.found.error("E302", f"the name `{name}` is given twice", place, link=context.link)
        else:
            writer.names.values[path] = value
            writer.named.append((str(name), value, place, context.link))


def name_of(writer: Writer, value: int) -> str:
    """The shortest name of a value."""
    paths = [path for path, number in writer.names.values.items() if number == value]
    return min(paths, key=len) if paths else "output"
