"""The text of an expanded spec that warns of no more than its source."""

from collections.abc import Iterator, Mapping

from specc.ir.link import chain_of
from specc.passes.adapt import adapt
from specc.passes.expand import expand
from specc.pipeline import Options, check_source
from specc.report import Checked, Report
from specc.source import Source, Span

_MAX_ROUNDS = 3
"""How often a spec is written anew: a warning that is silenced may have stood before another one."""

Hidden = Mapping[str, tuple[str, ...]]
Places = dict[str, list[Span | None]]
"""Where layers and inputs come from: where they stand, and what those stand in."""


def expanded(checked: Checked) -> str:
    """The spec that says a network in full, which must be free of errors.

    A layer that is one of many in the source is told of by itself here: what the source is silent about, as of a layer
    that only the last round leaves unused, is silenced beside it.
    """
    typed = checked.report.typed
    assert typed is not None
    hidden: Hidden = typed.hidden
    text = expand(typed, hidden)
    told = {(d.code, d.span) for d in checked.report.diagnostics if d.code[0] == "W"}
    places: Places = {entry.name: [entry.node.span] for entry in typed.graph.inputs}
    for layer in adapt(typed).layers:
        places[layer.name] = [layer.item.key.span, *(note.span for note in chain_of(layer.link))]
    for _ in range(_MAX_ROUNDS):
        again = check_source(Source(checked.report.path, text), Options(), prove=False).report
        if again.typed is None or not again.ok:
            break
        needed = _joined(again.typed.hidden, _untold(again, told, places))
        if needed == hidden:
            break
        hidden = needed
        text = expand(typed, hidden)
    return text


def _untold(again: Report, told: set[tuple[str, Span | None]], places: Places) -> Iterator[tuple[str, str]]:
    """The layers and inputs, with the codes of warnings that the source does not give where they come from."""
    assert again.typed is not None
    entries: dict[Span | None, str] = {entry.node.span: entry.name for entry in again.typed.graph.inputs}
    for each in again.diagnostics:
        name = each.layer or entries.get(each.span, "")
        if each.code[0] != "W" or name not in places:
            continue
        if not any((each.code, place) in told for place in places[name]):
            yield name, each.code


def _joined(hidden: Hidden, more: Iterator[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found = {name: {*codes} for name, codes in hidden.items()}
    for name, code in more:
        found.setdefault(name, set()).add(code)
    return {name: tuple(sorted(codes)) for name, codes in found.items()}
