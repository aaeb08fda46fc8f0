# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportMissingImports=false
"""What was inferred of a value and what Keras made, and where the two differ."""

from collections.abc import Iterable, Mapping
from typing import Any

import keras

from specc.backends.keras.call import Call, KerasLayer, KerasTensor
from specc.backends.keras.depth import owner_of
from specc.backends.keras.layers import invoke
from specc.backends.keras.own import is_foreign, said
from specc.diagnostics.model import Diagnostic, Fix, Note
from specc.ir.graph import Layer
from specc.ir.link import chain_of
from specc.ops.declare import Op, within
from specc.shapes.shape import sizes_text
from specc.shapes.tensor import Tensor


def difference(tensor: Any, inferred: Tensor, dtype: str | None = None) -> str | None:
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


class _Traced(keras.Operation):
    """A call of a layer, of which Keras learns what it makes by running it, whatever the layer announces."""

    def __init__(self, op: Op, layer: KerasLayer, given: list[bool]) -> None:
        super().__init__()
        self._call = op, layer, given

    def call(self, *inputs: KerasTensor) -> Any:
        op, layer, given = self._call
        values = iter(inputs)
        return invoke(op, layer, [next(values) if there else None for there in given])


def broken_promise(call: Call, made: list[Any]) -> Diagnostic | None:
    """E500 where a layer that is none of Keras's makes something else than was inferred.

    Both what it announces and what it does must be that.
    """
    layer = call.layer
    found = _unlike(call, made)
    if found is None:
        inputs = [x for x in call.inputs if x is not None]
        owner = call.layers[owner_of(layer).name]
        traced = _Traced(call.op, owner, [x is not None for x in call.inputs]).compute_output_spec(*inputs)
        found = _unlike(call, list(traced) if isinstance(traced, list | tuple) else [traced], dtypes=True)
    return None if found is None else promised(layer, f"`{layer.name}` {found}")


def unloadable(layers: Mapping[str, KerasLayer], graph: Iterable[Layer]) -> list[Diagnostic]:
    """E500 for each layer that is none of Keras's and cannot be made again from what a file would hold of it."""
    found: list[Diagnostic] = []
    for layer in graph:
        made = layers.get(layer.name) if is_foreign(layer) and layer.shares is None else None
        made = (
            made if isinstance(layer.op, Op) and layer.op.keras is not None else getattr(made, "layer", None)
        )
        if made is None or type(made).__module__.startswith("keras."):
            continue  # Keras's own say themselves whether they can be loaded
        try:
            type(made).from_config(made.get_config())
        except Exception as error:
            message = f"`{layer.name}` could not be loaded again: it cannot be made from its configuration"
            place, chain = layer.item.key.span, chain_of(layer.link)
            fixes = (Fix("let `get_config` give every argument of `__init__`", "display"),)
            found.append(Diagnostic("E500", message, place, layer.name, (Note(said(error)),), fixes, chain))
    return found


def promised(layer: Layer, message: str) -> Diagnostic:
    """E500: what a layer does is not what its signature, or the op of its library, says."""
    ops = within(layer.op) if isinstance(layer.op, Op) else ()
    notes = tuple(
        Note(
            f"the signature of `{part.name}` is `{part.signature}`"
            if part.signature is not None
            else f"`{part.name}` is an op of a library"
        )
        for part in ops
        if part.keras is not None
    )
    return Diagnostic(
        "E500", message, layer.item.key.span, layer.name, notes=notes, chain=chain_of(layer.link)
    )


def _unlike(call: Call, made: list[Any], dtypes: bool = False) -> str | None:
    """Where what is made is not what was inferred, in words."""
    wanted = call.results
    if len(made) != len(wanted) or not all(isinstance(x, keras.KerasTensor) for x in made):
        other = [f"a `{type(x).__name__}`" for x in made if not isinstance(x, keras.KerasTensor)]
        return f"was promised to make {_values(len(wanted))} and makes {', '.join(other) or len(made)}"
    for x, inferred in zip(made, wanted, strict=True):
        if not x.shape or x.shape[0] != call.x.shape[0]:
            return f"makes a value of shape {tuple(x.shape)}, which does not lead with the batch"
        found = difference(x, inferred, inferred.dtype if dtypes else None)
        if found is not None:
            return f"was promised as {found}"
    return None


def _values(count: int) -> str:
    return "one value" if count == 1 else f"{count} values"
