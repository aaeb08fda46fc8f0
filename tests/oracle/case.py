"""A case: inputs and layers as plain data, which can be printed, replayed and written as a spec."""

import json
from typing import Any, NamedTuple

from specc.ops import registry
from specc.ops.declare import Op

Sizes = tuple[int, ...]


class Step(NamedTuple):
    """One layer: it reads values by name (`x0`: an input, `l0`: a layer) and names its results, if it has several.

    `masks`: those that the call is given, by their names; of a list of masks, by the values that they are for.
    """

    op: str
    arguments: dict[str, Any]
    reads: tuple[str, ...]
    options: dict[str, Any] = {}
    results: tuple[str, ...] = ()
    masks: dict[str, str] = {}


class Case(NamedTuple):
    """A network: the sizes (no batch) and dtypes of its inputs `x0`, `x1`, …, and its layers `l0`, `l1`, …

    `batch` is the fixed size of the batch, if the inputs say one. `mutation` says what was done to a case that was
    meant to be valid.
    """

    inputs: tuple[Sizes, ...]
    dtypes: tuple[str, ...]
    steps: tuple[Step, ...]
    batch: int | None = None
    mutation: str = ""

    @property
    def ops(self) -> list[str]:
        """The ops of the layers, in order."""
        return [step.op for step in self.steps]

    @property
    def mutated(self) -> str:
        """The parameter that was given a bad value, if any."""
        kind, _, name = self.mutation.partition(" ")
        return name if kind == "value" else ""

    def to_json(self) -> str:
        """The case as one line."""
        return json.dumps({**self._asdict(), "steps": [step._asdict() for step in self.steps]})

    @classmethod
    def from_json(cls, text: str) -> "Case":
        """The case that `to_json` wrote."""
        data = json.loads(text)
        data["inputs"] = tuple(map(tuple, data["inputs"]))
        data["dtypes"] = tuple(data["dtypes"])
        data["steps"] = tuple(
            Step(
                **{**s, "reads": tuple(s["reads"]), "results": tuple(s["results"])},
            )
            for s in data["steps"]
        )
        return cls(**data)


def op_class(name: str) -> type[Op]:
    """The op of a step; there must be one."""
    return registry.known(name)


def to_spec(case: Case) -> str:
    """The text of the spec that says the case."""
    inputs: dict[str, Any] = {}
    for i, (sizes, dtype) in enumerate(zip(case.inputs, case.dtypes, strict=True)):
        inputs[f"x{i}"] = {"shape": list(sizes), "dtype": dtype}
        if case.batch is not None:
            inputs[f"x{i}"]["batch_size"] = case.batch
    layers = [_layer(i, step) for i, step in enumerate(case.steps)]
    spec = {"specc": 1, "name": "case", "adapt": "strict", "inputs": inputs, "layers": layers}
    return json.dumps(spec)


def _named(step: Step) -> dict[str, Any]:
    """What the call is given, by name."""
    op, reads = op_class(step.op), list(step.reads)
    values = {
        each.name: reads[i:] if each.many else reads[i] for i, each in enumerate(op.call_inputs) if reads[i:]
    }
    return values | called_masks(step, step.masks)


def called_masks(step: Step, masks: dict[str, Any]) -> dict[str, Any]:
    """Masks as arguments of the call of a step."""
    op = op_class(step.op)
    if not op.takes_list or not masks:
        return masks
    return {"mask": [masks.get(f"{each.name}_mask") for each in op.call_inputs[:2]]}


def _layer(number: int, step: Step) -> dict[str, Any]:
    listed = op_class(step.op).takes_list or len(step.reads) > 1
    layer: dict[str, Any] = {
        step.op: step.arguments,
        "name": f"l{number}",
        "from": _named(step) if step.masks else list(step.reads) if listed else next(iter(step.reads)),
    }
    if step.options:
        layer["call"] = step.options
    if step.results:
        layer["as"] = list(step.results)
    return layer
