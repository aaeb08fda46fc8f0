# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""What stands in for Keras while a model is built, and writes down what is asked of it.

So emitted code is by construction what a build does: the same layers, functions and names, in the same order.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from specc.backends.emit.code import (
    Attribute,
    Call,
    Expr,
    Listing,
    Literal,
    Name,
    Negative,
    Pairs,
    Part,
    Path,
    Slice,
    Title,
    Value,
    literal,
)
from specc.backends.emit.imports import Imports
from specc.backends.emit.nodes import Origin, Step
from specc.backends.emit.origins import Origins, Place
from specc.backends.emit.shapes import result_shape
from specc.ir.graph import Crossing, Explicit, Layer
from specc.ops.declare import Op

Sizes = tuple[int | None, ...]

_FIRST = {"L1": "l1", "L2": "l2", "Constant": "value", "MaxNorm": "max_value"}
"""The objects whose only argument needs no name."""


class Operation:
    """What made a tensor. Subclasses have the names of Keras's classes of operations."""

    def __init__(self) -> None:
        self.title: Title | None = None

    @property
    def name(self) -> str:
        """The name; empty as long as it has none of its own."""
        return "" if self.title is None else self.title.text

    @name.setter
    def name(self, text: str) -> None:
        if self.title is None:
            self.title = Title(text)
        self.title.text = text


class History(NamedTuple):
    """As a tensor of Keras has it."""

    operation: Any


class RecordedTensor:
    """A tensor: its value number, what made it, and its shape and dtype as far as they are known."""

    sparse = False

    def __init__(self, recorder: "Recorder", operation: Any, shape: Sizes = (), dtype: str = "") -> None:
        self.number = recorder.number()
        self.recorder = recorder
        self.shape = shape
        recorder.tensors.append(self)
        self.dtype = dtype
        self._keras_history = History(operation)

    def __getitem__(self, key: Any) -> "RecordedTensor":
        return self.recorder.function("get_item", (self, key), {})


class RecordedLayer:
    """A layer, its class given by the expression that calls it and the name that it goes by."""

    weights = ()
    built = False

    def __init__(
        self, recorder: "Recorder", path: str, arguments: tuple[Any, ...], keywords: dict[str, Any]
    ) -> None:
        self.recorder = recorder
        self.path = path
        self.arguments = arguments
        self.keywords = keywords
        name = keywords.pop("name", None)
        self.title = None if name is None else Title(name)
        self.place = recorder.place
        self.uses = 0
        self.number = recorder.number()
        recorder.events.append((self, recorder.layer))

    @property
    def name(self) -> str:
        """The name; empty where Keras is to find one."""
        return "" if self.title is None else self.title.text

    @name.setter
    def name(self, text: str) -> None:
        self.title = Title(text) if self.title is None else self.title
        self.title.text = text

    @property
    def embeddings(self) -> "_Weights":
        """The weights of an embedding, to assign to."""
        return _Weights(self, "embeddings")

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        self.uses += 1
        recorder = self.recorder
        made = recorder.results(self, arguments)
        self.built = True
        nests = recorder.layer is not None and recorder.op.nests_results

        keywords = dict(sorted(keywords.items(), key=lambda each: not _holds_tensors(each[1])))

        def expr() -> Expr:
            call = Call(recorder.use(self), *recorder.given(arguments, keywords))
            return Call(Name("keras.tree.flatten"), (call,)) if nests else call

        recorder.write(tuple(tensor.number for tensor in made), expr)
        return made[0] if len(made) == 1 else made


class _Weights:
    """Weights of a recorded layer."""

    def __init__(self, layer: RecordedLayer, name: str) -> None:
        self.layer = layer
        self.name = name

    def assign(self, file: Any) -> None:
        """Record that the contents of a file become the weights."""
        layer, recorder = self.layer, self.layer.recorder
        layer.uses += 1
        op: Any = recorder.op
        content = Call(Name("np.load"), (Literal(op.vectors),))
        recorder.write(
            (), lambda: Call(Attribute(Attribute(recorder.use(layer), self.name), "assign"), (content,))
        )


class _Module:
    """A module of Keras or a function in it; what is called through it is recorded."""

    def __init__(self, call: Callable[[str, tuple[Any, ...], dict[str, Any]], Any], path: str) -> None:
        self._call = call
        self._path = path

    def __getattr__(self, name: str) -> Any:
        return _Module(self._call, f"{self._path}.{name}" if self._path else name)

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        return self._call(self._path, arguments, keywords)


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
        self.layers = _Module(self.make, "layers")
        self.ops = _Module(self.function, "")
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
        return _Module(self.make, self.imports.name(word))

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

    def object(self, module: str, name: str, config: dict[str, Any]) -> Expr:
        """An object of Keras; its only argument stands without its name."""
        path = f"layers.{name}" if module == "keras.layers" else f"{module}.{name}"
        keywords = tuple((k, self.expr(v)) for k, v in config.items() if (k, v) != ("dtype", "float32"))
        if [k for k, _ in keywords] == [_FIRST.get(name)]:
            return Call(Name(path), (keywords[0][1],))
        return Call(Name(path), (), keywords)

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
                return self.object(module, name, config)
            case dict():
                return Pairs(tuple((self.expr(k), self.expr(v)) for k, v in value.items()))
            case _:
                return _array(value) if hasattr(value, "tolist") else Literal(value)


def _holds_tensors(value: Any) -> bool:
    return any(isinstance(x, RecordedTensor) for x in (value if isinstance(value, list) else [value]))


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


def _array(value: Any) -> Expr:
    """A constant array of NumPy: a range where it is one."""
    plain: Any = value.tolist()
    dtype = ("dtype", Literal(str(value.dtype)))
    for sign in (1, -1):
        if isinstance(plain, list) and plain == [sign * i for i in range(len(plain))]:
            made = Call(Name("np.arange"), (Literal(len(plain)),), (dtype,))
            return made if sign == 1 else Negative(made)
    return Call(Name("np.array"), (literal(plain),), (dtype,))
