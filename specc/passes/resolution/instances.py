"""Op instances from items: finding the op, working out its arguments, and saying what is wrong with them."""

from functools import cache
from typing import Any, NamedTuple

from specc.diagnostics.model import Diagnostic, Fix, Note, corrected
from specc.ir.graph import Pending
from specc.ir.link import Link, chain_of
from specc.ops import catalog, making, registry
from specc.ops.declare import Op
from specc.ops.kinds import quoted
from specc.ops.misfit import Misfit
from specc.ops.parameters import CallInput
from specc.passes.resolution.values import Env, Failed, Findings, evaluate, has_dollar, is_deferred, settle
from specc.suggest import did_you_mean, nearest
from specc.syntax import tree
from specc.syntax.document import CONSTRUCT_FIELDS, Item, stands_beside
from specc.syntax.expressions import SizeOf
from specc.syntax.tree import Node, Scalar

_BESIDE = ("call", "signature")
"""What stands beside an op and is a part of it."""


class Prepared(NamedTuple):
    """What an item says of its op; `simple`: the call takes one value alone; `results`: how many it makes."""

    cls: type[Op]
    op: Op | Pending
    simple: bool
    results: int = 1


class Instances:
    """Makes the ops of a network; what is written alike, without expressions, is worked out once and shared."""

    def __init__(self, found: Findings, folder: str | None, dtype: str | None) -> None:
        self.found = found
        self.folder = folder
        self.dtype = dtype
        self._by_text: dict[tuple[object, ...], Prepared] = {}

    def prepare(self, item: Item, env: Env, link: Link | None) -> Prepared:
        """The op of an item; raises `Failed` after recording what is wrong with it."""
        known = item.prepared
        if known is not None:
            return known  # pyright: ignore[reportReturnType]
        key = _text_of(item)
        known = self._by_text.get(key) if key is not None else None
        if known is None:
            cls = self.find(item, env, link)
            op = self._make(item, cls, env, link, may_wait=key is None)
            results = op.result_count() if isinstance(op, Op) else cls.least_results
            known = Prepared(cls, op, _is_simple(op.reads), results)
            if key is not None:
                self._by_text[key] = known
        if key is not None or not any(map(has_dollar, (item.value, *map(item.field, _BESIDE)))):
            item.prepared = known
        return known

    def find(self, item: Item, env: Env, link: Link | None) -> type[Op]:
        """The op that an item's key names; raises `Failed` after recording what is wrong with it."""
        key = item.key
        word = key.value
        if isinstance(word, str) and ":" in word:
            from specc.passes.resolution.signatures import own_op

            return own_op(item, env, self.found, link)
        cls = registry.find(word) if isinstance(word, str) else None
        if cls is None:
            known = [*registry.names(), *catalog.ALIASES, *CONSTRUCT_FIELDS]
            fault = making.no_op(str(word), known)
            fixes = corrected(key.span, fault.suggestion)
            self.found.append(
                Diagnostic(fault.code, fault.message, key.span, fixes=fixes, chain=chain_of(link))
            )
            raise Failed
        return cls

    def _make(self, item: Item, cls: type[Op], env: Env, link: Link | None, may_wait: bool) -> Op | Pending:
        value = None if item.value is None else evaluate(item.value, env, self.found, link, defer=True)
        options = self.options(item, cls, env, link)
        try:
            arguments = making.as_arguments(cls, value)
            if self.dtype is not None and cls.has_policy and "dtype" not in arguments:
                arguments = {**arguments, "dtype": self.dtype}
            if may_wait and is_deferred(arguments):
                self._check_names(cls, arguments)

                def make(size: SizeOf) -> Op:
                    return self._counted(self._finish(cls, arguments, options, size), item, link)

                return Pending(cls, make, cls.reads_with(arguments))
            return self._counted(self._finish(cls, arguments, options, None), item, link)
        except making.ArgumentErrors as errors:
            self.report(errors, item, cls, link)
        except Misfit as misfit:
            from specc.passes.repairs.candidates import described_edits

            node = argument_node(item, misfit.parameter)
            fixes = described_edits(misfit.repairs, item, cls)
            notes = tuple(map(Note, misfit.facts))
            message = f"`{cls.name}`: {misfit.message}"
            self.found.append(
                Diagnostic(misfit.code, message, node.span, notes=notes, fixes=fixes, chain=chain_of(link))
            )
        raise Failed

    def _counted(self, op: Op, item: Item, link: Link | None) -> Op:
        """The op, once what it has read of files counts among the steps."""
        if op.steps_read:
            self.found.spend(op.steps_read, item.node, link)
        return op

    def _finish(
        self, cls: type[Op], arguments: dict[str, Any], options: dict[str, Any], size: SizeOf | None
    ) -> Op:
        made = making.make(cls, arguments if size is None else settle(arguments, size))
        if options:
            vars(made)["options"] = options
        return made.located(self.folder)

    def _check_names(self, cls: type[Op], arguments: dict[str, Any]) -> None:
        """Arguments whose values come later still need to exist now."""
        unknown = [name for name in arguments if not making.may_name(cls, str(name))]
        if unknown:
            raise making.ArgumentErrors([making.unknown_argument(cls, str(n)) for n in unknown])

    def options(self, item: Item, cls: type[Op], env: Env, link: Link | None) -> dict[str, Any]:
        """The call arguments that are no values."""
        node = item.field("call")
        if node is None:
            return {}
        if not isinstance(node, tree.Mapping):
            self.found.error("E102", f"`call` must be a mapping, not {node.kind}", node, link=link)
            raise Failed
        options: dict[str, Any] = {}
        for key, value in node.entries:
            name = str(key.value)
            if not (making.may_name(cls, name) if cls.is_open else name in cls.call_options):
                hint = did_you_mean(nearest(name, cls.call_options))
                self.found.error(
                    "E105", f"the call of `{cls.name}` has no argument `{name}`{hint}", key, link=link
                )
                raise Failed
            options[name] = self._option(cls, name, value, env, link)
        return options

    def _option(self, cls: type[Op], name: str, node: Node, env: Env, link: Link | None) -> Any:
        kind = cls.call_options.get(name)
        value = evaluate(node, env, self.found, link)
        if value is None or kind is None or making.fits(kind, value):
            return value
        message = f"`{name}` in the call of `{cls.name}` must be {kind.text}, not {quoted(value)}"
        self.found.error("E107", message, node, link=link)
        raise Failed

    def report(self, errors: making.ArgumentErrors, item: Item, cls: type[Op], link: Link | None) -> None:
        """Record what is wrong with the arguments of an item; what YAML makes of a tuple is one mistake."""
        from specc.syntax.quoting import written_tuple

        end = 0
        placed = [(_place(error, item), error) for error in errors.errors]
        for node, error in sorted(placed, key=lambda one: one[0].start):
            if node.start < end:
                continue
            fixes, message, span = corrected_word(node, error.suggestion), error.message, node.span
            if not fixes and error.code == "E105" and not error.where and stands_beside(error.parameter):
                fixes = _moved_beside(item, str(error.parameter))
            made = written_tuple(node)
            if made is not None:
                span, end = made.span, made.span.end
                message = f"a list is written in brackets, `{made.text}`, not as `{span.text}`"
                fixes = (Fix("write it in brackets", "safe", (made,)),)
            self.found.append(Diagnostic(error.code, message, span, fixes=fixes, chain=chain_of(link)))


def _moved_beside(item: Item, name: str) -> tuple[Fix, ...]:
    """The repair that puts what stands among the arguments of an op beside it, if nothing of the name stands there."""
    from specc.syntax.edits import add_key, remove_key

    arguments, node = item.value, item.node
    if not isinstance(arguments, tree.Mapping) or not isinstance(node, tree.Mapping) or node.key(name):
        return ()
    value = arguments.get(name)
    removed = remove_key(arguments, name)
    added = None if value is None else add_key(node, name, value.span.text)
    if removed is None or added is None:
        return ()
    edits = (removed, added)
    if (
        removed.span.start < added.span.start <= removed.span.end
    ):  # the last line of the item moves to the left
        text = added.text.removeprefix("\n") + "\n" if removed.span.text.endswith("\n") else added.text
        edits = (removed._replace(text=text),)
    return (Fix("put it beside the op", "safe", edits),)


def _place(error: making.ArgumentError, item: Item) -> Node:
    """Where it stands: at the argument, at its key, or at what lies within it."""
    if error.is_key and not error.where and error.parameter is not None:
        return argument_key(item, error.parameter) or argument_node(item, error.parameter)
    return inner_node(argument_node(item, error.parameter), error.where, error.is_key)


def _text_of(item: Item) -> tuple[object, ...] | None:
    """The op, the text of its arguments, and its signature: items alike in these share one op.

    None where more than the text counts.
    """
    value, fields = item.value, item.fields
    text = "" if value is None else value.source.text[value.start : value.end]
    if "$" in text or "*" in text or "<<" in text:
        return None
    if not fields or not any(word in fields for word in _BESIDE):
        return (item.key.value, text)
    signature = fields.get("signature")
    if "call" in fields or not isinstance(signature, Scalar) or "$" in str(signature.value):
        return None
    return (item.key.value, text, signature.value)


@cache
def _is_simple(reads: tuple[CallInput, ...]) -> bool:
    required = [i for i in reads if i.required]
    return len(required) == 1 and not required[0].many


def inner_node(node: Node, where: tuple[str, ...], is_key: bool) -> Node:
    """The node at the keys, and numbers in lists, `where` below `node`, as far as they lead; its key, if `is_key`."""
    for i, word in enumerate(where):
        if isinstance(node, tree.Sequence) and word.isdigit() and int(word) < len(node.items):
            node = node.items[int(word)]
            continue
        if not isinstance(node, tree.Mapping):
            break
        key, value = node.key(word), node.get(word)
        if key is None or value is None:
            break
        if i == len(where) - 1 and is_key:
            return key
        node = value
    return node


def corrected_word(word: Node, meant: str | None) -> tuple[Fix, ...]:
    """The repair that writes the word that was meant, where it stands there plainly."""
    is_plain = isinstance(word, Scalar) and word.span.text == word.value
    return corrected(word.span, meant) if is_plain else ()


def argument_key(item: Item, parameter: str) -> Node | None:
    """The key of an argument in the text."""
    return item.value.key(parameter) if isinstance(item.value, tree.Mapping) else None


def argument_node(item: Item, parameter: str | None) -> Node:
    """Where an argument stands in the text: its value, else the op itself."""
    if parameter is None or item.value is None:
        return item.key
    if isinstance(item.value, tree.Mapping):
        return item.value.get(parameter) or item.key
    return item.value
