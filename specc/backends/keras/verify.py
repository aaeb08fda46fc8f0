"""Holding a built model against what was inferred: shapes, dtypes and parameters, layer by layer."""

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

from specc.backends.keras.lower import Built
from specc.diagnostics.model import Diagnostic, Note
from specc.ir.graph import Explicit, Layer, Output, Weighed, chain_of
from specc.shapes.shape import sizes_text
from specc.shapes.tensor import Tensor, is_float

_NONE = Weighed(0, 0)


def verify(built: Built, explicit: Explicit, weights: Mapping[str, Weighed]) -> list[Diagnostic]:
    """E503 for every layer that Keras built otherwise than inferred.

    `weights` holds the inferred parameters by path; layers that are not in it have none.
    """
    found: list[Diagnostic] = []
    for layer in explicit.layers:
        # What Keras announces for integers is not what it makes: floats where it passes them through.
        floats = all(v is None or is_float(explicit.types[v].dtype) for v in layer.inputs)
        for value in layer.outputs:
            inferred = explicit.types[value]
            difference = _difference(built.values[value], inferred, inferred.dtype if floats else None)
            if difference:
                found.append(_at(layer, f"`{layer.name}` was inferred as {difference}"))
                break
        wanted, made = weights.get(layer.name, _NONE), _parameters(built, layer)
        if made != wanted:
            message = (
                f"`{layer.name}` was inferred to have {_counted(wanted)} and built with {_counted(made)}"
            )
            found.append(_at(layer, message))
    return found or _outputs_differ(built, explicit)


def _difference(tensor: Any, inferred: Tensor, dtype: str | None = None) -> str | None:
    """What was inferred and what was built, where they differ; a size that one side leaves open fits any.

    The dtypes are compared where `dtype` is the inferred one.
    """
    sizes = tensor.shape[1:]
    shape = inferred.shape
    fits = len(sizes) == shape.rank and all(
        a is None or not isinstance(b, int) or a == b for a, b in zip(sizes, shape.sizes, strict=True)
    )
    if not fits:
        built = ", ".join("null" if size is None else str(size) for size in sizes)
        return f"{sizes_text(shape)} and built as ({built}{',' if len(sizes) == 1 else ''})"
    if dtype is not None and tensor.dtype != dtype:
        return f"{dtype} and built as {tensor.dtype}"
    return None


def _parameters(built: Built, layer: Layer) -> Weighed:
    """The parameters that a layer brings; one that shares another's brings none."""
    made = built.layers.get(layer.name)
    if made is None:
        return _NONE
    return Weighed(_count(made.trainable_weights), _count(made.non_trainable_weights))


def _count(variables: Sequence[Any]) -> int:
    return sum(prod(variable.shape) for variable in variables)


def _counted(weighed: Weighed) -> str:
    fixed = f" and {weighed.fixed} that are not trained" if weighed.fixed else ""
    return f"{weighed.trainable} parameters{fixed}"


def _outputs_differ(built: Built, explicit: Explicit) -> list[Diagnostic]:
    """E503 for outputs of the model that are not the declared ones."""
    outputs: Any = built.model.output
    given: dict[str, Any] = {explicit.outputs[0].name: outputs} if len(explicit.outputs) == 1 else outputs
    declared = [output.name for output in explicit.outputs]
    if sorted(given) != sorted(declared):
        names = ", ".join(f"`{name}`" for name in given)
        return [Diagnostic("E503", f"the model's outputs were built as {names}")]
    found: list[Diagnostic] = []
    for output in explicit.outputs:
        difference = _difference(given[output.name], explicit.types[output.value])
        if difference:
            found.append(_at_output(output, difference))
    return found


def _at(layer: Layer, message: str) -> Diagnostic:
    note = Note("this is a fault of specc, please report it; nothing was written")
    return Diagnostic(
        "E503", message, layer.item.key.span, layer.name, notes=(note,), chain=chain_of(layer.link)
    )


def _at_output(output: Output, difference: str) -> Diagnostic:
    return Diagnostic("E503", f"output `{output.name}` was inferred as {difference}", output.node.span)
