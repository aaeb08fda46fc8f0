"""Masks in a check: which values have one, layers that fail because of one (E205), masks that are missed (W602)."""

from collections.abc import Container, Mapping
from functools import cached_property

from specc.diagnostics.model import Diagnostic, Fix, Note
from specc.ir.graph import Explicit, Layer, Typed
from specc.ir.link import chain_of
from specc.ir.masked import Lost, Masked, has_axis, is_filled, lacks, op_of, replaced_masks, values_of
from specc.ops.axis import axis_number
from specc.ops.misfit import InsertBefore, Misfit, Repair, Replace
from specc.passes.adapt import written_out
from specc.passes.masks.masked import masked, may_be_given
from specc.passes.resolution.values import Findings
from specc.shapes.shape import Shape


def follow_masks(typed: Typed, losses: Container[str], found: Findings) -> Typed:
    """The network, whose values' types have their masks; records what goes wrong with these.

    `losses`: the names of the outputs that have one.
    """
    explicit = written_out(typed)
    faults = _Faults(explicit, found)
    known = masked(explicit, faults.report)
    if not faults.any:
        _Missed(explicit, known, found).run(losses)
    return typed._replace(types=[*known.types[: len(typed.types)]])


class _Faults:
    """Reports layers that Keras runs into an error with the masks that they are given."""

    def __init__(self, explicit: Explicit, found: Findings) -> None:
        self.explicit = explicit
        self.found = found
        self.any = False

    def report(self, misfit: Misfit, layer: Layer) -> None:
        from specc.passes.inference.blame import Blame

        self.any = True
        graph = self.explicit.graph._replace(layers=self.explicit.layers)
        Blame(graph, self.found, [*self.explicit.types]).report(misfit, layer)


class _Missed:
    """Looks for layers and losses that would have left out masked steps, had the mask come so far."""

    def __init__(self, explicit: Explicit, known: Masked, found: Findings) -> None:
        self.explicit = explicit
        self.known = known
        self.found = found
        self.told: set[int] = set()

    def run(self, losses: Container[str]) -> None:
        for layer in self.explicit.layers:
            lost = self._missed_by(layer)
            if lost is not None:
                self._tell(lost, f"`{layer.name}`", layer)
            self._unheeded(layer)
            self._not_given(layer)
        for output in self.explicit.outputs:
            lost = self.known.lost.get(output.value) or self.known.taken.get(output.value)
            if lost is not None and output.name in losses:
                self._tell(lost, f"the loss of `{output.name}`", None)

    def _unheeded(self, layer: Layer) -> None:
        """W602 for a recurrent layer that Keras gives no mask, where padding behind the steps makes a difference."""
        op, inputs = layer.op, self.known.read(layer)
        if len(inputs) < 2 or inputs[0].mask is None or not layer.cls.takes_mask or op_of(layer).masked_by:
            return
        ends = not getattr(op, "return_sequences", False) or getattr(op, "return_state", False)
        if not ends and not getattr(op, "go_backwards", False):
            return
        message = (
            f"`{layer.name}` takes padding over {_axes(inputs[0].mask)} for data, since it is given states"
        )
        notes = (Note("Keras finds the mask of a recurrent layer where it reads one value alone"),)
        fixes = (Fix("give it the mask by its name, as `mask: …`, or sequences without padding", "display"),)
        place, chain = layer.item.key.span, chain_of(layer.link)
        self.found.append(Diagnostic("W602", message, place, layer.name, notes, fixes, chain))

    def _not_given(self, layer: Layer) -> None:
        """W602 for a layer that can be given no mask but Keras's own, and reads a value whose mask is carried."""
        op, known = op_of(layer), self.known
        if not op.uses_mask or not op.leaves_out(known.read(layer)):
            return
        given = replaced_masks(layer)
        for value in dict.fromkeys(v for v in values_of(layer) if v not in given):
            x, seen = known.types[value], known.seen.get(layer, {})
            if (
                x.mask is None
                or value in known.handed
                or value in seen
                or may_be_given(x, layer, known.types)
            ):
                continue
            message = f"`{layer.name}` takes padding over {_axes(x.mask)} for data, since it cannot be given this mask"
            notes = (Note(f"it could be given one over all axes of {x.shape} but the last"),)
            fixes = (Fix("use a layer that can be given such a mask, or take the padding out", "display"),)
            place, chain = layer.item.key.span, chain_of(layer.link)
            self.found.append(Diagnostic("W602", message, place, layer.name, notes, fixes, chain))

    def _missed_by(self, layer: Layer) -> Lost | None:
        """The mask that a layer would have used."""
        op = op_of(layer)
        off, inputs = self.known.stripped.get(layer, {}), self.known.read(layer)
        given = replaced_masks(layer)
        for value, x in zip(values_of(layer), inputs, strict=True):
            if value in given:
                continue
            lost = off.get(value) or self.known.lost.get(value)
            if lost is None or not (lacks(x, lost) or is_filled(layer, value, self.known)):
                continue
            steps = x.shape.part(0, -1)
            would = tuple([t._replace(mask=steps) for t in inputs])
            if has_axis(steps, lost.mask) and op.leaves_out(would):
                return lost
        return None

    def _tell(self, lost: Lost, missing: str, reader: Layer | None) -> None:
        from specc.passes.repairs.candidates import described_edits
        from specc.passes.repairs.remask import copied, masked_again, says_mask

        layer = lost.layer
        if id(layer.item) in self.told:
            return
        self.told.add(id(layer.item))
        axes = _axes(lost.mask)
        message = f"`{layer.name}` loses the mask over {axes}, which {missing} would have used"
        notes: list[Note] = []
        if reader is not None and reader.item is not layer.item:
            notes.append(Note(f"{missing} takes padding for data", reader.item.key.span))
        if layer.cls.takes_list:
            notes += [Note(f"{name} has no mask") for name in self._unmasked(layer)]
            if op_of(layer).fills_mask(self.known.read(layer)):
                notes.append(Note("Keras: a step counts where any of the joined features does"))
        if layer.cls.signature is not None:
            notes.append(Note("Keras: this layer does not support masking, unless its class says so"))
        fixes: tuple[Fix, ...] = ()
        if op_of(layer).strips_masks:
            fixes = copied(layer, lost.mask, self.known.types, self.names)
        fixes = fixes or described_edits(_repairs(layer, self.explicit, lost.mask), layer.item, layer.cls)
        fixes = fixes or says_mask(layer) + masked_again(layer, lost.mask, self.known.types, self.names)
        fixes = fixes or (Fix("use layers that hand masks on, or mask what comes behind", "display"),)
        place, chain = layer.item.key.span, chain_of(layer.link)
        self.found.append(Diagnostic("W602", message, place, layer.name, tuple(notes), fixes, chain))

    def _unmasked(self, layer: Layer) -> list[str]:
        """The values without a mask that a layer merges with others."""
        values = dict.fromkeys(v for v in layer.inputs if v is not None)
        return [f"`{self.names[v]}`" for v in values if v in self.names and self.known.types[v].mask is None]

    @cached_property
    def names(self) -> Mapping[int, str]:
        """The names of values, those of second results and of insertions left out."""
        names = {layer.outputs[0]: layer.name for layer in self.explicit.layers if not layer.inserted}
        return names | {entry.value: entry.name for entry in self.explicit.graph.inputs}


def _axes(mask: Shape) -> str:
    return " and ".join(
        f"`{axis.name}`" if axis.name else str(size) for size, axis in zip(*mask, strict=True)
    )


_SAME_LAYER = {
    **{f"ops.{word}": word.capitalize() for word in ("add", "subtract", "multiply", "maximum", "minimum")},
    **{
        f"ops.{word}": f"Activation: {word}"
        for word in ("elu", "gelu", "relu", "selu", "sigmoid", "silu", "softplus", "tanh")
    },
}
"""Layers that do what a function does, and hand masks on."""


def _repairs(layer: Layer, explicit: Explicit, mask: Shape) -> tuple[Repair, ...]:
    """What could be written in place of the layer that loses a mask."""
    op = op_of(layer)
    x = explicit.types[layer.inputs[0] or 0].shape
    if op.strips_masks:
        title = "give it a copy: it takes the masks off the values that it reads"
        return (InsertBefore("Rescaling: 1.0", title, "unsafe"),)
    if op.name == "Cropping1D" and not op.arguments.get("data_format"):
        start, stop = getattr(op, "cropping")  # noqa: B009
        part = f"slice: {{axis: {_axis(x, 0)}, start: {start}{f', stop: -{stop}' if stop else ''}}}"
        return (Replace(part, "cut it by `slice`, which cuts the mask too", "unsafe"),)
    same = _SAME_LAYER.get(op.name)
    if same is not None and len([v for v in layer.inputs if v is not None]) == len(op.call_inputs):
        return (Replace(same, f"use `{same}`, which hands masks on", "unsafe"),)
    return ()


def _axis(x: Shape, position: int) -> str:
    name = x.axes[position].name
    return name if name is not None and axis_number(name, x) == position else str(position + 1)
