"""From a `.keras` file to the text of a spec, which is checked before anyone sees it."""

import os
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from specc.diagnostics.model import Diagnostic, Note
from specc.importing.archive import Broken, read_config
from specc.importing.axes import input_names
from specc.importing.config import network_from
from specc.importing.network import Importer, Written
from specc.importing.objects import Unsayable
from specc.importing.records import Network, Sort
from specc.importing.same import are_same
from specc.importing.stages import has_paths, with_stages
from specc.importing.training import training_from
from specc.ops.function import Function
from specc.passes.repairs.spell import escaped
from specc.pipeline import Options, Step, check_source, silent
from specc.report import Report
from specc.source import Source
from specc.syntax.write import spec_text

Sections = dict[str, Any]

_FUNCTION = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")


class Imported(NamedTuple):
    """The text of a spec (None where errors stand in the way), and what there is to say of the import."""

    text: str | None
    diagnostics: list[Diagnostic]
    report: Report | None = None


def import_model(model: str, allow_custom: bool = False, step: Step = silent) -> Imported:
    """The spec of the model in a `.keras` file, or of the one that `package.module:function` makes.

    Of a file nothing is run, and Keras is not imported. A function is imported and called, if `allow_custom` says so.
    `step` is told what is done next.
    """
    try:
        if _FUNCTION.fullmatch(model) and not os.path.lexists(model):
            config = _called(model, allow_custom, step)
        else:
            config = read_config(model)
        step("writing the spec")
        return import_config(config)
    except Broken as problem:
        return Imported(None, [problem.diagnostic()])


def _called(model: str, allow_custom: bool, step: Step) -> dict[str, Any]:
    """The configuration of the model that a function makes."""
    if not allow_custom:
        raise Broken(f"`{model}` is code, which is not run without leave", fix="allow it by `--allow-custom`")
    from specc.backends.keras.load import load_backend

    step("importing Keras")
    missing = load_backend()
    if missing is not None:
        raise Broken(missing.message, missing.code)
    from specc.backends.keras.called import NoModel, model_config

    step(f"calling {model}")
    try:
        return model_config(model)
    except NoModel as problem:
        raise Broken(str(problem)) from None


def import_config(config: dict[str, Any]) -> Imported:
    """The spec of a model that Keras has described; raises `Broken`."""
    network = network_from(config)
    importer = Importer(network)
    written = importer.written()
    if importer.found:
        return Imported(None, importer.found)
    sections = _sections(written)
    report = _check(sections)
    if not importer.paths <= report.written_layers:
        importer = Importer(network, is_named=True)
        sections = _sections(importer.written())
        report = _check(sections)
    faults = _faults(report, importer)
    if faults:
        return Imported(None, faults)
    sections, report = _staged(network, sections, report)
    notes: list[Diagnostic] = []
    for better in (_with_outputs, _with_names):
        sections, report = _improved(sections, report, better(sections, report))
    sections, report = _compiled(config.get("compile_config"), sections, report, notes)
    return Imported(_text(sections), notes, report)


def _check(sections: Sections) -> Report:
    return check_source(Source("<import>", _text(sections)), Options(strict=True), prove=False).report


def _text(sections: Sections) -> str:
    """The text of a spec, its inputs and outputs in the shortest form."""
    inputs: dict[str, Sections] = sections["inputs"]
    outputs: dict[str, Sections] = sections["outputs"]
    short = {
        **sections,
        "inputs": {n: entry["shape"] if len(entry) == 1 else entry for n, entry in inputs.items()},
        "outputs": {
            n: entry["shape"] if [*entry] == ["shape"] else entry or None for n, entry in outputs.items()
        },
    }
    if not any(outputs.values()):
        short["outputs"] = list(outputs)
    return spec_text(escaped(short))


def _sections(written: Written) -> Sections:
    sections: Sections = {"specc": 1, "name": written.name}
    if written.policy is not None:
        sections["dtype"] = written.policy
    sections["inputs"] = written.inputs
    if written.blocks:
        sections["blocks"] = written.blocks
    sections["layers"] = written.layers
    sections["outputs"] = {
        name: {} if name == origin else {"from": origin} for name, origin in written.outputs.items()
    }
    return sections


def _faults(report: Report, importer: Importer) -> list[Diagnostic]:
    """E506 where what was written does not check, or is another network than the file's.

    E505 where a function of Keras does with the batch what no spec can say.
    """
    if not report.ok:
        return [_unchecked(found, report) for found in report.diagnostics if found.is_error]
    lost = sorted(importer.paths - report.written_layers)
    if lost:
        listed = ", ".join(f"`{name}`" for name in lost[:3])
        return [Diagnostic("E506", f"the names of layers did not survive the import: {listed}")]
    return _other_shapes(report, importer.shapes)


def _unchecked(found: Diagnostic, report: Report) -> Diagnostic:
    layers = () if report.typed is None else report.typed.graph.layers
    is_function = any(layer.name == found.layer and isinstance(layer.op, Function) for layer in layers)
    if is_function and found.code.startswith("E2"):
        return Diagnostic("E505", found.message, layer=found.layer, notes=found.notes)
    message = f"what was written for the model does not check: {found.code}: {found.message}"
    return Diagnostic("E506", message, layer=found.layer, notes=found.notes)


def _other_shapes(report: Report, shapes: Mapping[str, Sort]) -> list[Diagnostic]:
    """E506 for every layer whose result has another shape than the file says."""
    assert report.typed is not None
    found: list[Diagnostic] = []
    for layer in report.typed.graph.layers:
        sort, tensor = shapes.get(layer.name), report.typed.types[layer.outputs[0]]
        if sort is None or tensor is None:
            continue
        sizes = tensor.shape.sizes
        if len(sizes) != len(sort.sizes) or any(
            isinstance(a, int) and b is not None and a != b for a, b in zip(sizes, sort.sizes, strict=True)
        ):
            message = (
                f"`{layer.name}` is {list(sort.sizes)} in the file, and {tensor.shape} in what was written"
            )
            found.append(Diagnostic("E506", message, layer=layer.name))
    return found


def _improved(sections: Sections, report: Report, better: Sections) -> tuple[Sections, Report]:
    """The better sections, if they check as well: without errors, and without a warning more."""
    if better == sections:
        return sections, report
    again = _check(better)
    if again.ok and len(again.diagnostics) <= len(report.diagnostics):
        return better, again
    return sections, report


def _staged(network: Network, sections: Sections, report: Report) -> tuple[Sections, Report]:
    """With the repeats, residuals and branches that are found in the paths of layers, if that is the same network."""
    if not any(has_paths(part["layers"]) for part in (sections, *sections.get("blocks", {}).values())):
        return sections, report
    importer = Importer(network, is_named=True)
    named = _sections(importer.written())
    blocks: dict[str, Any] = {**named.get("blocks", {})}
    for name, block in named.get("blocks", {}).items():
        blocks[name] = {**block, "layers": with_stages(block["layers"], block.get("inputs", []), blocks)}
    layers = with_stages(named["layers"], [*named["inputs"]], blocks)
    before = {key: part for key, part in sections.items() if key not in ("blocks", "layers", "outputs")}
    found = {"blocks": blocks, "layers": layers} if blocks else {"layers": layers}
    better = {**before, **found, "outputs": sections["outputs"]}
    better, again = _improved(sections, report, better)
    return (better, again) if again is report or are_same(report, again) else (sections, report)


def _with_outputs(sections: Sections, report: Report) -> Sections:
    """With the shapes of the outputs that are known."""
    outputs: dict[str, Sections] = sections["outputs"]
    found: dict[str, Sections] = {}
    for name, entry in outputs.items():
        tensor = report.outputs.get(name)
        sizes = [None] if tensor is None else [*tensor.shape.sizes]
        is_known = all(isinstance(size, int) for size in sizes)
        found[name] = {**entry, "shape": sizes} if is_known else entry
    return {**sections, "outputs": found}


def _with_names(sections: Sections, report: Report) -> Sections:
    """With the names of the axes of inputs that are certain."""
    assert report.typed is not None
    inputs: dict[str, Sections] = {**sections["inputs"]}
    for name, axes in input_names(report.typed).items():
        named = [{axis: size} for axis, size in zip(axes, inputs[name]["shape"], strict=True)]
        inputs[name] = {**inputs[name], "shape": named}
    return {**sections, "inputs": inputs}


def _compiled(
    config: Any, sections: Sections, report: Report, notes: list[Diagnostic]
) -> tuple[Sections, Report]:
    """With the `compile` section; where a spec cannot say it, without, and with a note."""
    try:
        section = training_from(config, list(sections["outputs"]))
    except Unsayable as problem:
        notes.append(_left_out(problem.message))
        return sections, report
    if section is None:
        return sections, report
    compiled = {**sections, "compile": section}
    again = _check(compiled)
    if again.ok:
        return compiled, again
    notes.append(_left_out(next(d.message for d in again.diagnostics if d.is_error)))
    return sections, report


def _left_out(why: str) -> Diagnostic:
    message = "what the model was compiled with was left out, because a spec cannot say it"
    return Diagnostic("N707", message, notes=(Note(why),))
