"""The kinds of arguments that ops take: what each accepts, for the parser, the JSON Schema and the tests.

A kind is written as metadata of a type: `Positive = Annotated[int, Kind(…)]`. `core` is its schema for
pydantic-core, `json` its JSON Schema, `text` how a message describes it.
"""

from collections.abc import Callable
from typing import Annotated, Any, NamedTuple, cast

Schema = dict[str, Any]

DTYPES = (
    *("float16", "bfloat16", "float32", "float64", "int8", "int16", "int32", "int64"),
    *("uint8", "uint16", "uint32", "uint64", "bool", "string", "mixed_bfloat16", "mixed_float16"),
)
"""The names of dtypes, and of the policies that mix two."""

POLICIES = ("float16", "bfloat16", "float32", "float64", "mixed_bfloat16", "mixed_float16")
"""The dtypes that a layer can compute in, and the policies that mix two."""


NOTHING: Schema = {"not": {}}
"""The JSON Schema of what no argument is."""


class Kind(NamedTuple):
    """What an argument accepts.

    `is_axis`: a number with Keras's meaning, or the name of an axis; `is_operand`: a value of the network, in the place
    of which a constant may be given.
    """

    text: str
    core: Schema
    json: Schema
    is_axis: bool = False
    is_operand: bool = False

    @property
    def is_given(self) -> bool:
        """Whether an argument can be this at all; a value that a function reads is none."""
        return self.json != NOTHING

    def __hash__(self) -> int:
        # Types with a kind stand in unions, whose members Python hashes; schemas are no hashable values.
        return hash(self.text)


def checked(check: Callable[[Any], Any]) -> Schema:
    """The pydantic-core schema of a value that `check` converts, or refuses with a ValueError."""
    return {"type": "function-plain", "function": {"type": "no-info", "function": check}}


def quoted(value: Any) -> str:
    """A value as a message shows it, as YAML has it and not too long."""
    words = {"None": "null", "True": "true", "False": "false"}
    text = words.get(repr(value), repr(value))
    return f"`{text[:40]}…`" if len(text) > 41 else f"`{text}`"


def is_int64(value: Any) -> bool:
    """Whether a plain value is an integer that 64 bits hold."""
    return isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63


def words(*allowed: str) -> Kind:
    """The kind of an argument that is one of these words."""
    text = " or ".join(f"`{word}`" for word in allowed)
    return Kind(text, {"type": "literal", "expected": list(allowed)}, {"enum": list(allowed)})


Policy = Annotated[str, words(*POLICIES)]
FloatDtype = Annotated[str, words(*POLICIES[:4])]
DType = Annotated[str, words(*(d for d in DTYPES if not d.startswith(("mixed", "string"))))]


def _integer(at_least: int) -> Schema:
    return {"type": "int", "strict": True, "ge": at_least}


def _spread(n: int) -> Callable[[Any], Any]:
    return lambda value: (value,) * n if isinstance(value, int) else value


def _tuple(n: int, item: Schema) -> Schema:
    """`n` items, or one that counts for all of them."""
    items: Schema = {"type": "tuple", "items_schema": [item] * n, "strict": False}
    return {
        "type": "function-before",
        "function": {"type": "no-info", "function": _spread(n)},
        "schema": items,
    }


def _tuple_json(n: int, item: Schema) -> Schema:
    return {"anyOf": [item, {"type": "array", "items": item, "minItems": n, "maxItems": n}]}


def _sizes(n: int, at_least: int, word: str) -> Kind:
    item = {"type": "integer", "minimum": at_least}
    text = f"{word} integer" if n == 1 else f"{word} integer or a list of {n}"
    return Kind(f"a {text}", _tuple(n, _integer(at_least)), _tuple_json(n, item))


Positive = Annotated[int, Kind("a positive integer", _integer(1), {"type": "integer", "minimum": 1})]
NonNegative = Annotated[int, Kind("an integer of at least 0", _integer(0), {"type": "integer", "minimum": 0})]
Integer = Annotated[int, Kind("an integer", {"type": "int", "strict": True}, {"type": "integer"})]
Number = Annotated[float, Kind("a number", {"type": "float", "strict": True}, {"type": "number"})]
PositiveNumber = Annotated[
    float,
    Kind(
        "a positive number",
        {"type": "float", "strict": True, "gt": 0},
        {"type": "number", "exclusiveMinimum": 0},
    ),
]
NonNegativeNumber = Annotated[
    float,
    Kind(
        "a number of at least 0",
        {"type": "float", "strict": True, "ge": 0},
        {"type": "number", "minimum": 0},
    ),
]
Rate = Annotated[
    float,
    Kind(
        "a number from 0 to 1",
        {"type": "float", "strict": True, "ge": 0, "le": 1},
        {"type": "number", "minimum": 0, "maximum": 1},
    ),
]
FLAG = Kind("true or false", {"type": "bool", "strict": True}, {"type": "boolean"})
Flag = Annotated[bool, FLAG]
TRAINING = {"training": FLAG}
"""The call argument of layers that do otherwise in training."""

NumberList = Annotated[
    tuple[float, ...],
    Kind(
        "a list of numbers",
        {
            "type": "tuple",
            "items_schema": [{"type": "float", "strict": True}],
            "variadic_item_index": 0,
            "strict": False,
        },
        {"type": "array", "items": {"type": "number"}},
    ),
]
TEXT = Kind("text", {"type": "str", "strict": True}, {"type": "string"})
Text = Annotated[str, TEXT]

One = Annotated[tuple[int, ...], _sizes(1, 1, "positive")]
Pair = Annotated[tuple[int, ...], _sizes(2, 1, "positive")]
Triple = Annotated[tuple[int, ...], _sizes(3, 1, "positive")]
OneFromZero = Annotated[tuple[int, ...], _sizes(1, 0, "non-negative")]
PairFromZero = Annotated[tuple[int, ...], _sizes(2, 0, "non-negative")]
TripleFromZero = Annotated[tuple[int, ...], _sizes(3, 0, "non-negative")]

_AXIS_JSON: Schema = {"type": ["integer", "string"]}


def _axis(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError("not an axis")
    return value


def _axes(value: Any) -> Any:
    return tuple(map(_axis, cast(list[Any], value))) if isinstance(value, list | tuple) else _axis(value)


AxisRef = Annotated[
    int | str, Kind("the number or name of an axis", checked(_axis), _AXIS_JSON, is_axis=True)
]
AxisRefs = Annotated[
    int | str | tuple[int | str, ...],
    Kind(
        "the number or name of an axis, or a list of them",
        checked(_axes),
        {"anyOf": [_AXIS_JSON, {"type": "array", "items": _AXIS_JSON}]},
        is_axis=True,
    ),
]
