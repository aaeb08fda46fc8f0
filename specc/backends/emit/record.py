# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""What stands in for Keras while a model is built, and writes down what is asked of it.

So emitted code is by construction what a build does: the same layers, functions and names, in the same order.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

from specc.backends.emit.code import (
    Call,
    Expr,
    Listing,
    Literal,
    Name,
    Pairs,
    Part,
    Path,
    Slice,
    Value,
)
from specc.backends.emit.constants import array, keras_object
from specc.backends.emit.imports import Imports
from specc.backends.emit.nodes import Origin, Step
from specc.backends.emit.origins import Origins, Place
from specc.backends.emit.recorded import RecordedLayer, RecordedTensor, Sizes
from specc.backends.emit.shapes import result_shape
from specc.backends.emit.stand_ins import Module, Operation
from specc.ir.graph import Crossing, Explicit, Layer
from specc.ops.declare import Op


class Recorder:
    """Answers as the module `keras` does to the builder of models, and keeps the steps."""

    def __init__(self, explicit: Explicit) -> None:
        self.explicit = explicit
        self.origins = Origins(explicit)
        self.imports = Imports()
        self.place: Place | None = None
        self.tensors: list[RecordedTensor] = []
        self.events: list[tuple[Any, Layer | None]] = []
        self.count = len(explicit.types)
        self.layers = Module(self.make, "layers")
        self.ops = Module(self.function, "")
        recorder = self

        class Model(RecordedLayer):
            def __init__(self, *arguments: Any, **keywords: Any) -> None:
                super().__init__(recorder, "keras.Model", arguments, keywords)

        self.Model = Model

    @property
    def op(self) -> Op:
        """The op of the layer that is being built."""
        assert self.layer is not None
        assert isinstance(self.layer.op, Op)
        return self.layer.op

    @property
    def layer(self) -> Layer | None:
        """The layer of the spec that is being built; None where inputs and outputs are."""
        return None if self.place is None else self.place.layer

    def number(self) -> int:
        """A new value."""
        self.count += 1
        return self.count

    def write(self, outs: tuple[int, ...], expr: Callable[[], Expr]) -> None:
        """Record a step."""
        self.events.append(((outs, expr), self.layer))

    def make(self, path: str, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> RecordedLayer:
        """A layer, of a class of that name: layers are told apart by the names of their classes."""
        kind = type(re.split(r"[.:]", path)[-1], (RecordedLayer,), {})
        return kind(self, path, arguments, keywords)

    def find_class(self, word: str) -> Any:
        """A class of layers from elsewhere, `module:Class`."""
        return Module(self.make, self.imports.name(word))

    def Sequential(self, *arguments: Any, **keywords: Any) -> RecordedLayer:  # noqa: N802
        """As `keras.Sequential`."""
        return self.make("keras.Sequential", arguments, keywords)

    def Input(  # noqa: N802
        self, shape: list[int | None], batch: int | None, dtype: str, sparse: bool, *, name: str
    ) -> RecordedTensor:
        """As `keras.Input`."""
        operation = Operation()
        operation.name = name
        tensor = RecordedTensor(self, operation, (batch, *shape), dtype)
        keywords: list[tuple[str, Expr]] = []
        if batch is not None:
            keywords.append(("batch_size", Literal(batch)))
        if dtype != "float32":
            keywords.append(("dtype", Literal(dtype)))
        if sparse:
            keywords.append(("sparse", Literal(True)))
        sizes = Listing(tuple(Literal(size) for size in shape), is_tuple=True)
        assert operation.title is not None
        named = ("name", Path(operation.title))
        self.write((tensor.number,), lambda: Call(Name("keras.Input"), (sizes,), (*keywords, named)))
        return tensor

    def function(self, path: str, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        """A function of `keras.ops`: what it makes, and a step."""
        kind = "".join(word.capitalize() for word in path.rpartition(".")[2].split("_"))
        operation = type(kind, (Operation,), {})()
        shape = result_shape(path, arguments, keywords)
        dtype = next((a.dtype for a in arguments if isinstance(a, RecordedTensor)), "")
        count = (
            len(self.layer.outputs)
            if self.layer is not None and path == self.op.name.removeprefix("ops.")
            else 1
        )
        made = [RecordedTensor(self, operation, shape, dtype) for _ in range(count)]

        def expr() -> Expr:
            if path == "get_item":
                x, key = arguments
                called: Expr = Part(
                    Value(x.number), tuple(map(self.expr, key if isinstance(key, tuple) else (key,)))
                )
            else:
                called = Call(Name(f"ops.{path}"), *self.given(_tuples(arguments), keywords))
            if operation.title is None:
                return called
            return Call(Name("named"), (called, Path(operation.title)))

        self.write(tuple(tensor.number for tensor in made), expr)
        return made[0] if count == 1 else made

    def results(self, layer: RecordedLayer, arguments: tuple[Any, ...]) -> list[RecordedTensor]:
        """What a layer makes of its inputs."""
        inputs = [x for a in arguments for x in (a if isinstance(a, list) else [a])]
        if isinstance(layer, self.Model):
            outputs = layer.arguments[1]
            several = outputs if isinstance(outputs, list) else [outputs]
            return [RecordedTensor(self, layer, x.shape, x.dtype) for x in several]
        x = inputs[0]
        batch = next((i.shape[0] for i in inputs if i.shape[0] is not None), None)
        assert self.layer is not None or layer.path == "layers.Identity"
        count = len(self.layer.outputs) if self.layer is not None else 1
        shape = (batch, *x.shape[1:])
        if layer.path == "layers.Dense":
            shape = (*shape[:-1], layer.keywords["units"])
        elif layer.path == "layers.Embedding":
            shape = (*shape, layer.arguments[1] if layer.arguments else layer.keywords["output_dim"])
        return [RecordedTensor(self, layer, shape, x.dtype) for _ in range(count)]

    def settle(self, tensors: Sequence[RecordedTensor], layer: Layer) -> None:
        """Give the results of a layer of the spec their inferred shapes."""
        for tensor, value in zip(tensors, layer.outputs, strict=True):
            inferred = self.explicit.types[value]
            sizes = [size if isinstance(size, int) else None for size in inferred.shape.sizes]
            tensor.shape = (tensor.shape[0] if tensor.shape else None, *sizes)
            tensor.dtype = inferred.dtype

    def steps(self) -> list[Step]:
        """All steps, in their order. A layer that is used once is made where it is used."""
        found: list[Step] = []
        for event, layer in self.events:
            if isinstance(event, RecordedLayer):
                if event.uses > 1:
                    found.append(Step((event.number,), self.made(event), _origin(layer)))
            else:
                outs, expr = event
                found.append(Step(outs, expr(), _origin(layer)))
        return found

    @property
    def shapes(self) -> dict[int, Sizes]:
        """The shapes of all tensors, as far as they are known."""
        return {tensor.number: tensor.shape for tensor in self.tensors}

    @property
    def kept(self) -> frozenset[int]:
        """The layers that are used more than once."""
        return frozenset(e.number for e, _ in self.events if isinstance(e, RecordedLayer) and e.uses > 1)

    def use(self, layer: RecordedLayer) -> Expr:
        """The layer where it is called."""
        return Value(layer.number) if layer.uses > 1 else self.made(layer)

    def made(self, layer: RecordedLayer) -> Expr:
        """The expression that makes a layer."""
        arguments, keywords = self.origins.arguments(
            layer.path, layer.arguments, layer.keywords, layer.place, self.expr
        )
        if layer.title is not None:
            keywords = (*keywords, ("name", Path(layer.title)))
        return Call(Name(layer.path), arguments, keywords)

    def given(
        self, arguments: Sequence[Any], keywords: dict[str, Any]
    ) -> tuple[tuple[Expr, ...], tuple[tuple[str, Expr], ...]]:
        """Arguments as expressions."""
        return tuple(map(self.expr, arguments)), tuple((k, self.expr(v)) for k, v in keywords.items())

    def expr(self, value: Any) -> Expr:
        """Anything that is given to Keras as an expression."""
        match value:
            case RecordedTensor():
                return Value(value.number)
            case RecordedLayer():
                return self.made(value)
            case slice():
                return Slice(value.start, value.stop, value.step)
            case list() | tuple():
                return Listing(tuple(map(self.expr, value)), is_tuple=isinstance(value, tuple))
            case {"class_name": name, "config": dict(config), "module": module}:
                return keras_object(module, name, config, self.expr)
            case dict():
                return Pairs(tuple((self.expr(k), self.expr(v)) for k, v in value.items()))
            case _:
                return array(value) if hasattr(value, "tolist") else Literal(value)


def _tuples(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """Shapes and axes as tuples, lists of tensors as lists."""
    return tuple(
        tuple(a) if isinstance(a, list) and not any(isinstance(x, RecordedTensor) for x in a) else a
        for a in arguments
    )


def _origin(layer: Layer | None) -> Origin | None:
    """What the steps for a layer are for."""
    if layer is None:
        return None
    assert isinstance(layer.op, Op)
    word = type(layer.op).__name__ if isinstance(layer.op, Crossing) else layer.op.name
    return Origin(layer.item, layer.name, layer.link, word)
