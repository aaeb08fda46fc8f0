"""Holding a built model against what was inferred: shapes, dtypes and parameters, layer by layer."""

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

from specc.backends.keras.held import difference, promised
from specc.backends.keras.lower import Built
from specc.backends.keras.own import is_foreign
from specc.diagnostics.model import Diagnostic, Note
from specc.ir.graph import Explicit, Layer, Output, Weighed
from specc.ir.link import chain_of
from specc.ir.masked import op_of
from specc.passes.masks.masked import carries, masked
from specc.shapes.shape import Shape
from specc.shapes.tensor import Tensor, is_float

_NONE = Weighed(0, 0)


def verify(built: Built, explicit: Explicit, weights: Mapping[str, Weighed | None]) -> list[Diagnostic]:
    """E503 for every layer that Keras built otherwise than inferred; E500 for one that is none of Keras's.

    `weights` holds the inferred parameters by path, None where nobody knows them; layers that are not in it have none.
    """
    found: list[Diagnostic] = []
    for layer in explicit.layers:
        # What Keras announces of integers is not what it makes, nor what it announces of values announced so.
        foreign = is_foreign(layer)
        floats = (
            not foreign
            and layer.cls.announces_dtype
            and all(v is None or _is_announced(built, explicit, v) for v in layer.inputs)
        )
        for value in layer.outputs:
            inferred = explicit.types[value]
            unlike = difference(built.values[value], inferred, inferred.dtype if floats else None)
            if unlike:
                found.append(_at(layer, f"`{layer.name}` was inferred as {unlike}"))
                break
        wanted, made = weights.get(layer.name, _NONE), _parameters(built, layer)
        if wanted is not None and made != wanted:
            message = f"to have {_counted(wanted)} and built with {_counted(made)}"
            if foreign:
                found.append(promised(layer, f"`{layer.name}` was promised {message}"))
            else:
                found.append(_at(layer, f"`{layer.name}` was inferred {message}"))
    return found or masks_differ(built, explicit) or _outputs_differ(built, explicit)


def masks_differ(built: Built, explicit: Explicit) -> list[Diagnostic]:
    """E503 at the first layer that hands on another mask than inferred, or none, or one too many.

    E500 for a layer of one's own. In a nested model Keras finds the masks only when it runs.
    """
    if built.is_nested or not any(op_of(layer).brings_mask for layer in explicit.layers):
        return []
    known = masked(explicit)
    for layer in explicit.layers:
        for value in () if carries(layer) else layer.outputs:
            inferred = known.mask_before(value)
            mask = getattr(built.values[value], "_keras_mask", None)
            if inferred is not None and value not in known.handed:
                continue
            unlike = _unlike_masks(mask, inferred)
            if unlike and is_foreign(layer):
                return [promised(layer, f"`{layer.name}` was promised {unlike}")]
            if unlike:
                return [_at(layer, f"`{layer.name}` was inferred {unlike}")]
    return []


def _unlike_masks(mask: Any, inferred: Shape | None) -> str | None:
    """What mask was inferred and what was built, where they differ."""
    if inferred is None:
        return None if mask is None else "without a mask, and hands one on"
    if mask is None:
        return f"with a mask over {inferred}, and hands none on"
    unlike = difference(mask, Tensor(inferred, "bool"))
    return unlike and f"with a mask over {unlike}"


def _is_announced(built: Built, explicit: Explicit, value: int) -> bool:
    """Whether a value is one of floats, and Keras says of which."""
    dtype = explicit.types[value].dtype
    return is_float(dtype) and built.values[value].dtype == dtype


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
        unlike = difference(given[output.name], explicit.types[output.value])
        if unlike:
            found.append(_at_output(output, unlike))
    return found


def _at(layer: Layer, message: str) -> Diagnostic:
    note = Note("this is a fault of specc, please report it; nothing was written")
    return Diagnostic(
        "E503", message, layer.item.key.span, layer.name, notes=(note,), chain=chain_of(layer.link)
    )


def _at_output(output: Output, unlike: str) -> Diagnostic:
    return Diagnostic("E503", f"output `{output.name}` was inferred as {unlike}", output.node.span)
