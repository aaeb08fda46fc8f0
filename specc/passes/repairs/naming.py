"""Repairs of sizes that nobody knows: a symbol, or the size that they are to have, in the place of each `null`."""

from collections.abc import Iterator

from specc.diagnostics.model import Fix
from specc.ir.graph import Input, Typed
from specc.shapes.demand import Same
from specc.shapes.dim import atoms_of, is_anonymous, symbols_of
from specc.shapes.symbolic import Anonymous, single
from specc.syntax.edits import replace
from specc.syntax.tree import Mapping, Node, Scalar, Sequence

_SYMBOLS = "TSNKLMUV"
_SAME = "where they are the same by what the data is"


def naming(typed: Typed, demand: Same) -> Fix:
    """Makes two sizes one, by an edit where both hang on what the inputs leave open alone."""
    known = next((size for size in demand if not is_anonymous(size)), None)
    unknown = [size for size in demand if is_anonymous(size)]
    atoms = {atom for size in unknown for atom in atoms_of(size) if isinstance(atom, Anonymous)}
    is_plain = all(size == single(atom) for size in unknown for atom in atoms_of(size))
    open_ = dict(place for entry in typed.graph.inputs for place in _left_open(entry))
    nodes = [node for atom, node in open_.items() if atom in atoms]
    if len(nodes) < len(atoms) or not (is_plain or len(atoms) == 1):
        return Fix(f"{_SAME}, silence it: `x-specc-ignore: [W605]`", "display")
    text = str(known) if known is not None and is_plain else _free_symbol(typed)
    places = "both" if len(nodes) > 1 else "`null`"
    why = _SAME if is_plain else "to be told for which sizes they are"
    title = f"write `{text}` in the place of {places}, {why}"
    return Fix(title, "unsafe", tuple(replace(node, text) for node in nodes))


def _free_symbol(typed: Typed) -> str:
    sizes = [size for entry in typed.graph.inputs if entry.tensor for size in entry.tensor.shape.sizes]
    taken = {name for size in sizes for name in symbols_of(size)}
    return next((name for name in _SYMBOLS if name not in taken), "Z")


def _left_open(entry: Input) -> Iterator[tuple[Anonymous, Node]]:
    """Each size that an input leaves open, with the `null` that says so."""
    node = entry.node.get("shape") if isinstance(entry.node, Mapping) else entry.node
    if not isinstance(node, Sequence) or entry.tensor is None:
        return
    written: list[Node] = []
    for item in node.items:
        written += [value for _, value in item.entries] if isinstance(item, Mapping) else [item]
    for size, place in zip(entry.tensor.shape.sizes, written, strict=False):
        if isinstance(place, Scalar) and place.value is None and place.span.text:
            yield from ((atom, place) for atom in atoms_of(size) if isinstance(atom, Anonymous))
