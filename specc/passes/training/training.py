"""The `compile` and `targets` sections of a spec, held against the outputs that the network really has."""

from collections.abc import Container, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from specc.diagnostics.model import Diagnostic, Fix, has_errors
from specc.ir.graph import Crossing, Target, Typed
from specc.passes.inference.promise import apart
from specc.passes.resolution.values import Findings
from specc.passes.training.activations import activation_behind, maker_positions
from specc.passes.training.compile import check_compile
from specc.passes.training.labels import Given, Trained, hold_derived, hold_labels, hold_symbols
from specc.passes.training.losses import Judged, target_of
from specc.passes.training.sections import SectionReader
from specc.shapes.shape import Shape
from specc.shapes.tensor import Tensor
from specc.syntax.tree import Mapping as MappingNode
from specc.syntax.tree import Node

if TYPE_CHECKING:
    from specc.passes.training.data import Data


class Training(NamedTuple):
    """What a model is compiled with; None where that is wrong.

    `targets` are the labels that `fit` will want for each output whose loss is right; `bound` the sizes that arrays
    have for symbols.
    """

    compiled: Any = None
    targets: Mapping[str, Tensor] = {}
    bound: Mapping[str, int] = {}


def check_training(
    section: Node | None, typed: Typed, found: Findings, data: "Data | None" = None
) -> Training:
    """Hold the `compile` section, the author's labels and the arrays of the command line against the network."""
    outputs: dict[str, Tensor | None] = {}
    behind: dict[str, str | None] = {}
    layers: dict[str, str] = {}
    makers = maker_positions(typed)
    masks: Mapping[int, Shape] = (
        _masks(typed) if (typed.graph.targets or data) and not has_errors(found) else {}
    )
    for output in typed.graph.outputs:
        tensor = typed.types[output.value]
        mask = masks.get(output.value)
        outputs[output.name] = None if tensor is None else output.declared(tensor)._replace(mask=mask)
        if output.value in makers:
            layers[output.name] = typed.graph.layers[makers[output.value]].name
        if tensor is not None:
            behind[output.name] = activation_behind(output.value, typed, makers)
    is_complete = not any(d.code[:2] in ("E1", "E3") for d in found)
    targets = {target.name: target for target in typed.graph.targets}
    trained: dict[str, Trained] = {}

    def repair(name: str, labels: Shape) -> Iterable[Fix]:
        from specc.passes.repairs.relabel import network_fixes

        return network_fixes(name, labels, typed)

    def hold(one: Trained) -> Iterable[Diagnostic]:
        if one.judged is not None or one.metrics:
            trained[one.name] = one
        target = targets.get(one.name)
        if target is None:
            return hold_derived(one)
        given = _given(target, layers.get(one.name))
        said = [*hold_labels(given, one, repair)]
        if one.judged is not None and not has_errors(said):
            said += hold_symbols(given, one.judged, repair, lambda made, size: apart(typed, made, size))
            said += _hold_weights(target, one, one.judged, len(outputs))
        return said

    compiled = None
    if section is not None:
        tags = {output.name: _tags(output.value, typed, makers) for output in typed.graph.outputs}
        crfs = {name: count for name, count in tags.items() if count is not None}
        compiled, diagnostics = check_compile(
            section, typed.graph.evaluate, outputs, behind.get, is_complete, crfs, hold
        )
        found.extend(diagnostics)
    is_wrong = section is not None and compiled is None
    if is_complete and targets:
        reader = SectionReader(typed.graph.evaluate, outputs)
        found.extend(_useless(typed.graph.targets, reader, outputs if is_wrong else trained))
    bound: Mapping[str, int] = {}
    if data is not None:
        from specc.passes.training.data import hold_data

        bound = hold_data(data, typed, trained, repair, found, is_wrong)
    wanted = {one.name: target_of(one.judged) for one in trained.values() if one.judged is not None}
    return Training(compiled, wanted, bound)


def _masks(typed: Typed) -> Mapping[int, Shape]:
    """The shape of the mask of each value that has one, in a network without errors."""
    if not any(op is not None and op.brings_mask for op in typed.ops):
        return {}
    from specc.passes.adapt import written_out
    from specc.passes.masks.masked import masked

    types = masked(written_out(typed)).types
    return {v: tensor.mask for v, tensor in enumerate(types[: len(typed.types)]) if tensor.mask is not None}


def _given(target: Target, layer: str | None) -> Given:
    """Labels as the author declares them, for an output that `layer` makes."""
    shape = target.node.get("shape") if isinstance(target.node, MappingNode) else target.node
    return Given(f"target `{target.name}`", target.tensor, target.node.span, layer, shape)


def _hold_weights(target: Target, one: Trained, judged: Judged, outputs: int) -> Iterable[Diagnostic]:
    """What is wrong with the weights that go with labels, for a model with so many outputs."""
    if target.sample_weight is None and target.class_weight is None:
        return ()
    from specc.passes.training.weighing import KEY, hold_class_weights, hold_sample_weights, hold_weighted

    labels = target.tensor.shape.sizes
    if target.sample_weight is None:
        said = [*hold_class_weights(target, judged, outputs)]
        return said if has_errors(said) else [*said, *hold_weighted(one, labels, (), f"`{KEY}`")]
    assert isinstance(target.node, MappingNode)
    node = target.node.get("sample_weight")
    assert node is not None
    given = Given("`sample_weight`", Tensor(target.sample_weight, "float32"), node.span, shape=node)
    said = [*hold_sample_weights(given, judged, labels)]
    weights = target.sample_weight.sizes
    return said if has_errors(said) else [*said, *hold_weighted(one, labels, weights, "`sample_weight`")]


def _useless(targets: Iterable[Target], reader: SectionReader, trained: Container[str]) -> list[Diagnostic]:
    """Targets for outputs that are not there (E402), and for those that are not `trained` or measured (W604)."""
    for target in targets:
        if target.name not in reader.outputs:
            shown = ", ".join(f"`{output}`" for output in reader.outputs)
            message = f"there is no output `{target.name}` for `targets` (but {shown})"
            reader.unknown("E402", message, target.key, (*reader.outputs,))
        elif target.name not in trained and reader.outputs[target.name] is not None:
            message = f"nothing uses the target `{target.name}`: its output has neither a loss nor metrics"
            reader.found.append(Diagnostic("W604", message, target.key.span))
    return reader.found


def _tags(value: int, typed: Typed, makers: Mapping[int, int]) -> int | None:
    """How many tags the `crf` knows that makes a value, which is then an output as it is; None where none makes it.

    What it crosses on its way out of a block has no axes: a `crf` never runs once per step.
    """
    if value in typed.output_reshapes:
        return None
    while value in makers:
        op, before = typed.ops[makers[value]], typed.graph.layers[makers[value]].inputs[0]
        if not isinstance(op, Crossing) or before is None:
            return getattr(op, "units", None) if op is not None and op.name == "crf" else None
        value = before
    return None
