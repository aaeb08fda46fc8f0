"""The JSON Schema (draft 2020-12) of the language, made from the ops and the structure of documents.

Editors complete and validate specs by it. It knows forms and not meanings: which names stand for values, whether
shapes fit and what an expression comes to is for `specc check`.
"""

import json
from typing import cast

from specc.ops import catalog, registry
from specc.ops.kinds import DTYPES
from specc.passes.lints.ignore import silenced
from specc.passes.training.compile import KEYS as COMPILE_KEYS
from specc.passes.training.compile import OPTIONS as COMPILE_OPTIONS
from specc.schema.forms import (
    EXPRESSION,
    OWN,
    SCALAR,
    TEXT,
    Form,
    Forms,
    described,
    either,
    keyed,
    listed,
    mapping,
    ref,
)
from specc.syntax.document import CONSTRUCT_FIELDS, FIELDS, IGNORE, OWN_FIELDS

LONG = rf"^ops\.({'|'.join(sorted({*catalog.MODULES.values()}))})\.\w+$"
"""The names of functions by the modules in which Keras has them a second time."""
IDENTIFIER = r"^[A-Za-z_]\w*$"


def schema() -> Form:
    """The schema of a spec."""
    return _Document().document()


def text() -> str:
    """The schema as the file that is published."""
    return json.dumps(schema(), indent=2) + "\n"


class _Document(Forms):
    """Builds the schema of a spec out of the forms of its parts."""

    def document(self) -> Form:
        """The whole schema."""
        self._wiring()
        self._parts()
        for name in self.names:
            self.defs[name] = self.op(registry.known(name))
        self.defs["nested_layer"] = self.nested(self.layers)
        self.defs["nested_cell"] = self.one_of([*catalog.FAMILIES["cells"], *catalog.FAMILIES["stacked"]])
        self.defs["merge"] = self.nested(self.names)
        self.defs["item"] = self._item()
        top: Form = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "A specc spec, version 1",
            "description": "A neural network: its inputs, its layers in Keras's vocabulary, its outputs.",
        }
        top |= keyed(self._sections(), ("specc", "name", "inputs", "layers"), notes=True)
        return {**top, "$defs": dict(sorted(self.defs.items()))}

    def _sections(self) -> dict[str, Form]:
        number = {"type": ["number", "string"]}
        return {
            "specc": described({"const": 1}, "The version of the language."),
            "name": described(SCALAR, "The name of the network."),
            "description": described(SCALAR, "What the network does."),
            "adapt": described(
                {"enum": ["auto", "strict"]}, "Whether reshapes, permutes and folds are inserted."
            ),
            "distribute": described({"enum": ["fold", "time_distributed"]}, "How layers run once per step."),
            "dtype": described(either({"enum": list(DTYPES)}, EXPRESSION), "The dtype policy of all layers."),
            "params": ref("params"),
            "variants": described(mapping(mapping(cast("Form", True))), "Sets of parameters, by name."),
            "inputs": described(mapping(ref("input"), 1), "The inputs and their shapes, without the batch."),
            "blocks": described(mapping(ref("block")), "Chains of layers to `use`, by name."),
            "layers": described(ref("chain"), "The layers, each reading the value before it."),
            "outputs": ref("outputs"),
            "targets": described(mapping(ref("target")), "The labels that the user has, by output."),
            "compile": self._compile(),
            "budget": described(
                keyed(dict.fromkeys(("params", "flops", "activation_memory"), number), notes=True),
                "How much the network may take: numbers, or text as `5M` or `256MiB`.",
            ),
            "include": described(either(TEXT, listed(TEXT)), "Files that bring blocks and parameters."),
        }

    def _parts(self) -> None:
        """What documents are made of, but for layers."""
        size = either({"type": "integer", "minimum": 1}, {"type": "null"}, TEXT)
        shape = listed(
            either({"type": "integer", "minimum": 1}, {"type": "null"}, TEXT, mapping(ref("size")))
        )
        code = {"enum": silenced()}
        self.defs["ignore"] = described(either(listed(code), code), "Warnings that are not given about this.")
        self.defs["expression"] = {"type": "string", "pattern": r"\$"}
        self.defs["size"] = described(size, "A number, a symbol, an expression, or null: nobody knows.")
        self.defs["shape"] = described(shape, "Sizes, with names or without: `[time: 4, channel: 1]`.")
        flag = either({"type": "boolean"}, EXPRESSION)
        full = {
            "shape": ref("shape"),
            "dtype": either({"enum": [d for d in DTYPES if not d.startswith("mixed")]}, EXPRESSION),
            "batch_size": either({"type": "integer", "minimum": 1}, {"type": "null"}, EXPRESSION),
            "sparse": flag,
        }
        weight = either({"type": "number"}, EXPRESSION)
        class_weight: Form = {"type": "object", "additionalProperties": False}
        class_weight["patternProperties"] = {r"^(-?[0-9]+|.*\$.*)$": weight, "^x-": True}
        target = {
            "shape": full["shape"],
            "dtype": full["dtype"],
            "sample_weight": described(either(ref("shape"), {"type": "null"}), "The weights of a sample."),
            "class_weight": described(either(class_weight, {"type": "null"}), "The weight of each class."),
        }
        self.defs["target"] = either(ref("shape"), keyed(target, ("shape",), notes=True))
        self.defs["input"] = either(ref("shape"), keyed(full, ("shape",), notes=True))
        output = keyed({"from": ref("name"), "shape": ref("shape")}, notes=True)
        self.defs["outputs"] = described(
            either(listed(SCALAR, 1), mapping(either({"type": "null"}, ref("shape"), output), 1)),
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
        param = either(SCALAR, {"type": "array"}, keyed(facts, notes=True))
        self.defs["params"] = {
            "description": "Parameters, by name, with their defaults.",
            "type": "object",
            "propertyNames": {"pattern": IDENTIFIER},
            "additionalProperties": param,
        }
        self.defs["chain"] = either(listed(ref("item")), {"type": "null"})
        block = {
            "params": ref("params"),
            "inputs": either(listed(SCALAR, 1), mapping(either({"type": "null"}, ref("shape")), 1)),
            "layers": ref("chain"),
            "outputs": either(TEXT, listed(TEXT, 1)),
            "description": SCALAR,
        }
        self.defs["block"] = keyed(block, ("layers",), notes=True)

    def _wiring(self) -> None:
        """The keys beside an op, and the constructs."""
        name: Form = {"type": ["string", "integer"]}
        names = either(name, listed(name, 1))
        by_name = either(name, listed(either(name, {"type": "null"}), 1))
        rows = either(
            {"type": "integer", "minimum": 0}, EXPRESSION, mapping(either({"type": "array"}, EXPRESSION), 1)
        )
        axis: Form = {"type": ["string", "integer"]}
        flag = either({"type": "boolean"}, EXPRESSION)
        over = keyed(
            {"over": either(axis, listed(axis, 1)), "layers": ref("chain")}, ("over", "layers"), True
        )
        chains = either(listed(ref("chain"), 1), mapping(ref("chain"), 1))
        self.defs["name"] = name
        self.wiring: dict[str, Form] = {
            "name": described(
                {**name, "pattern": "^[^/]+$"}, "The name of the value, and of the Keras layer."
            ),
            "from": described(
                either(names, mapping(by_name, 1)), "What is read; `_` is the value before this one."
            ),
            "when": described(flag, "Whether it is there at all."),
            "as": described(
                either(TEXT, listed(TEXT, 1)), "Names for the results; `_` for one that is not wanted."
            ),
            "call": described({"type": "object"}, "Arguments of the call that are no values."),
            "distribute": {"anyOf": [{"enum": ["fold", "time_distributed"]}, EXPRESSION]},
            "signature": described(TEXT, "The shapes of a layer of one's own: `(*s, c) -> (*s, c)`."),
            "layers": ref("chain"),
            "index": described(TEXT, "A parameter that holds the number of the round."),
            "merge": described(either(ref("merge"), EXPRESSION), "The layer that merges the ends."),
            "shortcut": ref("chain"),
            "with": described(either({"type": "object"}, EXPRESSION), "The parameters of the block."),
        }
        assert self.wiring.keys() == FIELDS
        self.constructs: dict[str, Form] = {
            "repeat": described(rows, "The layers once per row, one after the other."),
            "each": described(rows, "The layers once per row, side by side, merged."),
            "residual": described(ref("chain"), "`merge(body(x), shortcut(x))`."),
            "branches": described(chains, "Chains from the same value, merged."),
            "use": described(name, "The layers of a block, with new weights."),
            "reuse": described(name, "A layer or a block again, with the same weights."),
            "map": described(over, "The layers once per step of the named axes."),
        }
        assert self.constructs.keys() == CONSTRUCT_FIELDS.keys()

    def _item(self) -> Form:
        """A layer or a construct: one op, and the wiring that goes with it."""
        ops = {**self.spellings(self.names), **self.constructs}
        bare = [n for n in self.spellings(self.names) if not self.required(n)]
        own: Form = {"not": {"propertyNames": {"not": {"pattern": OWN}}}}
        long: Form = {"not": {"propertyNames": {"not": {"pattern": LONG}}}}
        foreign = [{"required": [field]} for field in sorted(FIELDS - set(OWN_FIELDS))]
        rules: list[Form] = [
            {
                "if": {"not": either(*({"required": [word]} for word in CONSTRUCT_FIELDS))},
                "then": {"not": either(*foreign)},
            },
            {
                "if": own,
                "then": {"required": ["signature"], "properties": {"call": {"type": "object"}}},
                "else": {"not": {"required": ["signature"]}, "properties": {"call": self._call()}},
            },
        ]
        for word, fields in CONSTRUCT_FIELDS.items():
            then: Form = {"propertyNames": either({"enum": [word, *fields]}, {"pattern": "^x-"})}
            if "layers" in fields:
                then["required"] = ["layers"]
            rules.append({"if": {"required": [word]}, "then": then})
        layer: Form = {
            "type": "object",
            "properties": {**ops, **self.wiring, IGNORE: ref("ignore")},
            "patternProperties": {"^x-": True, OWN: True, LONG: True},
            "additionalProperties": False,
            "oneOf": [*({"required": [name]} for name in ops), own, long],
            "allOf": rules,
        }
        return either({"enum": bare}, {"type": "string", "pattern": LONG}, layer)

    def _call(self) -> Form:
        """The arguments of calls that are no values."""
        options = {n: k for op in self.names for n, k in registry.known(op).call_options.items()}
        return keyed(
            {n: self.opened(either(kind.json, {"type": "null"})) for n, kind in sorted(options.items())}
        )

    def _compile(self) -> Form:
        loss, metric = either(ref("loss"), {"type": "null"}), either(ref("metric"), {"type": "null"})
        self.defs["metrics"] = either(metric, listed(ref("metrics")))
        by_output = either(ref("metrics"), mapping(ref("metrics")))
        number = either({"type": "number"}, EXPRESSION)
        parts: dict[str, Form] = {
            "optimizer": ref("optimizer"),
            "loss": either(loss, mapping(loss)),
            "loss_weights": either(number, {"type": "null"}, mapping(number)),
            "metrics": by_output,
            "weighted_metrics": by_output,
            **{name: self.opened(want.json) for name, want in COMPILE_OPTIONS.items()},
        }
        assert parts.keys() == set(COMPILE_KEYS)
        return described(
            keyed(parts, notes=True), "What the model is trained with: the arguments of Keras's `compile`."
        )
