"""Parameters: what a spec or a block declares, and the values that they are given."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from specc.diagnostics.model import Note, corrected
from specc.ir.link import Link
from specc.passes.resolution.values import UNSET, Env, Failed, Findings, evaluate
from specc.suggest import did_you_mean, nearest
from specc.syntax import tree
from specc.syntax.document import is_note
from specc.syntax.tree import Node, Scalar, Sequence, kind_of

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
        if is_note(fact.value):
            continue
        if fact.value not in _FACTS:
            close = nearest(str(fact.value), _FACTS)
            message = f"a parameter has no key `{fact.value}`{did_you_mean(close)}"
            found.error("E103", message, fact, fixes=corrected(fact.span, close))
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
