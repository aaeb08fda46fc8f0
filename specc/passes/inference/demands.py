"""What the layers of a network demand of sizes that are no numbers: solved, or told of where nothing solves it."""

from typing import NamedTuple

from specc.diagnostics.model import Diagnostic, Fix, Note
from specc.ir.graph import Demanded, Input, Layer, Typed, makers_of
from specc.ir.link import chain_of
from specc.passes.repairs.naming import naming
from specc.passes.resolution.values import Findings
from specc.shapes.demand import Demand, Same
from specc.shapes.dim import Size, is_anonymous, symbols_of
from specc.shapes.solve import solve
from specc.syntax.tree import Mapping, Node

MAX_CONTRADICTIONS = 10
"""After so many nobody reads on."""
_READ = 100


class Constraint(NamedTuple):
    """What a network needs of its symbols, as `T >= 5`, and the names and lines of what needs it, in order."""

    text: str
    places: tuple[tuple[str, int], ...]


def settle(typed: Typed, found: Findings) -> Typed:
    """The network with the demands of its layers solved.

    E211 for one that leaves no sizes to those before it, and is then left out; W605 for two sizes that must be equal
    where one of them is unknown.
    """
    promises = [each for each in typed.demands if each.is_promise]
    held = sorted([each for each in typed.demands if not each.is_promise], key=_place)
    solution = solve([each.demand for each in held])
    for _ in range(MAX_CONTRADICTIONS):
        if solution.contradiction is None:
            break
        *others, last = sorted(solution.contradiction)
        found.append(_contradiction(typed, held[last], [held[i] for i in others]))
        del held[last]
        solution = solve([each.demand for each in held])
    held += promises
    _report_unproven(typed, held, found)
    return typed._replace(demands=held, solution=solution if solution.contradiction is None else None)


def constraints(typed: Typed) -> list[Constraint]:
    """What the network needs of its symbols."""
    if typed.solution is None:
        return []
    return [
        Constraint(text, tuple(dict.fromkeys(_at(typed, typed.demands[i]) for i in numbers)))
        for text, numbers in typed.solution.constraints
    ]


def numbers(typed: Typed) -> dict[str, int]:
    """The symbols that can have one size only, but for those that are called as a parameter, and what that is."""
    params = typed.graph.document.sections.get("params")
    taken = {key.value for key, _ in params.entries} if isinstance(params, Mapping) else set[object]()
    sizes = [size for entry in typed.graph.inputs if entry.tensor for size in entry.tensor.shape.sizes]
    names = sorted({name for size in sizes for name in symbols_of(size)} - taken)
    found = {name: typed.solution.number(name) for name in names} if typed.solution is not None else {}
    return {name: number for name, number in found.items() if number is not None}


def _place(each: Demanded) -> int:
    return each.layer


def _maker(typed: Typed, each: Demanded) -> Layer | Input:
    return typed.graph.inputs[each.layer] if each.layer < 0 else typed.graph.layers[each.layer]


def _at(typed: Typed, each: Demanded) -> tuple[str, int]:
    maker = _maker(typed, each)
    return typed.graph.called(maker), _node(maker).span.first.line


def _contradiction(typed: Typed, last: Demanded, others: list[Demanded]) -> Diagnostic:
    """E211 at the layer that completes it, with what the others need."""
    symbols = sorted({name for each in (last, *others) for name in _symbols(each.demand)})
    sizes = f"no size of {' and '.join(f'`{name}`' for name in symbols)}" if symbols else "no size"
    maker = _maker(typed, last)
    layer = maker if isinstance(maker, Layer) else None
    name = typed.graph.called(maker)
    message = f"`{name}`: needs {_text(last.demand)}, and with what is needed before, {sizes} is left"
    notes = tuple(
        Note(f"`{typed.graph.called(at)}` needs {_text(each.demand)}", _node(at).span)
        for each in others
        for at in (_maker(typed, each),)
    )
    several = dict.fromkeys(_at(typed, each)[0] for each in (*others, last) if each.layer >= 0)
    either = " or ".join(f"`{each}`" for each in several)
    fix = Fix(f"let {either} read other sizes, as by a slice, padding or another symbol", "display")
    chain = chain_of(layer.link) if layer else ()
    return Diagnostic("E211", message, _node(maker).span, name if layer else None, notes, (fix,), chain)


def _node(maker: Layer | Input) -> Node:
    return maker.item.key if isinstance(maker, Layer) else maker.node


def _symbols(demand: Demand) -> set[str]:
    return {name for size in demand for name in symbols_of(size)}


def _text(demand: Demand) -> str:
    """A demand in its simplest form."""
    texts = [each.text for each in solve([demand]).constraints] or [str(demand)]
    return " and ".join(f"`{shortened(text)}`" for text in texts)


def shortened(text: str) -> str:
    """A text of as many characters as somebody reads."""
    return text if len(text) <= _READ else f"{text[: _READ - 2].rpartition(' ')[0]} …"


def _report_unproven(typed: Typed, held: list[Demanded], found: Findings) -> None:
    """W605, once for each pair of sizes."""
    seen: set[frozenset[Size]] = set()
    for each in held:
        demand = each.demand
        if not isinstance(demand, Same) or not any(map(is_anonymous, demand)):
            continue
        pair = frozenset(demand)
        if each.layer >= 0 and pair not in seen:
            seen.add(pair)
            found.append(_unproven(typed, typed.graph.layers[each.layer], demand))


def _unproven(typed: Typed, layer: Layer, demand: Same) -> Diagnostic:
    known = next((size for size in demand if not is_anonymous(size)), None)
    sizes = "two unknown sizes" if known is None else f"an unknown size and {known}"
    name = typed.graph.called(layer)
    message = f"`{name}`: {sizes} must be equal when it runs, and nothing proves it"
    notes = tuple(note for size in demand if (note := _origin(typed, layer, size)) is not None)
    span, chain = layer.item.key.span, chain_of(layer.link)
    return Diagnostic("W605", message, span, name, notes, (naming(typed, demand),), chain)


def _origin(typed: Typed, layer: Layer, size: Size) -> Note | None:
    """Where a size comes from that one of the layer's inputs has."""
    makers = makers_of(typed.graph.layers)
    for value in layer.inputs:
        tensor = None if value is None else typed.types[value]
        if value is None or tensor is None or size not in tensor.shape.sizes:
            continue
        axis = tensor.shape.axes[tensor.shape.sizes.index(size)].name
        what = f"`{axis}` of" if axis else "an axis of"
        maker: Layer | Input = makers.get(value) or next(i for i in typed.graph.inputs if i.value == value)
        return Note(
            f"one is {what} `{typed.graph.called(maker)}`, which is {tensor.shape}", _node(maker).span
        )
    return None
