"""Objects as arguments: classes of Keras by family, as a spec writes them (`he_normal`, `{L2: 1e-4}`).

An object is kept as its plain name where it has no arguments, else as an `Object`. A family is a table: each
class with what its arguments accept.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, cast

from specc.ops.kinds import Kind, Schema, checked
from specc.ops.wants import Fault, Wants, shown
from specc.suggest import nearest

_CAPITALIZED = re.compile(r"(.)([A-Z][a-z]+)")
_BOUNDARY = re.compile(r"([a-z])([A-Z])")

Items = tuple[Any, ...]


def snake_case(name: str) -> str:
    """The name of a class as Keras writes it in lower case: `glorot_uniform`, `f1_score`."""
    return _BOUNDARY.sub(r"\1_\2", _CAPITALIZED.sub(r"\1_\2", name)).lower()


class Object(NamedTuple):
    """An instance of class `name` of the Keras module `module`, with its arguments by name."""

    module: str
    name: str
    arguments: tuple[tuple[str, Any], ...]

    def __str__(self) -> str:
        arguments = ", ".join(f"{name}: {shown(_plain(value))}" for name, value in self.arguments)
        return f"{{{self.name}: {{{arguments}}}}}"

    @property
    def plain(self) -> dict[str, Any]:
        """The object as plain data, as a spec has it."""
        return {self.name: {name: _plain(value) for name, value in self.arguments}}


def argument(value: str | Object, name: str, default: Any = None) -> Any:
    """An argument of an object, `default` where it is not given."""
    return dict(value.arguments).get(name, default) if isinstance(value, Object) else default


def _plain(value: Any) -> Any:
    if isinstance(value, Object):
        return value.plain
    return [_plain(item) for item in cast(Items, value)] if isinstance(value, tuple) else value


def to_keras_config(value: Any) -> Any:
    """What Keras's `get` of the family takes for a value: its name, or `{"class_name": …, "config": …}`."""
    if isinstance(value, Object):
        config = {name: to_keras_config(argument) for name, argument in value.arguments}
        return {"module": value.module, "class_name": value.name, "config": config}
    return [to_keras_config(item) for item in cast(Items, value)] if isinstance(value, tuple) else value


def _spellings(name: str) -> tuple[str, ...]:
    return snake_case(name), name


class Family:
    """The classes of one Keras module that a spec can name, with what their arguments accept.

    `what` is the word for one of them. A class goes by the names that `spell` gives, of which the first is
    kept where it has no arguments, and by its `aliases`; where `bare` is given, that maps the names that need
    no arguments to those that are kept instead. `refused` says of further names why not, and `check` raises a
    `Fault` where the arguments of a class do not go together.
    """

    def __init__(
        self,
        what: str,
        module: str,
        classes: Mapping[str, Wants],
        *,
        spell: Callable[[str], tuple[str, ...]] = _spellings,
        aliases: Mapping[str, str] = MappingProxyType({}),
        bare: Mapping[str, str] | None = None,
        refused: Mapping[str, str] = MappingProxyType({}),
        check: Callable[[str, dict[str, Any]], None] | None = None,
    ) -> None:
        self.what = what
        self.article = "an" if what[0] in "aeio" else "a"
        self.module = module
        self.classes = classes
        self.refused = refused
        self.check = check
        self.spelled = {spelling: name for name in classes for spelling in spell(name)} | dict(aliases)
        self.bare = {s: spell(name)[0] for s, name in self.spelled.items()} if bare is None else bare

    def read(self, value: Any) -> "str | Object":
        """The object that plain data stands for; raises `Fault` where it is none."""
        if isinstance(value, str):
            return self._read_name(value)
        if isinstance(value, Object):
            return value
        mapping = cast(dict[Any, Any], value) if isinstance(value, dict) else {}
        if len(mapping) != 1:
            raise Fault(f"{self.article} {self.what} is a name, or one name with its arguments")
        ((name, arguments),) = mapping.items()
        cls = self.spelled.get(name)
        if cls is None:
            raise self._unknown(str(name), tuple(self.classes), takes_arguments=True)
        given = self._arguments(cls, str(name), arguments)
        if not given and cls in self.bare:
            return self.bare[cls]
        return Object(self.module, cls, given)

    def class_of(self, value: "str | Object") -> str:
        """The class of a value that `read` has given."""
        return value.name if isinstance(value, Object) else self.spelled[value]

    def _read_name(self, name: str) -> "str | Object":
        kept = self.bare.get(name)
        if kept is None:
            raise self._unknown(name, tuple(self.bare))
        cls = self.spelled.get(name)
        missing = [p for p, want in self.classes[cls].items() if want.required] if cls else []
        if missing:
            raise Fault(
                f"`{name}` needs `{missing[0]}`: write `{{{cls}: {{{missing[0]}: …}}}}`", missing=True
            )
        return kept

    def _unknown(self, name: str, known: tuple[str, ...], takes_arguments: bool = False) -> Fault:
        where = (name,) if takes_arguments else ()
        if name in self.refused:
            return Fault(f"`{name}` {self.refused[name]}", where, unknown=True, is_key=takes_arguments)
        if takes_arguments and name in self.bare:
            return Fault(f"`{name}` takes no arguments", where, is_key=True)
        message = f"there is no {self.what} `{name}`"
        return Fault(message, where, nearest(name, known), unknown=True, is_key=takes_arguments)

    def _arguments(self, cls: str, written: str, arguments: Any) -> tuple[tuple[str, Any], ...]:
        wants = self.classes[cls]
        if arguments is None:
            return self._checked(cls, written, {})
        if isinstance(arguments, dict):
            return self._checked(cls, written, cast(dict[Any, Any], arguments))
        if not wants:
            raise Fault(f"`{written}` takes no arguments", (written,))
        return self._checked(cls, written, {next(iter(wants)): arguments}, bare=True)

    def _checked(
        self, cls: str, written: str, arguments: dict[Any, Any], bare: bool = False
    ) -> tuple[tuple[str, Any], ...]:
        wants = self.classes[cls]
        found: dict[str, Any] = {}
        for name, value in arguments.items():
            want = wants.get(name)
            where = (written,) if bare else (written, str(name))
            if want is None:
                meant = nearest(str(name), wants)
                raise Fault(f"`{written}` has no argument `{name}`", where, meant, unknown=True, is_key=True)
            try:
                found[name] = want.accept(value)
            except Fault as fault:
                raise fault.inside(*where) from None
            except ValueError as error:
                raise Fault(f"`{name}` of `{written}` {error}", where) from None
        for name, want in wants.items():
            if want.required and name not in found:
                raise Fault(f"`{written}` needs `{name}`", (written,), missing=True, is_key=True)
        if self.check is not None:
            try:
                self.check(cls, found)
            except Fault as fault:
                raise fault.inside(written) from None
        return tuple((name, found[name]) for name in wants if name in found)

    @property
    def json(self) -> Schema:
        """The JSON Schema of what `read` takes."""
        return {
            "anyOf": [
                {"enum": sorted(n for n in self.bare if n not in self.spelled or not self._needs(n))},
                {
                    "type": "object",
                    "minProperties": 1,
                    "maxProperties": 1,
                    "additionalProperties": False,
                    "properties": {
                        name: _class_json(self.classes[cls]) for name, cls in self.spelled.items()
                    },
                },
            ]
        }

    def _needs(self, name: str) -> bool:
        return any(want.required for want in self.classes[self.spelled[name]].values())

    @property
    def kind(self) -> Kind:
        """The kind of an argument that takes one of the family."""
        text = f"the name of {self.article} {self.what}, or `{{Name: {{arguments}}}}`"
        return Kind(text, checked(self.read), self.json)


def _class_json(wants: Wants) -> Schema:
    needed = [name for name, want in wants.items() if want.required]
    properties = {name: want.json for name, want in wants.items()}
    by_name: Schema = {"type": "object", "additionalProperties": False, "properties": properties}
    if needed:
        by_name["required"] = needed
    forms = [by_name]
    if wants and needed in ([], [next(iter(wants))]):
        forms.append(next(iter(wants.values())).json)
    return {"anyOf": [*forms, {"type": "null"}] if not needed else forms}
