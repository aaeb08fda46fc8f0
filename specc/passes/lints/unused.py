"""Inputs, results and layers that nothing uses (W604)."""

from specc.diagnostics.model import Applicability, Diagnostic, Edit, Fix
from specc.ir.graph import Graph, Input, Layer, Typed, Used
from specc.ir.link import Link, chain_of
from specc.passes.resolution.values import Findings
from specc.syntax.document import Item
from specc.syntax.tree import Mapping


def report_unused(typed: Typed, found: Findings) -> None:
    """W604; a layer that is written out several times is useless only if none of them is used."""
    graph, used = typed.graph, typed.graph.used
    if graph.uses or graph.named:
        _report_results(graph, found)
    for entry in graph.inputs:
        if entry.value not in used:
            fixes = edited("leave it out", "unsafe", _without_input(entry, typed))
            message = f"nothing uses the input `{entry.name}`"
            found.append(Diagnostic("W604", message, entry.node.span, fixes=fixes))
    spoken_for = used.union([value for _, value, _, _ in graph.named])
    useless: dict[int, Layer] = {}
    useful: set[int] = set()
    for layer in graph.layers:
        if not spoken_for.isdisjoint(layer.outputs):
            useful.add(id(layer.item))
        elif not layer.inserted:
            useless.setdefault(id(layer.item), layer)
    for item, layer in useless.items():
        if item not in useful:
            found.append(_useless(layer.name, layer.item, layer.link))


def _report_results(graph: Graph, found: Findings) -> None:
    """W604 for results that `as` names and nothing reads, and for blocks of which nothing reads any result.

    A block is useless only if none of its uses at this place is used; what is inside is there for its other uses.
    """
    read = {value for layer in graph.layers for value in layer.inputs}
    read.update(output.value for output in graph.outputs)
    for name, value, node, link in graph.named:
        if value not in read:
            fixes = edited("write `_`, for what is not wanted", "safe", Edit(node.span, "_"))
            message = f"nothing uses `{name}`"
            found.append(Diagnostic("W604", message, node.span, fixes=fixes, chain=chain_of(link)))
    useless: dict[int, Used] = {}
    useful: set[int] = set()
    for use in reversed(graph.uses):
        if read.isdisjoint(use.values):
            useless[id(use.item)] = use
        else:
            useful.add(id(use.item))
        read.update(use.values)
    for item, use in useless.items():
        if item not in useful:
            found.append(_useless(use.path, use.item, use.link))


def _useless(name: str, item: Item, link: Link | None) -> Diagnostic:
    from specc.syntax.edits import remove_item

    fixes = edited("leave it out", "unsafe", remove_item(item.node))
    message = f"nothing uses the value of `{name}`"
    return Diagnostic("W604", message, item.key.span, name, (), fixes, chain_of(link))


def _without_input(entry: Input, typed: Typed) -> Edit | None:
    from specc.syntax.edits import remove_key

    inputs = typed.graph.document.sections.get("inputs")
    return remove_key(inputs, entry.name) if isinstance(inputs, Mapping) else None


def edited(title: str, applicability: Applicability, edit: Edit | None) -> tuple[Fix, ...]:
    """The fix that an edit makes, if there is one."""
    return () if edit is None else (Fix(title, applicability, (edit,)),)
