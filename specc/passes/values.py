"""Values behind nodes: `$` expressions, parameters and their types, and shapes as authors write them."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, cast

from specc.diagnostics.collector import Collector
from specc.diagnostics.model import Diagnostic, Note
from specc.ir.graph import Link, chain_of
from specc.shapes.axis import given
from specc.shapes.dim import Size, Symbol, Unknown
from specc.shapes.shape import MAX_AXES, Shape, excess
from specc.suggest import did_you_mean, nearest
from specc.syntax import tree
from specc.syntax.expressions import ExpressionError, SizeOf, Template, parse_expression, parse_template
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
    ) -> None:
        """Record a diagnostic at `node`, reached through `link`."""
        self.spend(len(message) // CHARACTERS_OF_A_STEP, node, link)
        self.append(Diagnostic(code, message, node.span, layer, notes, chain=chain_of(link)))


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


_TYPES: dict[str, type | tuple[type, ...]] = {
    "int": int,
    "float": (int, float),
    "str": str,
    "bool": bool,
    "list": list,
}
_FACTS = ("type", "default", "min", "max", "choices", "help")


class Param(NamedTuple):
    """A declared parameter."""

    name: str
    node: Node
    default: Node | None
    type: str | None
    limits: Mapping[str, Any]

    def fault(self, value: Any) -> str | None:
        """What is wrong with `value` for this parameter, in words; None if nothing is."""
        if self.type is not None:
            right = isinstance(value, _TYPES[self.type])
            if not right or (isinstance(value, bool) and self.type != "bool"):
                return f"parameter `{self.name}` is of type {self.type}, not {kind_of(value)}"
        low, high = self.limits.get("min"), self.limits.get("max")
        if isinstance(value, int | float):
            if low is not None and value < low:
                return f"parameter `{self.name}` is {value}, below its minimum {low}"
            if high is not None and value > high:
                return f"parameter `{self.name}` is {value}, above its maximum {high}"
        choices = self.limits.get("choices")
        if choices is not None and value not in choices:
            listed = ", ".join(f"`{c}`" for c in choices)
            return f"parameter `{self.name}` is `{value}`, not one of {listed}"
        return None


def declared(section: tree.Mapping | None, found: Findings) -> dict[str, Param]:
    """The parameters of a `params` section, in order."""
    params: dict[str, Param] = {}
    for key, node in section.entries if section is not None else ():
        name = str(key.value)
        if not name.isidentifier():
            found.error("E102", f"`{name}` cannot be the name of a parameter", key)
            continue
        params[name] = _declare(name, key, node, found)
    return params


def _declare(name: str, key: Scalar, node: Node, found: Findings) -> Param:
    if not isinstance(node, tree.Mapping):
        return Param(name, key, node, _type_of(node), {})
    facts: dict[str, Any] = {}
    for fact, value in node.entries:
        if fact.value not in _FACTS:
            hint = did_you_mean(nearest(str(fact.value), _FACTS))
            found.error("E103", f"a parameter has no key `{fact.value}`{hint}", fact)
        elif fact.value != "default":
            facts[str(fact.value)] = tree.to_plain(value)
    kind = facts.get("type")
    if kind is not None and not (isinstance(kind, str) and kind in _TYPES):
        found.error("E102", f"a parameter's type is one of {', '.join(_TYPES)}, not `{kind}`", node)
        kind = None
    limits = {k: facts[k] for k in ("min", "max", "choices") if k in facts}
    for fact in ("min", "max"):
        if fact in limits and not isinstance(limits[fact], int | float):
            found.error("E102", f"`{fact}` of a parameter must be a number", node)
            del limits[fact]
    if "choices" in limits and not isinstance(limits["choices"], list):
        found.error("E102", "`choices` of a parameter must be a list", node)
        del limits["choices"]
    default = node.get("default")
    return Param(name, key, default, kind or (_type_of(default) if default is not None else None), limits)


def _type_of(node: Node) -> str | None:
    """A parameter's type is its default's; an expression's is whatever it gives, null's is open."""
    if isinstance(node, Sequence):
        return "list"
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, str) and "$" in value:
        return None
    return next((word for word in ("bool", "int", "float", "str") if type(value).__name__ == word), None)


class Given(NamedTuple):
    """A value given for a parameter, and where; without a place, on the command line."""

    value: Any
    node: Node | None = None


def bind(
    params: dict[str, Param], values: Mapping[str, Given], env: Env, found: Findings, link: Link | None
) -> Env:
    """`env` with the parameters added: a given value, else the default, which may use those before it."""
    if not params:
        return env
    bound = dict(env)
    for name, param in params.items():
        bound[name] = UNSET
        given_value = values.get(name)
        if given_value is not None:
            value, node = given_value.value, given_value.node or param.node
        elif param.default is not None:
            try:
                value, node = evaluate(param.default, bound, found, link), param.default
            except Failed:
                continue
        else:
            found.error("E106", f"parameter `{name}` has no default and is not given", param.node, link=link)
            continue
        fault = param.fault(value)
        if fault is None:
            bound[name] = value
        else:
            notes = () if node is param.node else (Note(f"`{name}` is declared here", param.node.span),)
            found.error("E112", fault, node, *notes, link=link)
    return bound


def size_from(value: Any) -> Size:
    """The size that a plain value stands for; raises ValueError with a message."""
    if value is None:
        return Unknown()
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError(f"a size is a positive integer, a symbol or null, not {kind_of(value)}")
    if isinstance(value, str):
        return _symbolic(value)
    if value < 1:
        raise ValueError(f"a size is at least 1, not {value}")
    return value


def _symbolic(text: str) -> Size:
    try:
        expression = parse_expression(text)
        if expression.names:
            return Symbol(" ".join(text.split()))
        value = expression.evaluate({})
    except ExpressionError as error:
        raise ValueError(f"`{text}` is no size: {error.message}") from None
    if not isinstance(value, int):
        raise ValueError(f"`{text}` is no size, but {kind_of(value)}")
    return size_from(value)


def shape_from(node: Node, env: Env, found: Findings, link: Link | None = None) -> Shape:
    """The shape that a list of sizes stands for; raises `Failed` after recording what is wrong."""
    if not isinstance(node, Sequence):
        found.error("E102", f"a shape is a list of sizes, not {node.kind}", node, link=link)
        raise Failed
    sizes: list[Size] = []
    names: list[str | None] = []
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
                code = "E113" if isinstance(value, Scalar) and isinstance(value.value, str) else "E102"
                found.error(code, str(error), value, link=link)
                raise Failed from None
            names.append(None if key is None else str(evaluate(key, env, found, link)))
    repeated = next((n for n in names if n is not None and names.count(n) > 1), None)
    if repeated is not None:
        found.error("E203", f"the shape names `{repeated}` twice", node, link=link)
        raise Failed
    shape = Shape(tuple(sizes), tuple(map(given, names)))
    why = excess(shape)
    if why is not None:
        found.error("E110", f"the shape {why}", node, link=link)
        raise Failed
    return shape
