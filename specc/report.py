"""What a check found out: diagnostics, the table of layers, the types of inputs and outputs, and totals."""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from specc.diagnostics.json import to_dict as diagnostic_dict
from specc.diagnostics.model import Diagnostic, has_errors
from specc.ir.graph import Typed
from specc.passes.cost import Row, Spent, Totals, rows, totals
from specc.shapes.dim import Size, to_json
from specc.shapes.shape import Shape, json_axes, json_shape
from specc.shapes.tensor import Tensor
from specc.source import Source
from specc.syntax.document import Document

if TYPE_CHECKING:
    from specc.passes.inference.demands import Constraint


class Report:
    """The answer to a check; what it takes time to work out is worked out when it is asked for.

    `path` is the spec's, `name` its name if it could be read, `diagnostics` everything found in the order of the
    text, `typed` the network as far as it could be read (None where its text could not), `spent` what its budget
    bounds.
    """

    def __init__(
        self,
        path: str,
        diagnostics: list[Diagnostic],
        typed: Typed | None = None,
        targets: Mapping[str, Tensor] | None = None,
        spent: Mapping[str, Spent] | None = None,
    ) -> None:
        self.path = path
        self.diagnostics = diagnostics
        self.typed = typed
        self.targets: Mapping[str, Tensor] = targets or {}
        self.spent: Mapping[str, Spent] = spent or {}

    @property
    def ok(self) -> bool:
        """Whether there are no errors."""
        return not has_errors(self.diagnostics)

    @property
    def name(self) -> str | None:
        """The name of the network."""
        return None if self.typed is None else self.typed.graph.name

    @cached_property
    def layers(self) -> list[Row]:
        """The table of layers in the order in which they run, insertions among them."""
        return [] if self.typed is None else rows(self.typed)

    @cached_property
    def totals(self) -> Totals:
        """Parameters, FLOPs and activation memory of the whole network, for one sample."""
        return totals(self.layers)

    @cached_property
    def constraints(self) -> "list[Constraint]":
        """What the network needs of its symbols: each is necessary, together they are sufficient."""
        if self.typed is None or self.typed.solution is None:
            return []
        from specc.passes.inference.demands import constraints

        return constraints(self.typed)

    @property
    def typed_layers(self) -> set[str]:
        """The names of the layers in which nothing is wrong, and that read nothing which is."""
        if self.typed is None:
            return set()
        graph = self.typed.graph
        return {layer.name for layer, op in zip(graph.layers, self.typed.ops, strict=True) if op is not None}

    @property
    def written_layers(self) -> set[str]:
        """The names of all layers, whether anything is wrong in them or not."""
        return set() if self.typed is None else {layer.name for layer in self.typed.graph.layers}

    @property
    def batch(self) -> int | None:
        """The fixed size of the batch, if an input has one."""
        return None if self.typed is None else self.typed.graph.batch

    @property
    def inputs(self) -> dict[str, Tensor]:
        """The types of the inputs."""
        graph = self.typed.graph if self.typed is not None else None
        return {} if graph is None else {i.name: i.tensor for i in graph.inputs if i.tensor is not None}

    @property
    def outputs(self) -> dict[str, Tensor]:
        """The types of the outputs, as far as they are known, by the names and shapes that were declared."""
        found: dict[str, Tensor] = {}
        for output in self.typed.graph.outputs if self.typed is not None else ():
            tensor = self.typed.types[output.value] if self.typed is not None else None
            if tensor is not None:
                found[output.name] = output.declared(tensor)
        return found

    def to_dict(self) -> dict[str, Any]:
        """The object that `--format json` prints."""
        batch = self.batch
        total = self.totals
        return {
            "version": 1,
            "spec": self.path,
            "name": self.name,
            "ok": self.ok,
            "diagnostics": [diagnostic_dict(d) for d in self.diagnostics],
            "inputs": {name: _tensor(tensor, batch) for name, tensor in self.inputs.items()},
            "outputs": {name: _tensor(tensor, batch) for name, tensor in self.outputs.items()},
            "targets": {
                name: {"shape": json_shape(tensor.shape, batch), "dtype": tensor.dtype}
                for name, tensor in self.targets.items()
            },
            "layers": [_row(row, batch) for row in self.layers],
            "totals": {
                "params": total.params,
                "trainable": total.trainable,
                "flops": _amount(total.flops),
                "activation_bytes": _amount(total.activation_bytes),
            },
            "constraints": [each.text for each in self.constraints],
            **({"budget": {key: one._asdict() for key, one in self.spent.items()}} if self.spent else {}),
        }


class Checked(NamedTuple):
    """A report with what the stages behind a check need: the document, and the compile section if it is right.

    `source` is the text that was checked; None where it could not be read; `options` say how. `work` is how
    much there was to do, in layers and rounds; None for a check that ended at a bound.
    """

    report: Report
    document: Document | None = None
    training: Any = None
    source: Source | None = None
    options: Any = None
    work: int | None = None


def _tensor(tensor: Tensor, batch: int | None) -> dict[str, Any]:
    return {"shape": json_shape(tensor.shape, batch), "axes": json_axes(tensor.shape), "dtype": tensor.dtype}


def _amount(size: Size | None) -> int | str | None:
    return None if size is None else to_json(size)


def _row(row: Row, batch: int | None) -> dict[str, Any]:
    first: Shape = row.outputs[0]
    made: dict[str, Any] = {
        "name": row.name,
        "op": row.op,
        "inputs": [json_shape(shape, batch) for shape in row.inputs],
        "output": json_shape(first, batch),
        "axes": json_axes(first),
        "params": row.params,
        "trainable": row.trainable,
        "flops": _amount(row.flops),
        "activation_bytes": _amount(row.bytes),
        "inserted": row.inserted,
        "distributed": row.distributed,
        "line": row.line,
    }
    if len(row.outputs) > 1:
        made["outputs"] = [json_shape(shape, batch) for shape in row.outputs]
    if row.reuses is not None:
        made["reuses"] = row.reuses
    if row.masked is not None:
        made["masked"] = [axis.name for axis in row.masked.axes]
    return made
