"""The text of a module that builds a model with Keras alone."""

import re
from collections.abc import Iterable, Iterator, Sequence

from specc.backends.emit.code import Assign, Call, Define, For, If, Literal, Name, Return, Statement
from specc.backends.emit.draft import Draft
from specc.backends.emit.factor import factored
from specc.backends.emit.imports import Imports
from specc.backends.emit.labels import Labels
from specc.backends.emit.layout import program_text
from specc.backends.emit.nodes import Step, names_in, reads
from specc.backends.emit.program import Flat, flat_program
from specc.backends.emit.replay import OtherProgram, hold
from specc.backends.emit.statements import Hidden, function, main
from specc.backends.emit.training import compile_call
from specc.backends.emit.words import Lanes
from specc.ir.graph import Explicit
from specc.ir.masked import op_of
from specc.passes.training.compile import Compile
from specc.syntax import tree

_NAMED = '''def named(x, name):
    """Gives the operation that made `x` a name of its own."""
    keras.tree.flatten(x)[0]._keras_history.operation.name = name
    return x
'''
_RESERVE = '''def reserve(name, count):
    """Leaves `name`, `name_1`, … to layers: Keras names by itself what makes masks."""
    for _ in range(count):
        keras.backend.get_uid(name)
'''
_OF_MASKS = re.compile(
    r"(not_equal|any|all|logical_and|logical_or|get_item|cast|concatenate|expand_dims|ones_like|zeros_like)"
    r"(?:_(\d{1,3}))?"
)
"""The names that Keras gives the operations by which it makes masks; nobody makes thousands of these in one process."""


def emit(explicit: Explicit, training: Compile | None = None) -> str:
    """The text of a module whose `build_model()` makes the model that a build makes."""
    flat = flat_program(explicit)
    steps = alive(flat)
    compiled = None if training is None else compile_call(explicit.outputs, training, flat)
    try:
        return module_text(folded(explicit, flat, steps, compiled), flat.imports)
    except (Hidden, OtherProgram):
        # Folding knows no more than its rules, and its result is held against the flat program: where that refuses
        # it, a user is better served with plain code than with none. Anything else is a fault, and is not hidden.
        return module_text(written_out(explicit, flat, steps, compiled), flat.imports)


def folded(explicit: Explicit, flat: Flat, steps: Sequence[Step], compiled: Call | None) -> list[Define]:
    """The functions of a module, with one for each block, and loops for repeats.

    Raises `Hidden` or `OtherProgram` where what is folded cannot be written down, or would not be the same program.
    """
    labels = Labels(dict(flat.named), set(flat.layers), Lanes(explicit.graph))
    draft = Draft(flat, steps, labels)
    program = factored(draft)
    labels.taken += [*flat.imports.names.values(), *(each.name for each in program.functions)]
    functions = [function(each, labels) for each in program.functions]
    doc = _description(explicit)
    functions.append(main("build_model", program.body, draft.model(), compiled, doc, labels))
    hold(functions, flat, steps)
    return _reserving(functions, explicit)


def written_out(explicit: Explicit, flat: Flat, steps: Sequence[Step], compiled: Call | None) -> list[Define]:
    """The one function of a module that says each step for itself."""
    labels = Labels(dict(flat.named), set(flat.layers), Lanes(explicit.graph))
    labels.taken += flat.imports.names.values()
    functions = [main("build_model", steps, flat.model, compiled, _description(explicit), labels)]
    hold(functions, flat, steps)
    return _reserving(functions, explicit)


def _reserving(functions: list[Define], explicit: Explicit) -> list[Define]:
    """The functions, the last of which keeps the names of layers from what Keras makes masks with."""
    if not any(op_of(layer).brings_mask for layer in explicit.layers):
        return functions
    counts: dict[str, int] = {}
    for each in (*explicit.graph.inputs, *explicit.layers, *explicit.outputs):
        known = _OF_MASKS.fullmatch(each.name)
        if known is not None:
            counts[known[1]] = max(counts.get(known[1], 0), int(known[2] or 0) + 1)
    calls = [Call(Name("reserve"), (Literal(word), Literal(count))) for word, count in counts.items()]
    *others, last = functions
    return [*others, last._replace(body=(*(Assign((), call) for call in calls), *last.body))]


def module_text(functions: list[Define], foreign: Imports) -> str:
    """The whole text: imports, functions, and what is done when it is run."""
    used = set(_names(functions))
    heads = {name.partition(".")[0] for name in used}
    imports = ["import keras"]
    if "np" in heads:
        imports.append("import numpy as np")
    parts = sorted(heads & {"layers", "ops"})
    if parts:
        imports.append(f"from keras import {', '.join(parts)}")
    imports += foreign.lines(used)
    helpers = "".join(
        f"\n\n{text}" for name, text in (("named", _NAMED), ("reserve", _RESERVE)) if name in heads
    )
    end = 'if __name__ == "__main__":\n    build_model().summary()\n'
    return "\n".join(imports) + f"\n{helpers}\n\n{program_text(functions)}\n\n{end}"


def _description(explicit: Explicit) -> str:
    node = explicit.graph.document.sections.get("description")
    text = "" if node is None else str(tree.to_plain(node)).strip()
    return text or f"Builds the model `{explicit.graph.name}`."


def alive(flat: Flat) -> tuple[Step, ...]:
    """The steps that the model needs."""
    needed = set(reads(Step((), flat.model, None)))
    kept: list[Step] = []
    for step in reversed(flat.steps):
        if not step.outs or not needed.isdisjoint(step.outs):
            kept.append(step)
            needed.update(reads(step))
    return tuple(reversed(kept))


def _names(statements: Iterable[Statement]) -> Iterator[str]:
    """All names that are used."""
    for statement in statements:
        match statement:
            case Assign(_, value):
                yield from names_in(value)
            case Return(values):
                yield from (name for value in values for name in names_in(value))
            case For(_, rounds, body):
                yield from names_in(rounds)
                yield from _names(body)
            case If(test, body):
                yield from names_in(test)
                yield from _names(body)
            case Define(_, _, _, body, _):
                yield from _names(body)
