"""The JSON Schema (draft 2020-12) of the language, made from the ops and the structure of documents.

Editors complete and validate specs by it. It knows forms and not meanings: which names stand for values, whether
shapes fit and what an expression comes to is for `specc check`.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, cast, get_args

from specc.ops import registry
from specc.ops.declare import Op, Parameter, parameters_of
from specc.ops.families import Family
from specc.ops.kinds import DTYPES, Kind
from specc.ops.losses import LOSSES
from specc.ops.metrics import METRICS
from specc.ops.objects import ACTIVATIONS, CONSTRAINTS, INITIALIZERS, REGULARIZERS
from specc.ops.optimizers import OPTIMIZERS, SCHEDULES
from specc.ops.wrappers import LayerRef
from specc.passes.compile import KEYS as COMPILE_KEYS
from specc.passes.compile import OPTIONS as COMPILE_OPTIONS
from specc.passes.spell import plain
from specc.syntax.document import CONSTRUCT_FIELDS, FIELDS, LAYER_FIELDS

Schema = dict[str, Any]

EXPRESSION: Schema = {"$ref": "#/$defs/expression"}
CUSTOM = r"^[A-Za-z_][\w.]*:[A-Za-z_]\w*$"
IDENTIFIER = r"^[A-Za-z_]\w*$"
SCALAR: Schema = {"type": ["string", "number", "boolean", "null"]}
TEXT: Schema = {"type": "string"}
_FAMILIES = (INITIALIZERS, REGULARIZERS, CONSTRAINTS, ACTIVATIONS, SCHEDULES, OPTIMIZERS, LOSSES, METRICS)


def schema() -> Schema:
    """The schema of a spec."""
    return _Maker().document()


def text() -> str:
    """The schema as the file that is published."""
    return json.dumps(schema(), indent=2) + "\n"


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _object(properties: Mapping[str, Any], required: Iterable[str] = (), notes: bool = False) -> Schema:
    """A mapping with these keys and no others, `x-…` excepted where notes may stand."""
    made: Schema = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    if notes:
        made["patternProperties"] = {"^x-": True}
    return made | ({"required": list(required)} if required else {})


def _mapping(value: Schema, at_least: int = 0) -> Schema:
    made: Schema = {"type": "object", "additionalProperties": value}
    return made | ({"minProperties": at_least} if at_least else {})


def _list(item: Schema, at_least: int = 0) -> Schema:
    return {"type": "array", "items": item} | ({"minItems": at_least} if at_least else {})


def _any(*forms: Schema) -> Schema:
    return {"anyOf": list(forms)}


def _described(form: Schema, words: str) -> Schema:
    return {"description": words, **form}


def _canonical(form: Schema) -> str:
    return json.dumps(form, sort_keys=True)


class _Maker:
    """Builds the schema; a form that many arguments have stands in `$defs` once."""

    def __init__(self) -> None:
        self.defs: dict[str, Schema] = {}
        self.named: dict[str, str] = {}
        self.layers = [name for name in registry.names() if name[0].isupper()]
        for family in _FAMILIES:
            self._family(family)
        self.named[_canonical(cast("Kind", get_args(LayerRef)[1]).json)] = "nested_layer"

    def document(self) -> Schema:
        """The whole schema."""
        self._wiring()
        self._parts()
        for name in registry.names():
            self.defs[name] = self._op(registry.known(name))
        self.defs["nested_layer"] = self._nested(self.layers)
        self.defs["merge"] = self._nested(registry.names())
        self.defs["item"] = self._item()
        top: Schema = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "A specc spec, version 1",
            "description": "A neural network: its inputs, its layers in Keras's vocabulary, its outputs.",
        }
        top |= _object(self._sections(), ("specc", "name", "inputs", "layers"), notes=True)
        return {**top, "$defs": dict(sorted(self.defs.items()))}

    def _sections(self) -> dict[str, Schema]:
        number = {"type": ["number", "string"]}
        return {
            "specc": _described({"const": 1}, "The version of the language."),
            "name": _described(SCALAR, "The name of the network."),
            "description": _described(SCALAR, "What the network does."),
            "adapt": _described(
                {"enum": ["auto", "strict"]}, "Whether reshapes, permutes and folds are inserted."
            ),
            "distribute": _described({"enum": ["fold", "time_distributed"]}, "How layers run once per step."),
            "dtype": _described(_any({"enum": list(DTYPES)}, EXPRESSION), "The dtype policy of all layers."),
            "params": _ref("params"),
            "variants": _described(_mapping(_mapping(cast("Schema", True))), "Sets of parameters, by name."),
            "inputs": _described(
                _mapping(_ref("input"), 1), "The inputs and their shapes, without the batch."
            ),
            "blocks": _described(_mapping(_ref("block")), "Chains of layers to `use`, by name."),
            "layers": _described(_ref("chain"), "The layers, each reading the value before it."),
            "outputs": _ref("outputs"),
            "targets": _described({"type": "object"}, "The labels that the user has."),
            "compile": self._compile(),
            "budget": _object(dict.fromkeys(("params", "flops", "activation_memory"), number)),
            "include": _described(_any(TEXT, _list(TEXT)), "Files that bring blocks and parameters."),
        }

    def _parts(self) -> None:
        """What documents are made of, but for layers."""
        size = _any({"type": "integer", "minimum": 1}, {"type": "null"}, TEXT)
        shape = _list(_any({"type": "integer", "minimum": 1}, {"type": "null"}, TEXT, _mapping(_ref("size"))))
        self.defs["expression"] = {"type": "string", "pattern": r"\$"}
        self.defs["size"] = _described(size, "A number, a symbol, an expression, or null: nobody knows.")
        self.defs["shape"] = _described(shape, "Sizes, with names or without: `[time: 4, channel: 1]`.")
        flag = _any({"type": "boolean"}, EXPRESSION)
        full = {
            "shape": _ref("shape"),
            "dtype": _any({"enum": [d for d in DTYPES if not d.startswith("mixed")]}, EXPRESSION),
            "batch_size": _any({"type": "integer", "minimum": 1}, {"type": "null"}, EXPRESSION),
            "sparse": flag,
        }
        self.defs["input"] = _any(_ref("shape"), _object(full, ("shape",)))
        output = _object({"from": _ref("name"), "shape": _ref("shape")})
        self.defs["outputs"] = _described(
            _any(_list(SCALAR, 1), _mapping(_any({"type": "null"}, _ref("shape"), output), 1)),
            "The outputs: names of values, with the shapes that they promise.",
        )
        facts = {
            "type": {"enum": ["int", "float", "str", "bool", "list"]},
            "default": True,
            "min": {"type": "number"},
            "max": {"type": "number"},
            "choices": {"type": "array"},
            "help": SCALAR,
        }
        param = _any(SCALAR, {"type": "array"}, _object(facts))
        self.defs["params"] = {
            "description": "Parameters, by name, with their defaults.",
            "type": "object",
            "propertyNames": {"pattern": IDENTIFIER},
            "additionalProperties": param,
        }
        self.defs["chain"] = _any(_list(_ref("item")), {"type": "null"})
        block = {
            "params": _ref("params"),
            "inputs": _any(_list(SCALAR, 1), _mapping(_any({"type": "null"}, _ref("shape")), 1)),
            "layers": _ref("chain"),
            "outputs": _any(TEXT, _list(TEXT, 1)),
            "description": SCALAR,
        }
        self.defs["block"] = _object(block, ("layers",), notes=True)

    def _wiring(self) -> None:
        """The keys beside an op, and the constructs."""
        name: Schema = {"type": ["string", "integer"]}
        names = _any(name, _list(name, 1))
        rows = _any(
            {"type": "integer", "minimum": 0}, EXPRESSION, _mapping(_any({"type": "array"}, EXPRESSION), 1)
        )
        axis: Schema = {"type": ["string", "integer"]}
        options = {n: k for op in registry.names() for n, k in registry.known(op).call_options.items()}
        call = {n: self.opened(_any(kind.json, {"type": "null"})) for n, kind in sorted(options.items())}
        flag = _any({"type": "boolean"}, EXPRESSION)
        over = _object(
            {"over": _any(axis, _list(axis, 1)), "layers": _ref("chain")}, ("over", "layers"), True
        )
        chains = _any(_list(_ref("chain"), 1), _mapping(_ref("chain"), 1))
        self.defs["name"] = name
        self.wiring: dict[str, Schema] = {
            "name": _described(
                {**name, "pattern": "^[^/]+$"}, "The name of the value, and of the Keras layer."
            ),
            "from": _described(
                _any(names, _mapping(names, 1)), "What is read; `_` is the value before this one."
            ),
            "when": _described(flag, "Whether it is there at all."),
            "as": _described(
                _any(TEXT, _list(TEXT, 1)), "Names for the results; `_` for one that is not wanted."
            ),
            "call": _described(_object(call), "Arguments of the call that are no values."),
            "distribute": {"anyOf": [{"enum": ["fold", "time_distributed"]}, EXPRESSION]},
            "signature": _described(TEXT, "The shapes of a layer of one's own: `(*s, c) -> (*s, c)`."),
            "layers": _ref("chain"),
            "index": _described(TEXT, "A parameter that holds the number of the round."),
            "merge": _described(_any(_ref("merge"), EXPRESSION), "The layer that merges the ends."),
            "shortcut": _ref("chain"),
            "with": _described(_any({"type": "object"}, EXPRESSION), "The parameters of the block."),
        }
        assert self.wiring.keys() == FIELDS
        self.constructs: dict[str, Schema] = {
            "repeat": _described(rows, "The layers once per row, one after the other."),
            "each": _described(rows, "The layers once per row, side by side, merged."),
            "residual": _described(_ref("chain"), "`merge(body(x), shortcut(x))`."),
            "branches": _described(chains, "Chains from the same value, merged."),
            "use": _described(name, "The layers of a block, with new weights."),
            "reuse": _described(name, "A layer or a block again, with the same weights."),
            "map": _described(over, "The layers once per step of the named axes."),
        }
        assert self.constructs.keys() == CONSTRUCT_FIELDS.keys()

    def _item(self) -> Schema:
        """A layer or a construct: one op, and the wiring that goes with it."""
        ops = {**self._spellings(registry.names()), **self.constructs}
        bare = [n for n in self._spellings(registry.names()) if not self._required(n)]
        custom = {"not": {"propertyNames": {"not": {"pattern": CUSTOM}}}}
        foreign = [{"required": [field]} for field in sorted(FIELDS - set(LAYER_FIELDS))]
        rules: list[Schema] = [
            {
                "if": {"not": _any(*({"required": [word]} for word in CONSTRUCT_FIELDS))},
                "then": {"not": _any(*foreign)},
            }
        ]
        for word, fields in CONSTRUCT_FIELDS.items():
            then: Schema = {"propertyNames": _any({"enum": [word, *fields]}, {"pattern": "^x-"})}
            if "layers" in fields:
                then["required"] = ["layers"]
            rules.append({"if": {"required": [word]}, "then": then})
        mapping: Schema = {
            "type": "object",
            "properties": {**ops, **self.wiring},
            "patternProperties": {"^x-": True, CUSTOM: True},
            "additionalProperties": False,
            "oneOf": [*({"required": [name]} for name in ops), custom],
            "allOf": rules,
        }
        return _any({"enum": bare}, {"type": "string", "pattern": CUSTOM}, mapping)

    def _spellings(self, names: Iterable[str]) -> dict[str, Schema]:
        """Ops by their names and aliases."""
        found: dict[str, Schema] = {}
        for name in names:
            words = (registry.known(name).__doc__ or "").partition("\n")[0]
            found[name] = {"description": words, **_ref(name)}
        aliases = {a: found[name] for a, name in registry.ALIASES.items() if name in found}
        return {**found, **aliases}

    def _nested(self, names: list[str]) -> Schema:
        """A layer as an argument."""
        ops = self._spellings(names)
        one = {**_object(ops), "minProperties": 1, "maxProperties": 1}
        return _any({"enum": [n for n in ops if not self._required(n)]}, one)

    def _required(self, name: str) -> list[str]:
        return [p.name for p in parameters_of(registry.known(name)).values() if p.required]

    def _op(self, cls: type[Op]) -> Schema:
        """The arguments of an op: by name, the first one alone, or none."""
        parameters = parameters_of(cls)
        needed = self._required(cls.name)
        forms = [_object({p.name: self._parameter(p) for p in parameters.values()}, needed)]
        first = registry.first_parameter(cls)
        if first is not None and needed in ([], [first]):
            forms.append(self.opened(parameters[first].kind.json))
        if not needed:
            forms.append({"type": "null"})
        return {"description": cls.__doc__ or "", "anyOf": forms}

    def _parameter(self, parameter: Parameter) -> Schema:
        """A parameter, its kind described once for all that have it."""
        form, text = parameter.kind.json, parameter.kind.text
        name = self.named.get(_canonical(form)) or re.sub(r"\W+", "_", text).strip("_")
        if parameter.nullable:
            form, text, name = _any(form, {"type": "null"}), f"{text}, or null", f"{name}_or_null"
        made = self.defs.setdefault(name, {"description": text, **self.opened(form)})
        assert made.get("description", text) == text, f"two kinds of arguments are called `{name}`"
        return _ref(name) if parameter.required else {**_ref(name), "default": plain(parameter.default)}

    def _family(self, family: Family) -> None:
        """The objects of a family, each class with its arguments once."""
        word = re.sub(r"\W+", "_", family.what)
        form = family.json
        self.named[_canonical(form)] = word
        by_name = form["anyOf"][1]
        for spelling, arguments in by_name["properties"].items():
            key = f"{word}.{family.spelled[spelling]}"
            if key not in self.defs:
                self.defs[key] = self.opened(arguments)
        refs = {s: _ref(f"{word}.{family.spelled[s]}") for s in by_name["properties"]}
        self.defs[word] = _any(form["anyOf"][0], {**by_name, "properties": refs}, EXPRESSION)

    def _compile(self) -> Schema:
        loss, metric = _any(_ref("loss"), {"type": "null"}), _any(_ref("metric"), {"type": "null"})
        self.defs["metrics"] = _any(metric, _list(_ref("metrics")))
        by_output = _any(_ref("metrics"), _mapping(_ref("metrics")))
        number = _any({"type": "number"}, EXPRESSION)
        parts: dict[str, Schema] = {
            "optimizer": _ref("optimizer"),
            "loss": _any(loss, _mapping(loss)),
            "loss_weights": _any(number, {"type": "null"}, _mapping(number)),
            "metrics": by_output,
            "weighted_metrics": by_output,
            **{name: self.opened(want.json) for name, want in COMPILE_OPTIONS.items()},
        }
        assert parts.keys() == set(COMPILE_KEYS)
        return _described(
            _object(parts), "What the model is trained with: the arguments of Keras's `compile`."
        )

    def opened(self, form: Schema) -> Schema:
        """The same form, with an expression allowed wherever a value stands."""
        name = self.named.get(_canonical(form))
        if name is not None:
            return _ref(name)
        if form in (TEXT, SCALAR):
            return form
        return _any(*self._forms(form), EXPRESSION)

    def _forms(self, form: Schema) -> list[Schema]:
        name = self.named.get(_canonical(form))
        if name is not None:
            return [_ref(name)]
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
