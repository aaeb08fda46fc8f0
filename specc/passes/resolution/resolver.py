"""Writing out the items of a spec: layers here, constructs by the builders that the resolver is given."""

from collections.abc import Callable, Mapping

from specc.diagnostics.model import Note
from specc.ops.registry import canonical
from specc.passes.resolution.instances import Instances
from specc.passes.resolution.scope import default_name
from specc.passes.resolution.values import Failed, Findings, evaluate
from specc.passes.resolution.wiring import called, inputs_of, name_results
from specc.passes.resolution.writer import MAX_NESTING, MAX_PATH, Context, Writer
from specc.syntax import tree
from specc.syntax.document import Chain, Document, Item
from specc.syntax.tree import Node, Scalar

STEPS_OF_A_FAILURE = 500
"""A mistake takes time, by the search for a name near to a wrong one, and may be made in every round."""

Builder = Callable[["Resolver", Item, int | None, Context], int | None]


class Resolver(Writer):
    """Writes chains of items out; `builders` do so for each construct."""

    def __init__(
        self,
        document: Document,
        found: Findings,
        builders: Mapping[str, Builder],
        folder: str | None,
        dtype: str | None,
    ) -> None:
        super().__init__(document, found)
        self.builders = builders
        self.ops = Instances(found, folder, dtype)
        self._depth = 0

    def chain(self, chain: Chain, current: int | None, context: Context) -> int | None:
        """Write out a chain that starts from `current`; gives its last value."""
        self._depth += 1
        try:
            if self._depth > MAX_NESTING and chain:
                message = f"constructs and blocks stand more than {MAX_NESTING} levels deep in one another"
                self.found.error("E110", message, chain[0].node, link=context.link)
                raise Failed
            for item in chain:
                current = self.item(item, current, context)
        finally:
            self._depth -= 1
        return current

    def item(self, item: Item, current: int | None, context: Context) -> int | None:
        """Write out one item; gives its value."""
        self.count(item.node, context.link)
        fields = item.fields
        word = item.word
        if fields is not None and "when" in fields and not self.wanted(item, fields["when"], context):
            return current
        build = self.builders.get(word)
        try:
            if build is not None:
                return build(self, item, current, context)
            return self.layer(item, current, context)
        except Failed:
            return self.failed(item, word, context)

    def wanted(self, item: Item, node: Node, context: Context) -> bool:
        """Whether the condition of `when` holds; a layer that is left out still counts in the numbering."""
        try:
            value = evaluate(node, context.env, self.found, context.link)
        except Failed:
            return True
        if not isinstance(value, bool):
            self.found.error(
                "E102", f"`when` is true or false, not {tree.kind_of(value)}", node, link=context.link
            )
            return True
        if not value and item.field("name") is None:
            self.names.skip(context.scope, _base(item.word))
        return value

    def failed(self, item: Item, word: str, context: Context) -> int:
        """The value of an item that is wrong: nothing is known of it, so that what reads it stays silent."""
        self.found.spend(STEPS_OF_A_FAILURE, item.node, context.link)
        value = self.value(context.region)
        self.used.add(value)
        node = item.field("name")
        name = node.value if isinstance(node, Scalar) else None
        if node is None:
            name = self.names.automatic(context.scope, _base(word[:MAX_PATH]))
        path = f"{context.scope.prefix}{name}"
        if len(path) <= MAX_PATH:
            self.names.values.setdefault(path, value)
        self._name_unknown_results(item, context)
        return value

    def _name_unknown_results(self, item: Item, context: Context) -> None:
        """The names that `as` lists stand for values of which nothing is known."""
        node = item.field("as")
        for entry in node.items if isinstance(node, tree.Sequence) else ():
            if isinstance(entry, Scalar) and isinstance(entry.value, str) and len(entry.value) <= MAX_PATH:
                result = self.value(context.region)
                self.used.add(result)
                self.names.values.setdefault(context.scope.prefix + entry.value, result)

    def name(self, item: Item, base: str, context: Context) -> str:
        """The name of an item: the author's, else its op's (or `base`), numbered."""
        node = item.fields.get("name") if item.fields is not None else None
        if node is None:
            self.hold_path(context.scope.prefix + base, item.key, context.link)
            return self.names.automatic(context.scope, default_name(base))
        name = evaluate(node, context.env, self.found, context.link)
        if isinstance(name, int) and not isinstance(name, bool):
            name = str(name)
        if not isinstance(name, str) or not name or name == "_" or not _is_path(name):
            self.found.error("E102", f"`{name}` cannot be a name", node, link=context.link)
            raise Failed
        self._check_name(name, node, context)
        return name

    def _check_name(self, name: str, node: Node, context: Context) -> None:
        values, scope = self.names.values, context.scope
        path = scope.prefix + name
        self.hold_path(path, node, context.link)
        if path in values:
            earlier = self.by_path.get(path)
            notes = (Note(f"`{name}` is given here first", earlier.item.node.span),) if earlier else ()
            self.found.error("E302", f"the name `{name}` is given twice", node, *notes, link=context.link)
            raise Failed
        outer = scope.outer
        while outer is not None:
            if outer.prefix + name in values and outer.prefix != scope.prefix:
                message = f"the name `{name}` would hide the one outside"
                self.found.error("E300", message, node, link=context.link)
                raise Failed
            outer = outer.outer

    def layer(self, item: Item, current: int | None, context: Context) -> int:
        """Write out one layer; gives its (first) result."""
        prepared = self.ops.prepare(item, context.env, context.link)
        fields = item.fields
        name, op = self.name(item, prepared.cls.name, context), prepared.op
        if fields is None and current is not None and prepared.simple:
            inputs: tuple[int | None, ...] = (current,)
            self.used.add(current)
        else:
            inputs, masked_by = inputs_of(self, item, op, current, context)
            if masked_by:
                op = called(op, masked_by=masked_by)
        outputs = tuple([self.value(context.region) for _ in range(prepared.results)])
        layer = self.add(name, op, inputs, outputs, item, context)
        if fields is not None:
            if "distribute" in fields:
                layer.distribute = self._distribution(fields["distribute"], context)
            if "as" in fields:
                name_results(self, fields["as"], layer.name, outputs, context)
        return outputs[0]

    def _distribution(self, node: Node, context: Context) -> str:
        word = evaluate(node, context.env, self.found, context.link)
        if word not in ("fold", "time_distributed"):
            self.found.error("E102", "`distribute` is `fold` or `time_distributed`", node, link=context.link)
            return "fold"
        return word


def _base(word: str) -> str:
    """What the name of an unnamed item starts with."""
    return default_name(canonical(word))


def _is_path(name: str) -> bool:
    if name.isidentifier():  # nearly every name is one
        return True
    return all(part and part != "*" for part in name.split(".")) and "/" not in name and name.isprintable()
