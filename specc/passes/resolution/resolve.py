"""From a document to a graph: parameters, inputs and outputs, and the network between them."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from specc.diagnostics.model import corrected
from specc.ir.graph import Graph, Input, Output, Target
from specc.ops.kinds import DTYPES
from specc.passes.resolution.constructs import BUILDERS
from specc.passes.resolution.least import Least
from specc.passes.resolution.params import Given, bind, declared
from specc.passes.resolution.resolver import Resolver
from specc.passes.resolution.scope import Scope, explicit_names
from specc.passes.resolution.values import Env, Failed, Findings, TooLarge, evaluate, shape_from
from specc.passes.resolution.wiring import name_of, reference, report_missing
from specc.passes.resolution.writer import MAX_LAYERS, TOO_MANY_LAYERS, Context
from specc.passes.training.declared import declared_tensor
from specc.suggest import did_you_mean, nearest
from specc.syntax import tree
from specc.syntax.document import Document, is_note
from specc.syntax.tree import Node, Scalar, Sequence

INPUT_KEYS = ("shape", "dtype", "batch_size", "sparse")
TARGET_KEYS = ("shape", "dtype", "sample_weight", "class_weight")


def resolve(
    document: Document,
    found: Findings,
    *,
    settings: Mapping[str, Any],
    variant: str | None = None,
    strict: bool = False,
    folder: str | None = None,
) -> Graph:
    """The graph of `document`; `settings` are parameters and symbols from outside. Raises `TooLarge` past a bound."""
    env = _parameters(document, found, settings, variant)
    dtype = _scalar(document, "dtype", env, found)
    if dtype is not None and dtype not in DTYPES:
        message = f"there is no dtype `{dtype}`{_hint(str(dtype), DTYPES)}"
        found.error("E107", message, document.sections["dtype"])
        dtype = None
    resolver = Resolver(document, found, BUILDERS, folder, dtype)
    resolver.file_env = env
    resolver.distribute = str(_scalar(document, "distribute", env, found) or "fold")
    scope = Scope("", None)
    scope.reserved = explicit_names([document.layers])
    context = Context(scope, env, document)
    inputs = _inputs(resolver, context)
    first = inputs[0].value if len(inputs) == 1 else None
    if Least(document).chain(document.layers) > MAX_LAYERS:
        found.error("E110", TOO_MANY_LAYERS, document.sections["layers"])
        raise TooLarge
    last = resolver.chain(document.layers, first, context)
    outputs = _outputs(resolver, last, context)
    report_missing(resolver)
    if settings:
        from specc.passes.resolution.settings import hold_settings

        hold_settings(document, found, settings, env)

    def evaluated(node: Node) -> Any:
        return evaluate(node, env, found)

    return Graph(
        document,
        str(_scalar(document, "name", env, found) or "model"),
        inputs,
        resolver.layers,
        tuple(resolver.regions),
        outputs,
        len(resolver.region_of),
        strict or _scalar(document, "adapt", env, found) == "strict",
        evaluated,
        resolver.used,
        resolver.named,
        resolver.uses,
        resolver.steps,
        _targets(document, found, env),
    )


def _scalar(document: Document, key: str, env: Env, found: Findings) -> Any:
    node = document.sections.get(key)
    if node is None:
        return None
    try:
        value = evaluate(node, env, found)
    except Failed:
        return None
    if isinstance(value, list | dict):
        found.error("E102", f"`{key}` is text, not {node.kind}", node)
        return None
    return value


def _parameters(document: Document, found: Findings, settings: Mapping[str, Any], variant: str | None) -> Env:
    """The parameters: from the command line, else from the variant, else their defaults."""
    params = declared(_mapping(document, "params", found), found)
    values: dict[str, Given] = {}
    variants = _variants(document, found, params)
    if variant is not None and variant not in variants:
        message = f"there is no variant `{variant}`{_hint(variant, variants)}"
        found.error("E112", message, document.key("variants"))
    for key, node in variants.get(variant or "", []):
        values[str(key.value)] = Given(tree.to_plain(node), node)
    values |= {name: Given(value) for name, value in settings.items() if name in params}
    return bind(params, values, {}, found, None)


def _variants(
    document: Document, found: Findings, params: Mapping[str, Any]
) -> dict[str, list[tuple[Scalar, Node]]]:
    """The parameters that each variant sets; one that there is not is E112, whichever variant is chosen."""
    section = _mapping(document, "variants", found)
    variants: dict[str, list[tuple[Scalar, Node]]] = {}
    for name, node in section.entries if section is not None else ():
        if not isinstance(node, tree.Mapping):
            message = f"variant `{name.value}` must be a mapping of parameters, not {node.kind}"
            found.error("E102", message, node)
            continue
        for key, _ in node.entries:
            if key.value not in params:
                message = f"there is no parameter `{key.value}`{_hint(str(key.value), params)}"
                found.error("E112", message, key)
        variants[str(name.value)] = node.entries
    return variants


def _hint(name: str, known: Iterable[str]) -> str:
    return did_you_mean(nearest(name, known))


def _mapping(document: Document, key: str, found: Findings) -> tree.Mapping | None:
    node = document.sections.get(key)
    if node is None or isinstance(node, tree.Mapping):
        return node
    found.error("E102", f"`{key}` must be a mapping, not {node.kind}", node)
    return None


def _inputs(resolver: Resolver, context: Context) -> tuple[Input, ...]:
    """The inputs of the network."""
    found = resolver.found
    section = _mapping(context.document, "inputs", found)
    if section is not None and not section.entries:
        found.error("E106", "a network needs at least one input", section)
    inputs: list[Input] = []
    for key, node in section.entries if section is not None else ():
        value = resolver.value(0)
        try:
            inputs.append(_input(str(key.value), node, value, found, context.env))
        except Failed:
            inputs.append(Input(str(key.value), value, None, node))
        resolver.names.values[str(key.value)] = value
    _one_batch(inputs, found)
    resolver.inputs = tuple(i.name for i in inputs)
    return tuple(inputs)


def _one_batch(inputs: list[Input], found: Findings) -> None:
    """E107 where inputs fix the size of the batch at different numbers."""
    fixed = [entry for entry in inputs if entry.batch is not None]
    for entry in fixed[1:]:
        if entry.batch != fixed[0].batch:
            place = entry.node.get("batch_size") if isinstance(entry.node, tree.Mapping) else None
            message = f"`batch_size` is {entry.batch}, and input `{fixed[0].name}` has {fixed[0].batch}"
            found.error("E107", message, place or entry.node)


def _input(name: str, node: Node, value: int, found: Findings, env: Env) -> Input:
    tensor, parts = declared_tensor(name, node, "input", INPUT_KEYS, found, env)
    if not isinstance(node, tree.Mapping):
        return Input(name, value, tensor, node)
    batch, sparse = parts.get("batch_size"), parts.get("sparse", False)
    if batch is not None and (not isinstance(batch, int) or isinstance(batch, bool) or batch < 1):
        found.error("E107", "`batch_size` must be a positive integer", node.get("batch_size") or node)
        batch = None
    if not isinstance(sparse, bool):
        found.error("E107", "`sparse` must be true or false", node.get("sparse") or node)
    return Input(name, value, tensor, node, batch, sparse is True)


def _targets(document: Document, found: Findings, env: Env) -> tuple[Target, ...]:
    """The labels that the author says to have, by output."""
    section = _mapping(document, "targets", found)
    targets: list[Target] = []
    for key, node in section.entries if section is not None else ():
        with suppress(Failed):
            tensor, parts = declared_tensor(str(key.value), node, "target", TARGET_KEYS, found, env)
            made = Target(str(key.value), tensor, key, node)
            targets.append(_weighed(made, parts, found, env) if parts else made)
    return tuple(targets)


def _weighed(target: Target, parts: Mapping[str, Any], found: Findings, env: Env) -> Target:
    """A target with the weights that `parts` of its entry say; E107 for those of samples and of classes at once."""
    assert isinstance(target.node, tree.Mapping)
    places = {name: target.node.get(name) for name, value in parts.items() if value is not None}
    of_samples, of_classes = places.get("sample_weight"), places.get("class_weight")
    if of_samples is not None and of_classes is not None:
        found.error("E107", "`class_weight` does not go with `sample_weight`", of_classes)
        return target
    if of_samples is not None:
        return target._replace(sample_weight=shape_from(of_samples, env, found))
    if of_classes is not None:
        from specc.passes.training.weighing import read_class_weight

        return target._replace(class_weight=read_class_weight(of_classes, parts["class_weight"], found))
    return target


def _outputs(resolver: Resolver, last: int | None, context: Context) -> tuple[Output, ...]:
    """The outputs: those declared, else the last value."""
    section = context.document.sections.get("outputs")
    found = resolver.found
    if section is None:
        if last is None or not resolver.layers:
            if "layers" not in context.document.sections or resolver.found:
                return ()
            place = context.document.sections.get("layers") or context.document.node
            found.error("E304", "nothing reaches an output: there are no layers", place)
            return ()
        last = resolver.move(last, 0, context)
        resolver.used.add(last)
        name = name_of(resolver, last)
        return (Output(name, last, None, context.document.node),)
    entries: list[tuple[str, Node, Node | None]] = []
    if isinstance(section, tree.Mapping):
        entries = [(str(k.value), k, v) for k, v in section.entries]
    elif isinstance(section, Sequence):
        entries = [(name, n, None) for n in section.items if (name := _listed_output(n, context, found))]
    else:
        found.error("E102", f"`outputs` must be a mapping or a list of names, not {section.kind}", section)
    outputs: list[Output] = []
    names: set[str] = set()
    for name, key, node in entries:
        if name in names:
            found.error("E302", f"the output `{name}` is declared twice", key)
            continue
        names.add(name)
        try:
            outputs.append(_output(resolver, name, key, node, context))
        except Failed:
            pass
    if not entries and not found:
        found.error("E304", "a network needs at least one output", section)
    return tuple(outputs)


def _listed_output(node: Node, context: Context, found: Findings) -> str | None:
    """The name of an output in a list of them; None after recording what is wrong with it."""
    try:
        return str(evaluate(node, context.env, found))
    except Failed:
        return None


def _output(resolver: Resolver, name: str, key: Node, node: Node | None, context: Context) -> Output:
    found, env = resolver.found, context.env
    source: Any = name
    promise = None
    place = key
    if isinstance(node, tree.Mapping):
        for part, _ in node.entries:
            if part.value not in ("from", "shape") and not is_note(part.value):
                close = nearest(str(part.value), ("from", "shape"))
                message = f"an output has no key `{part.value}`{did_you_mean(close)}"
                found.error("E103", message, part, fixes=corrected(part.span, close))
        origin, shape_node = node.get("from"), node.get("shape")
        if origin is not None:
            source, place = evaluate(origin, env, found), origin
        promise = shape_from(shape_node, env, found) if shape_node is not None else None
        node = shape_node or node
    elif node is not None and not (isinstance(node, Scalar) and node.value is None):
        promise = shape_from(node, env, found)
    value = reference(resolver, str(source), place, None, context)
    value = resolver.move(value, 0, context)
    return Output(name, value, promise, node if promise is not None and node is not None else key)
