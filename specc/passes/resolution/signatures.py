"""The op of a layer of one's own, from its key and the `signature` beside it, or what is wrong with these."""

from specc.diagnostics.model import Diagnostic, Fix
from specc.ir.link import Link, chain_of
from specc.ops.custom import ADVICE, OwnError, own
from specc.ops.declare import Op
from specc.passes.resolution.values import Env, Failed, Findings, evaluate
from specc.source import Span
from specc.syntax.document import Item
from specc.syntax.tree import Node, Scalar


def own_op(item: Item, env: Env, found: Findings, link: Link | None) -> type[Op]:
    """The op; raises `Failed` after recording E102, E104, E106 or E107."""
    node = item.field("signature")
    text = None if node is None else evaluate(node, env, found, link)
    try:
        return own(item.word, text)
    except OwnError as error:
        span = item.key.span
        if error.place is not None and node is not None:
            span = _part(node, text, *error.place)
        fixes = (Fix(ADVICE, "display"),) if error.code == "E106" else ()
        found.append(Diagnostic(error.code, str(error), span, fixes=fixes, chain=chain_of(link)))
    raise Failed


def _part(node: Node, text: object, start: int, end: int) -> Span:
    """Where a part of a scalar's text stands, if the text stands there plainly, or in quotes; else all of it."""
    at = node.span.text.find(text) if isinstance(node, Scalar) and isinstance(text, str) else -1
    if at < 0 or end <= start:
        return node.span
    return Span(node.source, node.start + at + start, node.start + at + end)
