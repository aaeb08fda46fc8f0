"""The masks that Keras hands on by itself, which its files write out as operations and arguments of calls.

What a layer is given as `mask` is left out where it is the mask that Keras would find for it again. Masks are held
against each other by numbers: what is computed in the same way from the same values has the same number.
"""

from typing import Any, cast

from specc.importing.objects import config_of, plain
from specc.importing.records import Application, Network, Record, Value, leaves, values_of

_PASSING = frozenset(
    (
        *("Activation", "ActivityRegularization", "AlphaDropout", "Attention", "BatchNormalization", "Dense"),
        *("AdditiveAttention", "Dropout", "ELU", "GaussianDropout", "GaussianNoise", "GroupNormalization"),
        *(
            "Identity",
            "LayerNormalization",
            "LeakyReLU",
            "MultiHeadAttention",
            "Normalization",
            "PReLU",
            "ReLU",
        ),
        *(
            "Rescaling",
            "Softmax",
            "SpatialDropout1D",
            "SpatialDropout2D",
            "SpatialDropout3D",
            "TimeDistributed",
        ),
        "UnitNormalization",
    )
)
"""The layers that hand the mask of their first input on."""
_RECURRENT = frozenset(
    ("Bidirectional", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "GRU", "LSTM", "RNN", "SimpleRNN")
)
"""Those that do so where they give all steps, with their first result."""
_MERGES = frozenset(("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract"))
_OPERATIONS = frozenset(
    ("Any", "Concatenate", "ExpandDims", "LogicalOr", "NotEqual", "OnesLike", "ZerosLike")
)
"""What Keras computes masks with."""
_QUERY = ("query", "value", "key")

Order = list[tuple[Record, int]]


def leave_out_masks(network: Network, order: Order) -> None:
    """Take the masks that Keras finds by itself out of the calls of a network, whose applications are in `order`."""
    masks = _Masks(network)
    for record, node in order:
        if not record.applications:
            continue
        application = record.applications[node]
        for name, given in [*application.named.items()]:
            inputs = _inputs_for(name, application)
            if name.endswith("mask") and leaves(given) and masks.are_those_of(given, inputs):
                del application.named[name]
        masks.note(record, node, application)


def _inputs_for(name: str, application: Application) -> Any:
    """What a mask is for: the first argument, or the one that the mask is named after."""
    arguments = application.arguments
    if name == "mask":
        return arguments[0] if arguments else None
    word = name.removesuffix("_mask")
    at = _QUERY.index(word) if word in _QUERY else len(arguments)
    return arguments[at] if at < len(arguments) else application.named.get(word)


class _Masks:
    """The number of what each operation computes, and of the mask that each value has."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.numbers: dict[Any, int] = {}
        self.computed: dict[Value, int] = {}
        self.masks: dict[Value, int] = {}

    def are_those_of(self, given: Any, inputs: Any) -> bool:
        """Whether masks, one or a list, are those that these inputs have."""
        if not isinstance(given, list):
            return isinstance(inputs, Value) and self.of_value(given) == self.masks.get(inputs)
        several = cast("list[Any]", given)
        of = cast("list[Any]", inputs) if isinstance(inputs, list) else []
        return len(several) == len(of) and all(
            (self.masks.get(x) is None) if mask is None else self.are_those_of(mask, x)
            for mask, x in zip(several, of, strict=True)
        )

    def note(self, record: Record, node: int, application: Application) -> None:
        """Work out the numbers for the results of an application."""
        result = Value(record.name, node, 0)
        if record.cls in _OPERATIONS and record.module is not None and "ops" in record.module.split("."):
            parts = [self.of_value(a) for a in _flat(application)]
            self.computed[result] = self.number(record.cls, *parts)
            return
        mask = self.mask_made(record, application)
        if mask is not None:
            self.masks[result] = mask
        if record.cls == "MultiHeadAttention":  # it takes the masks off what it reads
            for value in values_of(application):
                self.masks.pop(value, None)

    def mask_made(self, record: Record, application: Application) -> int | None:
        """The mask that a layer gives its first result."""
        inputs = leaves(application.arguments) or leaves(application.named)
        if not inputs or record.module != "keras.layers":
            return None
        first = self.laid_over_first(application, inputs[0])
        config = record.config
        if record.cls == "Embedding" and config.get("mask_zero"):
            return self.number("NotEqual", self.of_value(inputs[0]), self.number(0))
        if record.cls == "Masking":
            value = plain(config.get("mask_value"))
            return self.number("Any", self.number("NotEqual", self.of_value(inputs[0]), self.number(value)))
        if record.cls in _PASSING or (record.cls in _RECURRENT and _gives_steps(record.cls, config)):
            return first
        if record.cls in _MERGES:
            return self.either([self.masks.get(x) for x in inputs])
        if record.cls == "Concatenate":
            return self.joined(inputs)
        return None

    def laid_over_first(self, application: Application, first: Value) -> int | None:
        """The mask that a call is given for its first value, or that this has."""
        given = application.named.get("mask")
        if not leaves(given):
            return self.masks.get(first)
        mask = cast("list[Any]", given)[0] if isinstance(given, list) else given
        return self.of_value(mask) if isinstance(mask, Value) else None

    def either(self, masks: list[int | None]) -> int | None:
        """What holds where any mask does; no mask where an input has none."""
        found: int | None = None
        for mask in masks:
            if mask is None:
                return None
            found = mask if found is None else self.number("LogicalOr", found, mask)
        return found

    def joined(self, inputs: list[Value]) -> int | None:
        """The masks of inputs, put together as these are."""
        if all(self.masks.get(x) is None for x in inputs):
            return None
        parts: list[int] = []
        for x in inputs:
            mask, of = self.masks.get(x), self.of_value(x)
            if mask is None:
                parts.append(self.number("OnesLike", of))
            else:
                wide = self.number("ExpandDims", mask)
                parts.append(self.number("LogicalOr", wide, self.number("ZerosLike", of)))
        return self.number("Any", self.number("Concatenate", *parts))

    def of_value(self, value: Any) -> int:
        """The number of what makes a value, or of a constant."""
        if isinstance(value, Value):
            return self.computed.get(value) or self.number("value", value)
        return self.number(str(plain(value)) if isinstance(value, list | dict) else value)

    def number(self, *what: Any) -> int:
        """The number for a way to compute something; always the same for the same."""
        return self.numbers.setdefault(what, len(self.numbers) + 1)


def _flat(application: Application) -> list[Any]:
    found: list[Any] = []
    for argument in application.arguments:
        found += argument if isinstance(argument, list) else [argument]
    return found


def _gives_steps(cls: str, config: dict[str, Any]) -> bool:
    """Whether a recurrent layer gives all steps, as one value."""
    if cls == "Bidirectional":
        return (
            bool(config.get("merge_mode")) and config_of(config.get("layer")).get("return_sequences") is True
        )
    return config.get("return_sequences") is True
