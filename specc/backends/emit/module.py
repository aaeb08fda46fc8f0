"""The text of a module that builds a model with Keras alone."""

from collections.abc import Iterable, Iterator
from typing import Any

from specc.backends.emit.code import Assign, Define, Name, Return
from specc.backends.emit.layout import program_text
from specc.backends.emit.nodes import Program, Step, reads
from specc.backends.emit.program import Flat, flat_program
from specc.backends.emit.training import compile_call
from specc.backends.emit.variables import Labels, function, main
from specc.backends.emit.words import Lanes, Words
from specc.ir.graph import Explicit
from specc.passes.compile import Compile
from specc.syntax import tree

_NAMED = '''def named(x, name):
    """Gives the operation that made `x` a name of its own."""
    x._keras_history.operation.name = name
    return x
'''


def emit(explicit: Explicit, training: Compile | None = None) -> str:
    """The text of a module whose `build_model()` makes the model that a build makes."""
    flat = flat_program(explicit)
    program = Program((), _alive(flat))
    labels = Labels(flat.named, flat.layers, Lanes(explicit.graph))
    functions = [function(each, labels, Words()) for each in program.functions]
    doc = _description(explicit)
    compiled = None if training is None else compile_call(explicit.outputs, training, flat.expr)
    functions.append(main("build_model", program.body, flat.model, compiled, doc, labels))
    return module_text(functions)


def module_text(functions: list[Define]) -> str:
    """The whole text: imports, functions, and what is done when it is run."""
    used = set(_names(functions))
    heads = {name.partition(".")[0] for name in used}
    imports = ["import keras"]
    if "np" in heads:
        imports.append("import numpy as np")
    parts = sorted(heads & {"layers", "ops"})
    if parts:
        imports.append(f"from keras import {', '.join(parts)}")
    helpers = f"\n\n{_NAMED}" if "named" in heads else ""
    end = 'if __name__ == "__main__":\n    build_model().summary()\n'
    return "\n".join(imports) + f"\n{helpers}\n\n{program_text(functions)}\n\n{end}"


def _description(explicit: Explicit) -> str:
    node = explicit.graph.document.sections.get("description")
    text = "" if node is None else str(tree.to_plain(node)).strip()
    return text or f"Builds the model `{explicit.graph.name}`."


def _alive(flat: Flat) -> tuple[Step, ...]:
    """The steps that the model needs."""
    needed = set(reads(Step((), flat.model, None)))
    kept: list[Step] = []
    for step in reversed(flat.steps):
        if not step.outs or not needed.isdisjoint(step.outs):
            kept.append(step)
            needed.update(reads(step))
    return tuple(reversed(kept))


def _names(functions: Iterable[Define]) -> Iterator[str]:
    """All names that are used."""
    from specc.backends.emit.nodes import parts

    waiting: list[Any] = [s for f in functions for s in f.body]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Name):
            yield one.text
        elif hasattr(one, "body"):
            waiting += [*one.body, getattr(one, "rounds", None) or one.test]
        elif isinstance(one, Return):
            waiting += one.values
        elif isinstance(one, Assign):
            waiting.append(one.value)
        else:
            waiting += parts(one)
