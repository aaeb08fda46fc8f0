"""From the arguments that an author gives to an instance of an op, and what is wrong with them."""

from collections.abc import Iterable
from keyword import iskeyword
from typing import Any, NamedTuple

from specc.ops.declare import Op, parameters_of
from specc.ops.kinds import Kind, quoted
from specc.ops.registry import FAMILY_OF, find, names
from specc.ops.wants import Fault
from specc.suggest import did_you_mean, nearest
from specc.syntax.document import stands_beside


class ArgumentError(NamedTuple):
    """One fault in the arguments of an op; `parameter` is None where it is about none of them.

    `where` are the keys from the argument's value down to what is at fault; `is_key`: it is the last key itself (the
    argument's, where there are none), in the place of which `suggestion` was probably meant.
    """

    code: str
    message: str
    parameter: str | None
    where: tuple[str, ...] = ()
    is_key: bool = False
    suggestion: str | None = None

    def inside(self, layer: str) -> "ArgumentError":
        """The same fault for the op that has this one's `layer` for an argument."""
        if self.parameter is None or (self.code == "E106" and not self.where):
            return self._replace(where=(layer,), is_key=True)
        return self._replace(where=(layer, self.parameter, *self.where))


class ArgumentErrors(ValueError):
    """The arguments of an op are not what it takes."""

    def __init__(self, errors: list[ArgumentError]) -> None:
        super().__init__("; ".join(e.message for e in errors))
        self.errors = errors


_validators: dict[type[Op], Any] = {}


def _validator(cls: type[Op]) -> Any:
    from specc.ops.validation import SchemaValidator

    fields: dict[str, Any] = {}
    for parameter in parameters_of(cls).values():
        schema = parameter.kind.core
        if parameter.nullable:
            schema = {"type": "nullable", "schema": schema}
        fields[parameter.name] = {
            "type": "typed-dict-field",
            "schema": schema,
            "required": parameter.required,
        }
    extra = "allow" if cls.is_open else "forbid"
    validator = SchemaValidator({"type": "typed-dict", "fields": fields, "extra_behavior": extra})
    _validators[cls] = validator
    return validator


def make(cls: type[Op], arguments: dict[str, Any]) -> Op:
    """An instance with these arguments (plain values); raises `ArgumentErrors` where they are not what it takes."""
    validator = _validators.get(cls) or _validator(cls)
    try:
        values = validator.validate_python(arguments)
    except ValueError as error:
        raise ArgumentErrors(_explained(cls, error)) from None
    if cls.is_open and (odd := [name for name in values if not may_name(cls, name)]):
        raise ArgumentErrors([unknown_argument(cls, name) for name in odd])
    return cls.holding(values)


def may_name(cls: type[Op], name: str) -> bool:
    """Whether an argument of `cls` can be called so."""
    if name in parameters_of(cls):
        return True
    return cls.is_open and name.isidentifier() and not iskeyword(name) and name != "name"


def fits(kind: Kind, value: Any) -> bool:
    """Whether `value` is what `kind` accepts."""
    from specc.ops.validation import SchemaValidator

    try:
        SchemaValidator(kind.core).validate_python(value)  # pyright: ignore[reportArgumentType]
    except ValueError:
        return False
    return True


def _explained(cls: type[Op], error: Any) -> list[ArgumentError]:
    """Our words for what pydantic-core found, one for each parameter."""
    found: dict[str, ArgumentError] = {}
    known = parameters_of(cls)
    nested: list[ArgumentError] = []
    for fault in error.errors(include_url=False):
        name = str(fault["loc"][0])
        own = fault.get("ctx", {}).get("error")
        if name in found:
            continue
        if isinstance(own, ArgumentErrors):
            nested += [e._replace(parameter=name) for e in own.errors]
        elif fault["type"] == "missing":
            found[name] = ArgumentError("E106", f"`{cls.name}` needs `{name}`", name)
        elif fault["type"] in ("extra_forbidden", "invalid_key"):
            found[name] = unknown_argument(cls, name)
        else:
            found[name] = _wrong_value(cls, name, known[name].kind.text, own, fault["input"])
    there = {e.suggestion for e in found.values()}
    holder = _holder(cls)
    if holder is not None and any(e.is_key and find(str(e.parameter)) for e in found.values()):
        there.add(holder)
    return [*nested, *(e for e in found.values() if e.code != "E106" or e.parameter not in there)]


def _holder(cls: type[Op]) -> str | None:
    """The parameter that another op stands in, if there is one."""
    return next((name for name in ("layer", "cell") if name in parameters_of(cls)), None)


def unknown_argument(cls: type[Op], name: str) -> ArgumentError:
    """E105 for an argument that an op does not have."""
    known = parameters_of(cls)
    close = nearest(name, known)
    hint = did_you_mean(close)
    if stands_beside(name) and close is None:
        hint = f"; `{name}` stands beside the op, not among its arguments"
    elif (holder := _holder(cls)) is not None and find(name) is not None:
        hint = f"; the {holder} is its argument `{holder}`, as `{holder}: {{{name}: …}}`"
    return ArgumentError(
        "E105", f"`{cls.name}` has no argument `{name}`{hint}", name, is_key=True, suggestion=close
    )


def _wrong_value(cls: type[Op], name: str, wanted: str, own: Any, value: Any) -> ArgumentError:
    if own is None:
        return ArgumentError("E107", f"`{name}` of `{cls.name}` must be {wanted}, not {quoted(value)}", name)
    message = f"`{name}` of `{cls.name}`: {own}"
    if not isinstance(own, Fault):
        return ArgumentError("E107", message, name)
    is_key = own.is_key and bool(own.where)
    return ArgumentError("E107", message, name, own.where, is_key, own.suggestion)


def first_parameter(cls: type[Op]) -> str | None:
    """The name that a bare value is for: the first one, behind the operand that a function is called on."""
    known = parameters_of(cls)
    names = [n for n in known if not (cls.has_policy and n in ("trainable", "dtype"))]
    if names and known[names[0]].kind.is_operand:
        del names[0]
    return next((n for n in names if known[n].kind.is_given), None)


def as_arguments(cls: type[Op], value: Any) -> dict[str, Any]:
    """The arguments that the value beside an op's name stands for: a mapping, a bare first argument, or nothing."""
    if value is None:
        return {}
    if isinstance(value, dict):
        return value  # pyright: ignore[reportUnknownVariableType]
    first = first_parameter(cls)
    if first is None:
        raise ArgumentErrors([ArgumentError("E105", f"`{cls.name}` takes no arguments", None)])
    return {first: value}


def no_op(word: str, known: Iterable[str]) -> ArgumentError:
    """That no op is called `word`, why, or which of the `known` ones is meant; E500 where its library is broken."""
    from specc.ops.refused import REFUSED

    if word in REFUSED:
        return ArgumentError("E104", f"`{word}` is no op: {REFUSED[word]}", None, (word,), True)
    if word.startswith("ops."):
        from specc.ops.tensor.none import NONE

        last = word.rpartition(".")[2]
        if last in NONE:
            return ArgumentError("E104", f"`{word}` {NONE[last]}", None, (word,), True)
        known = [f"ops.{last}"] if f"ops.{last}" in FAMILY_OF else known
    code, message = "E104", f"there is no op `{word}`"
    if "." in word and not word.startswith("ops."):
        from specc.ops.libraries import library

        name = word.partition(".")[0]
        found = library(name)
        if found is not None and found.fault is not None:
            code, message = "E500", f"the ops of the library `{name}` cannot be loaded: {found.fault}"
        known = [*(found.ops if found is not None else ()), *known]
        if found is None:
            message += f": no library that is installed is called `{name}`"
    close = nearest(word, known)
    return ArgumentError(code, message + did_you_mean(close), None, (word,), True, close)


def make_nested(value: Any) -> Op:
    """The op that a nested layer (`Flatten`, `{Dense: 10}`) stands for; raises ValueError where it is none.

    A `signature` may stand beside the key of a layer of one's own.
    """
    signature: Any = None
    if isinstance(value, dict) and "signature" in value:
        value = dict(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
        signature = value.pop("signature")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    if isinstance(value, str):
        name, arguments = value, None
    elif isinstance(value, dict) and len(value) == 1:  # pyright: ignore[reportUnknownArgumentType]
        name, arguments = next(iter(value.items()))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    elif isinstance(signature, str) and signature.count("(") > signature.count(")"):
        raise ValueError("a signature with commas stands in quotes where it is within `{}`")
    else:
        raise ValueError("a layer is a name or a mapping with one key, as `{Dense: 10}`")
    word = str(name)  # pyright: ignore[reportUnknownArgumentType]
    cls = _own(word, signature) if ":" in word else find(word)
    if signature is not None and ":" not in word:
        message = f"`signature` has no meaning beside `{word}`"
        raise ArgumentErrors([ArgumentError("E103", message, None, ("signature",), True)])
    if cls is None:
        raise ArgumentErrors([no_op(word, names())])
    try:
        return make(cls, as_arguments(cls, arguments))
    except ArgumentErrors as errors:
        raise ArgumentErrors([error.inside(word) for error in errors.errors]) from None


def _own(word: str, signature: Any) -> type[Op]:
    """A layer of one's own as an argument of another one."""
    from specc.ops.custom import OwnError, own

    try:
        return own(word, signature)
    except OwnError as error:
        where = (word,) if error.place is None else ("signature",)
        raise ArgumentErrors(
            [ArgumentError(error.code, str(error), None, where, error.place is None)]
        ) from None


def wrap(wrapper: type[Op], inner: Op) -> Op:
    """`inner` in a wrapper that takes one layer."""
    made = object.__new__(wrapper)
    vars(made)["layer"] = inner
    if inner.dtype is not None:
        vars(made)["dtype"] = inner.dtype
    options = {name: value for name, value in inner.options.items() if name in wrapper.call_options}
    if options:
        vars(made)["options"] = options
    if inner.masked_by:
        vars(made)["masked_by"] = inner.masked_by
        vars(made)["layer"] = inner.called(masked_by=())
    return made
