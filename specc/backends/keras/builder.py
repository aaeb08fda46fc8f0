# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""The layers of an explicit graph as a functional model, built with Keras or with what stands in for it."""

import random
import warnings
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from specc.backends.keras.call import Call, KerasLayer, KerasTensor, Names, Scope
from specc.backends.keras.depth import Stretch, TooDeep, reads, stretches
from specc.backends.keras.functions import function
from specc.backends.keras.layers import apply
from specc.backends.keras.own import advice, is_foreign, said
from specc.backends.keras.table import LOWERINGS
from specc.diagnostics.model import Diagnostic, Note
from specc.ir.graph import Crossing, Explicit, Input, Layer, Output, Unfold
from specc.ir.link import chain_of
from specc.ops.declare import Op
from specc.ops.function import Function
from specc.shapes.tensor import Tensor, is_float


class Built(NamedTuple):
    """A Keras model, the tensor for each value, by number, and the Keras layers that ops became, by path.

    In a deep network (`is_nested`) the values inside of a nested model are tensors of that model.
    """

    model: Any
    values: Mapping[int, KerasTensor]
    layers: Mapping[str, KerasLayer]
    is_nested: bool = False


class BuildError(Exception):
    """The network cannot be built; `diagnostic` (E500, E503) says at which layer and why."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


def refused(message: str, error: Exception, layer: Layer | None = None) -> Diagnostic:
    """E503 for what check accepted and Keras does not, with its words in a note; E500 at a layer of one's own."""
    found = Diagnostic("E503", message, notes=(Note(said(error)),))
    if layer is None:
        return found
    if is_foreign(layer):
        found = found._replace(code="E500", fixes=advice(error))
    return found._replace(span=layer.item.key.span, layer=layer.name, chain=chain_of(layer.link))


class Builder:
    """Builds one model with `keras`: the module, or what answers as it does."""

    def __init__(self, keras: Any, explicit: Explicit, seed: int | None = None) -> None:
        self.keras = keras
        self.explicit = explicit
        self.seed = seed
        self.values: dict[int, KerasTensor] = {}
        self.layers: dict[str, KerasLayer] = {}
        graph = explicit.graph
        own = {layer.name for layer in explicit.layers if layer.shares is None}
        self.names = Names({i.name for i in graph.inputs} | own)

    def model(self) -> Built:
        graph = self.explicit.graph
        inputs = [self.input(i) for i in graph.inputs]
        values = {i.value: tensor for i, tensor in zip(graph.inputs, inputs, strict=True)}
        scope = Scope(values, self.explicit.types)
        self.values.update(scope.values)
        try:
            parts = stretches(self.explicit)
        except TooDeep as error:
            message = f"`{error.layer.name}` shares its weights over a network too deep for Keras to load"
            raise BuildError(refused(message, error, error.layer)) from None
        for i, part in enumerate(parts):
            if part.nested:
                self.nested(part, i, parts[i + 1 :], scope)
            else:
                self.run(part, scope)
        outputs = self.outputs(scope)
        model = self.keras.Model(
            inputs[0] if len(inputs) == 1 else inputs, outputs, name=_model_name(graph.name)
        )
        return Built(model, self.values, self.layers, any(part.nested for part in parts))

    def input(self, entry: Input) -> KerasTensor:
        tensor = self.explicit.types[entry.value]
        sizes = [size if isinstance(size, int) else None for size in tensor.shape.sizes]
        return self.keras.Input(sizes, entry.batch, tensor.dtype, entry.sparse, name=entry.name)

    def run(self, part: Stretch, scope: Scope) -> None:
        """Apply the layers of a stretch to the values of `scope`, and put theirs there."""
        for layer in part.layers:
            try:
                made = self.layer(layer, scope)
            except BuildError:
                raise
            except Exception as error:
                raise BuildError(refused(f"`{layer.name}` cannot be built", error, layer)) from error
            for value, tensor in zip(layer.outputs, made, strict=True):
                scope.values[value] = self.values[value] = tensor

    def layer(self, layer: Layer, scope: Scope) -> list[KerasTensor]:
        op, types = layer.op, self.explicit.types
        assert isinstance(op, Op), "an explicit graph has no pending ops"
        if self.seed is not None:
            random.seed(f"{self.seed}/{layer.name}")
        folded = self.explicit.folded[op.region] if isinstance(op, Crossing) else None
        read: list[Tensor | None] = [None if v is None else types[v] for v in layer.inputs]
        results = [types[v] for v in layer.outputs]
        call = Call(self.keras, layer, op, read, results, scope, self.layers, self.names, folded)
        made = LOWERINGS.get(op.name, function if isinstance(op, Function) else apply)(call)
        tensors: list[KerasTensor] = list(made) if isinstance(made, list | tuple) else [made]
        if is_foreign(layer):
            self.hold(call, tensors)
        call.name_operations(tensors)
        return tensors

    def hold(self, call: Call, made: list[KerasTensor]) -> None:
        """Raise `BuildError` where a layer that is none of Keras's has not made what was inferred."""

    def nested(self, part: Stretch, number: int, later: list[Stretch], scope: Scope) -> None:
        """Build a stretch as a model of its own and apply it."""
        made = {v for layer in part.layers for v in layer.outputs}
        needed = {v for layer in part.layers for v in reads(layer, self.explicit)} - made
        wanted = {v for rest in later for layer in rest.layers for v in reads(layer, self.explicit)}
        wanted |= {output.value for output in self.explicit.outputs}
        entering, leaving = sorted(needed), sorted(made & wanted)
        name = self.names.fresh(f"stretch_{number}")
        entered = {v: self.entrance(scope.values[v], f"{name}.{v}") for v in entering}
        inner = Scope(entered, self.explicit.types)
        inputs = list(inner.values.values())
        self.run(part, inner)
        if not leaving:
            return
        model = self.keras.Model(_bare(inputs), _bare([inner.values[v] for v in leaving]), name=name)
        with _masks_pass():
            outcome = model(_bare([scope.values[v] for v in entering]))
        results = outcome if isinstance(outcome, list | tuple) else [outcome]
        scope.values.update(zip(leaving, results, strict=True))

    def entrance(self, tensor: KerasTensor, name: str) -> KerasTensor:
        """An input of a nested model, for a value of the model around it."""
        batch, *sizes = tensor.shape
        return self.keras.Input(sizes, batch, tensor.dtype, tensor.sparse, name=name)

    def outputs(self, scope: Scope) -> Any:
        """The outputs under their names: a dict where there are several."""
        unfolds = {layer.outputs[0] for layer in self.explicit.layers if isinstance(layer.op, Unfold)}
        named = {output.name: self.output(output, scope, unfolds) for output in self.explicit.outputs}
        return named if len(named) > 1 else next(iter(named.values()))

    def output(self, output: Output, scope: Scope, unfolds: set[int]) -> KerasTensor:
        """An output's tensor, made by an operation of the output's name: Keras names the output after it.

        Where that is the name of the layer with the weights, and the last operation of what the layer became
        is another, that one takes the name.
        """
        tensor = scope.values[output.value]
        operation = tensor._keras_history.operation
        if operation.name == output.name:
            return tensor
        holder = self.layers.get(output.name)
        if holder is not None and holder.name == output.name and operation.name.startswith(f"{output.name}."):
            holder.name = self.names.fresh(f"{output.name}.{type(holder).__name__.lower()}")
            operation.name = output.name
            return tensor
        nested = isinstance(operation, self.keras.Model)  # which may hold a layer of the name, out of the way
        if not nested and self.names.fresh(output.name) != output.name:
            return tensor
        if output.value in unfolds and tensor is self.values[output.value]:
            unfolds.discard(output.value)
            operation.name = output.name
            return tensor
        dtype = self.explicit.types[output.value].dtype
        identity = self.keras.layers.Identity(name=output.name, dtype=dtype if is_float(dtype) else "float32")
        return identity(tensor)


def _bare(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values


@contextmanager
def _masks_pass() -> Generator[None]:
    """Keras warns that a mask ends at a nested model; it is passed on to the layers inside all the same."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*passed an input with a mask", category=UserWarning)
        yield


def _model_name(name: str) -> str:
    return name.replace("/", "_") or "model"
