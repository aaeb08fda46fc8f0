"""Layers: from the configuration that Keras saved to the op and arguments that an author would write."""

from collections.abc import Callable
from typing import Any, cast

from specc.importing.objects import Unsayable, class_of, config_of, is_of_keras, object_from, plain
from specc.importing.records import Sizes
from specc.ops import making, registry
from specc.ops.declare import Op, parameters_of
from specc.ops.families import Family
from specc.ops.objects import ACTIVATIONS, CONSTRAINTS, INITIALIZERS, REGULARIZERS
from specc.ops.parameters import Parameter
from specc.passes.repairs import spell

Arguments = dict[str, Any]

_FAMILIES: dict[str, Family] = {
    family.kind.text: family for family in (ACTIVATIONS, CONSTRAINTS, INITIALIZERS, REGULARIZERS)
}
"""By how the kind of an argument is described: that is what tells kinds apart."""
CRF = "crf"
"""The op that has a layer of specc's own."""
_NOT_ARGUMENTS = frozenset(("name", "batch_input_shape", "batch_shape", "autocast", "vocabulary_size"))
"""What Keras writes among the arguments, and its layers do not take, or not from a spec."""
HIDDEN = {
    "oov_method": "floormod",
    "rms_scaling": False,
    "unroll": False,
    "zero_output_for_mask": False,
}
"""Arguments that Keras's signatures do not name, with the value that means nothing; else null does."""
_SAID_BY_DEFAULT = (("data_format", "channels_last"), ("activation", "linear"))
"""What an argument that is null by default is written as."""


def op_from(cls: str, config: Arguments, sizes: Sizes | None, policy: str) -> Op:
    """The op of a layer of Keras; raises `Unsayable`.

    `sizes` are those of its first input, if they are known; `policy` is the dtype that a layer has without a word.
    """
    if cls == "Lambda":
        raise Unsayable(
            "is a `Lambda`: Python bytecode, which is not decoded",
            "write a layer class of your own in its place, and name it as `package.module:Class`",
        )
    op = registry.find(cls)
    if op is None or not (cls[0].isupper() or cls == CRF):
        raise Unsayable(f"is a `{cls}`, which is no op")
    if cls == "Bidirectional":
        config = _without_backward(config, policy)
    arguments = _arguments(op, config, policy)
    for tidy in (_tidy_axes, *_TIDIED.get(op.name, ())):
        tidy(arguments, op, sizes)
    try:
        return making.make(op, arguments)
    except making.ArgumentErrors as errors:
        raise Unsayable(f"is no `{cls}` that a spec can say: {errors.errors[0].message}") from None


def _arguments(op: type[Op], config: Arguments, policy: str) -> Arguments:
    known = parameters_of(op)
    found: Arguments = {}
    for name, value in config.items():
        parameter = known.get(name)
        if name in _NOT_ARGUMENTS or (parameter is None and value == HIDDEN.get(name)):
            continue
        if parameter is None:
            raise Unsayable(f"has an argument `{name}`, which the op `{op.name}` does not take")
        found[name] = _argument(parameter, value, config, policy)
        if isinstance(found[name], str) and found[name] == parameter.default:
            del found[name]
    if found.get("dtype") == policy:
        del found["dtype"]
    for name, value in [*found.items()]:
        if (name, value) in _SAID_BY_DEFAULT and known[name].default is None:
            del found[name]
    return found


def _argument(parameter: Parameter, value: Any, config: Arguments, policy: str) -> Any:
    family = _FAMILIES.get(parameter.kind.text)
    if family is ACTIVATIONS and class_of(value) in ACTIVATIONS.classes and is_of_keras(value["module"]):
        inner = {k: v for k, v in config_of(value).items() if k not in ("name", "trainable", "dtype")}
        return object_from({**value, "config": inner}, ACTIVATIONS)
    if family is not None:
        return _named_by_default(object_from(value, family), parameter.default, family)
    if _is_layer(value):
        return nested_layer(value, plain(config.get("dtype")) or policy)
    if isinstance(value, list) and value and _is_layer(value[0]):
        return [nested_layer(item, policy) for item in cast("list[Any]", value)]
    return plain(value)


def _named_by_default(value: Any, default: Any, family: Family) -> Any:
    """The default's own name for the same object: `uniform` for `random_uniform`."""
    if isinstance(value, str) and isinstance(default, str) and default in family.spelled:
        return default if family.spelled.get(value) == family.spelled[default] else value
    return value


def _is_layer(value: Any) -> bool:
    return class_of(value) is not None and value.get("module") == "keras.layers"


def nested_layer(data: Any, policy: str) -> Any:
    """A layer inside another one, as the other's argument: `{LSTM: {units: 4}}`."""
    return spell.plain(op_from(str(class_of(data)), config_of(data), None, policy))


def _without_backward(config: Arguments, policy: str) -> Arguments:
    """The backward layer is the forward one turned round unless it says otherwise.

    Both make zeros where a mask is false if they make sequences.
    """
    inner = {name: config[name] for name in ("layer", "backward_layer") if config_of(config.get(name))}
    for name, data in inner.items():
        said = config_of(data)
        if said.get("zero_output_for_mask") == said.get("return_sequences"):
            said = {k: v for k, v in said.items() if k != "zero_output_for_mask"}
        inner[name] = {**data, "config": said}
    if len(inner) == 2:
        ahead, back = (op_from(str(class_of(x)), config_of(x), None, policy) for x in inner.values())
        turned = {**ahead.arguments, "go_backwards": not ahead.arguments.get("go_backwards")}
        if type(ahead) is type(back) and turned == back.arguments:
            inner["backward_layer"] = None
    return {**config, **inner}


def _tidy_axes(arguments: Arguments, op: type[Op], sizes: Sizes | None) -> None:
    """The last axis by its number from the end, where that is the default; one axis without a list."""
    for name, parameter in parameters_of(op).items():
        value = arguments.get(name)
        if not parameter.kind.is_axis or value is None:
            continue
        several = cast("list[Any]", value) if isinstance(value, list) else []
        if len(several) == 1:
            value = several[0]
        elif value == [] and parameter.nullable:
            value = None
        if sizes is not None and value == len(sizes) and parameter.default == -1:
            value = -1
        arguments[name] = value


def _tidy_pool(arguments: Arguments, op: type[Op], sizes: Sizes | None) -> None:
    """The strides of a pooling are its windows unless it says otherwise."""
    if arguments.get("strides") == arguments.get("pool_size"):
        arguments.pop("strides", None)


def _tidy_alpha(arguments: Arguments, op: type[Op], sizes: Sizes | None) -> None:
    """LoRA's factor is its rank unless it says otherwise."""
    if arguments.get("lora_alpha") == arguments.get("lora_rank"):
        arguments.pop("lora_alpha", None)


def _tidy_heads(arguments: Arguments, op: type[Op], sizes: Sizes | None) -> None:
    """The values are as long as the keys, and all axes but the last are attended over, unless it says otherwise."""
    if arguments.get("value_dim") == arguments.get("key_dim"):
        arguments.pop("value_dim", None)
    if sizes is not None and arguments.get("attention_axes") in (
        list(range(1, len(sizes))),
        1 if len(sizes) == 2 else None,
    ):
        arguments.pop("attention_axes", None)


_TIDIED: dict[str, tuple[Callable[[Arguments, type[Op], Sizes | None], None], ...]] = {
    **{f"{kind}Pooling{n}D": (_tidy_pool,) for kind in ("Max", "Average") for n in (1, 2, 3)},
    **dict.fromkeys(("Dense", "EinsumDense", "Embedding"), (_tidy_alpha,)),
    "MultiHeadAttention": (_tidy_heads,),
}
"""What Keras writes out and an author would leave out, by op."""
