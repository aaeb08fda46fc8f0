"""The flat program of a model: one step after the other, as a build calls Keras."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from specc.backends.emit.code import Expr
from specc.backends.emit.imports import Imports
from specc.backends.emit.nodes import Step
from specc.backends.emit.origins import Origins, Place
from specc.backends.emit.record import Recorder
from specc.backends.emit.recorded import Sizes
from specc.backends.keras.builder import Builder
from specc.backends.keras.call import Scope
from specc.ir.graph import Explicit, Layer
from specc.syntax.tree import Scalar, Sequence


class Flat(NamedTuple):
    """The steps of a model, and the expression that makes it of them.

    `named`: the values that the author has given names; `layers`: those that are layers, which are called later;
    `expr` writes other values that Keras is given, `origins` knows what the author wrote; values are below `values`
    and have these `shapes`.
    """

    steps: list[Step]
    model: Expr
    named: Mapping[int, str]
    layers: frozenset[int]
    expr: Callable[[Any], Expr]
    origins: Origins
    values: int
    shapes: Mapping[int, Sizes]
    imports: Imports


class _Recording(Builder):
    """Builds a model with a recorder in place of Keras."""

    def __init__(self, recorder: Recorder, explicit: Explicit) -> None:
        super().__init__(recorder, explicit)
        self.recorder = recorder
        self.named: dict[int, str] = {}

    def layer(self, layer: Layer, scope: Scope) -> list[Any]:
        """As a build does it, the results with their inferred shapes."""
        first = next(v for v in layer.inputs if v is not None)
        received = scope.values[first]
        self.recorder.place = Place(layer, received.number, self.explicit.types[first].shape)
        made = super().layer(layer, scope)
        self.recorder.settle(made, layer)
        self.recorder.place = None
        if not layer.inserted:
            self._name(layer, made)
        return made

    def _name(self, layer: Layer, made: list[Any]) -> None:
        if layer.item.field("name") is not None:
            self.named[made[0].number] = layer.name.rpartition(".")[2]
        words = layer.item.field("as")
        if isinstance(words, Sequence) and len(words.items) == len(made):
            for tensor, word in zip(made, words.items, strict=True):
                if isinstance(word, Scalar) and isinstance(word.value, str) and word.value != "_":
                    self.named[tensor.number] = word.value


def flat_program(explicit: Explicit) -> Flat:
    """The steps that build a model."""
    recorder = Recorder(explicit)
    builder = _Recording(recorder, explicit)
    built = builder.model()
    model = recorder.made(built.model)
    named = {built.values[entry.value].number: entry.name for entry in explicit.graph.inputs}
    steps = recorder.steps()
    return Flat(
        steps=steps,
        model=model,
        named=named | builder.named,
        layers=recorder.kept,
        expr=recorder.expr,
        origins=recorder.origins,
        values=recorder.count,
        shapes=recorder.shapes,
        imports=recorder.imports,
    )
