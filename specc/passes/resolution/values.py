"""Values behind nodes: `$` expressions worked out, and shapes as authors write them."""

from collections.abc import Iterable
from typing import Any, NamedTuple, cast

from specc.diagnostics.collector import Collector
from specc.diagnostics.model import Diagnostic, Fix, Note, corrected
from specc.ir.link import Link, chain_of
from specc.shapes.axis import Axis, given
from specc.shapes.dim import Size, unknown
from specc.shapes.shape import MAX_AXES, Shape, excess
from specc.syntax import tree
from specc.syntax.expressions import ExpressionError, SizeOf, Template, parse_template
from specc.syntax.tree import Node, Scalar, Sequence, kind_of

Env = dict[str, Any]


class Failed(Exception):
    """A value could not be worked out; the diagnostic has been recorded."""


class _Unset:
    """The value of a parameter that has none, because something is wrong with it: what uses it stays silent."""


UNSET = _Unset()


class Deferred(NamedTuple):
    """An expression that asks for sizes, kept until they are known."""

    template: Template
    env: Env


MAX_STEPS = 10_000_000
"""How many entries of lists, mappings and parameters are gone through to write a network out."""


COPIES_OF_A_STEP = 16
"""How many parameters are copied in the time of a step."""

CHARACTERS_OF_A_STEP = 16
"""How much of a message, which the same mistake may need in every round, is put together in the time of a step."""


class TooLarge(Exception):
    """A bound is passed; the diagnostic has been recorded."""


class Findings(Collector):
    """The diagnostics of a pass, with short ways of adding to them, and the bound on what is done for it."""

    steps = 0

    def spend(self, steps: int, node: Node, link: Link | None = None) -> None:
        """Count what is done anew in every round; E110 and `TooLarge` where it is too much."""
        self.steps += steps
        if self.steps > MAX_STEPS:
            message = "what stands here is too long to go through it in every round"
            self.append(Diagnostic("E110", message, node.span, chain=chain_of(link)))
            raise TooLarge

    def error(
        self,
        code: str,
        message: str,
        node: Node,
        *notes: Note,
        link: Link | None = None,
        layer: str | None = None,
        fixes: tuple[Fix, ...] = (),
    ) -> None:
        """Record a diagnostic at `node`, reached through `link`."""
        self.spend(len(message) // CHARACTERS_OF_A_STEP, node, link)
        self.append(Diagnostic(code, message, node.span, layer, notes, fixes, chain_of(link)))


def has_dollar(node: Node | None) -> bool:
    """Whether any text below `node` holds a `$`."""
    if node is None:
        return False
    if isinstance(node, Scalar):
        return isinstance(node.value, str) and "$" in node.value
    if isinstance(node, tree.Mapping):
        return any(has_dollar(key) or has_dollar(value) for key, value in node.entries)
    assert isinstance(node, Sequence)
    return any(map(has_dollar, node.items))


def evaluate(node: Node, env: Env, found: Findings, link: Link | None = None, defer: bool = False) -> Any:
    """The plain value of `node`, with every `$` worked out; raises `Failed` after recording what is wrong.

    `defer`: expressions that ask for `size(axis)` become `Deferred` values instead of errors.
    """
    if isinstance(node, Scalar):
        value = node.value
        if not isinstance(value, str) or "$" not in value:
            return value
        try:
            template = parse_template(value)
            if any(env.get(name) is UNSET for name in template.names):
                raise Failed
            if defer and template.uses_size:
                return Deferred(template, env)
            return template.evaluate(env)
        except ExpressionError as error:
            found.error("E108", error.message, node, link=link)
            raise Failed from None
    if isinstance(node, tree.Mapping):
        found.spend(len(node.entries), node, link)
        values: dict[Any, Any] = {}
        for key, entry in node.entries:
            name = key.value
            if isinstance(name, str) and "$" in name:
                name = evaluate(key, env, found, link)
                if isinstance(name, list):
                    found.error("E102", "a key is one value, not a list", key, link=link)
                    raise Failed
            value = entry.value if isinstance(entry, Scalar) else None
            if value is None or (isinstance(value, str) and "$" in value):
                value = evaluate(entry, env, found, link, defer)
            values[name] = value
        return values
    assert isinstance(node, Sequence)
    found.spend(len(node.items), node, link)
    return [evaluate(item, env, found, link, defer) for item in node.items]


def listed(value: Any) -> list[Any]:
    """A list as it is, and anything else as the one entry of a list."""
    return cast(list[Any], value) if isinstance(value, list) else [value]


def settle(value: Any, size: SizeOf) -> Any:
    """`value` with every `Deferred` in it worked out by `size`; raises ExpressionError."""
    if isinstance(value, Deferred):
        return value.template.evaluate(value.env, size)
    if isinstance(value, dict):
        return {k: settle(v, size) for k, v in value.items()}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list):
        return [settle(v, size) for v in value]  # pyright: ignore[reportUnknownVariableType]
    return value


_MAY_WAIT = (Deferred, dict, list)


def is_deferred(value: Any) -> bool:
    """Whether a `Deferred` stands in `value`."""
    if isinstance(value, dict):
        value = cast(dict[Any, Any], value).values()
    elif not isinstance(value, list):
        return isinstance(value, Deferred)
    for entry in cast(Iterable[Any], value):  # noqa: SIM110 (every argument of every layer comes by)
        if isinstance(entry, _MAY_WAIT) and is_deferred(entry):
            return True
    return False


def size_from(value: Any) -> Size:
    """The size that a plain value stands for; raises ValueError with a message."""
    if value is None:
        return unknown()
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError(f"a size is a positive integer, a symbol or null, not {kind_of(value)}")
    if isinstance(value, str):
        from specc.ops.symbols import size_in

        return size_in(value)
    if value < 1:
        raise ValueError(f"a size is at least 1, not {value}")
    return value


def _meant(node: Node, text: object) -> tuple[Fix, ...]:
    """The repair of a size that Python would know, where it stands there plainly."""
    if not isinstance(text, str) or node.span.text != text:
        return ()
    from specc.ops.symbols import meant_by

    return corrected(node.span, meant_by(text))


def shape_from(node: Node, env: Env, found: Findings, link: Link | None = None) -> Shape:
    """The shape that a list of sizes stands for; raises `Failed` after recording what is wrong."""
    if not isinstance(node, Sequence):
        found.error("E102", f"a shape is a list of sizes, not {node.kind}", node, link=link)
        raise Failed
    sizes: list[Size] = []
    names: set[str | None] = set()
    axes: list[Axis] = []
    is_wrong = False
    if len(node.items) > MAX_AXES:
        found.error("E110", f"no tensor has more than {MAX_AXES} axes", node, link=link)
        raise Failed
    for item in node.items:
        entries: list[tuple[Scalar | None, Node]] = (
            [*item.entries] if isinstance(item, tree.Mapping) else [(None, item)]
        )
        for key, value in entries:
            try:
                sizes.append(size_from(evaluate(value, env, found, link)))
            except ValueError as error:
                text = value.value if isinstance(value, Scalar) else None
                code = "E113" if isinstance(text, str) else "E102"
                found.error(code, str(error), value, link=link, fixes=_meant(value, text))
                is_wrong = True
            name = None if key is None else str(evaluate(key, env, found, link))
            if name is not None and name in names:
                found.error("E203", f"the shape names `{name}` twice", key or value, link=link)
                is_wrong = True
            names.add(name)
            axes.append(given(name))
    if is_wrong:
        raise Failed
    shape = Shape(tuple(sizes), tuple(axes))
    why = excess(shape)
    if why is not None:
        found.error("E110", f"the shape {why}", node, link=link)
        raise Failed
    return shape
