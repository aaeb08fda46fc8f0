# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""The tensors and layers that a model is made of while it is recorded."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from specc.backends.emit.code import Attribute, Call, Expr, Literal, Name, Title
from specc.backends.emit.origins import Place
from specc.backends.emit.stand_ins import History
from specc.ir.graph import Layer
from specc.ops.declare import Op

Sizes = tuple[int | None, ...]


class Journal(Protocol):
    """What tensors and layers ask of what records them."""

    place: Place | None
    tensors: list["RecordedTensor"]
    events: list[tuple[Any, Layer | None]]

    @property
    def op(self) -> Op: ...

    @property
    def layer(self) -> Layer | None: ...

    def number(self) -> int: ...

    def write(self, outs: tuple[int, ...], expr: Callable[[], Expr]) -> None: ...

    def function(self, path: str, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any: ...

    def results(self, layer: "RecordedLayer", arguments: tuple[Any, ...]) -> list["RecordedTensor"]: ...

    def use(self, layer: "RecordedLayer") -> Expr: ...

    def given(
        self, arguments: Sequence[Any], keywords: dict[str, Any]
    ) -> tuple[tuple[Expr, ...], tuple[tuple[str, Expr], ...]]: ...


class RecordedTensor:
    """A tensor: its value number, what made it, and its shape and dtype as far as they are known."""

    sparse = False

    def __init__(self, recorder: Journal, operation: Any, shape: Sizes = (), dtype: str = "") -> None:
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
        self, recorder: Journal, path: str, arguments: tuple[Any, ...], keywords: dict[str, Any]
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


def _holds_tensors(value: Any) -> bool:
    return any(isinstance(x, RecordedTensor) for x in (value if isinstance(value, list) else [value]))
