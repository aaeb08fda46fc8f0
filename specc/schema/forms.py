"""Forms: pieces of JSON Schema, and those of everything that ops take."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, cast, get_args

from specc.ops import catalog, libraries, making, registry
from specc.ops.custom import WORD
from specc.ops.declare import Op, parameters_of
from specc.ops.families import Family
from specc.ops.kinds import Kind
from specc.ops.losses import LOSSES
from specc.ops.metrics import METRICS
from specc.ops.objects import ACTIVATIONS, CONSTRAINTS, INITIALIZERS, REGULARIZERS
from specc.ops.optimizers import OPTIMIZERS, SCHEDULES
from specc.ops.parameters import REQUIRED, Parameter
from specc.ops.stacked import CELL_JSON
from specc.ops.wrappers import LayerRef
from specc.passes.repairs.spell import plain
from specc.syntax.document import IGNORE

Form = dict[str, Any]

EXPRESSION: Form = {"$ref": "#/$defs/expression"}
SCALAR: Form = {"type": ["string", "number", "boolean", "null"]}
TEXT: Form = {"type": "string"}
OWN = rf"^{WORD.pattern}$"
"""The key of a layer of one's own."""
_FAMILIES = (INITIALIZERS, REGULARIZERS, CONSTRAINTS, ACTIVATIONS, SCHEDULES, OPTIMIZERS, LOSSES, METRICS)


def ref(name: str) -> Form:
    """A form that stands in `$defs`."""
    return {"$ref": f"#/$defs/{name}"}


def keyed(properties: Mapping[str, Any], required: Iterable[str] = (), notes: bool = False) -> Form:
    """A mapping with these keys and no others, `x-…` excepted where notes may stand."""
    made: Form = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    if notes:
        made["patternProperties"] = {"^x-": True}
        made["properties"][IGNORE] = ref("ignore")
    return made | ({"required": list(required)} if required else {})


def mapping(value: Form, at_least: int = 0) -> Form:
    """A mapping of any keys to this."""
    made: Form = {"type": "object", "additionalProperties": value}
    return made | ({"minProperties": at_least} if at_least else {})


def listed(item: Form, at_least: int = 0) -> Form:
    """A list of this."""
    return {"type": "array", "items": item} | ({"minItems": at_least} if at_least else {})


def either(*forms: Form) -> Form:
    """Any of several forms."""
    return {"anyOf": list(forms)}


def described(form: Form, words: str) -> Form:
    """A form with what an editor shows for it."""
    return {"description": words, **form}


def canonical(form: Form) -> str:
    """The text that equal forms have in common."""
    return json.dumps(form, sort_keys=True)


class Forms:
    """The forms of ops and objects; one that many arguments have stands in `defs` once."""

    def __init__(self) -> None:
        self.defs: dict[str, Form] = {}
        self.named: dict[str, str] = {}
        foreign = libraries.names()
        self.names = [*registry.names(), *foreign]
        self.layers = [*(name for name in registry.names() if name[0].isupper()), *foreign]
        for family in _FAMILIES:
            self._family(family)
        self.named[canonical(cast("Kind", get_args(LayerRef)[1]).json)] = "nested_layer"
        self.named[canonical(CELL_JSON)] = "nested_cell"

    def spellings(self, names: Iterable[str]) -> dict[str, Form]:
        """Ops by their names and aliases."""
        found: dict[str, Form] = {}
        for name in names:
            words = (registry.known(name).__doc__ or "").partition("\n")[0]
            found[name] = {"description": words, **ref(name)}
        aliases = {a: found[name] for a, name in catalog.ALIASES.items() if name in found}
        return {**found, **aliases}

    def nested(self, names: list[str]) -> Form:
        """A layer as an argument."""
        own = {
            **keyed({"signature": TEXT}, ["signature"]),
            "patternProperties": {OWN: True},
            "minProperties": 2,
            "maxProperties": 2,
        }
        bare = [name for name in self.spellings(names) if not self.required(name)]
        return either({"enum": bare}, self.one_of(names), own)

    def one_of(self, names: list[str]) -> Form:
        """One of these ops with its arguments."""
        return {**keyed(self.spellings(names)), "minProperties": 1, "maxProperties": 1}

    def required(self, name: str) -> list[str]:
        return [p.name for p in parameters_of(registry.known(name)).values() if p.required]

    def op(self, cls: type[Op]) -> Form:
        """The arguments of an op: by name, the first one alone, or none."""
        parameters = {n: p for n, p in parameters_of(cls).items() if p.kind.is_given}
        needed = self.required(cls.name)
        forms = [keyed({p.name: self._parameter(p) for p in parameters.values()}, needed)]
        first = making.first_parameter(cls)
        if first is not None and needed in ([], [first]):
            forms.append(self.opened(parameters[first].kind.json))
        if not needed:
            forms.append({"type": "null"})
        return {"description": cls.__doc__ or "", "anyOf": forms}

    def _parameter(self, parameter: Parameter) -> Form:
        """A parameter, its kind described once for all that have it."""
        form, text = parameter.kind.json, parameter.kind.text
        name = self.named.get(canonical(form)) or re.sub(r"\W+", "_", text).strip("_")
        if parameter.nullable:
            form, text, name = either(form, {"type": "null"}), f"{text}, or null", f"{name}_or_null"
        made = self.defs.setdefault(name, {"description": text, **self.opened(form)})
        assert made.get("description", text) == text, f"two kinds of arguments are called `{name}`"
        default = {} if parameter.default is REQUIRED else {"default": plain(parameter.default)}
        return {**ref(name), **default}

    def _family(self, family: Family) -> None:
        """The objects of a family, each class with its arguments once."""
        word = re.sub(r"\W+", "_", family.what)
        form = family.json
        self.named[canonical(form)] = word
        by_name = form["anyOf"][1]
        for spelling, arguments in by_name["properties"].items():
            key = f"{word}.{family.spelled[spelling]}"
            if key not in self.defs:
                self.defs[key] = self.opened(arguments)
        refs = {s: ref(f"{word}.{family.spelled[s]}") for s in by_name["properties"]}
        self.defs[word] = either(form["anyOf"][0], {**by_name, "properties": refs}, EXPRESSION)

    def opened(self, form: Form) -> Form:
        """The same form, with an expression allowed wherever a value stands."""
        name = self.named.get(canonical(form))
        if name is not None:
            return ref(name)
        if form in (TEXT, SCALAR):
            return form
        return either(*self._forms(form), EXPRESSION)

    def _forms(self, form: Form) -> list[Form]:
        name = self.named.get(canonical(form))
        if name is not None:
            return [ref(name)]
        if "anyOf" in form:
            return [inner for each in form["anyOf"] for inner in self._forms(each)]
        form = dict(form)
        if "items" in form:
            form["items"] = self.opened(form["items"])
        if "properties" in form:
            form["properties"] = {k: self.opened(v) for k, v in form["properties"].items()}
        if isinstance(form.get("additionalProperties"), dict):
            form["additionalProperties"] = self.opened(form["additionalProperties"])
        return [form]
