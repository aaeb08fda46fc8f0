"""The bare prototype that throughput is measured against: parser events, pydantic models, and a loop over shapes.

It reads the chains and residual networks of `networks.long_text` and nothing else: no parameters, no axis names, and no
diagnostics beyond the exceptions of its parts.
"""

from collections.abc import Callable, Iterable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from yaml import CLoader
from yaml.events import MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent, SequenceStartEvent

Shape = tuple[int, ...]


class Layer(BaseModel):
    """A layer that keeps the shape of its input."""

    model_config = ConfigDict(extra="forbid")

    def output(self, x: Shape) -> Shape:
        return x


class BatchNormalization(Layer):
    """Normalizes each channel."""

    momentum: float = Field(0.99, gt=0, lt=1)


class LeakyReLU(Layer):
    """A rectifier with a slope."""

    negative_slope: float = 0.3


class Dropout(Layer):
    """Drops a part of its input."""

    rate: float = Field(ge=0, lt=1)


class Conv2D(Layer):
    """A convolution over height and width."""

    filters: int = Field(gt=0)
    kernel_size: int = Field(gt=0)
    dilation_rate: int = Field(1, gt=0)
    padding: Literal["valid", "same"] = "valid"
    activation: str | None = None

    def output(self, x: Shape) -> Shape:
        height, width, _ = x
        if self.padding == "same":
            return height, width, self.filters
        lost = self.dilation_rate * (self.kernel_size - 1)
        if lost >= min(height, width):
            raise ValueError(f"{x} is smaller than the kernel")
        return height - lost, width - lost, self.filters


MODELS: dict[str, tuple[type[Layer], str]] = {
    "BatchNormalization": (BatchNormalization, "momentum"),
    "Conv2D": (Conv2D, "filters"),
    "Dropout": (Dropout, "rate"),
    "LeakyReLU": (LeakyReLU, "negative_slope"),
}


class Marked(dict[str, Any]):
    """A mapping that knows where it stands in the text."""

    __slots__ = ("end", "start")


def load(text: str) -> Any:
    """The document as mappings, lists and text, from the events of libyaml's parser."""
    next_event: Callable[[], Any] = CLoader(text).get_event
    stack: list[Any] = [[]]
    keys: list[str | None] = [None]
    while True:
        event = next_event()
        kind = type(event)
        if kind is ScalarEvent:
            value: Any = event.value
            if type(stack[-1]) is Marked and keys[-1] is None:
                keys[-1] = value
                continue
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            opened: Any = [] if kind is SequenceStartEvent else Marked()
            if kind is MappingStartEvent:
                opened.start = event.start_mark.index
            stack.append(opened)
            keys.append(None)
            continue
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            value = stack.pop()
            keys.pop()
            if kind is MappingEndEvent:
                value.end = event.end_mark.index
        elif event.__class__.__name__ == "StreamEndEvent":
            return stack[0][0]
        else:
            continue
        into: Any = stack[-1]
        if isinstance(into, list):
            into.append(value)
        else:
            into[keys[-1]] = value
            keys[-1] = None


def shapes_of(text: str) -> list[Shape]:
    """The shape behind each layer."""
    spec = load(text)
    x: Shape = tuple(int(size) for axis in spec["inputs"]["image"] for size in axis.values())
    named: dict[str, Shape] = {}
    shapes: list[Shape] = []
    _chain(spec["layers"], x, named, shapes)
    return shapes


def _chain(items: Iterable[Any], x: Shape, named: dict[str, Shape], shapes: list[Shape]) -> Shape:
    for item in items:
        word, value = next(iter(item.items()))
        if word == "residual":
            x = _sum(_chain(value, x, named, shapes), x)
        elif word == "Add":
            x = _sum(*(x if name == "_" else named[name] for name in item["from"]))
        else:
            model, first = MODELS[word]
            layer = model.model_validate(value if isinstance(value, dict) else {first: value})
            x = layer.output(x)
        if "name" in item:
            named[item["name"]] = x
        shapes.append(x)
    return x


def _sum(first: Shape, second: Shape) -> Shape:
    if first != second:
        raise ValueError(f"{first} and {second} cannot be added")
    return first
