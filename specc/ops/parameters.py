"""What an op takes, as its class declares it: the parameters of its layer, and the values of its call."""

import types
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from specc.ops.kinds import Kind, words

REQUIRED: Any = type("Required", (), {"__repr__": lambda self: "REQUIRED"})()  # pyright: ignore[reportUnknownLambdaType]


class Parameter(NamedTuple):
    """One parameter: its kind, its default (`REQUIRED` if it has none), and whether it may be null."""

    name: str
    kind: Kind
    default: Any
    nullable: bool

    @property
    def required(self) -> bool:
        """Whether an author must give it; in the place of an operand the layer reads a value."""
        return self.default is REQUIRED and not self.kind.is_operand


class CallInput(NamedTuple):
    """A value that the call takes: `many` takes a list of values."""

    name: str
    required: bool = True
    many: bool = False


def kind_of(annotation: Any) -> tuple[Kind, bool]:
    """The kind that an annotation stands for, and whether it takes null."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return get_args(annotation)[1], False
    if origin in (Union, types.UnionType):
        rest = [a for a in get_args(annotation) if a is not type(None)]
        return kind_of(rest[0])[0], len(rest) < len(get_args(annotation))
    assert origin is Literal, f"no kind of arguments is annotated by {annotation}"
    return words(*get_args(annotation)), False
